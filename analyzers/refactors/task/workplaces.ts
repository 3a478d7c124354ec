/** Where a program starts workers that share something, and waits until they are done. */
import type { Expr, FunctionIR, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn } from './names';
import { poolsOf } from './pools';
import { givenTo } from './thread-lists';
import { readWorker } from './workers';

export interface Workplace {
  file: string;
  worker: FunctionIR;
  /** From the statement that starts the workers to the one that waits for them. */
  region: Span;
  /** Is it a dict or list that a manager keeps in a process of its own? `place` as the worker writes it. */
  isManaged: (place: string) => boolean;
  isLock: (place: string) => boolean;
  /** Is it rounded to single precision at every update? */
  isSinglePrecision: (place: string) => boolean;
  /** Where somebody else looks at such places while the workers run; null where nobody does. */
  watched: (places: ReadonlySet<string>) => Span | null;
  /** Names of the program for such places that can be compared when the workers are done. */
  captures: (places: readonly string[]) => string[];
}

/** One place that starts a worker. */
interface Site {
  made: Call;
  threads: boolean;
  /** By parameter; null where the arguments cannot be told. */
  given: ReadonlyMap<string, Expr> | null;
  owner: FunctionIR | null;
  /** Statements from the start to the end of the wait. */
  statements: readonly Stmt[];
}

const starting = /^(threading\.Thread|multiprocessing\.(context\.|process\.)?Process)$/;

/** Those of workers that are hot, or that a hot place waits for. */
export function workplacesOf(file: string, hot: Span, cx: Context): Workplace[] {
  const byWorker = new Map<FunctionIR, Site[]>();
  for (const [worker, site] of sitesIn(file, cx)) byWorker.set(worker, [...(byWorker.get(worker) ?? []), site]);
  return [...byWorker].flatMap(([worker, sites]) => {
    const [site] = sites;
    const regions = sites.map(regionOf);
    const near = [worker.span, ...regions].some((span) => within(hot, span) || within(span, hot));
    return site && near && worker.file === file ? [workplace(worker, sites, site, cx)] : [];
  });
}

const regionOf = ({ statements, made }: Site): Span => ({
  start: statements[0]?.span.start ?? made.span.start,
  end: statements.at(-1)?.span.end ?? made.span.end,
});

function workplace(worker: FunctionIR, sites: readonly Site[], site: Site, cx: Context): Workplace {
  const { file } = worker;
  return {
    file,
    worker,
    region: regionOf(site),
    isManaged: (place) => sites.every((one) => isManaged(inProgram(place, worker, one), one.owner, file, cx)),
    isLock: (place) => sites.every((one) => isLock(inProgram(place, worker, one), one.owner, file, cx)),
    isSinglePrecision: (place) => sites.some((one) => isSinglePrecision(inProgram(place, worker, one), one.owner, file, cx)),
    watched: (places) => {
      for (const one of sites) {
        const found = watchedAt(one, places, worker, cx);
        if (found) return found;
      }
      return null;
    },
    captures: (places) => (site.threads ? places.flatMap((place) => inProgram(place, worker, site) ?? []).filter((name) => !name.includes('.')) : []),
  };
}

/** How the program itself names what the worker calls `place`; null where it is not known. */
function inProgram(place: string, { params }: FunctionIR, { given }: Site): string | null {
  const [base = '', ...fields] = place.split('.');
  if (!params.some(({ name }) => name === base) || base === 'self') return place;
  const value = given?.get(base);
  const written = value ? dottedName(value) : null;
  return written === null ? null : [written, ...fields].join('.');
}

