/** What keeps an event loop from serving anybody else. */
import type { FunctionIR } from '../../types';
import { once, firstLine, lineOf, type Found, type Rule, type Scene } from './rule';
import type { CallSite } from './walk';
import { passes, timeText } from './weight';

/** Calls that stop the whole thread until they are done, and what to call instead. */
const BLOCKING: [RegExp, string][] = [
  [/^time\.sleep$/, 'await asyncio.sleep(...)'],
  [/^(requests\.|httpx\.(get|post|put|delete|request|head|patch)$|urllib\.request\.urlopen$)/, 'an asynchronous client (aiohttp, httpx.AsyncClient), or await asyncio.to_thread(...)'],
  [/^(subprocess\.(run|call|check_call|check_output|getoutput)|os\.system)$/, 'await asyncio.create_subprocess_exec(...)'],
  [/^(builtins\.(open|input)|socket\.(create_connection|gethostbyname|getaddrinfo)|shutil\.|os\.(listdir|walk|scandir))/, 'await asyncio.to_thread(...)'],
  [/^(sqlite3|psycopg2|pymysql)\./, 'an asynchronous driver, or await asyncio.to_thread(...)'],
]; // prettier-ignore
const STARTS_TASKS = new Set(['gather', 'create_task', 'ensure_future', 'wait', 'as_completed', 'TaskGroup', 'start_server', 'start_unix_server'].map((name) => `asyncio.${name}`)); // prettier-ignore

/** With one coroutine at a time nobody is kept waiting. */
const servesOthers = ({ program }: Scene): boolean =>
  program.calls.some(({ path, call, owner, module }) => (path !== null && STARTS_TASKS.has(path)) || (owner?.async === true && call.callee.kind === 'attribute' && call.callee.attribute === 'create_task' && Object.values(module.imports).includes('asyncio'))); // prettier-ignore

/** The coroutine whose turn it is while the function runs: itself, or one that calls it. */
function coroutineOf(scene: Scene, owner: FunctionIR, depth = 0): FunctionIR | null {
  if (owner.async) return owner;
  if (depth > 3) return null;
  for (const caller of scene.program.callersOf(owner)) {
    const found = caller.owner && !caller.deferred ? coroutineOf(scene, caller.owner, depth + 1) : null;
    if (found) return found;
  }
  return null;
}

function blockingSites(scene: Scene): { site: CallSite; instead: string; coroutine: FunctionIR }[] {
  return scene.program.calls.flatMap((site) => {
    const instead = site.path === null ? undefined : BLOCKING.find(([path]) => path.test(site.path ?? ''))?.[1];
    if (instead === undefined || !site.owner || site.deferred || site.awaited) return [];
    const coroutine = coroutineOf(scene, site.owner);
    return coroutine ? [{ site, instead, coroutine }] : [];
  });
}

export const blockingInCoroutine: Rule = (scene) => {
  const { weight, profile } = scene;
  if (!servesOthers(scene)) return [];
  const sites = once(blockingSites(scene), ({ site }) => `${site.module.file}:${lineOf(site.call.span)}`);
  return sites.flatMap(({ site, instead, coroutine }): Found[] => {
    const line = firstLine(site.module, site.call.span);
    const home = { file: coroutine.file, span: coroutine.span };
    // The same line may run outside of the event loop, on a thread of its own.
    const inside = profile.stacks.filter((stack) => passes(stack, line) && passes(stack, home)).reduce((sum, stack) => sum + stack.seconds, 0);
    if (!weight.matters(inside)) return [];
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `Line ${lineOf(site.call.span)} stops the whole event loop for ${timeText(inside)} in all: while ${coroutine.name} is there, no other task runs.`,
        toDo: `Use ${instead}.`,
        certainty: 'measured',
        share: weight.share(inside),
      },
    ];
  });
};

/** Computing in a coroutine for longer than a moment. */
export const workInCoroutine: Rule = (scene) => {
  const { program, weight, profile } = scene;
  if (!servesOthers(scene)) return [];
  const blocking = blockingSites(scene).map(({ site }) => firstLine(site.module, site.call.span));
  const busy = new Map<string, { owner: FunctionIR; line: number; seconds: number }>();
  const coroutines = program.modules.flatMap((module) => module.functions.filter((owner) => owner.async));
  // A worker that was forked in a coroutine has that on its stack, and keeps nobody waiting.
  const workers = scene.launches.flatMap(({ worker }) => (worker ? [{ file: worker.file, span: worker.span }] : []));
  for (const stack of profile.stacks) {
    if (blocking.some((line) => passes(stack, line))) continue;
    const at = stack.frames.findLastIndex((frame) => coroutines.some((owner) => passes({ ...stack, frames: [frame] }, { file: owner.file, span: owner.span }))); // prettier-ignore
    const frame = stack.frames[at];
    const owner = frame && coroutines.findLast((one) => passes({ ...stack, frames: [frame] }, { file: one.file, span: one.span }));
    if (stack.frames.slice(at + 1).some((inner) => workers.some((worker) => passes({ ...stack, frames: [inner] }, worker)))) continue;
    if (!frame || !owner || !longStretch(scene, owner, frame.line, at < stack.frames.length - 1)) continue;
    const key = `${owner.file}:${owner.qualname}`;
    const known = busy.get(key) ?? { owner, line: frame.line, seconds: 0 };
    known.seconds += stack.seconds - (stack.wait ?? 0);
    busy.set(key, known);
  }
  return [...busy.values()].flatMap(({ owner, line, seconds }): Found[] => {
    if (!weight.matters(seconds, 0.1)) return [];
    return [
      {
        file: owner.file,
        span: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 0 } },
        why: `The coroutine ${owner.name} computes for ${timeText(seconds)} in all (line ${line}) without giving way, and meanwhile the event loop serves nobody else.`,
        toDo: 'Hand the computing to a process pool: await loop.run_in_executor(pool, function, ...).',
        certainty: 'measured',
        share: weight.share(seconds),
      },
    ];
  });
};

/** A call of one of the program's own functions, or a loop without an await: more than a step between two awaits. */
function longStretch({ program }: Scene, owner: FunctionIR, line: number, callsOn: boolean): boolean {
  if (callsOn) return true;
  const module = program.moduleOf(owner);
  if (!module) return false;
  return program.loops.some(({ loop, place }) => {
    if (place.owner !== owner || lineOf(loop.span) > line || loop.span.end.line + 1 < line || loop.async) return false;
    const awaits = program.calls.some((site) => site.owner === owner && site.awaited && site.loops.includes(loop));
    return !awaits;
  });
}
