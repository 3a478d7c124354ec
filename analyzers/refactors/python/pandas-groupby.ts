import { ok, refuse, type Outcome } from '../../platform/result';
import { before } from '../../platform/span';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt, nestedBlocks, stmtExprs, stmtNames } from '../../syntax/python-walk';
import type { Edit, Expr, Span, Stmt } from '../../types';
import { lowerGroups, type Groups } from '../group-aggregates';
import { defineRefactor, type Context, type Match } from '../refactor';

interface GroupMatch extends Match {
  edits: Edit[];
}
type Call = Expr & { kind: 'call' };

/** Functions that are called for each group, as the aggregations that pandas has for all groups at once. */
export const refactor = defineRefactor<GroupMatch>({
  id: 'pandas-groupby',
  family: 'vectorize',
  title: 'Aggregate all groups at once',
  match: (facts, _verdict, cx) => aggregated(facts.file, facts.hotspot.span, cx),
  matchFunction: (facts, _verdict, cx) => aggregated(facts.file, facts.hotspot.span, cx),
  matchLine: (facts, _verdict, cx) => aggregated(facts.file, facts.hotspot.span, cx),
  rewrite: (match) => match.edits,
});

/** All calls of the hot part for which pandas has something. */
function aggregated(file: string, span: Span, cx: Context): Outcome<GroupMatch> | undefined {
  const module = cx.syntax(file);
  const edits: Edit[] = [];
  const regions: { file: string; span: Span; captures: string[] }[] = [];
  let left: Groups | null = null;
  for (const statement of [module.body, ...module.functions.map((one) => one.body)].flatMap((body) => [...eachStmt(body)])) {
    if (nestedBlocks(statement).length > 0 || !before(statement.span.start, span.end) || !before(span.start, statement.span.end)) continue;
    const parts = stmtExprs(statement).flatMap((top) => [...eachExpr(top)]);
    // What an empty frame is left to.
    const kept = parts.flatMap((part) => (part.kind === 'conditional' && isLength(part.test) ? [...eachExpr(part.otherwise)] : []));
    const calls = parts.filter((part) => !kept.includes(part));
    const [groups] = calls.flatMap((call) => (call.kind === 'call' ? (groupsOf(call, cx, file) ?? []) : []));
    const code = groups && lowerGroups(groups, stmtExprs(statement).includes(groups.call), cx, file);
    if (groups && code === null) left ??= groups;
    if (!groups || !code) continue;
    edits.push(cx.edit(file, groups.call.span, code));
    regions.push({ file, span: statement.span, captures: capturesOf(statement) });
  }
  const [first] = regions;
  if (first) return ok(matchOf(first, regions, edits));
  if (left === null) return undefined;
  const why = 'What is computed for each group is no plain combination of aggregations that pandas has for all groups.';
  return refuse('no-aggregation', why, 'Use sums, means, extremes and the like of its columns.', left.call.span);
}

/** `frame.groupby('key')['column'].apply(f)`; null: the call is something else. */
function groupsOf(call: Call, cx: Context, file: string): Groups | null {
  const { callee, args, keywords } = call;
  const [given, ...others] = args;
  if (callee.kind !== 'attribute' || !/^(apply|agg|aggregate|transform)$/.test(callee.attribute) || !given || others.length > 0) return null;
  if (keywords.some(({ name }) => name !== 'include_groups')) return null;
  const chosen = callee.object;
  const column = chosen.kind === 'subscript' && chosen.index.kind === 'string' ? chosen.index : null;
  const grouping = chosen.kind === 'subscript' ? chosen.object : chosen;
  if (grouping.kind !== 'call' || grouping.callee.kind !== 'attribute' || grouping.callee.attribute !== 'groupby') return null;
  if (chosen.kind === 'subscript' && column === null) return null;
  const method = callee.attribute === 'transform' ? 'transform' : 'apply';
  if (column === null && callee.attribute !== 'apply') return null;
  const fn = cx.functionOf(given, file);
  const param = given.kind === 'lambda' ? given.params[0] : fn?.params[0]?.name;
  if ((given.kind === 'lambda' ? given.params.length : fn?.params.length) !== 1 || param === undefined) return null;
  const body = given.kind === 'lambda' ? given.body : returnedBy(fn?.body ?? []);
  const [keys, ...more] = grouping.args;
  if (grouping.keywords.some(({ name, value }) => !/^(sort|observed|dropna)$/.test(name) || value.kind !== 'constant')) return null;
  const frame = dottedName(grouping.callee.object);
  return { call, grouping, keys: more.length === 0 ? (keys ?? null) : null, frame, column, method, param, body, fn, written: chosen };
}

/** What a function of one expression gives back. */
function returnedBy(body: readonly Stmt[]): Expr | null {
  const [only, ...others] = body.filter((statement) => statement.kind !== 'expression' || statement.value.kind !== 'string');
  return only?.kind === 'return' && others.length === 0 ? only.value : null;
}

const isLength = (test: Expr): boolean => test.kind === 'call' && test.callee.kind === 'name' && test.callee.name === 'len';

/** Names that a statement sets, and the frames that it sets a column of. */
function capturesOf(statement: Stmt): string[] {
  const targets = statement.kind === 'assign' ? statement.targets : [];
  const frames = targets.flatMap((target) => (target.kind === 'subscript' && target.object.kind === 'name' ? [target.object.name] : []));
  return [...stmtNames([statement]).writes, ...frames];
}

const matchOf = (first: { file: string; span: Span; captures: string[] }, regions: GroupMatch['regions'], edits: Edit[]): GroupMatch => ({
  file: first.file,
  region: first.span,
  captures: first.captures,
  ...(regions && regions.length > 1 ? { regions } : {}),
  title: 'Aggregate all groups at once',
  cost: { kind: 'factor', low: 3, high: 100 },
  assumptions: ['the columns hold numbers, and none has a type of its own that computes in another way for all groups than for one'],
  guarded: false,
  tolerance: 1e-9,
  requires: ['pandas'],
  workers: null,
  edits,
});
