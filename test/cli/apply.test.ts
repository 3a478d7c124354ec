import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Edit, Report } from '../../analyzers/types';
import { candidate, example, source } from '../analyzers/report/example';
import { buildCli, hotloop, temporaryFolder, type Ended } from './program';

const id = 'vectorize-elementwise@x::main#0';

describe('hotloop apply', function () {
  this.timeout(60_000);
  let folder: string;
  let report: string;
  before(() => buildCli());
  beforeEach(() => {
    folder = temporaryFolder();
    report = path.join(folder, 'r.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes the files, and a report with one proven candidate that makes the edits. */
  function prepare(
    files: Record<string, string | Buffer>,
    edits: { file: string; line: number; from: number; to: number; newText: string }[],
    change: (report: Report) => void = () => undefined,
  ): void {
    const hash = new Map<string, string>();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
      hash.set(name, createHash('sha256').update(content).digest('hex'));
    }
    const made: Edit[] = edits.map(({ file, line, from, to, newText }) => ({
      file: path.join(folder, file),
      sha256: hash.get(file) ?? '',
      start: { line, character: from },
      end: { line, character: to },
      newText,
    }));
    const [first] = Object.keys(files);
    const given = example({ candidates: [], blocked: [], results: new Map() });
    given.source = {
      ...given.source,
      path: path.join(folder, first!),
      command: { kind: 'script', target: path.join(folder, first!), args: [], cwd: folder },
    };
    given.candidates = [{ ...example().candidates[0]!, ...{ id, edits: made, title: candidate('x', 'vectorize', 'Vectorize').title } }];
    change(given);
    writeFileSync(report, JSON.stringify(given));
  }
  const apply = (...more: string[]): Promise<Ended> => hotloop(['apply', report, '--candidate', id, ...more]);
  const bytes = (name: string): Buffer => readFileSync(path.join(folder, name));

  it('keeps CRLF, a byte order mark and the mode', async () => {
    prepare({ 'a.py': '\uFEFFx = 1\r\ny = 2\r\n' }, [
      { file: 'a.py', line: 0, from: 0, to: 0, newText: 'import os\n' },
      { file: 'a.py', line: 1, from: 4, to: 5, newText: '3' },
    ]);
    chmodSync(path.join(folder, 'a.py'), 0o751);
    const { code, stdout } = await apply();
    assert.equal(code, 0);
    assert.match(stdout, /changed .*a\.py/);
    assert.equal(bytes('a.py').toString('utf8'), '\uFEFFimport os\r\nx = 1\r\ny = 3\r\n');
    assert.equal(statSync(path.join(folder, 'a.py')).mode & 0o777, 0o751);
    assert.deepEqual(readdirSync(folder).sort(), ['a.py', 'r.json']);
  });

  it('keeps the encoding that the coding line names', async () => {
    for (const [label, e] of [
      ['latin-1', 0xe9],
      ['cp1251', 0xe9],
      ['iso-8859-15', 0xa4],
    ] as [string, number][]) {
      const head = `# -*- coding: ${label} -*-\nname = "`;
      prepare({ 'a.py': Buffer.concat([Buffer.from(head), Buffer.from([e]), Buffer.from('"\nx = 1\n')]) }, [
        { file: 'a.py', line: 2, from: 4, to: 5, newText: '2' },
      ]);
      assert.equal((await apply()).code, 0, label);
      assert.deepEqual(bytes('a.py'), Buffer.concat([Buffer.from(head), Buffer.from([e]), Buffer.from('"\nx = 2\n')]));
    }
  });

  it('refuses what the encoding of the file cannot hold, or what it cannot read', async () => {
    const latin = Buffer.from('# coding: latin-1\nx = 1\n');
    prepare({ 'a.py': latin }, [{ file: 'a.py', line: 1, from: 4, to: 5, newText: '"\u20ac"' }]);
    assert.equal((await apply()).code, 3);
    assert.deepEqual(bytes('a.py'), latin);
    const broken = Buffer.from([0x78, 0xff, 0x0a]);
    prepare({ 'a.py': broken }, [{ file: 'a.py', line: 0, from: 0, to: 1, newText: 'y' }]);
    assert.equal((await apply()).code, 3);
    assert.deepEqual(bytes('a.py'), broken);
  });

  it('changes the file behind a symbolic link', async function () {
    if (process.platform === 'win32') this.skip();
    prepare({ 'real/a.py': 'x = 1\n' }, [{ file: 'real/a.py', line: 0, from: 4, to: 5, newText: '2' }], (given) => {
      given.candidates[0]!.edits[0]!.file = path.join(folder, 'a.py');
    });
    symlinkSync(path.join('real', 'a.py'), path.join(folder, 'a.py'));
    assert.equal((await apply()).code, 0);
    assert.ok(lstatSync(path.join(folder, 'a.py')).isSymbolicLink());
    assert.equal(bytes('real/a.py').toString(), 'x = 2\n');
  });

  const two = { 'a.py': 'x = 1\n', 'lib/b.py': 'y = 1\n' };
  const both = [
    { file: 'a.py', line: 0, from: 4, to: 5, newText: '2' },
    { file: 'lib/b.py', line: 0, from: 4, to: 5, newText: '2' },
  ];
  const unchanged = (): void => {
    for (const [name, content] of Object.entries(two)) assert.equal(bytes(name).toString(), content);
    assert.deepEqual(readdirSync(folder).sort(), ['a.py', 'lib', 'r.json']);
    assert.deepEqual(readdirSync(path.join(folder, 'lib')), ['b.py']);
  };

  it('changes all files', async () => {
    prepare(two, both);
    assert.equal((await apply()).code, 0);
    assert.equal(bytes('a.py').toString() + bytes('lib/b.py').toString(), 'x = 2\ny = 2\n');
  });

  it('changes no file when the second one is read-only', async () => {
    prepare(two, both);
    chmodSync(path.join(folder, 'lib/b.py'), 0o444);
    const { code, stderr } = await apply();
    assert.equal(code, 3);
    assert.match(stderr, /b\.py is read-only/);
    unchanged();
  });

  it('changes no file when one was changed, or is gone', async () => {
    prepare(two, both);
    writeFileSync(path.join(folder, 'lib/b.py'), 'y = 5\n');
    const { code, stderr } = await apply();
    assert.equal(code, 3);
    assert.match(stderr, /b\.py was changed after it was measured/);
    assert.equal(bytes('a.py').toString(), 'x = 1\n');
    rmSync(path.join(folder, 'lib/b.py'));
    assert.equal((await apply()).code, 3);
    assert.equal(bytes('a.py').toString(), 'x = 1\n');
  });

  it('writes elsewhere and leaves the files alone', async () => {
    prepare(two, both);
    const { code, stderr } = await apply('--output', path.join(folder, 'x.py'));
    assert.equal(code, 2);
    assert.match(stderr, /--output-dir/);
    const elsewhere = temporaryFolder();
    try {
      assert.equal((await apply('--output-dir', elsewhere)).code, 0);
      assert.equal(readFileSync(path.join(elsewhere, 'a.py'), 'utf8') + readFileSync(path.join(elsewhere, 'lib', 'b.py'), 'utf8'), 'x = 2\ny = 2\n');
      unchanged();
      prepare({ 'a.py': 'x = 1\n' }, both.slice(0, 1));
      assert.equal((await apply('--output', path.join(elsewhere, 'one.py'))).code, 0);
      assert.equal(readFileSync(path.join(elsewhere, 'one.py'), 'utf8'), 'x = 2\n');
      assert.equal(bytes('a.py').toString(), 'x = 1\n');
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('shows the change as a diff', async () => {
    prepare(two, both);
    const { code, stdout } = await apply('--diff');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      '--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 2\n--- a/lib/b.py\n+++ b/lib/b.py\n@@ -1,1 +1,1 @@\n-y = 1\n+y = 2\n',
    );
    unchanged();
  });

  it('changes a file only for what is proven', async () => {
    prepare(two, both, (given) => (given.candidates[0]!.status = 'untried'));
    const { code, stderr } = await apply();
    assert.equal(code, 3);
    assert.match(stderr, /not proven/);
    assert.equal((await apply('--diff')).code, 0);
    unchanged();
  });

  it('says which candidates there are, and what is no report', async () => {
    prepare(two, both);
    const unknown = await hotloop(['apply', report, '--candidate', 'x']);
    assert.equal(unknown.code, 2);
    assert.ok(unknown.stderr.includes(id));
    writeFileSync(report, '{"schema":"hotloop/9"}');
    const other = await apply();
    assert.equal(other.code, 3);
    assert.match(other.stderr, /hotloop\/9/);
  });

  it('renders a report without running anything', async () => {
    writeFileSync(report, JSON.stringify(example()));
    const to = (name: string): string => path.join(folder, name);
    const { code } = await hotloop(['render', report, '--html', to('r.html'), '--markdown', to('r.md'), '--speedscope', to('r.speedscope.json')]);
    assert.equal(code, 0);
    assert.match(readFileSync(to('r.html'), 'utf8'), /Content-Security-Policy[^]*hotloop-report/);
    assert.ok(statSync(to('r.html')).size < 1_500_000);
    assert.match(readFileSync(to('r.md'), 'utf8'), /^# fin tip\.py: Hotloop report/);
    assert.ok(JSON.parse(readFileSync(to('r.speedscope.json'), 'utf8')));
    assert.ok(!existsSync(source.path));
  });

  it('empties what is kept, and never a folder that is not ours', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home);
    writeFileSync(path.join(home, 'machine-x.json'), '{}');
    assert.equal((await hotloop(['clear'], { environment: { HOTLOOP_HOME: home } })).code, 0);
    assert.deepEqual(readdirSync(home), []);
    assert.equal((await hotloop(['clear'], { environment: { HOTLOOP_HOME: path.parse(folder).root } })).code, 2);
  });
});
