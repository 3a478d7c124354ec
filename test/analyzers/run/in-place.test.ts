import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command, Run } from '../../../analyzers/types';
import type { Outcome } from '../../../analyzers/platform/result';
import { startProcess } from '../../../analyzers/platform/process';
import { seconds } from '../../../analyzers/platform/units';
import { runInPlace, type InPlaceRequest } from '../../../analyzers/run/in-place';
import { leftovers, processesWith, Project, python } from './fixture';

describe('the run in place', () => {
  let project: Project;
  let out = '';
  let err = '';
  afterEach(() => {
    project.remove();
    assert.deepEqual(leftovers(), [], 'no folder of ours is left');
  });

  async function run(command: Command, more: Partial<InPlaceRequest> = {}): Promise<Outcome<Run>> {
    [out, err] = ['', ''];
    return runInPlace({
      interpreter: await python(),
      command,
      helper: 'hotloop_probe.py',
      helperArgs: ['--out', path.join(project.home, 'probe.jsonl'), '--root', project.root],
      stdin: null,
      output: { stdout: (chunk) => (out += Buffer.from(chunk).toString()), stderr: (chunk) => (err += Buffer.from(chunk).toString()) },
      limit: null,
      launch: null,
      signal: new AbortController().signal,
      ...more,
    });
  }
  const value = (outcome: Outcome<Run>): Run => {
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.refusal.why);
    return outcome.value;
  };

  it('has the program’s real effects, arguments, input and output', async () => {
    project = new Project({
      'a.py':
        'import sys, os\nprint(sys.argv[1:], sys.stdin.read(), os.getcwd())\nopen("made.txt", "w").write("x")\nprint("é", file=sys.stderr)\nsys.exit(3)\n',
      'in.txt': 'né',
    });
    const ended = value(await run(project.command('a.py', '--x', 'a b'), { stdin: project.path('in.txt') }));
    assert.deepEqual([ended.exitCode, ended.stopped, ended.signal], [3, undefined, undefined]);
    assert.equal(out, `['--x', 'a b'] né ${project.root}\n`);
    assert.equal(err, 'é\n');
    assert.equal(project.read('made.txt'), 'x');
    assert.ok(ended.seconds > 0 && ended.cpuSeconds > 0 && ended.peakMemory > 1e6);
  });

  it('stops at its limit and when it is cancelled, with the whole tree', async () => {
    project = new Project({ 'a.py': 'import os, time\nprint("up", flush=True)\nos.fork()\nwhile True: time.sleep(0.05)\n' });
    assert.equal(value(await run(project.command('a.py'), { limit: seconds(1) })).stopped, 'limit');
    assert.deepEqual(processesWith(project.home), []);
    const abort = new AbortController();
    const running = run(project.command('a.py'), { signal: abort.signal });
    while (!out.includes('up')) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(processesWith(project.home).length >= 1);
    abort.abort();
    assert.equal(value(await running).stopped, 'cancelled');
    assert.deepEqual(processesWith(project.home), []);
  });

  it('can be started by somebody else, and still be stopped', async () => {
    project = new Project({ 'a.py': 'import time\nopen("up", "w").close()\ntime.sleep(60)\n' });
    const abort = new AbortController();
    const launch: InPlaceRequest['launch'] = async (argv, cwd) => {
      const { exitCode } = await startProcess({ argv, cwd, stdout: 'ignore', stderr: 'ignore' }).end;
      return { exitCode };
    };
    const running = run(project.command('a.py'), { launch, signal: abort.signal });
    while (!existsSync(project.path('up'))) await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    assert.equal(value(await running).stopped, 'cancelled');
    assert.deepEqual(processesWith(project.home), []);
  });

  it('says so when nothing could be measured', async () => {
    project = new Project({ 'a.py': '' });
    const lost = await run(project.command('a.py'), { launch: () => Promise.resolve({ exitCode: 1 }) });
    assert.equal(lost.ok ? '' : lost.refusal.code, 'run-lost');
    const nowhere = await run({ ...project.command('a.py'), cwd: project.path('no/such') });
    assert.equal(nowhere.ok ? '' : nowhere.refusal.code, 'start-failed');
    const early = await run(project.command('a.py'), { signal: AbortSignal.abort() });
    assert.equal(early.ok ? '' : early.refusal.code, 'cancelled');
  });
});
