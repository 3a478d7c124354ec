/**
 * Tasks that are all handed over first and asked for their results afterwards:
 *
 *     futures = [pool.submit(work, x) for x in xs]
 *     results = [future.result() for future in futures]
 *
 * Both halves, so that one loop can do what the two did: `results = [work(x) for x in xs]`.
 */
import type { Expr, LoopIR, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import { boundNames, eachExpr, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn, namesOf } from './names';
import { isExecutor, type Pool, type PoolCall } from './pools';
import { readWorker } from './workers';

export interface Futures {
  used: PoolCall;
  /** Statements that only hand the tasks over. */
  making: readonly Stmt[];
  /** What the tasks are made for: `x in xs`, with the filters of a comprehension. */
  items: Span;
  /** The statement with the loop or comprehension that takes the results. */
  statement: Stmt;
  taking: LoopIR;
  /** `future.result()` */
  result: Call;
  /** `futures[future]`, and what was kept there for the task. */
  kept: { places: readonly Expr[]; value: Expr } | null;
  /** Statements of the taking loop that would only give a name its own value. */
  idle: readonly Stmt[];
}

interface Made {
  used: PoolCall;
  name: string;
  making: Stmt[];
  loop: LoopIR;
  items: Span;
  value: Expr | null;
  last: Stmt;
}

/** Methods that leave their object as it is. */
const looking = /^(result|get|items|keys|values|exception|done|format|join|split|strip|startswith|endswith|lower|upper|count|index|copy)$/;

/** null: this call's result is not kept in a list or dict that one loop goes through right afterwards. */
export function futuresOf(pool: Pool, used: PoolCall, cx: Context): Futures | null {
  const after = pool.block.slice(pool.block.indexOf(pool.statement) + 1);
  const code = pool.statement.kind === 'with' ? [...pool.statement.body, ...after] : after;
  const made = madeFrom(used, pool.block.slice(0, pool.block.indexOf(pool.statement)), code, cx, pool.file);
  if (!made) return null;
  const later = code.slice(code.indexOf(made.last) + 1);
  const waits = later.filter((stmt) => isWait(stmt, made.name, pool, cx));
  const rest = later.filter((stmt) => !pool.endings.includes(stmt) && !waits.includes(stmt));
  const taking = rest.find((stmt) => mentions([stmt], made.name));
  const loop = taking ? takingLoop(taking, made.name, pool, cx) : null;
  if (!taking || !loop || mentions(rest.slice(rest.indexOf(taking) + 1), made.name)) return null;
  const between = rest.slice(0, rest.indexOf(taking));
  return joined({ made: { ...made, making: [...made.making, ...waits] }, between, taking, loop }, pool, cx);
}

function madeFrom(used: PoolCall, above: readonly Stmt[], code: readonly Stmt[], cx: Context, file: string): Made | null {
  const stmt = code.find((one) => within(used.call.span, one.span));
  if (!stmt) return null;
  if (stmt.kind === 'assign') {
    const [target, another] = stmt.targets;
    const { value } = stmt;
    if (target?.kind !== 'name' || another || value.kind !== 'loop' || !value.loop.target) return null;
    const { loop } = value;
    const emit = innermost(loop.body);
    if (emit?.kind !== 'emit' || (emit.key ?? emit.value) !== used.call || !/^(list|dict)-/.test(loop.form)) return null;
    const end = { line: loop.span.end.line, character: loop.span.end.character - 1 };
    return { used, name: target.name, making: [stmt], loop, items: { start: value.loop.target.span.start, end }, value: emit.key ? emit.value : null, last: stmt }; // prettier-ignore
  }
  if (stmt.kind !== 'loop' || stmt.loop.form !== 'for' || !stmt.loop.target || stmt.loop.otherwise.length > 0) return null;
  const { loop } = stmt;
  const kept = keptIn(loop.body, used.call);
  const before = [...above, ...code.slice(0, code.indexOf(stmt))];
  const empty = before.findLast((one) => one.kind === 'assign' && one.targets.length === 1 && one.targets[0]?.kind === 'name' && one.targets[0].name === kept?.name); // prettier-ignore
  if (!kept || empty?.kind !== 'assign' || !isEmpty(empty.value, cx, file)) return null;
  if (mentions(before.slice(before.indexOf(empty) + 1), kept.name)) return null;
  return { used, name: kept.name, making: [empty, stmt], loop, items: { start: stmt.loop.target.span.start, end: loop.space.span.end }, value: kept.value, last: stmt }; // prettier-ignore
}

/** The element of a comprehension, behind its clauses and filters. */
function innermost(body: readonly Stmt[]): Stmt | undefined {
  const [only, another] = body;
  if (another) return undefined;
  if (only?.kind === 'if' && only.otherwise.length === 0) return innermost(only.then);
  return only?.kind === 'loop' ? innermost(only.loop.body) : only;
}

const isEmpty = (value: Expr, cx: Context, file: string): boolean =>
  (value.kind === 'collection' && value.type === 'list' && value.items.length === 0) ||
  (value.kind === 'dict' && value.entries.length === 0) ||
  (value.kind === 'call' && value.args.length === 0 && /^builtins\.(list|dict)$/.test(cx.resolve(value.callee, file, value.span.start) ?? ''));

/** `futures.append(<call>)`, `futures[<call>] = x`, and the same with a name for the future in between. */
function keptIn(body: readonly Stmt[], call: Call): { name: string; value: Expr | null } | null {
  const [first, second, more] = body;
  const named = first?.kind === 'assign' && first.value === call && first.targets.length === 1 && first.targets[0]?.kind === 'name' ? first.targets[0].name : null; // prettier-ignore
  const last = named === null ? first : second;
  if (!last || more || (named === null && second)) return null;
  const isFuture = (expr: Expr | undefined): boolean => expr === call || (expr?.kind === 'name' && expr.name === named);
  if (last.kind === 'expression' && last.value.kind === 'call' && last.value.callee.kind === 'attribute') {
    const { callee, args } = last.value;
    return callee.attribute === 'append' && callee.object.kind === 'name' && args.length === 1 && isFuture(args[0])
      ? { name: callee.object.name, value: null }
      : null;
  }
  const [target, another] = last.kind === 'assign' ? last.targets : [];
  if (last.kind !== 'assign' || target?.kind !== 'subscript' || another || target.object.kind !== 'name' || !isFuture(target.index)) return null;
  return { name: target.object.name, value: last.value };
}

/** `wait(futures)` */
function isWait(stmt: Stmt, name: string, { file }: Pool, cx: Context): boolean {
  if (stmt.kind !== 'expression' || stmt.value.kind !== 'call') return false;
  const [first, another] = stmt.value.args;
  return first?.kind === 'name' && first.name === name && !another && stmt.value.keywords.length === 0 && cx.resolve(stmt.value.callee, file, stmt.span.start) === 'concurrent.futures.wait'; // prettier-ignore
}

const mentions = (stmts: readonly Stmt[], name: string): boolean =>
  stmts.some((stmt) => {
    const { reads, writes, stores } = namesOf({ stmts: [stmt] });
    return reads.has(name) || writes.has(name) || stores.has(name);
  });

/** The one loop of a statement that goes through the futures. */
function takingLoop(stmt: Stmt, name: string, { file }: Pool, cx: Context): LoopIR | null {
  const own = stmt.kind === 'loop' ? [stmt.loop] : [];
  const inside = own.length > 0 ? [] : stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]).flatMap((expr) => (expr.kind === 'loop' ? [expr.loop] : [])); // prettier-ignore
  if (own.length === 0 && nestedBlocks(stmt).length > 0) return null;
  const found = [...own, ...inside].filter(({ space }) => {
    if (space.kind !== 'sequence') return false;
    const { value } = space;
    if (value.kind !== 'call') return value.kind === 'name' && value.name === name;
    const [first, another] = value.args;
    if (first?.kind !== 'name' || first.name !== name || another || value.keywords.length > 0) return false;
    return cx.resolve(value.callee, file, value.span.start) === 'concurrent.futures.as_completed';
  });
  const [loop, another] = found;
  return loop && !another && !loop.async && loop.form !== 'map' && loop.otherwise.length === 0 ? loop : null;
}

