import assert from 'node:assert/strict';
import { bytes, interval, seconds, share } from '../../../analyzers/platform/units';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { LoopFacts, Report, ReportHotspot, ValueFact, Verdict } from '../../../analyzers/types';
import { nextStep } from '../../../analyzers/report/next-step';
import { factsOf, sourceOf } from '../refactors/page-runner';
import { example, pool } from './example';

interface Case {
  verdict: Pick<Verdict, 'bottleneck' | 'detail'>;
  share?: number;
  seconds?: number;
  legality?: NonNullable<ReportHotspot['legality']>['verdict'];
  findings?: Report['findings'];
}
const body = `
def walk(items, total):
    for item in items:
        total = total * item + 1
    return total
`;

/** The first loop of the text with what its names held. */
function loopWith(values: Record<string, ValueFact>): LoopFacts {
  const file = sourceOf('/walk.py', body);
  const frame = { file: file.path, name: 'walk', firstLine: 2, values };
  const [facts] = factsOf(file, file, [frame], 10).facts;
  assert.ok(facts, 'the text has a loop');
  return facts;
}
const numbers = (): LoopFacts => loopWith({ items: { type: 'list', elements: ['float'] }, total: { type: 'float' }, item: { type: 'float' } });
const texts = (): LoopFacts => loopWith({ items: { type: 'list', elements: ['str'] }, total: { type: 'str' }, item: { type: 'str' } });

function step(given: Case, facts: LoopFacts = numbers()): string {
  const report = example();
  const hottest = { ...report.hotspots[0], id: facts.hotspot.id, share: share(given.share ?? 0.9) } as ReportHotspot;
  if (given.legality !== undefined) hottest.legality = { verdict: given.legality, steps: [] };
  const run = { exitCode: 0, seconds: seconds(given.seconds ?? 5), cpuSeconds: seconds(5), peakMemory: bytes(1) };
  const verdict: Verdict = { confidence: 0.95, because: [], ...given.verdict };
  return nextStep({ run, verdict, hotspots: [hottest], findings: given.findings ?? [], source: report.source }, [facts]);
}

describe('the next step where nothing is proven', () => {
  before(loadSyntax);

  it('is another language for hot arithmetic, with what the whole run could gain', () => {
    const told = step({ verdict: { bottleneck: 'cpu-python' } });
    assert.match(told, /Cython or C\+\+ with pybind11: arithmetic/);
    assert.match(
      told,
      /5\.26x to 9\.17x as fast, and never more than 10x \(an estimate by Amdahl's law from its 90 % of the run; nothing of it was measured\)/,
    );
    assert.doesNotMatch(told, /CUDA/);
  });
  it('names a CUDA kernel only where the trips do not need each other', () => {
    assert.match(step({ verdict: { bottleneck: 'cpu-python' }, legality: 'independent' }), /CUDA kernel/);
    assert.doesNotMatch(step({ verdict: { bottleneck: 'cpu-python' }, legality: 'blocked' }), /CUDA/);
  });
  it('promises less for texts and objects', () => {
    const told = step({ verdict: { bottleneck: 'cpu-python' } }, texts());
    assert.match(told, /Rust with maturin, C\+\+ with pybind11 or Cython: work on texts, tables and objects commonly runs 2 to 10 times as fast/);
    assert.match(told, /1\.82x to 5\.26x/);
  });
  it('is none where no place takes much, and says so with the most that could be gained', () => {
    assert.match(step({ verdict: { bottleneck: 'mixed' }, share: 0.2 }), /No place takes more than 20 % of it: .* 1\.25x as fast \(an estimate/);
  });
  it('is none for a run that nobody waits for', () => {
    assert.equal(step({ verdict: { bottleneck: 'cpu-python' }, seconds: 0.6 }), '');
    assert.match(step({ verdict: { bottleneck: 'too-short' }, share: 0.1 }), /start of the interpreter/);
    assert.match(step({ verdict: { bottleneck: 'too-short' }, share: 0.9 }), /hardly worth a change/);
  });
  it('says that faster code does not shorten a wait, and what does', () => {
    assert.match(step({ verdict: { bottleneck: 'io-wait', detail: 'database' } }), /database, which faster code does not shorten; an index does/);
    assert.equal(step({ verdict: { bottleneck: 'io-wait' } }), '');
  });
  it('does not send to more workers or other languages what memory or other workers hold back', () => {
    for (const bottleneck of ['memory', 'parallel-already', 'cpu-native', 'gil'] as const) {
      assert.doesNotMatch(step({ verdict: { bottleneck } }), /Cython|Rust|CUDA/);
    }
    assert.match(step({ verdict: { bottleneck: 'memory', detail: 'bandwidth' } }), /more workers or compiled code gain little: use a smaller type/);
    assert.match(step({ verdict: { bottleneck: 'parallel-already' } }), /more workers would wait for the same ones/);
  });

  it('follows what was measured and lost, in the recommendation', () => {
    const { recommendation } = example({ candidates: [pool], blocked: [] });
    assert.match(recommendation.kind === 'leave' ? recommendation.why : '', /That is not offered\. The next step would be to write that part in/);
  });
  it('follows a way that is predicted to lose, with the prediction', () => {
    const slower = { ...pool, predicted: interval(0.4, 0.5, 0.7) };
    const { recommendation } = example({ candidates: [slower], blocked: [], results: new Map() });
    assert.match(
      recommendation.kind === 'leave' ? recommendation.why : '',
      /^The only way that fits is predicted to lose: 0\.7x at best\. The next step would be/,
    );
  });
  it('is not told while a way is still untried', () => {
    const open = { ...pool, predicted: interval(1, 2, 3) };
    const { recommendation } = example({ candidates: [open], blocked: [], results: new Map() });
    assert.match(recommendation.kind === 'leave' ? recommendation.why : '', /^Nothing is proven yet: one way is untried/);
    assert.doesNotMatch(recommendation.kind === 'leave' ? recommendation.why : '', /next step/);
  });
});
