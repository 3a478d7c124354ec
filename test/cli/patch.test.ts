/** `prove --patch`: a change of the person's own, on real runs of the built command line. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Report, ReportCandidate } from '../../analyzers/types';
import { buildCli, hotloop, python, temporaryFolder, type Ended } from './program';

const script = `import helper


def main():
    print(helper.count(1_500_000))


main()
`;
const helper = `def count(limit):
    total = 0
    for number in range(limit):
        if number % 3 == 0:
            total += number
    return total
`;
const fast = helper.replace(/ {4}total = 0[^]*return total/, '    return sum(range(0, limit, 3))');
const wrong = fast.replace('range(0, limit, 3)', 'range(0, limit - 3, 3)');

describe('proving a patch', function () {
  this.timeout(180_000);
  let folder: string;
  before(() => {
    buildCli();
    folder = temporaryFolder();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    mkdirSync(path.join(folder, 'project'), { recursive: true });
    writeFileSync(path.join(folder, 'project/main.py'), script);
    writeFileSync(path.join(folder, 'project/helper.py'), helper);
  });

  const prove = (diff: string, more: string[] = ['--yes']): Promise<Ended> => {
    writeFileSync(path.join(folder, 'my.diff'), diff);
    const args = ['prove', 'main.py', '--patch', '../my.diff', '--json', '../r.json', '--python', python, '--budget', '40', '--quiet', ...more];
    return hotloop(args, { cwd: path.join(folder, 'project'), environment: { HOTLOOP_HOME: path.join(folder, 'state') } });
  };
  const patchOf = (after: string, names: [string, string] = ['a/helper.py', 'b/helper.py']): string =>
    createTwoFilesPatch(...names, helper, after, '', '');
  const candidates = (): ReportCandidate[] => (JSON.parse(readFileSync(path.join(folder, 'r.json'), 'utf8')) as Report).candidates;

  it('tries and measures it in place of the own candidates, in whichever file it lies', async () => {
    const { code, stderr } = await prove(patchOf(fast));
    assert.equal(code, 0, stderr);
    const [candidate, ...others] = candidates();
    assert.deepEqual(others, []);
    assert.equal(candidate?.refactor, 'patch');
    assert.equal(candidate.equivalence, 'observed', candidate.reason);
    assert.ok((candidate.measured?.mid ?? 0) > 1, candidate.reason);
    assert.ok(candidate.measured?.hot, 'the changed function was timed');
    assert.equal(readFileSync(path.join(folder, 'project/helper.py'), 'utf8'), helper);

    const applied = await hotloop(['apply', path.join(folder, 'r.json'), '--candidate', candidate.id, '--output-dir', path.join(folder, 'out')]);
    assert.equal(applied.code, 0, applied.stderr);
    assert.equal(readFileSync(path.join(folder, 'out/helper.py'), 'utf8'), fast);
  });

  it('rejects one that changes the result, and says where', async () => {
    const { code } = await prove(patchOf(wrong));
    assert.equal(code, 0);
    const [candidate] = candidates();
    assert.equal(candidate?.status, 'rejected');
    assert.equal(candidate.equivalence, 'different');
    assert.match(candidate.reason, /374999250000|374998/);
  });

  it('runs none of it without a yes', async () => {
    const { code } = await prove(patchOf(fast), []);
    assert.equal(code, 0);
    const [candidate] = candidates();
    assert.equal(candidate?.status, 'untried');
    assert.match(candidate.reason, /--yes/);
  });

  it('tells of one that does not parse as Python, or of a file that the run did not use', async () => {
    await prove(patchOf(helper.replace('for number in', 'for in')));
    assert.equal(candidates()[0]?.status, 'blocked');
    writeFileSync(path.join(folder, 'project/unused.py'), 'x = 1\n');
    await prove(createTwoFilesPatch('a/unused.py', 'b/unused.py', 'x = 1\n', 'x = 2\n'));
    assert.match(candidates()[0]?.reason ?? '', /did not use .*unused\.py/);
  });

  for (const [what, diff, says] of [
    ['is no diff', () => 'hello', /not a unified diff/],
    ['does not fit', () => patchOf(fast).replace('total = 0', 'total = 1'), /does not fit/],
    ['makes a file', () => createTwoFilesPatch('/dev/null', 'b/new.py', '', 'x = 1\n'), /makes or deletes b\/new\.py/],
    ['reaches out of the project', () => patchOf(fast, ['../../../etc/hostname', '../../../etc/hostname']), /There is no file/],
  ] as [string, () => string, RegExp][]) {
    it(`refuses one that ${what} before anything runs`, async () => {
      const { code, stderr } = await prove(diff());
      assert.equal(code, 3);
      assert.match(stderr, says);
    });
  }
});
