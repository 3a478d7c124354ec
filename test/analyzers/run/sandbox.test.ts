import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Edit, Effect } from '../../../analyzers/types';
import { openSandbox } from '../../../analyzers/run/sandbox';
import { leftovers, Project, runIn, sandboxOf, sha256 } from './fixture';

const edit = (file: string, text: string, from: [number, number], to: [number, number], newText: string): Edit => ({
  file,
  sha256: sha256(text),
  start: { line: from[0], character: from[1] },
  end: { line: to[0], character: to[1] },
  newText,
});

describe('a sandbox', () => {
  let project: Project;
  afterEach(() => {
    project.remove();
    assert.deepEqual(leftovers(), [], 'no folder of ours is left');
  });

  it('holds the project without version control, environments and caches, with modes, times and links', async () => {
    project = new Project({
      'a.py': '', 'data/x.csv': '1', '.git/config': 'x', 'node_modules/m/i.js': '', '.venv/pyvenv.cfg': '', 'own env/pyvenv.cfg': '', '__pycache__/a.pyc': '', 'b.pyc': '', '.env': 'A=1',
    }); // prettier-ignore
    chmodSync(project.path('a.py'), 0o755);
    utimesSync(project.path('data/x.csv'), 1000, 2000);
    symlinkSync('x.csv', project.path('data/link.csv'));
    symlinkSync(project.path('data'), project.path('absolute'));
    symlinkSync('/etc/hostname', project.path('out of it'));
    const sandbox = await sandboxOf(project, project.command('a.py'));
    const has = (name: string): boolean => existsSync(path.join(sandbox.dir, name));
    assert.deepEqual(['a.py', 'data/x.csv', '.env', 'pyproject.toml'].map(has), [true, true, true, true]);
    assert.deepEqual(['.git', 'node_modules', '.venv', 'own env', '__pycache__', 'b.pyc'].map(has), [false, false, false, false, false, false]);
    assert.equal(statSync(path.join(sandbox.dir, 'a.py')).mode & 0o777, 0o755);
    assert.equal(statSync(path.join(sandbox.dir, 'data/x.csv')).mtimeMs, 2_000_000);
    assert.equal(realpathSync(path.join(sandbox.dir, 'data/link.csv')), path.join(sandbox.dir, 'data/x.csv'));
    assert.equal(realpathSync(path.join(sandbox.dir, 'absolute')), path.join(sandbox.dir, 'data'), 'a link into the project leads into the copy');
    assert.equal(readlinkSync(path.join(sandbox.dir, 'out of it')), '/etc/hostname');
    await sandbox.dispose();
    assert.equal(existsSync(sandbox.dir), false);
  });

  it('is brought back to how it was, edits included, after a run that changed everything', async () => {
    const text =
      'import os, shutil\nfor f in ("a.py", "kept.txt"): open(f, "a").write("# more")\nos.remove("link"); os.remove("gone.txt"); shutil.rmtree("sub"); os.makedirs("new/deep"); open("new/deep/f", "w").close()\nopen("same.txt", "r+").write("S"); os.utime("same.txt", (1, 1)); os.chmod("mode.txt", 0)\nimport tempfile; tempfile.mkstemp()\nprint("ORIGINAL")\n';
    project = new Project({
      'a.py': text,
      'kept.txt': 'kept',
      'gone.txt': 'g',
      'sub/x.txt': 's',
      'sub/y/z.txt': 'z',
      'same.txt': 's',
      'mode.txt': 'm',
    });
    symlinkSync('kept.txt', project.path('link'));
    const command = project.command('a.py');
    const sandbox = await sandboxOf(project, command);
    const at = text.split('\n')[5]?.indexOf('ORIGINAL') ?? -1;
    const applied = await sandbox.apply([edit(project.path('a.py'), text, [5, at], [5, at + 8], 'EDITED')]);
    assert.ok(applied.ok);
    const first = await runIn(sandbox, command);
    assert.equal(first.out, 'EDITED\n', first.err);
    await sandbox.restore();
    assert.deepEqual(await sandbox.changes(), []);
    assert.equal(readFileSync(path.join(sandbox.dir, 'a.py'), 'utf8'), text.replace('ORIGINAL', 'EDITED'));
    assert.equal(readFileSync(path.join(sandbox.dir, 'sub/y/z.txt'), 'utf8'), 'z');
    assert.equal(readFileSync(path.join(sandbox.dir, 'same.txt'), 'utf8'), 's');
    assert.equal(statSync(path.join(sandbox.dir, 'mode.txt')).mode & 0o777, 0o644);
    assert.ok(lstatSync(path.join(sandbox.dir, 'link')).isSymbolicLink());
    assert.deepEqual([existsSync(path.join(sandbox.dir, 'new')), readdirSync(sandbox.temp)], [false, []]);
    const second = await runIn(sandbox, command);
    assert.deepEqual(
      second.files,
      first.files.map((file) => ({ ...file })),
    );
    await sandbox.dispose();
  });

  it('brings a file back as it was copied even when the person has changed the original meanwhile', async () => {
    project = new Project({ 'a.py': 'open("log.txt", "a").write("x")\n', 'log.txt': 'log ' });
    const effect: Effect = { kind: 'file-write', target: project.path('log.txt'), count: 1, inside: true };
    const sandbox = await sandboxOf(project, project.command('a.py'), [effect]);
    project.write('log.txt', 'changed by the person');
    await runIn(sandbox, project.command('a.py'));
    await sandbox.restore();
    assert.equal(readFileSync(path.join(sandbox.dir, 'log.txt'), 'utf8'), 'log ');
    await sandbox.dispose();
  });

  it('applies edits at the editor’s positions and keeps line ends, a byte order mark and letters beyond UTF-16', async () => {
    const text = '\uFEFFa = "é😀"; b = 1\r\nc = 2\r\n';
    project = new Project({ 'a.py': text });
    const file = project.path('a.py');
    const sandbox = await sandboxOf(project, project.command('a.py'));
    const applied = await sandbox.apply([
      edit(file, text, [0, 15], [0, 16], '7'),
      edit(file, text, [0, 0], [0, 0], 'import x\r\n'),
      edit(file, text, [1, 4], [1, 5], '3'),
      edit(file, text, [2, 0], [2, 0], 'd = 4\r\n'),
    ]);
    assert.ok(applied.ok);
    assert.equal(readFileSync(path.join(sandbox.dir, 'a.py'), 'utf8'), '\uFEFFimport x\r\na = "é😀"; b = 7\r\nc = 3\r\nd = 4\r\n');
    assert.equal(project.read('a.py'), text);
    await sandbox.dispose();
  });

  it('starts from the original again when other edits are applied, whatever ran in between', async () => {
    project = new Project({ 'a.py': 'a = 1\nopen("left.txt", "w").write("x")\n', 'b.py': 'b = 1\n' });
    const sandbox = await sandboxOf(project, project.command('a.py'));
    const one = (name: string, by: string): Edit => edit(project.path(name), project.read(name), [0, 4], [0, 5], by);
    const now = (name: string): string => readFileSync(path.join(sandbox.dir, name), 'utf8').split('\n')[0]!;
    assert.ok((await sandbox.apply([one('a.py', '2'), one('b.py', '2')])).ok);
    await runIn(sandbox, project.command('a.py'));
    assert.ok((await sandbox.apply([one('a.py', '30')])).ok);
    assert.deepEqual([now('a.py'), now('b.py')], ['a = 30', 'b = 1']);
    assert.ok(!existsSync(path.join(sandbox.dir, 'left.txt')));
    await sandbox.restore();
    assert.deepEqual([now('a.py'), now('b.py')], ['a = 30', 'b = 1']);
    assert.deepEqual(
      (await runIn(sandbox, project.command('a.py'))).files.map(({ path: name }) => name),
      ['left.txt'],
    );
    assert.ok((await sandbox.apply([])).ok);
    assert.equal(now('a.py'), 'a = 1');
    await sandbox.dispose();
  });

  it('applies nothing when one of the files is not the one that the edits were made for', async () => {
    project = new Project({ 'a.py': 'a = 1\n', 'b.py': 'b = 1\n' });
    const sandbox = await sandboxOf(project, project.command('a.py'));
    const applied = await sandbox.apply([
      edit(project.path('a.py'), 'a = 1\n', [0, 0], [0, 1], 'x'),
      edit(project.path('b.py'), 'other\n', [0, 0], [0, 1], 'x'),
    ]);
    assert.equal(applied.ok ? '' : applied.refusal.code, 'file-changed');
    assert.equal(readFileSync(path.join(sandbox.dir, 'a.py'), 'utf8'), 'a = 1\n');
    const overlap = await sandbox.apply([
      edit(project.path('a.py'), 'a = 1\n', [0, 0], [0, 3], 'x'),
      edit(project.path('a.py'), 'a = 1\n', [0, 2], [0, 4], 'y'),
    ]);
    assert.equal(overlap.ok ? '' : overlap.refusal.code, 'edits-overlap');
    const elsewhere = await sandbox.apply([edit(path.join(project.home, 'z.py'), '', [0, 0], [0, 0], 'x')]);
    assert.equal(elsewhere.ok ? '' : elsewhere.refusal.code, 'outside-project');
    await sandbox.dispose();
  });

  it('of a folder that is too wide takes the script, what lies beside it and what the first run reached', async () => {
    const home = process.env['HOME'];
    project = new Project({
      'a.py': 'import helper\nprint(helper.X, open("deep/data.txt").read())\n',
      'helper.py': 'X = 1\n',
      'deep/data.txt': 'd',
      'deep/other.txt': 'o',
      'pkg/__init__.py': '',
      'photo.raw': 'p',
    });
    process.env['HOME'] = project.root;
    try {
      assert.equal(homedir(), project.root);
      const reached: Effect = { kind: 'file-read', target: project.path('deep/data.txt'), count: 1, inside: true };
      const sandbox = await sandboxOf(project, project.command('a.py'), [reached]);
      const has = (name: string): boolean => existsSync(path.join(sandbox.dir, name));
      assert.deepEqual(['helper.py', 'deep/data.txt', 'pkg/__init__.py'].map(has), [true, true, true]);
      assert.deepEqual(['deep/other.txt', 'photo.raw'].map(has), [false, false]);
      assert.equal((await runIn(sandbox, project.command('a.py'))).out, '1 d\n');
      await sandbox.dispose();
    } finally {
      process.env['HOME'] = home;
    }
  });

  it('leaves large files out that nothing read, and takes those that were', async () => {
    project = new Project({ 'a.py': '', 'read.bin': '', 'unread.bin': '' });
    for (const name of ['read.bin', 'unread.bin']) truncateSync(project.path(name), 40 * 1024 * 1024);
    const sandbox = await sandboxOf(project, project.command('a.py'), [
      { kind: 'file-read', target: project.path('read.bin'), count: 1, inside: true },
    ]);
    assert.deepEqual([existsSync(path.join(sandbox.dir, 'read.bin')), existsSync(path.join(sandbox.dir, 'unread.bin'))], [true, false]);
    await sandbox.dispose();
  });

  it('refuses data that is too large to copy and says what to do', async () => {
    project = new Project({ 'a.py': '', 'huge.bin': '' });
    truncateSync(project.path('huge.bin'), 600 * 1024 * 1024);
    const effects: Effect[] = [{ kind: 'file-read', target: project.path('huge.bin'), count: 1, inside: true }];
    const opened = await openSandbox({ root: project.root, command: project.command('a.py'), effects, signal: new AbortController().signal });
    assert.equal(opened.ok ? '' : opened.refusal.code, 'project-too-large');
    assert.match(opened.ok ? '' : opened.refusal.toDo, /pass the path as an argument/);
  });

  it('never lets a hard link of the original be changed', async () => {
    project = new Project({ 'a.py': 'open("linked.txt", "a").write("harm")\n', 'real.txt': 'precious' });
    linkSync(project.path('real.txt'), project.path('linked.txt'));
    const sandbox = await sandboxOf(project, project.command('a.py'));
    await runIn(sandbox, project.command('a.py'));
    assert.equal(project.read('real.txt'), 'precious');
    await sandbox.dispose();
  });

  it('is removed even when the program took its own right to write', async () => {
    project = new Project({ 'a.py': 'import os\nos.mkdir("locked"); open("locked/x", "w").close(); os.chmod("locked", 0)\n' });
    const sandbox = await sandboxOf(project, project.command('a.py'));
    await runIn(sandbox, project.command('a.py'));
    await sandbox.dispose();
    assert.equal(existsSync(path.dirname(sandbox.dir)), false);
  });

  it('is not made once the work is cancelled', async () => {
    project = new Project({ 'a.py': '' });
    const opened = await openSandbox({ root: project.root, command: project.command('a.py'), effects: [], signal: AbortSignal.abort() });
    assert.equal(opened.ok ? '' : opened.refusal.code, 'cancelled');
  });

  it('maps a path through a link to the project as the project’s own', async () => {
    project = new Project({ 'a.py': 'print(1)\n' });
    const link = path.join(project.home, 'link');
    symlinkSync(project.root, link);
    mkdirSync(path.join(project.root, 'x'));
    writeFileSync(path.join(project.root, 'x', 'y.txt'), '');
    const command = { kind: 'script' as const, target: path.join(link, 'a.py'), args: [], cwd: link };
    const opened = await openSandbox({ root: link, command, effects: [], signal: new AbortController().signal });
    assert.ok(opened.ok);
    assert.equal(opened.value.path(project.path('a.py')), opened.value.path(path.join(link, 'a.py')));
    assert.equal((await runIn(opened.value, command)).out, '1\n');
    await opened.value.dispose();
    assert.ok(existsSync(realpathSync(tmpdir())));
  });
});
