/** Pools that cost more than they give. */
import { eachExpr } from '../../syntax/python-walk';
import type { Expr, Profile } from '../../types';
import type { Program } from './program';
import { firstLine, lineOf, once, stretchOf, type Found, type Rule, type Scene } from './rule';
import { isPool, isWorkers, onProcesses } from './things';
import type { CallSite, LoopSite } from './walk';
import { busyOf, runText, timeText, type Stretch } from './weight';
import { sizeOf, type Launch } from './workers';

/** What starting one process costs, seconds: an order of size. */
const START: Record<Profile['interpreter']['startMethod'], number> = { fork: 0.0035, forkserver: 0.02, spawn: 0.085 };

/** The loop that a place is made anew in: around it, or around a call of its function. */
function loopAround(program: Program, site: CallSite, depth = 0): { line: number; called: string | null } | null {
  const loop = site.loops.at(-1);
  if (loop) return { line: lineOf(loop.span), called: null };
  if (!site.owner || depth > 2) return null;
  for (const caller of program.callersOf(site.owner)) {
    const around = loopAround(program, caller, depth + 1);
    if (around) return { line: around.line, called: site.owner.name };
  }
  return null;
}

const childrenOf = (profile: Profile): Profile['processes'] => profile.processes.filter((process) => process.kind === 'child');
/** Child processes at one time, at most. */
const mostChildren = (profile: Profile): number => profile.timeline.reduce((most, sample) => Math.max(most, sample.processes - 1), 0);

export const poolInLoop: Rule = (scene) =>
  pools(scene).flatMap(({ site, kind }): Found[] => {
    const { program, weight, profile } = scene;
    const around = loopAround(program, site);
    if (!around) return [];
    const where = around.called === null ? `in every trip of the loop in line ${around.line}` : `each time that the loop in line ${around.line} calls ${around.called}`; // prettier-ignore
    const line = lineOf(site.call.span);
    const place = { file: site.module.file, span: site.call.span, toDo: 'Make one pool before the loop and use it in every trip.', certainty: 'measured' as const }; // prettier-ignore
    if (onProcesses(kind)) {
      const children = childrenOf(profile).length;
      const size = Math.max(1, sizeOf(site.call) ?? mostChildren(profile));
      const cost = children * START[profile.interpreter.startMethod];
      if (children < 2 * size || !weight.matters(cost)) return [];
      return [{ ...place, share: weight.share(cost), why: `Line ${line} makes a new process pool ${where}: ${children} processes were started, at about ${timeText(cost)} in a run of ${runText(profile)}.` }]; // prettier-ignore
    }
    const lines = [firstLine(site.module, site.call.span), ...scene.launches.filter((launch) => launch.pool?.made === site.call).map((launch) => firstLine(launch.site.module, launch.site.call.span))]; // prettier-ignore
    const cost = busyOf(weight.at(lines));
    if (!weight.matters(cost, 0.1) || !scene.launches.some((launch) => launch.pool?.made === site.call && launch.worker !== null)) return [];
    return [{ ...place, share: weight.share(cost), why: `Line ${line} makes a new thread pool ${where}: making and feeding them took ${timeText(cost)} of processor time.` }]; // prettier-ignore
  });

const pools = ({ program }: Scene): { site: CallSite; kind: NonNullable<ReturnType<Program['thingOf']>>['kind'] }[] =>
  program.calls.flatMap((site) => {
    const made = program.thingOf(site.call, site);
    return made?.call === site.call && isWorkers(made.kind) ? [{ site, kind: made.kind }] : [];
  });

