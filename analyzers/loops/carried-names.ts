import type { Dependence, Span, Stmt } from '../types';
import { lineOf } from '../platform/span';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { TripNames } from './trip-names';

/** What ties trips together through plain names. */
export function carriedNames(names: TripNames, indices: ReadonlySet<string>): Dependence[] {
  const { loop, flow, accumulators, liveOut } = names;
  const gathered = new Set(accumulators.map((one) => one.name));
  const carried: Dependence[] = [];
  const first = firstWrites(loop.body);
  for (const name of flow.writes) {
    if (gathered.has(name) || indices.has(name)) continue;
    const written = first.get(name);
    const exposed = flow.exposed.get(name);
    if (exposed) {
      const why = `\`${name}\` is read (${lineOf(exposed.span)}) before the trip gives it a value${written ? ` (${lineOf(written)})` : ''}, so it comes from the trip before.`;
      carried.push({ name, via: 'name', kind: 'flow', why, span: exposed.span });
    } else if (liveOut.has(name) && flow.always?.has(name) !== true) {
      const span = written ?? loop.span;
      const why = `\`${name}\` is written only in some trips (${lineOf(span)}) and used after the loop, so the last of those trips decides.`;
      carried.push({ name, via: 'name', kind: 'output', why, span });
    }
  }
  return carried;
}

/** The first statement that writes each name. */
function firstWrites(body: readonly Stmt[]): Map<string, Span> {
  const first = new Map<string, Span>();
  for (const statement of eachStmt(body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : statement.kind === 'loop' && statement.loop.target ? [statement.loop.target] : []; // prettier-ignore
    const names = targets.flatMap(boundNames);
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'named') names.push(expr.name);
    for (const name of names) if (!first.has(name)) first.set(name, statement.span);
  }
  return first;
}
