import type { Expr } from '../../types';
import { isSynthetic } from '../../syntax/python-reading';
import { named } from './choice';
import { binds, wrap, type Draft, type Lane, type Scope } from './draft';
import { arithmetic, finish, risk, uniform } from './arithmetic';
import { mathFunctions, mathPairs, mathRounding, mathTests, numpyFunctions, numpyPairs, roundedRange } from './functions';
import { lowerUserCall } from './inlining';
import { literalInt } from './kinds';
import {
  anyFloat,
  between,
  eitherType,
  fitsInt64,
  isBool,
  isFinite,
  isNumpy,
  isWhole,
  magnitude,
  signedZero,
  truth,
  unite,
  type Range,
  type Scalar,
} from './scalars';

type Call = Expr & { kind: 'call' };
const knownFunctions = 'Use functions of math or NumPy, or your own plain functions, in the loop.';

/** Generated text of a function with its arguments; the source's own text where nothing changed. */
function callOf(
  numpy: string,
  sameName: boolean,
  args: readonly Lane[],
  result: { scalar: Scalar; range: Range },
  call: Call,
  draft: Draft,
  scope: Scope,
): Lane {
  const varying = args.some((arg) => arg.varying);
  const parts = sameName || !varying ? args : args.map((arg) => ({ ...arg, unchanged: false }));
  const written = varying || isSynthetic(call) ? `${draft.np}.${numpy}` : draft.cx.slice(scope.file, call.callee.span);
  const code = `${written}(${args.map((arg) => arg.code).join(', ')})`;
  return finish({ code, binds: binds.atom, varying, ...result, fresh: varying }, call, parts, draft, scope);
}

export function lowerCall(call: Call, draft: Draft, scope: Scope): Lane {
  const path = draft.cx.resolve(call.callee, scope.file, call.callee.span.start);
  const [root, ...rest] = (path ?? '').split('.');
  const name = rest.join('.');
  const unknown = (): Lane => {
    const written = call.callee.kind === 'name' ? call.callee.name : draft.cx.slice(scope.file, call.callee.span);
    return draft.refuse('unknown-call', `Nothing is known of \`${written}\` on arrays.`, knownFunctions, call.span);
  };
  if (root === 'random' || name.startsWith('random.')) {
    const why = 'The loop draws random numbers one by one; arrays of draws take them from the generator in another order.';
    return draft.refuse('random-stream', why, 'Draw the numbers as an array before the loop, where the stream may change.', call.span);
  }
  if (path === null || (root !== 'builtins' && root !== 'math' && root !== 'numpy')) {
    return lowerUserCall(call, draft, scope) ?? drawing(call, draft, scope) ?? unknown();
  }
  if (call.args.some((arg) => arg.kind === 'spread') || (call.keywords.length > 0 && root !== 'builtins')) return unknown();
  if (root === 'builtins' && name === 'len') return uniformCall(call, draft, scope);
  const sum = root === 'builtins' && name === 'sum' ? summed(call, draft, scope) : null;
  if (sum) return sum;
  if (root === 'builtins' && name === 'float' && call.args[0]?.kind === 'string') return uniform(call, draft, scope);
  const args = call.args.map((arg) => draft.lower(arg, scope));
  if (draft.stopped()) return args[0] ?? draft.refuse('unknown-call', '', '');
  if (root === 'math') return lowerMath(name, args, call, draft, scope) ?? unknown();
  if (root === 'numpy') return lowerNumpy(name, args, call, draft, scope) ?? unknown();
  return lowerBuiltin(name, args, call, draft, scope) ?? unknown();
}

/** `sum(x * y for x, y in zip(row, xs))` in a loop around it. */
function summed(call: Call, draft: Draft, scope: Scope): Lane | null {
  const [of, ...others] = call.args;
  const [only, ...more] = of?.kind === 'loop' ? of.loop.body : [];
  if (!draft.nest || of?.kind !== 'loop' || others.length > 0 || only?.kind !== 'emit' || more.length > 0 || scope.mask !== null) return null;
  return draft.nest.sum(of.loop, only.value, scope);
}

