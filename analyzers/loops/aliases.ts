import type { Expr } from '../types';
import { eachExpr, eachStmt } from '../syntax/python-walk';
import { assignmentsOf, functionIn, resolveIn, rootName, valuesGiven, type Environment } from './environment';
import { freshnessOf } from './freshness';
import { isImmutable, typeOf } from './value-types';

/** Calls that give a look at what they are given, or take its items later. */
const LOOKS = /^(builtins\.(memoryview|iter|reversed|enumerate|zip|map|filter|vars)|itertools\.\w+(\.\w+)?|types\.MappingProxyType|collections\.(ChainMap|UserDict|UserList)|functools\.partial(method)?|weakref\.\w+|operator\.\w+|numpy\.(asarray|asanyarray|reshape|ravel|transpose|swapaxes|squeeze|flip\w*|rot90|broadcast_to|atleast_\dd|expand_dims|moveaxis|rollaxis|frombuffer|nditer|lib\.stride_tricks\.\w+)|ctypes\.\w+)$/; // prettier-ignore
const LOOKING_METHODS = new Set('keys values items cast reshape ravel view transpose swapaxes squeeze diagonal __iter__'.split(' '));
const GIVING_METHODS = new Set('get pop setdefault values items popitem popleft __getitem__'.split(' '));
const ADDING_METHODS = new Set('append appendleft add insert extend setdefault update put push'.split(' '));
const DEEPEST = 6;

/**
 * Whether what a name holds may be, look at or contain the object that another name holds: 0, it is or looks at it; 1, it has it right inside; and so on.
 * Null: nothing says so.
 */
export class Aliases {
  readonly #known = new Map<string, number | null>();

  constructor(private readonly env: Environment) {}

  levelOf(name: string, of: string): number | null {
    if (name === of) return 0;
    const key = `${name} ${of}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // What goes in a circle adds nothing.
    this.#known.set(key, null);
    const level = isImmutable(this.#typeOf(name)) ? null : least([...this.#given(name, of), ...this.#put(name, of)]);
    this.#known.set(key, level);
    return level;
  }

  #typeOf(name: string): string | null {
    return this.env.values[name]?.type ?? null;
  }

  #given(name: string, of: string): (number | null)[] {
    const { env } = this;
    const values = valuesGiven(env, name) ?? assignmentsOf(env.body).get(name) ?? [];
    return values.map((value) => (value ? this.#levelIn(value, of, 0) : null));
  }

  /** What statements put into what the name holds. */
  #put(name: string, of: string): (number | null)[] {
    const found: (number | null)[] = [];
    for (const { root, value } of putsIn(this.env)) {
      if (root !== name || !mentions(value, of, this.env)) continue;
      const level = this.#levelIn(value, of, 0);
      if (level !== null) found.push(level + 1);
    }
    return found;
  }

  #levelIn(value: Expr, of: string, depth: number): number | null {
    if (depth > DEEPEST) return null;
    const inner = (part: Expr): number | null => this.#levelIn(part, of, depth + 1);
    switch (value.kind) {
      case 'name':
        return this.levelOf(value.name, of);
      case 'attribute':
      case 'subscript': {
        const level = inner(value.object);
        if (level === null || level > 0) return level === null ? null : level - 1;
        // A method taken without being called, or another look at an array; an element is another object.
        return value.kind === 'attribute' ? 0 : null;
      }
      case 'collection':
        return deeper(least(value.items.map(inner)));
      case 'dict':
        return deeper(least(value.entries.map((entry) => inner(entry.value))));
      case 'conditional':
        return least([inner(value.then), inner(value.otherwise)]);
      case 'logical':
        return least([inner(value.left), inner(value.right)]);
      case 'named':
      case 'spread':
        return inner(value.value);
      case 'lambda':
        return [...eachExpr(value.body)].some((part) => part.kind === 'name' && this.levelOf(part.name, of) !== null) ? 0 : null;
      case 'loop':
        return value.loop.sink?.type === 'generator' && value.loop.sink.consumer === null && [...eachExpr(value)].some((part) => part.kind === 'name' && part.name === of) ? 0 : null; // prettier-ignore
      case 'call':
        return this.#levelOfCall(value, of, inner);
      default:
        return null;
    }
  }

  #levelOfCall(call: Expr & { kind: 'call' }, of: string, inner: (part: Expr) => number | null): number | null {
    const { env } = this;
    const given = least([...call.args, ...call.keywords.map((keyword) => keyword.value)].map(inner));
    const path = resolveIn(env, call.callee);
    const receiver = call.callee.kind === 'attribute' && path === null ? inner(call.callee.object) : null;
    if (given === null && receiver === null) return null;
    if (path !== null && LOOKS.test(path)) return given === null ? null : 0;
    if (isImmutable(typeOf(env, call))) return null;
    const own = functionIn(env, call.callee);
    if (own) return freshnessOf(env, call) > 0 ? null : 0;
    if (path !== null) return path.includes(':') ? deeper(given) : freshnessOf(env, call) === 1 && given !== null && given > 0 ? given : null;
    if (call.callee.kind === 'attribute' && receiver !== null) {
      const { attribute } = call.callee;
      if (LOOKING_METHODS.has(attribute)) return 0;
      if (receiver > 0 && GIVING_METHODS.has(attribute)) return receiver - 1;
    }
    return null;
  }
}

const deeper = (level: number | null): number | null => (level === null ? null : level + 1);
const least = (levels: readonly (number | null)[]): number | null =>
  levels.reduce<number | null>((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);

/** Cheap: may the value have anything to do with the name at all? A name in it may hold what holds it. */
const mentions = (value: Expr, of: string, env: Environment): boolean =>
  [...eachExpr(value)].some((part) => part.kind === 'name' && (part.name === of || assignmentsOf(env.body).has(part.name)));

interface Put {
  root: string;
  value: Expr;
}
const puts = new WeakMap<object, Put[]>();

/** Everything that a body puts into something by a store or a method. */
function putsIn({ body }: Environment): readonly Put[] {
  let found = puts.get(body);
  if (found) return found;
  found = [];
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        const root = target.kind === 'attribute' || target.kind === 'subscript' ? rootName(target) : null;
        if (root !== null && !isPlain(statement.value)) found.push({ root, value: statement.value });
      }
    } else if (statement.kind === 'expression' && statement.value.kind === 'call') {
      const { callee, args } = statement.value;
      const root = callee.kind === 'attribute' && ADDING_METHODS.has(callee.attribute) ? rootName(callee.object) : null;
      if (root !== null) for (const value of args) if (!isPlain(value)) found.push({ root, value });
    }
  }
  puts.set(body, found);
  return found;
}

const isPlain = (value: Expr): boolean => ['number', 'string', 'constant', 'binary', 'compare', 'unary', 'format'].includes(value.kind);
