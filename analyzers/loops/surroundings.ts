/** What the code around a loop makes of its trips: an exception that ends them early and is caught, a call that takes their results one by one. */
import type { Dependence, Expr, Stmt, Store } from '../types';
import { comparePositions, lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';
import type { TripNames } from './trip-names';
import { assignmentsOf, resolveIn, rootName } from './environment';
import type { placeOf } from './liveness';
import { CHANGING_METHODS } from './method-names';

type Around = NonNullable<ReturnType<typeof placeOf>>;

/** Exceptions that no trip's own work raises. */
const FROM_OUTSIDE = /^(builtins\.)?(KeyboardInterrupt|SystemExit|GeneratorExit|BrokenPipeError|ImportError|ModuleNotFoundError)$/;

/** An exception in one trip, caught around the loop: how many trips came before it shows in what they left. */
export function cutShort(
  { env, loop, flow, accumulators }: TripNames,
  around: Around,
  live: ReadonlySet<string>,
  stores: readonly Store[],
): Dependence[] {
  for (const { block, index } of around) {
    const statement = block[index];
    if (statement?.kind !== 'try' || !statement.body.some((one) => encloses(one, loop.span.start.line))) continue;
    for (const handler of statement.handlers) {
      const kinds = handler.type === null ? [] : handler.type.kind === 'collection' ? handler.type.items : [handler.type];
      if (kinds.length > 0 && kinds.every((kind) => FROM_OUTSIDE.test(resolveIn(env, kind) ?? dottedName(kind) ?? ''))) continue;
      const left = new Set([...flow.writes, ...accumulators.map(({ name }) => name.split('.')[0] ?? name)]);
      const made = assignedFirst(handler.body);
      const reads = namesIn(handler.body);
      const shows = [...left].find((name) => reads.has(name) || (live.has(name) && !made.has(name) && !ends(handler.body)));
      if (shows === undefined && (stores.length === 0 || ends(handler.body))) continue;
      const why = `An exception in a trip is caught around the loop (${lineOf(handler.type?.span ?? statement.span)}), and what the trips before it did${shows === undefined ? '' : ` to \`${shows}\``} shows.`; // prettier-ignore
      return [{ name: 'except', via: 'call', kind: 'flow', why, span: statement.span, possible: true }];
    }
  }
  return [];
}

const encloses = (statement: Stmt, line: number): boolean => statement.span.start.line <= line && line <= statement.span.end.line;

function ends(body: readonly Stmt[]): boolean {
  const last = body.at(-1);
  if (last?.kind === 'raise' || last?.kind === 'return' || last?.kind === 'continue' || last?.kind === 'break') return true;
  return last?.kind === 'expression' && last.value.kind === 'call' && /^(sys\.exit|os\._exit|exit|quit)$/.test(dottedName(last.value.callee) ?? '');
}

function assignedFirst(body: readonly Stmt[]): Set<string> {
  return new Set(body.flatMap((statement) => (statement.kind === 'assign' ? statement.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : [])) : []))); // prettier-ignore
}

function namesIn(body: readonly Stmt[]): Set<string> {
  const found = new Set<string>();
  for (const statement of eachStmt(body)) {
    // What is given a value is not read by that.
    const tops =
      statement.kind === 'assign' ? [statement.value, ...statement.targets.filter((target) => target.kind !== 'name')] : stmtExprs(statement);
    for (const top of tops) for (const expr of eachExpr(top)) if (expr.kind === 'name') found.add(expr.name);
  }
  return found;
}

/** `iter(lambda: file.read(10), b'')`: what the loop runs over is asked for it between two trips. */
export function askedBetween({ loop, env, flow }: TripNames): Dependence[] {
  for (const walked of spaceExprs(loop.space)) {
    for (const expr of eachExpr(walked)) {
      const asked =
        expr.kind === 'lambda'
          ? expr.body
          : expr.kind === 'call' && resolveIn(env, expr.callee) === 'builtins.iter' && expr.args.length > 1
            ? expr
            : null;
      if (asked === null) continue;
      const names = [...eachExpr(asked)].flatMap((part) =>
        part.kind === 'name' && !(expr.kind === 'lambda' && expr.params.includes(part.name)) ? [part.name] : [],
      );
      const name = names.find(
        (one) => flow.reads.has(one) && !/^builtins\./.test(resolveIn(env, { kind: 'name', name: one, span: expr.span }) ?? ''),
      );
      if (name === undefined) continue;
      const why = `\`${name}\` is used by what the loop runs over (${lineOf(expr.span)}) and in its trips.`;
      return [{ name, via: 'call', kind: 'flow', why, span: expr.span, possible: true }];
    }
  }
  return [];
}

/** Calls that take every item before they do anything with one, or do nothing that a trip could see. */
const TAKES_ALL = /^(builtins\.(sum|min|max|any|all|list|tuple|set|frozenset|dict|sorted|bytes|bytearray|len|enumerate|zip|map|filter|reversed|iter|str|print)|math\.\w+|statistics\.\w+|collections\.\w+|itertools\.\w+(\.\w+)?|functools\.reduce|numpy\.\w+|heapq\.\w+|array\.array|hashlib\.\w+)$/; // prettier-ignore

/** `seen.extend(x for x in xs if x not in seen)`: each item is there before the next trip begins. */
export function takenMeanwhile({ env, loop, flow }: TripNames, around: Around): Dependence[] {
  if (loop.sink?.type !== 'generator' || loop.sink.consumer !== null) return [];
  const last = around.at(-1);
  const statement = last?.block[last.index];
  if (!statement) return [];
  const changed = new Set<string>();
  let taken = false;
  for (const top of stmtExprs(statement)) {
    for (const expr of eachExpr(top)) {
      if (
        expr.kind !== 'call' ||
        ![...expr.args, ...expr.keywords.map(({ value }) => value)].some((arg) => arg.kind === 'loop' && sameLoop(arg, loop))
      )
        continue;
      const path = resolveIn(env, expr.callee);
      if (path !== null && TAKES_ALL.test(path)) return [];
      taken = true;
      const object = path === null && expr.callee.kind === 'attribute' ? rootName(expr.callee.object) : null;
      if (object !== null && object !== 'self') changed.add(object);
    }
  }
  // Held by a name, or given to something else: what the rest of the function changes may change between two trips.
  if (!taken) for (const name of changedIn(env.body)) changed.add(name);
  const name = [...flow.reads].find((one) => changed.has(one));
  if (name === undefined) return [];
  const why = `\`${name}\` is read in every trip, and whoever takes the values (${lineOf(statement.span)}) may change it between two trips.`;
  return [{ name, via: 'name', kind: 'flow', why, span: loop.span, ...(taken ? {} : { possible: true as const }) }];
}

const sameLoop = (expr: Expr & { kind: 'loop' }, loop: TripNames['loop']): boolean =>
  expr.loop === loop || comparePositions(expr.loop.span.start, loop.span.start) === 0;

/** Names that a function gives more than one value, or whose object it changes. */
function changedIn(body: readonly Stmt[]): Set<string> {
  const found = new Set([...assignmentsOf(body)].flatMap(([name, values]) => (values.length > 1 ? [name] : [])));
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'augment') for (const root of [rootName(statement.target)]) if (root !== null) found.add(root);
    if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        const root = target.kind === 'name' ? null : rootName(target);
        if (root !== null) found.add(root);
      }
    }
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || !CHANGING_METHODS.has(expr.callee.attribute)) continue;
        const root = rootName(expr.callee.object);
        if (root !== null) found.add(root);
      }
    }
  }
  return found;
}
