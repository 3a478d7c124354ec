/** The built command line on real scripts, as a person would use it: what fails fails clearly, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../analyzers/types';
import { buildCli, hotloop, python, temporaryFolder, type Ended, type RunOptions } from './program';

const sumLoop = `total = 0
for number in range(3_000_000):
    total += number * number
print(total)
`;

describe('the command line on real scripts', function () {
  this.timeout(180_000);
  let folder: string;
  let project: string;
  let temp: string;
  let home: string;

  before(() => {
    buildCli();
    folder = temporaryFolder();
    home = path.join(folder, 'state');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    project = path.join(folder, 'mein Projekt é 日');
    temp = path.join(folder, 'temp');
    for (const each of [project, temp]) mkdirSync(each, { recursive: true });
  });
  afterEach(() => {
    assert.deepEqual(readdirSync(temp), [], 'temp folders were left behind');
    if (process.platform === 'linux') assert.deepEqual(programsIn(folder), [], 'programs were left behind');
    rmSync(project, { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    const file = path.join(project, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const run = (args: string[], options: RunOptions = {}): Promise<Ended> =>
    hotloop(args, { cwd: project, ...options, environment: { TMPDIR: temp, HOTLOOP_HOME: home, ...options.environment } });
  const report = (): Report => JSON.parse(readFileSync(path.join(project, 'r.json'), 'utf8')) as Report;
  const out = ['--json', 'r.json', '--python', python, '--budget', '20'];

  it('refuses a script that does not parse, with the line', async () => {
    write('broken.py', 'x = 1\nfor x in:\n    pass\n');
    const { code, stderr } = await run(['prove', 'broken.py', ...out]);
    assert.equal(code, 3);
    assert.match(stderr, /broken\.py, line 2/);
  });

  it('ends with 1 and a report when the script raises', async () => {
    write('raises.py', `${sumLoop}raise ValueError('no good')\n`);
    const { code, stderr } = await run(['profile', 'raises.py', ...out]);
    assert.equal(code, 1);
    assert.match(stderr, /ValueError: no good/);
    assert.equal(report().run.exitCode, 1);
    assert.ok(report().lines.length > 0, 'the profile is kept');
  });

  it('ends with 1 and tells the exit code when the script calls sys.exit(3)', async () => {
    write('exits.py', `import sys\n${sumLoop}sys.exit(3)\n`);
    const { code } = await run(['profile', 'exits.py', ...out]);
    assert.equal(code, 1);
    assert.equal(report().run.exitCode, 3);
  });

  it('stops an endless loop at its limit and analyses what was seen', async () => {
    write('endless.py', 'n = 0\nwhile True:\n    n = (n * 3 + 1) % 1000003\n');
    const { code } = await run(['prove', 'endless.py', ...out, '--limit', '2']);
    assert.equal(code, 0);
    assert.equal(report().run.stopped, 'limit');
    assert.ok(report().lines.some((line) => line.line === 3));
    for (const candidate of report().candidates) assert.notEqual(candidate.status, 'proven');
  });

  it('says which interpreter it cannot find', async () => {
    write('fine.py', sumLoop);
    const { code, stderr } = await run(['profile', 'fine.py', '--python', '/nowhere/python']);
    assert.equal(code, 3);
    assert.match(stderr, /\/nowhere\/python/);
  });

  it('offers NumPy with the install command where it is missing, and installs nothing', async () => {
    write('fine.py', sumLoop);
    const bare = path.join(folder, 'bare');
    execFileSync(python, ['-m', 'venv', '--without-pip', bare]);
    const { code } = await run(['prove', 'fine.py', '--json', 'r.json', '--budget', '20', '--python', path.join(bare, 'bin', 'python')]);
    assert.equal(code, 0);
    const candidate = report().candidates.find((each) => each.family === 'vectorize');
    assert.equal(candidate?.status, 'untried');
    assert.deepEqual(candidate.requires, ['numpy']);
    assert.match(candidate.reason, /pip install numpy/);
  });

  it('survives a script that deletes itself while it runs', async () => {
    const file = write('gone.py', `import os\nos.remove(__file__)\n${sumLoop}`);
    const { code, stderr } = await run(['prove', 'gone.py', ...out]);
    assert.ok(code === 0 || code === 3, `${code}: ${stderr}`);
    assert.doesNotMatch(stderr, /at .*\.[jt]s:\d+/, 'a stack trace of ours');
    assert.ok(!existsSync(file));
  });

  it('says so when there is nothing to gain, and ends with 0', async () => {
    write('quick.py', 'print(sum(range(1000)))\n');
    const { code, stdout } = await run(['prove', 'quick.py', ...out]);
    assert.equal(code, 0);
    assert.match(stdout, /Leave it as it is/);
    assert.equal(report().recommendation.kind, 'leave');
  });

  it('proves a script with arguments, standard input, spaces and letters of other scripts in its path, and leaves the files alone', async () => {
    const file = write(
      'größe 数.py',
      `import sys\nscale = float(sys.argv[1])\nn = int(input())\ntotal = 0.0\nfor i in range(n):\n    total += scale * i * i\nprint(total)\n`,
    );
    const before = createHash('sha256').update(readFileSync(file)).digest('hex');
    const { code, stdout } = await run(['prove', 'größe 数.py', ...out, '--', '2.5'], { input: '3000000\n' });
    assert.equal(code, 0);
    assert.match(stdout, /2\.24999887\d*e\+19/);
    const candidate = report().candidates.find((each) => each.family === 'vectorize');
    assert.ok(candidate?.equivalence === 'guarded' || candidate?.equivalence === 'observed', JSON.stringify(candidate));
    assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), before);
    const applied = await run(['apply', 'r.json', '--candidate', candidate.id, '--output', 'fast.py']);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(execFileSync(python, ['fast.py', '2.5'], { cwd: project, input: '3000000\n', encoding: 'utf8' }), /2\.24999887\d*e\+19/);
  });

  it('proves a module of a package, run with -m, whose hot loop is in another of its files', async () => {
    write('tool/__init__.py', '');
    write('tool/core.py', 'def total(n):\n    result = 0.0\n    for i in range(n):\n        result += i * 0.5\n    return result\n');
    write('tool/__main__.py', 'from .core import total\n\nprint(total(4_000_000))\n');
    const { code } = await run(['prove', '-m', 'tool', '--cwd', project, ...out]);
    assert.equal(code, 0);
    const candidate = report().candidates.find((each) => each.family === 'vectorize');
    assert.ok(candidate?.equivalence === 'guarded' || candidate?.equivalence === 'observed', JSON.stringify(report().candidates));
    assert.ok(candidate.edits.every((edit) => edit.file.endsWith(path.join('tool', 'core.py'))));
  });

  for (const [stage, text] of [
    ['the profiled run', 'Running'],
    ['the baseline', 'against itself'],
    ['a trial', 'Trying'],
    ['the benchmark', 'Measuring, round'],
  ] as const) {
    it(`is cancelled in ${stage} with 130, and leaves nothing behind`, async () => {
      const file = write('cancel.py', `import time\ntime.sleep(0.5)\n${sumLoop}`);
      const before = readFileSync(file, 'utf8');
      const { code, stderr } = await run(['prove', 'cancel.py', '--python', python, '--budget', '30'], { interruptAt: text });
      assert.equal(code, 130, stderr);
      assert.equal(readFileSync(file, 'utf8'), before);
    });
  }
});

/** Command lines of programs that name the folder. */
function programsIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return line.includes(folder) ? [line.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}
