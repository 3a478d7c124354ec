import type { Stmt } from '../../types';
import { eachExpr, eachStmt, stmtExprs, stmtNames } from '../../syntax/python-walk';
import { uniform } from './arithmetic';
import { named } from './choice';
import { addUpdate } from './accumulation';
import { binds, wrap, type Draft, type Lane, type Scope } from './draft';
import { anyFloat, between, fitsInt64, isBool, isNumpy, isWhole, magnitude, signedZero } from './scalars';

/** True where a line other than the one that changes a name looks at it. */
export function readElsewhere(name: string, update: Stmt, body: readonly Stmt[]): boolean {
  const own = new Set(eachStmt([update]));
  for (const statement of eachStmt(body)) {
    if (own.has(statement)) continue;
    for (const expr of stmtExprs(statement)) {
      if (statement.kind === 'augment' && expr === statement.target && expr.kind === 'name') continue;
      if ([...eachExpr(expr)].some((one) => one.kind === 'name' && one.name === name)) return true;
    }
  }
  return false;
}

/** A list that was converted, or an array that the loop was given under its own name. */
export const isInput = (code: string, draft: Draft): boolean =>
  draft.prologue.some((line) => line.converts !== undefined && line.text.startsWith(`${code} = `)) ||
  (/^[A-Za-z_]\w*$/.test(code) && draft.kinds.ofName(code)?.kind === 'array' && !draft.lines.some((line) => line.text.startsWith(`${code} = `)));

/** What the largest or smallest so far is after each trip, from what its name holds before the loop on. Null: it cannot be told. */
export function runningExtreme(name: string, op: 'min' | 'max', lane: Lane, statement: Stmt, scope: Scope, draft: Draft): Lane | null {
  const { np } = draft;
  if (!lane.varying || scope.mask !== null || isBool(lane.scalar) || lane.scalar === 'mixed') return null;
  const kind = scope.kinds.ofName(name);
  if (kind?.kind !== 'scalar' || isBool(kind.scalar) || kind.scalar === 'mixed' || isWhole(kind.scalar) !== isWhole(lane.scalar)) return null;
  const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
  const others = [...eachStmt(draft.facts.ir.body)].filter(
    (one) => !['if', 'loop'].includes(one.kind) && one !== statement && stmtNames([one]).writes.has(name),
  );
  if (target?.kind !== 'name' || others.length > 0) return null;
  const start = uniform(target, draft, scope);
  const scalar = draft.either(start.scalar, lane.scalar);
  if (scalar === null || draft.stopped()) return null;
  if ([start, lane].some((one) => one.scalar === 'int' && !fitsInt64(one.range))) draft.flags.overflow = true;
  const value = named(lane, 'values', draft);
  if (!isWhole(scalar)) {
    // NaN has no place in an order: what the loop finds then depends on where it stands.
    draft.check(`not ${np}.isnan(${name})`);
    if (isInput(value, draft)) draft.check(`not ${np}.isnan(${value}).any()`);
    else {
      draft.flags.raises = true;
      draft.emit(`if ${np}.isnan(${value}).any():`);
      draft.emit(`${draft.cx.indentUnit(draft.facts.file)}raise FloatingPointError("NaN has no place in an order")`);
    }
    draft.assume('where 0.0 and -0.0 are the largest or smallest so far, it makes no difference which of them it is');
  }
  const running = draft.fresh(op === 'max' ? 'highest' : 'lowest');
  draft.emit(`${running} = ${np}.${op}imum(${name}, ${np}.${op}imum.accumulate(${value}))`, statement.span);
  draft.operations += 4;
  const pick = op === 'max' ? Math.max : Math.min;
  const range = { lo: pick(lane.range.lo, start.range.lo), hi: pick(lane.range.hi, start.range.hi), nan: false };
  const result: Lane = { code: running, binds: binds.atom, varying: true, scalar, range, unchanged: false, fresh: true };
  addUpdate({ name, op, value: result, mask: null, from: statement.span, strict: true, running }, draft);
  return result;
}

/** Trips of a loop that is run at all. */
const MOST_TRIPS = 1e11;

/** What a sum that starts at 0 holds after each trip. NumPy adds in the order of the trips as well. Null: it starts at something else. */
export function runningSums(name: string, op: '+' | '-', lane: Lane, statement: Stmt, scope: Scope, draft: Draft): Lane | null {
  const start = draft.starts.get(name);
  if (!lane.varying || scope.mask !== null || isBool(lane.scalar) || lane.scalar === 'mixed') return null;
  if (start?.kind !== 'number' || Number(start.text) !== 0 || (start.type === 'float' && isWhole(lane.scalar))) return null;
  const others = [...eachStmt(draft.facts.ir.body)].filter((one) => one !== statement && stmtNames([one]).writes.has(name));
  if (others.length > 0) return null;
  const sums = draft.fresh('sums');
  const added = op === '-' ? `-${wrap(lane, binds.unary)}` : lane.code;
  // The loop's first 0.0 makes 0.0 of -0.0.
  const zero = signedZero(lane.scalar, lane.range) || op === '-' ? '0.0 + ' : '';
  draft.emit(`${sums} = ${isWhole(lane.scalar) ? '' : zero}${draft.np}.cumsum(${added})`, statement.span);
  draft.operations += 2;
  const most = magnitude(lane.range).hi * MOST_TRIPS;
  const range = isWhole(lane.scalar) ? between(-most, most) : anyFloat;
  if (lane.scalar === 'int' && !fitsInt64(range)) draft.flags.overflow = true;
  if (!isWhole(lane.scalar)) draft.flags[isNumpy(lane.scalar) ? 'scalarWarns' : 'warns'] = true;
  const running: Lane = { ...lane, code: sums, binds: binds.atom, range, unchanged: false, fresh: true };
  addUpdate({ name, op: '+', value: running, mask: null, from: statement.span, strict: true, running: sums }, draft);
  return running;
}