function drawing(call: Call, draft: Draft, scope: Scope): Lane | null {
  if (call.callee.kind !== 'attribute' || scope.kinds.of(call.callee.object)?.kind !== 'generator') return null;
  const why = 'The loop draws random numbers one by one from a generator.';
  return draft.refuse('random-stream', why, 'Draw the numbers as an array before the loop.', call.span);
}

/** A call whose value is the same in every trip and cannot fail. */
function uniformCall(call: Call, draft: Draft, scope: Scope): Lane {
  const [first] = call.args;
  const known = first ? draft.nest?.length(first) : null;
  if (known) return known;
  if (first?.kind !== 'name' || scope.env.has(first.name) || scope.written.has(first.name)) {
    return draft.refuse(
      'not-numeric',
      'The loop asks for the length of something that changes from trip to trip.',
      'Compute lengths before the loop.',
      call.span,
    );
  }
  return uniform(call, draft, scope);
}

function lowerMath(name: string, args: readonly Lane[], call: Call, draft: Draft, scope: Scope): Lane | null {
  const [first, second] = args;
  if (!first) return null;
  const ints = args.filter((arg) => arg.scalar === 'int');
  if (ints.some((arg) => arg.varying && !fitsInt64(arg.range))) draft.flags.overflow = true;
  if (args.some((arg) => isBool(arg.scalar))) return null;
  const varying = args.some((arg) => arg.varying);
  const one = mathFunctions[name];
  if (one && args.length === 1) {
    if (!one.safe(first.range)) risk(draft, varying, true);
    if (varying && name === 'degrees' && !(magnitude(first.range).hi < 1e300)) draft.flags.warns = true;
    return callOf(one.numpy, false, args, { scalar: 'float', range: one.range(first.range) }, call, draft, scope);
  }
  if (name === 'log' && second && one) {
    const base = { ...second };
    if (!one.safe(first.range) || second.range.lo <= 1) risk(draft, varying, true);
    const code = varying ? `${draft.np}.log(${first.code}) / ${draft.np}.log(${base.code})` : `math.log(${first.code}, ${base.code})`;
    return finish(
      { code, binds: varying ? binds.product : binds.atom, varying, scalar: 'float', range: anyFloat, fresh: varying },
      call,
      varying ? [{ ...first, unchanged: false }] : args,
      draft,
      scope,
    );
  }
  const pair = mathPairs[name];
  if (pair && second && args.length === 2) {
    if (!pair.safe(first.range, second.range)) risk(draft, varying, true);
    if (varying && name === 'hypot' && !args.every((arg) => magnitude(arg.range).hi < 1e300)) draft.flags.warns = true;
    return callOf(pair.numpy, false, args, { scalar: 'float', range: pair.range(first.range, second.range) }, call, draft, scope);
  }
  if (name === 'pow' && second) {
    const floats = args.map((arg): Lane => (isWhole(arg.scalar) ? asFloat(arg, draft) : { ...arg, scalar: 'float' }));
    const [base, exponent] = floats;
    const by = call.args[1] ? literalInt(call.args[1]) : null;
    if (!base || !exponent) return null;
    if (!varying) {
      risk(draft, false, true);
      return callOf('power', false, args, { scalar: 'float', range: anyFloat }, call, draft, scope);
    }
    const result = arithmetic(
      '**',
      { ...base, unchanged: false },
      { ...(by === null ? exponent : second), unchanged: false },
      call,
      draft,
      scope,
      by,
    );
    return { ...result, scalar: 'float' };
  }
  const test = mathTests[name];
  if (test && args.length === 1) {
    const lane = callOf(test, false, args, { scalar: 'bool', range: truth }, call, draft, scope);
    return lane;
  }
  const rounding = mathRounding[name];
  if (rounding && args.length === 1) return toInt(first, `${draft.np}.${rounding}`, call, draft, scope);
  return null;
}

/** The lane as floats, as float() makes them. */
function asFloat(lane: Lane, draft: Draft): Lane {
  if (!lane.varying) return { ...lane, scalar: 'float' };
  draft.flags.rewrote = true;
  return { ...lane, code: `${wrap(lane, binds.atom)}.astype(float)`, binds: binds.atom, scalar: 'float', unchanged: false, fresh: true };
}

