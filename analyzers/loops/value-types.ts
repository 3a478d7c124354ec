import type { Expr, FunctionIR } from '../types';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { attributeValues, ownClassType, typeOfSelf } from './classes';
import { assignmentsOf, functionIn, resolveIn, valuesGiven, type Environment } from './environment';

/** Types that calls return, named as in ValueFact or by the last part of their class's name. */
const RETURNED: Record<string, string> = {
  TextIOWrapper: 'builtins.open gzip.open io.open bz2.open lzma.open codecs.open os.fdopen tempfile.TemporaryFile tempfile.NamedTemporaryFile',
  Path: 'pathlib.Path pathlib.PurePath',
  'requests.Session': 'requests.Session requests.session',
  'requests.Response': 'requests.get requests.post requests.put requests.delete requests.head requests.request',
  'httpx.Client': 'httpx.Client',
  Connection: 'sqlite3.connect psycopg2.connect psycopg.connect pymysql.connect duckdb.connect',
  Logger: 'logging.getLogger',
  'random.Random': 'random.Random',
  'numpy.random.Generator': 'numpy.random.default_rng numpy.random.Generator',
  'numpy.random.RandomState': 'numpy.random.RandomState',
  StringIO: 'io.StringIO',
  BytesIO: 'io.BytesIO',
  HTTPResponse: 'urllib.request.urlopen',
  HTTPConnection: 'http.client.HTTPConnection http.client.HTTPSConnection',
  socket: 'socket.socket socket.create_connection',
  Counter: 'collections.Counter',
  defaultdict: 'collections.defaultdict',
  deque: 'collections.deque',
  OrderedDict: 'collections.OrderedDict',
  list: 'builtins.sorted os.listdir glob.glob random.sample random.choices heapq.nlargest heapq.nsmallest re.findall re.split',
  str: 'builtins.input builtins.repr builtins.chr builtins.ascii builtins.hex builtins.bin builtins.oct builtins.format json.dumps os.path.join os.path.basename os.path.dirname os.getcwd re.sub textwrap.dedent',
  bytes: 'pickle.dumps zlib.compress zlib.decompress struct.pack os.urandom base64.b64encode base64.b64decode gzip.compress gzip.decompress',
  int: 'builtins.len builtins.ord builtins.hash builtins.id math.floor math.ceil math.gcd math.isqrt math.comb math.perm math.factorial math.trunc random.randint random.randrange bisect.bisect bisect.bisect_left bisect.bisect_right zlib.crc32 operator.index',
  float: 'math.sqrt math.sin math.cos math.tan math.asin math.acos math.atan math.atan2 math.exp math.log math.log2 math.log10 math.log1p math.expm1 math.hypot math.fabs math.fsum math.radians math.degrees math.dist math.erf math.gamma math.fmod math.copysign math.sinh math.cosh math.tanh random.random random.uniform random.gauss time.time time.perf_counter time.monotonic',
  bool: 'builtins.isinstance builtins.callable builtins.hasattr builtins.any builtins.all math.isclose math.isnan math.isinf math.isfinite os.path.exists os.path.isfile os.path.isdir',
  _Hash: 'hashlib.new hashlib.md5 hashlib.sha1 hashlib.sha224 hashlib.sha256 hashlib.sha384 hashlib.sha512 hashlib.blake2b hashlib.blake2s hashlib.sha3_256 hashlib.sha3_512',
  HMAC: 'hmac.new hmac.HMAC',
  'zlib.Compress': 'zlib.compressobj',
  'zlib.Decompress': 'zlib.decompressobj',
  _writer: 'csv.writer csv.DictWriter',
  iterator: 'builtins.iter builtins.map builtins.filter builtins.zip builtins.enumerate builtins.reversed csv.reader csv.DictReader itertools.chain itertools.islice itertools.cycle itertools.count itertools.accumulate itertools.starmap itertools.takewhile itertools.dropwhile itertools.groupby itertools.zip_longest itertools.pairwise itertools.product itertools.combinations itertools.permutations itertools.tee re.finditer os.scandir os.walk glob.iglob',
  Decimal: 'decimal.Decimal',
  Fraction: 'fractions.Fraction',
  'datetime.datetime': 'datetime.datetime datetime.datetime.now datetime.datetime.fromisoformat datetime.datetime.strptime datetime.datetime.fromtimestamp datetime.datetime.utcnow',
  'datetime.date': 'datetime.date datetime.date.today datetime.date.fromisoformat',
  'datetime.timedelta': 'datetime.timedelta',
  're.Pattern': 're.compile',
  're.Match': 're.match re.search re.fullmatch',
  DataFrame: 'pandas.DataFrame pandas.read_csv pandas.read_parquet pandas.read_json pandas.read_excel pandas.read_sql pandas.merge pandas.concat pandas.pivot_table',
  Series: 'pandas.Series',
  CompletedProcess: 'subprocess.run',
  Popen: 'subprocess.Popen',
  Namespace: 'argparse.Namespace',
}; // prettier-ignore
const typeOfCall = new Map(Object.entries(RETURNED).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)));

