/** Speaks the engine's protocol and does what the last line of the script says, so that the editor's side is tested without measuring anything. */
import { readFileSync } from 'node:fs';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { analyze, ask, launch, partial, progress } from '../../analyzers/cli/protocol';
import { ok, refuse } from '../../analyzers/platform/result';
import { reportOn } from './report-fixture';

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** "launch a 'b c'": words, with quotes of either kind around those that hold blanks. */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');

connection.onRequest(analyze, async (request, token) => {
  const { target, cwd } = request.command;
  const text = readFileSync(target, 'utf8');
  const [order = '', ...rest] = words(/# stand-in: (.*)\n/.exec(text)?.[1] ?? '');
  const report = reportOn(target, text, request.depth);
  await connection.sendNotification(progress, { stage: 'profile', text: 'running the script', fraction: 0.1 });
  switch (order) {
    case 'launch': {
      const [program = '', ...args] = rest;
      const { exitCode } = await connection.sendRequest(launch, { argv: [program, ...args], cwd, environment: { HOTLOOP_STAND_IN: '1' } });
      report.run.exitCode = exitCode;
      return ok(report);
    }
    case 'wait':
      while (!token.isCancellationRequested) await pause(20);
      return refuse('cancelled', 'It was cancelled.', 'Run it again.');
    case 'crash':
      process.exit(9);
    // eslint-disable-next-line no-fallthrough -- the process has ended
    case 'refuse':
      return refuse('no-interpreter', 'No Python interpreter was found', 'Install Python 3.8 or newer, or choose one');
    case 'ask': {
      const effect = { kind: 'network' as const, target: 'example.org:443', count: 2, inside: false };
      const agreed = await connection.sendRequest(ask, {
        effects: [effect],
        text: 'Each further run would write again to what lies outside the project.',
      });
      report.notes = [agreed ? 'consented' : 'declined'];
      return ok(report);
    }
    default:
      await connection.sendNotification(partial, reportOn(target, text, request.depth, 1));
      await connection.sendNotification(progress, { stage: 'benchmark', text: 'timing: 1 of 3', fraction: 0.5 });
      if (rest.includes('slowly')) await pause(1500);
      return ok(report);
  }
});
connection.onClose(() => process.exit(0));
process.stdin.on('end', () => process.exit(0));
connection.listen();
