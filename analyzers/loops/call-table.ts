import type { IoKind, Purity } from '../types';

/** What a call does as far as a loop's trips are concerned. */
export interface Effectfulness {
  purity: Purity;
  io: IoKind | null;
  /** Completes "`name` …" */
  why: string;
  /** Random draws that do not depend on other calls: from a generator that the function is given, or from the shared one that it seeds first. */
  draws?: { from: 'parameter'; name: string } | { from: 'seeded' };
  /** The trip's own generator that it draws from. */
  advances?: string;
}

const PURE: Effectfulness = { purity: 'pure', io: null, why: 'only computes' };
const READS: Effectfulness = { purity: 'reads', io: null, why: 'only looks at its object' };
const RNG: Effectfulness = { purity: 'rng', io: null, why: 'draws from a random generator, so each trip depends on the ones before it' };
const io = (kind: IoKind, why: string): Effectfulness => ({ purity: 'io', io: kind, why });
const DISK = io('disk', 'reads or writes files');
const NETWORK = io('network', 'waits for the network');
const SUBPROCESS = io('subprocess', 'starts a program');
const DATABASE = io('database', 'asks a database');
const SLEEP = io('sleep', 'waits');
const CONSOLE = io('console', 'reads or writes the console');
const MUTATES: Effectfulness = { purity: 'mutates', io: null, why: 'changes its object' };
const MUTATES_ARGUMENT: Effectfulness = { purity: 'mutates', io: null, why: 'changes what it is given' };

const words = (text: string): Set<string> => new Set(text.split(' '));

const IMPURE_BUILTINS: Record<string, Effectfulness> = {
  print: CONSOLE, input: CONSOLE, open: DISK, next: { ...MUTATES_ARGUMENT, why: 'takes an item from an iterator' }, setattr: MUTATES_ARGUMENT, delattr: MUTATES_ARGUMENT,
  id: READS, globals: READS, locals: READS, vars: READS, getattr: READS, hasattr: READS, anext: MUTATES_ARGUMENT,
  eval: { purity: 'unknown', io: null, why: 'runs code that is made from text' }, exec: { purity: 'unknown', io: null, why: 'runs code that is made from text' },
  compile: PURE, breakpoint: CONSOLE, exit: { purity: 'unknown', io: null, why: 'ends the program' }, quit: { purity: 'unknown', io: null, why: 'ends the program' },
  __import__: { purity: 'unknown', io: null, why: 'imports a module' }, help: CONSOLE,
}; // prettier-ignore

/** Modules whose functions only compute, but for what stands in the table below. */
const PURE_MODULES = words(
  'math cmath statistics itertools functools collections re json operator string textwrap decimal fractions hashlib hmac base64 binascii zlib bisect struct ' +
    'unicodedata difflib html copy types enum dataclasses typing numbers abc calendar zoneinfo colorsys keyword ipaddress uuid array numpy scipy pandas ' +
    'datetime time contextlib warnings heapq os.path posixpath ntpath urllib.parse pathlib sympy networkx shapely',
);