/** A float rounded to an int. Values outside 64 bits, infinities and NaN are found by the guard, when NumPy is new enough to tell. */
function toInt(lane: Lane, rounding: string | null, call: Call, draft: Draft, scope: Scope): Lane | null {
  if (!lane.varying || lane.scalar === 'mixed' || isBool(lane.scalar)) return null;
  if (isWhole(lane.scalar)) return { ...lane, scalar: 'int', unchanged: false };
  const range = roundedRange(lane.range);
  const safe = isFinite(range) && fitsInt64(range);
  const version = (draft.cx.interpreter.packages['numpy'] ?? '0').split('.').map(Number);
  const tells = (version[0] ?? 0) > 1 || ((version[0] ?? 0) === 1 && (version[1] ?? 0) >= 24);
  if (!safe && !tells) return null;
  if (!safe) risk(draft, true, true);
  const inner = rounding ? `${rounding}(${lane.code})` : wrap(lane, binds.atom);
  draft.flags.rewrote = true;
  // What passed the cast fits in 64 bits.
  const bounded = between(Math.max(range.lo, -9.19e18), Math.min(range.hi, 9.19e18));
  const code = `${inner}.astype(${draft.np}.int64)`;
  return finish(
    { code, binds: binds.atom, varying: true, scalar: 'int', range: bounded, fresh: true },
    call,
    [{ ...lane, unchanged: false }],
    draft,
    scope,
  );
}

function lowerBuiltin(name: string, args: readonly Lane[], call: Call, draft: Draft, scope: Scope): Lane | null {
  const [first, second] = args;
  if (!first || call.keywords.length > 0) return null;
  const varying = args.some((arg) => arg.varying);
  const { scalar } = first;
  switch (name) {
    case 'abs': {
      if (isBool(scalar)) return null;
      if (scalar === 'np.int64' && !fitsInt64(first.range)) return null;
      return callOf('abs', false, args, { scalar, range: magnitude(first.range) }, call, draft, scope);
    }
    case 'min':
    case 'max':
      return args.length < 2 ? null : smallest(name, args, call, draft, scope);
    case 'float':
      if (!varying) return isBool(scalar) ? null : callOf('float64', false, args, { scalar: 'float', range: first.range }, call, draft, scope);
      if (isWhole(scalar)) return isBool(scalar) ? null : asFloat(first, draft);
      return { ...first, scalar: 'float', unchanged: false };
    case 'int':
      return varying ? toInt(first, null, call, draft, scope) : null;
    case 'bool':
      return varying && isBool(scalar) ? { ...first, scalar: 'bool', unchanged: false } : null;
    case 'round':
      return varying && args.length === 1 && !isNumpy(scalar) ? toInt(first, `${draft.np}.rint`, call, draft, scope) : null;
    case 'pow':
      return second && args.length === 2 && call.args[1]
        ? arithmetic('**', { ...first, unchanged: false }, { ...second, unchanged: false }, call, draft, scope, literalInt(call.args[1]))
        : null;
    default:
      return null;
  }
}

/** True where 0.0 may meet -0.0. */
function equalZeros(a: Lane, b: Lane): boolean {
  const zero = ({ range }: Lane): boolean => range.lo <= 0 && range.hi >= 0;
  return zero(a) && zero(b) && (signedZero(a.scalar, a.range) || signedZero(b.scalar, b.range));
}

