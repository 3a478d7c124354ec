/** What calls of the standard library and of well-known clients do to calls beside them, by their dotted names. */
import type { Expr } from '../../types';
import type { Context } from '../refactor';

export type Call = Expr & { kind: 'call' };

/** They change nothing, and are the same whenever they are made. */
const PURE =
  /^(builtins\.(abs|all|any|bin|bool|bytes|callable|chr|complex|dict|divmod|enumerate|filter|float|format|frozenset|getattr|hasattr|hash|hex|id|int|isinstance|issubclass|iter|len|list|map|max|min|oct|ord|pow|range|repr|reversed|round|set|slice|sorted|str|sum|tuple|type|zip|\w+(Error|Exception))|math\.\w+|json\.(loads|dumps)|hashlib\.\w+|re\.\w+|os\.path\.(basename|dirname|join|splitext)|(zlib|gzip|bz2|lzma)\.(de)?compress|zlib\.\w+|base64\.\w+|statistics\.\w+|urllib\.parse\.\w+|collections\.\w+|itertools\.\w+|operator\.\w+|string\.\w+|datetime\..+|dataclasses\.(asdict|astuple|replace)|functools\.(partial|reduce)|asyncio\.(Semaphore|Lock|Event|Queue)|time\.(time|monotonic|perf_counter|process_time)(_ns)?)$/; // prettier-ignore
/** They wait and leave nothing changed behind. */
const WAITS = /^(asyncio\.(sleep|to_thread|wait_for|gather|shield|timeout|create_task|ensure_future)|time\.sleep)$/;
/** They ask somebody else, who has to cope with several questions at once. */
const ASKS = /^(asyncio\.open_connection|requests\.(get|head)|urllib\.request\.urlopen|httpx\.(get|head)|socket\.create_connection)$/;
const RUNS = /^(subprocess\.(run|check_output|getoutput)|asyncio\.create_subprocess_(exec|shell))$/;
const CLIENTS = /^(aiohttp\.client\.ClientSession|httpx\.AsyncClient|httpx\._client\.AsyncClient)$/;
const ORDERED = /^(builtins\.(print|input|open)$|logging\.|sys\.std(out|err)\.)/;
const DRAWS = /^(random|secrets|numpy\.random)\./;
const DELAYS = /^(asyncio|time)\.sleep$/;

/** Methods of strings, numbers and containers that change nothing; nothing else that is common has a method of such a name with another meaning. */
const HARMLESS = new Set(['capitalize', 'casefold', 'copy', 'count', 'decode', 'digest', 'encode', 'endswith', 'format', 'hex', 'hexdigest', 'index', 'isalpha', 'isdigit', 'items', 'join', 'keys', 'lower', 'lstrip', 'partition', 'replace', 'rpartition', 'rsplit', 'rstrip', 'split', 'splitlines', 'startswith', 'strip', 'title', 'upper', 'values', 'zfill']); // prettier-ignore
/** Methods that change their object. */
const CHANGES = new Set(['add', 'append', 'appendleft', 'clear', 'discard', 'extend', 'insert', 'pop', 'popleft', 'remove', 'setdefault', 'sort', 'update']); // prettier-ignore

export type Known = 'pure' | 'waits' | 'asks' | 'runs' | 'ordered' | 'draws' | null;

/** What a call by its path does; null where it is not known. */
export function knownCall(call: Call, path: string | null): Known {
  if (path === null) return null;
  if (path === 'builtins.open' && onlyReads(call)) return 'pure';
  if (PURE.test(path)) return 'pure';
  if (path === 'random.Random' || path === 'numpy.random.default_rng') return call.args.length > 0 ? 'pure' : 'draws';
  if (WAITS.test(path)) return 'waits';
  if (path === 'urllib.request.urlopen' && sendsData(call)) return 'ordered';
  if (ASKS.test(path)) return 'asks';
  if (RUNS.test(path)) return 'runs';
  return ORDERED.test(path) ? 'ordered' : DRAWS.test(path) ? 'draws' : null;
}

const BLOCKING = /^(time\.sleep|requests\.(get|head)|httpx\.(get|head)|urllib\.request\.urlopen|socket\.create_connection|subprocess\.(run|call|check_call|check_output|getoutput)|os\.system)$/; // prettier-ignore

/** It stops the whole thread until it is done. */
export const isBlocking = (path: string | null): boolean => path !== null && BLOCKING.test(path);
/** `asyncio.sleep(0)` only gives way. */
export const takesTime = ({ args }: Call, path: string | null): boolean => !isDelay(path) || args[0]?.kind !== 'number' || Number(args[0].text) !== 0;
export const isDelay = (path: string | null): boolean => path !== null && DELAYS.test(path);
export const isClient = (type: string | undefined): boolean => type !== undefined && CLIENTS.test(type);

/** What a method does by its name alone; null where that does not tell. */
export const knownMethod = (name: string): 'harmless' | 'changes' | null => (HARMLESS.has(name) ? 'harmless' : CHANGES.has(name) ? 'changes' : null);

/** The call hands out a connection, a file or a task that belongs to the caller alone. */
export function opens(value: Expr | null, file: string, cx: Context): boolean {
  const call = value?.kind === 'await' ? value.value : value;
  if (call?.kind !== 'call') return false;
  const path = cx.resolve(call.callee, file, call.span.start) ?? '';
  return ASKS.test(path) || RUNS.test(path) || /^asyncio\.(create_task|ensure_future)$/.test(path) || (path === 'builtins.open' && onlyReads(call));
}

const sendsData = ({ args, keywords }: Call): boolean => args.length > 1 || keywords.some(({ name }) => name === 'data');

function onlyReads({ args, keywords }: Call): boolean {
  const mode = args[1] ?? keywords.find(({ name }) => name === 'mode')?.value;
  const plain = args.every(({ kind }) => kind !== 'spread') && keywords.every(({ value }) => value.kind !== 'spread');
  return plain && (mode === undefined || (mode.kind === 'string' && /^['"]r?b?t?['"]$/.test(mode.text)));
}
