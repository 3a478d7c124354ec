import type { Stmt } from '../types';
import { eachExpr, eachStmt, stmtExprs, stmtNames } from '../syntax/python-walk';
import { addUpdate } from './array-accumulators';
import { binds, wrap, type Draft, type Lane, type Scope } from './array-draft';
import { anyFloat, between, fitsInt64, isBool, isNumpy, isWhole, magnitude, signedZero } from './array-scalars';

/** True where a line other than the one that changes a name looks at it. */
export function readElsewhere(name: string, update: Stmt, body: readonly Stmt[]): boolean {
  for (const statement of eachStmt(body)) {
    if (statement === update) continue;
    for (const expr of stmtExprs(statement)) {
      if (statement.kind === 'augment' && expr === statement.target && expr.kind === 'name') continue;
      if ([...eachExpr(expr)].some((one) => one.kind === 'name' && one.name === name)) return true;
    }
  }
  return false;
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
