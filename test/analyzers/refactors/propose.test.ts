import assert from 'node:assert/strict';
import { proposeCandidates } from '../../../analyzers/refactors/propose';
import { refactor as gather } from '../../../analyzers/refactors/python/async-gather';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { seconds } from '../../../analyzers/platform/units';
import type { Verdict } from '../../../analyzers/types';
import { factsOf, sourceOf } from './page-runner';

const script = `import asyncio


async def ask(number):
    await asyncio.sleep(0.01)
    return number


async def main():
    answers = []
    for number in range(9):
        answers.append(await ask(number))
    print(answers)


asyncio.run(main())
`;

/** The candidates where the loop and the line that starts the event loop have so much of the time. */
function proposed(ofLoop: number, ofLine: number): { id: string; hotspots: string[] }[] {
  const source = sourceOf('/script.py', script);
  const { facts, lines, cx } = factsOf(source, source, [], 10);
  const verdict: Verdict = { bottleneck: 'io-wait', confidence: 0.95, because: [] };
  const loops = facts.map((one) => ({ facts: { ...one, hotspot: { ...one.hotspot, seconds: seconds(ofLoop) } }, verdict }));
  const starts = lines.map((one) => ({ facts: { ...one, hotspot: { ...one.hotspot, seconds: seconds(ofLine) } }, verdict }));
  return proposeCandidates([gather], loops, [], cx, starts).candidates.map(({ id, hotspots }) => ({ id, hotspots }));
}

describe('a change that is proposed for a loop and for a line', () => {
  before(loadSyntax);

  it('is heard for the line that started the event loop, which has what the loop waits for', () => {
    const [only, ...others] = proposed(0.1, 4);
    assert.deepEqual(others, []);
    assert.match(only?.id ?? '', /^async-gather@.*@16$/);
    assert.equal(only?.hotspots.length, 2);
  });
  it('stays with the loop where that has more of the time', () => {
    const [only, ...others] = proposed(4, 0.1);
    assert.deepEqual(others, []);
    assert.match(only?.id ?? '', /^async-gather@.*main#0$/);
  });
});
