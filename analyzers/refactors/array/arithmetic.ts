import type { BinaryOp, Expr, Stmt } from '../../types';
import { printExpr } from '../../syntax/python-print';
import { emptySpan, isSynthetic } from '../../syntax/python-reading';
import { grouped } from './bounds';
import { binds, wrap, type Draft, type Lane, type Scope } from './draft';
import {
  arithmeticRange,
  arithmeticType,
  between,
  exactAsFloat,
  excludesZero,
  fitsInt64,
  isBool,
  isNumpy,
  isWhole,
  magnitude,
  negate,
  powerRange,
  wholeQuotient,
  truth,
  type Range,
  type Scalar,
} from './scalars';
import { requireNumber } from './type-tests';

const operatorBinds: Partial<Record<BinaryOp, number>> = { '+': binds.sum, '-': binds.sum, '*': 13, '/': 13, '//': 13, '%': 13, '**': 15 };
const simplify = 'Rewrite the line with plain arithmetic on numbers, then ask again.';

/** The source's own text where it still says what is meant and fits a line. */
export function ownText(expr: Expr, draft: Draft, scope: Scope): string | null {
  if (isSynthetic(expr) || expr.span.start.line !== expr.span.end.line) return null;
  return draft.cx.slice(scope.file, expr.span);
}

/** Finishes a lane: keeps the source's text where no part of it changed, and checks what int64 cannot hold. */
export function finish(lane: Omit<Lane, 'unchanged'>, expr: Expr, parts: readonly Lane[], draft: Draft, scope: Scope): Lane {
  const unchanged = parts.every((part) => part.unchanged);
  const text = unchanged ? ownText(expr, draft, scope) : null;
  if (lane.varying) draft.operations += 1;
  if (!unchanged) draft.flags.rewrote = true;
  const range = lane.scalar === 'np.int64' && !fitsInt64(lane.range) ? between(-(2 ** 63), 2 ** 63) : lane.range;
  if (lane.varying && lane.scalar === 'int' && !fitsInt64(range)) draft.flags.overflow = true;
  return { ...lane, range, unchanged: unchanged && text !== null, code: text ?? lane.code };
}

/** Marks an operation that can fail for some values. In Python it raises; on NumPy's own scalars it warns and goes on. */
export function risk(draft: Draft, varying: boolean, raises: boolean): void {
  draft.flags.unsafe = true;
  if (!raises && varying) draft.flags.scalarWarns = true;
  if (!raises) return;
  if (varying) draft.flags.raises = true;
  else draft.flags.uniformRaises = true;
}

/** A value that is the same in every trip: its own text, if its type is known. */
export function uniform(expr: Expr, draft: Draft, scope: Scope): Lane {
  const kind = scope.kinds.of(expr);
  const text = isSynthetic(expr) ? printExpr(expr, draft.cx.text(scope.file)) : ownText(expr, draft, scope);
  if (kind === null || text === null || kind.kind === 'generator') {
    const name = text ?? 'this value';
    return draft.refuse(
      'unknown-type',
      `It is not known what \`${name}\` holds.`,
      'Run the script so that this line is sampled, or give it a number right in this function.',
      expr.span,
    );
  }
  if (kind.kind !== 'scalar') {
    return draft.refuse(
      'not-scalar',
      `\`${text}\` is a whole list or array, not one number.`,
      'Index it by the loop, or compute with it outside the loop.',
      expr.span,
    );
  }
  requireNumber(expr, kind, draft, scope);
  let { range } = kind;
  if (kind.scalar === 'int' && draft.bound !== null && !fitsInt64(range)) {
    const limit = draft.bound;
    const shown = grouped(limit);
    if (range.lo >= 0) draft.check(`${text} <= ${shown}`);
    else draft.check(`-${shown} <= ${text} <= ${shown}`);
    range = between(Math.max(range.lo, -limit), Math.min(range.hi, limit));
  }
  return { code: text, binds: binds.atom, varying: false, scalar: kind.scalar, range, unchanged: true, fresh: false };
}

