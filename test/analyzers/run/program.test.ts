import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { startProcess } from '../../../analyzers/platform/process';
import { leftovers, processesWith, Project, python, runIn, runOnce, sandboxOf } from './fixture';

describe('a rerun of a program', () => {
  let project: Project;
  afterEach(() => {
    project.remove();
    assert.deepEqual(leftovers(), [], 'no folder of ours is left');
  });

  const endings: Record<string, string> = {
    'a failure in a function': 'def f(x):\n    return 1 / x\nprint("before")\nf(0)\n',
    'an exit code': 'import sys\nsys.exit(3)\n',
    'an exit message': 'import sys\nsys.exit("msg é")\n',
    'leaving at once': 'import os\nprint("é", flush=True)\nos._exit(4)\n',
    'a syntax error': 'print(1)\nx = = 1\n',
    'its own description': 'import sys, os\nprint(sys.argv, sys.path[0], os.getcwd(), __name__, __file__, os.environ.get("PWD"))\n',
  };
  for (const [name, text] of Object.entries(endings)) {
    it(`ends with ${name} as plain Python does, with the original paths in its output`, async () => {
      project = new Project({ 'sub folder/a.py': text });
      const command = project.command('sub folder/a.py', '--x', 'a b', project.path('data.txt'));
      const environment = { ...process.env, PYTHONHASHSEED: '1', PWD: project.root };
      const keep = { keep: bytes(1e6) };
      const interpreter = await python();
      const argv: [string, ...string[]] = [interpreter.path, command.target, ...command.args];
      const plain = await startProcess({ argv, cwd: command.cwd, environment, stdout: keep, stderr: keep }).end;
      const ran = await runOnce(project, command);
      assert.equal(ran.run.exitCode, plain.exitCode);
      assert.equal(ran.out, Buffer.from(plain.stdout).toString());
      assert.equal(ran.err, Buffer.from(plain.stderr).toString());
      assert.equal(ran.run.stopped, undefined);
    });
  }

  it('compiles anew each time, and finds what was compiled when it is to be warm', async function () {
    const interpreter = await python();
    if (!('numba' in interpreter.packages)) {
      console.log('skipped: Numba is not installed here');
      this.skip();
    }
    this.timeout(60_000);
    project = new Project({
      'a.py':
        'from numba import njit\n@njit(cache=True)\ndef f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\nprint(f(10), sum(f.stats.cache_hits.values()))\n',
    });
    const command = project.command('a.py');
    const sandbox = await sandboxOf(project, command);
    try {
      const outs: string[] = [];
      for (const warm of [false, true, false]) {
        await sandbox.restore();
        const ran = await runIn(sandbox, command, { warm });
        assert.deepEqual([ran.err, ran.compiled, ran.files], ['', true, []]);
        outs.push(ran.out);
      }
      assert.deepEqual(outs, ['45 0\n', '45 1\n', '45 0\n']);
    } finally {
      await sandbox.dispose();
    }
  });

  it('tells a death by signal', async () => {
    project = new Project({
      'a.py': 'import ctypes\nctypes.string_at(0)\n',
      'b.py': 'import os\nos.kill(os.getpid(), 2)\nimport time; time.sleep(9)\n',
    });
    const fault = await runOnce(project, project.command('a.py'));
    assert.deepEqual([fault.run.signal, fault.run.exitCode], ['SIGSEGV', 139]);
    const interrupted = await runOnce(project, project.command('b.py'));
    assert.deepEqual([interrupted.run.signal, interrupted.run.exitCode], ['SIGINT', 130]);
  });

  it('runs a module of a package', async () => {
    project = new Project({
      'pkg/__init__.py': '',
      'pkg/__main__.py': 'import sys\nfrom . import a\nprint(a.X, sys.argv, __spec__.name)\n',
      'pkg/a.py': 'X = 1\n',
    });
    const ran = await runOnce(project, { kind: 'module', target: 'pkg', args: ['y'], cwd: project.root });
    assert.equal(ran.out, `1 ['${project.path('pkg/__main__.py')}', 'y'] pkg.__main__\n`);
  });

  it('gives the program its input file, and an empty input without one', async () => {
    project = new Project({ 'a.py': 'import sys\nprint(repr(sys.stdin.read()))\n', 'in.txt': 'né\n' });
    assert.equal((await runOnce(project, project.command('a.py'), { stdin: project.path('in.txt') })).out, "'né\\n'\n");
    assert.equal((await runOnce(project, project.command('a.py'))).out, "''\n");
  });

  it('leaves the user’s folder as it is, whatever the program does to its own folder', async () => {
    const text = [
      'import os, shutil, sqlite3, sys',
      'open("new.txt", "w").write("x"); open("kept.txt", "a").write("more"); os.remove("gone.txt"); shutil.rmtree("sub"); os.mkdir("made")',
      'open(sys.argv[1], "w").write("through an argument"); open(os.path.join(os.path.dirname(__file__), "beside.txt"), "w").write("x")',
      'sqlite3.connect("own.db").execute("create table t(x)"); import helper',
    ].join('\n');
    project = new Project({ 'a.py': text, 'kept.txt': 'kept', 'gone.txt': 'g', 'sub/x.txt': 's', 'helper.py': 'x = 1\n', 'arg.txt': 'a' });
    const before = project.state();
    const ran = await runOnce(project, project.command('a.py', project.path('arg.txt')));
    assert.equal(ran.run.exitCode, 0, ran.err);
    assert.deepEqual(project.state(), before);
    const changes = ran.files.map((file) => `${file.change} ${file.path}`);
    assert.deepEqual(changes, [
      'changed arg.txt',
      'created beside.txt',
      'deleted gone.txt',
      'changed kept.txt',
      'created new.txt',
      'created own.db',
      'deleted sub/x.txt',
    ]);
  });

  it('stops before a write to the original path, and tells which effect it was', async () => {
    project = new Project({ 'a.py': '' });
    project.write('a.py', `print("before", flush=True)\nopen(${JSON.stringify(project.path('out.txt'))}, "w").write("harm")\nprint("after")\n`);
    const before = project.state();
    const ran = await runOnce(project, project.command('a.py'));
    assert.deepEqual([ran.run.stopped, ran.out], ['refused-effect', 'before\n']);
    assert.deepEqual([ran.refused?.kind, ran.refused?.target, ran.refused?.line], ['file-write', project.path('out.txt'), 2]);
    assert.deepEqual(project.state(), before);
  });

  it('holds C code, which no hook sees, back from everything outside the copy where the kernel can', async function () {
    const text = (outside: string): string =>
      `import ctypes, os\nc = ctypes.CDLL(None, use_errno=True)\nfor name in ("inside.txt", ${JSON.stringify(outside)}):\n    f = c.open(name.encode(), os.O_WRONLY | os.O_CREAT, 0o600)\n    print(f > 0, ctypes.get_errno())\nprint(c.unlink(${JSON.stringify(outside)}.encode()))\n`;
    project = new Project({ 'a.py': '', 'precious.txt': 'p' });
    project.write('a.py', text(project.path('precious.txt')));
    const before = project.state();
    const ran = await runOnce(project, project.command('a.py'));
    if (ran.out.startsWith('True 0\nTrue')) {
      console.log('        skipped: this kernel has no Landlock');
      this.skip();
    }
    assert.equal(ran.out, 'True 0\nFalse 13\n-1\n', ran.err);
    assert.deepEqual(project.state(), before);
  });

  it('lets a program talk to a server that it starts itself', async () => {
    const server =
      'import http.server, threading, urllib.request\n' + 's = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)\n';
    const client =
      'threading.Thread(target=s.serve_forever, daemon=True).start()\nprint(urllib.request.urlopen("http://127.0.0.1:%d/a.txt" % s.server_port).read())\n';
    project = new Project({ 'a.py': server + client, 'a.txt': 'hello' });
    const ran = await runOnce(project, project.command('a.py'));
    assert.deepEqual([ran.out, ran.refused], ["b'hello'\n", null]);
  });

  it('times and captures the regions that are asked for, by their original file', async () => {
    project = new Project({
      'a.py': 'import k\nprint(k.work(3))\n',
      'k.py': 'def work(n):\n    s = 0.0\n    for i in range(n):\n        s += i\n    return s\n',
    });
    const ran = await runOnce(project, project.command('a.py'), {
      regions: [{ id: 'r', file: project.path('k.py'), startLine: 3, endLine: 4, captures: ['s', 'i'] }],
    });
    const [region] = ran.regions;
    assert.equal(region?.entries, 1);
    const [sum, last] = region.exits[0]?.values ?? [];
    assert.deepEqual([sum?.name, sum?.type, Buffer.from(sum?.floats ?? '', 'base64').readDoubleLE()], ['s', 'float', 3]);
    assert.deepEqual([last?.name, last?.preview], ['i', '2']);
  });

  it('draws the same numbers and the same order of sets in every run', async () => {
    project = new Project({ 'a.py': 'import random\nprint(random.random(), list({"a", "b", "c", "d", "e"}))\n' });
    const command = project.command('a.py');
    const sandbox = await sandboxOf(project, command);
    const first = await runIn(sandbox, command);
    assert.equal(first.out, (await runIn(sandbox, command)).out);
    assert.notEqual(first.out, (await runIn(sandbox, command, { seed: 2 })).out);
    await sandbox.dispose();
  });

  it('gives pools the workers and the start method that a sweep asks for', async () => {
    project = new Project({
      'a.py':
        'import os, multiprocessing as m\nfrom concurrent.futures import ProcessPoolExecutor as P\nprint(P()._max_workers, m.get_start_method(), "HOTLOOP_WORKERS" in os.environ)\n',
    });
    const ran = await runOnce(project, project.command('a.py'), { environment: { HOTLOOP_WORKERS: '3' }, startMethod: 'spawn' });
    assert.equal(ran.out, '3 spawn False\n');
  });

  it('ends the whole tree at the time limit and keeps what was printed', async () => {
    const text =
      'import os, time\nprint("up", flush=True)\nif os.fork() == 0: os.setsid()\nopen("up%d" % os.getpid(), "w").close()\nwhile True: time.sleep(0.1)\n';
    project = new Project({ 'a.py': text });
    const command = project.command('a.py');
    const sandbox = await sandboxOf(project, command);
    const running = runIn(sandbox, command, { limits: { seconds: seconds(2), memory: null, output: bytes(1e6) } });
    const up = (): string[] => readdirSync(sandbox.dir).filter((name) => /^up\d+$/.test(name));
    while (up().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(processesWith(sandbox.side).length, 3, 'the supervisor and two of the program');
    const ran = await running;
    assert.deepEqual([ran.run.stopped, ran.out], ['limit', 'up\n']);
    assert.deepEqual(processesWith(sandbox.side), []);
    await sandbox.dispose();
  });

  it('ends at once, with its whole tree, when it is cancelled', async () => {
    project = new Project({ 'a.py': 'import os, time\nopen("up", "w").close()\nos.fork()\nwhile True: time.sleep(0.1)\n' });
    const command = project.command('a.py');
    const sandbox = await sandboxOf(project, command);
    const abort = new AbortController();
    const running = runIn(sandbox, command, { signal: abort.signal });
    while (!existsSync(path.join(sandbox.dir, 'up'))) await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    assert.equal((await running).run.stopped, 'cancelled');
    assert.deepEqual(processesWith(sandbox.side), []);
    await sandbox.dispose();
  });

  it('is stopped by too much output, and keeps no more than was allowed for', async () => {
    project = new Project({ 'a.py': 'while True: print("x" * 1000)\n' });
    const ran = await runOnce(project, project.command('a.py'), { limits: { seconds: seconds(30), memory: null, output: bytes(100_000) } });
    assert.equal(ran.run.stopped, 'output');
  });

  it('imports the edited module from the copy even where sys.path leads to the original', async () => {
    project = new Project({ 'src/lib.py': 'print(__file__)\n', 'run/a.py': 'import lib\n' });
    const ran = await runOnce(project, project.command('run/a.py'), { environment: { PYTHONPATH: project.path('src') } });
    assert.equal(ran.out, `${project.path('src/lib.py')}\n`);
    const sandbox = await sandboxOf(project, project.command('run/a.py'));
    writeFileSync(path.join(sandbox.dir, 'src/lib.py'), 'print("the copy")\n');
    assert.equal((await runIn(sandbox, project.command('run/a.py'), { environment: { PYTHONPATH: project.path('src') } })).out, 'the copy\n');
    await sandbox.dispose();
  });

  it('runs from a working folder outside the project without writing there', async () => {
    project = new Project({ 'a.py': 'import os\nprint(os.getcwd(), flush=True)\nopen("out.txt", "w")\n' });
    const elsewhere = path.join(project.home, 'elsewhere');
    mkdirSync(elsewhere);
    const ran = await runOnce(project, { ...project.command('a.py'), cwd: elsewhere });
    assert.deepEqual([ran.out, ran.run.stopped], [`${elsewhere}\n`, 'refused-effect']);
    assert.equal(existsSync(path.join(elsewhere, 'out.txt')), false);
  });
});
