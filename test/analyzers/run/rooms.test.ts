import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Effect } from '../../../analyzers/types';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { startProcess } from '../../../analyzers/platform/process';
import { checkSyntax } from '../../../analyzers/run/check';
import { allowedEffects, consentNeeded, consentRemembered, rememberConsent } from '../../../analyzers/run/consent';
import { findPython } from '../../../analyzers/run/interpreter';
import { withBenchmarkLock } from '../../../analyzers/run/lock';
import { projectRoot, stateFolder } from '../../../analyzers/run/project';
import { sweepLeftovers } from '../../../analyzers/run/sweep';
import { Project, python } from './fixture';

const script = (target: string): Parameters<typeof projectRoot>[0] => ({ kind: 'script', target, args: [], cwd: '/' });

describe('the run room', () => {
  let project: Project;
  const state = process.env['HOTLOOP_HOME'];
  beforeEach(() => {
    project = new Project({ 'a.py': '' });
    process.env['HOTLOOP_HOME'] = path.join(project.home, 'state');
  });
  afterEach(() => {
    project.remove();
    if (state === undefined) delete process.env['HOTLOOP_HOME'];
    else process.env['HOTLOOP_HOME'] = state;
  });

  describe('finds the project', () => {
    it('at the nearest marker or the opened workspace, else at the script’s own folder', () => {
      mkdirSync(project.path('sub/deep'), { recursive: true });
      assert.equal(projectRoot(script(project.path('sub/deep/a.py')), null), project.root);
      assert.equal(projectRoot(script(project.path('sub/deep/a.py')), project.path('sub')), project.path('sub'));
      assert.equal(projectRoot(script(path.join(project.home, 'loose.py')), null), project.home);
      assert.equal(projectRoot({ kind: 'module', target: 'pkg', args: [], cwd: project.path('sub') }, null), project.root);
    });

    it('never above a home folder, and never takes the temp folder for a project because of what lies in it', () => {
      assert.equal(projectRoot(script(path.join(homedir(), 'a.py')), null), homedir());
      assert.equal(projectRoot(script(path.join(tmpdir(), 'a.py')), '/'), tmpdir());
    });

    it('and its own state where HOTLOOP_HOME says', () => {
      assert.equal(stateFolder(), path.join(project.home, 'state'));
    });
  });

  describe('finds Python', () => {
    it('beside the code, with its facts', async () => {
      const found = await python();
      assert.equal(found.path, path.join(process.cwd(), '.venv/bin/python'));
      assert.ok(found.version[0] === 3 && found.version[1] >= 8);
      assert.ok('numpy' in found.packages);
      assert.deepEqual([found.implementation, found.gil], ['cpython', true]);
    });

    it('where it is told to, by path, folder or name', async () => {
      for (const explicit of [path.join(process.cwd(), '.venv'), '.venv/bin/python', 'python3']) {
        const found = await findPython({ explicit, cwd: process.cwd() });
        assert.ok(found.ok, explicit);
      }
    });

    it('or refuses: nothing there, not a Python, too old', async () => {
      const code = async (explicit: string): Promise<string> => {
        const found = await findPython({ explicit, cwd: project.root });
        return found.ok ? 'ok' : found.refusal.code;
      };
      assert.equal(await code('/no/such/python'), 'no-python');
      assert.equal(await code('no-such-python'), 'no-python');
      const fake = project.path('fake');
      writeFileSync(fake, '#!/bin/sh\necho hello\n');
      chmodSync(fake, 0o755);
      assert.equal(await code(fake), 'not-a-python');
      writeFileSync(fake, '#!/bin/sh\necho "SyntaxError: invalid syntax" >&2\nexit 1\n');
      assert.equal(await code(fake), 'python-too-old');
    });
  });

  describe('checks syntax', () => {
    it('without running the text, and names the place', async () => {
      const good = { path: 'a.py', text: '\uFEFFimport os\r\nos._exit(9)\r\n' };
      assert.deepEqual(await checkSyntax(await python(), [good]), { ok: true, value: undefined });
      const bad = await checkSyntax(await python(), [good, { path: '/x/b.py', text: 'x = 1\nprint "2"\n' }]);
      assert.equal(bad.ok ? '' : bad.refusal.code, 'syntax-error');
      assert.match(bad.ok ? '' : bad.refusal.why, /b\.py, line 2/);
      assert.equal(bad.ok ? -1 : bad.refusal.span?.start.line, 1);
      const zero = await checkSyntax(await python(), [{ path: 'c.py', text: 'x = "\0"\n' }]);
      assert.equal(zero.ok ? '' : zero.refusal.code, 'syntax-error');
    });
  });

  describe('asks for consent', () => {
    const inside: Effect[] = [
      { kind: 'file-write', target: '/p/out.txt', count: 1, inside: true },
      { kind: 'file-read', target: '/etc/x', count: 1, inside: false },
      { kind: 'network', target: '127.0.0.1:1', count: 9, inside: true },
      { kind: 'sleep', target: '', count: 1, inside: false },
    ];
    const outside: Effect[] = [
      { kind: 'network', target: 'example.com:80', count: 3, inside: false, file: '/p/sub/a.py', line: 7 },
      { kind: 'file-delete', target: '/data/x', count: 1, inside: false },
    ];

    it('not for a program that stays in its folder', () => {
      assert.equal(consentNeeded(inside, '/p'), null);
    });

    it('with everything that was seen outside, and where', () => {
      const question = consentNeeded([...inside, ...outside], '/p');
      assert.deepEqual(question?.effects, outside);
      assert.match(question.text, /connected to example\.com:80, 3 times \(sub\/a\.py, line 7\)/);
      assert.match(question.text, /deleted or renamed \/data\/x/);
      assert.doesNotMatch(question.text, /out\.txt|\/etc/);
    });

    it('once for the same content and effects', async () => {
      assert.equal(await consentRemembered('hash', outside), false);
      await rememberConsent('hash', outside);
      assert.equal(await consentRemembered('hash', [...outside, ...inside]), true);
      assert.equal(await consentRemembered('other', outside), false);
      assert.equal(await consentRemembered('hash', [...outside, { kind: 'kill', target: 'signal 9', count: 1, inside: false }]), false);
    });

    it('and lets through what was agreed to', () => {
      assert.deepEqual(allowedEffects([...inside, ...outside]), {
        kinds: ['network', 'file-delete', 'file-write'],
        targets: ['example.com:80', '/data/x', '/p/out.txt'],
      });
    });
  });

  describe('measures alone', () => {
    it('one after another, and gives up waiting when cancelled', async () => {
      const order: string[] = [];
      const signal = new AbortController().signal;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const first = withBenchmarkLock(signal, async () => {
        order.push('first in');
        await held;
        order.push('first out');
      });
      while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const second = withBenchmarkLock(signal, () => Promise.resolve(order.push('second')));
      const abort = new AbortController();
      const third = withBenchmarkLock(abort.signal, () => Promise.resolve(order.push('cancelled')));
      abort.abort();
      await third;
      release();
      await Promise.all([first, second]);
      assert.deepEqual(order, ['first in', 'cancelled', 'first out', 'second']);
    });

    it('does not wait for one that was killed', async function () {
      // Well below the age at which a lock counts as left behind.
      this.timeout(10_000);
      const module = JSON.stringify(path.resolve('analyzers/run/lock.ts'));
      const work = `import { withBenchmarkLock } from ${module};\nawait withBenchmarkLock(new AbortController().signal, async () => { console.log('held'); await new Promise((go) => setTimeout(go, 60_000)); });\n`;
      project.write('holder.mts', work);
      let said = '';
      const each = (chunk: Uint8Array): void => void (said += Buffer.from(chunk).toString());
      const argv: [string, ...string[]] = [process.execPath, '--import', 'tsx', project.path('holder.mts')];
      const killed = startProcess({ argv, cwd: process.cwd(), stdout: { each }, stderr: 'inherit' });
      for (let waited = 0; waited < 250 && !said.includes('held'); waited += 1) await new Promise((resolve) => setTimeout(resolve, 20));
      process.kill(killed.pid ?? 0, 'SIGKILL');
      await killed.end;
      assert.ok(existsSync(path.join(project.home, 'state', 'benchmark.lock')));
      assert.equal(await withBenchmarkLock(new AbortController().signal, () => Promise.resolve(7)), 7);
      assert.equal(existsSync(path.join(project.home, 'state', 'benchmark.lock')), false);
    });

    it('even where no lock can be made', async () => {
      writeFileSync(path.join(project.home, 'file'), '');
      process.env['HOTLOOP_HOME'] = path.join(project.home, 'file', 'under');
      assert.equal(await withBenchmarkLock(new AbortController().signal, () => Promise.resolve(7)), 7);
    });
  });

  describe('sweeps', () => {
    it('the folders of engines that are gone, with the supervisors that still run in them, and no others', async () => {
      const gone = startProcess({ argv: ['true'], cwd: '/', stdout: 'ignore', stderr: 'ignore' });
      await gone.end;
      const orphan = startProcess({ argv: ['sleep', '60'], cwd: '/', stdout: 'ignore', stderr: 'ignore' });
      const start =
        readFileSync(`/proc/${orphan.pid ?? 0}/stat`, 'utf8')
          .split(') ')[1]
          ?.split(' ')[19] ?? '';
      const root = realpathSync(tmpdir());
      const dead = mkdtempSync(path.join(root, `hotloop-${gone.pid ?? 0}-`));
      const reused = mkdtempSync(path.join(root, `hotloop-${process.ppid}-`));
      const own = mkdtempSync(path.join(root, `hotloop-${process.pid}-`));
      const other = mkdtempSync(path.join(root, 'hotloop-abc-'));
      writeFileSync(path.join(dead, 'owner.json'), JSON.stringify({ start: null, running: { pid: orphan.pid, start } }));
      writeFileSync(path.join(reused, 'owner.json'), JSON.stringify({ start: '1', running: { pid: process.pid, start: '1' } }));
      await sweepLeftovers();
      assert.deepEqual([dead, reused, own, other].map(existsSync), [false, false, true, true]);
      assert.equal((await orphan.end).signal, 'SIGTERM');
      for (const folder of [own, other]) rmSync(folder, { recursive: true });
    });
  });

  describe('starts processes', () => {
    it('without a shell, with bounded output and a readable failure', async () => {
      const keep = { keep: bytes(10) };
      const end = await startProcess({ argv: ['echo', '$HOME; echo "x y"', '0123456789'], cwd: '/', stdout: keep, stderr: keep }).end;
      assert.deepEqual([Buffer.from(end.stdout).toString(), end.truncated, end.exitCode], ['$HOME; ech', true, 0]);
      const none = await startProcess({ argv: ['/no/such'], cwd: '/', stdout: keep, stderr: keep }).end;
      assert.equal(none.exitCode, 127);
      assert.match(none.failure ?? '', /ENOENT/);
    });

    it('and ends the whole tree when asked, also one that ignores polite signals', async () => {
      const child = 'trap "" INT TERM; sleep 61 & setsid sleep 61 & wait; wait';
      const running = startProcess({ argv: ['sh', '-c', child], cwd: '/', stdout: 'ignore', stderr: 'ignore', grace: seconds(0.1) });
      await new Promise((resolve) => setTimeout(resolve, 300));
      await running.stop();
      const end = await running.end;
      assert.deepEqual([end.stopped, end.signal], ['cancelled', 'SIGKILL']);
      const left = await startProcess({ argv: ['pgrep', '-f', '^sleep 61$'], cwd: '/', stdout: { keep: bytes(1000) }, stderr: 'ignore' }).end;
      assert.equal(Buffer.from(left.stdout).toString(), '');
    });

    it('never once cancelled, and within its limit', async () => {
      const options = { cwd: project.root, stdout: 'ignore', stderr: 'ignore' } as const;
      const never = startProcess({ ...options, argv: ['touch', 'made'], signal: AbortSignal.abort() });
      assert.equal((await never.end).stopped, 'cancelled');
      assert.equal(existsSync(project.path('made')), false);
      const slow = await startProcess({ ...options, argv: ['sleep', '60'], limit: seconds(0.1) }).end;
      assert.deepEqual([slow.stopped, slow.signal], ['limit', 'SIGINT']);
      symlinkSync('a.py', project.path('link'));
    });
  });
});
