/** How a program already works in parallel, or fails to: one table of rules over its text, weighed by what the profile measured. */
import type { PythonModule } from '../../syntax/python-module';
import type { Finding, Profile } from '../../types';
import { blockingInCoroutine, workInCoroutine } from './coroutines';
import { joinBeforeGet, missingGuard, sharedMemoryNotClosed, sharedMemoryNotUnlinked } from './dangers';
import { lockOrder } from './lock-order';
import { blasOversubscription, nestedPools } from './oversubscription';
import { largeArguments, largeResults, managerInHotLoop } from './payloads';
import { poolInLoop, poolNeverClosed, tinyTasks, unevenParts, waitsForEachTask } from './pools';
import { Program } from './program';
import type { Rule, Scene } from './rule';
import { serialAwaits } from './serial-awaits';
import { unsynchronisedWrite } from './shared-writes';
import { busyWaiting, lockAroundEverything, threadsOnCpuWork } from './threads';
import { Weight } from './weight';
import { sameRandomNumbers } from './worker-randomness';
import { launchesOf } from './workers';

/** Dangers to the result first; they are told whatever they cost. */
const DANGERS: Record<string, Rule> = {
  'unsynchronised-write': unsynchronisedWrite,
  'lock-order': lockOrder,
  'join-before-get': joinBeforeGet,
  'same-random-numbers': sameRandomNumbers,
  'missing-main-guard': missingGuard,
  'shared-memory-not-unlinked': sharedMemoryNotUnlinked,
  'shared-memory-not-closed': sharedMemoryNotClosed,
};
/** What costs time, told only where the profile shows that it does. */
const COSTS: Record<string, Rule> = {
  'threads-on-cpu-work': threadsOnCpuWork,
  'lock-around-everything': lockAroundEverything,
  'busy-waiting': busyWaiting,
  'pool-in-loop': poolInLoop,
  'pool-never-closed': poolNeverClosed,
  'tiny-tasks': tinyTasks,
  'waits-for-each-task': waitsForEachTask,
  'uneven-parts': unevenParts,
  'large-arguments': largeArguments,
  'large-results': largeResults,
  'manager-in-hot-loop': managerInHotLoop,
  'nested-pools': nestedPools,
  'blas-oversubscription': blasOversubscription,
  'blocking-in-coroutine': blockingInCoroutine,
  'work-in-coroutine': workInCoroutine,
  'serial-awaits': serialAwaits,
};
/** Every code that a finding can have. */
export const findingCodes: readonly string[] = [...Object.keys(DANGERS), ...Object.keys(COSTS)];

/** Ids of the refactors that do what a finding asks for, as in the catalogue; a report may have one of them among its candidates. */
export const remedies: Readonly<Record<string, readonly string[]>> = {
  'threads-on-cpu-work': ['threads-to-processes'],
  'pool-in-loop': ['pool-hoist'],
  'tiny-tasks': ['pool-chunksize', 'pool-removal'],
  'waits-for-each-task': ['pool-apply-to-map'],
  'blocking-in-coroutine': ['async-unblock', 'async-blocking-calls'],
  'serial-awaits': ['async-gather'],
};

/** Without one of these a program has nothing side by side. */
const PARALLEL = /^(threading|_thread|multiprocessing|concurrent|asyncio|joblib)(\.|$)/;
/** More than a person reads. */
const MOST = 20;

/**
 * What is wrong with the parallel code of a program. Nothing is run; `environment`: names of the variables that the program was started with.
 * Dangers come first, then what costs most.
 */
export function findParallelFindings(modules: readonly PythonModule[], profile: Profile, environment: readonly string[] = []): Finding[] {
  if (!modules.some(({ scopes }) => scopes.some(importsParallel))) return [];
  const program = new Program(modules);
  const scene: Scene = { program, launches: launchesOf(program), weight: new Weight(profile), profile, environment: new Set(environment) };
  const tell = (rules: Record<string, Rule>): Finding[] => Object.entries(rules).flatMap(([code, rule]) => rule(scene).map((found) => ({ code, ...found, toDo: withRemedy(code, found.toDo) }))); // prettier-ignore
  const costs = tell(COSTS).sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  return [...tell(DANGERS), ...costs].slice(0, MOST);
}

function withRemedy(code: string, toDo: string): string {
  const ids = (remedies[code] ?? []).map((id) => `\`${id}\``);
  return ids.length === 0 ? toDo : `${toDo} In Hotloop's catalogue that is ${ids.join(' or ')}.`;
}

const importsParallel = (scope: PythonModule['scopes'][number]): boolean =>
  [...scope.bindings.values()].some((bindings) => bindings.some((binding) => binding.kind === 'import' && PARALLEL.test(binding.path ?? ''))) || scope.wildcards.some((path) => PARALLEL.test(path)); // prettier-ignore
