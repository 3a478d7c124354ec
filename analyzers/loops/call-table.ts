import type { Expr } from '../types';
import { FUNCTIONS, SHUFFLES, type CallKind } from './call-names';
import { changing, PURE, READS, unknownEffect, type Change, type Effectfulness } from './effect';
import {
  CHANGING_METHODS,
  DATABASE_METHODS,
  DRAWING_METHODS,
  FILE_METHODS,
  LOOKING_METHODS,
  NETWORK_METHODS,
  ORDERED_METHODS,
  STREAM_METHODS,
  SURE_DRAWS,
  TYPES,
  type TypeMethods,
} from './method-names';

type Call = Expr & { kind: 'call' };

const RNG: Effectfulness = { purity: 'rng', io: null, why: 'draws from a random generator, so each trip depends on the ones before it' };
const io = (kind: NonNullable<Effectfulness['io']>, why: string): Effectfulness => ({ purity: 'io', io: kind, why });
const WAITS = {
  disk: io('disk', 'reads or writes files'),
  network: io('network', 'waits for the network'),
  subprocess: io('subprocess', 'starts a program'),
  database: io('database', 'asks a database'),
  console: io('console', 'reads or writes the console'),
  sleep: io('sleep', 'waits'),
} as const;
const ordered = (effect: Effectfulness): Effectfulness => ({ ...effect, ordered: effect.why });
const ofObject: Change = { of: 'object', name: null, depth: 1, why: 'changes its object' };
const ofFirst: Change = { of: 'argument', name: 0, depth: 1, why: 'changes what it is given' };

const MEANINGS: Record<CallKind, Effectfulness> = {
  pure: PURE,
  looks: READS,
  clock: { ...READS, why: 'reads the clock', ordered: 'reads the clock, which goes with the order of the trips' },
  random: RNG,
  'disk-read': WAITS.disk,
  'disk-write': WAITS.disk,
  'disk-order': ordered(WAITS.disk),
  'network-read': WAITS.network,
  'network-send': ordered(WAITS.network),
  subprocess: WAITS.subprocess,
  database: ordered(WAITS.database),
  sleep: WAITS.sleep,
  console: ordered(WAITS.console),
  log: ordered({ ...WAITS.console, why: 'writes a log record' }),
  'changes-first': changing(ofFirst),
  'changes-setting': changing({ of: 'outside', name: null, depth: 1, why: 'changes a setting of the whole program' }),
  ends: unknownEffect('ends the program'),
  'made-at-run-time': unknownEffect('runs code that is made from text'),
  processes: unknownEffect('works with other processes'),
  threads: unknownEffect('works with threads or a pool'),
  'event-loop': unknownEffect('works with the event loop'),
  unheard: unknownEffect('is not known to Hotloop'),
};
const meaningOf = new Map(FUNCTIONS.flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)));

/** Of a dotted path as names resolve: `math.sqrt`, `builtins.sum`. `varies`: has the expression another value in another call? Null: nothing is known of it. */
export function knownCall(path: string, call: Call, varies: (expr: Expr) => boolean): Effectfulness | null {
  const keywords = call.keywords.map((keyword) => keyword.name);
  const out = call.keywords.find((keyword) => keyword.name === 'out')?.value;
  if (out && !(out.kind === 'constant' && out.value === 'None') && /^(numpy|scipy|numexpr|bottleneck|cv2|torch)\./.test(path)) {
    return changing({ of: 'argument', name: 'out', depth: 1, why: 'writes into the array given as `out`' });
  }
  if (path === 'numpy.random.default_rng' || path === 'numpy.random.RandomState') {
    return call.args.length > 0 || keywords.includes('seed') ? PURE : RNG;
  }
  if (path.endsWith('.rvs')) return RNG;
  if (SHUFFLES.has(path)) return changing(ofFirst, RNG);
  if (/(^|\.)open$/.test(path) && opensToWrite(call)) return openedToWrite(call, varies);
  const builtin = /^builtins\.(\w+)\.(\w+)$/.exec(path);
  // `str.join(...)`, `dict.update(d, ...)`: the object is the first argument.
  if (builtin?.[1] && builtin[2]) {
    const effect = methodCall(builtin[2], builtin[1]);
    if (effect === null && /^__(?!new__|class_getitem__|eq__|hash__|repr__|str__)\w+__$/.test(builtin[2]))
      return unknownEffect('is a special method');
    return effect?.changes ? changing(ofFirst) : PURE;
  }
  if (writesToArgument(path, call)) return changing({ ...ofFirst, name: null, why: 'writes into an array that it is given' });
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const kind = meaningOf.get(path.slice(0, end));
    if ((kind === 'pure' || kind === 'looks') && changesItsObject(path, end)) return MEANINGS['changes-setting'];
    if (kind !== undefined) return kind === 'disk-write' && !(call.args[0] && varies(call.args[0])) ? ordered(WAITS.disk) : MEANINGS[kind];
  }
  return path.startsWith('builtins.') ? PURE : null;
}

/** `sys.modules.pop`, `warnings.filters.insert`: a method of something that the library holds. Libraries with functions of such names in modules of theirs are left out. */
function changesItsObject(path: string, end: number): boolean {
  const rest = path.slice(end + 1).split('.');
  return (
    rest.length > 1 &&
    CHANGING_METHODS.has(rest.at(-1) ?? '') &&
    !/^(numpy|scipy|pandas|sympy|networkx|sk\w+|PIL|cv2|statsmodels|shapely)\./.test(path)
  );
}

