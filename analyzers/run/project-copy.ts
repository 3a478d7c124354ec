import { constants } from 'node:fs';
import { access, copyFile, lstat, mkdir, readdir, readlink, realpath, stat, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes, Command, Effect } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { bytes, formatBytes } from '../platform/units';
import { isWide } from './project';

const MOST_BYTES = bytes(512 * 1024 * 1024);
const MOST_FILES = 20_000;
/** Larger files that the first run did not touch are left out. */
const LARGE = 32 * 1024 * 1024;
const SKIPPED_FOLDERS = new Set(
  '.git .hg .svn .jj node_modules __pycache__ .venv venv .tox .nox .mypy_cache .pytest_cache .ruff_cache .hypothesis .ipynb_checkpoints .eggs .cache'.split(
    ' ',
  ),
);
/** Text and code beside a script that is copied alone: what it may import or read without the first run having told. */
const BESIDE = /\.(py|pyi|json|toml|ini|cfg|yaml|yml|csv|tsv|txt)$/i;
const SMALL = 1024 * 1024;

export interface Plan {
  /** Relative folders and files, parents first. */
  folders: string[];
  files: { path: string; size: number }[];
  /** Relative path -> where the copy's link points. */
  links: { path: string; target: string }[];
}

class TooLarge extends Error {
  constructor(
    readonly files: number,
    readonly size: Bytes,
  ) {
    super('too large');
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Absolute paths that the first run reached, links resolved where they can be. */
async function touched(effects: readonly Effect[]): Promise<Map<string, Effect>> {
  const found = new Map<string, Effect>();
  for (const effect of effects) {
    if (!/^file-|^database$/.test(effect.kind) || !path.isAbsolute(effect.target)) continue;
    found.set(effect.target, effect);
    found.set(await realpath(effect.target).catch(() => effect.target), effect);
  }
  return found;
}

class Planner {
  readonly plan: Plan = { folders: [], files: [], links: [] };
  private size = 0;
  private readonly seen = new Set<string>();
  constructor(
    private readonly root: string,
    private readonly touched: Map<string, Effect>,
    /** C code reads and writes unseen: then nothing may be left out. */
    private readonly unseen: boolean,
  ) {}

  async file(relative: string): Promise<void> {
    if (this.seen.has(relative)) return;
    const full = path.join(this.root, relative);
    const info = await lstat(full).catch(() => null);
    if (info === null) return;
    this.seen.add(relative);
    if (info.isSymbolicLink()) return this.link(relative, full);
    if (!info.isFile()) return;
    if (info.size > LARGE && !this.unseen && !this.touched.has(full)) return;
    this.plan.files.push({ path: relative, size: info.size });
    this.size += info.size;
    if (this.plan.files.length > MOST_FILES || this.size > MOST_BYTES) throw new TooLarge(this.plan.files.length, bytes(this.size));
  }

  /** A link within the project stays one, within the copy; one that leads out keeps its absolute target, and the gate watches it. */
  private async link(relative: string, full: string): Promise<void> {
    const target = path.resolve(path.dirname(full), await readlink(full));
    const inner = path.relative(this.root, target);
    const within = inner !== '' && !inner.startsWith('..') && !path.isAbsolute(inner);
    this.plan.links.push({ path: relative, target: within ? path.relative(path.dirname(full), target) : target });
  }

  async folder(
    relative: string,
    deep: (name: string, full: string) => Promise<boolean>,
    wanted: (name: string, size: number) => boolean,
  ): Promise<void> {
    if (relative !== '') this.parents(path.join(relative, 'x'));
    for (const entry of await readdir(path.join(this.root, relative), { withFileTypes: true }).catch(() => [])) {
      const inner = path.join(relative, entry.name);
      const full = path.join(this.root, inner);
      if (entry.isDirectory()) {
        if (SKIPPED_FOLDERS.has(entry.name) || (await exists(path.join(full, 'pyvenv.cfg')))) continue;
        if (await deep(entry.name, full)) await this.folder(inner, deep, wanted);
      } else if (entry.isSymbolicLink()) await this.file(inner);
      else if (!entry.name.endsWith('.pyc') && wanted(entry.name, entry.isFile() ? ((await stat(full).catch(() => null))?.size ?? 0) : 0))
        await this.file(inner);
    }
  }

  parents(relative: string): void {
    const folder = path.dirname(relative);
    if (folder === '.' || this.seen.has(folder + path.sep)) return;
    this.parents(folder);
    this.seen.add(folder + path.sep);
    this.plan.folders.push(folder);
  }
}

const within = (root: string, file: string): string | null => {
  const relative = path.relative(root, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? null : relative;
};

const yes = (): Promise<boolean> => Promise.resolve(true);

/**
 * What to copy of a project: all of it but version control, environments and caches. Of a folder that is too wide or too large only what lies
 * beside the script, what the first run reached, and `files`. Refuses with 'project-too-large'.
 */
export async function planCopy(o: { root: string; command: Command; effects: readonly Effect[]; files: readonly string[] }): Promise<Outcome<Plan>> {
  const { root, command, effects } = o;
  const reached = await touched(effects);
  const unseen = effects.some((effect) => effect.kind === 'native-io');
  if (!isWide(root)) {
    const whole = new Planner(root, reached, unseen);
    try {
      await whole.folder('', yes, () => true);
      return ok(whole.plan);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  const part = new Planner(root, reached, unseen);
  try {
    const script = command.kind === 'script' ? within(root, command.target) : null;
    const start = script === null ? (within(root, command.cwd) ?? '') : path.dirname(script) === '.' ? '' : path.dirname(script);
    if (script !== null) await part.file(script);
    await part.folder(
      start,
      (_name, full) => exists(path.join(full, '__init__.py')),
      (name, size) => BESIDE.test(name) && size <= SMALL,
    );
    for (const [target, effect] of reached) {
      const relative = within(root, target);
      if (relative === null) continue;
      part.parents(relative);
      if (effect.kind !== 'file-delete') await part.file(relative);
    }
    for (const file of o.files) {
      const relative = within(root, file);
      if (relative === null || relative.split(path.sep).some((name) => SKIPPED_FOLDERS.has(name))) continue;
      part.parents(relative);
      await part.file(relative);
    }
    for (const file of part.plan.files) part.parents(file.path);
    return ok(part.plan);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return refuse(
      'project-too-large',
      `Reruns work on a copy, and ${root} has more than ${MOST_FILES} files or ${formatBytes(MOST_BYTES)} (${error.files} files, ${formatBytes(error.size)} counted).`,
      'Put the script into a folder of its own with a pyproject.toml, or keep its data elsewhere and pass the path as an argument.',
    );
  }
}

/** Copies one file with its mode and times; shares blocks where the file system can. */
export async function copyWithTimes(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const info = await stat(from);
  await utimes(to, info.atime, info.mtime);
}

/** Makes the copy. A file that vanished meanwhile is left out. */
export async function makeCopy(plan: Plan, root: string, dir: string, signal: AbortSignal): Promise<void> {
  for (const folder of plan.folders) await mkdir(path.join(dir, folder), { recursive: true });
  const waiting = [...plan.files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined && !signal.aborted; file = waiting.pop()) {
      await copyWithTimes(path.join(root, file.path), path.join(dir, file.path)).catch((error: unknown) => {
        if (!['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  for (const link of plan.links) await symlink(link.target, path.join(dir, link.path)).catch(() => undefined);
}
