import type { Expr } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr } from '../../syntax/python-walk';
import type { Code } from './code';
import type { Context } from '../refactor';

/** Calls that give their items once: no second trip would find any. */
export const ITERATORS = /^(builtins\.(map|filter|zip|enumerate|reversed|iter|open)|csv\.\w+|itertools\.\w+|re\.finditer|os\.(scandir|walk)|glob\.iglob|io\.\w+)$/; // prettier-ignore
/** So cheap that a name for the value gains nothing that could be measured. */
export const CHEAP = /^(builtins\.(len|int|float|bool|str|isinstance|issubclass|abs|range|ord|chr|type|hash|round|getattr|hasattr|callable|divmod|pow|print|format|repr|complex|super|object|id|slice)|math\.(sqrt|sin|cos|tan|exp|log|log2|log10|floor|ceil|fabs|hypot|atan2|radians|degrees|isnan|isinf|pow)|operator\.\w+|random\.\w+|time\.\w+)$/; // prettier-ignore
/** Of builtins that make something new: with an empty argument list there is no work in it. */
const MAKERS = /^builtins\.(list|dict|set|frozenset|tuple|bytearray|bytes)$/;
/** Those that raise nothing where their arguments are what they were in the profiled run. */
const TOTAL = /^(builtins\.(len|sum|sorted|set|frozenset|list|tuple|dict|any|all|str|repr)|collections\.Counter|re\.(compile|escape))$/;
const CHEAP_METHODS = /^(get|keys|values|items|append|add|startswith|endswith|isdigit|isalpha|strip|lstrip|rstrip|lower|upper|total_seconds|bit_length|is_integer)$/; // prettier-ignore

type Call = Expr & { kind: 'call' };
const isCall = (expr: Expr): expr is Call => expr.kind === 'call';

/** Is there enough work in it that doing it once may be felt? */
export function isExpensive(expr: Expr, code: Code, cx: Context): boolean {
  if (expr.kind === 'loop') return true;
  if (!isCall(expr)) return false;
  const path = cx.resolve(expr.callee, code.file, expr.span.start);
  const inner = [...expr.args, ...expr.keywords.map(({ value }) => value)];
  if (path !== null) {
    if (MAKERS.test(path) && expr.args.length === 0) return false;
    if (/^builtins\.(min|max)$/.test(path) && expr.args.length > 1) return inner.some((arg) => deep(arg, code, cx));
    return !CHEAP.test(path) || inner.some((arg) => deep(arg, code, cx));
  }
  if (expr.callee.kind !== 'attribute') return true;
  return !CHEAP_METHODS.test(expr.callee.attribute) || deep(expr.callee.object, code, cx);
}
const deep = (expr: Expr, code: Code, cx: Context): boolean => [...eachExpr(expr)].some((part) => isExpensive(part, code, cx));

/** Raises nothing: with it, there is nothing to be asked about a first trip. */
export function isTotal(expr: Expr, code: Code, cx: Context): boolean {
  return [...eachExpr(expr)].every((part) => {
    if (part.kind === 'subscript') return part.index.kind === 'slice';
    if (part.kind === 'binary') return !['/', '//', '%', '**'].includes(part.op);
    if (!isCall(part)) return true;
    const path = cx.resolve(part.callee, code.file, part.span.start);
    if (path !== null) return TOTAL.test(path) && !(path === 're.compile' && part.args[0]?.kind !== 'string');
    return part.callee.kind === 'attribute' && /^(lower|upper|strip|split|splitlines|title|casefold|keys|values|items|copy|join|replace)$/.test(part.callee.attribute); // prettier-ignore
  });
}

/** `max(scores)` -> max_scores, `set(words)` -> words_set, `compute_norm(v)` -> norm, `text.split()` -> text_split. */
export function resultName(expr: Expr, cx: Context, file: string, taken: ReadonlySet<string>): string {
  let base = baseName(expr);
  while (taken.has(base)) base += '_2';
  return cx.freshName(base, file);
}

function baseName(expr: Expr): string {
  if (!isCall(expr)) return 'values';
  const [first] = expr.args;
  const argument = first ? lastName(first) : null;
  const called = lastName(expr.callee) ?? 'value';
  if (/^(set|list|tuple|dict|frozenset)$/.test(called)) return `${argument ?? 'values'}_${called}`;
  if (called === 'compile') return 'pattern';
  if (/^(sum|min|max|sorted|any|all|mean|median|factorial|comb|gcd|norm|std)$/.test(called)) return `${called}_${argument ?? 'value'}`;
  if (expr.callee.kind === 'attribute') {
    const object = lastName(expr.callee.object);
    if (object !== null && /^[a-z]/.test(object) && dottedName(expr.callee) !== null && expr.args.length === 0) return `${object}_${called}`;
  }
  const plain = called.replace(/^_+/, '').replace(/^(get|compute|calc|calculate|build|make|find|load|create)_/, '');
  return plain === called || plain === '' ? `${called.replace(/^_+/, '').toLowerCase()}_result` : plain;
}

function lastName(expr: Expr): string | null {
  const name = expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? expr.attribute : null;
  if (name === null) return expr.kind === 'subscript' ? lastName(expr.object) : null;
  return (name === name.toUpperCase() ? name.toLowerCase() : name).replace(/^_+/, '') || null;
}
