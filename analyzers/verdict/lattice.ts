/**
 * May the trips of a loop run in another order, or at the same time? What the text forbids, a run cannot allow; what the text leaves open, a run can
 * show for its own input only.
 */
import type { Legality, LoopFacts } from '../types';

/** The verdict with the steps that led to it, the deciding one last. */
export function judgeLoop(facts: LoopFacts): Legality {
  const place = { file: facts.file };
  const steps: Legality['steps'] = [];
  const blocks = [
    ...facts.carried.map((one) => ({ text: one.why, ...place, line: one.span.start.line + 1 })),
    ...facts.flow
      .filter(({ kind }) => kind === 'break' || kind === 'return' || kind === 'yield')
      .map(({ kind, span }) => ({ text: `A trip can end the whole loop (${kind}).`, ...place, line: span.start.line + 1 })),
    ...facts.effects.map((one) => ({ text: one.why, ...place, line: one.span.start.line + 1 })),
  ];
  if (blocks.length > 0) return { verdict: 'blocked', steps: blocks };
  const witness = facts.evidence?.witnesses[0];
  if (witness !== undefined) {
    const { first, second, what } = witness;
    const text = `Trip ${second.trip + 1} needs what trip ${first.trip + 1} left in ${what} (lines ${first.line} and ${second.line}).`;
    return { verdict: 'blocked', steps: [{ text, ...place, line: second.line, witness }] };
  }
  const unknown = facts.calls.filter(({ purity }) => purity === 'unknown' || purity === 'mutates');
  if (unknown.length === 0) return { verdict: 'independent', steps: [{ text: 'No trip needs what another leaves behind.', ...place, line: facts.ir.span.start.line + 1 }] }; // prettier-ignore
  for (const call of unknown) steps.push({ text: call.why, ...place, line: call.span.start.line + 1 });
  if (facts.evidence === undefined || facts.evidence.shadowed === 0) return { verdict: 'unknown', steps };
  steps.push({
    text: `In ${facts.evidence.shadowed} trips that were watched, none needed what another had left.`,
    ...place,
    line: facts.ir.span.start.line + 1,
  });
  return { verdict: 'observed', steps };
}
