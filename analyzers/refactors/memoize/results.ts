import type { Expr, FunctionFacts, FunctionIR, IndexSpace, Stmt, ValueFact } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';

const NUMBERS = /^(int|float|bool|complex|u?int\d+|float\d+|complex\d+|bool_?)$/;
const FIXED = /^(str|bytes|NoneType|range|Decimal|decimal\.Decimal|Fraction|fractions\.Fraction|(datetime\.)?(date|datetime|timedelta|time)|type|builtin_function_or_method|function)$/; // prettier-ignore
/** Builtins and library functions whose result nobody can change, whatever they are given. */
const FIXED_RESULTS =
  /^(builtins\.(int|float|str|bool|bytes|complex|len|round|ord|chr|hash|hex|oct|bin|repr|format|ascii|isinstance|issubclass|callable|any|all|range|id)|math\.\w+|cmath\.\w+|zlib\.(crc32|adler32)|operator\.(lt|le|gt|ge|eq|ne|index|contains|countOf)|bisect\.bisect(_left|_right)?|statistics\.(f?mean|median|stdev|pstdev|variance|pvariance))$/; // prettier-ignore
/** Builtins whose result nobody can change where that is so of what they are given. */
const FIXED_BY_ARGUMENTS = /^(builtins\.(abs|pow|divmod|min|max|sum|tuple|frozenset)|fractions\.Fraction|decimal\.Decimal|datetime\.(date|datetime|timedelta))$/; // prettier-ignore
/** Methods that give text or a number, whatever they are called on. */
const FIXED_METHODS =
  /^(upper|lower|strip|lstrip|rstrip|title|capitalize|casefold|swapcase|join|startswith|endswith|find|rfind|isdigit|isalpha|isalnum|isspace|isupper|islower|isnumeric|zfill|ljust|rjust|hexdigest|digest|bit_length|bit_count|total_seconds|isoformat|strftime|removeprefix|removesuffix|is_integer|as_integer_ratio|conjugate)$/; // prettier-ignore

/** Of a name that was seen with values of several types, they are joined by '|'. */
export const typesOf = (type: string): string[] => type.split('|');
export const isFixedType = (type: string): boolean => typesOf(type).every((one) => NUMBERS.test(one) || FIXED.test(one));
export const isNumberType = (type: string): boolean => typesOf(type).some((one) => NUMBERS.test(one));
/** Hashable and unchangeable, its elements too, as far as they were seen. */
export const isFixedValue = ({ type, elements }: ValueFact): boolean =>
  typesOf(type).every((one) => isFixedType(one) || one === 'tuple' || one === 'frozenset') && (elements ?? []).every(isFixedType);

/** Types whose items are gone once someone has walked over them. */
const USED_UP = /^(generator|map|filter|zip|enumerate|reversed|\w*iterator|(itertools\.)?(chain|islice|product|permutations|combinations|count|cycle|accumulate|groupby|takewhile|dropwhile)|_io\.\w+|(_?csv\.)?(reader|DictReader))$/; // prettier-ignore
const GIVES_USED_UP =
  /^(builtins\.(map|filter|zip|enumerate|reversed|iter|open)|itertools\.\w+|re\.finditer|csv\.(reader|DictReader)|os\.(scandir|walk)|glob\.iglob)$/;

/** `fixed`: nobody can change it, so that all callers may share it. `new`: a list, dictionary or set made by the function. `once`: the first caller uses it up. */
export type Result = 'fixed' | 'new' | 'once' | 'unknown';

/** What a function hands out, by the forms of its results and by what was seen in its names. Its parameters are taken for fixed. */
export function resultOf(facts: FunctionFacts, cx: Context): Result {
  return isSeenFixed(facts, cx) ? 'fixed' : new Results(cx).ofFunction(facts.function, facts.values, true);
}

/** A recursion that keeps a result of its own in a name shows what it is. */
function isSeenFixed({ function: fn, values }: FunctionFacts, cx: Context): boolean {
  const own = (expr: Expr): boolean => expr.kind === 'call' && cx.functionOf(expr.callee, fn.file)?.qualname === fn.qualname;
  return [...eachStmt(fn.body)].some((statement) => {
    if (statement.kind !== 'assign' || !own(statement.value)) return false;
    return statement.targets.some((target) => {
      const seen = target.kind === 'name' ? values[target.name] : undefined;
      return (
        seen !== undefined && seen.type !== 'NoneType' && isFixedType(seen.type) && givenIn(fn.body, (target as { name: string }).name).length === 1
      );
    });
  });
}

