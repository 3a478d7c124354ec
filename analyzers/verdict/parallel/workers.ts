/** What runs side by side: every place that hands a function to threads or processes. */
import { resolveName } from '../../syntax/python-names';
import { boundNames, eachExpr } from '../../syntax/python-walk';
import type { Expr, FunctionIR } from '../../types';
import type { Program, Value } from './program';
import { isExecutor, isPool, onProcesses, type Kind } from './things';
import type { Call, CallSite, Place } from './walk';

/** A function that another thread or process runs. */
export interface Launch {
  on: 'thread' | 'process';
  /** How it is handed over: `thread`/`process` for the classes, the pool's own method otherwise. */
  by: 'thread' | 'process' | 'submit' | 'apply' | 'apply_async' | 'map' | 'imap' | 'starmap' | 'executor-map';
  site: CallSite;
  worker: FunctionIR | null;
  /** By parameter of the worker, where that is known. `each`: another value for every task. */
  given: ({ value: Value; each: boolean } | null)[];
  /** What is handed to every task alike: bound by a partial or a lambda, or written as an argument. */
  common: Value[];
  /** `self` of the worker, where it is a method of one object. */
  receiver: Value | null;
  /** More than one may run at a time. */
  many: boolean;
  pool: { kind: Kind; made: Call } | null;
}
interface Target {
  worker: FunctionIR | null;
  bound: Expr[];
  receiver: Value | null;
  place: Place;
  /** Of a lambda: what it gives by itself, and its parameters. */
  args: Expr[] | null;
  params: readonly string[];
}

export function launchesOf(program: Program): Launch[] {
  const launches = program.calls.flatMap((site) => launchOf(program, site));
  for (const launch of launches) {
    const alike = launches.filter((one) => one.worker !== null && one.worker === launch.worker && one.on === launch.on);
    if (alike.length > 1 && launch.on === 'thread') launch.many = true;
  }
  program.learn((owner, parameter) =>
    launches.flatMap((launch) => {
      const given = launch.worker === owner ? launch.given[parameter] : null;
      return given && !given.each ? [given.value] : [];
    }),
  );
  return launches;
}

function launchOf(program: Program, site: CallSite): Launch[] {
  const { call } = site;
  const own = site.path === null ? null : program.classAt(site.path);
  const base = own && program.baseKind(own);
  if (own && (base === 'thread' || base === 'process')) {
    const worker = program.methodOf(own, 'run');
    // Each object has its own fields: nothing is shared by way of self.
    return [launch(site, base, base, { worker, bound: [], receiver: null, place: site, args: null, params: [] }, [], null)];
  }
  const made = program.thingOf(call, site);
  if (made?.call === call && (made.kind === 'thread' || made.kind === 'process')) {
    const timer = site.path === 'threading.Timer';
    const target = keyword(call, timer ? 'function' : 'target') ?? call.args[1];
    const args = keyword(call, 'args') ?? (timer ? call.args[2] : call.args[3]);
    if (!target) return [];
    const given = args?.kind === 'collection' ? args.items : [];
    return [launch(site, made.kind, made.kind, targetOf(program, target, site), given, null)];
  }
  return viaPool(program, site);
}

const keyword = (call: Call, name: string): Expr | undefined => call.keywords.find((one) => one.name === name)?.value;

function viaPool(program: Program, site: CallSite): Launch[] {
  const { call, path } = site;
  const { callee, args } = call;
  if (path === 'asyncio.to_thread' && args[0]) return [launch(site, 'thread', 'submit', targetOf(program, args[0], site), args.slice(1), null)];
  if (callee.kind !== 'attribute') return [];
  if (callee.attribute === 'run_in_executor' && args[0] && args[1]) {
    const pool = program.thingOf(args[0], site);
    const on = pool && onProcesses(pool.kind) ? 'process' : 'thread';
    const used = pool?.call ? { kind: pool.kind, made: pool.call } : null;
    return [launch(site, on, 'submit', targetOf(program, args[1], site), args.slice(2), used)];
  }
  const by = methods[callee.attribute];
  const [first] = args;
  if (by === undefined || !first) return [];
  const pool = program.thingOf(callee.object, site);
  if (!pool?.call || !(isExecutor(pool.kind) ? by === 'submit' || by === 'map' : isPool(pool.kind) && by !== 'submit')) return [];
  const rest = args.slice(1);
  const given = by === 'apply' || by === 'apply_async' ? tupleOf(keyword(call, 'args') ?? args[1]) : rest;
  const style = isExecutor(pool.kind) && by === 'map' ? 'executor-map' : by;
  return [
    launch(site, onProcesses(pool.kind) ? 'process' : 'thread', style, targetOf(program, first, site), given, { kind: pool.kind, made: pool.call }),
  ];
}