const BUILTIN_TYPES = new Set(['list', 'dict', 'set', 'frozenset', 'tuple', 'str', 'bytes', 'bytearray', 'int', 'float', 'bool', 'complex', 'range']);
const NEW_ARRAY = /^numpy\.(zeros|ones|empty|full|array|arange|linspace|logspace|geomspace|eye|identity|zeros_like|ones_like|empty_like|full_like|copy|tile|repeat|concatenate|stack|vstack|hstack|column_stack|meshgrid|where|sort|argsort|unique|cumsum|cumprod|diff|outer|dot|matmul|sqrt|exp|log|sin|cos|abs|maximum|minimum|clip|round|random\.(rand|randn|random|normal|uniform|randint))$/; // prettier-ignore
export const makesArray = (path: string): boolean => NEW_ARRAY.test(path);

const TEXT_METHODS = new Set(
  'strip lstrip rstrip lower upper title capitalize casefold swapcase replace format join decode zfill ljust rjust center removeprefix removesuffix translate expandtabs hexdigest isoformat strftime read_text readline as_posix'.split(' '),
); // prettier-ignore
const LIST_METHODS = new Set('split rsplit splitlines tolist readlines findall most_common'.split(' '));
const IMMUTABLE = new Set(['int', 'float', 'str', 'bytes', 'bool', 'complex', 'NoneType', 'range', 'Path', 'PosixPath', 'Decimal', 'Fraction', 'datetime.datetime', 'datetime.date', 'datetime.timedelta', 're.Pattern', 're.Match']); // prettier-ignore
const ITERATORS = /^(iterator|generator|TextIOWrapper|Buffered\w+|\w*_?iterator|map|filter|zip|enumerate|reversed|_reader|_csv\.reader|itertools\.\w+|\w+_(key|value|item)iterator)$/; // prettier-ignore

export const isImmutable = (type: string | null): boolean => type !== null && (IMMUTABLE.has(type) || /^(u?int|float|bool|complex)\d+$/.test(type));
/** What is taken from it is gone. */
export const isIterator = (type: string | null): boolean => type !== null && ITERATORS.test(type);

/** As `isIterator`, of what an expression may hold: also of a parameter that the function makes one. */
export function mayBeIterator(env: Environment, expr: Expr): boolean {
  if (isIterator(typeOf(env, expr))) return true;
  const given = expr.kind === 'name' && env.values[expr.name] === undefined ? (assignmentsOf(env.body).get(expr.name) ?? []) : [];
  return given.some((value) => value !== null && isIterator(typeOf(env, value)));
}

