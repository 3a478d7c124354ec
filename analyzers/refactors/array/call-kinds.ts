import type { Expr } from '../../types';
import { arrayKind, listKind, scalarKind, type Kind, type KindSource, type Linear } from './kinds';
import { anyFloat, anyInt, between, exactly, isBool, isWhole, magnitude, narrowInts, negate, truth, unite, type Range, type Scalar } from './scalars';

type Call = Expr & { kind: 'call' };

const finite: Range = { lo: -Infinity, hi: Infinity, nan: false };
/** Draws of NumPy's generators that are floats, with the bounds of a draw where they are known without its arguments. */
const floatDraws: Record<string, Range> = {
  random: between(0, 1),
  random_sample: between(0, 1),
  rand: between(0, 1),
  standard_normal: { lo: -1e3, hi: 1e3, nan: false },
  randn: { lo: -1e3, hi: 1e3, nan: false },
  normal: finite,
  uniform: finite,
  exponential: finite,
  standard_exponential: between(0, Infinity),
  lognormal: finite,
  gamma: finite,
  beta: between(0, 1),
  triangular: finite,
  weibull: finite,
  rayleigh: finite,
};
const stdlibDraws: Record<string, Range> = {
  random: between(0, 1),
  gauss: finite,
  normalvariate: finite,
  expovariate: finite,
  lognormvariate: finite,
  betavariate: between(0, 1),
  triangular: finite,
};
/** Position of `size` among the arguments of a draw. */
const sizeAt: Record<string, number> = { random: 0, random_sample: 0, standard_normal: 0, standard_exponential: 0, exponential: 1, rayleigh: 1, weibull: 1, triangular: 3 }; // prettier-ignore

const given = (call: Call, index: number, name: string): Expr | null =>
  call.args[index] ?? call.keywords.find((keyword) => keyword.name === name)?.value ?? null;

