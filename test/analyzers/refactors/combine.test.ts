import assert from 'node:assert/strict';
import type { Candidate, Edit, Verdict } from '../../../analyzers/types';
import { combineCandidates } from '../../../analyzers/refactors/combine';
import { proposeCandidates } from '../../../analyzers/refactors/propose';
import { refactor as processPool } from '../../../analyzers/refactors/python/process-pool-map';
import { refactor as vectorizeReduction } from '../../../analyzers/refactors/python/vectorize-reduction';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { editedText, factsOf, runScript, sourceOf, WarmPython } from './page-runner';

const path = '/script.py';
const at = (line: number, character = 0): Edit['start'] => ({ line, character });
const edit = (start: Edit['start'], end: Edit['start'], newText: string): Edit => ({ file: path, sha256: '', start, end, newText });
const insert = (line: number, newText: string): Edit => edit(at(line), at(line), newText);

function candidate(id: string, startLine: number, endLine: number, edits: Edit[]): Candidate {
  const regions = [{ file: path, before: { startLine, endLine }, after: { startLine, endLine }, captures: ['x'] }];
  return { id, refactor: id, family: 'vectorize', title: id, hotspots: [`h${startLine}`], parts: [], edits, regions, cost: { kind: 'factor', low: 1, high: 2 }, predicted: null, assumptions: [`assumes ${id}`], requires: [], tolerance: 0, guarded: false, workers: null }; // prettier-ignore
}
const both = (text: string, ...candidates: Candidate[]): { text: string; combination: Candidate } => {
  const combination = combineCandidates(candidates);
  assert.ok(combination, 'they do not fit');
  return { text: editedText(text, combination.edits), combination };
};

