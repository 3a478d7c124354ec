import type { Expr, LoopFacts, ValueFact } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { fieldValues, homeOf, isParameter, valuesGiven, type Code } from './code';
import type { Context } from '../refactor';

const CALLS: Record<string, string> = {
  'builtins.list': 'list', 'builtins.sorted': 'list', 'builtins.tuple': 'tuple', 'builtins.set': 'set', 'builtins.frozenset': 'frozenset', 'builtins.dict': 'dict',
  'builtins.str': 'str', 'builtins.repr': 'str', 'builtins.chr': 'str', 'builtins.hex': 'str', 'builtins.bin': 'str', 'builtins.oct': 'str', 'builtins.format': 'str', 'builtins.input': 'str', 'builtins.bytes': 'bytes', 'builtins.bytearray': 'bytearray', 'builtins.int': 'int', 'builtins.len': 'int',
  'builtins.ord': 'int', 'builtins.float': 'float', 'builtins.range': 'range', 'collections.deque': 'deque', 'collections.Counter': 'Counter', 'collections.defaultdict': 'defaultdict',
  'random.sample': 'list', 'random.choices': 'list', 'random.randint': 'int', 'random.randrange': 'int', 'random.random': 'float', 'os.listdir': 'list', 'json.dumps': 'str', 're.findall': 'list', 're.split': 'list', 're.sub': 'str', 'heapq.nsmallest': 'list', 'heapq.nlargest': 'list', 'os.path.join': 'str', 'pandas.DataFrame': 'DataFrame', 'pandas.concat': 'DataFrame',
}; // prettier-ignore
const TEXT_METHODS = /^(strip|lstrip|rstrip|lower|upper|title|capitalize|casefold|swapcase|replace|format|join|decode|zfill|ljust|rjust|center|removeprefix|removesuffix|translate|expandtabs|hexdigest|isoformat|strftime|read_text)$/; // prettier-ignore

/** Type of an expression as the profile saw it or as its text tells; what it was seen to hold may be incomplete. */
export function typeOf(
  expr: Expr,
  facts: Pick<LoopFacts, 'file' | 'values'> & Partial<LoopFacts>,
  code: Code,
  cx: Context,
  depth = 0,
): ValueFact | null {
  const name = dottedName(expr);
  const seen = name === null ? undefined : (facts.values[name] ?? facts.evidence?.values[name]);
  if (seen !== undefined) return seen;
  const known = expr.kind === 'name' ? null : cx.valueOf(expr, facts);
  if (known !== null) return known;
  if (depth > 6) return null;
  const inner = (part: Expr): ValueFact | null => typeOf(part, facts, code, cx, depth + 1);
  switch (expr.kind) {
    case 'name': {
      if (isParameter(expr.name, code)) return null;
      const home = homeOf(expr.name, code, cx);
      const given = home === null ? [] : valuesGiven(expr.name, home);
      const types = given.map((value) => (value === null || home === null ? null : typeOf(value, facts, home, cx, depth + 1)));
      const [first, ...others] = types;
      return first && others.every((other) => other?.type === first.type) ? (others.length === 0 ? first : { type: first.type }) : null;
    }
    case 'attribute': {
      const given = name === null ? null : fieldValues(name, code, cx);
      const types = (given ?? []).map((one) => typeOf(one.value, { file: facts.file, values: {} }, one.code, cx, depth + 1));
      const [first, ...others] = types;
      return first && others.every((other) => other?.type === first.type) ? (others.length === 0 ? first : { type: first.type }) : null;
    }
    case 'collection': {
      const elements = expr.items.map((item) => inner(item)?.type);
      const sure = elements.filter((type) => type !== undefined);
      return sure.length === elements.length && expr.items.length > 0
        ? { type: expr.type, length: expr.items.length, elements: [...new Set(sure)].sort() }
        : { type: expr.type };
    }
    case 'dict':
      return { type: 'dict' };
    case 'format':
      return { type: 'str' };
    case 'loop':
      return expr.loop.sink && expr.loop.sink.consumer === null ? { type: expr.loop.sink.type } : null;
    case 'binary': {
      const [left, right] = [inner(expr.left)?.type, inner(expr.right)?.type];
      if (expr.op === '%' && (left === 'str' || left === 'bytes')) return { type: left };
      if (expr.op === '+' && left === right && left !== undefined) return { type: left };
      if (expr.op === '*' && (left === 'str' || left === 'list' || left === 'bytes')) return { type: left };
      return null;
    }
    case 'conditional': {
      const [then, otherwise] = [inner(expr.then), inner(expr.otherwise)];
      return then !== null && then.type === otherwise?.type ? { type: then.type } : null;
    }
    case 'subscript': {
      const object = inner(expr.object);
      if (expr.index.kind === 'slice') return object;
      return object?.type === 'str' ? { type: 'str' } : null;
    }
    case 'call': {
      const path = cx.resolve(expr.callee, code.file, expr.span.start);
      if (path !== null && CALLS[path] !== undefined) return { type: CALLS[path] };
      if (path !== null || expr.callee.kind !== 'attribute') return null;
      const { attribute, object } = expr.callee;
      if (attribute === 'copy') return inner(object);
      const type = inner(object)?.type;
      if (/^(split|rsplit|splitlines)$/.test(attribute)) return type === undefined || type === 'str' ? { type: 'list', elements: ['str'] } : type === 'bytes' ? { type: 'list', elements: ['bytes'] } : null; // prettier-ignore
      if (attribute === 'readlines') return { type: 'list' };
      return type === 'str' && TEXT_METHODS.test(attribute) ? { type: 'str' } : null;
    }
    default:
      return null;
  }
}

const PLAIN = /^(int|float|str|bytes|bool|NoneType|complex|range|frozenset|u?int(8|16|32|64)|float(16|32|64)|str_|Decimal|decimal\.Decimal|Fraction|fractions\.Fraction|date|datetime|datetime\.\w+|UUID|uuid\.UUID|PosixPath|WindowsPath|pathlib\.\w+|type|function|ellipsis)$/; // prettier-ignore
const NEVER = /^(list|dict|set|bytearray|ndarray|deque|defaultdict|Counter|DataFrame|Series|collections\.(deque|defaultdict|Counter)|array|slice)$/;

export type Hashing = 'sure' | 'likely' | 'no';
/** Can values of a type be looked up by their hash? `likely`: as far as anyone can tell from its name. */
export function hashing(type: string | undefined, code: Code): Hashing {
  if (type === undefined) return 'likely';
  if (PLAIN.test(type)) return 'sure';
  if (NEVER.test(type)) return 'no';
  if (type === 'tuple') return 'likely';
  const own = code.module.scopes.find((scope) => scope.kind === 'class' && scope.qualname === type.slice(type.lastIndexOf('.') + 1));
  if (!own) return 'likely';
  const equal = own.bindings.has('__eq__');
  const plainData = own.decorators.length > 0 && !own.bindings.has('__hash__');
  if (equal && !own.bindings.has('__hash__')) return 'no';
  // A data class compares by its fields and has no hash unless it is frozen; which it is stands in the decorator.
  return plainData ? 'likely' : equal ? 'likely' : 'sure';
}
