import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';

const JAVASCRIPT = /\.[cm]?[jt]sx?$/;

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => null))?.isFile() === true;

/** The file that runs as `__main__`: the script, or what `-m` finds from the working folder, as `python -m` looks there first. Refuses 'not-python'. */
export async function mainFile(command: Command): Promise<Outcome<string>> {
  if (command.kind === 'script') {
    if (JAVASCRIPT.test(command.target))
      return refuse(
        'not-python',
        `${command.target} is JavaScript or TypeScript, which Hotloop does not profile yet.`,
        'Give a Python script; for Node there is `node --cpu-prof`.',
      );
    if (await isFile(command.target)) return ok(command.target);
    return refuse(
      'no-such-file',
      `There is no file ${command.target}.`,
      'Check the path; it is taken relative to the folder that you are in, or to --cwd.',
    );
  }
  const base = path.join(command.cwd, ...command.target.split('.'));
  for (const file of [`${base}.py`, path.join(base, '__main__.py')]) if (await isFile(file)) return ok(file);
  return refuse(
    'no-such-module',
    `There is no module ${command.target} in ${command.cwd}.`,
    'Give the folder that holds the package with --cwd; installed packages are not changed, so they are not looked at.',
  );
}
