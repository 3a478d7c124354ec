import type { CompareOp, Expr } from '../../types';
import { arithmetic, finish, invert, joinTests, truthOf, uniform } from './arithmetic';
import { lowerCall } from './calls';
import { choose, named } from './choice';
import { binds, wrap, type Draft, type Lane, type Scope } from './draft';
import { literalInt, numberOf } from './kinds';
import { fieldLane, textTest } from './records';
import { exactAsFloat, exactly, fitsInt64, isBool, isNumpy, isWhole, negate, truth, type Scalar } from './scalars';

const simplify = 'Rewrite the line with plain arithmetic on numbers, then ask again.';

export function lower(expr: Expr, draft: Draft, scope: Scope): Lane {
  switch (expr.kind) {
    case 'number': {
      if (expr.type === 'complex') return draft.refuse('not-numeric', 'The loop computes with complex numbers.', simplify, expr.span);
      const range = exactly(numberOf(expr.text));
      return { code: expr.text, binds: binds.atom, varying: false, scalar: expr.type, range, unchanged: true, fresh: false };
    }
    case 'constant':
      if (expr.value !== 'True' && expr.value !== 'False') break;
      return { code: expr.value, binds: binds.atom, varying: false, scalar: 'bool', range: truth, unchanged: true, fresh: false };
    case 'name':
      return lowerName(expr, draft, scope);
    case 'attribute':
      return fieldLane(expr, draft, scope) ?? uniform(expr, draft, scope);
    case 'subscript':
      return fieldLane(expr, draft, scope) ?? scope.subscript(expr, scope);
    case 'unary':
      return lowerUnary(expr, draft, scope);
    case 'binary':
      return lowerBinary(expr, draft, scope);
    case 'compare':
      return lowerCompare(expr, draft, scope);
    case 'logical':
      return lowerLogical(expr, (side, inner) => lower(side, draft, inner), draft, scope);
    case 'conditional': {
      const test = lowerTest(expr.test, draft, scope);
      const [then, otherwise] = [expr.then, expr.otherwise];
      return choose(
        test,
        (inner) => lower(then, draft, inner),
        (inner) => lower(otherwise, draft, inner),
        expr,
        draft,
        scope,
      );
    }
    case 'call':
      return lowerCall(expr, draft, scope);
    case 'string':
    case 'format':
      return draft.refuse(
        'not-numeric',
        'The loop works on text, which arrays of numbers cannot hold.',
        'Keep this loop, or move the text work out of it.',
        expr.span,
      );
    case 'dict':
    case 'collection':
      return draft.refuse(
        'not-numeric',
        'The loop builds a tuple, list or dict in every trip.',
        'Compute the numbers in one loop and pack them in another.',
        expr.span,
      );
    case 'loop':
      return draft.refuse('nested-loop', 'There is another loop inside this expression.', 'Look at the inner loop by itself.', expr.span);
    default:
      break;
  }
  return draft.refuse('not-numeric', 'The loop has an expression that no array operation stands for.', simplify, expr.span);
}

/** What is only asked for its truth. */
export function lowerTest(expr: Expr, draft: Draft, scope: Scope): Lane {
  if (expr.kind !== 'logical') return truthOf(lower(expr, draft, scope), expr, draft, scope);
  const part = (side: Expr, inner: Scope): Lane => {
    const lane = side.kind === 'logical' ? lowerTest(side, draft, inner) : lower(side, draft, inner);
    if (isBool(lane.scalar) || draft.stopped()) return lane;
    // Beside an array a number would be taken bit by bit.
    return lane.varying
      ? truthOf(lane, side, draft, inner)
      : { ...lane, code: `${wrap(lane, 8)} != 0`, binds: binds.compare, scalar: 'bool', range: truth, unchanged: false };
  };
  return lowerLogical(expr, part, draft, scope);
}

function lowerLogical(expr: Expr & { kind: 'logical' }, part: (side: Expr, scope: Scope) => Lane, draft: Draft, scope: Scope): Lane {
  const left = part(expr.left, scope);
  const before = draft.mark();
  const right = part(expr.right, scope);
  if (!isBool(left.scalar) || !isBool(right.scalar)) {
    return draft.refuse('not-numeric', 'The line uses `and` or `or` on values that are not comparisons.', 'Compare with == or != first.', expr.span);
  }
  if (draft.flags.unsafe && !before.flags.unsafe && left.varying) {
    draft.reset(before);
    const word = { code: expr.op === 'and' ? 'False' : 'True', binds: binds.atom, varying: false, scalar: 'bool' as const, range: truth };
    const constant: Lane = { ...word, unchanged: false, fresh: false };
    const later = (inner: Scope): Lane => part(expr.right, inner);
    return expr.op === 'and' ? choose(left, later, () => constant, expr, draft, scope) : choose(left, () => constant, later, expr, draft, scope);
  }
  return joinTests(left, right, expr.op, expr, draft, scope);
}