/** The longest matching prefix decides: a whole dotted name, or a module with all that is in it. */
const KNOWN: Record<string, Effectfulness> = {
  random: RNG, 'random.Random': PURE, 'random.SystemRandom': PURE, 'numpy.random': RNG, 'numpy.random.SeedSequence': PURE, 'numpy.random.PCG64': PURE, 'numpy.random.PCG64DXSM': PURE, 'numpy.random.Philox': PURE, 'numpy.random.MT19937': PURE, 'numpy.random.SFC64': PURE, 'numpy.random.Generator': PURE,
  secrets: RNG, 'os.urandom': RNG, 'uuid.uuid4': RNG, 'uuid.uuid1': RNG, 'scipy.stats.rvs': RNG, torch: { purity: 'unknown', io: null, why: 'is not known to Hotloop' },
  'time.sleep': SLEEP, 'asyncio.sleep': SLEEP, 'time.time': READS, 'time.perf_counter': READS, 'time.monotonic': READS, 'time.process_time': READS,
  'datetime.datetime.now': READS, 'datetime.datetime.today': READS, 'datetime.date.today': READS, 'datetime.datetime.utcnow': READS,
  'urllib.request': NETWORK, 'urllib.request.Request': PURE, requests: NETWORK, httpx: NETWORK, aiohttp: NETWORK, 'http.client': NETWORK, socket: NETWORK, ssl: NETWORK, ftplib: NETWORK, smtplib: NETWORK,
  imaplib: NETWORK, urllib3: NETWORK, boto3: NETWORK, paramiko: NETWORK, 'requests.Session': PURE, 'requests.session': PURE, 'http.client.HTTPConnection': PURE, 'http.client.HTTPSConnection': PURE,
  subprocess: SUBPROCESS, 'os.system': SUBPROCESS, 'os.popen': SUBPROCESS, 'os.spawnl': SUBPROCESS, 'os.kill': { purity: 'unknown', io: null, why: 'sends a signal to a program' },
  sqlite3: DATABASE, psycopg2: DATABASE, psycopg: DATABASE, pymysql: DATABASE, MySQLdb: DATABASE, sqlalchemy: DATABASE, pymongo: DATABASE, redis: DATABASE, duckdb: DATABASE,
  'io.StringIO': PURE, 'io.BytesIO': PURE, 'io.open': DISK, gzip: DISK, 'gzip.compress': PURE, 'gzip.decompress': PURE, bz2: DISK, 'bz2.compress': PURE, 'bz2.decompress': PURE,
  lzma: DISK, 'lzma.compress': PURE, 'lzma.decompress': PURE, zipfile: DISK, tarfile: DISK, shutil: DISK, tempfile: DISK, glob: DISK, fileinput: DISK,
  'codecs.open': DISK, 'csv.reader': READS, 'csv.DictReader': READS, 'csv.writer': READS, 'pickle.load': DISK, 'pickle.dump': DISK, 'pickle.loads': PURE, 'pickle.dumps': PURE,
  'json.load': DISK, 'json.dump': DISK, 'PIL.Image.open': DISK, 'cv2.imread': DISK, 'cv2.imwrite': DISK, 'os.path.exists': DISK, 'os.path.getsize': DISK, 'os.path.getmtime': DISK,
  'os.path.isfile': DISK, 'os.path.isdir': DISK, 'os.listdir': DISK, 'os.walk': DISK, 'os.scandir': DISK, 'os.stat': DISK, 'os.remove': DISK, 'os.unlink': DISK, 'os.rename': DISK,
  'os.replace': DISK, 'os.makedirs': DISK, 'os.mkdir': DISK, 'os.rmdir': DISK, 'os.open': DISK, 'os.read': DISK, 'os.write': DISK, 'os.getcwd': READS, 'os.getenv': READS,
  'os.environ.get': READS, 'os.cpu_count': READS, 'os.getpid': READS, 'os.fspath': PURE,
  'numpy.load': DISK, 'numpy.save': DISK, 'numpy.savez': DISK, 'numpy.savez_compressed': DISK, 'numpy.loadtxt': DISK, 'numpy.savetxt': DISK, 'numpy.genfromtxt': DISK, 'numpy.fromfile': DISK,
  'numpy.memmap': DISK, 'numpy.copyto': MUTATES_ARGUMENT, 'numpy.put': MUTATES_ARGUMENT, 'numpy.putmask': MUTATES_ARGUMENT, 'numpy.place': MUTATES_ARGUMENT, 'numpy.fill_diagonal': MUTATES_ARGUMENT,
  'numpy.add.at': MUTATES_ARGUMENT, 'numpy.seterr': { purity: 'mutates', io: null, why: 'changes how NumPy treats errors' },
  'pandas.read_csv': DISK, 'pandas.read_parquet': DISK, 'pandas.read_excel': DISK, 'pandas.read_json': DISK, 'pandas.read_sql': DATABASE, 'pandas.read_html': NETWORK, 'pandas.read_pickle': DISK,
  'scipy.io': DISK, 'heapq.heappush': MUTATES_ARGUMENT, 'heapq.heappop': MUTATES_ARGUMENT, 'heapq.heapify': MUTATES_ARGUMENT, 'heapq.heapreplace': MUTATES_ARGUMENT,
  'heapq.heappushpop': MUTATES_ARGUMENT, 'bisect.insort': MUTATES_ARGUMENT, 'bisect.insort_left': MUTATES_ARGUMENT, 'bisect.insort_right': MUTATES_ARGUMENT,
  'operator.setitem': MUTATES_ARGUMENT, 'operator.iadd': MUTATES_ARGUMENT, logging: io('console', 'writes a log record'), 'logging.getLogger': READS, 'warnings.warn': CONSOLE, 'sys.stdout.write': CONSOLE, 'sys.stderr.write': CONSOLE,
  'sys.stdin.readline': CONSOLE, 'sys.stdin.read': CONSOLE, 'sys.exit': { purity: 'pure', io: null, why: 'ends the program by an exception' }, 'sys.getsizeof': READS, sys: READS,
  'gc.collect': READS, 'struct.pack_into': MUTATES_ARGUMENT,
  'pathlib.Path': PURE, 'pathlib.Path.cwd': READS, 'multiprocessing': { purity: 'unknown', io: null, why: 'works with other processes' },
  threading: { purity: 'unknown', io: null, why: 'works with threads' }, 'concurrent.futures': { purity: 'unknown', io: null, why: 'works with a pool' },
  queue: { purity: 'unknown', io: null, why: 'works with a queue' }, 'asyncio': { purity: 'unknown', io: null, why: 'works with the event loop' }, tqdm: CONSOLE,
}; // prettier-ignore

