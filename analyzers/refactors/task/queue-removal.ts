/** Items that go through queues to workers and back, where taking each to its worker costs more than the work: one loop does it. */
import type { Edit, Expr, FunctionIR, LoopIR, Refusal, Span, Stmt } from '../../types';
import { before, lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn, namesOf } from './names';
import { changedIn, isReadIn, readOf } from './pool-futures';
import type { PoolMatch } from './pool-hoist';
import { extent, importDropped, LineEdit, linesOf, standsAlone, wholeLines } from './pool-text';
import { callOn, queueWorkerOf, type QueueWorker } from './queue-workers';
import { orderedEdits } from './text';
import { givenTo } from './thread-lists';
import { readWorker } from './workers';

/** What the program does with the queues and the workers. */
interface Pipeline extends QueueWorker {
  owner: FunctionIR | null;
  made: Call;
  /** Statements that go: queues, workers, sentinels, waits. */
  gone: readonly Stmt[];
  /** `for n in numbers: tasks.put(n)` */
  items: LoopIR;
  handed: Expr;
  /** The loop or comprehension that asks for a result in each trip. */
  taking: LoopIR;
  asked: Call;
  statement: Stmt;
  /** `found.append`, which takes a result; null where the program asks a queue for it. */
  gathers: string | null;
  block: readonly Stmt[];
}

const starting = /^(threading\.Thread|multiprocessing\.(context\.|process\.)?Process)$/;
const queues = /^(queue\.(Queue|SimpleQueue)|multiprocessing\.(context\.|queues\.)?(Queue|SimpleQueue|JoinableQueue))$/;

/** undefined: no such workers here. */
export function removeQueues(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  for (const pipeline of pipelinesOf(file, cx)) {
    const region = regionOf(pipeline);
    const near = [pipeline.worker.span, region].some((span) => within(hot, span) || within(span, hot));
    if (!near) continue;
    const no = whyNot(pipeline, cx);
    if (no) return { ok: false, refusal: no };
    const match = matchOf(pipeline, region, cx);
    if (match) return ok(match);
  }
  return undefined;
}

function regionOf({ gone, statement }: Pipeline): Span {
  const spans = [...gone, statement].map(({ span }) => span).sort((a, b) => a.start.line - b.start.line);
  return { start: (spans[0] ?? statement.span).start, end: (spans.at(-1) ?? statement.span).end };
}

function pipelinesOf(file: string, cx: Context): Pipeline[] {
  const module = cx.syntax(file);
  const found: Pipeline[] = [];
  const look = (block: readonly Stmt[], owner: FunctionIR | null): void => {
    const pipeline = pipelineIn(block, owner, file, cx);
    if (pipeline) found.push(pipeline);
    for (const inner of block.flatMap(nestedBlocks)) look(inner, owner);
  };
  look(module.body, null);
  for (const owner of module.functions) look(owner.body, owner);
  return found;
}

