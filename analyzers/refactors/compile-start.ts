/** What the names that a piece of code needs from before hold: as the text proves it, or as it was seen in the run. */
import { type PythonModule } from '../syntax/python-module';
import { eachStmt } from '../syntax/python-walk';
import type { Expr, FunctionIR, Span, ValueFact } from '../types';
import { range, type Range } from './compile-intervals';
import { BOOL, FLOAT, INT, kindOfValue, type Kind } from './compile-kinds';
import { SHARED } from './compile-random';
import type { Context } from './refactor';

/** A stretch of code that may become a kernel, with what surrounds it. */
export interface Piece {
  cx: Context;
  file: string;
  module: PythonModule;
  owner: FunctionIR | null;
  values: Record<string, ValueFact>;
  /** Where its first line is. */
  span: Span;
}
/** No container is longer. */
const LONGEST = 2 ** 40;

export interface Start {
  kind: Kind;
  /** The text shows it, so that nothing has to be asked when the program runs. */
  proven: boolean;
  /** Of an int that is proven. */
  range: Range | null;
  /** The largest that was seen, in size. */
  seen: number | null;
}

/** A literal of the text: its kind, and its value where it is an int. */
function literal(expr: Expr): { kind: Kind; value: number | null } | null {
  if (expr.kind === 'constant' && (expr.value === 'True' || expr.value === 'False')) return { kind: BOOL, value: expr.value === 'True' ? 1 : 0 };
  if (expr.kind === 'unary' && expr.op === '-') {
    const of = literal(expr.operand);
    return of && of.kind.kind !== 'bool' ? { kind: of.kind, value: of.value === null ? null : -of.value } : null;
  }
  if (expr.kind !== 'number' || expr.type === 'complex') return null;
  const text = expr.text.replaceAll('_', '');
  return expr.type === 'int' ? { kind: INT, value: Number(text) } : { kind: FLOAT, value: null };
}

const startOf = ({ kind, value }: { kind: Kind; value: number | null }): Start => ({
  kind,
  proven: true,
  range: value === null ? null : range(value, value),
  seen: value === null ? null : Math.abs(value),
});

/** Of a name that the module gives a literal once and for all: a kernel may read it as it is. Anything else would be frozen in a compiled kernel. */
export function constantOf({ cx, file, module, owner, span }: Piece, name: string): Start | null {
  const text = cx.module(file).constants[name];
  if (text === undefined) return null;
  const scope = module.scopes.find((one) => owner !== null && one.kind === 'function' && one.qualname === owner.qualname);
  if (scope?.bindings.has(name) && !scope.globals.has(name)) return null;
  if (module.globals.includes(name) || module.scopes[0]?.bindings.get(name)?.length !== 1) return null;
  const given = module.body.find(
    (statement) => statement.kind === 'assign' && statement.targets.some((one) => one.kind === 'name' && one.name === name),
  );
  if (given?.kind !== 'assign' || given.targets.length !== 1) return null;
  // At the module's own level a kernel that stands above the constant is still called below it.
  if (owner === null && given.span.start.line > span.start.line) return null;
  const value = literal(given.value);
  return value && startOf(value);
}

/** Of a name that comes from before the piece; null: not known, or nothing that a kernel takes. */
export function startOfName(piece: Piece, name: string): Start | null {
  const { owner, module, values } = piece;
  if (name === SHARED) return { kind: { kind: 'generator', of: 'python' }, proven: true, range: null, seen: null };
  const scope = owner ? module.scopes.find((one) => one.kind === 'function' && one.qualname === owner.qualname) : module.scopes[0];
  const bindings = scope?.bindings.get(name) ?? [];
  if (bindings.length === 1 && bindings[0]?.kind === 'assignment' && !scope?.globals.has(name)) {
    for (const statement of eachStmt(owner?.body ?? module.body)) {
      if (statement.kind !== 'assign' || statement.targets.length !== 1) continue;
      const [target] = statement.targets;
      if (target?.kind !== 'name' || target.name !== name) continue;
      const { value: made } = statement;
      if (owner !== null && made.kind === 'call' && piece.cx.resolve(made.callee, piece.file, made.span.start) === 'builtins.len')
        return { kind: INT, proven: true, range: range(0, LONGEST), seen: null };
      const value = literal(made);
      if (value && (owner !== null || !module.globals.includes(name))) return startOf(value);
    }
  }
  const fact = values[name];
  const kind = kindOfValue(fact);
  if (kind === null || fact === undefined) return null;
  return { kind, proven: false, range: null, seen: fact.value === undefined ? null : Math.abs(fact.value) };
}
