import type { Position, Span } from '../types';

/** Negative where `a` comes first, 0 where both are one place. */
export const comparePositions = (a: Position, b: Position): number => a.line - b.line || a.character - b.character;

/** Strictly: a place is not before itself. */
export const before = (a: Position, b: Position): boolean => comparePositions(a, b) < 0;

/** A span is within itself. */
export const within = (inner: Span, outer: Span): boolean => !before(inner.start, outer.start) && !before(outer.end, inner.end);

/** Is the character at the place one of the span's? That at its end is not. */
export const holds = (span: Span, at: Position): boolean => !before(at, span.start) && before(at, span.end);

export const sameSpan = (a: Span, b: Span): boolean => comparePositions(a.start, b.start) === 0 && comparePositions(a.end, b.end) === 0;

/** A place as a reader counts it, from 1. */
export const lineOf = (span: { start: { line: number } }): string => `line ${span.start.line + 1}`;