/** `between`: what is done after the tasks are handed over and before the first result is asked for. */
interface Halves {
  made: Made;
  between: readonly Stmt[];
  taking: Stmt;
  loop: LoopIR;
}

function joined({ made, between, taking: statement, loop: taking }: Halves, pool: Pool, cx: Context): Futures | null {
  const { target } = taking;
  const plain = made.loop.form === 'for' || innermostIsPlain(made.loop);
  if (target?.kind !== 'name' || (taking.form === 'for' && !plain)) return null;
  const exprs = taking.body.flatMap((stmt) => [...exprsIn(stmt)]);
  const asks = exprs.filter((expr): expr is Call => expr.kind === 'call' && expr.callee.kind === 'attribute' && /^(result|get)$/.test(expr.callee.attribute) && expr.args.length + expr.keywords.length === 0 && isName(expr.callee.object, target.name)); // prettier-ignore
  const places = exprs.filter((expr) => expr.kind === 'subscript' && isName(expr.object, made.name) && isName(expr.index, target.name));
  const [result, another] = asks;
  const named = (name: string): number => exprs.filter((expr) => isName(expr, name)).length;
  // The future may be asked for its result and looked up, and nothing else.
  if (!result || another || named(target.name) !== 1 + places.length || named(made.name) !== places.length) return null;
  if (places.length > 0 && !made.value) return null;
  const own = new Set(made.loop.target ? boundNames(made.loop.target) : []);
  for (const { target: inner } of innerLoops(made.loop)) for (const name of inner ? boundNames(inner) : []) own.add(name);
  const idle = [...eachStmt(taking.body)].filter((stmt) => isIdle(stmt, places, made.value));
  const changed = changedIn([...between, ...taking.body], idle, pool.file, cx);
  const given = [...made.used.call.args, ...made.used.call.keywords.map(({ value }) => value), ...(made.value ? [made.value] : [])];
  const clauses = [made.loop, ...innerLoops(made.loop)].flatMap(({ space }) => spaceExprs(space));
  const filters = [...eachStmt(made.loop.body)].flatMap((stmt) => (stmt.kind === 'if' ? [stmt.test] : []));
  // What a method reads of its object is not looked into.
  const whole: Expr[] = made.used.worker?.method === true ? [{ kind: 'name', name: 'self', span: made.used.call.span }] : [];
  if ([...own].some((name) => changed.has(name)) || readOf([...given, ...clauses, ...filters, ...whole], changed) !== undefined) return null;
  if (leaks({ made, taking, own, idle }, statement, pool, cx)) return null;
  return {
    used: made.used,
    making: made.making,
    statement,
    items: made.items,
    taking,
    result,
    kept: made.value ? { places, value: made.value } : null,
    idle,
  };
}

