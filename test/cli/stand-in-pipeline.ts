/** Takes the pipeline's place in the tests of the command line: the script's first line says what happens. */
import { readFileSync } from 'node:fs';
import type { RunPipeline } from '../../analyzers/pipeline';
import { ok, refuse } from '../../analyzers/platform/result';
import { example } from '../analyzers/report/example';

export const runPipeline: RunPipeline = async (request, host) => {
  const order = /^# (\S+)/.exec(readFileSync(request.command.target, 'utf8'))?.[1] ?? '';
  host.progress({ stage: 'profile', text: `running ${JSON.stringify(request)}` });
  const report = example({ depth: request.depth });
  switch (order) {
    case 'refuse':
      return refuse('no-python', 'No Python was found.', 'Install one.');
    case 'fail':
      report.run.exitCode = 3;
      return ok(report);
    case 'limit':
      report.run.exitCode = 137;
      report.run.stopped = 'limit';
      return ok(report);
    case 'bug':
      throw new Error('a hole');
    case 'wait': {
      host.progress({ stage: 'trial', text: 'waiting' });
      // As a running program would, it keeps the process alive.
      const alive = setInterval(() => undefined, 1000);
      await new Promise<void>((resolve) => host.signal.addEventListener('abort', () => setTimeout(resolve, 50)));
      clearInterval(alive);
      return refuse('cancelled', 'It was cancelled.', 'Start it again.');
    }
    case 'ask': {
      const agreed = host.ask === null ? 'nobody' : await host.ask({ effects: [], text: 'It would write again.' });
      return ok({ ...report, notes: [`agreed: ${agreed}`] });
    }
    case 'stdin': {
      const { stdin } = request;
      return ok({ ...report, notes: [stdin === null || stdin === 'inherit' ? `stdin: ${stdin}` : `stdin file: ${readFileSync(stdin, 'utf8')}`] });
    }
    case 'print':
      if (host.output === 'inherit') process.stdout.write('inherited\n');
      else host.output.stdout(Buffer.from('handed on\n'));
      return ok(report);
    case 'launch': {
      const launched = await host.launch?.(['program', 'argument'], request.command.cwd, { A: 'b' });
      host.partial(report);
      const agreed = await host.ask?.({ effects: [], text: 'It would write again.' });
      return ok({ ...report, notes: [`launched: ${launched?.exitCode}`, `agreed: ${agreed}`] });
    }
    default:
      return ok(report);
  }
};
