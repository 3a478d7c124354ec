import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { fileHash } from '../platform/file-hash';
import type { FileChange } from './program';

/** How every file and folder of a tree was: relative path -> what changes when it is written, replaced or its mode is set. */
export type Snapshot = Map<string, { kind: 'file' | 'folder' | 'link'; mark: string }>;

/** Bytecode is Python's own business: it is neither compared nor restored. */
const IGNORED = '__pycache__';

export async function takeSnapshot(dir: string): Promise<Snapshot> {
  const found: Snapshot = new Map();
  const look = async (relative: string): Promise<void> => {
    for (const entry of await readdir(path.join(dir, relative), { withFileTypes: true }).catch(() => [])) {
      if (entry.name === IGNORED) continue;
      const inner = path.join(relative, entry.name);
      const full = path.join(dir, inner);
      if (entry.isDirectory()) {
        found.set(inner, { kind: 'folder', mark: '' });
        await look(inner);
      } else if (entry.isSymbolicLink()) found.set(inner, { kind: 'link', mark: await readlink(full).catch(() => '') });
      else {
        const info = await lstat(full, { bigint: true }).catch(() => null);
        // The time of the last status change moves with every write, even where a program sets the other times back.
        if (info !== null) found.set(inner, { kind: 'file', mark: `${info.size} ${info.mtimeNs} ${info.ctimeNs} ${info.ino} ${info.mode}` });
      }
    }
  };
  await look('');
  return found;
}

export interface Difference {
  /** Deepest first. */
  created: { path: string; kind: 'file' | 'folder' | 'link' }[];
  changed: string[];
  /** Parents first. */
  deleted: { path: string; kind: 'file' | 'folder' | 'link' }[];
}

export function compare(before: Snapshot, now: Snapshot): Difference {
  const found: Difference = { created: [], changed: [], deleted: [] };
  for (const [name, entry] of now) {
    const old = before.get(name);
    if (old === undefined) found.created.push({ path: name, kind: entry.kind });
    else if (old.kind !== entry.kind) {
      found.deleted.push({ path: name, kind: old.kind });
      found.created.push({ path: name, kind: entry.kind });
    } else if (old.mark !== entry.mark) found.changed.push(name);
  }
  for (const [name, entry] of before) if (!now.has(name)) found.deleted.push({ path: name, kind: entry.kind });
  found.created.reverse();
  return found;
}

/** What a run did to the files of the tree, sorted by path. Folders themselves are not listed. */
export async function listChanges(dir: string, before: Snapshot): Promise<FileChange[]> {
  const { created, changed, deleted } = compare(before, await takeSnapshot(dir));
  const present = async (name: string, change: 'created' | 'changed'): Promise<FileChange> => {
    const content = path.join(dir, name);
    return { path: name, change, content, sha256: await fileHash(content) };
  };
  const files = created.filter((entry) => entry.kind !== 'folder').map((entry) => entry.path);
  const replaced = new Set(files);
  const found = [
    ...(await Promise.all(files.map((name) => present(name, before.has(name) ? 'changed' : 'created')))),
    ...(await Promise.all(changed.map((name) => present(name, 'changed')))),
    ...deleted
      .filter((entry) => entry.kind !== 'folder' && !replaced.has(entry.path))
      .map((entry): FileChange => ({ path: entry.path, change: 'deleted', content: null, sha256: null })),
  ];
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
