import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command, Edit, Effect } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { editedText } from './edited-text';
import type { FileChange, Sandbox } from './program';
import { copyWithTimes, makeCopy, planCopy, type Plan } from './project-copy';
import { compare, listChanges, takeSnapshot, type Snapshot } from './snapshot';
import { markOwner, tempRoot } from './sweep';

export interface SandboxRequest {
  /** Project root that is copied. */
  root: string;
  command: Command;
  /** Seen in the profile: files among them are in the copy even where the folder is too large to be copied whole. */
  effects: readonly Effect[];
  /** Other files of the program's own, as the profile saw them loaded. */
  files?: readonly string[];
  signal: AbortSignal;
}

class CopySandbox implements Sandbox {
  readonly dir: string;
  readonly temp: string;
  readonly side: string;
  private snapshot: Snapshot = new Map();
  private readonly edited = new Map<string, Uint8Array>();
  /** Of files that were ever edited, as they were before. */
  private readonly unedited = new Map<string, Uint8Array>();
  private disposed = false;

  constructor(
    readonly root: string,
    private readonly realRoot: string,
    readonly base: string,
    private readonly plan: Plan,
  ) {
    this.dir = path.join(base, path.basename(root) || 'root');
    this.temp = path.join(base, 't');
    this.side = path.join(base, 's');
  }

  /** Made anew beside the copy: existing files that a run may change, so that they can be brought back even when the person edits the original. */
  private get pristine(): string {
    return path.join(this.base, 'p');
  }