function* sitesIn(file: string, cx: Context): Generator<[FunctionIR, Site]> {
  const module = cx.syntax(file);
  const bodies: [readonly Stmt[], FunctionIR | null][] = [
    [module.body, null],
    ...module.functions.map((fn): [readonly Stmt[], FunctionIR] => [fn.body, fn]),
  ];
  for (const [body, owner] of bodies) {
    for (const made of body.flatMap((stmt) => [...exprsIn(stmt)])) {
      const target = made.kind === 'call' ? made.keywords.find(({ name }) => name === 'target')?.value : undefined;
      if (made.kind !== 'call' || !target || !starting.test(cx.resolve(made.callee, file, made.span.start) ?? '')) continue;
      const worker = cx.functionOf(target, file);
      const joins = (expr: Expr): boolean => isJoin(expr) && !valuesOf(dottedName(expr.callee.object) ?? '', owner, file, cx).some((value) => isMadeBy(value, /Queue$/, file, cx)); // prettier-ignore
      const statements = waitedFor(body, made, joins);
      const threads = cx.resolve(made.callee, file, made.span.start) === 'threading.Thread';
      if (worker && statements) yield [worker, { made, threads, given: givenTo(worker, made), owner, statements }];
    }
  }
  for (const pool of poolsOf(file, cx)) {
    for (const { worker, method, call, statement } of pool.calls) {
      const threads = pool.kind === 'thread-executor' || pool.kind === 'thread-pool';
      const waits = pool.form === 'with' ? pool.statement : statement;
      if (worker && /^(map|starmap)$/.test(method)) yield [worker, { made: call, threads, given: null, owner: pool.owner, statements: [waits] }];
    }
  }
}

/** From the statement that makes the worker to the last one of its block that joins; null where none does. */
function waitedFor(block: readonly Stmt[], made: Call, joins: (expr: Expr) => boolean): Stmt[] | null {
  const at = block.findIndex((stmt) => within(made.span, stmt.span));
  const stmt = block[at];
  if (!stmt) return null;
  for (const inner of nestedBlocks(stmt)) {
    const found = waitedFor(inner, made, joins);
    if (found) return found;
  }
  const last = block.findLastIndex((one, index) => index >= at && [...exprsIn(one)].some(joins));
  return last < 0 ? null : block.slice(at, last + 1);
}

/** `thread.join()` */
const isJoin = (expr: Expr): expr is Call & { callee: Expr & { kind: 'attribute' } } =>
  expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.attribute === 'join' && expr.args.length + expr.keywords.length === 0;

/** Everything that the program gives a name or field. */
function valuesOf(name: string, owner: FunctionIR | null, file: string, cx: Context): Expr[] {
  const module = cx.syntax(file);
  const functions = name.includes('.') ? module.functions : owner ? [owner] : [];
  return [...eachStmt([...module.body, ...functions.flatMap((fn) => fn.body)])].flatMap((stmt) => {
    if (stmt.kind === 'assign') return stmt.targets.some((target) => dottedName(target) === name) ? [stmt.value] : [];
    return stmt.kind === 'with' ? stmt.items.flatMap(({ context, target }) => (target && dottedName(target) === name ? [context] : [])) : [];
  });
}

const isMadeBy = (expr: Expr, made: RegExp, file: string, cx: Context): boolean =>
  expr.kind === 'call' && made.test(cx.resolve(expr.callee, file, expr.span.start) ?? '');

const isManager = (expr: Expr, file: string, cx: Context): boolean => isMadeBy(expr, /^multiprocessing\.(Manager|managers\.SyncManager)$/, file, cx);

/** `manager.dict()`, with the manager's name for what it makes; null: it is no manager's. */
function madeByManager(value: Expr, owner: FunctionIR | null, file: string, cx: Context): string | null {
  if (value.kind !== 'call' || value.callee.kind !== 'attribute') return null;
  const { object, attribute } = value.callee;
  const makers = object.kind === 'name' ? valuesOf(object.name, owner, file, cx) : [object];
  return makers.length > 0 && makers.every((maker) => isManager(maker, file, cx)) ? attribute : null;
}

