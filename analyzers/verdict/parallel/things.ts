/** What the standard library's parts of parallel programs are called, and what kind of thing each makes. */
export type Kind =
  | 'process-pool'
  | 'process-executor'
  | 'thread-pool'
  | 'thread-executor'
  | 'thread'
  | 'process'
  | 'lock'
  | 'reentrant-lock'
  | 'condition'
  | 'semaphore'
  | 'async-lock'
  | 'thread-queue'
  | 'process-queue'
  | 'manager'
  | 'proxy'
  | 'shared-memory'
  | 'shared-value'
  | 'context'
  | 'future'
  | 'async-result'
  | 'random-generator'
  | 'thread-local'
  | 'mapping'
  | 'other';

const PARTS: Record<string, Kind> = {
  Pool: 'process-pool',
  Process: 'process',
  Manager: 'manager',
  Lock: 'lock',
  RLock: 'reentrant-lock',
  Condition: 'condition',
  Semaphore: 'semaphore',
  BoundedSemaphore: 'semaphore',
  Queue: 'process-queue',
  JoinableQueue: 'process-queue',
  SimpleQueue: 'process-queue',
  Value: 'shared-value',
  Array: 'shared-value',
};
const MADE: Record<string, Kind> = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, kind]) => [`multiprocessing.${name}`, kind])),
  'multiprocessing.get_context': 'context',
  'multiprocessing.pool.Pool': 'process-pool',
  'multiprocessing.pool.ThreadPool': 'thread-pool',
  'multiprocessing.dummy.Pool': 'thread-pool',
  'multiprocessing.dummy.Process': 'thread',
  'multiprocessing.context.Process': 'process',
  'multiprocessing.queues.Queue': 'process-queue',
  'multiprocessing.managers.SyncManager': 'manager',
  'multiprocessing.managers.SharedMemoryManager': 'other',
  'multiprocessing.shared_memory.SharedMemory': 'shared-memory',
  'multiprocessing.sharedctypes.Value': 'shared-value',
  'multiprocessing.sharedctypes.Array': 'shared-value',
  'concurrent.futures.ProcessPoolExecutor': 'process-executor',
  'concurrent.futures.process.ProcessPoolExecutor': 'process-executor',
  'concurrent.futures.ThreadPoolExecutor': 'thread-executor',
  'concurrent.futures.thread.ThreadPoolExecutor': 'thread-executor',
  'threading.Thread': 'thread',
  'threading.Timer': 'thread',
  'threading.Lock': 'lock',
  'threading.RLock': 'reentrant-lock',
  'threading.Condition': 'condition',
  'threading.Semaphore': 'semaphore',
  'threading.BoundedSemaphore': 'semaphore',
  'threading.local': 'thread-local',
  '_thread.allocate_lock': 'lock',
  'asyncio.Lock': 'async-lock',
  'asyncio.Semaphore': 'async-lock',
  'queue.Queue': 'thread-queue',
  'queue.LifoQueue': 'thread-queue',
  'queue.PriorityQueue': 'thread-queue',
  'queue.SimpleQueue': 'thread-queue',
  'random.Random': 'random-generator',
  'numpy.random.default_rng': 'random-generator',
  'numpy.random.Generator': 'random-generator',
  'numpy.random.RandomState': 'random-generator',
  'builtins.dict': 'mapping',
  'collections.Counter': 'mapping',
  'collections.defaultdict': 'mapping',
  'collections.OrderedDict': 'mapping',
  'builtins.open': 'other',
};
/** What the methods of a manager hand out: each use of it is a message to another process. */
const PROXIES = new Set(['list', 'dict', 'Value', 'Array', 'Namespace']);

export const kindMadeBy = (path: string): Kind | null => (Object.hasOwn(MADE, path) ? (MADE[path] ?? null) : null);

/** What a method of a known thing makes: `context.Pool()`, `manager.dict()`, `executor.submit(...)`. */
export function kindMadeByMethod(of: Kind, method: string): Kind | null {
  if (of === 'context') return Object.hasOwn(PARTS, method) ? (PARTS[method] ?? null) : null;
  if (of === 'manager') return PROXIES.has(method) ? 'proxy' : method === 'Lock' ? 'lock' : method === 'RLock' ? 'reentrant-lock' : method === 'Pool' ? 'process-pool' : null; // prettier-ignore
  if (isExecutor(of) && method === 'submit') return 'future';
  if (isPool(of) && method.endsWith('_async')) return 'async-result';
  return null;
}

export const isPool = (kind: Kind): boolean => kind === 'process-pool' || kind === 'thread-pool';
export const isExecutor = (kind: Kind): boolean => kind === 'process-executor' || kind === 'thread-executor';
export const isWorkers = (kind: Kind): boolean => isPool(kind) || isExecutor(kind);
export const onProcesses = (kind: Kind): boolean => kind === 'process-pool' || kind === 'process-executor' || kind === 'process';
/** What a `with` may hold so that no second thread is inside. */
export const isLock = (kind: Kind): boolean =>
  kind === 'lock' || kind === 'reentrant-lock' || kind === 'condition' || kind === 'semaphore' || kind === 'async-lock';
