import type { Accumulator, Expr, LoopIR } from '../types';
import type { Environment } from './environment';
import type { NameFlow } from './flow';
import type { TripOwned } from './trip-owned';

/** What the stores and dependences of one loop are read from. */
export interface TripNames {
  loop: LoopIR;
  env: Environment;
  flow: NameFlow;
  privates: ReadonlySet<string>;
  /** What a trip made for itself. */
  owned: TripOwned;
  liveOut: ReadonlySet<string>;
  accumulators: readonly Accumulator[];
  /** Variables of the module that a call reads through a function of the user's own. */
  globalsRead: (call: Expr & { kind: 'call' }) => ReadonlySet<string>;
}
