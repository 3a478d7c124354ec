import type { Expr, LanguageId, Span, Stmt } from '../types';
import type { PlainNode } from './plain-tree';

/** What a name holds as far as the way it was made tells. */
export type Container = 'array' | 'map' | 'set';

/** What the readers of expressions, loops and statements need of each other; javascript-ir.ts ties them together. */
export interface Reading {
  language: LanguageId;
  text: (node: PlainNode) => string;
  span: (node: PlainNode) => Span;
  /** A span from the start of one node to the end of another. */
  between: (first: PlainNode, last: PlainNode) => Span;
  expr: (node: PlainNode) => Expr;
  /** A statement that stands alone, or a block's statements. */
  block: (nodes: readonly PlainNode[]) => Stmt[];
  body: (node: PlainNode | null) => Stmt[];
  /** The IR's name of a written name: another one where it hides a name of a block or function around it. */
  nameOf: (written: string) => string;
  /** Reads with further names declared; what they are called comes second. */
  within: <T>(names: readonly string[], read: (called: string[]) => T) => T;
  opaque: (node: PlainNode, what?: string, parts?: Expr[]) => Expr & { kind: 'opaque' };
  container: (expr: Expr) => Container | null;
  /** Marks a function that is read as a part of the code around it: as a loop's body or a plain value. */
  join: (definition: PlainNode) => void;
  /** A name that stands nowhere in the file. */
  fresh: (stem: string) => string;
}

/** An empty span marks what the source does not spell out. */
export const emptySpan = (span: Span): Span => ({ start: span.start, end: span.start });
export const nameExpr = (name: string, span: Span): Expr & { kind: 'name' } => ({ kind: 'name', name, span });
export const intExpr = (value: number, span: Span): Expr => ({ kind: 'number', type: 'int', text: String(value), span: emptySpan(span) });
export const noneExpr = (span: Span): Expr => ({ kind: 'constant', value: 'None', undefined: true, span: emptySpan(span) });

export function opaqueStatement(node: PlainNode, reading: Reading): Stmt {
  const { reads, writes } = reading.opaque(node);
  return { kind: 'opaque', what: node.type, reads, writes, span: reading.span(node) };
}