  async fill(effects: readonly Effect[], signal: AbortSignal): Promise<void> {
    for (const folder of [this.dir, this.temp, this.side, this.pristine]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await makeCopy(this.plan, this.realRoot, this.dir, signal);
    for (const effect of effects) {
      if (effect.kind !== 'file-write' && effect.kind !== 'file-delete' && effect.kind !== 'database') continue;
      const relative = path.relative(this.dir, this.path(effect.target));
      if (relative === '' || relative.startsWith('..')) continue;
      const kept = path.join(this.pristine, relative);
      await mkdir(path.dirname(kept), { recursive: true });
      await copyWithTimes(path.join(this.dir, relative), kept).catch(() => undefined);
    }
    this.snapshot = await takeSnapshot(this.dir);
  }

  path(original: string): string {
    for (const root of [this.root, this.realRoot]) {
      const relative = path.relative(root, original);
      if (relative === '') return this.dir;
      if (!relative.startsWith('..') && !path.isAbsolute(relative)) return path.join(this.dir, relative);
    }
    return original;
  }

  async apply(edits: readonly Edit[]): Promise<Outcome<void>> {
    if (this.edited.size > 0) await this.restore();
    const files = new Map<string, Edit[]>();
    for (const edit of edits) files.set(edit.file, [...(files.get(edit.file) ?? []), edit]);
    const ready: { target: string; raw: Uint8Array; content: Uint8Array }[] = [];
    for (const [file, own] of files) {
      const target = this.path(file);
      if (target === file)
        return refuse(
          'outside-project',
          `${file} lies outside ${this.root}, which is what is copied for reruns.`,
          'Start from the folder that holds both.',
        );
      const raw = this.unedited.get(path.relative(this.dir, target)) ?? (await readFile(target).catch(() => null));
      if (raw === null) return refuse('file-changed', `${file} is no longer there.`, 'Analyse it again.');
      const content = editedText(file, raw, own);
      if (!content.ok) return content;
      ready.push({ target, raw, content: content.value });
    }
    const wanted = new Set(ready.map(({ target }) => path.relative(this.dir, target)));
    for (const relative of [...this.edited.keys()].filter((name) => !wanted.has(name))) {
      this.edited.delete(relative);
      await this.write(path.join(this.dir, relative), this.unedited.get(relative) ?? new Uint8Array());
    }
    for (const { target, raw, content } of ready) {
      const relative = path.relative(this.dir, target);
      this.unedited.set(relative, raw);
      await this.write(target, content);
      this.edited.set(relative, content);
    }
    this.snapshot = await takeSnapshot(this.dir);
    return ok(undefined);
  }

  /** Through a link into the copy the file behind it is written; a file that may not be written is made so for this moment. */
  private async write(target: string, content: Uint8Array): Promise<void> {
    const { mode } = await stat(target);
    await chmod(target, mode | 0o200);
    await writeFile(target, content);
    await chmod(target, mode);
  }

  changes(): Promise<FileChange[]> {
    return listChanges(this.dir, this.snapshot);
  }

  async restore(): Promise<void> {
    const { created, changed, deleted } = compare(this.snapshot, await takeSnapshot(this.dir));
    for (const entry of created) await rm(path.join(this.dir, entry.path), { recursive: true, force: true });
    for (const entry of deleted.filter((each) => each.kind === 'folder')) await mkdir(path.join(this.dir, entry.path), { recursive: true });
    const files = [...changed, ...deleted.filter((each) => each.kind === 'file').map((each) => each.path)];
    for (const name of files) await this.bringBack(name);
    for (const { path: name, kind } of deleted) {
      const link = this.plan.links.find((each) => each.path === name);
      if (kind === 'link' && link !== undefined) await symlink(link.target, path.join(this.dir, name)).catch(() => undefined);
    }
    for (const name of changed) {
      const link = this.plan.links.find((each) => each.path === name);
      if (link === undefined) continue;
      await rm(path.join(this.dir, name), { force: true });
      await symlink(link.target, path.join(this.dir, name)).catch(() => undefined);
    }
    await rm(this.temp, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(this.temp, { recursive: true, mode: 0o700 });
    if (created.length + changed.length + deleted.length > 0) this.snapshot = await takeSnapshot(this.dir);
  }

  private async bringBack(name: string): Promise<void> {
    const target = path.join(this.dir, name);
    const content = this.edited.get(name);
    await rm(target, { recursive: true, force: true });
    await mkdir(path.dirname(target), { recursive: true });
    const original = path.join(this.realRoot, name);
    const kept = path.join(this.pristine, name);
    await copyWithTimes(kept, target).catch(() => copyWithTimes(original, target).catch(() => undefined));
    if (content !== undefined) await this.write(target, content);
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await rm(this.base, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(async () => {
      // A program can take the right to write from its own folders.
      await openFolders(this.base);
      await rm(this.base, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    });
  }
}

async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  for (const [name, entry] of await takeSnapshot(folder))
    if (entry.kind === 'folder') await chmod(path.join(folder, name), 0o700).catch(() => undefined);
}

/** Copies the project for reruns. Refuses with 'project-too-large', 'no-space', 'cancelled'. The caller disposes of it. */
export async function openSandbox(request: SandboxRequest): Promise<Outcome<Sandbox>> {
  const { command, effects, files = [], signal } = request;
  const root = path.resolve(request.root);
  const realRoot = await realpath(root).catch(() => root);
  const planned = await planCopy({ root: realRoot, command, effects, files });
  if (!planned.ok) return planned;
  const base = await mkdtemp(path.join(tempRoot(), `hotloop-${process.pid}-`));
  const sandbox = new CopySandbox(root, realRoot, base, planned.value);
  try {
    await markOwner(base);
    await sandbox.fill(effects, signal);
  } catch (error) {
    await sandbox.dispose();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES'].includes(code)) throw error;
    return refuse(
      'no-space',
      `The copy of ${root} for reruns could not be made in ${tempRoot()} (${code}).`,
      'Make room there, or set TMPDIR to a folder with more.',
    );
  }
  if (signal.aborted) {
    await sandbox.dispose();
    return refuse('cancelled', 'It was cancelled.', 'Start it again.');
  }
  return ok(sandbox);
}
