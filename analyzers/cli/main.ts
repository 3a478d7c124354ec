/** The command line. Reads the words, calls the one file that does the work, and turns what comes back into an exit code. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '../../package.json';
import { runAnalysis, type AnalysisOptions } from './analysis';
import { runApply, type ApplyOptions } from './apply';
import { exitCodes, UsageError, type ExitCode } from './exit';
import { runRender, type RenderOptions } from './render';
import { runReplay, type ReplayOptions } from './replay';
import { runServe } from './serve';
import { runCalibrate, runClear } from './upkeep';

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It has to be a number of seconds above 0.');
  return value;
}

function workerCounts(text: string): number[] {
  const counts = text.split(',').map(Number);
  if (counts.some((count) => !Number.isInteger(count) || count < 1 || count > 1024))
    throw new InvalidArgumentError('It has to be counts like 1,2,4.');
  return [...new Set(counts)].sort((a, b) => a - b);
}

const depths = {
  profile: 'measure where the time goes, and say what holds the script up',
  advise: 'profile, then name the changes that may help, with predictions',
  prove: 'advise, then try and time each change in a copy of the project',
} as const;

/** @param args what stood after `--`. @param done is given the exit code. */
function program(args: readonly string[], done: (code: ExitCode) => void): Command {
  const main = new Command('hotloop')
    .description("Finds a script's hot loops, tries the ways to make them fast, and offers only what it has proved.")
    .version(version, '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined });
  for (const [depth, description] of Object.entries(depths) as [keyof typeof depths, string][]) {
    main
      .command(depth)
      .description(description)
      .usage('SCRIPT | -m MODULE [options] [-- ARGS]')
      .argument('[script...]', 'the script; its arguments come after --')
      .option('-m, --module <module>', 'run a module by its name, as python -m does')
      .option('--json <file>', 'write the report (- is stdout)')
      .option('--html <file>', 'write the report as one HTML file')
      .option('--bundle <file>', 'write the evidence of a proof, from which replay repeats it; .gz to compress it')
      .option('--python <path>', 'interpreter; else the virtual environment of the folder, else python3 on the PATH')
      .option('--node <path>', 'Node for JavaScript, which is not profiled yet')
      .option('--cwd <folder>', 'folder that the script is started in')
      .option('--budget <seconds>', 'time for the runs beyond the first', positive, 60)
      .option('--limit <seconds>', 'stop the measured run after so long and analyse what was seen', positive)
      .option('--workers <counts>', 'worker counts that pools are measured with: 1,2,4', workerCounts)
      .option('--explain', 'show all the evidence, assumptions and changes')
      .option('--patch <diff>', 'prove a change of your own: a unified diff')
      .option('--yes', 'agree to runs that repeat effects outside of the project')
      .option('--quiet', 'no progress, and not the output of the script')
      .action(async (script: string[], options: AnalysisOptions) => done(await runAnalysis(depth, script, args, options)));
  }
  main
    .command('apply')
    .description('make the change of one candidate: all files or none')
    .argument('<report>', 'a report that --json wrote')
    .requiredOption('--candidate <id>', 'which one')
    .option('--output <file>', 'write the changed file there, where only one is changed')
    .option('--output-dir <folder>', 'write the changed files there')
    .option('--diff', 'only show the change')
    .action(async (report: string, options: ApplyOptions) => done(await runApply(report, options)));
  main
    .command('render')
    .description('make other formats of a report')
    .argument('<report>', 'a report that --json wrote')
    .option('--html <file>', 'one HTML file that needs nothing else')
    .option('--markdown <file>', 'Markdown')
    .option('--speedscope <file>', 'call paths for https://www.speedscope.app')
    .action(async (report: string, options: RenderOptions) => done(await runRender(report, options)));
  main
    .command('replay')
    .description('repeat the proof of an evidence bundle, and say whether it holds')
    .argument('<bundle>', 'a file that prove --bundle wrote; its changes are code that is run, on a copy of the project')
    .option('--candidate <id>', 'which one; else all that were proven')
    .option('--json <file>', 'write what came of it (- is stdout)')
    .option('--python <path>', 'another interpreter than that of the proof')
    .option('--budget <seconds>', 'time for the runs beyond the first; else that of the proof', positive)
    .option('--yes', 'agree to run it')
    .option('--quiet', 'no progress, and not the output of the script')
    .action(async (bundle: string, options: ReplayOptions) => done(await runReplay(bundle, options)));
  main
    .command('calibrate')
    .description('measure what this machine and interpreter cost')
    .option('--python <path>', 'interpreter')
    .action(async (options: { python?: string }) => done(await runCalibrate(options)));
  main
    .command('clear')
    .description('forget calibration, consents and results')
    .action(async () => done(await runClear()));
  main
    .command('serve')
    .description('JSON-RPC on stdin and stdout, for editors')
    .action(async () => done(await runServe()));
  return main;
}

async function main(words: string[]): Promise<ExitCode> {
  const split = words.indexOf('--');
  const own = split < 0 ? words : words.slice(0, split);
  let code: ExitCode = exitCodes.done;
  try {
    await program(split < 0 ? [] : words.slice(split + 1), (result) => (code = result)).parseAsync(own, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version come this way too.
      if (error.exitCode === 0) return exitCodes.done;
      const message = own.length === 0 ? 'Say what to do: hotloop profile, advise or prove SCRIPT' : error.message.replace(/^error: /, '');
      process.stderr.write(`hotloop: ${message.replace(/\s*\n\s*/g, ' ')}. See hotloop --help\n`.replace(/\.\. /, '. '));
      return exitCodes.wrongUse;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`hotloop: ${error.message}\n`);
      return exitCodes.wrongUse;
    }
    process.stderr.write(
      `hotloop: This is a bug in Hotloop. Your files are as they were.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return exitCodes.bug;
  }
}

// A reader that closes early, like head, is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
const code = await main(process.argv.slice(2));
// Everything is done; but a pipe still open for reading would keep us, and what is written to a pipe must be out before we go.
process.exitCode = code;
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => void stream.write('', () => resolve()))));
process.exit(code);