function lowerName(expr: Expr & { kind: 'name' }, draft: Draft, scope: Scope): Lane {
  const lane = scope.env.get(expr.name);
  if (lane?.records)
    return draft.refuse(
      'not-numeric',
      `\`${expr.name}\` is used as a whole, not only for fields that are named in the text.`,
      'Read its fields by their names.',
      expr.span,
    );
  if (lane) {
    if (!lane.unchanged && lane.code !== expr.name) draft.flags.rewrote = true;
    return { ...lane, unchanged: lane.code === expr.name };
  }
  if (scope.written.has(expr.name)) {
    const why = `\`${expr.name}\` still holds what an earlier trip left in it when this line reads it.`;
    return draft.refuse('carried-dependence', why, 'Each trip has to stand alone; keep this loop, or look for a closed formula.', expr.span);
  }
  return uniform(expr, draft, scope);
}

function lowerUnary(expr: Expr & { kind: 'unary' }, draft: Draft, scope: Scope): Lane {
  if (expr.op === 'not') {
    const test = lowerTest(expr.operand, draft, scope);
    if (!test.varying) return finish({ ...test, code: `not ${wrap(test, binds.not)}`, binds: binds.not }, expr, [test], draft, scope);
    return invert(test);
  }
  const operand = lower(expr.operand, draft, scope);
  if (expr.op === '~' || isBool(operand.scalar)) {
    return draft.refuse('not-numeric', `\`${expr.op}\` is used on a value that is not a plain number.`, simplify, expr.span);
  }
  const range = expr.op === '-' ? negate(operand.range) : operand.range;
  const code = `${expr.op}${wrap(operand, binds.unary)}`;
  return finish({ ...operand, code, binds: binds.unary, range, fresh: true }, expr, [operand], draft, scope);
}

function lowerCompare(expr: Expr & { kind: 'compare' }, draft: Draft, scope: Scope): Lane {
  const text = textTest(expr, draft, scope);
  if (text) return text;
  const one = amongNumbers(expr, draft, scope);
  if (one) return one;
  let left = lower(expr.first, draft, scope);
  let joined: Lane | null = null;
  for (const [position, part] of expr.rest.entries()) {
    const right = lower(part.right, draft, scope);
    if (['in', 'not in', 'is', 'is not'].includes(part.op)) {
      return draft.refuse('not-numeric', `\`${part.op}\` has no array operation here.`, simplify, expr.span);
    }
    requireExact(left, right, draft);
    const test = compareTwo(part.op, left, right, expr, expr.rest.length === 1, draft, scope);
    joined = joined ? joinTests(joined, test, 'and', expr, draft, scope) : test;
    if (position < expr.rest.length - 1 && right.binds < binds.atom && right.varying) {
      const name = draft.fresh('middle');
      draft.emit(`${name} = ${right.code}`, expr.span);
      left = { ...right, code: name, binds: binds.atom };
    } else left = right;
  }
  return joined ?? left;
}

/** Asks for ints that arrays compare as Python does. */
function requireExact(left: Lane, right: Lane, draft: Draft): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const exact = !isWhole(one.scalar) || (isWhole(other.scalar) ? fitsInt64(one.range) : exactAsFloat(one.range));
    if (!exact && (one.varying || other.varying) && one.scalar === 'int') draft.flags.overflow = true;
  }
}

/** `n in (2, 3)`; null: it is no such test of a number that changes. */
function amongNumbers(expr: Expr & { kind: 'compare' }, draft: Draft, scope: Scope): Lane | null {
  const [part, ...more] = expr.rest;
  if (!part || more.length > 0 || (part.op !== 'in' && part.op !== 'not in') || part.right.kind !== 'collection') return null;
  const { items } = part.right;
  if (items.length === 0 || items.length > 8 || items.some((item) => literalInt(item) === null)) return null;
  const value = lower(expr.first, draft, scope);
  if (!value.varying || isBool(value.scalar) || draft.stopped()) return null;
  const first: Lane = { ...value, code: named(value, 'value', draft), binds: binds.atom };
  const tests = items.map((item) => {
    const other = lower(item, draft, scope);
    requireExact(first, other, draft);
    return compareTwo('==', first, other, expr, false, draft, scope);
  });
  const any = tests.reduce((left, right) => joinTests(left, right, 'or', expr, draft, scope));
  return part.op === 'in' ? any : invert(any);
}

function compareTwo(op: CompareOp, left: Lane, right: Lane, expr: Expr, whole: boolean, draft: Draft, scope: Scope): Lane {
  const varying = left.varying || right.varying;
  const scalar: Scalar = isNumpy(left.scalar) || isNumpy(right.scalar) ? 'np.bool' : 'bool';
  const code = `${wrap(left, 8)} ${op} ${wrap(right, 8)}`;
  const lane = { code, binds: binds.compare, varying, scalar, range: truth, fresh: true };
  if (whole) return finish(lane, expr, [left, right], draft, scope);
  draft.operations += 1;
  draft.flags.rewrote = true;
  return { ...lane, unchanged: false };
}

function lowerBinary(expr: Expr & { kind: 'binary' }, draft: Draft, scope: Scope): Lane {
  const left = lower(expr.left, draft, scope);
  const right = lower(expr.right, draft, scope);
  if (draft.stopped()) return left;
  return arithmetic(expr.op, left, right, expr, draft, scope, literalInt(expr.right));
}
