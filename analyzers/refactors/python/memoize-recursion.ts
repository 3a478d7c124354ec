import { refuse, type Outcome } from '../../platform/result';
import type { FunctionFacts } from '../../types';
import { isPlainFunction, planMemo, type MemoMatch } from '../memoize/plan';
import { mostCalls } from '../memoize/recursion-paths';
import { defineRefactor } from '../refactor';

/** Less than one call in this many has to be new. */
const LEAST_REPEATS = 1.5;

export const refactor = defineRefactor<MemoMatch>({
  id: 'memoize-recursion',
  family: 'memoize',
  title: 'Remember the results of a recursion',

  matchFunction(facts, _verdict, cx): Outcome<MemoMatch> | undefined {
    const { function: fn, repeats } = facts;
    if (!isPlainFunction(facts) || facts.io !== null) return undefined;
    const isOwn = (call: Parameters<Parameters<typeof mostCalls>[1]>[0]): boolean => {
      const callee = cx.functionOf(call.callee, fn.file);
      return callee?.qualname === fn.qualname && callee.file === fn.file;
    };
    const calls = mostCalls(fn.body, isOwn);
    // With one call of itself, problems only overlap where several come from outside.
    if (calls === 0 || (calls === 1 && !facts.sites.some(({ repeated }) => repeated))) return undefined;
    if (repeats !== undefined && repeats.sampled >= 50 && repeats.calls < LEAST_REPEATS * repeats.distinct) {
      const distinct = Math.round((100 * repeats.distinct) / repeats.calls);
      return refuse('few-repeats', `About ${distinct} % of the calls of \`${fn.name}\` have arguments that were never seen before.`, 'Look for a way that needs fewer of them.', fn.span); // prettier-ignore
    }
    return planMemo(facts, cx, { size: null, cost: costOf(facts, calls), assumptions: assumptionsOf(facts), within: calls > 1 });
  },

  rewrite: (match) => match.edits,
});

function costOf({ repeats }: FunctionFacts, calls: number): { kind: 'factor'; low: number; high: number } {
  if (repeats !== undefined && repeats.sampled >= 50) {
    const saved = repeats.calls / Math.max(1, repeats.distinct);
    return { kind: 'factor', low: Math.max(1, saved / 3), high: Math.max(2, saved) };
  }
  return calls > 1 ? { kind: 'factor', low: 2, high: 1000 } : { kind: 'factor', low: 1, high: 20 };
}

const assumptionsOf = ({ function: fn }: FunctionFacts): string[] => [
  `The recursion stays less than about half as deep as the interpreter's limit: a call through the cache needs more of the stack.`,
  `There is memory for one entry of each different call of \`${fn.name}\`${fn.topLevel ? ', until the program ends' : ''}.`,
];