const methods: Partial<Record<string, Launch['by']>> = {
  submit: 'submit', map: 'map', map_async: 'map', imap: 'imap', imap_unordered: 'imap', starmap: 'starmap', starmap_async: 'starmap', apply: 'apply', apply_async: 'apply_async',
}; // prettier-ignore
const tupleOf = (expr: Expr | undefined): Expr[] => (expr?.kind === 'collection' ? expr.items : []);

function launch(site: CallSite, on: Launch['on'], by: Launch['by'], target: Target, args: readonly Expr[], pool: Launch['pool']): Launch {
  const { worker, bound, receiver, place } = target;
  const maps = by === 'map' || by === 'imap' || by === 'starmap' || by === 'executor-map';
  const skip = worker?.method === true && !worker.decorators.includes('staticmethod') ? 1 : 0;
  const own = target.args;
  const written = own ?? [...bound, ...args];
  const given: Launch['given'] = [];
  const common: Value[] = [];
  written.forEach((expr, index) => {
    const fromItems = maps && own === null && index >= bound.length;
    const value = { expr, place: index < bound.length || own !== null ? place : site };
    const each = fromItems || changes(expr, site, target.params);
    if (expr.kind !== 'spread' && !(fromItems && by === 'starmap')) given[index + skip] = { value, each };
    if (!each && expr.kind !== 'spread') common.push(value);
  });
  const limit = pool === null ? null : sizeOf(pool.made);
  const repeated = maps || site.loops.length > 0;
  return {
    on,
    by,
    site,
    worker,
    given,
    common,
    receiver: receiver && !changes(receiver.expr, site) ? receiver : null,
    many: repeated && limit !== 1,
    pool,
  };
}

/** Whether it holds something else in each trip of the loops around the place. */
function changes(expr: Expr, site: Place, params: readonly string[] = []): boolean {
  const own = new Set(params);
  for (const name of site.loops.flatMap((loop) => [...(loop.target ? boundNames(loop.target) : []), ...assignedIn(loop.body)])) own.add(name);
  for (const inner of eachExpr(expr)) if ((inner.kind === 'name' && own.has(inner.name)) || inner.kind === 'call') return true;
  return false;
}

function assignedIn(body: Launch['site']['loops'][number]['body']): string[] {
  return body.flatMap((statement) => (statement.kind === 'assign' ? statement.targets.flatMap(boundNames) : statement.kind === 'if' ? [...assignedIn(statement.then), ...assignedIn(statement.otherwise)] : [])); // prettier-ignore
}

/** The number of workers of a pool, where it is written as a number. */
export function sizeOf(made: Call): number | null {
  const given = made.args[0] ?? keyword(made, 'max_workers') ?? keyword(made, 'processes');
  return given?.kind === 'number' ? Number(given.text.replaceAll('_', '')) : null;
}

/** Partials and lambdas are looked through, names followed to what they hold. */
function targetOf(program: Program, expr: Expr, place: Place, depth = 0): Target {
  const none: Target = { worker: null, bound: [], receiver: null, place, args: null, params: [] };
  if (depth > 3) return none;
  if (expr.kind === 'lambda') {
    // A lambda that only calls on is that call.
    const { body } = expr;
    if (body.kind !== 'call') return none;
    const inner = targetOf(program, body.callee, place, depth + 1);
    return { ...inner, args: [...inner.bound, ...body.args], params: expr.params };
  }
  if (expr.kind === 'call') {
    const [first, ...bound] = expr.args;
    if (resolveName(place.module, expr.callee, expr.callee.span.start) !== 'functools.partial' || !first) return none;
    const inner = targetOf(program, first, place, depth + 1);
    return { ...inner, bound: [...inner.bound, ...bound] };
  }
  const worker = program.functionNamed(expr, place);
  if (worker) {
    const receiver = expr.kind === 'attribute' && worker.method ? { expr: expr.object, place } : null;
    return { ...none, worker, receiver };
  }
  const values = program.valuesOf(expr, place);
  const [only, ...others] = values ?? [];
  return only && others.length === 0 && !only.items ? targetOf(program, only.expr, only.place, depth + 1) : none;
}
