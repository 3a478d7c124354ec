/** `prove --bundle` and `replay`, on real runs of the built command line. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createTwoFilesPatch } from 'diff';
import type { Bundle } from '../../analyzers/report/bundle';
import { buildCli, hotloop, python, temporaryFolder, type Ended } from './program';

const script = `def count(limit):
    total = 0
    for number in range(limit):
        if number % 3 == 0:
            total += number
    return total


import sys

with open("limit.txt") as given:
    print(sys.stdin.readline().strip(), count(int(given.read())))
`;
const fast = script.replace(/ {4}total = 0[^]*return total/, '    return sum(range(0, limit, 3))');

interface Replay {
  holds: boolean;
  changes: string[];
  proofs: { then: { mid: number } | null; now: { mid: number } | null; verdict: string }[];
}

describe('hotloop replay', function () {
  this.timeout(180_000);
  let folder: string;
  let proven: Bundle;
  const at = (name: string): string => path.join(folder, name);
  const environment = (): Record<string, string> => ({ HOTLOOP_HOME: at('state') });
  const replay = (...more: string[]): Promise<Ended> => hotloop(['replay', at('b.json.gz'), '--json', at('replay.json'), '--quiet', ...more], { environment: environment(), input: 'Sum\n' }); // prettier-ignore
  const answer = (): Replay => JSON.parse(readFileSync(at('replay.json'), 'utf8')) as Replay;
  /** The bundle as it was proven, changed. */
  const tampered = (change: (bundle: Bundle) => void): void => {
    const copy = structuredClone(proven);
    change(copy);
    writeFileSync(at('b.json.gz'), JSON.stringify(copy));
  };

  before(async () => {
    buildCli();
    folder = temporaryFolder();
    mkdirSync(at('project'));
    writeFileSync(at('project/main.py'), script);
    writeFileSync(at('project/limit.txt'), '6000000\n');
    writeFileSync(at('my.diff'), createTwoFilesPatch('a/main.py', 'b/main.py', script, fast, '', ''));
    const args = ['prove', 'main.py', '--patch', '../my.diff', '--bundle', '../b.json.gz', '--python', python, '--budget', '40', '--quiet', '--yes'];
    const { code, stderr } = await hotloop(args, { cwd: at('project'), environment: environment(), input: 'Sum\n' });
    assert.equal(code, 0, stderr);
    proven = JSON.parse(gunzipSync(readFileSync(at('b.json.gz'))).toString('utf8')) as Bundle;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    writeFileSync(at('project/main.py'), script);
    tampered(() => undefined);
  });

  it('finds in the bundle what the proof was made of', () => {
    const [proof] = proven.proofs;
    assert.equal(proof?.status, 'proven', proof?.reason);
    assert.ok(proof.benchmark!.before.wall.length >= 2 && proof.benchmark!.after.wall.length >= 2, 'raw samples');
    assert.deepEqual(proven.files.map(({ path: file }) => path.basename(file)), ['main.py']); // prettier-ignore
    assert.deepEqual(proven.inputs.map(({ path: file, size }) => [path.basename(file), size]), [['limit.txt', 8]]); // prettier-ignore
    assert.match(proven.inputs[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(proven.standardInput, { sha256: createHash('sha256').update('Sum\n').digest('hex'), size: 4 });
    assert.ok(proven.machine !== null && proven.seed > 0 && 'numpy' in proven.environment.packages);
  });
  it('proves it again, and shows both intervals', async () => {
    const { code, stderr, stdout } = await replay('--yes');
    assert.equal(code, 0, stderr + stdout);
    const { holds, changes, proofs } = answer();
    assert.deepEqual([holds, changes], [true, []]);
    assert.equal(proofs[0]?.then?.mid, proven.proofs[0]?.benchmark?.ratio.mid);
    assert.ok((proofs[0]?.now?.mid ?? 0) > 1);
    assert.match(stdout, /Your patch\n {2}then {2}[\d.]+x \[.*\n {2}now {3}[\d.]+x \[.*\n {2}It holds: proven again/);
    assert.equal(readFileSync(at('project/main.py'), 'utf8'), script);
  });
  it('says that a change with another result does not hold, and what else is not as it was', async () => {
    tampered((bundle) => {
      const [edit] = bundle.proofs[0]!.candidate.edits;
      edit!.newText = edit!.newText.replace('limit, 3', 'limit - 3, 3');
      bundle.environment.packages['numpy'] = '1.0';
      bundle.inputs[0]!.sha256 = '0'.repeat(64);
      bundle.standardInput!.sha256 = '1'.repeat(64);
      bundle.proofs[0]!.candidate.title = 'Mine\u001b[2J';
    });
    const { code, stderr, stdout } = await replay('--yes');
    assert.equal(code, 3);
    assert.match(stdout, /^Mine\ufffd\[2J\n/m, 'text of others does not reach the terminal as it is');
    assert.match(stderr, /does not hold\. It gives another result/);
    const { holds, changes } = answer();
    assert.equal(holds, false);
    assert.match(changes.join('\n'), /numpy [\d.]+ in place of 1\.0\n.*limit\.txt has other content\nstandard input has other content/);
  });
  it('is refused for other source, before anything is run', async () => {
    writeFileSync(at('project/main.py'), `${script}\nopen("ran", "w")\n`);
    const { code, stderr } = await replay('--yes');
    assert.equal(code, 3);
    assert.match(stderr, /main\.py was changed after it was proven/);
    assert.throws(() => readFileSync(at('project/ran')));
  });
  it('runs nothing without a yes', async () => {
    const { code, stderr } = await replay();
    assert.equal(code, 3);
    assert.match(stderr, /--yes/);
  });
  it('edits no file that the run does not use', async () => {
    writeFileSync(at('project/other.py'), 'x = 1\n');
    tampered((bundle) => (bundle.proofs[0]!.candidate.edits[0]!.file = at('project/other.py')));
    const { code, stderr } = await replay('--yes');
    assert.equal(code, 3);
    assert.match(stderr, /other\.py, or the run did not use it/);
  });
  it('says what is no bundle, and what is not in it', async () => {
    writeFileSync(at('b.json.gz'), 'hello');
    assert.match((await replay('--yes')).stderr, /not JSON/);
    writeFileSync(at('b.json.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    assert.match((await replay('--yes')).stderr, /cannot be read/);
    tampered((bundle) => ((bundle as { schema: string }).schema = 'hotloop/1'));
    assert.match((await replay('--yes')).stderr, /not an evidence bundle/);
    tampered((bundle) => (bundle.proofs[0]!.candidate.regions = 'x' as never));
    assert.match((await replay('--yes')).stderr, /damaged at proofs\.0\.candidate\.regions/);
    tampered((bundle) => (bundle.proofs[0]!.status = 'rejected'));
    assert.match((await replay('--yes')).stderr, /no proof that could be repeated/);
    const unknown = await replay('--yes', '--candidate', 'x');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /It has patch@/);
  });
});
