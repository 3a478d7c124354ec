import assert from 'node:assert/strict';
import type { Edit, Region, Verdict } from '../../../analyzers/types';
import { proposeCandidates, regionAfter } from '../../../analyzers/refactors/propose';
import { refactor as processPool } from '../../../analyzers/refactors/python/process-pool-map';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { editedText, factsOf, sourceOf, WarmPython } from './page-runner';

const path = '/script.py';
const work = `def work(x):
    total = 0
    for k in range(30):
        total += x * k % 7
    return total


`;

describe('the lines of a region after the edits', () => {
  const edit = (start: [number, number], end: [number, number], newText: string): Edit => ({ file: path, sha256: '', start: { line: start[0], character: start[1] }, end: { line: end[0], character: end[1] }, newText }); // prettier-ignore
  const lines = { startLine: 4, endLine: 6 };

  it('move down by what is added above and grow by what is added inside', () => {
    assert.deepEqual(regionAfter(path, lines, []), lines);
    assert.deepEqual(regionAfter(path, lines, [edit([0, 0], [0, 0], 'import os\n')]), { startLine: 5, endLine: 7 });
    assert.deepEqual(regionAfter(path, lines, [edit([3, 0], [3, 0], 'def f():\n    pass\n\n\n')]), { startLine: 8, endLine: 10 });
    assert.deepEqual(regionAfter(path, lines, [edit([4, 0], [4, 0], 'x = 1\n')]), { startLine: 4, endLine: 7 });
    assert.deepEqual(regionAfter(path, lines, [edit([6, 0], [6, 0], 'x = 1\n')]), lines);
    assert.deepEqual(regionAfter('/other.py', lines, [edit([0, 0], [0, 0], 'import os\n')]), lines);
  });

  it('stay where they are when lines only move to the right', () => {
    const indents = [0, 1, 2, 3, 4, 5, 6, 7].map((line) => edit([line, 0], [line, 0], '    '));
    assert.deepEqual(regionAfter(path, lines, indents), lines);
    assert.deepEqual(regionAfter(path, lines, [edit([3, 0], [3, 0], '\nif __name__ == "__main__":\n'), ...indents]), { startLine: 6, endLine: 8 });
  });

  it('shrink by what is taken out of them and move up by what is taken out above', () => {
    assert.deepEqual(regionAfter(path, lines, [edit([3, 0], [5, 9], 'one line')]), { startLine: 4, endLine: 4 });
    assert.deepEqual(regionAfter(path, lines, [edit([0, 0], [2, 0], '')]), { startLine: 2, endLine: 4 });
  });

  describe('of a loop that is shared out', () => {
    let warm: WarmPython;
    before(async () => {
      await loadSyntax();
      warm = new WarmPython();
    });
    after(() => warm.close());

    async function region(script: string): Promise<Region & { was: string[]; is: string[] }> {
      const ran = await warm.run(script, path, true);
      assert.equal(ran.error, null);
      const source = sourceOf(path, script);
      const { facts, cx } = factsOf(source, source, ran.frames, 10);
      const verdict: Verdict = { bottleneck: 'cpu-python', confidence: 0.95, because: [] };
      const { candidates } = proposeCandidates([processPool], facts.map((one) => ({ facts: one, verdict })), [], cx); // prettier-ignore
      const [only, another] = candidates;
      assert.ok(only && !another, 'there is not one candidate');
      const [found] = only.regions;
      assert.ok(found);
      const part = (text: string, { startLine, endLine }: Region['before']): string[] => text.split('\n').slice(startLine - 1, endLine);
      return { ...found, was: part(script, found.before), is: part(editedText(script, only.edits), found.after) };
    }
    const loop = 'for x in range(20):\n    found.append(work(x) + work(x + 1))\n';

    for (const eol of ['\n', '\r\n']) {
      const named = eol === '\n' ? 'LF' : 'CRLF';
      const text = (script: string): string => script.replaceAll('\n', eol);

      it(`are the loop's own under a new guard, below a new function and new imports (${named})`, async () => {
        const { was, is } = await region(text(`"""Doc."""\n\n${work}# Collects.\nfound = []\n\n# The loop.\n${loop}print(found)\n`));
        assert.match(was[0] ?? '', /^for x in/);
        assert.match(was.at(-1) ?? '', /^ {4}found\.append/);
        assert.match(is[0] ?? '', /^ {4}(chunksize = |with ProcessPoolExecutor)/);
        assert.match(is.at(-1) ?? '', /^ {8}/);
        assert.ok(
          is.every((line) => !/print|found = \[\]|The loop|__name__/.test(line)),
          is.join('\n'),
        );
      });

      it(`are the loop's own in a function, where the guard comes further down (${named})`, async () => {
        const body = `def main():\n    found = []\n${loop.replace(/^/gm, '    ').trimEnd()}\n    return found\n\n\n`;
        const { was, is } = await region(text(`import math\n\n\n${work}${body}print(main())\nprint(math.pi)\n`));
        assert.match(was[0] ?? '', /^ {4}for x in/);
        assert.match(is[0] ?? '', /^ {4}(chunksize = |with ProcessPoolExecutor)/);
        assert.match(is.at(-1) ?? '', /found/);
        assert.ok(
          is.every((line) => !/print|found = \[\]|return|__name__/.test(line)),
          is.join('\n'),
        );
      });

      it(`are the loop's own where it is the first statement that the guard takes (${named})`, async () => {
        const { is } = await region(text(`${work}print([work(x) for x in range(20)])\nprint(2)\n`));
        assert.match(is[0] ?? '', /^ {4}(chunksize = |with ProcessPoolExecutor)/);
        assert.match(is.at(-1) ?? '', /print\(list/);
      });
    }
  });
});
