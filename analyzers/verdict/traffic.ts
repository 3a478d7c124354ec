import type { Expr } from '../types';
import { arrayBytes, lengthOf, numberOf, sizeOf, valueOf, type Site } from './sites';

/** How a line spends its time on memory instead of arithmetic: by making it, by copying, by passing over more than the caches hold, or not so at all. */
export interface Traffic {
  kind: 'allocation' | 'copies' | 'bandwidth';
  /** A few words: `copies 40,000 elements each time`. */
  how: string;
}

/** Elements from which copying them costs more than the instructions around it. */
const MANY = 2_000;
/** Bytes that no core has to itself in a cache. */
const BEYOND_CACHE = 6 << 20;
/** Elements of 8 bytes on a cache line. */
const STRIDE = 8;
/** Functions that move elements and compute nothing. */
const MOVES = /^numpy\.(append|concatenate|insert|delete|copy|array|vstack|hstack|dstack|stack|column_stack|row_stack|r_|c_|tile|repeat|roll|rot90|flip|pad|ascontiguousarray|asfortranarray|resize|block|take|compress)$|^copy\.(copy|deepcopy)$|^builtins\.(list|tuple|bytes|bytearray|set|dict)$/; // prettier-ignore
const MOVING_METHODS = /^(copy|tobytes|tolist|astype|flatten|repeat|take)$/;
/** One pass with a few instructions an element. */
const STREAMS = /^numpy\.(add|subtract|multiply|divide|sum|mean|min|max|amin|amax|zeros|ones|full|zeros_like|ones_like|full_like|empty_like|negative|abs|absolute|square|maximum|minimum|where|clip|count_nonzero|greater|less|equal|logical_and|logical_or|bitwise_and|bitwise_or|transpose|cumsum|diff|dot|add\.reduce)$/; // prettier-ignore
const STREAMING_METHODS = /^(sum|mean|min|max|any|all|fill|clip|cumsum|dot|transpose)$/;

/** Functions that make as many elements as they are told to. */
const MAKES = /^numpy\.(zeros|ones|full|empty|arange)$|^builtins\.(bytes|bytearray)$/;
/** Elements from which making them is making memory. */
const MANY_MADE = 200_000;
const SEQUENCES = /^(list|tuple|bytes|bytearray|str)$/;

/** @returns null where the line computes, or where its sizes are not known. */
export function trafficOf(site: Site): Traffic | null {
  return makes(site) ?? copies(site) ?? strided(site) ?? streams(site);
}

/** Does it do something else with what is large as well? */
const onlyCalls = ({ calls, values }: Site, names: RegExp, methods: RegExp | null): boolean =>
  calls.every(({ call, path, method, own, receiver }) => {
    if (own) return false;
    if (path !== null) return names.test(path) || ONE_STEP.test(path) || /^builtins\.(sum|min|max|float|int|str|abs|round)$/.test(path) || call.args.every((arg) => sizeOf(arg, values) < MANY); // prettier-ignore
    return (method !== null && (methods?.test(method) === true || ONE_STEP_METHODS.test(method))) || lengthOf(receiver) < MANY;
  });

function makes(site: Site): Traffic | null {
  const { calls, operations, values } = site;
  const made = (size: number): Traffic => ({ kind: 'allocation', how: `makes ${size.toLocaleString('en-US')} elements each time` });
  for (const { call, path } of calls) {
    const [shape] = call.args;
    if (path === null || !MAKES.test(path) || !shape) continue;
    const size = numberOf(shape, values);
    if (size >= MANY_MADE && onlyCalls(site, MAKES, null)) return made(size);
  }
  for (const { op, left, right } of operations) {
    if (op !== '*') continue;
    for (const [sequence, count] of [
      [left, right],
      [right, left],
    ] as const) {
      const type = sequenceType(sequence, site);
      const size = type === null ? 0 : numberOf(count, values) * Math.max(1, sizeOf(sequence, values));
      if (size >= MANY_MADE && onlyCalls(site, MAKES, null)) return made(size);
    }
  }
  return null;
}