function isManaged(name: string | null, owner: FunctionIR | null, file: string, cx: Context): boolean {
  const values = name === null ? [] : valuesOf(name, owner, file, cx);
  return values.length > 0 && values.every((value) => /^(dict|list)$/.test(madeByManager(value, owner, file, cx) ?? ''));
}

const sharing = /^multiprocessing\.(\w+\.)?(Queue|SimpleQueue|JoinableQueue|Array|RawArray)$/;

/** Does what one process leaves there reach the others? `name` as the program writes it. */
export function isSharedByProcesses(name: string, owner: FunctionIR | null, file: string, cx: Context): boolean {
  const values = valuesOf(name, owner, file, cx);
  return isManaged(name, owner, file, cx) || (values.length > 0 && values.every((value) => isMadeBy(value, sharing, file, cx)));
}

const locks = /^(threading|multiprocessing)\.(\w+\.)?(R?Lock|(Bounded)?Semaphore|Condition)$/;

function isLock(name: string | null, owner: FunctionIR | null, file: string, cx: Context): boolean {
  const values = name === null ? [] : valuesOf(name, owner, file, cx);
  return (
    values.length > 0 && values.every((value) => isMadeBy(value, locks, file, cx) || /^R?Lock$/.test(madeByManager(value, owner, file, cx) ?? ''))
  );
}

/** `Value("f", 0)` */
function isSinglePrecision(name: string | null, owner: FunctionIR | null, file: string, cx: Context): boolean {
  const values = name === null ? [] : valuesOf(name, owner, file, cx);
  return values.some((value) => {
    const [type] = value.kind === 'call' ? value.args : [];
    return (type?.kind === 'string' && /^["']f["']$/.test(type.text)) || (type?.kind === 'attribute' && type.attribute === 'c_float');
  });
}

/** Statements that run beside the workers, and threads and processes that may: do they name such a place, or a function that does? */
function watchedAt(site: Site, places: ReadonlySet<string>, worker: FunctionIR, cx: Context): Span | null {
  const { file } = worker;
  const names = new Set([...places].flatMap((place) => inProgram(place, worker, site) ?? []));
  const inFunctions = new Map<FunctionIR, boolean>();
  const looks = (fn: FunctionIR): boolean => {
    const known = inFunctions.get(fn);
    if (known !== undefined) return known;
    const found = readWorker(fn, cx).functions.some((one) =>
      one.body.some((stmt) => [...exprsIn(stmt)].some((expr) => names.has(dottedName(expr) ?? ''))),
    );
    inFunctions.set(fn, found);
    return found;
  };
  const look = (expr: Expr, handed: Span | null): boolean => {
    if (handed && within(expr.span, handed)) return false;
    if (names.has(dottedName(expr) ?? '')) return true;
    const fn = expr.kind === 'name' || expr.kind === 'attribute' ? cx.functionOf(expr, file) : null;
    return fn !== null && fn !== worker && looks(fn);
  };
  const beside = site.statements.length === 1 && site.given === null ? [] : site.statements;
  for (const expr of beside.flatMap((stmt) => [...exprsIn(stmt)])) if (look(expr, site.made.span)) return expr.span;
  const module = cx.syntax(file);
  const others = [...module.body, ...module.functions.flatMap((fn) => fn.body)]
    .flatMap((stmt) => [...eachStmt([stmt])].flatMap((one) => stmtExprs(one)))
    .flatMap((top) => [...exprsIn({ kind: 'expression', value: top, span: top.span })]);
  for (const call of others) {
    if (call.kind !== 'call' || !starting.test(cx.resolve(call.callee, file, call.span.start) ?? '')) continue;
    const target = call.keywords.find(({ name }) => name === 'target')?.value;
    if (target && cx.functionOf(target, file) === worker) continue;
    const given = [...call.args, ...call.keywords.map(({ value }) => value)].flatMap((arg) => [
      ...exprsIn({ kind: 'expression', value: arg, span: arg.span }),
    ]);
    if (given.some((expr) => look(expr, null))) return call.span;
  }
  return null;
}