interface Scope {
  fn: FunctionIR;
  values: Record<string, ValueFact>;
  fixedParams: boolean;
}

class Results {
  readonly #open = new Set<string>();

  constructor(private readonly cx: Context) {}

  ofFunction(fn: FunctionIR, values: Record<string, ValueFact>, fixedParams: boolean): Result {
    const key = `${fn.file}::${fn.qualname}`;
    // A result that goes back to itself is what the others are.
    if (this.#open.has(key)) return 'fixed';
    this.#open.add(key);
    const scope = { fn, values, fixedParams };
    const results = [...eachStmt(fn.body)].flatMap((statement) =>
      statement.kind === 'return' && statement.value !== null ? [this.#of(statement.value, scope)] : [],
    );
    this.#open.delete(key);
    return worst(results);
  }

  #of(expr: Expr, scope: Scope): Result {
    const all = (parts: readonly Expr[]): Result => worst(parts.map((part) => this.#of(part, scope)));
    switch (expr.kind) {
      case 'number':
      case 'string':
      case 'constant':
      case 'format':
        return 'fixed';
      case 'compare':
        return worst([expr.first, ...expr.rest.map(({ right }) => right)].map((part) => (this.#of(part, scope) === 'unknown' ? 'unknown' : 'fixed')));
      case 'unary':
        return expr.op === 'not' ? 'fixed' : this.#of(expr.operand, scope);
      case 'binary':
        return expr.op === '%' && expr.left.kind === 'string' ? 'fixed' : all([expr.left, expr.right]);
      case 'logical':
        return all([expr.left, expr.right]);
      case 'conditional':
        return all([expr.then, expr.otherwise]);
      case 'named':
        return this.#of(expr.value, scope);
      case 'collection':
        return expr.type === 'tuple' ? worst(expr.items.map((item) => (this.#of(item, scope) === 'fixed' ? 'fixed' : 'unknown'))) : 'new';
      case 'dict':
        return 'new';
      case 'loop':
        return expr.loop.sink?.consumer ? 'unknown' : expr.loop.sink?.type === 'generator' ? 'once' : 'new';
      case 'attribute':
        return this.#ofAttribute(expr, scope);
      case 'name':
        return this.#ofName(expr.name, expr, scope);
      case 'subscript':
        return this.#elementOf(expr.object, scope);
      case 'call':
        return this.#ofCall(expr, scope);
      default:
        return 'unknown';
    }
  }

  #ofAttribute(expr: Expr, scope: Scope): Result {
    const seen = scope.values[dottedName(expr) ?? ''];
    if (seen !== undefined && isFixedType(seen.type)) return 'fixed';
    return /^(math|cmath|string|sys\.(maxsize|float_info))\b/.test(this.cx.resolve(expr, scope.fn.file, expr.span.start) ?? '') ? 'fixed' : 'unknown'; // prettier-ignore
  }

  #ofName(name: string, expr: Expr, scope: Scope): Result {
    const { fn, values } = scope;
    const seen = values[name];
    if (seen !== undefined && isFixedType(seen.type)) return 'fixed';
    if (seen !== undefined && typesOf(seen.type).some((one) => USED_UP.test(one))) return 'once';
    if (seen !== undefined && typesOf(seen.type).some((one) => /^(list|dict|set|deque|bytearray|ndarray|(collections\.)?(defaultdict|Counter|OrderedDict|deque))$/.test(one))) return 'new'; // prettier-ignore
    if (fn.params.some((param) => param.name === name) && givenIn(fn.body, name).length === 0) return scope.fixedParams ? 'fixed' : 'unknown';
    const outline = this.cx.module(fn.file);
    const given = givenIn(fn.body, name);
    if (given.length === 0) return Object.hasOwn(outline.constants, name) ? 'fixed' : 'unknown';
    const key = `${fn.file}::${fn.qualname}.${name}@`;
    if (this.#open.has(key)) return 'fixed';
    this.#open.add(key);
    const result = worst(
      given.map((one) => ('value' in one ? this.#of(one.value, scope) : 'space' in one ? this.#itemOf(one.space, scope) : 'unknown')),
    );
    this.#open.delete(key);
    return result;
  }

  #itemOf(space: IndexSpace, scope: Scope): Result {
    if (space.kind === 'range') return 'fixed';
    if (space.kind === 'sequence') return this.#elementOf(space.value, scope);
    return 'unknown';
  }

  #elementOf(object: Expr, scope: Scope): Result {
    if (object.kind === 'string') return 'fixed';
    if (object.kind === 'collection') return worst(object.items.map((item) => this.#of(item, scope)));
    if (object.kind === 'subscript' && object.index.kind === 'slice') return this.#elementOf(object.object, scope);
    const name = dottedName(object);
    if (name === null) return 'unknown';
    const seen = scope.values[name];
    if (seen !== undefined) return isFixedValue(seen) || (seen.elements !== undefined && seen.elements.length > 0 && seen.elements.every(isFixedType)) ? 'fixed' : 'unknown'; // prettier-ignore
    const param = scope.fn.params.some((one) => one.name === name);
    return param && scope.fixedParams ? 'fixed' : 'unknown';
  }

  #ofCall(call: Expr & { kind: 'call' }, scope: Scope): Result {
    const { cx } = this;
    const own = cx.functionOf(call.callee, scope.fn.file);
    const given = [...call.args, ...call.keywords.map(({ value }) => value)];
    if (own !== null) return this.ofFunction(own, {}, worst(given.map((arg) => this.#of(arg, scope))) === 'fixed');
    const path = cx.resolve(call.callee, scope.fn.file, call.span.start) ?? '';
    if (FIXED_RESULTS.test(path)) return 'fixed';
    if (FIXED_BY_ARGUMENTS.test(path)) return worst(given.map((arg) => this.#taken(arg, scope)));
    if (/^builtins\.(list|dict|set|sorted|bytearray)$/.test(path)) return 'new';
    if (GIVES_USED_UP.test(path)) return 'once';
    const { callee } = call;
    if (callee.kind !== 'attribute') return 'unknown';
    if (FIXED_METHODS.test(callee.attribute)) return 'fixed';
    const object = callee.object.kind === 'name' ? scope.values[callee.object.name]?.type : undefined;
    const text = callee.object.kind === 'string' || object === 'str';
    return text && /^(replace|count|index|rindex|format|center|encode|translate|expandtabs)$/.test(callee.attribute) ? 'fixed' : 'unknown';
  }

  /** Of `sum`, `min`, `tuple`: what counts is what is in the argument. */
  #taken(arg: Expr, scope: Scope): Result {
    if (arg.kind === 'spread') return this.#elementOf(arg.value, scope);
    if (arg.kind === 'loop') {
      const emitted = [...eachStmt(arg.loop.body)].flatMap((statement) => (statement.kind === 'emit' ? [statement.value] : []));
      return worst(emitted.map((value) => this.#of(value, { ...scope })));
    }
    const whole = this.#of(arg, scope);
    return whole === 'fixed' ? whole : this.#elementOf(arg, scope) === 'fixed' ? 'fixed' : 'unknown';
  }
}

function worst(results: readonly Result[]): Result {
  if (results.includes('once')) return 'once';
  if (results.includes('unknown')) return 'unknown';
  return results.includes('new') ? 'new' : 'fixed';
}

type Given = { value: Expr } | { space: IndexSpace } | { unknown: true };

/** Everything that statements give a name, what is added to it included. */
function givenIn(body: readonly Stmt[], name: string): Given[] {
  const found: Given[] = [];
  const assign = (target: Expr, value: Expr): void => {
    if (target.kind === 'name' && target.name === name) found.push({ value });
    else if (target.kind === 'collection' && boundNames(target).includes(name)) {
      const paired = value.kind === 'collection' && value.items.length === target.items.length;
      if (paired) target.items.forEach((item, index) => assign(item, value.items[index] as Expr));
      else found.push({ unknown: true });
    }
  };
  const loop = (target: Expr | null, space: IndexSpace): void => {
    if (target === null || !boundNames(target).includes(name)) return;
    found.push(target.kind === 'name' ? { space } : { unknown: true });
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') statement.targets.forEach((target) => assign(target, statement.value));
    if (statement.kind === 'augment' && statement.target.kind === 'name' && statement.target.name === name) found.push({ value: statement.value });
    if (statement.kind === 'loop') loop(statement.loop.target, statement.loop.space);
    if (statement.kind === 'with' && statement.items.some(({ target }) => target && boundNames(target).includes(name))) found.push({ unknown: true });
    if (statement.kind === 'opaque' && statement.writes.includes(name)) found.push({ unknown: true });
    for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      if (expr.kind === 'named' && expr.name === name) found.push({ value: expr.value });
      if (expr.kind === 'loop') {
        loop(expr.loop.target, expr.loop.space);
        for (const inner of eachStmt(expr.loop.body)) if (inner.kind === 'loop') loop(inner.loop.target, inner.loop.space);
      }
    }
  }
  return found;
}
