/** profile, advise and prove: one run of the pipeline with a terminal around it. */
import { statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PipelineRequest } from '../pipeline';
import { webviewFile } from '../platform/resources';
import { seconds } from '../platform/units';
import { renderHtml } from '../report/html';
import { renderTerminal } from '../report/terminal';
import type { Command, Report } from '../types';
import type { ProofEvidence } from '../report/bundle';
import { writeBundle } from './bundle-file';
import { exitCodes, tellRefusal, UsageError, type ExitCode } from './exit';
import { interruptible, runInTerminal } from './terminal';

export interface AnalysisOptions {
  module?: string;
  json?: string;
  html?: string;
  bundle?: string;
  python?: string;
  node?: string;
  cwd?: string;
  budget: number;
  limit?: number;
  workers?: number[];
  explain?: boolean;
  patch?: string;
  yes?: boolean;
  quiet?: boolean;
}

/** @param words what stands before `--`; @param args what stands after it. */
export async function runAnalysis(
  depth: PipelineRequest['depth'],
  words: readonly string[],
  args: readonly string[],
  options: AnalysisOptions,
): Promise<ExitCode> {
  const command = commandOf(depth, words, args, options);
  for (const file of [options.json, options.html, options.bundle]) if (file !== undefined && file !== '-') checkWritable(file);
  if (options.html === '-' || options.bundle === '-')
    throw new UsageError('--html and --bundle need a file; only --json can be written to stdout as -.');
  if (options.bundle !== undefined && depth !== 'prove') throw new UsageError('--bundle goes with prove: it is the evidence of a proof.');
  if (options.patch !== undefined && depth === 'profile') throw new UsageError('--patch goes with prove, or with advise: profile changes nothing.');
  const patch = options.patch === undefined ? null : await readText(options.patch);
  return interruptible((signal) => analyse(depth, command, patch, options, signal));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function analyse(
  depth: PipelineRequest['depth'],
  command: Command,
  patch: string | null,
  options: AnalysisOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const request = {
    depth,
    command,
    python: options.python ?? null,
    budget: seconds(options.budget),
    limit: options.limit === undefined ? null : seconds(options.limit),
    workers: options.workers ?? null,
    workspace: null,
    patch,
    yes: options.yes === true,
  };
  const evidence: ProofEvidence[] = [];
  const outcome = await runInTerminal(
    request,
    { quiet: options.quiet === true, jsonToStdout: options.json === '-', proved: (found) => evidence.push(found) },
    signal,
  );
  if (!outcome.ok) return tellRefusal(outcome.refusal);
  for (const found of evidence) if (options.bundle !== undefined) await writeBundle(options.bundle, outcome.value, found);
  return tell(outcome.value, options, signal.aborted);
}

async function tell(report: Report, options: AnalysisOptions, cancelled: boolean): Promise<ExitCode> {
  const json = `${JSON.stringify(report, null, 1)}\n`;
  if (options.json === '-') process.stdout.write(json);
  else if (options.json !== undefined) writeFileSync(options.json, json);
  if (options.html !== undefined) writeFileSync(options.html, await htmlOf(report));
  const output = options.json === '-' ? process.stderr : process.stdout;
  const reportFile = options.json === undefined || options.json === '-' ? null : options.json;
  const look = {
    colour: output.isTTY && !process.env['NO_COLOR'],
    width: output.isTTY ? output.columns : 120,
    explain: options.explain === true,
    reportFile,
  };
  output.write(`\n${renderTerminal(report, look)}`);
  if (cancelled) {
    process.stderr.write('hotloop: Cancelled; this is what was known by then.\n');
    return exitCodes.cancelled;
  }
  if (report.run.stopped === undefined && report.run.exitCode !== 0) {
    process.stderr.write(`hotloop: The script itself failed with exit code ${report.run.exitCode}; the report says what was seen until then.\n`);
    return exitCodes.scriptFailed;
  }
  return exitCodes.done;
}

export async function htmlOf(report: Report): Promise<string> {
  const [script, style] = await Promise.all([readFile(webviewFile('main.js'), 'utf8'), readFile(webviewFile('main.css'), 'utf8')]);
  return renderHtml(report, { script, style });
}

function commandOf(depth: string, words: readonly string[], args: readonly string[], options: AnalysisOptions): Command {
  const cwd = path.resolve(options.cwd ?? '.');
  if (!isFolder(cwd)) throw new UsageError(`--cwd ${options.cwd ?? '.'} is not a folder.`);
  const [script, ...more] = words;
  if (options.module !== undefined) {
    if (script !== undefined)
      throw new UsageError(
        `Give a script or -m MODULE, not both; arguments come after --: hotloop ${depth} -m ${options.module} -- ${words.join(' ')}`,
      );
    if (!/^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(options.module))
      throw new UsageError(`-m takes a module's dotted name, like package.module, not ${JSON.stringify(options.module)}.`);
    return { kind: 'module', target: options.module, args: [...args], cwd };
  }
  if (script === undefined) throw new UsageError(`Which script? hotloop ${depth} SCRIPT, or hotloop ${depth} -m MODULE.`);
  if (more.length > 0) throw new UsageError(`Arguments of the script come after --: hotloop ${depth} ${script} -- ${more.join(' ')}`);
  const target = path.resolve(script);
  if (isFolder(target)) throw new UsageError(`${script} is a folder: give a script in it, or -m MODULE.`);
  if (!statSync(target, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`There is no script ${script}.`);
  return { kind: 'script', target, args: [...args], cwd };
}

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;

/** A report that cannot be written at the end would have cost minutes. */
export function checkWritable(file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!isFolder(folder)) throw new UsageError(`${file} cannot be written: there is no folder ${folder}.`);
  if (isFolder(file)) throw new UsageError(`${file} is a folder: give a file.`);
}