/** Every statement of a block that names one of the queues or the workers has its part; null where one has another. */
function pipelineIn(block: readonly Stmt[], owner: FunctionIR | null, file: string, cx: Context): Pipeline | null {
  const made = block.flatMap((stmt) => [...exprsIn(stmt)]).filter((expr): expr is Call => expr.kind === 'call' && starting.test(cx.resolve(expr.callee, file, expr.span.start) ?? '')); // prettier-ignore
  const [start, more] = made;
  const target = start?.keywords.find(({ name }) => name === 'target')?.value;
  const worker = target ? cx.functionOf(target, file) : null;
  const found = worker?.file === file ? queueWorkerOf(worker, cx) : null;
  const given = worker && start ? givenTo(worker, start) : null;
  if (!start || more || !found || !given) return null;
  const inProgram = (name: string): string | null => (found.worker.params.some((param) => param.name === name) ? dottedName(given.get(name) ?? start) : name); // prettier-ignore
  const [tasks, results] = [inProgram(found.tasks), inProgram(found.results)];
  const others = found.worker.params.filter(({ name }) => name !== found.tasks && name !== found.results);
  if (tasks === null || results === null || others.length > 0) return null;
  if (cx.syntax(file).functions.some((fn) => fn !== found.worker && fn !== owner && isUsedIn(fn, [tasks, results]))) return null;
  const gone: Stmt[] = [];
  const lists = new Set<string>();
  let items: LoopIR | null = null;
  let handed: Expr | null = null;
  let taken: Pick<Pipeline, 'taking' | 'asked' | 'statement'> | null = null;
  const around: Stmt[] = [];
  for (const stmt of block) {
    const names = new Set([...namesOf({ stmts: [stmt] }).reads, ...[...exprsIn(stmt)].map((expr) => dottedName(expr) ?? '')]);
    const touches = [tasks, results, ...lists].some((name) => names.has(name)) || within(start.span, stmt.span);
    const [bound] = stmt.kind === 'assign' && stmt.targets.length === 1 ? stmt.targets : [];
    const ofList = found.toList && names.has(results) && ![tasks, ...lists].some((name) => names.has(name)) && !within(start.span, stmt.span);
    if (ofList || (found.toList && bound && dottedName(bound) === results)) {
      around.push(stmt);
      continue;
    }
    if (bound && stmt.kind === 'assign' && [tasks, results].includes(dottedName(bound) ?? '')) {
      if (stmt.value.kind !== 'call' || !queues.test(cx.resolve(stmt.value.callee, file, stmt.span.start) ?? '') || isBounded(stmt.value))
        return null;
      gone.push(stmt);
    } else if (
      bound?.kind === 'name' &&
      stmt.kind === 'assign' &&
      (within(start.span, stmt.span) || isEmptyListFor(bound.name, stmt, block, start))
    ) {
      lists.add(bound.name);
      gone.push(stmt);
    } else if (within(start.span, stmt.span) && stmt.kind === 'loop') {
      gone.push(stmt);
    } else if (touches) {
      const put = putsIn(stmt, tasks);
      const asks = takesIn(stmt, results);
      if (put && !asks && isSentinel(put.value)) gone.push(stmt);
      else if (put && !asks && put.loop && !items) {
        [items, handed] = [put.loop, put.value];
        if (found.toList) taken = { taking: put.loop, asked: put.call, statement: stmt };
      } else if (asks && !put && !taken) taken = asks;
      else if (!isHandling(stmt, lists, tasks)) return null;
      if (put && put.loop === items && items && !found.toList) gone.push(stmt);
      else if (!put && !asks) gone.push(stmt);
    }
  }
  if (!items || !handed || !taken || lists.size === 0) return null;
  const threads = cx.resolve(start.callee, file, start.span.start) === 'threading.Thread';
  if (found.toList && !(threads && isFilledAlone(results, around, gone, taken.statement))) return null;
  const gathers = found.toList ? `${results}.append` : null;
  return { ...found, owner, made: start, gone: [...new Set(gone)], items, handed, ...taken, gathers, block };
}

/** Empty before the first item is handed over, and looked at only when all workers have ended. */
function isFilledAlone(list: string, mentions: readonly Stmt[], gone: readonly Stmt[], items: Stmt): boolean {
  const [made, ...later] = mentions;
  const last = gone.at(-1);
  const [target] = made?.kind === 'assign' ? made.targets : [];
  const empty = made?.kind === 'assign' && made.value.kind === 'collection' && made.value.type === 'list' && made.value.items.length === 0;
  if (!made || !last || !empty || !target || dottedName(target) !== list || !before(made.span.start, items.span.start)) return false;
  return later.every((stmt) => before(last.span.start, stmt.span.start));
}

function isUsedIn({ body, params }: FunctionIR, names: readonly string[]): boolean {
  const { reads, writes } = namesOf({ stmts: body });
  return names.some((name) => reads.has(name) && !writes.has(name) && !params.some((param) => param.name === name));
}

const isBounded = ({ args, keywords }: Call): boolean => args.length + keywords.length > 0;

const isEmptyListFor = (name: string, stmt: Stmt & { kind: 'assign' }, block: readonly Stmt[], start: Call): boolean =>
  stmt.value.kind === 'collection' &&
  stmt.value.items.length === 0 &&
  block.some((one) => within(start.span, one.span) && [...exprsIn(one)].some((expr) => expr.kind === 'call' && dottedName(expr.callee) === `${name}.append`)); // prettier-ignore

/** `for n in numbers: tasks.put(n)`, or a put by itself. */
function putsIn(stmt: Stmt, tasks: string): { loop: LoopIR | null; call: Call; value: Expr } | null {
  const [only, more] = stmt.kind === 'loop' && stmt.loop.form === 'for' && stmt.loop.otherwise.length === 0 ? stmt.loop.body : [stmt];
  const call = more ? null : callOn(only, tasks, 'put');
  const [value, another] = call?.args ?? [];
  return call && value && !another && call.keywords.length === 0 ? { loop: stmt.kind === 'loop' ? stmt.loop : null, call, value } : null;
}

