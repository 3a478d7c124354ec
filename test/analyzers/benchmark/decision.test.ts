import assert from 'node:assert/strict';
import { decide } from '../../../analyzers/benchmark/decision';
import { benchmarkOfLoser, benchmarkOfTrial } from '../../../analyzers/benchmark/trial-runs';
import { bytes, interval, seconds } from '../../../analyzers/platform/units';
import type { Bytes, Seconds } from '../../../analyzers/types';
import { benchmarkOf, machine, trialOf } from './fakes';

const id = 'vectorize-elementwise@script.py::main#0';

describe('A candidate', () => {
  it('is proven when it is equivalent, at least 1.1x for certain and saves 50 ms', () => {
    const found = decide(trialOf(id), benchmarkOf({ hot: interval(40, 50, 60) }));
    assert.equal(found.status, 'proven');
    assert.equal(found.reason, 'Proven 10x [9, 11] on the whole run, 50x [40, 60] on the hot lines: 4 s before, 400 ms after.');
  });
  it('is proven at level observed too, never at statistical', () => {
    assert.equal(decide(trialOf(id, { equivalence: 'observed' }), benchmarkOf({})).status, 'proven');
    assert.equal(decide(trialOf(id, { equivalence: 'statistical' }), benchmarkOf({})).status, 'rejected');
  });
  it('is a "don\'t" with its numbers when it loses', () => {
    const found = decide(trialOf('process-pool-map@x'), benchmarkOf({ ratio: interval(0.29, 0.31, 0.33), walls: [1.9, 6.1] }));
    assert.equal(found.status, 'rejected');
    assert.equal(found.reason, "Don't: 0.31x [0.29, 0.33] — the pool version takes 6.1 s where the original takes 1.9 s.");
  });
  it('is not proven by an interval that reaches below 1.1', () => {
    const found = decide(trialOf(id), benchmarkOf({ ratio: interval(1.05, 1.3, 1.6), walls: [4, 3] }));
    assert.equal(found.status, 'rejected');
    assert.match(
      found.reason,
      /^Not proven, too close to call: 1\.3x \[1\.05, 1\.6\] on the whole run, 4 s before and 3 s after; at least 1\.1x must be certain\.$/,
    );
  });
  it('is not worth a change when it saves less than 50 ms', () => {
    const found = decide(trialOf(id), benchmarkOf({ ratio: interval(1.5, 1.6, 1.7), walls: [0.1, 0.06] }));
    assert.equal(found.status, 'rejected');
    assert.match(found.reason, /saves 40 ms of 100 ms; at least 50 ms/);
  });
  it('is rejected with the first difference, whatever its speed', () => {
    const trial = trialOf(id, { equivalence: 'different', firstDifference: 'stdout line 1: the original has "1", the candidate has "2".' });
    const found = decide(trial, benchmarkOf({}));
    assert.equal(found.status, 'rejected');
    assert.match(found.reason, /another result\. stdout line 1/);
  });
  it('is rejected with the problem that kept it from being tried, and untried when somebody cancelled', () => {
    const problem = (code: string, why: string) => trialOf(id, { equivalence: 'different', problem: { code, why, toDo: '' } });
    assert.deepEqual(decide(problem('not-reached', 'Line 3 never ran.'), null), { status: 'rejected', reason: 'Line 3 never ran.' });
    assert.equal(decide(problem('cancelled', 'The run was cancelled.'), null).status, 'untried');
    assert.match(
      decide(problem('too-slow', 'The candidate was stopped after 30 s; the original takes 4 s.'), null).reason,
      /^Don't: the candidate was stopped/,
    );
  });
  it('has the numbers of its trial when it lost there by far, and is not measured again', () => {
    const wholeRuns = { before: [seconds(2), seconds(2.1)], after: [seconds(9)], peakMemory: [bytes(1e6), bytes(2e6)] as [Bytes, Bytes] };
    const trial = trialOf(id, { losing: true, wholeRuns });
    const lost = benchmarkOfLoser(trial, { ...machine, noise: 0.02 });
    assert.ok(lost && lost.ratio.high < 1 && lost.ratio.low > 0.1);
    assert.match(decide(trial, lost).reason, /^Don't: 0\.2/);
    assert.equal(benchmarkOfLoser(trialOf(id, { wholeRuns }), { ...machine, noise: 0.02 }), null);
  });

  it('has the numbers of the one pair of its trial where the script is too long for rounds, and only a large gain is proven by them', () => {
    const told = (after: number, profiled = 30, active = 29): ReturnType<typeof decide> => {
      const wholeRuns = {
        before: [seconds(31)],
        after: [seconds(after)],
        peakMemory: [bytes(1e6), bytes(2e6)] as [Bytes, Bytes],
        active: [seconds(active), seconds(after)] as [Seconds, Seconds],
      };
      const trial = trialOf(id, { wholeRuns });
      const benchmark = benchmarkOfTrial(trial, seconds(profiled), { ...machine, noise: 0.05 });
      assert.match(benchmark!.warnings[0]!.text, /^Measured in one pair of runs, those of its trial/);
      return decide(trial, benchmark);
    };
    assert.equal(told(5).status, 'proven');
    assert.match(told(5).reason, /: 29 s before, 5 s after\.$/);
    assert.match(told(15).reason, /^Not proven, too close to call: 1\.93x/);
    assert.equal(told(5, 9).status, 'rejected', 'the profiled run was not as long');
    assert.equal(benchmarkOfTrial(trialOf(id), seconds(30), machine), null);
  });
  it('is not proven when it lost clearly in its trial, for then it was not compared in full', () => {
    assert.equal(decide(trialOf(id, { losing: true }), benchmarkOf({})).status, 'rejected');
  });
  it('is untried when there was no time to measure it', () => {
    assert.equal(decide(trialOf(id), null).status, 'untried');
  });
  it('is judged on the corrected times where those are the basis', () => {
    const benchmark = benchmarkOf({ basis: 'corrected-wall', walls: [4, 0.4] });
    benchmark.before.corrected = benchmark.before.wall.map(() => benchmark.after.wall[0]!);
    benchmark.after.corrected = benchmark.after.wall;
    assert.equal(decide(trialOf(id), benchmark).status, 'rejected');
  });
  it('says what it costs in memory', () => {
    const warnings = [{ code: 'memory-up', text: '' }];
    const found = decide(trialOf(id), benchmarkOf({ peakMemory: [bytes(50 * 1024 ** 2), bytes(500 * 1024 ** 2)], warnings }));
    assert.match(found.reason, /peak memory grows from 50 MiB to 500 MiB\.$/);
  });
});