/** A pool that nobody closes keeps its workers; only where more and more of them are made does it matter. */
export const poolNeverClosed: Rule = (scene) =>
  pools(scene).flatMap(({ site, kind }): Found[] => {
    const { program, profile } = scene;
    const around = loopAround(program, site);
    if (!around || !onProcesses(kind) || site.statement.kind !== 'assign') return [];
    const [target, ...others] = site.statement.targets;
    if (target?.kind !== 'name' || others.length > 0 || site.statement.value !== site.call) return [];
    const key = program.keyOf(target, site);
    const used = program.calls.filter(({ call }) => call.callee.kind === 'attribute' && call.callee.object.kind === 'name' && call.callee.object.name === target.name); // prettier-ignore
    const closed = used.some((use) => use.call.callee.kind === 'attribute' && ['close', 'terminate', 'shutdown'].includes(use.call.callee.attribute) && program.keyOf(use.call.callee.object, use) === key); // prettier-ignore
    const size = sizeOf(site.call);
    const most = mostChildren(profile);
    // Handed on, it may be closed elsewhere.
    const kept = program.statements.some(({ statement, owner }) => owner === site.owner && mentions(statement, target.name));
    if (closed || kept || size === null || most < 3 * size) return [];
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `The pool of line ${lineOf(site.call.span)} is made again and again and never closed: up to ${most} of its processes were alive at once.`,
        toDo: 'Make it once, in a with statement, which ends its workers.',
        certainty: 'measured',
      },
    ];
  });

/** The name itself is returned or stored, or is the context of a `with`. */
function mentions(statement: CallSite['statement'], name: string): boolean {
  const is = (expr: Expr | null): boolean => expr?.kind === 'name' && expr.name === name;
  if (statement.kind === 'return' || statement.kind === 'assign') return is(statement.value);
  return statement.kind === 'with' && statement.items.some((item) => [...eachExpr(item.context)].some(is));
}

/** Builtins that cost nothing beside what they are given. */
const CHEAP = new Set(['list', 'sum', 'len', 'print', 'range', 'enumerate', 'tuple', 'set', 'dict', 'sorted', 'zip', 'max', 'min']);
const LITTLE = 0.1;

/** Items handed over one by one to a function that is done sooner than the handing over. */
export const tinyTasks: Rule = (scene) =>
  once(scene.launches.filter(goesOneByOne), (launch) => launch.worker).flatMap((launch): Found[] => {
    const { program, weight } = scene;
    const { site, worker, pool } = launch;
    const module = worker && program.moduleOf(worker);
    if (!worker || !module || !pool || launch.common.some((value) => value.expr.kind === 'name' && isLarge(scene, value.expr.name))) return [];
    const others = program.calls.filter((other) => other.module === site.module && lineOf(other.call.span) === lineOf(site.call.span) && other.call !== site.call && other.call !== pool.made); // prettier-ignore
    if (!others.every((other) => other.path !== null && other.path.startsWith('builtins.') && CHEAP.has(other.path.slice('builtins.'.length)))) return []; // prettier-ignore
    const made = program.calls.find((other) => other.call === pool.made);
    const lines: Stretch[] = [firstLine(site.module, site.call.span), ...(made ? [firstLine(made.module, made.call.span)] : [])];
    const moving = busyOf(weight.at(lines));
    const working = weight.through([stretchOf(module, worker.span)]).seconds;
    if (moving < working || !weight.matters(moving, LITTLE)) return [];
    const found = { file: site.module.file, span: site.call.span, certainty: 'measured' as const, share: weight.share(moving) };
    const why = `Line ${lineOf(site.call.span)} hands items to ${worker.name} one at a time: handing over took ${timeText(moving)} of processor time, the tasks themselves ${working > 0 ? timeText(working) : 'too little to be seen'}.`; // prettier-ignore
    const chunks = launch.by === 'imap' || launch.by === 'executor-map' || launch.by === 'map' || launch.by === 'starmap';
    const toDo =
      launch.on === 'thread'
        ? 'Do it in a plain loop, or let each task take many items.'
        : chunks
          ? 'Give a larger chunksize, for example a quarter of the items for each worker, or do it in a plain loop.'
          : 'Let each task take many items, use map with a chunksize, or do it in a plain loop.';
    return [{ ...found, why, toDo }];
  });

const isLarge = ({ profile }: Scene, name: string): boolean => profile.frames.some((frame) => (frame.values[name]?.shape?.reduce((a, b) => a * b, 1) ?? frame.values[name]?.length ?? 0) > 100_000); // prettier-ignore

