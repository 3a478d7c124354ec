import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Interpreter } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { runHelper, withPrivateFolder } from './private-run';
import { isWide } from './project';

const Facts = v.object({
  path: v.string(),
  version: v.tuple([v.number(), v.number(), v.number()]),
  implementation: v.string(),
  packages: v.record(v.string(), v.string()),
  platform: v.string(),
  startMethod: v.picklist(['fork', 'forkserver', 'spawn']),
  gil: v.boolean(),
}) satisfies v.GenericSchema<unknown, Interpreter>;

const windows = process.platform === 'win32';
const PROGRAMS = windows ? ['python.exe', 'python3.exe', 'py.exe'] : ['python3', 'python'];
const inEnvironment = (folder: string): string => (windows ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python'));

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(name: string): string | null {
  const found = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isFile);
  return found ?? null;
}

/** As a shell in this folder would find it: the active environment, one beside the code, then the PATH. */
function candidates(cwd: string): string[] {
  const found: string[] = [];
  const active = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
  for (let folder = path.resolve(cwd); !isWide(folder); folder = path.dirname(folder)) {
    for (const name of ['.venv', 'venv', 'env'])
      if (existsSync(path.join(folder, name, 'pyvenv.cfg'))) found.push(inEnvironment(path.join(folder, name)));
    if (existsSync(path.join(folder, '.git'))) break;
  }
  if (active !== undefined && active !== '') found.unshift(inEnvironment(active));
  for (const name of PROGRAMS) {
    const file = onPath(name);
    if (file !== null) found.push(file);
  }
  return [...new Set(found)].filter(isFile);
}

function explicitFile(text: string, cwd: string): string | null {
  if (!text.includes('/') && !text.includes(path.sep)) return onPath(text) ?? (windows ? onPath(`${text}.exe`) : null);
  const file = path.resolve(cwd, text);
  if (existsSync(path.join(file, 'pyvenv.cfg'))) return inEnvironment(file);
  return isFile(file) ? file : null;
}

const TODO = 'Install Python 3.8 or newer, or name an interpreter with --python (in the editor: choose one with the Python extension).';

async function inspect(python: string): Promise<Outcome<Interpreter>> {
  return withPrivateFolder(async (folder) => {
    const out = path.join(folder, 'facts.json');
    const end = await runHelper(python, 'hotloop_inspect.py', ['facts', out], folder);
    const text = await readFile(out, 'utf8').catch(() => null);
    if (text === null) {
      const said = end.failure ?? Buffer.from(end.stderr).toString('utf8').trim().split('\n').at(-1) ?? '';
      const old = /SyntaxError|ImportError|ModuleNotFoundError/.test(said);
      return refuse(
        old ? 'python-too-old' : 'not-a-python',
        old ? `${python} is too old a Python.` : `${python} does not run as a Python interpreter${said === '' ? '' : `: ${said}`}.`,
        TODO,
      );
    }
    const facts = v.safeParse(Facts, JSON.parse(text));
    if (!facts.success) return refuse('not-a-python', `${python} told nothing that could be understood of itself.`, TODO);
    const { version } = facts.output;
    if (version[0] < 3 || (version[0] === 3 && version[1] < 8)) {
      return refuse('python-too-old', `${python} is Python ${version.join('.')}; Hotloop needs 3.8 or newer.`, TODO);
    }
    return ok({ ...facts.output, path: facts.output.path === '' ? python : facts.output.path });
  });
}

const known = new Map<string, Promise<Outcome<Interpreter>>>();

/**
 * The interpreter that the program runs in, and its facts; asked once for each file in one engine process.
 * Refuses with 'no-python', 'not-a-python' or 'python-too-old'.
 * @param options.explicit what the person chose: a path, an environment's folder or a name on the PATH; null: found as a shell in `cwd` would.
 */
export async function findPython(options: { explicit: string | null; cwd: string }): Promise<Outcome<Interpreter>> {
  const ask = (file: string): Promise<Outcome<Interpreter>> => {
    const asked = known.get(file) ?? inspect(file);
    known.set(file, asked);
    return asked;
  };
  if (options.explicit !== null) {
    const file = explicitFile(options.explicit, options.cwd);
    if (file === null) return refuse('no-python', `There is no Python interpreter at ${options.explicit}.`, TODO);
    const outcome = await ask(file);
    if (!outcome.ok) known.delete(file);
    return outcome;
  }
  let first: Outcome<Interpreter> | null = null;
  for (const file of candidates(options.cwd)) {
    const outcome = await ask(file);
    if (outcome.ok) return outcome;
    known.delete(file);
    first ??= outcome;
  }
  return first ?? refuse('no-python', 'No Python interpreter was found.', TODO);
}