/** Text, bytes or a list, by what is written or was sampled. */
function sequenceType(expr: Expr, { values, calls }: Site): string | null {
  if (expr.kind === 'string') return 'str';
  if (expr.kind === 'collection') return 'list';
  if (expr.kind === 'call')
    return calls.some(({ call, path }) => call === expr && /^builtins\.(bytes|bytearray|list|str)$/.test(path ?? '')) ? 'bytes' : null;
  const type = valueOf(expr, values)?.type ?? '';
  return SEQUENCES.test(type) ? type : null;
}

function copies(site: Site): Traffic | null {
  const { calls, operations, subscripts, spreads, values } = site;
  const copied = (size: number): Traffic => ({ kind: 'copies', how: `copies ${size.toLocaleString('en-US')} elements each time` });
  const moving = onlyCalls(site, MOVES, MOVING_METHODS);
  for (const { call, path, method, receiver, own } of calls) {
    if (own) continue;
    const size = Math.max(0, ...call.args.flatMap((arg) => (arg.kind === 'collection' ? arg.items : [arg])).map((arg) => sizeOf(arg, values)));
    if (moving && path !== null && MOVES.test(path) && size >= MANY) return copied(size);
    const length = lengthOf(receiver);
    const [place] = call.args;
    const atStart = place?.kind === 'number' && Number(place.text) === 0;
    if (length < MANY) continue;
    if (moving && method !== null && MOVING_METHODS.test(method)) return copied(length);
    if (receiver?.type === 'list' && (method === 'insert' || method === 'pop') && atStart) return { kind: 'copies', how: `moves all ${length.toLocaleString('en-US')} elements of a list each time` }; // prettier-ignore
  }
  if (!moving) return null;
  for (const { op, left, right } of operations) {
    if (op !== '+') continue;
    const sequence = [valueOf(left, values), valueOf(right, values)].find((fact) => fact !== null && SEQUENCES.test(fact.type) && lengthOf(fact) >= MANY); // prettier-ignore
    if (sequence) return copied(lengthOf(sequence));
  }
  // `[*rows, row]`, `{**settings, key: value}`
  const spread = Math.max(0, ...spreads.map((expr) => lengthOf(valueOf(expr, values))));
  if (spread >= MANY) return copied(spread);
  for (const { object, index } of subscripts) {
    const fact = valueOf(object, values);
    if (index.kind !== 'slice' || fact === null || !SEQUENCES.test(fact.type)) continue;
    // From a place to the end, or from the start to a place: most of it.
    if ((index.lower === null || index.upper === null) && lengthOf(fact) >= MANY && index.step === null) return copied(lengthOf(fact));
  }
  return null;
}

/** Columns of a row-wise array, elements in an order of their own: each element brings a whole cache line. */
function strided({ subscripts, values }: Site): Traffic | null {
  for (const { object, index } of subscripts) {
    const size = arrayBytes(object, values);
    if (size < BEYOND_CACHE) continue;
    if (index.kind === 'slice' && index.step !== null && numberOf(index.step, values) >= STRIDE)
      return { kind: 'bandwidth', how: 'reads one element of each cache line' };
    if (index.kind === 'collection' && index.items[0]?.kind === 'slice' && index.items[index.items.length - 1]?.kind !== 'slice')
      return { kind: 'bandwidth', how: 'reads an array across its rows, one element of each' };
    if (valueOf(index, values)?.type === 'ndarray' && sizeOf(index, values) >= LARGE)
      return { kind: 'bandwidth', how: 'reads an array in an order that is not its own' };
  }
  return null;
}

