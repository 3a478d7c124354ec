import type { Expr, FunctionIR, Stmt } from '../types';
import { eachStmt, stmtExprs } from '../syntax/python-walk';
import { attributeValues, classesNamed, fieldFactory, ownClassType } from './classes';
import { functionIn, isLocal, resolveIn, valuesGiven, type Environment } from './environment';
import { isGenerator, isImmutable, makesArray, typeOf } from './value-types';

/** 0: others may hold the same object. 1: it is new, what is inside it need not be. 2: it is new through and through, or cannot be changed. */
export type Freshness = 0 | 1 | 2;

const words = (text: string): Set<string> => new Set(text.split(' '));
/** Calls that make something which nobody else holds any part of. A module stands for all of its functions. */
const NEW_THROUGHOUT = words(
  'json.loads json.load copy.deepcopy pickle.loads hashlib hmac zlib base64 binascii struct re math cmath decimal fractions datetime time statistics textwrap string uuid random.Random ' +
    'numpy.random.default_rng numpy.random.RandomState numpy.random.Generator numpy.random.SeedSequence io.StringIO io.BytesIO io.open gzip bz2 lzma pathlib.Path csv.writer csv.DictWriter subprocess.run subprocess.check_output subprocess.Popen ' +
    'requests urllib http.client httpx socket sqlite3.connect psycopg2.connect psycopg.connect threading.Lock threading.RLock threading.local queue.Queue os.listdir os.getcwd os.path.join ' +
    'builtins.open builtins.int builtins.float builtins.str builtins.bytes builtins.bool builtins.complex builtins.len builtins.abs builtins.ord builtins.chr builtins.hash builtins.id builtins.repr ' +
    'builtins.bytearray builtins.range builtins.input builtins.divmod builtins.hex builtins.bin builtins.oct builtins.ascii builtins.format builtins.isinstance builtins.any builtins.all builtins.round builtins.pow',
);
/** These are new, but for what they are made from. */
const NEW_OUTSIDE = words(
  'builtins.list builtins.dict builtins.set builtins.frozenset builtins.tuple builtins.sorted builtins.iter builtins.map builtins.filter builtins.zip builtins.enumerate builtins.reversed ' +
    'collections itertools copy.copy functools.partial heapq.nlargest heapq.nsmallest heapq.merge random.sample random.choices pandas.DataFrame pandas.Series pandas.concat pandas.merge array types.SimpleNamespace csv.reader csv.DictReader',
);
const NEW_METHODS = words('copy split rsplit splitlines tolist astype read readlines strip most_common union intersection difference findall digest hexdigest encode decode format join replace lower upper title lstrip rstrip json'); // prettier-ignore
const listed = (table: ReadonlySet<string>, path: string): boolean => {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) if (table.has(path.slice(0, end))) return true;
  return false;
};

const least = (values: readonly Freshness[]): Freshness => values.reduce((a, b): Freshness => (a < b ? a : b), 2);

/** How new the value of an expression is. A name is another way to reach what it holds; `handedOn`: nobody goes on using the name. */
export function freshnessOf(env: Environment, value: Expr, depth = 0, handedOn = false): Freshness {
  if (depth > 8) return 0;
  const inner = (part: Expr): Freshness => freshnessOf(env, part, depth + 1, handedOn);
  const shell = (parts: readonly Expr[]): Freshness => (least(parts.map(inner)) === 2 ? 2 : 1);
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'format':
    case 'constant':
    case 'compare':
    case 'unary':
      return 2;
    case 'collection':
      return shell(value.items);
    case 'dict':
      return shell(value.entries.flatMap((entry) => [entry.key, entry.value]));
    case 'binary': {
      const parts = [value.left, value.right];
      if (value.op === '*' && parts.some((part) => part.kind === 'collection' || part.kind === 'loop')) return shell(parts.filter((part) => part.kind === 'collection' || part.kind === 'loop')); // prettier-ignore
      const type = typeOf(env, value);
      return type === 'ndarray' || isImmutable(type) ? 2 : 1;
    }
    case 'loop': {
      const emitted = emittedBy(value.loop.body);
      return value.loop.sink?.consumer && !/^(list|tuple|set|sorted|dict|join|sum)$/.test(value.loop.sink.consumer.name) ? 0 : shell(emitted);
    }
    case 'conditional':
      return least([inner(value.then), inner(value.otherwise)]);
    case 'logical':
      return least([inner(value.left), inner(value.right)]);
    case 'named':
      return inner(value.value);
    case 'subscript':
      if (value.index.kind !== 'slice') return isImmutable(typeOf(env, value)) ? 2 : 0;
      return /^(list|str|bytes|tuple)$/.test(typeOf(env, value.object) ?? '') ? 1 : 0;
    case 'name':
      if (isImmutable(typeOf(env, value))) return 2;
      return handedOn && isLocal(env, value.name) ? least((valuesGiven(env, value.name) ?? [null]).map((given) => (given ? inner(given) : 0))) : 0;
    case 'call':
      return freshnessOfCall(env, value, depth);
    default:
      return 0;
  }
}

function freshnessOfCall(env: Environment, call: Expr & { kind: 'call' }, depth: number): Freshness {
  const path = resolveIn(env, call.callee);
  const own = functionIn(env, call.callee);
  if (own) return freshResult(env, own, depth);
  if (path === null) {
    if (call.callee.kind !== 'attribute' || !NEW_METHODS.has(call.callee.attribute)) return isImmutable(typeOf(env, call)) ? 2 : 0;
    const type = typeOf(env, call);
    return isImmutable(type) ||
      type === 'ndarray' ||
      /^(split|rsplit|splitlines|tolist|read|readlines|digest|json|findall)$/.test(call.callee.attribute)
      ? 2
      : 1;
  }
  if (ownClassType(env, path) !== null) return 1;
  if (listed(NEW_THROUGHOUT, path)) return 2;
  if (makesArray(path)) return 2;
  if (!listed(NEW_OUTSIDE, path)) return 0;
  const made = call.args.filter((arg) => !(path === 'collections.defaultdict' && arg === call.args[0]));
  return made.length === 0 && call.keywords.length === 0 ? 2 : path === 'collections.Counter' ? 2 : 1;
}

