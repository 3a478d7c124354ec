import { comparePositions } from '../platform/span';
import type { Expr, Span, Stmt } from '../types';
import type { PlainNode } from './plain-tree';

/** What the readers of expressions, loops and statements need of each other; python-ir.ts ties them together. */
export interface Reading {
  text: (node: PlainNode) => string;
  span: (node: PlainNode) => Span;
  /** A span from the start of one node to the end of another. */
  between: (first: PlainNode, last: PlainNode) => Span;
  expr: (node: PlainNode) => Expr;
  block: (nodes: readonly PlainNode[]) => Stmt[];
  /** True when the file binds this builtin's name itself anywhere, so that it may mean something else. */
  shadowed: (name: string) => boolean;
}

/** An empty span marks what the source does not spell out. */
export const emptySpan = (span: Span): Span => ({ start: span.start, end: span.start });
export const isSynthetic = ({ span }: Expr): boolean => comparePositions(span.start, span.end) === 0;
