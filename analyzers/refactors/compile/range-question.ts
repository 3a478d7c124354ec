/** What is asked of the ranges of integers in a piece of code, and the answer. */
import type { Expr, LoopIR, Span, Stmt } from '../../types';
import type { Aliases } from './aliases';
import { rootOf } from './changes';
import type { Range } from './intervals';

export interface RangeQuestion {
  body: readonly Stmt[];
  /** Integers and containers of integers (their elements) at the start; names that are not here are local and hold nothing yet. */
  start: ReadonlyMap<string, Range>;
  /** Names that hold integers or containers of integers somewhere in the body. Others are floats and what has no range. */
  integers: ReadonlySet<string>;
  /** Those of them that are lists or arrays: these cannot be checked at the head of a loop. */
  containers: ReadonlySet<string>;
  /** Names that may be one container, or a part of it. */
  aliases?: Aliases;
  /** The one place that a field of a record is, whichever name the record has; null of other expressions. */
  fieldOf?(expr: Expr): string | null;
  /** Whether a call gives integers, or something that holds some. */
  isInteger?(call: Expr & { kind: 'call' }): boolean;
  /** Result of a call with an integer result, beyond the usual builtins. */
  callRange?(call: Expr & { kind: 'call' }, args: readonly (Range | null)[], object: Range | null): Range | null;
}
/** A loop variable that has to be checked at the head of a loop: only below `limit` in size is what follows safe. */
export interface HeadCheck {
  loop: LoopIR;
  name: string;
  limit: number;
}
export type RangeAnswer = { ok: true; checks: HeadCheck[]; returned: Range | null } | { ok: false; at: Span };

/** The one name for all that may be the same container. */
export const containerName = ({ aliases }: RangeQuestion, name: string): string => aliases?.nameOf(name) ?? name;

/** The name that what is stored into is known by; null: it has none. */
export function containerOf(question: RangeQuestion, target: Expr): string | null {
  const field = question.fieldOf?.(target) ?? null;
  const root = field === null ? rootOf(target) : null;
  return root === null ? field : containerName(question, root);
}