/** float('inf') */
function floatOfText(text: string): Range {
  const infinite = /^['"]([-+]?)inf(?:inity)?['"]$/i.exec(text);
  return infinite === null ? anyFloat : exactly(infinite[1] === '-' ? -Infinity : Infinity);
}

/** Array shape that an expression for a size means; null where it cannot be told. */
function shapeOf(size: Expr, kinds: KindSource): (Linear | null)[] | null {
  if (size.kind === 'collection') return size.items.map((item) => kinds.linear(item));
  if (size.kind === 'attribute' && size.attribute === 'shape') {
    const array = kinds.of(size.object);
    return array?.kind === 'array' ? array.shape.map((_, axis) => kinds.shapeOf(size.object, axis)) : null;
  }
  const kind = kinds.of(size);
  return kind?.kind === 'scalar' && isWhole(kind.scalar) ? [kinds.linear(size)] : null;
}

function rangeOfUniform(call: Call, kinds: KindSource): Range {
  const low = call.args[0] ? kinds.of(call.args[0]) : scalarKind('float', exactly(0));
  const high = call.args[1] ? kinds.of(call.args[1]) : scalarKind('float', exactly(1));
  if (call.keywords.some((keyword) => keyword.name === 'low' || keyword.name === 'high')) return anyFloat;
  return low?.kind === 'scalar' && high?.kind === 'scalar' ? unite(low.range, high.range) : anyFloat;
}

function draw(name: string, call: Call, kinds: KindSource, legacy: boolean): Kind | null {
  if (name === 'integers' || name === 'randint') {
    const size = given(call, 2, 'size');
    if (!size || call.keywords.some((keyword) => keyword.name !== 'size')) return null;
    const low = call.args[0] ? kinds.of(call.args[0]) : null;
    const high = call.args[1] ? kinds.of(call.args[1]) : null;
    const shape = shapeOf(size, kinds);
    const range = low?.kind === 'scalar' && high?.kind === 'scalar' ? between(low.range.lo, high.range.hi) : between(-(2 ** 63), 2 ** 63);
    return shape && arrayKind('np.int64', range, shape);
  }
  const known = floatDraws[name];
  if (!known || call.keywords.some((keyword) => keyword.name === 'dtype' || keyword.name === 'out')) return null;
  const range = name === 'uniform' ? rangeOfUniform(call, kinds) : known;
  if (name === 'rand' || name === 'randn') {
    if (!legacy) return null;
    return call.args.length === 0
      ? scalarKind('float', range)
      : arrayKind(
          'np.float64',
          range,
          call.args.map((arg) => kinds.linear(arg)),
        );
  }
  const size = given(call, sizeAt[name] ?? 2, 'size');
  if (!size) return call.args.every((arg) => kinds.of(arg)?.kind === 'scalar') ? scalarKind('float', range) : null;
  const shape = shapeOf(size, kinds);
  return shape && arrayKind('np.float64', range, shape);
}

function made(name: string, call: Call, kinds: KindSource): Kind | null {
  const [first, second] = call.args;
  const dtype = call.keywords.find((keyword) => keyword.name === 'dtype')?.value;
  const others = call.keywords.some((keyword) => !['dtype', 'num', 'size', 'endpoint'].includes(keyword.name));
  if (others || !first) return null;
  const path = dtype ? kinds.cx.resolve(dtype, kinds.facts.file, dtype.span.start) : null;
  const typed: Scalar | null =
    dtype === undefined
      ? 'np.float64'
      : path === 'builtins.float' || path === 'numpy.float64'
        ? 'np.float64'
        : path === 'numpy.int64' || (path === 'builtins.int' && !narrowInts(kinds.cx.interpreter))
          ? 'np.int64'
          : path === 'builtins.bool' || path === 'numpy.bool_'
            ? 'np.bool'
            : null;
  if (!typed) return null;
  switch (name) {
    case 'zeros':
    case 'ones':
    case 'empty': {
      const shape = call.args.length === 1 ? shapeOf(first, kinds) : null;
      return shape && arrayKind(typed, name === 'empty' ? anyFloat : between(0, 1), shape);
    }
    case 'full': {
      const shape = shapeOf(first, kinds);
      const value = second ? kinds.of(second) : null;
      if (!shape || value?.kind !== 'scalar' || (!dtype && value.scalar === 'mixed')) return null;
      return arrayKind(dtype ? typed : asNumpy(value.scalar), value.range, shape);
    }
    case 'zeros_like':
    case 'ones_like':
    case 'empty_like': {
      const model = kinds.of(first);
      const shape = model?.kind === 'array' ? model.shape.map((_, axis) => kinds.shapeOf(first, axis)) : null;
      if (!shape || model?.kind !== 'array') return null;
      return arrayKind(dtype ? typed : model.scalar, name === 'empty_like' ? anyFloat : between(0, 1), shape, model.proven);
    }
    case 'linspace': {
      const count = given(call, 2, 'num');
      const ends = [first, second].map((end) => (end ? kinds.of(end) : null));
      const [low, high] = ends;
      const range = low?.kind === 'scalar' && high?.kind === 'scalar' ? unite(low.range, high.range) : anyFloat;
      return dtype ? null : arrayKind('np.float64', range, [count ? kinds.linear(count) : { base: null, offset: 50 }]);
    }
    case 'arange': {
      const ends = call.args.map((arg) => kinds.of(arg));
      const whole = ends.every((end) => end?.kind === 'scalar' && isWhole(end.scalar));
      if (!ends.every((end) => end?.kind === 'scalar')) return null;
      const shape = call.args.length === 1 && whole ? [kinds.linear(first)] : [null];
      const [end] = ends;
      const range = call.args.length === 1 && end?.kind === 'scalar' ? between(0, end.range.hi) : anyFloat;
      return arrayKind(dtype ? typed : whole ? 'np.int64' : 'np.float64', whole && range === anyFloat ? between(-(2 ** 63), 2 ** 63) : range, shape);
    }
    case 'array':
    case 'asarray': {
      const items = kinds.of(first);
      if (items?.kind === 'array') return dtype ? arrayKind(typed, items.range, items.shape, items.proven) : items;
      if (items?.kind !== 'list' || call.args.length > 1) return null;
      return arrayKind(dtype ? typed : asNumpy(items.element), items.range, [items.length], items.proven);
    }
    default:
      return null;
  }
}

/** The NumPy type that an array of such items has. */
export function asNumpy(scalar: Scalar): Scalar {
  if (isBool(scalar)) return 'np.bool';
  return isWhole(scalar) ? 'np.int64' : 'np.float64';
}

function builtin(name: string, call: Call, kinds: KindSource): Kind | null {
  const [first, second] = call.args;
  const kind = first ? kinds.of(first) : null;
  switch (name) {
    case 'len':
      return scalarKind('int', between(0, 1e12), true);
    case 'float':
      return first?.kind === 'string'
        ? scalarKind('float', floatOfText(first.text))
        : scalarKind('float', kind?.kind === 'scalar' ? kind.range : anyFloat, true);
    case 'int': {
      const range = kind?.kind === 'scalar' && kind.scalar !== 'mixed' ? kind.range : anyInt;
      return scalarKind('int', { ...range, nan: false, lo: Math.floor(range.lo), hi: Math.ceil(range.hi) });
    }
    case 'bool':
      return scalarKind('bool', truth);
    case 'round':
      return kind?.kind === 'scalar' && !kind.scalar.startsWith('np.') ? (second ? { ...kind } : scalarKind('int', anyInt, kind.proven)) : null;
    case 'abs':
      return kind?.kind === 'scalar' && !isBool(kind.scalar) ? { ...kind, range: magnitude(kind.range) } : null;
    case 'sum':
      if (kind?.kind !== 'list' || call.args.length !== 1 || kind.element !== 'float') return null;
      return scalarKind('mixed', anyFloat, kind.proven);
    case 'min':
    case 'max':
      if (kind?.kind === 'list' && call.args.length === 1) return scalarKind(kind.element, kind.range, kind.proven);
      return null;
    case 'sorted':
    case 'list': {
      if (first?.kind === 'call' && first.callee.kind === 'name' && first.callee.name === 'range') {
        const [a, b, c] = first.args;
        const stop = b ?? a;
        const items = stop ? kinds.ofRange(b ? (a ?? null) : null, stop, c ?? null) : null;
        return items?.kind === 'scalar' && stop ? listKind('int', items.range, b || items.range.hi < 0 ? null : kinds.linear(stop)) : null;
      }
      if (kind?.kind === 'array' && kind.shape.length === 1) return listKind(kind.scalar, kind.range, kind.shape[0] ?? null, kind.proven);
      return kind?.kind === 'list' ? kind : null;
    }
    default:
      return null;
  }
}

/** What a call gives back, from the call alone: known functions of Python and NumPy. */
export function inferCall(call: Call, kinds: KindSource): Kind | null {
  const path = kinds.cx.resolve(call.callee, kinds.facts.file, call.span.start);
  const [first, second] = call.args;
  if (path === null) {
    if (call.callee.kind !== 'attribute') return null;
    const { object, attribute } = call.callee;
    const kind = kinds.of(object);
    if (kind?.kind === 'generator') return draw(attribute, call, kinds, false);
    if (kind?.kind !== 'array') return null;
    if (attribute === 'copy') return { ...kind, shape: kind.shape.map((_, axis) => kinds.shapeOf(object, axis)) };
    if (attribute === 'tolist' && kind.shape.length === 1) {
      const element: Scalar = isBool(kind.scalar) ? 'bool' : isWhole(kind.scalar) ? 'int' : 'float';
      return listKind(element, kind.range, kind.shape[0] ?? null, kind.proven);
    }
    if (attribute === 'mean' || attribute === 'std' || attribute === 'var') {
      return call.args.length + call.keywords.length === 0 ? scalarKind('np.float64', anyFloat, kind.proven) : null;
    }
    if (['sum', 'min', 'max'].includes(attribute) && call.args.length + call.keywords.length === 0) {
      return isBool(kind.scalar) ? null : scalarKind(kind.scalar, kind.scalar === 'np.int64' ? between(-(2 ** 63), 2 ** 63) : anyFloat, kind.proven);
    }
    return null;
  }
  const [root, ...rest] = path.split('.');
  const name = rest[rest.length - 1] ?? '';
  if (root === 'builtins' && rest.length === 1) return builtin(name, call, kinds);
  if (path === 'numpy.random.default_rng' || path === 'numpy.random.RandomState') return { kind: 'generator', proven: true };
  if (root === 'numpy' && rest[0] === 'random') return draw(name, call, kinds, true);
  if (root === 'numpy' && rest.length === 1) {
    const array = made(name, call, kinds);
    if (array) return array;
    const kind = first ? kinds.of(first) : null;
    if (call.keywords.length > 0 || call.args.length !== 1 || !kind || kind.kind === 'generator') return null;
    if (['mean', 'std', 'var', 'median'].includes(name)) return kind.kind === 'scalar' ? null : scalarKind('np.float64', anyFloat, kind.proven);
    if (['sin', 'cos', 'tan', 'exp', 'log', 'sqrt', 'tanh', 'sinh', 'cosh', 'log10', 'log2', 'arctan'].includes(name)) {
      const range = ['sin', 'cos', 'tanh'].includes(name) ? { ...between(-1, 1), nan: kind.range.nan } : anyFloat;
      if (kind.kind === 'array') return arrayKind('np.float64', range, kind.shape, kind.proven);
      return kind.kind === 'scalar' ? scalarKind('np.float64', range, kind.proven) : null;
    }
    return null;
  }
  if (root === 'math' && rest.length === 1) {
    const whole = ['floor', 'ceil', 'trunc', 'factorial', 'gcd', 'comb', 'perm', 'isqrt', 'lcm'].includes(name);
    if (name.startsWith('is') || name === 'prod' || name === 'frexp' || name === 'modf') return null;
    if (whole) return scalarKind('int', anyInt);
    const bounded = ['sin', 'cos', 'tanh'].includes(name) ? between(-1, 1) : name === 'sqrt' || name === 'exp' ? between(0, Infinity) : anyFloat;
    return scalarKind('float', { ...bounded, nan: true });
  }
  if (root === 'random' && rest.length === 1) {
    if (name === 'uniform') return scalarKind('float', rangeOfUniform(call, kinds));
    if (name === 'randint' || name === 'randrange') {
      const ends = [first, second].map((end) => (end ? kinds.of(end) : null));
      const [low, high] = ends;
      if (low?.kind !== 'scalar' || call.args.length > 2) return scalarKind('int', anyInt);
      const upper = high?.kind === 'scalar' ? high.range.hi : low.range.hi;
      return scalarKind('int', high ? between(low.range.lo, upper) : between(Math.min(0, negate(low.range).lo), upper));
    }
    const known = stdlibDraws[name];
    return known ? scalarKind('float', known) : null;
  }
  if (path === 'time.time' || path === 'time.perf_counter') return scalarKind('float', between(0, 1e12));
  return null;
}
