import assert from 'node:assert/strict';
import { interval } from '../../../analyzers/platform/units';
import type { CandidateResult } from '../../../analyzers/report/build';
import type { Candidate } from '../../../analyzers/types';
import { benchmark, candidate, chunks, example, pool, source, trial, vectorize } from './example';

const proven = (id: string, mid: number): CandidateResult => ({
  status: 'proven',
  reason: 'faster',
  trial: trial(id),
  benchmark: benchmark(id, mid * 0.9, mid, mid * 1.1),
});
const advice = (...given: [Candidate, number][]): string => {
  const report = example({
    candidates: given.map(([of]) => of),
    blocked: [],
    results: new Map(given.map(([of, mid]) => [of.id, proven(of.id, mid)])),
  });
  return report.recommendation.kind === 'apply' ? report.recommendation.candidate : 'leave';
};

describe('the report', () => {
  it('names lines from 1, with their code and share, hottest first', () => {
    const [first] = example().lines;
    assert.equal(first!.line, 7);
    assert.equal(first!.text, 'm = np.sqrt(h * 0.044 / (k * 4e-05))');
    assert.ok(Math.abs(first!.share - 2.23 / 4.73) < 1e-9);
    assert.deepEqual([example().hotspots[0]?.startLine, example().hotspots[0]?.endLine], [15, 15]);
  });

  it('puts what is proven first, then what is untried, then what lost, then what is not possible', () => {
    assert.deepEqual(example().candidates.map(({ status }) => status), ['proven', 'untried', 'rejected', 'blocked']); // prettier-ignore
  });

  it('takes the times of the basis that was measured on', () => {
    const measured = example().candidates.find(({ id }) => id === vectorize.id)?.measured;
    assert.equal(measured!.beforeSeconds, 4.74);
    assert.deepEqual(measured!.hot, interval(40, 44, 49));
  });

  it('shows a change as a unified diff with paths relative to the project', () => {
    const diff = example().candidates.find(({ id }) => id === vectorize.id)?.diff ?? '';
    assert.match(diff, /^--- a\/fin tip\.py\n\+\+\+ b\/fin tip\.py\n@@/);
    assert.match(diff, /^- {4}excess = np\.array\(\[tip\(h, k\) for h, k in zip\(hs, ks\)\]\)$/m);
    assert.match(diff, /^\+ {4}excess = tip\(hs, ks\)$/m);
  });

  it('hashes every file that an edit or a hotspot names', () => {
    assert.deepEqual(example().files, [{ path: source.path, sha256: source.sha256 }]);
  });
});

describe('the recommendation', () => {
  it('prefers the higher rung', () => {
    assert.equal(advice([vectorize, 10], [pool, 12]), vectorize.id);
  });
  it('takes a lower rung that is 1.5 times better', () => {
    assert.equal(advice([vectorize, 10], [pool, 15.5]), pool.id);
  });
  it('takes the faster of the same rung', () => {
    assert.equal(advice([chunks, 3], [pool, 4]), pool.id);
  });
  it('takes a combination when it beats its parts enough', () => {
    const both = candidate('combination', 'combination', 'Both', { parts: [vectorize.id, pool.id] });
    assert.equal(advice([vectorize, 4], [pool, 2], [both, 5]), vectorize.id);
    assert.equal(advice([vectorize, 4], [pool, 2], [both, 7]), both.id);
  });
  it('never recommends what is only predicted', () => {
    const { recommendation } = example({ depth: 'advise', results: new Map() });
    assert.match(recommendation.kind === 'leave' ? recommendation.why : recommendation.candidate, /untried, predicted to gain up to 26x/);
  });
  it('says with numbers why to leave it', () => {
    const lost = example({ candidates: [pool], blocked: [] }).recommendation;
    assert.match(
      lost.kind === 'leave' ? lost.why : '',
      /Process pool with chunks, gave 0\.64x \[0\.61, 0\.68\] on the whole run: 4\.74 s before, 7\.41 s after/,
    );
    const none = example({ candidates: [], blocked: [] }).recommendation;
    assert.match(none.kind === 'leave' ? none.why : '', /4\.73 s, 93 % of it in line 15/);
  });
});
