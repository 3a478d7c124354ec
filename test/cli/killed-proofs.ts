/** Proofs that are killed at one moment or another, and what is there after the next start. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from '../../analyzers/platform/process';
import { dist, python } from './program';
import { processesWith, Project } from '../analyzers/run/fixture';

export interface Killed {
  /** Seconds after its start. */
  after: number;
  /** What it was doing, as it told last; empty where it had told nothing. */
  during: string;
  /** It had come to its end by then. */
  finished: boolean;
  /** Folders that it left for the next start to remove. */
  abandoned: number;
  /** Left after the next start: processes, names in the temp folder, files of the project that are not as they were. */
  processes: number[];
  folders: string[];
  changed: string[];
}

// It reads and writes, and has a loop that is worth a proof.
const script = `def main(n):
    with open("data.txt") as f:
        scale = int(f.read())
    known = [i * scale for i in range(500)]
    found = 0
    for i in range(n):
        if i in known:
            found += i
    with open("out.txt", "w") as f:
        f.write(str(found))
    print(found)


main(100_000)
`;
const ENDS_WITHIN = 15_000;

/** The same moments on every machine, evenly spread. */
export function moments(count: number, longest: number): number[] {
  let state = 20_240_117;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (longest * state) / 2 ** 32;
  });
}

/** Kills a proof after so many seconds each, and starts Hotloop again on something else. */
export async function killProofs(delays: readonly number[], onKilled: (killed: Killed) => void = () => undefined): Promise<Killed[]> {
  const project = new Project({ 'main.py': script, 'data.txt': '3', 'out.txt': '', 'next.py': 'print(1)\n' });
  const around = realpathSync(mkdtempSync(path.join(tmpdir(), 'killed-proofs-')));
  const temp = path.join(around, 'temp');
  mkdirSync(temp);
  const environment = { ...process.env, TMPDIR: temp, HOTLOOP_HOME: path.join(around, 'state') };
  const start = (args: string[], each: (chunk: Uint8Array) => void): ReturnType<typeof startProcess> =>
    startProcess({ argv: [process.execPath, dist, ...args, '--python', python], cwd: project.root, environment, stdout: 'ignore', stderr: { each } });
  const found: Killed[] = [];
  try {
    // Once to its end: the machine is measured by then, and the script has written what it writes.
    await start(['prove', 'main.py', '--yes', '--budget', '10'], () => undefined).end;
    const before = project.state();
    for (const after of delays) {
      let told = '';
      const proof = start(['prove', 'main.py', '--yes', '--budget', '10'], (chunk) => (told += Buffer.from(chunk).toString()));
      const finished = await Promise.race([proof.end.then(() => true), pause(after * 1000, false)]);
      if (!finished && proof.pid !== undefined) process.kill(proof.pid, 'SIGKILL');
      await proof.end;
      const abandoned = readdirSync(temp).length;
      await start(['profile', 'next.py', '--quiet'], () => undefined).end;
      for (let waited = 0; waited < ENDS_WITHIN && processesWith(around).length > 0; waited += 100) await pause(100);
      const now = project.state();
      const names = new Set([...Object.keys(before), ...Object.keys(now)]);
      const killed = {
        after,
        during: told.trim().split('\n').at(-1) ?? '',
        finished,
        abandoned,
        processes: [...processesWith(around), ...processesWith(project.home)],
        folders: readdirSync(temp),
        changed: [...names].filter((name) => before[name] !== now[name]),
      };
      found.push(killed);
      onKilled(killed);
    }
  } finally {
    project.remove();
    rmSync(around, { recursive: true, force: true });
  }
  return found;
}
