import type { IoKind, Profile } from '../types';
import type { SiteCall, Sites } from './sites';

/** What a line waits for: the outside world, workers of the program's own (`workers`), or whatever its coroutines wait for (`loop`). */
export type WaitFor = IoKind | 'workers' | 'loop';

const LIBRARIES: [RegExp, WaitFor][] = [
  [/^(multiprocessing|concurrent|joblib|loky|dask|distributed|ray|queue|threading|_threading_local|billiard)(\/|$)/, 'workers'],
  [/^(asyncio|anyio|trio|uvloop|curio)(\/|$)/, 'loop'],
  [/^subprocess$/, 'subprocess'],
  [/^(sqlite3|psycopg2?|pymysql|MySQLdb|mysql|sqlalchemy|peewee|pymongo|redis|asyncpg|cx_Oracle|oracledb|pyodbc)(\/|$)/, 'database'],
  [/^(socket|ssl|http|urllib|urllib3|requests|httpx|aiohttp|ftplib|smtplib|poplib|imaplib|telnetlib|xmlrpc|socketserver|selectors|paramiko|websockets?|grpc)(\/|$)/, 'network'],
  [/^(shutil|pathlib|tempfile|gzip|bz2|lzma|zipfile|tarfile|io|_pyio|os|glob|fileinput|shelve|dbm|<frozen codecs>|<frozen os>|mmap)(\/|$)/, 'disk'],
]; // prettier-ignore
const PATHS: [RegExp, WaitFor][] = [
  [/^time\.sleep$|^asyncio\.sleep$|^(gevent|trio|anyio)\.sleep/, 'sleep'],
  [/^(subprocess|asyncio\.create_subprocess)|^os\.(system|popen|wait|waitpid|spawn)/, 'subprocess'],
  [/^(sqlite3|psycopg2?|pymysql|sqlalchemy|pymongo|redis|asyncpg)\./, 'database'],
  [/^(socket|ssl|http|urllib|requests|httpx|aiohttp|urllib3|select|selectors|ftplib|smtplib)\.|^asyncio\.(open_connection|open_unix_connection|start_server)/, 'network'],
  [/^(multiprocessing|concurrent|threading|queue|joblib)\.|^asyncio\.(to_thread|wait_for_thread)/, 'workers'],
  [/^os\.|^builtins\.open$|^(shutil|pathlib|io|tempfile|mmap|gzip)\./, 'disk'],
]; // prettier-ignore
const TYPES: [RegExp, WaitFor][] = [
  [/(^|\.)(Popen|Process)$/, 'subprocess'],
  [/sqlite3\.|(^|\.)(Connection|Cursor|Session|Engine)$/, 'database'],
  [/(^|\.)(socket|SSLSocket|HTTPResponse|HTTPConnection|HTTPSConnection|StreamReader|StreamWriter|SocketIO|Response|OpenerDirector|FTP|SMTP)$/, 'network'],
  [/_io\.|(^|\.)(TextIOWrapper|BufferedReader|BufferedWriter|BufferedRandom|FileIO|mmap|PosixPath|WindowsPath|Path|GzipFile)$/, 'disk'],
  [/multiprocessing|concurrent|threading|queue|(^|\.)(Pool|ThreadPool|Future|Thread|Queue|SimpleQueue|JoinableQueue|Event|Lock|RLock|Semaphore|SemLock|Condition|Barrier)$/, 'workers'],
]; // prettier-ignore
const METHODS: [RegExp, WaitFor][] = [
  [/^(recv|recv_into|recvfrom|accept|sendall|connect|getresponse|urlopen|readuntil|readexactly|drain)$/, 'network'],
  [/^(execute|executemany|executescript|commit|fetchall|fetchone|fetchmany)$/, 'database'],
  [/^(communicate|poll|wait)$/, 'subprocess'],
  [/^(join|result|acquire|get|map|imap|imap_unordered|starmap|shutdown|as_completed)$/, 'workers'],
  [/^(read|readline|readlines|readinto|write|writelines|flush|seek|read_text|read_bytes|write_text|write_bytes)$/, 'disk'],
];

const first = (table: [RegExp, WaitFor][], text: string): WaitFor | null => table.find(([pattern]) => pattern.test(text))?.[1] ?? null;

export const isWorkers = (library: string): boolean => first(LIBRARIES, library) === 'workers';

/** Code that starts, feeds and switches between tasks, an event loop's included. */
export const isScheduling = (library: string): boolean => isWorkers(library) || /^asyncio\//.test(library);

/** By what the call is; null where that says nothing. */
export function waitOfCall({ path, method, receiver, own }: SiteCall): WaitFor | null {
  if (own) return null;
  if (path !== null) return first(PATHS, path);
  const byType = receiver ? first(TYPES, receiver.type) : null;
  // multiprocessing.Process has the name of psutil's, and both are joined.
  if (byType === 'subprocess' && receiver && /multiprocessing|context/.test(receiver.type)) return 'workers';
  return byType ?? (method === null ? null : first(METHODS, method));
}

/** What a line of the profile waits for; null where neither what ran, what stands there nor its effects tell. */
export function waitOfLine(profile: Profile, sites: Sites, file: string, line: number): WaitFor | null {
  const libraries = (profile.libraries ?? []).filter((one) => one.file === file && one.line === line);
  const [most] = [...libraries].sort((a, b) => b.wait - a.wait);
  if (most && most.wait > 0) {
    const found = first(LIBRARIES, most.called) ?? first(LIBRARIES, most.running);
    if (found === 'workers' && sites.at(file, line).calls.some((call) => call.path?.startsWith('asyncio.') === true)) return 'loop';
    if (found !== null) return found;
  }
  const { calls } = sites.at(file, line);
  const kinds = calls.flatMap((call) => waitOfCall(call) ?? []);
  const strongest = ORDER.find((kind) => kinds.includes(kind));
  if (strongest !== undefined) return strongest;
  const there = profile.effects.filter((effect) => effect.file === file && effect.line === line);
  for (const [effect, kind] of EFFECTS) if (there.some((one) => one.kind === effect)) return kind;
  return null;
}

const ORDER: WaitFor[] = ['sleep', 'network', 'subprocess', 'database', 'workers', 'disk', 'loop'];
const EFFECTS = [
  ['network', 'network'],
  ['subprocess', 'subprocess'],
  ['database', 'database'],
  ['sleep', 'sleep'],
  ['file-write', 'disk'],
  ['file-read', 'disk'],
] as const;

/** What coroutines wait for in turn, by what they await. */
export function waitOfLoop(profile: Profile, sites: Sites): IoKind | null {
  const kinds = sites.awaited().flatMap((call) => waitOfCall(call) ?? []);
  const found = (['network', 'database', 'subprocess'] as const).find((kind) => kinds.includes(kind));
  if (found !== undefined) return found;
  if (profile.effects.some((effect) => effect.kind === 'network')) return 'network';
  if (kinds.includes('sleep')) return 'sleep';
  return profile.effects.some((effect) => effect.kind === 'subprocess') ? 'subprocess' : null;
}
