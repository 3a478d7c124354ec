/** Can the integers of a compiled piece of code leave int64? Python's have no end, a kernel's wrap around without a word. */
import { join, range, type Range } from './intervals';
import type { RangeAnswer, RangeQuestion } from './range-question';
import { GROWN, RangeRun } from './range-run';
import { within } from './states';

const LIMITS = [2 ** 60, 2 ** 53, 2 ** 31];
const SIGNED = range(-GROWN, GROWN);
/** What grows starts below this. */
const SMALL = 2 ** 53;

/**
 * Three ways, the cheapest first: every range has an end; or what has none grows by a small step at a time (tables of distances, counts), and nobody
 * waits for 2**43 steps; or a loop variable is checked at the head of its loop, for ever smaller limits.
 */
export function judgeRanges(asked: RangeQuestion): RangeAnswer {
  const question = withAliases(asked);
  const plain = new RangeRun(question, { limit: null, growing: new Map() });
  const first = plain.run();
  if (first === null) return { ok: true, checks: [], returned: plain.returned };
  const small = [...plain.endless].filter((name) => within(question.start.get(name) ?? range(0, 0), SMALL));
  const growing = new Map(small.map((name) => [name, (question.start.get(name)?.lo ?? 0) >= 0 ? range(0, GROWN) : SIGNED]));
  for (let again = true; again;) {
    const run = new RangeRun(question, { limit: null, growing });
    const overflow = run.run();
    if (run.leaping.size === 0 && overflow === null) return { ok: true, checks: [], returned: run.returned };
    again = run.leaping.size > 0;
    for (const name of run.leaping) {
      if (growing.get(name)?.lo === 0) growing.set(name, SIGNED);
      else growing.delete(name);
    }
  }
  for (const limit of LIMITS) {
    const run = new RangeRun(question, { limit, growing });
    if (run.run() !== null || run.leaping.size > 0) continue;
    const needed = run.checks.filter((check) => {
      const without = new RangeRun(question, { limit, growing, without: check });
      return without.run() !== null;
    });
    // Each may be spared while the others stand, and not all of them.
    const spared = new RangeRun(question, { limit, growing, only: needed });
    return { ok: true, checks: spared.run() === null ? needed : run.checks, returned: run.returned };
  }
  return { ok: false, at: first };
}

/** One name for containers that may be the same in all that is known of them. */
function withAliases(question: RangeQuestion): RangeQuestion {
  const { aliases } = question;
  if (!aliases || aliases.shared.size === 0) return question;
  const start = new Map<string, Range>();
  for (const [name, known] of question.start) {
    const other = start.get(aliases.nameOf(name));
    start.set(aliases.nameOf(name), other ? join(other, known) : known);
  }
  const named = (names: ReadonlySet<string>): Set<string> => new Set([...names, ...[...names].map((name) => aliases.nameOf(name))]);
  return { ...question, start, integers: named(question.integers), containers: named(question.containers) };
}
