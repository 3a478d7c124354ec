/** The examples get the advice that lies beside them. The demo measures; here nothing is timed. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../analyzers/types';
import { buildCli, hotloop, python, root, temporaryFolder } from './program';

interface Expected {
  bottleneck: string[];
  recommend: string[];
  proven: Record<string, unknown>;
  slower: string[];
}

describe('the examples', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  before(buildCli);
  after(() => rmSync(folder, { recursive: true, force: true }));

  const names = readdirSync(path.join(root, 'examples')).filter((name) => name.endsWith('.json'));
  assert.ok(names.length >= 4);
  for (const name of names) {
    const example = path.basename(name, '.json');
    it(`give the advice that is expected of ${example}`, async () => {
      const expected = JSON.parse(readFileSync(path.join(root, 'examples', name), 'utf8')) as Expected;
      const json = path.join(folder, name);
      const { code, stderr } = await hotloop(['advise', path.join('examples', `${example}.py`), '--python', python, '--json', json, '--quiet'], {
        cwd: root,
        environment: { HOTLOOP_HOME: path.join(folder, 'state') },
      });
      assert.equal(code, 0, stderr);
      const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
      // On a busy machine, what others take from a core reads as long calls: then no single answer is given.
      assert.ok(
        [...expected.bottleneck, 'mixed'].includes(report.verdict.bottleneck),
        `${report.verdict.bottleneck}, ${JSON.stringify(report.verdict.because)}`,
      );
      for (const refactor of [...Object.keys(expected.proven), ...expected.slower]) {
        const candidate = report.candidates.find((each) => each.refactor === refactor && each.status === 'untried');
        assert.ok(candidate, `${refactor} is not proposed: ${report.candidates.map((each) => `${each.id}: ${each.reason}`).join('; ')}`);
        assert.ok(candidate.edits.length > 0);
      }
      const promising = report.candidates.filter((each) => each.status === 'untried' && (each.predicted?.low ?? 0) >= 1.1);
      if (expected.recommend.length > 0) assert.ok(report.candidates.some((each) => expected.recommend.includes(each.family) && each.status === 'untried'));
      else assert.deepEqual(promising.map(({ id }) => id), [], 'nothing is promised where it is to be left'); // prettier-ignore
    });
  }
});