/** Python keeps the first of two unless the other one compares smaller (or larger): with NaN that is not what NumPy's minimum does. */
function smallest(name: 'min' | 'max', args: readonly Lane[], call: Call, draft: Draft, scope: Scope): Lane | null {
  if (args.some((arg) => isBool(arg.scalar))) return null;
  if (!args.some((arg) => arg.varying)) {
    const kinds = new Set(args.map((arg) => arg.scalar));
    const range = args.map((arg) => arg.range).reduce(unite);
    return kinds.size === 1 ? callOf(name, false, args, { scalar: args[0]?.scalar ?? 'float', range }, call, draft, scope) : null;
  }
  let best: Lane | null = null;
  for (const arg of args) {
    if (!best) {
      best = arg;
      continue;
    }
    const scalar: Scalar | null = best.scalar === arg.scalar ? arg.scalar : eitherType(best.scalar, arg.scalar);
    if (!scalar) return null;
    const pick = name === 'min' ? Math.min : Math.max;
    const range: Range = { lo: pick(best.range.lo, arg.range.lo), hi: pick(best.range.hi, arg.range.hi), nan: best.range.nan || arg.range.nan };
    // The first of two equal zeros counts, which NumPy's own functions do not promise.
    const choice: boolean = range.nan || equalZeros(best, arg);
    // Both are written twice below.
    const [a, b] = [best, arg].map((lane): Lane => {
      const long = lane.varying && choice && !/^[\w.]+$/.test(lane.code);
      return long ? { ...lane, code: named(lane, 'values', draft), binds: binds.atom } : lane;
    }) as [Lane, Lane];
    if ((a.scalar === 'int' && !fitsInt64(a.range)) || (b.scalar === 'int' && !fitsInt64(b.range))) draft.flags.overflow = true;
    const ufunc: string = `${draft.np}.${name}imum(${a.code}, ${b.code})`;
    const where: string = `${draft.np}.where(${wrap(b, 8)} ${name === 'min' ? '<' : '>'} ${wrap(a, 8)}, ${b.code}, ${a.code})`;
    draft.operations += 1;
    draft.flags.rewrote = true;
    best = { code: choice ? where : ufunc, binds: binds.atom, varying: true, scalar, range, unchanged: false, fresh: true };
  }
  return best;
}

function lowerNumpy(name: string, args: readonly Lane[], call: Call, draft: Draft, scope: Scope): Lane | null {
  const [first, second, third] = args;
  if (!first || args.some((arg) => isBool(arg.scalar) && name !== 'where')) return null;
  const varying = args.some((arg) => arg.varying);
  if (args.some((arg) => arg.scalar === 'int' && !fitsInt64(arg.range))) draft.flags.overflow = true;
  const float: Scalar = 'np.float64';
  if (name === 'float64' && args.length === 1 && !isWhole(first.scalar))
    return varying
      ? { ...first, scalar: float, unchanged: false }
      : callOf(name, true, args, { scalar: float, range: first.range }, call, draft, scope);
  if (name in numpyFunctions && args.length === 1) {
    const like = numpyFunctions[name] ?? null;
    const model = like === null ? null : (mathFunctions[like] ?? null);
    if (like === null && isWhole(first.scalar)) return null;
    if (model && !model.safe(first.range)) risk(draft, varying, false);
    const rounded = ['floor', 'ceil', 'rint', 'trunc'].includes(name);
    const range = model ? model.range(first.range) : rounded ? roundedRange(first.range) : anyFloat;
    return callOf(name, true, args, { scalar: float, range }, call, draft, scope);
  }
  if ((name === 'abs' || name === 'absolute') && args.length === 1) {
    const whole = isWhole(first.scalar);
    if (whole && !fitsInt64(first.range)) return null;
    return callOf(name, true, args, { scalar: whole ? 'np.int64' : float, range: magnitude(first.range) }, call, draft, scope);
  }
  if (name === 'square' && args.length === 1 && !isWhole(first.scalar)) {
    return callOf(name, true, args, { scalar: float, range: { lo: 0, hi: Infinity, nan: first.range.nan } }, call, draft, scope);
  }
  if (name in numpyPairs && second && args.length === 2) {
    const like = numpyPairs[name] ?? null;
    const model = like === null ? null : mathPairs[like];
    const whole = args.every((arg) => isWhole(arg.scalar));
    if (model && !model.safe(first.range, second.range)) risk(draft, varying, false);
    const range = model ? model.range(first.range, second.range) : unite(first.range, second.range);
    return callOf(name, true, args, { scalar: whole && like === null ? 'np.int64' : float, range }, call, draft, scope);
  }
  if (name === 'clip' && second && third && args.every((arg) => !isWhole(arg.scalar)) && !second.varying && !third.varying && varying) {
    return callOf(
      name,
      true,
      args,
      { scalar: float, range: unite(unite(second.range, third.range), { ...second.range, nan: first.range.nan }) },
      call,
      draft,
      scope,
    );
  }
  if (['isnan', 'isinf', 'isfinite'].includes(name) && args.length === 1 && varying) {
    return callOf(name, true, args, { scalar: 'np.bool', range: truth }, call, draft, scope);
  }
  return null;
}
