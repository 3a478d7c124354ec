/** Names that a module gives a value once and for all: a kernel may read them as they are. */
import type { PythonModule } from '../../syntax/python-module';
import type { Expr } from '../../types';
import { binary, join, range, type Range } from './intervals';
import { BOOL, FLOAT, INT, isScalar, promoted, type Kind } from './kinds';
import { isInfinity } from './lowering';
import type { Context } from '../refactor';

export interface Constant {
  kind: Kind;
  /** Of the ints in it. */
  range: Range | null;
}

/** What an expression of literals and other constants gives; null: it is none. */
export function constantValue(expr: Expr, ofName: (name: string) => Constant | null, resolve: (expr: Expr) => string | null): Constant | null {
  const inner = (part: Expr): Constant | null => constantValue(part, ofName, resolve);
  switch (expr.kind) {
    case 'number': {
      const value = Number(expr.text.replaceAll('_', ''));
      return expr.type === 'complex' ? null : expr.type === 'int' ? { kind: INT, range: range(value, value) } : { kind: FLOAT, range: null };
    }
    case 'constant':
      return expr.value === 'True' || expr.value === 'False' ? { kind: BOOL, range: expr.value === 'True' ? range(1, 1) : range(0, 0) } : null;
    case 'name':
      return ofName(expr.name);
    case 'attribute':
      return /^math\.(pi|e|tau|inf|nan)$/.test(resolve(expr) ?? '') ? { kind: FLOAT, range: null } : null;
    case 'call':
      return isInfinity(expr) && resolve(expr.callee) === 'builtins.float' ? { kind: FLOAT, range: null } : null;
    case 'unary': {
      const of = expr.op === '-' || expr.op === '+' ? inner(expr.operand) : null;
      if (of === null || !isScalar(of.kind) || of.kind.kind === 'bool') return null;
      return { kind: of.kind, range: of.range && expr.op === '-' ? range(-of.range.hi, -of.range.lo) : of.range };
    }
    case 'binary': {
      const [left, right] = [inner(expr.left), inner(expr.right)];
      if (!left || !right || !isScalar(left.kind) || !isScalar(right.kind) || left.kind.kind === 'bool' || right.kind.kind === 'bool') return null;
      const wide = promoted([left.kind, right.kind]);
      if (expr.op === '/') return { kind: FLOAT, range: null };
      if (wide.kind === 'float') return /^[-+*]$/.test(expr.op) ? { kind: FLOAT, range: null } : null;
      const value = left.range && right.range && !(expr.op === '**' && right.range.lo < 0) ? binary(expr.op, left.range, right.range) : null;
      return value && Number.isFinite(value.lo) && Number.isFinite(value.hi) ? { kind: INT, range: value } : null;
    }
    case 'collection': {
      const items = expr.type === 'tuple' ? expr.items.map(inner) : [null];
      if (items.length === 0 || items.some((item) => item === null)) return null;
      const ranges = items.flatMap((item) => (item?.range ? [item.range] : []));
      const all = ranges.reduce<Range | null>((known, one) => (known ? join(known, one) : one), null);
      return { kind: { kind: 'tuple', items: items.map((item) => (item as Constant).kind) }, range: all };
    }
    default:
      return null;
  }
}

/** The one expression that a name of the module's top level is given; null: none, or there are several. */
export function givenOnce(module: PythonModule, name: string): Expr | null {
  if (module.globals.includes(name) || module.scopes[0]?.bindings.get(name)?.length !== 1) return null;
  for (const statement of module.body) {
    if (statement.kind !== 'assign' || statement.targets.length !== 1) continue;
    const [target] = statement.targets;
    if (target?.kind === 'name' && target.name === name) return statement.value;
    if (target?.kind !== 'collection' || statement.value.kind !== 'collection' || target.items.length !== statement.value.items.length) continue;
    const at = target.items.findIndex((item) => item.kind === 'name' && item.name === name);
    if (at >= 0) return statement.value.items[at] ?? null;
  }
  return null;
}

export function moduleConstant(cx: Context, module: PythonModule, name: string, depth = 0): Constant | null {
  const given = depth > 8 ? null : givenOnce(module, name);
  return given && constantValue(given, (other) => moduleConstant(cx, module, other, depth + 1), (expr) => cx.resolve(expr, module.file, expr.span.start)); // prettier-ignore
}
