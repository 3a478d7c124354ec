import type { Refusal, Span } from '../types';

/** A value, or an expected "no" that the user is told about. Exceptions are bugs. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

/** @param toDo what the user can do about it, as one sentence. */
export function refuse(code: string, why: string, toDo: string, span?: Span): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: span === undefined ? { code, why, toDo } : { code, why, toDo, span } };
}