/** Of a dotted path as names resolve: `math.sqrt`, `builtins.sum`. Null: nothing is known of it. */
export function knownCall(path: string, argumentCount: number, keywords: readonly string[]): Effectfulness | null {
  if (path.startsWith('builtins.')) {
    const name = path.slice('builtins.'.length);
    return name.includes('.') ? builtinMethod(name) : (IMPURE_BUILTINS[name] ?? PURE);
  }
  if (keywords.includes('out') && /^(numpy|scipy)\./.test(path)) return { ...MUTATES_ARGUMENT, why: 'writes into the array given as `out`' };
  if (path === 'numpy.random.default_rng' || path === 'numpy.random.RandomState') return argumentCount > 0 || keywords.includes('seed') ? PURE : RNG;
  if (path.endsWith('.rvs')) return RNG;
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const prefix = parts.slice(0, length).join('.');
    const known = Object.hasOwn(KNOWN, prefix) ? KNOWN[prefix] : undefined;
    if (known) return known;
    if (PURE_MODULES.has(prefix)) return PURE;
  }
  return null;
}

/** `str.join(...)`, `dict.fromkeys(...)`: the object is the first argument. */
function builtinMethod(name: string): Effectfulness {
  const method = name.slice(name.lastIndexOf('.') + 1);
  return MUTATING_METHODS.has(method) ? MUTATES_ARGUMENT : PURE;
}

