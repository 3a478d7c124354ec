import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  CancellationTokenSource,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { analyze, ask, environment, launch, partial, progress, type AnalyzeRequest } from '../../analyzers/cli/protocol';
import { seconds } from '../../analyzers/platform/units';
import type { Report } from '../../analyzers/types';
import { buildCli, buildStandIn, dist, python, standIn, temporaryFolder } from './program';

describe('the engine behind an editor', function () {
  this.timeout(60_000);
  let folder: string;
  let engine: ChildProcessWithoutNullStreams;
  let connection: MessageConnection;
  const request = (order: string): AnalyzeRequest => {
    const target = path.join(folder, `${order}.py`);
    writeFileSync(target, `# ${order}\n`);
    const command = { kind: 'script' as const, target, args: [], cwd: folder };
    return {
      depth: 'prove',
      command,
      python: null,
      budget: seconds(5),
      limit: null,
      workers: null,
      stdin: 'inherit',
      workspace: null,
      patch: null,
      yes: false,
    };
  };

  before(async () => {
    buildCli();
    await buildStandIn();
    folder = temporaryFolder();
  });
  const start = (program: string): void => {
    engine = spawn(process.execPath, [program, 'serve'], { stdio: 'pipe' });
    connection = createMessageConnection(new StreamMessageReader(engine.stdout), new StreamMessageWriter(engine.stdin));
    connection.listen();
  };
  beforeEach(() => start(standIn));
  afterEach(() => {
    connection.dispose();
    engine.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('analyses, launches in the client, asks it, and sends progress and partial reports', async () => {
    const seen: string[] = [];
    const partials: Report[] = [];
    connection.onNotification(progress, ({ stage }) => seen.push(stage));
    connection.onNotification(partial, (report) => partials.push(report));
    connection.onRequest(launch, ({ argv, cwd, environment: variables }) => {
      assert.deepEqual([argv, cwd, variables], [['program', 'argument'], folder, { A: 'b' }]);
      return { exitCode: 7 };
    });
    connection.onRequest(ask, ({ text }) => text === 'It would write again.');
    const outcome = await connection.sendRequest(analyze, request('launch'));
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.value.notes, ['launched: 7', 'agreed: true']);
    assert.deepEqual(seen, ['profile']);
    assert.equal(partials.length, 1);
  });

  it('takes a client that cannot answer as a no', async () => {
    connection.onRequest(launch, () => ({ exitCode: 0 }));
    const outcome = await connection.sendRequest(analyze, request('launch'));
    assert.ok(outcome.ok && outcome.value.notes.includes('agreed: false'));
  });

  it('refuses by value, cancels by token, does one thing at a time, and goes on afterwards', async () => {
    const refused = await connection.sendRequest(analyze, request('refuse'));
    assert.equal(refused.ok ? '' : refused.refusal.code, 'no-python');
    const source = new CancellationTokenSource();
    const waiting = connection.sendRequest(analyze, request('wait'), source.token);
    const second = await connection.sendRequest(analyze, request('fine'));
    assert.equal(second.ok ? '' : second.refusal.code, 'busy');
    source.cancel();
    const cancelled = await waiting;
    assert.equal(cancelled.ok ? '' : cancelled.refusal.code, 'cancelled');
    assert.ok((await connection.sendRequest(analyze, request('fine'))).ok);
  });

  it('tells which interpreter it would take', async () => {
    engine.kill();
    start(dist);
    const found = await connection.sendRequest(environment, { python, cwd: folder });
    assert.ok(found.ok, JSON.stringify(found));
    assert.equal(found.value.path, python);
    const missing = await connection.sendRequest(environment, { python: path.join(folder, 'no-python'), cwd: folder });
    assert.equal(missing.ok, false);
  });

  it('ends with its input, also in the middle of an analysis', async () => {
    const waiting = connection.sendRequest(analyze, request('wait')).catch(() => null);
    await new Promise<void>((resolve) => connection.onNotification(progress, ({ text }) => text === 'waiting' && resolve()));
    engine.stdin.end();
    const [code] = (await once(engine, 'exit')) as [number | null];
    assert.equal(code, 0);
    connection.dispose();
    await Promise.race([waiting, Promise.resolve()]);
  });
});