const isName = (expr: Expr, name: string): boolean => expr.kind === 'name' && expr.name === name;

/** One clause without a filter: it can be the header of a `for` statement. */
const innermostIsPlain = ({ body }: LoopIR): boolean => body[0]?.kind === 'emit';

const innerLoops = ({ body }: LoopIR): LoopIR[] => [...eachStmt(body)].flatMap((stmt) => (stmt.kind === 'loop' ? [stmt.loop] : []));

/** `n = futures[future]` where `n` is what was kept. */
const isIdle = (stmt: Stmt, places: readonly Expr[], value: Expr | null): boolean =>
  stmt.kind === 'assign' &&
  stmt.targets.length === 1 &&
  places.includes(stmt.value) &&
  value?.kind === 'name' &&
  stmt.targets[0]?.kind === 'name' &&
  stmt.targets[0].name === value.name;

/** Names that the taking of the results binds, or whose objects it changes. */
export function changedIn(body: readonly Stmt[], idle: readonly Stmt[], file: string, cx: Context): Set<string> {
  const stmts = [...eachStmt(body)].filter((stmt) => !idle.includes(stmt));
  const changed = new Set<string>();
  for (const stmt of stmts) {
    const one = namesOf({ stmts: [withoutBlocks(stmt)] });
    for (const name of [...one.writes, ...one.stores]) if (name !== 'self') changed.add(name);
    if (one.stores.has('self')) for (const target of targetsOf(stmt)) changed.add(placeOf(target) ?? 'self');
    for (const expr of exprsIn(stmt)) {
      if (expr.kind !== 'call') continue;
      const { callee } = expr;
      const place = callee.kind === 'attribute' && !looking.test(callee.attribute) ? placeOf(callee.object) : null;
      if (place !== null) changed.add(place);
      if (!mayChangeArguments(expr, file, cx)) continue;
      for (const name of namesOf({ exprs: [...expr.args, ...expr.keywords.map(({ value }) => value)] }).reads) changed.add(name);
    }
  }
  return changed;
}

