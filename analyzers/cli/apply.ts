/** `hotloop apply`: the only thing on the command line that changes a user's file. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { projectRoot } from '../run/project';
import type { Report } from '../types';
import { exitCodes, tellRefusal, UsageError, type ExitCode } from './exit';
import { changesOf, writeChanges, type FileChange } from './file-change';
import { readReport } from './report-file';

export interface ApplyOptions {
  candidate: string;
  output?: string;
  outputDir?: string;
  diff?: boolean;
}

export async function runApply(reportFile: string, options: ApplyOptions): Promise<ExitCode> {
  const elsewhere = [options.output !== undefined, options.outputDir !== undefined, options.diff === true].filter(Boolean).length;
  if (elsewhere > 1) throw new UsageError('Give only one of --output, --output-dir and --diff.');
  const report = await readReport(reportFile);
  if (!report.ok) return tellRefusal(report.refusal);
  const candidate = report.value.candidates.find(({ id }) => id === options.candidate);
  if (candidate === undefined) {
    const ids = report.value.candidates.filter(({ edits }) => edits.length > 0).map(({ id }) => id);
    throw new UsageError(
      `The report has no candidate ${options.candidate}. ${ids.length === 0 ? 'It has none to apply.' : `It has ${ids.join(', ')}.`}`,
    );
  }
  if (candidate.edits.length === 0) {
    const { refusal, reason } = candidate;
    return tellRefusal({ code: 'no-edits', why: `${candidate.title} holds no change: ${refusal?.why ?? reason}`, toDo: refusal?.toDo ?? '' });
  }
  if (candidate.status !== 'proven' && elsewhere === 0) {
    const toDo = 'Hotloop changes files only for what it has proved; --diff shows the change, --output-dir DIR writes it elsewhere.';
    return tellRefusal({ code: 'not-proven', why: `${candidate.title} is not proven. ${candidate.reason}`, toDo });
  }
  const changes = await changesOf(candidate.edits);
  if (!changes.ok) return tellRefusal(changes.refusal);
  const root = commonRoot(report.value, changes.value);
  if (options.diff === true) {
    for (const change of changes.value) process.stdout.write(unified(change, root));
    return exitCodes.done;
  }
  if (options.output !== undefined) return writeOne(changes.value, options.output);
  if (options.outputDir !== undefined) return writeFolder(changes.value, options.outputDir, root);
  const written = await writeChanges(changes.value);
  if (!written.ok) return tellRefusal(written.refusal);
  for (const { file } of changes.value) process.stdout.write(`changed ${file}\n`);
  return exitCodes.done;
}

/** The project's root, or the nearest folder that holds all the files where it does not. */
function commonRoot({ source }: Report, changes: readonly FileChange[]): string {
  const files = changes.map(({ file }) => file);
  let root = projectRoot(source.command, null);
  while (!files.every((file) => file.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) && path.dirname(root) !== root)
    root = path.dirname(root);
  return root;
}

const relative = (root: string, file: string): string => path.relative(root, file);

function unified({ file, beforeText, afterText }: FileChange, root: string): string {
  const name = relative(root, file).split(path.sep).join('/');
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, beforeText, afterText, undefined, undefined, { context: 3 });
  return patch.slice(patch.indexOf('--- '));
}

async function writeOne(changes: readonly FileChange[], output: string): Promise<ExitCode> {
  const [change, ...more] = changes;
  if (change === undefined || more.length > 0) throw new UsageError(`The candidate changes ${changes.length} files: use --output-dir DIR.`);
  const { mode } = await stat(change.file);
  try {
    await writeFile(output, change.after, { mode: mode & 0o777 });
  } catch (error) {
    throw new UsageError(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.stdout.write(`wrote ${output}\n`);
  return exitCodes.done;
}

async function writeFolder(changes: readonly FileChange[], folder: string, root: string): Promise<ExitCode> {
  for (const change of changes) {
    const target = path.join(folder, relative(root, change.file));
    if (path.resolve(target) === path.resolve(change.file))
      throw new UsageError('--output-dir is the folder of the files themselves: leave it out to change them.');
    const { mode } = await stat(change.file);
    try {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, change.after, { mode: mode & 0o777 });
    } catch (error) {
      throw new UsageError(`${target} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    process.stdout.write(`wrote ${target}\n`);
  }
  return exitCodes.done;
}