/** `name += value` as the sum that it is; no text of the source says that. */
export const updated = ({ op, target, value, span }: Stmt & { kind: 'augment' }): Expr => ({
  kind: 'binary',
  op,
  left: target,
  right: value,
  span: emptySpan(span),
});

/** The opposite of a test on arrays. */
export function invert(test: Lane): Lane {
  if (test.code.startsWith('~(') && closesAtEnd(test.code.slice(1)))
    return { ...test, code: test.code.slice(2, -1), binds: binds.bitOr, unchanged: false, fresh: true };
  return { ...test, code: `~${wrap(test, binds.unary)}`, binds: binds.unary, unchanged: false, fresh: true };
}

/** True where the first parenthesis is closed by the last one. */
function closesAtEnd(code: string): boolean {
  let depth = 0;
  for (let at = 0; at < code.length - 1; at += 1) {
    depth += code[at] === '(' ? 1 : code[at] === ')' ? -1 : 0;
    if (depth === 0) return false;
  }
  return true;
}

/** Python's truth of a number. */
export function truthOf(lane: Lane, expr: Expr, draft: Draft, scope: Scope): Lane {
  if (isBool(lane.scalar) || draft.stopped()) return lane;
  if (!lane.varying) return { ...lane, scalar: 'bool', range: truth };
  const scalar: Scalar = isNumpy(lane.scalar) ? 'np.bool' : 'bool';
  draft.flags.rewrote = true;
  return {
    ...finish({ ...lane, code: `${wrap(lane, 8)} != 0`, binds: binds.compare, scalar, range: truth, fresh: true }, expr, [], draft, scope),
    unchanged: false,
    code: `${wrap(lane, 8)} != 0`,
  };
}

export function joinTests(left: Lane, right: Lane, op: 'and' | 'or', expr: Expr, draft: Draft, scope: Scope): Lane {
  const varying = left.varying || right.varying;
  const scalar: Scalar = left.scalar === right.scalar ? left.scalar : 'np.bool';
  if (!varying) {
    const level = op === 'and' ? binds.and : binds.or;
    const code = `${wrap(left, level)} ${op} ${wrap(right, level + 1)}`;
    return finish({ code, binds: level, varying, scalar, range: truth, fresh: false }, expr, [left, right], draft, scope);
  }
  if (left.scalar !== right.scalar) {
    return draft.refuse('mixed-types', 'A test mixes True/False of Python with that of NumPy.', 'Convert one side with bool().', expr.span);
  }
  const sign = op === 'and' ? '&' : '|';
  const level = op === 'and' ? binds.bitAnd : binds.bitOr;
  draft.operations += 1;
  draft.flags.rewrote = true;
  return {
    code: `${wrap(left, level)} ${sign} ${wrap(right, level + 1)}`,
    binds: level,
    varying,
    scalar,
    range: truth,
    unchanged: false,
    fresh: true,
  };
}