/** The type of an expression as far as its form, its assignments and the sampled frames tell; named as in ValueFact. */
export function typeOf(env: Environment, expr: Expr, depth = 0): string | null {
  if (depth > 8) return null;
  const inner = (part: Expr): string | null => typeOf(env, part, depth + 1);
  switch (expr.kind) {
    case 'number':
      return expr.type;
    case 'string':
      return /^\w*b/i.test(expr.text) ? 'bytes' : 'str';
    case 'format':
      return 'str';
    case 'constant':
      return expr.value === 'None' ? 'NoneType' : expr.value === 'Ellipsis' ? null : 'bool';
    case 'compare':
      return null;
    case 'collection':
      return expr.type;
    case 'dict':
      return 'dict';
    case 'loop':
      return expr.loop.sink?.consumer ? null : (expr.loop.sink?.type ?? null);
    case 'named':
      return inner(expr.value);
    case 'conditional': {
      const [then, otherwise] = [inner(expr.then), inner(expr.otherwise)];
      return then === otherwise ? then : null;
    }
    case 'name': {
      const sampled = env.values[expr.name];
      if (sampled) return sampled.type;
      return typeOfSelf(env, expr.name) ?? common((valuesGiven(env, expr.name) ?? []).map((value) => value && inner(value)));
    }
    case 'attribute': {
      const type = inner(expr.object);
      const given = type === null ? null : attributeValues(env, type, expr.attribute);
      return given ? common(given.map(({ value, env: there }) => value && typeOf(there, value, depth + 1))) : null;
    }
    case 'subscript':
      return expr.index.kind === 'slice' ? ((type): string | null => (type === 'list' || type === 'str' || type === 'tuple' || type === 'bytes' || type === 'ndarray' ? type : null))(inner(expr.object)) : null; // prettier-ignore
    case 'unary':
      return expr.op === 'not' ? 'bool' : inner(expr.operand);
    case 'binary':
      return typeOfBinary(inner(expr.left), inner(expr.right), expr.op);
    case 'call':
      return typeOfResult(env, expr, inner);
    default:
      return null;
  }
}

/** The one type that all have; `None` beside another type counts for nothing. */
function common(types: readonly (string | null)[]): string | null {
  const [only, ...others] = new Set(types);
  return others.length === 0 ? (only ?? null) : null;
}

function typeOfBinary(left: string | null, right: string | null, op: string): string | null {
  if (left === 'Path' || left === 'ndarray' || left === 'str' || left === 'bytes') return left;
  if (right === 'ndarray' || (right === 'str' && op === '+')) return right;
  if (left === 'list' || right === 'list') return 'list';
  if (left === 'float' || right === 'float') return 'float';
  return left === 'int' && right === 'int' ? (op === '/' ? 'float' : op === '**' ? null : 'int') : null;
}

function typeOfResult(env: Environment, call: Expr & { kind: 'call' }, inner: (part: Expr) => string | null): string | null {
  const path = resolveIn(env, call.callee);
  if (path !== null) {
    if (NEW_ARRAY.test(path)) return 'ndarray';
    const builtin = path.startsWith('builtins.') ? path.slice('builtins.'.length) : '';
    if (BUILTIN_TYPES.has(builtin)) return builtin;
    const known = ownClassType(env, path) ?? typeOfCall.get(path);
    if (known !== undefined) return known;
    const own = functionIn(env, call.callee);
    return own && isGenerator(own) ? 'generator' : null;
  }
  if (call.callee.kind !== 'attribute') return null;
  const { object, attribute } = call.callee;
  const type = inner(object);
  if (TEXT_METHODS.has(attribute) && (type === 'str' || type === 'bytes' || type === 'Path')) return 'str';
  if (attribute === 'encode' && type === 'str') return 'bytes';
  if (LIST_METHODS.has(attribute) && (type === 'str' || type === 'bytes' || type === 'ndarray' || type === 'TextIOWrapper')) return 'list';
  if (attribute === 'copy') return type;
  if (type === 'Connection' && /^(cursor|execute)$/.test(attribute)) return 'Cursor';
  if (type === 'Path' && attribute === 'open') return 'TextIOWrapper';
  if (/Session$|Client$/.test(type ?? '') && /^(get|post|put|delete|head|request)$/.test(attribute)) return 'requests.Response';
  return null;
}

/** Calling it makes a generator: the body runs as items are taken. */
export function isGenerator(fn: FunctionIR): boolean {
  let yields = generators.get(fn);
  if (yields === undefined) {
    yields = [...eachStmt(fn.body)].some((statement) => stmtExprs(statement).some((top) => [...eachExpr(top)].some((expr) => expr.kind === 'yield')));
    generators.set(fn, yields);
  }
  return yields;
}
const generators = new WeakMap<FunctionIR, boolean>();
