/**
 * What functions of the standard library and of common packages do, by their dotted names. A module's name stands for everything in it; the longest name
 * that fits decides. Methods of objects are in method-names.ts.
 */
export type CallKind =
  | 'pure'
  | 'looks'
  | 'clock'
  | 'random'
  | 'disk-read'
  | 'disk-write'
  | 'disk-order'
  | 'network-read'
  | 'network-send'
  | 'subprocess'
  | 'database'
  | 'sleep'
  | 'console'
  | 'log'
  | 'changes-first'
  | 'changes-setting'
  | 'ends'
  | 'made-at-run-time'
  | 'processes'
  | 'threads'
  | 'event-loop'
  | 'unheard';

/** By area, so that a reader finds what belongs together. */
export const FUNCTIONS: readonly (readonly [CallKind, string])[] = [
  // Builtins: what is not named here only computes.
  ['console', 'builtins.print builtins.input builtins.breakpoint builtins.help'],
  ['disk-read', 'builtins.open'],
  ['changes-first', 'builtins.next builtins.anext builtins.setattr builtins.delattr'],
  ['looks', 'builtins.id builtins.globals builtins.locals builtins.vars builtins.getattr builtins.hasattr builtins.dir'],
  ['made-at-run-time', 'builtins.eval builtins.exec builtins.__import__ importlib.import_module'],
  ['ends', 'builtins.exit builtins.quit os._exit os.abort'],

  // Numbers.
  ['pure', 'math cmath statistics decimal fractions numbers operator colorsys'],
  ['changes-setting', 'decimal.getcontext decimal.setcontext decimal.localcontext numpy.seterr numpy.set_printoptions locale.setlocale'],
  ['changes-first', 'operator.setitem operator.delitem operator.iadd operator.isub operator.imul operator.iand operator.ior operator.ixor operator.iconcat'],
  ['random', 'random secrets numpy.random os.urandom uuid.uuid1 uuid.uuid4 scipy.stats.rvs'],
  ['pure', 'random.Random random.SystemRandom numpy.random.SeedSequence numpy.random.PCG64 numpy.random.PCG64DXSM numpy.random.Philox numpy.random.MT19937 numpy.random.SFC64 numpy.random.Generator'],

  // Text and data formats.
  ['pure', 're string textwrap unicodedata difflib html json base64 binascii struct hashlib hmac zlib codecs quopri keyword ipaddress uuid shlex fnmatch urllib.parse email xml.etree tomllib csv ast tokenize pprint.pformat reprlib'],
  ['changes-first', 'struct.pack_into'],
  ['looks', 'csv.reader csv.DictReader csv.writer csv.DictWriter'],
  ['disk-read', 'json.load pickle.load marshal.load tomllib.load codecs.open'],
  ['disk-order', 'json.dump pickle.dump marshal.dump'],
  ['pure', 'pickle.loads pickle.dumps marshal.loads marshal.dumps'],
  ['console', 'pprint.pprint pprint.pp'],

  // Containers and functions.
  ['pure', 'collections itertools functools copy types enum dataclasses typing abc array contextlib bisect heapq graphlib weakref'],
  ['changes-first', 'heapq.heappush heapq.heappop heapq.heapify heapq.heapreplace heapq.heappushpop bisect.insort bisect.insort_left bisect.insort_right'],

  // Time.
  ['pure', 'datetime time calendar zoneinfo'],
  ['clock', 'time.time time.time_ns time.perf_counter time.perf_counter_ns time.monotonic time.monotonic_ns time.process_time time.thread_time time.localtime time.gmtime time.ctime datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow datetime.date.today'],
  ['sleep', 'time.sleep asyncio.sleep'],

  // Files and the system.
  ['pure', 'os.path posixpath ntpath pathlib os.fspath os.sep os.fsencode os.fsdecode stat errno'],
  ['looks', 'os.getcwd os.getenv os.environ.get os.cpu_count os.getpid os.getppid os.name os.sched_getaffinity pathlib.Path.cwd pathlib.Path.home sys platform gc resource tracemalloc psutil inspect'],
  ['disk-read', 'os.path.exists os.path.isfile os.path.isdir os.path.islink os.path.getsize os.path.getmtime os.path.getctime os.path.realpath os.listdir os.walk os.scandir os.stat os.lstat os.access os.open os.pread glob linecache fileinput mimetypes filecmp'],
  ['disk-write', 'os.remove os.unlink os.mkdir os.makedirs os.utime os.chmod os.truncate os.mkfifo'],
  ['disk-order', 'os.rename os.replace os.renames os.rmdir os.removedirs os.link os.symlink os.read os.lseek os.sendfile os.write os.pwrite os.fsync shutil tempfile.mkdtemp'],
  ['disk-read', 'shutil.disk_usage shutil.which tempfile io.open gzip bz2 lzma zipfile tarfile'],
  ['pure', 'io.StringIO io.BytesIO io.TextIOWrapper gzip.compress gzip.decompress bz2.compress bz2.decompress bz2.BZ2Compressor bz2.BZ2Decompressor lzma.compress lzma.decompress zipfile.ZipInfo'],
  ['changes-setting', 'os.chdir os.putenv os.unsetenv os.umask os.environ.update os.environ.setdefault os.environ.pop os.environ.clear sys.setrecursionlimit sys.path.append sys.path.insert signal warnings.filterwarnings warnings.simplefilter logging.basicConfig logging.disable atexit gc.disable gc.enable gc.freeze socket.setdefaulttimeout'],
  ['console', 'sys.stdout.write sys.stderr.write sys.stdout.flush sys.stderr.flush sys.stdin sys.stdout.writelines warnings.warn'],
  ['log', 'logging'],
  ['pure', 'logging.Formatter logging.StreamHandler'],
  ['looks', 'logging.getLogger'],
  ['changes-setting', 'warnings.catch_warnings warnings.warn_explicit warnings.resetwarnings'],
  ['unheard', 'sys.getrefcount gc enum.auto'],
  ['pure', 'warnings argparse traceback.format_exc traceback.format_exception sys.exit sys.intern sys.getsizeof'],
  ['console', 'traceback.print_exc traceback.print_exception tqdm click.echo click.secho rich.print'],

  // Other programs, other processes, threads.
  ['subprocess', 'subprocess os.system os.popen os.spawnl os.spawnv os.spawnlp os.spawnvp os.posix_spawn os.startfile sh pexpect'],
  ['processes', 'multiprocessing os.fork os.wait os.waitpid os.kill os.killpg joblib dask ray mpi4py'],
  ['threads', 'threading concurrent.futures queue sched contextvars'],
  ['pure', 'threading.Lock threading.RLock threading.Semaphore threading.Event threading.Condition threading.local queue.Queue queue.SimpleQueue queue.LifoQueue queue.PriorityQueue contextvars.ContextVar'],
  ['looks', 'threading.current_thread threading.get_ident threading.active_count threading.enumerate multiprocessing.cpu_count multiprocessing.current_process'],
  ['event-loop', 'asyncio trio anyio curio'],

  // Network.
  ['network-read', 'urllib.request urllib3 http.client ftplib imaplib poplib telnetlib dns paramiko boto3 botocore google.cloud'],
  ['network-read', 'requests httpx aiohttp socket ssl websockets grpc'],
  ['network-send', 'requests.post requests.put requests.patch requests.delete httpx.post httpx.put httpx.patch httpx.delete smtplib xmlrpc'],
  ['pure', 'urllib.request.Request urllib.error requests.Session requests.session requests.Request requests.exceptions requests.adapters requests.auth httpx.Client httpx.AsyncClient httpx.Timeout aiohttp.ClientSession aiohttp.ClientTimeout http.client.HTTPConnection http.client.HTTPSConnection http.HTTPStatus socket.socket socket.inet_aton socket.inet_ntoa socket.htons socket.ntohs ssl.create_default_context'],

  // Databases.
  ['database', 'sqlite3 psycopg2 psycopg pymysql MySQLdb mysql.connector sqlalchemy pymongo redis duckdb cx_Oracle oracledb pyodbc asyncpg aiosqlite peewee django.db'],
  ['pure', 'sqlite3.Row sqlite3.register_adapter'],

  // Arrays, tables, science.
  ['pure', 'numpy scipy pandas sympy networkx shapely sklearn.metrics skimage.color skimage.filters skimage.transform numexpr bottleneck statsmodels.api'],
  ['disk-read', 'numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile numpy.memmap scipy.io pandas.read_csv pandas.read_parquet pandas.read_excel pandas.read_json pandas.read_pickle pandas.read_hdf pandas.read_feather pandas.read_table pandas.read_fwf pandas.read_xml PIL.Image.open cv2.imread skimage.io.imread imageio.imread imageio.v2.imread matplotlib.image.imread soundfile.read h5py netCDF4 nibabel.load'],
  ['disk-order', 'numpy.save numpy.savez numpy.savez_compressed numpy.savetxt scipy.io.savemat cv2.imwrite imageio.imwrite soundfile.write'],
  ['database', 'pandas.read_sql pandas.read_sql_query pandas.read_sql_table'],
  ['network-read', 'pandas.read_html'],
  ['changes-first', 'numpy.copyto numpy.put numpy.putmask numpy.place numpy.fill_diagonal numpy.put_along_axis numpy.add.at numpy.subtract.at numpy.multiply.at numpy.divide.at numpy.maximum.at numpy.minimum.at numpy.bitwise_or.at numpy.logical_or.at'],
  ['pure', 'PIL.Image cv2'],
  ['changes-first', 'cv2.line cv2.circle cv2.rectangle cv2.putText cv2.fillPoly cv2.drawContours'],
  ['changes-setting', 'matplotlib'],
  ['unheard', 'torch tensorflow jax cupy'],
]; // prettier-ignore

/** Draws from a shared generator that change what they are given as well. */
export const SHUFFLES = new Set(['random.shuffle', 'numpy.random.shuffle']);
/** Builtins that take every item of an iterator, or the next one. */
export const CONSUMERS = new Set(
  'list tuple set frozenset dict sum min max any all sorted next zip map filter enumerate bytes bytearray'
    .split(' ')
    .map((name) => `builtins.${name}`),
);