const results = new WeakMap<FunctionIR, Freshness | null>();
/** Of what a function of the user's own returns: as new as the least new of its returns. */
function freshResult(env: Environment, fn: FunctionIR, depth: number): Freshness {
  const done = results.get(fn);
  if (done !== undefined) return done ?? 0;
  if (fn.async || fn.decorators.length > 0) return 0;
  if (isGenerator(fn)) return 1;
  results.set(fn, null);
  const module = env.modules.find((one) => one.file === fn.file) ?? env.module;
  const inside: Environment = { module, modules: env.modules, owner: fn, body: fn.body, values: {} };
  const returned = [...eachStmt(fn.body)].flatMap((statement) => (statement.kind === 'return' && statement.value ? [statement.value] : []));
  const fresh = least(
    returned.map((value) => {
      const how = freshnessOf(inside, value, depth + 1, true);
      // A local that was handed to others before it is returned is not the caller's alone.
      return value.kind === 'name' && how > 0 && escapes(inside, value.name) ? 0 : how;
    }),
  );
  results.set(fn, fresh);
  return fresh;
}

/** Is a local put into something that outlives the function, or into something whose owner nobody knows? */
function escapes(env: Environment, name: string): boolean {
  const is = (expr: Expr): boolean => expr.kind === 'name' && expr.name === name;
  for (const statement of eachStmt(env.body)) {
    if (statement.kind === 'assign' && is(statement.value) && statement.targets.some((target) => target.kind !== 'name')) return true;
    if (statement.kind !== 'expression' || statement.value.kind !== 'call') continue;
    const { callee, args } = statement.value;
    if (args.some(is) && !(callee.kind === 'attribute' && is(callee.object))) return true;
  }
  return false;
}

function emittedBy(body: readonly Stmt[]): Expr[] {
  return [...eachStmt(body)].flatMap((statement) =>
    statement.kind === 'emit' ? (statement.key ? [statement.key, statement.value] : [statement.value]) : [],
  );
}

/** True for a value that is made on the spot, so that no other name can hold the same object. */
export const isFresh = (env: Environment, value: Expr): boolean => freshnessOf(env, value) > 0;

/** A name that holds only what its own function made: not a parameter, not a global, not another name for either. */
export function isOwn(env: Environment, name: string): boolean {
  const given = valuesGiven(env, name);
  return given !== null && given.length > 0 && given.every((value) => value !== null && isFresh(env, value));
}

/** Is what is changed at a place, some levels below a name, only what the given values of that name brought with them? */
export function ownsPlace(
  env: Environment,
  { root, steps, attribute }: { root: string; steps: number; attribute: string | null },
  given: readonly (Expr | null)[],
  body: readonly Stmt[],
): boolean {
  if (given.length === 0 || !given.every((value) => value !== null && isFresh(env, value))) return false;
  if (steps === 0) return true;
  const type = given[0] ? typeOf(env, given[0]) : null;
  if (type !== null && classesNamed(env, type).length > 0)
    return steps === 1 && attribute !== null && (ownsAttribute(env, type, attribute) || ownsField(env, type, attribute, given));
  return given.every((value) => value !== null && freshnessOf(env, value) === 2) && keepsOwn(env, root, body);
}

/** Do the methods of a class give the attribute only values that they make? */
function ownsAttribute(env: Environment, type: string, attribute: string): boolean {
  const given = attributeValues(env, type, attribute);
  return given !== null && given.length > 0 && given.every(({ value, env: there }) => value !== null && isFresh(there, value));
}

/** Does the data class make the field anew, with nothing in it, for each of the objects? */
const ownsField = (env: Environment, type: string, attribute: string, made: readonly (Expr | null)[]): boolean =>
  made.every((call) => {
    const factory = call && fieldFactory(env, type, attribute, call);
    return factory !== null && /^(builtins\.(list|dict|set)|collections\.(deque|Counter|OrderedDict))$/.test(resolveIn(env, factory) ?? '');
  });

/** Are only new things put into what the name holds? */
function keepsOwn(env: Environment, name: string, body: readonly Stmt[]): boolean {
  const is = (expr: Expr): boolean => expr.kind === 'name' && expr.name === name;
  const fresh = (value: Expr): boolean => freshnessOf(env, value, 0, true) === 2;
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') {
      const into = statement.targets.some((target) => (target.kind === 'subscript' || target.kind === 'attribute') && is(target.object));
      if (into && !fresh(statement.value)) return false;
    }
    if (statement.kind === 'augment' && is(statement.target) && !fresh(statement.value)) return false;
    for (const top of stmtExprs(statement)) {
      const calls = [top, ...nestedCalls(top)];
      for (const call of calls) {
        if (call.kind !== 'call' || call.callee.kind !== 'attribute' || !is(call.callee.object)) continue;
        if (/^(append|appendleft|add|insert|setdefault|extend|update|push|put|__setitem__)$/.test(call.callee.attribute) && !call.args.every(fresh))
          return false;
      }
    }
  }
  return true;
}

function nestedCalls(expr: Expr): Expr[] {
  if (expr.kind === 'call') return [expr, ...nestedCalls(expr.callee), ...expr.args.flatMap(nestedCalls)];
  if (expr.kind === 'attribute' || expr.kind === 'subscript') return nestedCalls(expr.object);
  return [];
}
