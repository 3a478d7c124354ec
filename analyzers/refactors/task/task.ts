import type { LoopFacts, Position, Stmt } from '../../types';
import type { Context } from '../refactor';
import type { Worker } from './calls';
import type { Columns } from './columns';
import type { Handoff } from './function';
import type { TaskModule } from './module';
import type { TaskSplit } from './split';

/** A loop that was found to be a task function and a map, and everything that writing it needs. */
export interface TaskMap {
  facts: LoopFacts;
  cx: Context;
  worker: Worker;
  split: TaskSplit;
  columns: Columns;
  handoff: Handoff;
  module: TaskModule;
  /** A comprehension's cold filter was taken into the items. */
  filtered: boolean;
  /** Several items go to a worker at once. */
  pieces: boolean;
  /** All results are there before the rest of the loop begins, which changes the object that the workers are sent. */
  collected: boolean;
  /** The outermost loop around it, which the pool then serves in all its trips. */
  around: Stmt | null;
  /** Where the loop's header ended, before a progress bar was taken out of it. */
  headerEnd: Position;
  /** Puts the bar around the results. */
  progress: ((iterable: string, length: string) => string) | null;
  free: ReadonlySet<string>;
}