const isSentinel = (value: Expr): boolean => value.kind === 'constant' || (value.kind === 'name' && value.name === value.name.toUpperCase());

/** The one loop in a statement that asks for a result in each trip. */
function takesIn(statement: Stmt, results: string): Pick<Pipeline, 'taking' | 'asked' | 'statement'> | null {
  const loops = statement.kind === 'loop' ? [statement.loop] : stmtExprs(statement).flatMap((top) => [...eachExpr(top)]).flatMap((expr) => (expr.kind === 'loop' ? [expr.loop] : [])); // prettier-ignore
  const asks = [...exprsIn(statement)].filter((expr): expr is Call => expr.kind === 'call' && expr.callee.kind === 'attribute' && dottedName(expr.callee.object) === results); // prettier-ignore
  const [taking, more] = loops.filter((loop) => asks.some((call) => within(call.span, loop.span)));
  const [asked, another] = asks;
  if (!taking || more || !asked || another || asked.args.length + asked.keywords.length > 0 || taking.otherwise.length > 0) return null;
  const direct = taking.body.some((stmt) => within(asked.span, stmt.span) && !['if', 'loop', 'try', 'with'].includes(stmt.kind));
  const get = asked.callee.kind === 'attribute' && asked.callee.attribute === 'get';
  return get && direct && (taking.form === 'for' || /-comprehension$|^generator$/.test(taking.form)) ? { taking, asked, statement } : null;
}

/** `for p in processes: p.start()`, `tasks.join()`, `tasks.close()` */
function isHandling(stmt: Stmt, lists: ReadonlySet<string>, tasks: string): boolean {
  const handles = (one: Stmt | undefined, name: string): boolean =>
    ['start', 'join', 'close', 'join_thread'].some((method) => callOn(one, name, method) !== null);
  if (handles(stmt, tasks)) return true;
  if (stmt.kind !== 'loop' || stmt.loop.form !== 'for' || stmt.loop.space.kind !== 'sequence' || stmt.loop.target?.kind !== 'name') return false;
  const { space, target, body } = stmt.loop;
  return space.value.kind === 'name' && lists.has(space.value.name) && body.every((one) => handles(one, target.name));
}

function whyNot(pipeline: Pipeline, cx: Context): Refusal | null {
  const { worker, body, value, items, taking, asked, handed, statement, block, gone } = pipeline;
  const code: Stmt[] = [...body, { kind: 'expression', value, span: value.span }];
  const [shared] = readWorker({ ...worker, body: code }, cx).shares;
  if (shared) return { ...shared, why: `${shared.why} In a plain loop that would happen in this process.` };
  if (countOf(items, worker.file, cx) !== countOf(taking, worker.file, cx)) {
    return { code: 'other-count', why: `It is not plain that as many results are asked for (${lineOf(asked.span)}) as items are handed over.`, toDo: 'Let both loops run over the same items.', span: asked.span }; // prettier-ignore
  }
  const own = items.target ? boundNames(items.target) : [];
  const between = block.filter(
    (stmt) => before(items.span.start, stmt.span.start) && before(stmt.span.start, statement.span.start) && !gone.includes(stmt),
  );
  const changes = changedIn([...between, ...taking.body], [], worker.file, cx);
  const changed = readOf([handed, ...spaceExprs(items.space)], changes, own);
  if (changed === undefined) return null;
  return { code: 'changed-later', why: `\`${changed}\` gets another value before the last result is taken (${lineOf(asked.span)}).`, toDo: 'Give the later value a name of its own.', span: asked.span }; // prettier-ignore
}

/** How many trips a loop has, as a text that is alike for loops of as many: its own for anything that is not known. */
function countOf({ space, body }: LoopIR, file: string, cx: Context): string {
  const text = (expr: Expr): string => cx.slice(file, expr.span);
  if (body.some(({ kind }) => kind === 'if')) return `filtered ${cx.slice(file, space.span)}`;
  if (space.kind === 'enumerate') return countOf({ space: space.of, body } as LoopIR, file, cx);
  if (space.kind === 'sequence') return space.value.kind === 'name' ? `len(${space.value.name})` : text(space.value);
  if (space.kind === 'range' && space.start === null && space.step === null) return text(space.stop);
  return cx.slice(file, space.span);
}