/** The name at the bottom of `a.b[c].d`; of the object itself the field as well: `self.b`. */
function placeOf(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === 'self') return `self.${expr.attribute}`;
  return expr.kind === 'attribute' || expr.kind === 'subscript' ? placeOf(expr.object) : null;
}

function targetsOf(stmt: Stmt): readonly Expr[] {
  if (stmt.kind === 'assign') return stmt.targets.flatMap((target) => (target.kind === 'collection' ? target.items : [target]));
  return stmt.kind === 'augment' ? [stmt.target] : [{ kind: 'name', name: 'self', span: stmt.span }];
}

/** The first of the names and fields that expressions read which is among the changed ones, or a part of one. */
export function readOf(exprs: readonly Expr[], changed: ReadonlySet<string>, except: readonly string[] = []): string | undefined {
  const read = namesOf({ exprs }).reads;
  const all = exprs.flatMap((expr) => [...eachExpr(expr)]);
  const fields = all.flatMap((expr) => (expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === 'self' ? [`self.${expr.attribute}`] : [])); // prettier-ignore
  const bare = all.filter((expr) => isName(expr, 'self')).length > fields.length;
  if (read.has('self') && !bare) read.delete('self');
  const ofSelf = [...changed].some((name) => name === 'self' || (bare && name.startsWith('self.')));
  return [...read, ...fields].find((name) => !except.includes(name) && (changed.has(name) || (ofSelf && name.startsWith('self'))));
}

function mayChangeArguments({ callee, span }: Call, file: string, cx: Context): boolean {
  const own = cx.functionOf(callee, file);
  if (own) return readWorker(own, cx).shares.some(({ code }) => code === 'worker-state');
  return callee.kind !== 'attribute' && cx.resolve(callee, file, span.start) === null;
}

function withoutBlocks(stmt: Stmt): Stmt {
  if (stmt.kind === 'if') return { ...stmt, then: [], otherwise: [] };
  if (stmt.kind === 'with') return { ...stmt, body: [] };
  if (stmt.kind === 'loop') return { ...stmt, loop: { ...stmt.loop, body: [], otherwise: [] } };
  return stmt.kind === 'try' ? { ...stmt, body: [], otherwise: [], finally: [], handlers: stmt.handlers.map((one) => ({ ...one, body: [] })) } : stmt; // prettier-ignore
}

/** A `for` statement leaves its names behind: those of the items must mean nothing else, and that of the future must be read no more. */
function leaks(
  { made, taking, own, idle }: { made: Made; taking: LoopIR; own: ReadonlySet<string>; idle: readonly Stmt[] },
  statement: Stmt,
  pool: Pool,
  cx: Context,
): boolean {
  const target = taking.target?.kind === 'name' ? taking.target.name : '';
  const given = namesOf({ stmts: [...idle] }).writes;
  const inBody = namesOf({ stmts: taking.body }).reads;
  if ([...own].some((name) => name !== target && !given.has(name) && inBody.has(name))) return true;
  if (taking.form !== 'for') return false;
  const gone = new Set<Stmt>([...made.making, statement]);
  const module = cx.syntax(pool.file);
  const code = pool.owner?.body ?? [...module.body, ...module.functions.flatMap((fn) => fn.body)];
  const ends = [...eachStmt(taking.body)].some((stmt) => stmt.kind === 'break');
  const kept = made.loop.form === 'for' && !ends ? [] : [...own];
  return [target, ...kept].some((name) => isReadIn(code, name, gone));
}

/** Does anything but these statements read the name, where no loop of its own gives it a value? */
export function isReadIn(code: readonly Stmt[], name: string, except: ReadonlySet<Stmt>): boolean {
  return code.some((stmt) => {
    if (except.has(stmt)) return false;
    if (stmt.kind === 'loop' && stmt.loop.target && boundNames(stmt.loop.target).includes(name)) return false;
    return namesOf({ stmts: [withoutBlocks(stmt)] }).reads.has(name) || nestedBlocks(stmt).some((block) => isReadIn(block, name, except));
  });
}

/** How a pool is asked for a result that is not there yet. */
export const isDeferred = (pool: Pool, { method }: PoolCall): boolean => (isExecutor(pool) ? method === 'submit' : method === 'apply_async');