function goesOneByOne({ by, site, on, pool }: Launch): boolean {
  const size = site.call.keywords.find((keyword) => keyword.name === 'chunksize')?.value ?? (pool && isPool(pool.kind) && by !== 'executor-map' ? site.call.args[2] : undefined); // prettier-ignore
  const one = size?.kind === 'number' && Number(size.text) === 1;
  if (by === 'imap' || by === 'executor-map') return size === undefined || one || on === 'thread';
  if (by === 'map' || by === 'starmap') return one;
  return (by === 'submit' || by === 'apply_async') && site.loops.length > 0;
}

/** `pool.apply(f, x)` or `submit(f, x).result()` in a loop: one task at a time. */
export const waitsForEachTask: Rule = ({ program, weight, launches }) =>
  program.calls.flatMap((site): Found[] => {
    const { callee } = site.call;
    const loop = site.loops.at(-1);
    if (!loop || callee.kind !== 'attribute' || site.deferred) return [];
    const launch = launches.find((one) => (callee.attribute === 'apply' ? one.by === 'apply' && one.site.call === site.call : collects(callee.attribute, one) && one.site.loops.at(-1) === loop && isOf(program, callee.object, one, site))); // prettier-ignore
    if (!launch) return [];
    const cost = weight.through([firstLine(site.module, site.call.span)]);
    if (!weight.matters(cost.wait)) return [];
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `Line ${lineOf(site.call.span)} waits for each task before the loop in line ${lineOf(loop.span)} hands over the next, so one worker works at a time: ${timeText(cost.wait)} of waiting.`,
        toDo: 'Hand over all tasks first and take the results afterwards, or use map.',
        certainty: 'measured',
        share: weight.share(cost.wait),
      },
    ];
  });

const collects = (method: string, { by }: Launch): boolean => (method === 'get' && by === 'apply_async') || (method === 'result' && by === 'submit');

/** The result is asked of the very task: `submit(...).result()`, or by the name that holds it. */
function isOf(program: Program, object: Expr, launch: Launch, site: CallSite): boolean {
  if (object === launch.site.call) return true;
  if (object.kind !== 'name') return false;
  const [only, ...others] = program.valuesOf(object, site) ?? [];
  return only !== undefined && others.length === 0 && only.items === undefined && only.expr === launch.site.call;
}

/** Fixed parts of which one is much larger than the others. */
export const unevenParts: Rule = (scene) => {
  const { launches, profile, weight } = scene;
  const own = launches.filter((launch) => launch.on === 'process');
  const [launch] = own;
  if (!launch || own.length !== 1 || !launch.many || !(launch.by === 'process' || isFixed(launch))) return [];
  const loads = childrenOf(profile).map((child) => child.cpuSeconds as number);
  const busiest = Math.max(0, ...loads);
  const working = loads.filter((load) => load >= 0.05 * busiest);
  const mean = working.reduce((sum, load) => sum + load, 0) / Math.max(1, working.length);
  const lost = busiest - mean;
  if (working.length < 2 || working.length > 64 || mean > 0.65 * busiest || !weight.matters(lost, 0.15)) return [];
  const around: LoopSite['loop'] | undefined = launch.site.loops.at(-1);
  return [
    {
      file: launch.site.module.file,
      span: launch.site.call.span,
      why: `Line ${lineOf(launch.site.call.span)} gives each process a fixed part${around ? '' : ' of the items'}, and the parts are uneven: the busiest of ${working.length} processes worked ${timeText(busiest)}, the idlest ${timeText(Math.min(...working))}.`,
      toDo: 'Cut the work into more and smaller parts and let a pool hand them out as workers become free.',
      certainty: 'measured',
      share: weight.share(lost),
    },
  ];
};

const isFixed = ({ by, site, pool }: Launch): boolean => {
  const size =
    site.call.keywords.find((keyword) => keyword.name === 'chunksize')?.value ?? (pool && isPool(pool.kind) ? site.call.args[2] : undefined);
  return (
    (by === 'map' || by === 'starmap' || by === 'imap' || by === 'executor-map') &&
    size !== undefined &&
    !(size.kind === 'number' && Number(size.text) < 10)
  );
};