describe('candidates that are combined', () => {
  const text = 'import math\nfor x in a:\n    f(x)\n\nfor y in b:\n    g(y)\n';

  it('make all their edits, a common one once, and know where each part lies then', () => {
    const first = candidate('one', 2, 3, [insert(1, 'import numpy as np\n'), edit(at(1), at(2, 8), 'f(np)\nf2()\nf3()')]);
    const second = candidate('two', 5, 6, [insert(1, 'import numpy as np\n'), edit(at(4), at(5, 8), 'g(np)')]);
    const { text: edited, combination } = both(text, first, second);
    assert.equal(edited, 'import math\nimport numpy as np\nf(np)\nf2()\nf3()\n\ng(np)\n');
    assert.deepEqual(combination.regions.map((region) => region.after), [{ startLine: 3, endLine: 5 }, { startLine: 7, endLine: 7 }]); // prettier-ignore
    assert.deepEqual(
      [combination.parts, combination.assumptions],
      [
        ['one', 'two'],
        ['assumes one', 'assumes two'],
      ],
    );
  });

  it('import what either needs, each module once', () => {
    const first = candidate('one', 2, 3, [
      insert(0, 'from concurrent.futures import ProcessPoolExecutor\nimport os\n'),
      edit(at(1), at(2, 8), 'f()'),
    ]);
    const second = candidate('two', 5, 6, [insert(0, 'from concurrent.futures import ProcessPoolExecutor\nfrom functools import partial\n'), edit(at(4), at(5, 8), 'g()')]); // prettier-ignore
    const { text: edited } = both(text, first, second);
    assert.equal(edited, 'from concurrent.futures import ProcessPoolExecutor\nfrom functools import partial\nimport os\nimport math\nf()\n\ng()\n');
  });

  it('leave out the weaker of two that work on the same lines or touch', () => {
    const best = candidate('best', 2, 3, [edit(at(1), at(2, 8), 'f()')]);
    const inner = candidate('inner', 3, 3, [edit(at(2, 4), at(2, 8), 'h()')]);
    const other = candidate('other', 5, 6, [edit(at(4), at(5, 8), 'g()')]);
    const touching = candidate('touching', 6, 6, [edit(at(2, 6), at(4, 2), 'zzz')]);
    assert.equal(combineCandidates([best, inner]), null);
    assert.equal(combineCandidates([best, touching]), null);
    assert.equal(combineCandidates([best]), null);
    assert.deepEqual(both(text, best, inner, other).combination.parts, ['best', 'other']);
  });

  it('leave out the weaker of two that give one name to different functions, and add the same function once', () => {
    const init = (body: string, line: number): Edit => insert(line, `def _init_worker(a):\n    ${body}\n\n\n`);
    const first = candidate('one', 2, 3, [init('global a', 1), edit(at(1), at(2, 8), 'f()')]);
    assert.equal(combineCandidates([first, candidate('two', 5, 6, [init('global b', 4), edit(at(4), at(5, 8), 'g()')])]), null);
    const { text: edited } = both(text, candidate('two', 5, 6, [init('global a', 4), edit(at(4), at(5, 8), 'g()')]), first);
    assert.equal(edited, 'import math\ndef _init_worker(a):\n    global a\n\n\nf()\n\ng()\n');
  });

  describe('of real loops', () => {
    let warm: WarmPython;
    before(async () => {
      await loadSyntax();
      warm = new WarmPython();
    });
    after(() => warm.close());

    async function combined(script: string): Promise<string> {
      const ran = await warm.run(script, path, true);
      const source = sourceOf(path, script);
      const { facts, cx } = factsOf(source, source, ran.frames, 10);
      const verdict: Verdict = { bottleneck: 'cpu-python', confidence: 0.95, because: [] };
      const { candidates } = proposeCandidates([vectorizeReduction, processPool], facts.map((one) => ({ facts: one, verdict })), [], cx); // prettier-ignore
      const outer = candidates.filter((one) => !/::work#/.test(one.hotspots.join()));
      const { combination, text: edited } = both(script, ...outer);
      assert.equal(combination.parts.length, 2, JSON.stringify(combination.parts));
      for (const { after, before } of combination.regions) {
        assert.ok(after.startLine > before.startLine && after.endLine < edited.split('\n').length);
        assert.match(edited.split('\n')[after.endLine - 1] ?? '', /\S/);
      }
      const runs = await Promise.all([runScript(script, 'fork'), runScript(edited, 'fork'), runScript(edited, 'spawn')]);
      for (const run of runs) assert.deepEqual([run.error, run.stdout], [null, runs[0].stdout], edited);
      assert.notEqual(runs[0].stdout, '');
      return edited;
    }
    const work = 'def work(x, table=(3, 5)):\n    total = 0\n    for k in range(30):\n        total += x * k % 7 * table[0]\n    return total\n\n\n';

    it('puts a vectorized loop under the guard that the pool beside it needs', async () => {
      const edited = await combined(
        `${work}values = [0.5 * k for k in range(50)]\ntotal = 0.0\nfor value in values:\n    total += value * value\nprint(f"{total:.6f}")\nfound = []\nfor x in range(20):\n    found.append(work(x))\nprint(found)\n`,
      );
      assert.equal(edited.match(/__name__/g)?.length, 1);
      assert.match(edited, /\n {4}with ProcessPoolExecutor\(\) as pool:/);
    }).timeout(60_000);

    it('puts two pools under one guard', async () => {
      const edited = await combined(
        `${work}first = []\nfor x in range(20):\n    first.append(work(x))\nprint(first)\n# again\nsecond = []\nfor x in range(30):\n    y = work(x, (2, 1))\n    second.append(y * y)\nprint(second)\n`,
      );
      assert.equal(edited.match(/__name__/g)?.length, 1);
      assert.equal(edited.match(/import ProcessPoolExecutor/g)?.length, 1);
      assert.equal(edited.match(/as pool:/g)?.length, 2);
    }).timeout(60_000);

    it('puts a pool with a new function under the guard of one without', async () => {
      const edited = await combined(
        `${work}def late():\n    return 1\nfirst = []\nfor x in range(20):\n    first.append(work(x))\nprint(first)\nsecond = []\nfor x in range(30):\n    second.append(work(x) + work(x + 1))\nprint(second)\n`,
      );
      assert.match(edited, /return 1\n\n\ndef _work_one\(x\):\n.*\n\n\nif __name__ == "__main__":\n {4}first = \[\]/);
    }).timeout(60_000);

    it('combines loops of two functions, one of them with a new function', async () => {
      const edited = await combined(
        `${work}def one(n):\n    found = []\n    for x in range(n):\n        found.append(work(x) + work(x + 1))\n    return found\n\n\ndef two(n):\n    found = []\n    for x in range(n):\n        y = work(x)\n        found.append(y)\n    return found\n\n\nprint(one(20), two(30))\n`,
      );
      assert.equal(edited.match(/__name__/g)?.length, 1);
      assert.equal(edited.match(/^def _/gm)?.length, 1);
    }).timeout(60_000);
  });
});
