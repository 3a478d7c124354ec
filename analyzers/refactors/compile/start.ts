/** What the names that a piece of code needs from before hold: as the text proves it, or as it was seen in the run. */
import { eachStmt } from '../../syntax/python-walk';
import type { ValueFact } from '../../types';
import { constantValue, givenOnce, moduleConstant, type Constant } from './constants';
import { LONGEST, range, type Range } from './intervals';
import { INT, isScalar, kindOfValue, type Kind } from './kinds';
import type { Piece } from './piece';
import { SHARED } from './random';
import { recordOf } from './records';

export interface Start {
  kind: Kind;
  /** The text shows it, so that nothing has to be asked when the program runs. */
  proven: boolean;
  /** Of an int that is proven. */
  range: Range | null;
  /** The largest that was seen, in size. */
  seen: number | null;
}

const startOf = ({ kind, range: known }: Constant): Start => ({
  kind,
  proven: true,
  range: known,
  seen: known && Math.max(Math.abs(known.lo), Math.abs(known.hi)),
});

/** Of a name that the module gives a constant once and for all: a kernel may read it as it is. Anything else would be frozen in a compiled kernel. */
export function constantOf({ cx, module, owner, span }: Piece, name: string): Start | null {
  const scope = module.scopes.find((one) => owner !== null && one.kind === 'function' && one.qualname === owner.qualname);
  if (scope?.bindings.has(name) && !scope.globals.has(name)) return null;
  const given = givenOnce(module, name);
  // At the module's own level a kernel that stands above the constant is still called below it.
  if (given === null || (owner === null && given.span.start.line > span.start.line)) return null;
  const value = moduleConstant(cx, module, name);
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
      const value = constantValue(
        made,
        () => null,
        (expr) => piece.cx.resolve(expr, piece.file, expr.span.start),
      );
      if (value && isScalar(value.kind) && (owner !== null || !module.globals.includes(name))) return startOf(value);
    }
  }
  const fact = values[name];
  const kind = kindOfValue(fact, piece.rowsAsTuples) ?? recordList(piece, name, fact);
  if (kind === null || fact === undefined) return null;
  return { kind, proven: false, range: null, seen: fact.value === undefined ? null : Math.abs(fact.value) };
}

function recordList(piece: Piece, name: string, fact: ValueFact | undefined): Kind | null {
  const of = recordOf(piece, name, fact);
  return of && { kind: 'list', of, given: true };
}
