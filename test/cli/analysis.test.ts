import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseReport } from '../../analyzers/report/schema';
import { buildCli, buildStandIn, hotloop, temporaryFolder, type Ended, type RunOptions } from './program';

const spools = (): string[] => readdirSync(os.tmpdir()).filter((name) => name.startsWith('hotloop-stdin-'));

describe('the command line', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    buildCli();
    await buildStandIn();
    folder = temporaryFolder();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const script = (order: string): string => {
    const file = path.join(folder, `${order}.py`);
    writeFileSync(file, `# ${order}\n`);
    return file;
  };
  const prove = (order: string, more: string[] = [], options: RunOptions = {}): Promise<Ended> =>
    hotloop(['prove', script(order), ...more], { standIn: true, cwd: folder, ...options });

  for (const [args, says] of [
    [[], /Say what to do/],
    [['fly'], /unknown command 'fly'/],
    [['prove'], /Which script\? hotloop prove SCRIPT/],
    [['prove', 'nope.py'], /There is no script nope\.py/],
    [['prove', '.'], /is a folder/],
    [['prove', 'package.json', 'x'], /Arguments of the script come after --: hotloop prove package\.json -- x/],
    [['prove', 'package.json', '-m', 'a.b'], /not both/],
    [['prove', '-m', 'a/b'], /dotted name/],
    [['prove', 'package.json', '--cwd', 'nowhere'], /--cwd nowhere is not a folder/],
    [['prove', 'package.json', '--budget', 'soon'], /number of seconds/],
    [['prove', 'package.json', '--limit', '-1'], /number of seconds/],
    [['prove', 'package.json', '--workers', '1,two'], /1,2,4/],
    [['prove', 'package.json', '--json', 'nowhere/r.json'], /no folder/],
    [['prove', 'package.json', '--patch', 'nope.diff'], /nope\.diff cannot be read/],
    [['profile', 'package.json', '--patch', 'package.json'], /--patch goes with prove/],
    [['prove', 'package.json', '--loud'], /unknown option '--loud'/],
    [['apply', 'nope.json', '--candidate', 'x'], /There is no file nope\.json/],
    [['apply', 'package.json'], /--candidate/],
    [['render', 'package.json'], /--html FILE, --markdown FILE or --speedscope FILE/],
  ] as [string[], RegExp][]) {
    it(`ends with 2 and one line on: hotloop ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await hotloop(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, says);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    });
  }

  it('tells its version and its use', async () => {
    assert.equal((await hotloop(['--version'])).stdout.trim(), (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
    const help = await hotloop(['prove', '--help']);
    assert.equal(help.code, 0);
    for (const option of [
      '--module',
      '--json',
      '--html',
      '--python',
      '--node',
      '--cwd',
      '--budget',
      '--limit',
      '--workers',
      '--explain',
      '--patch',
      '--yes',
      '--quiet',
    ])
      assert.ok(help.stdout.includes(option), option);
  });

  it('hands the words on: arguments after --, options before', async () => {
    const more = ['--budget', '7', '--limit', '2', '--workers', '4,1', '--python', 'py', '--yes', '--', '--json', '-x', 'a b', '--'];
    const { code, stderr } = await prove('fine', more);
    assert.equal(code, 0);
    const request = JSON.parse(/running (\{.*\})/.exec(stderr)?.[1] ?? '') as Record<string, unknown>;
    assert.deepEqual(request, {
      depth: 'prove',
      command: { kind: 'script', target: path.join(folder, 'fine.py'), args: ['--json', '-x', 'a b', '--'], cwd: folder },
      python: 'py',
      budget: 7,
      limit: 2,
      workers: [1, 4],
      stdin: null,
      workspace: null,
      patch: null,
      yes: true,
    });
  });

  it('writes JSON and HTML and tells the summary on stdout, progress on stderr', async () => {
    const { code, stdout, stderr } = await prove('fine', ['--json', 'r.json', '--html', 'r.html']);
    assert.equal(code, 0);
    assert.ok(parseReport(readFileSync(path.join(folder, 'r.json'), 'utf8')).ok);
    assert.match(readFileSync(path.join(folder, 'r.html'), 'utf8'), /hotloop-report/);
    assert.match(stderr, /hotloop: running/);
    assert.match(stdout, /Apply: Vectorize with NumPy/);
  });

  it('writes only the report to stdout with --json -', async () => {
    const { code, stdout, stderr } = await prove('print', ['--json', '-']);
    assert.equal(code, 0);
    assert.ok(parseReport(stdout).ok);
    assert.match(stderr, /handed on/);
    assert.match(stderr, /Apply: Vectorize with NumPy/);
  });

  it("passes the script's output through, but not with --quiet", async () => {
    assert.match((await prove('print')).stdout, /^inherited\n/);
    const quiet = await prove('print', ['--quiet']);
    assert.doesNotMatch(quiet.stdout + quiet.stderr, /inherited|handed on|running/);
    assert.match(quiet.stdout, /Apply/);
  });

  it('ends with 1 when the script itself failed, with its report', async () => {
    const { code, stderr } = await prove('fail', ['--json', 'failed.json']);
    assert.equal(code, 1);
    assert.match(stderr, /failed with exit code 3/);
    assert.ok(existsSync(path.join(folder, 'failed.json')));
  });

  it('ends with 0 when the time limit stopped the script', async () => {
    assert.equal((await prove('limit', ['--limit', '1'])).code, 0);
  });

  it('ends with 3 when it is refused, and says why', async () => {
    const { code, stderr } = await prove('refuse');
    assert.equal(code, 3);
    assert.match(stderr, /No Python was found\. Install one\./);
  });

  it('ends with 130 on Ctrl+C', async () => {
    const { code, stderr } = await prove('wait', ['--json', 'cancelled.json'], { interruptAt: 'waiting' });
    assert.equal(code, 130);
    assert.match(stderr, /Cancelled/);
    assert.ok(!existsSync(path.join(folder, 'cancelled.json')));
  });

  it('calls a bug a bug', async () => {
    const { code, stderr } = await prove('bug');
    assert.equal(code, 70);
    assert.match(stderr, /bug in Hotloop[^]*a hole/);
  });

  it('asks nobody when there is no terminal', async () => {
    assert.match((await prove('ask')).stdout, /agreed: nobody/);
  });

  it('keeps piped input in a file that is gone afterwards', async () => {
    const earlier = spools();
    assert.match((await prove('stdin', [], { input: 'one\ntwo\n' })).stdout, /stdin file: one/);
    assert.deepEqual(spools(), earlier);
  });

  it('takes a redirected file as it is', async () => {
    const file = path.join(folder, 'input.txt');
    writeFileSync(file, 'from a file');
    assert.match((await prove('stdin', [], { input: { file } })).stdout, /stdin file: from a file/);
  });

  it('does not wait for a pipe that nobody writes to, and takes an empty one as empty', async () => {
    assert.match((await prove('stdin', [], { input: 'open' })).stdout, /stdin: null/);
    assert.match((await prove('stdin', [], { input: '' })).stdout, /stdin: null/);
    assert.match((await prove('stdin')).stdout, /stdin: null/);
  });
});