function streams({ calls, operations, subscripts, values }: Site): Traffic | null {
  const large = (bytes: number): Traffic => ({ kind: 'bandwidth', how: `passes over arrays of ${Math.round(bytes / (1 << 20))} MiB, more than the caches hold` }); // prettier-ignore
  let most = 0;
  for (const { call, path, method, own, receiver } of calls) {
    if (own) return null;
    const bytes = Math.max(
      0,
      ...call.args.map((arg) => arrayBytes(arg, values)),
      call.callee.kind === 'attribute' ? arrayBytes(call.callee.object, values) : 0,
    );
    if (bytes < BEYOND_CACHE) continue;
    const simple =
      path !== null
        ? STREAMS.test(path)
        : method !== null && (STREAMING_METHODS.test(method) || MOVING_METHODS.test(method)) && receiver?.type === 'ndarray';
    // Whatever else is done with so many elements is taken for work.
    if (!simple) return null;
    most = Math.max(most, bytes);
  }
  for (const { op, left, right } of operations) {
    const bytes = Math.max(arrayBytes(left, values), arrayBytes(right, values));
    if (bytes < BEYOND_CACHE) continue;
    if (op === '@' || op === '**' || op === '%' || op === '//') return null;
    most = Math.max(most, bytes);
  }
  if (most === 0) most = Math.max(0, ...subscripts.map(({ object }) => arrayBytes(object, values)));
  return most >= BEYOND_CACHE ? large(most) : null;
}

/** Calls that take one step whatever the size of what they are given. */
const ONE_STEP =
  /^builtins\.(len|isinstance|id|type|iter|next|range|enumerate|zip|map|filter|reversed|print|getattr|setattr|hasattr|super|callable)$/;
const ONE_STEP_METHODS = /^(append|add|get|pop|popleft|appendleft|setdefault|discard|items|keys|values|put|send|write|startswith|endswith|group)$/;
const LARGE = 10_000;

/** Does the line hand something large to compiled code, so that its time is that code's? */
export function hasLargeCall({ calls, operations, values }: Site): boolean {
  return (
    calls.some(({ call, path, method, receiver, own }) => {
      if (own || (path !== null && ONE_STEP.test(path)) || (path === null && method !== null && ONE_STEP_METHODS.test(method))) return false;
      // What is called back for each element is the user's own code.
      if ([...call.args, ...call.keywords.map((keyword) => keyword.value)].some((arg) => arg.kind === 'lambda' || arg.kind === 'loop')) return false;
      if (call.keywords.some((keyword) => keyword.name === 'key')) return false;
      return path === null && method === null ? false : Math.max(lengthOf(receiver), 0, ...call.args.map((arg) => sizeOf(arg, values))) >= LARGE;
    }) || operations.some(({ left, right }) => Math.max(arrayBytes(left, values), arrayBytes(right, values)) >= LARGE)
  );
}

/** Nothing on the line can take long: where its time is long all the same, an operator of the line before took it, which Python hears of no sooner. */
export const isTrivial = ({ calls, operations, subscripts, values }: Site): boolean =>
  calls.every(({ path, method, own }) => !own && (path !== null ? ONE_STEP.test(path) : method !== null && ONE_STEP_METHODS.test(method))) &&
  [...operations.flatMap(({ left, right }) => [left, right]), ...subscripts.map(({ object }) => object)].every((expr) => sizeOf(expr, values) < MANY);

/** Modules whose functions are compiled and seldom trivial. */
const COMPILED = /^(numpy|scipy|hashlib|zlib|bz2|lzma|re|pandas|sklearn|torch|cv2|PIL|json|marshal|pickle|hmac|binascii)\./;

export const callsCompiled = ({ calls, values }: Site): boolean =>
  calls.some(
    ({ path, own, receiver, call }) =>
      !own &&
      ((path !== null && COMPILED.test(path)) ||
        /(^|\.)(Pattern|ndarray|DataFrame|Series|Generator|HASH)$/.test(receiver?.type ?? '') ||
        (call.callee.kind === 'attribute' && arrayBytes(call.callee.object, values) > 0)),
  );
