import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { profilePython, type PythonProfileRequest } from '../../../analyzers/profile/python';
import { seconds } from '../../../analyzers/platform/units';
import { findPython } from '../../../analyzers/run/interpreter';
import { findHotspots } from '../../../analyzers/hotspots/rank';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { classifyRun } from '../../../analyzers/verdict/classify';
import type { Command, Interpreter, Profile, Progress, Source } from '../../../analyzers/types';
import type { Outcome } from '../../../analyzers/platform/result';

const work = (n: number): string => `def work(n):
    s = 0
    for i in range(n):
        s = (s * 31 + i) % 65521
    return s
print(work(${n}))
`;

interface Ran {
  outcome: Outcome<Profile>;
  source: Source;
  stdout: string;
  stderr: string;
  progress: Progress[];
}

describe('profiling a Python program', function () {
  this.timeout(60_000);
  let interpreter: Interpreter;
  let folder: string;

  before(async () => {
    await loadSyntax();
    const venv = path.resolve('.venv/bin/python');
    const found = await findPython({ explicit: existsSync(venv) ? venv : null, cwd: process.cwd() });
    assert.ok(found.ok, 'these tests need a Python');
    interpreter = found.value;
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotloop test é '));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function profile(text: string | null, more: Partial<PythonProfileRequest> & { args?: string[]; command?: Command } = {}): Promise<Ran> {
    const file = path.join(folder, 'skript ü.py');
    if (text !== null) await writeFile(file, text);
    const source: Source = {
      path: file,
      text: text ?? '',
      sha256: createHash('sha256')
        .update(text ?? '')
        .digest('hex'),
      language: 'python',
    };
    const ran = { stdout: '', stderr: '', progress: [] as Progress[] };
    const outcome = await profilePython({
      source,
      command: { kind: 'script', target: file, args: more.args ?? [], cwd: folder },
      interpreter,
      root: folder,
      stdin: null,
      output: {
        stdout: (chunk) => (ran.stdout += Buffer.from(chunk).toString('utf8')),
        stderr: (chunk) => (ran.stderr += Buffer.from(chunk).toString('utf8')),
      },
      limit: null,
      launch: null,
      signal: new AbortController().signal,
      onProgress: (progress) => ran.progress.push(progress),
      ...more,
    });
    return { outcome, source, ...ran };
  }
  const value = (outcome: Outcome<Profile>): Profile => {
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.value;
  };

  it('tells the hot lines, the loop around them, and why they are slow', async () => {
    const { outcome, source, stdout, stderr, progress } = await profile(work(20_000_000));
    const found = value(outcome);
    assert.match(stdout, /^\d+\n$/);
    assert.equal(stderr, '');
    assert.equal(found.run.exitCode, 0);
    assert.ok(found.lines[0] && [3, 4].includes(found.lines[0].line));
    assert.equal(found.lines[0].file, source.path);
    const [first] = findHotspots(found, [readModule(source)], folder);
    assert.equal(first?.id, 'skript ü.py::work#0');
    assert.equal(first.kind, 'loop');
    assert.ok(first.share > 0.5);
    assert.equal(classifyRun(found, null).bottleneck, 'cpu-python');
    assert.ok(found.timeline.length > 2);
    assert.ok(found.frames.some((frame) => frame.name === 'work' && frame.values['n']?.value === 20_000_000));
    assert.ok(progress.some((step) => step.stage === 'profile' && step.text.includes('skript ü.py')));
  });

  it('returns a profile with the exit code of a program that failed', async () => {
    const { outcome, stderr } = await profile(`${work(2_000_000)}raise ValueError('boom')\n`);
    const found = value(outcome);
    assert.equal(found.run.exitCode, 1);
    assert.match(stderr, /ValueError: boom/);
    assert.doesNotMatch(stderr, /hotloop_/);
    assert.ok(found.lines.some((line) => line.line === 4));
  });

  it('gives the program its arguments, its folder and its input', async () => {
    const input = path.join(folder, 'input.txt');
    await writeFile(input, 'Bob\n');
    const text = 'import sys, os\nprint(input(), sys.argv[1:], os.getcwd())\nsys.exit(3)\n';
    const { outcome, stdout } = await profile(text, { args: ['--x', 'a b'], stdin: input });
    assert.equal(value(outcome).run.exitCode, 3);
    assert.equal(stdout, `Bob ['--x', 'a b'] ${folder}\n`);
  });

  it('stops an endless program at its limit and keeps what was seen', async () => {
    const { outcome } = await profile(`${work(1000)}while True:\n    work(10_000)\n`, { limit: seconds(2) });
    const found = value(outcome);
    assert.equal(found.run.stopped, 'limit');
    assert.ok(found.lines.some((line) => line.line === 4 && line.python > 0.1));
  });

  it('is cancelled and leaves no side files', async () => {
    const temp = await mkdtemp(path.join(tmpdir(), 'hotloop-test-'));
    const usual = process.env['TMPDIR'];
    process.env['TMPDIR'] = temp;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1500);
    const { outcome } = await profile(`${work(1000)}while True:\n    work(10_000)\n`, { signal: controller.signal });
    if (outcome.ok) assert.equal(outcome.value.run.stopped, 'cancelled');
    else assert.equal(outcome.refusal.code, 'cancelled');
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    assert.deepEqual(readdirSync(temp), []);
    await rm(temp, { recursive: true });
  });

  it('runs a package as a module', async () => {
    const tool = path.join(folder, 'tool');
    await mkdir(tool);
    await writeFile(path.join(tool, '__init__.py'), '');
    await writeFile(path.join(tool, '__main__.py'), work(3_000_000));
    const { outcome } = await profile(null, {
      source: { path: path.join(tool, '__main__.py'), text: work(3_000_000), sha256: '', language: 'python' },
      command: { kind: 'module', target: 'tool', args: [], cwd: folder },
    });
    const found = value(outcome);
    assert.equal(found.run.exitCode, 0);
    assert.ok(found.lines.some((line) => line.file === path.join(tool, '__main__.py') && line.line === 4));
  });

  it('refuses a file that is not there, and one with a syntax error, without running anything', async () => {
    const missing = await profile(null);
    assert.ok(!missing.outcome.ok && missing.outcome.refusal.code === 'no-such-file');
    const broken = await profile('open("ran", "w")\nfor i in range(3)\n    pass\n');
    assert.ok(!broken.outcome.ok && broken.outcome.refusal.code === 'syntax-error');
    assert.equal(broken.outcome.refusal.span?.start.line, 1);
    assert.deepEqual((await readdir(folder)).sort(), ['skript ü.py']);
  });

  it('tells waiting from computing, and what for', async () => {
    const { outcome } = await profile('import time\nfor i in range(20):\n    time.sleep(0.05)\n');
    const found = value(outcome);
    const verdict = classifyRun(found, null, [readModule(found.source)]);
    assert.equal(verdict.bottleneck, 'io-wait');
    assert.match(verdict.because.map((evidence) => evidence.text).join(' '), /it sleeps/);
  });

  it('sees that a pool already works side by side', async () => {
    const text = `import multiprocessing\n${work(1).replace('print(work(1))\n', '')}if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool:
        print(sum(pool.map(work, [6_000_000] * 6)))
`;
    const { outcome } = await profile(text);
    const found = value(outcome);
    assert.equal(found.processes.filter((process) => process.kind === 'child').length, 2);
    assert.equal(classifyRun(found, null).bottleneck, 'parallel-already');
  });

  it('sees threads that wait for the interpreter lock', async () => {
    const text = `import threading\n${work(1).replace('print(work(1))\n', '')}threads = [threading.Thread(target=work, args=(4_000_000,)) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
`;
    const { outcome } = await profile(text);
    const verdict = classifyRun(value(outcome), null);
    assert.equal(verdict.bottleneck, interpreter.gil ? 'gil' : 'parallel-already');
  });
});