function matchOf(pipeline: Pipeline, region: Span, cx: Context): PoolMatch | null {
  const { worker, owner, gone, items, handed, taking, asked, statement, gathers, made, block } = pipeline;
  const { file } = worker;
  const text = (part: { span: Span }): string => cx.slice(file, part.span);
  const uses = (cx.text(file).match(new RegExp(`(?<![\\w.])${worker.name}(?!\\w)`, 'g')) ?? []).length;
  const definition = uses === 2 ? computing(pipeline, cx) : null;
  if (!definition || !items.target || !taking.target || !gone.every((stmt) => standsAlone(file, stmt, cx)) || !standsAlone(file, statement, cx))
    return null;
  const own = boundNames(items.target);
  const body = namesOf({ stmts: taking.body });
  const code = owner?.body ?? cx.syntax(file).body;
  const except = new Set<Stmt>([...gone, statement]);
  const counter = boundNames(taking.target);
  const [first] = taking.body;
  const bound = first?.kind === 'assign' && first.value === asked ? first.targets.flatMap((target) => boundNames(target)) : [];
  // The items' names must not mean something else, and the counter of the results nothing at all.
  const elsewhere = (name: string): boolean => taking.form === 'for' && isReadIn(code, name, except);
  if (
    taking !== items &&
    [...own, ...counter].some((name) => (body.reads.has(name) && !bound.includes(name)) || (!bound.includes(name) && elsewhere(name)))
  )
    return null;
  const lines = new LineEdit(file, cx);
  for (const stmt of gone) lines.drop(extent(stmt));
  const header = { start: taking.target.span.start, end: taking.space.span.end };
  const written = `${text(items.target)} in ${text(items.space)}`;
  if ([header, asked.span].some(({ start, end }) => start.line !== end.line) || /[#\n]/.test(written)) return null;
  lines.replace(header, written);
  const done = `${worker.name}(${text(handed)})`;
  lines.replace(asked.span, gathers === null ? done : `${gathers}(${done})`);
  const program = lines.text(extent({ span: region }));
  if (program === null) return null;
  const passing = taking.form === 'for' ? [...body.writes].filter((name) => !isReadIn(code, name, new Set([statement]))) : [];
  const left = namesOf({ stmts: block.filter((stmt) => within(stmt.span, region) && !gone.includes(stmt)) });
  const captures = [...left.writes, ...left.stores].filter((name) => !passing.includes(name) && !own.includes(name) && !counter.includes(name));
  const makers = gone.flatMap((stmt) => (stmt.kind === 'assign' && stmt.value.kind === 'call' ? [stmt.value.callee] : []));
  return {
    file,
    region,
    captures: [...new Set(captures)],
    title: 'Do it in one loop, without workers and queues',
    cost: { kind: 'factor', low: 0.4, high: 12 },
    assumptions: ['No worker fails: its items would be missing, and the program would wait for them without end.'],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([
      ...importDropped({ file, made }, cx, makers),
      cx.edit(file, wholeLines(file, worker, cx), definition.join('\n')),
      cx.edit(file, wholeLines(file, { span: region }, cx), program.join('\n')),
    ] satisfies Edit[]),
  };
}

/** The worker as a function of one item that returns what it put. */
function computing({ worker, loop, item, body, put, value, dealing }: Pipeline, cx: Context): string[] | null {
  const { file } = worker;
  const [first, last] = extent(worker);
  const header = /^(\s*def\s+\w+\s*\()[^()]*\)\s*(?:->[^:]*)?:(\s*#.*)?$/.exec(linesOf(file, cx)[first] ?? '');
  if (!header || ![...dealing, ...body, put, loop].every((stmt) => standsAlone(file, stmt, cx))) return null;
  const lines = new LineEdit(file, cx);
  for (const stmt of dealing) lines.drop(extent(stmt));
  const inner = loop.loop.body[0];
  if (!inner || inner.span.start.line === loop.span.start.line) return null;
  lines.drop([loop.span.start.line, inner.span.start.line - 1]);
  lines.move([inner.span.start.line, last], -1);
  lines.replace({ start: { line: first, character: 0 }, end: { line: first, character: (linesOf(file, cx)[first] ?? '').length } }, `${header[1] ?? ''}${item}):${header[2] ?? ''}`); // prettier-ignore
  if (put.span.start.line !== put.span.end.line) return null;
  const text = cx.slice(file, value.span);
  lines.replace(put.span, `return ${value.kind === 'collection' && value.type === 'tuple' ? text.replace(/^\((.*)\)$/, '$1') : text}`);
  return lines.text([first, last]);
}
