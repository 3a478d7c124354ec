import { existsSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from '../types';

const MARKERS = ['pyproject.toml', '.git', 'setup.py', 'setup.cfg'];

const real = (folder: string): string => {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
};

/** True for folders that hold much more than one project: a home folder and what is above it, the temp folder, a drive. */
export function isWide(folder: string): boolean {
  const here = real(folder);
  const home = real(homedir());
  if (here === path.parse(here).root || here === home || home.startsWith(here + path.sep)) return true;
  return [tmpdir(), '/tmp', '/var/tmp', '/home', '/Users', '/usr', '/opt', '/mnt', '/media', '/srv'].some((wide) => real(wide) === here);
}

/**
 * The folder that reruns copy: the nearest one upward from the script (for a module: from the working folder) with a pyproject.toml, a .git or a
 * setup file, or the opened workspace; where there is none, the script's own folder. Never searched above a home folder.
 */
export function projectRoot(command: Command, workspace: string | null): string {
  const start = command.kind === 'script' ? path.dirname(command.target) : command.cwd;
  for (let folder = path.resolve(start); !isWide(folder); folder = path.dirname(folder)) {
    if (workspace !== null && path.resolve(workspace) === folder) return folder;
    if (MARKERS.some((marker) => existsSync(path.join(folder, marker)))) return folder;
  }
  return path.resolve(start);
}

/** Folder for what is kept between sessions: calibration, consents, the lock. HOTLOOP_HOME overrides. It may not exist yet. */
export function stateFolder(): string {
  const { HOTLOOP_HOME, XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  if (HOTLOOP_HOME !== undefined && HOTLOOP_HOME !== '') return path.resolve(HOTLOOP_HOME);
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'), 'hotloop');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'hotloop');
  return path.join(XDG_STATE_HOME ?? path.join(homedir(), '.local', 'state'), 'hotloop');
}