/** `np.add(a, b, out)`, `np.sqrt(a, out)`: the array after the operands is written to. */
function writesToArgument(path: string, call: Call): boolean {
  const name = /^numpy\.(\w+)$/.exec(path)?.[1] ?? '';
  const most = BINARY_UFUNCS.test(name) ? 2 : UNARY_UFUNCS.test(name) ? 1 : /^(clip|take)$/.test(name) ? 3 : /^(cumsum|cumprod|sum|mean|prod|std|var)$/.test(name) ? 3 : null; // prettier-ignore
  return most !== null && (call.args.length > most || call.args.some((arg) => arg.kind === 'spread'));
}
const BINARY_UFUNCS = /^(add|subtract|multiply|divide|true_divide|floor_divide|mod|remainder|fmod|power|float_power|maximum|minimum|fmax|fmin|arctan2|hypot|logaddexp2?|copysign|nextafter|ldexp|heaviside|gcd|lcm|(bitwise|logical)_(and|or|xor)|left_shift|right_shift|greater(_equal)?|less(_equal)?|equal|not_equal|dot|matmul|outer|concatenate|stack)$/; // prettier-ignore
const UNARY_UFUNCS = /^(sqrt|square|cbrt|exp2?|expm1|log(2|10|1p)?|a?(sin|cos|tan)h?|arc(sin|cos|tan)h?|abs|absolute|fabs|negative|positive|sign|rint|floor|ceil|trunc|reciprocal|conj(ugate)?|invert|logical_not|isnan|isinf|isfinite|signbit|deg2rad|rad2deg|degrees|radians)$/; // prettier-ignore

const modeOf = (call: Call): Expr | undefined => call.args[1] ?? call.keywords.find((keyword) => keyword.name === 'mode')?.value;
function opensToWrite(call: Call): boolean {
  const mode = modeOf(call);
  return mode !== undefined && (mode.kind !== 'string' || /[wax+]/.test(mode.text));
}

/** Whoever writes a file of its own disturbs nobody; lines that are added to one file stand in the order of the calls. */
function openedToWrite(call: Call, varies: (expr: Expr) => boolean): Effectfulness {
  const mode = modeOf(call);
  const whole = mode?.kind === 'string' && /[wx]/.test(mode.text) && !mode.text.includes('+');
  return whole && call.args[0] && varies(call.args[0])
    ? WAITS.disk
    : ordered({ ...WAITS.disk, why: whole ? 'writes one and the same file' : 'adds to a file' });
}

const words = new Map<string, ReadonlySet<string>>();
function names(list: string | undefined, method: string): boolean {
  if (list === undefined) return false;
  if (list === '*') return true;
  let set = words.get(list);
  if (!set) words.set(list, (set = new Set(list.split(' '))));
  return set.has(method);
}
const methodsOf = new Map(TYPES.flatMap((entry) => entry.types.split(' ').map((type) => [type, entry] as const)));

const CHANGING_SPECIALS = new Set(
  'setitem delitem setattr delattr setstate init next iadd isub imul itruediv ifloordiv imod ipow iand ior ixor ilshift irshift imatmul enter exit'.split(' ').map((name) => `__${name}__`),
); // prettier-ignore

/** Of a method call whose object is known by its type at most. `type`: as sampled or made (`list`, `numpy.random.Generator`), null when unknown. */
export function methodCall(method: string, type: string | null): Effectfulness | null {
  if (CHANGING_SPECIALS.has(method)) return changing(ofObject);
  // A class of the script itself may be called as it likes.
  if (type?.startsWith('__main__.')) return null;
  if (type === null) return methodOfAnything(method);
  const last = type.slice(type.lastIndexOf('.') + 1);
  if (/^(Logger|RootLogger)$/.test(last)) return MEANINGS.log;
  const drawn = /^(Generator|RandomState|Random|SystemRandom)$/.test(last) && DRAWING_METHODS.has(method);
  if (drawn) return method === 'shuffle' ? changing(ofFirst, RNG) : RNG;
  const known = methodsOf.get(last);
  return known ? methodOfType(method, known) : null;
}

function methodOfType(method: string, known: TypeMethods): Effectfulness {
  const outside = known.io !== undefined && (known.outside === undefined || names(known.outside, method));
  const changes = names(known.changes, method);
  const base = known.io !== undefined && outside ? WAITS[known.io] : changes ? PURE : READS;
  const effect = names(known.ordered, method) ? ordered(base) : base;
  return changes ? changing(outside ? { ...ofObject, why: base.why, stream: true } : ofObject, effect) : effect;
}

function methodOfAnything(method: string): Effectfulness | null {
  if (SURE_DRAWS.has(method)) return method === 'shuffle' ? changing(ofFirst, RNG) : RNG;
  const waits = DATABASE_METHODS.has(method) ? WAITS.database : NETWORK_METHODS.has(method) ? WAITS.network : FILE_METHODS.has(method) ? WAITS.disk : null; // prettier-ignore
  if (waits) {
    const effect = ORDERED_METHODS.has(method) ? ordered(waits) : waits;
    return STREAM_METHODS.has(method) ? changing({ ...ofObject, why: waits.why, stream: true }, effect) : effect;
  }
  if (CHANGING_METHODS.has(method)) return changing(ofObject);
  // `get` of a dictionary looks; `get` of a session or a queue does not.
  if (method === 'get') return null;
  return LOOKING_METHODS.has(method) ? READS : null;
}
