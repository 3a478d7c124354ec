import { refuse, type Outcome } from '../../platform/result';
import type { CostModel, FunctionFacts } from '../../types';
import { formatSeconds, seconds } from '../../platform/units';
import { isPlainFunction, planMemo, type MemoMatch, type MemoWish } from '../memoize/plan';
import { callsIn } from '../memoize/recursion-paths';
import { boundOf, repetitionOf } from '../memoize/sites';
import { defineRefactor, type Context } from '../refactor';

/** Of so many calls the first ones say enough. */
const ENOUGH_SAMPLED = 50;
/** Half of the calls have to be saved, or the cache is not worth its place. */
const LEAST_REPEATS = 2;
/** What asking a cache costs, in plain operations. */
const HIT_OPERATIONS = 4;
/** More entries than these are no bounded memory. */
const MOST_ENTRIES = 1 << 20;
const USUAL_ENTRIES = 1 << 16;

export const refactor = defineRefactor<MemoMatch>({
  id: 'memoize-calls',
  family: 'memoize',
  title: 'Remember the results of repeated calls',

  matchFunction(facts, _verdict, cx): Outcome<MemoMatch> | undefined {
    const { function: fn } = facts;
    if (!isPlainFunction(facts) || facts.io !== null || fn.params.length === boundOf(fn)) return undefined;
    const recursive = callsIn(fn.body).some((call) => cx.functionOf(call.callee, fn.file)?.qualname === fn.qualname);
    if (recursive || (facts.repeats === undefined && !facts.sites.some(({ repeated }) => repeated))) return undefined;
    const wish = wishOf(facts, cx);
    return wish?.ok === true ? planMemo(facts, cx, wish.value) : wish;
  },

  rewrite: (match) => match.edits,
});

/** How often calls repeat, by what a run saw, else by what the text shows; undefined where neither says that they do. */
function wishOf(facts: FunctionFacts, cx: Context): Outcome<MemoWish> | undefined {
  const { function: fn, repeats, hotspot } = facts;
  if (repeats !== undefined && repeats.sampled >= ENOUGH_SAMPLED) {
    const { calls, distinct } = repeats;
    const hit = HIT_OPERATIONS * cx.machine.pythonOperation;
    const each = hotspot.seconds / calls;
    if (calls < LEAST_REPEATS * distinct || distinct > MOST_ENTRIES) {
      const share = Math.min(100, Math.round((100 * distinct) / calls));
      return refuse('few-repeats', `About ${share} % of the calls of \`${fn.name}\` have arguments that were never seen before.`, 'Make the call itself cheaper.', fn.span); // prettier-ignore
    }
    if (each < 2 * hit) {
      return refuse('cheap-calls', `One call of \`${fn.name}\` takes ${formatSeconds(seconds(each))}, hardly more than asking a cache.`, 'Write its body into the loop, or compile it.', fn.span); // prettier-ignore
    }
    const after = hotspot.seconds * (distinct / calls) + calls * hit;
    const factor = hotspot.seconds / after;
    return { ok: true, value: { size: sizeFor(distinct), cost: between(0.6 * factor, 1.3 * factor), assumptions: [`The program keeps calling \`${fn.name}\` with arguments that it had before, as in this run.`] } }; // prettier-ignore
  }
  const shown = facts.sites.some((site) => repetitionOf(site, cx) !== null);
  if (!shown) return undefined;
  return { ok: true, value: { size: USUAL_ENTRIES, cost: between(1, 30), assumptions: [] } };
}

const between = (low: number, high: number): CostModel => ({ kind: 'factor', low, high });

/** Room for twice as many as were seen. */
const sizeFor = (distinct: number): number => Math.max(128, 2 ** Math.ceil(Math.log2(2 * Math.max(1, distinct))));
