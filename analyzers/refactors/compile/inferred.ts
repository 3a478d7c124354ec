/** What is asked of the inference of kinds, and what it finds. */
import type { Expr, FunctionIR, Span, Stmt } from '../../types';
import type { KnownCall } from './calls';
import type { Kind, Numpy, RecordKind, ScalarKind } from './kinds';

export interface InferenceQuestion {
  body: readonly Stmt[];
  /** Names that have a value at the start. */
  start: ReadonlyMap<string, Kind>;
  /** Constants of the module and other names that are only read; null: not known. */
  outer(name: string): Kind | null;
  /** Dotted path that a callee or attribute resolves to. */
  resolve(expr: Expr): string | null;
  /** A function of the user's own that is compiled too; `result` infers its result for these arguments, null where it does not compile. */
  own(callee: Expr): { function: FunctionIR; result(args: readonly Kind[]): Kind | null } | null;
}
export interface FieldUse {
  record: RecordKind;
  name: string;
  written: boolean;
}
/** A field that a kernel has to get of each record. */
export interface RecordField {
  name: string;
  kind: ScalarKind;
  written: boolean;
}
export interface Problem {
  code: 'kernel-type' | 'kernel-call' | 'kernel-statement';
  why: string;
  span: Span;
}
export interface Inference {
  start: ReadonlyMap<string, Kind>;
  kinds: Map<string, Kind>;
  /** Names that hold an int before they hold a float: Python shows the int where no trip came to the float. */
  mixed: Set<string>;
  /** What the code returns; null: it has no return with a value. */
  result: Kind | null;
  domains: { call: Expr & { kind: 'call' }; domain: NonNullable<KnownCall['domain']> }[];
  /** Divisions and remainders whose divisor is not plainly other than zero, with whether NumPy's rules hold for them. */
  divisions: { expr: Expr; numpy: Numpy }[];
  /** Powers of floats, which raise in Python where they leave the floats. */
  powers: Expr[];
  /** Elements that are read or stored, of lists and arrays. */
  subscripts: (Expr & { kind: 'subscript' })[];
  /** Every value that a name is given, in text order. */
  given: { name: string; span: Span; kind: Kind }[];
  /** The expressions that a name is given as a whole, where it is given nothing in another way. */
  sources: Map<string, Expr[]>;
  /** Fields of records that are read or changed, in text order. */
  fields: FieldUse[];
  /** Something that may be None is computed with: a kernel raises where it is. */
  unwraps: boolean;
  /** What is computed of whole arrays at once: shapes that do not fit raise an error. */
  arrays: Expr[];
  /** Arrays that are changed in place by other arrays: Numba reads while it writes, and does not see that shapes do not fit. */
  updates: Stmt[];
  /** Paths of the library's functions that are called. */
  libraries: Set<string>;
  /** Calls of functions of the user's own. */
  calls: (Expr & { kind: 'call' })[];
  kindOf(expr: Expr): Kind | null;
}

/** A field of a record, whichever name the record has: `<record>.<field>`. Null of any other expression. */
export function fieldPlace(inference: Inference, expr: Expr): string | null {
  const field = expr.kind === 'attribute' ? expr.attribute : expr.kind === 'subscript' ? keyOf(expr.index) : null;
  if (field === null || (expr.kind !== 'attribute' && expr.kind !== 'subscript')) return null;
  const of = inference.kindOf(expr.object);
  return of?.kind === 'record' ? `${of.id}.${field}` : null;
}

/** The text of a string literal that is a name too. */
export const keyOf = (index: Expr): string | null => (index.kind === 'string' ? (/^(["'])([A-Za-z]\w*)\1$/.exec(index.text)?.[2] ?? null) : null);
