/** What the profile says of a stretch of the program: a finding on code that took no time is no finding. */
import { formatSeconds, formatShare, seconds, share } from '../../platform/units';
import type { Profile, Share, Span, Stack } from '../../types';

export interface Cost {
  /** Thread and process seconds added up: may be more than the run took. */
  seconds: number;
  python: number;
  native: number;
  wait: number;
}
/** Parts of a run below this are not worth a change. */
const LEAST_SHARE = 0.05;
/** Shorter runs are mostly start-up. */
const SHORTEST_RUN = 0.3;

export interface Stretch {
  file: string;
  span: Span;
}
export const passes = (stack: Stack, { file, span }: Stretch): boolean =>
  stack.frames.some((frame) => frame.file === file && frame.line > span.start.line && frame.line <= span.end.line + 1);

function add(cost: Cost, stack: Stack): void {
  const native = stack.native ?? 0;
  const wait = stack.wait ?? 0;
  cost.seconds += stack.seconds;
  cost.native += native;
  cost.wait += wait;
  cost.python += Math.max(0, stack.seconds - native - wait);
}

export class Weight {
  constructor(readonly profile: Profile) {}

  /** Everything that happened while one of the stretches was on the call path, and none of the others. */
  through(stretches: readonly Stretch[], except: readonly Stretch[] = []): Cost {
    const cost: Cost = { seconds: 0, python: 0, native: 0, wait: 0 };
    for (const stack of this.profile.stacks) {
      if (!stretches.some((one) => passes(stack, one)) || except.some((one) => passes(stack, one))) continue;
      add(cost, stack);
    }
    return cost;
  }

  /** What was charged to the lines themselves: no other line of the program was further in. */
  at(stretches: readonly Stretch[]): Cost {
    const cost: Cost = { seconds: 0, python: 0, native: 0, wait: 0 };
    for (const stack of this.profile.stacks) {
      const last = stack.frames.at(-1);
      if (last === undefined || !stretches.some((one) => passes({ ...stack, frames: [last] }, one))) continue;
      add(cost, stack);
    }
    return cost;
  }

  /** As a part of the run's wall time. */
  share(value: number): Share {
    return share(value / Math.max(this.profile.run.seconds, 1e-9));
  }

  matters(value: number, least = LEAST_SHARE): boolean {
    return this.profile.run.seconds >= SHORTEST_RUN && value >= least * this.profile.run.seconds;
  }
}

export const busyOf = ({ python, native }: Cost): number => python + native;
/** 2.1 -> "2.1 s". */
export const timeText = (value: number): string => formatSeconds(seconds(value));
export const shareText = (part: number, whole: number): string => formatShare(share(whole > 0 ? part / whole : 0));
export const runText = ({ run }: Profile): string => formatSeconds(run.seconds);