export const MUTATING_METHODS = words(
  'append extend insert remove pop clear sort reverse add discard update setdefault popitem popleft appendleft extendleft rotate subtract difference_update ' +
    'intersection_update symmetric_difference_update fill resize itemset partition_in_place move_to_end put write writelines seek truncate writerow writerows',
);
/** Methods that only look, whatever the object is likely to be. */
const READING_METHODS = words(
  'items keys values copy count index get most_common elements total union intersection difference symmetric_difference issubset issuperset isdisjoint ' +
    'split rsplit strip lstrip rstrip join lower upper title capitalize casefold swapcase replace format format_map startswith endswith find rfind rindex splitlines ' +
    'partition rpartition zfill ljust rjust center expandtabs translate encode decode isdigit isalpha isalnum isspace isupper islower isnumeric isdecimal isidentifier istitle ' +
    'removeprefix removesuffix hex bit_length bit_count to_bytes is_integer as_integer_ratio conjugate ' +
    'sum mean std var min max prod any all argmin argmax argsort cumsum cumprod dot reshape ravel flatten astype tolist item transpose squeeze take repeat round clip nonzero trace view diagonal swapaxes searchsorted ' +
    'group groups groupdict start end span match search fullmatch findall finditer sub subn ' +
    'head tail iterrows itertuples groupby merge isna notna fillna dropna sort_values reset_index set_index apply agg unique nunique value_counts describe quantile ' +
    'isoformat strftime date time timestamp total_seconds weekday isoweekday toordinal timetuple hexdigest digest ' +
    'with_suffix with_name joinpath relative_to as_posix sqrt ln log10 exp quantize normalize limit_denominator',
);
const FILE_METHODS = words('read readline readlines read_text read_bytes write_text write_bytes exists is_file is_dir stat unlink mkdir rmdir touch iterdir glob rglob write writelines flush close to_csv to_parquet savefig open'); // prettier-ignore
const NETWORK_METHODS = words('urlopen getresponse recv send sendall connect request');
const DATABASE_METHODS = words('execute executemany executescript fetchone fetchall fetchmany commit rollback cursor');
const RNG_METHODS = words(
  'random uniform normal standard_normal integers randint randrange randn rand choice choices sample shuffle permutation permuted gauss normalvariate expovariate ' +
    'poisson exponential standard_exponential beta gamma standard_gamma binomial multivariate_normal lognormal triangular betavariate gammavariate lognormvariate weibull bytes spawn rvs getrandbits',
);
/** Names that mean nothing but a draw, whatever the object. */
const SURE_RNG_METHODS = words(
  'standard_normal integers randint randrange randn permutation gauss normalvariate expovariate shuffle standard_exponential getrandbits rvs multivariate_normal lognormal',
);
const CONTAINERS = words('list dict set frozenset tuple str bytes bytearray int float bool complex collections.Counter collections.defaultdict collections.OrderedDict collections.deque Counter defaultdict deque OrderedDict ndarray numpy.ndarray range'); // prettier-ignore

/** Of a method call whose object is known by its type at most. `type`: as sampled or made (`list`, `numpy.random.Generator`), null when unknown. */
export function methodCall(method: string, type: string | null): Effectfulness | null {
  // A class of the script itself may be called as it likes.
  if (type?.startsWith('__main__.')) return null;
  const last = type === null ? '' : type.slice(type.lastIndexOf('.') + 1);
  if (/^(Generator|RandomState|Random|SystemRandom)$/.test(last)) return RNG_METHODS.has(method) ? RNG : MUTATES;
  if (type !== null && CONTAINERS.has(type)) {
    if (type === 'ndarray' || type === 'numpy.ndarray') return words('sort fill resize put itemset partition setfield').has(method) ? MUTATES : method === 'tofile' ? DISK : PURE; // prettier-ignore
    return MUTATING_METHODS.has(method) ? MUTATES : READS;
  }
  if (/^(TextIOWrapper|BufferedReader|BufferedWriter|BufferedRandom|FileIO|PosixPath|WindowsPath|Path|GzipFile|ZipFile)$/.test(last))
    return FILE_METHODS.has(method) ? DISK : READS;
  if (/^(StringIO|BytesIO)$/.test(last)) return MUTATES;
  if (/^(Session|Client|HTTPConnection|HTTPSConnection|socket|SSLSocket|HTTPResponse|Response)$/.test(last)) return NETWORK;
  if (/^(Connection|Cursor)$/.test(last)) return DATABASE;
  if (/^(Logger|RootLogger)$/.test(last)) return io('console', 'writes a log record');
  if (type !== null) return null;
  if (SURE_RNG_METHODS.has(method)) return RNG;
  if (DATABASE_METHODS.has(method)) return DATABASE;
  if (NETWORK_METHODS.has(method)) return NETWORK;
  if (FILE_METHODS.has(method)) return DISK;
  if (MUTATING_METHODS.has(method)) return MUTATES;
  // `get` of a dictionary looks; `get` of a session or a queue does not.
  if (method === 'get') return null;
  return READING_METHODS.has(method) ? READS : null;
}