/** `left op right` on lanes, with what can go wrong in it. */
export function arithmetic(op: BinaryOp, left: Lane, right: Lane, expr: Expr, draft: Draft, scope: Scope, exponent: number | null): Lane {
  const varying = left.varying || right.varying;
  const scalar = arithmeticType(op, left.scalar, right.scalar);
  const level = operatorBinds[op];
  if (!scalar || level === undefined) {
    return draft.refuse('not-numeric', `\`${op}\` has no array operation that gives the same on these values.`, simplify, expr.span);
  }
  if (varying && (isBool(left.scalar) || isBool(right.scalar)) && (left.scalar === 'bool' || right.scalar === 'bool')) {
    return draft.refuse('not-numeric', 'The line calculates with True and False.', 'Write 1 if test else 0.', expr.span);
  }
  const whole = isWhole(scalar);
  const python = !isNumpy(scalar);
  // A count that starts at 0.
  if (op === '+' && !left.varying && left.code === '0' && right.varying && whole && scalar === right.scalar) {
    draft.flags.rewrote = true;
    return { ...right, unchanged: false };
  }
  const same = left.code === right.code && left.varying === right.varying;
  let range = arithmeticRange(op, left.range, right.range, whole, same);
  if (op === '/' && python && isWhole(right.scalar)) range = wholeQuotient(left.range, range);
  // -x * x
  if (op === '*' && left.code === `-${right.code}` && left.varying) range = negate(arithmeticRange('*', right.range, right.range, whole, true));
  if (op === '/' && isWhole(left.scalar) && isWhole(right.scalar) && python && varying && !(exactAsFloat(left.range) && exactAsFloat(right.range))) {
    draft.flags.overflow = true;
  }
  if ((op === '/' || op === '//' || op === '%') && !excludesZero(right.range)) {
    risk(draft, varying, python);
    // With a zero among whole divisors NumPy answers 0 where Python raises; the guard turns it into an error first.
  }
  // A range that was cut by int64 says nothing on floor division of the one value that overflows.
  if (op === '//' && scalar === 'np.int64' && right.range.lo <= -1 && right.range.hi >= -1 && !fitsInt64(left.range)) risk(draft, varying, false);
  if (op === '**') {
    const power = powerOf(left, right, exponent, whole, python, varying, draft, expr);
    if (!power) return left;
    range = power;
  }
  if (varying && !whole && mayWarn(op, left.range, right.range, range)) draft.flags[python ? 'warns' : 'scalarWarns'] = true;
  // A whole number beside floats becomes one of them, which one beyond all floats cannot.
  if (varying && python && !whole)
    for (const side of [left, right]) if (!side.varying && side.scalar === 'int' && !fitsInt64(side.range)) draft.flags.overflow = true;
  if (varying && whole && python) for (const side of [left, right]) if (!fitsInt64(side.range)) draft.flags.overflow = true;
  const [least, more] = op === '**' ? [level + 1, binds.unary] : [level, level + 1];
  const code = `${wrap(left, least)} ${op} ${wrap(right, more)}`;
  return finish({ code, binds: level, varying, scalar, range, fresh: varying }, expr, [left, right], draft, scope);
}

/** True where NumPy may tell of an infinity or NaN that plain floats run into silently. */
function mayWarn(op: BinaryOp, left: Range, right: Range, result: Range): boolean {
  const most = (range: Range): number => magnitude(range).hi;
  const unbounded = (range: Range): boolean => range.nan || most(range) === Infinity;
  // Adding less than half the distance between the two largest floats rounds back to them.
  if (op === '+' || op === '-') return most(left) > 1e290 && most(right) > 1e290 && unbounded(result);
  if (op === '*') return unbounded(result) && ![left, right].some((side) => most(side) <= 1 && magnitude(side).lo > 0);
  if (op === '/') return unbounded(result) && !(magnitude(right).lo >= 1 && most(right) < Infinity);
  return (op === '//' || op === '%') && unbounded(left);
}

function powerOf(
  left: Lane,
  right: Lane,
  exponent: number | null,
  whole: boolean,
  python: boolean,
  varying: boolean,
  draft: Draft,
  expr: Expr,
): Lane['range'] | null {
  const say = (why: string): null => {
    draft.refuse('power', why, 'Use a literal whole exponent of at least 0, or compute with floats.', expr.span);
    return null;
  };
  if (whole) {
    if (exponent !== null && exponent >= 0 && exponent <= 64) return powerRange(left.range, exponent, true);
    const unitBase = left.range.lo >= -1 && left.range.hi <= 1;
    if (unitBase && right.range.lo >= 0) return between(Math.min(left.range.lo, 0), 1);
    return say('The power of two ints is a float when the exponent is negative, and it outgrows 64 bits soon otherwise.');
  }
  if (exponent !== null && exponent >= 0) {
    const range = powerRange(left.range, exponent, false);
    // Python raises OverflowError where NumPy goes to infinity.
    if (python && exponent > 1 && !(range.lo > -Infinity && range.hi < Infinity)) risk(draft, varying, true);
    return range;
  }
  risk(draft, varying, python);
  const positive = left.range.lo >= 0;
  return { lo: positive ? 0 : -Infinity, hi: Infinity, nan: true };
}
