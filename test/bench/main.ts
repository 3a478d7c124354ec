/**
 * Timings, as ratios taken side by side in one run; no test asserts them.
 *   npm run bench                  all
 *   npm run bench -- NAME [ARGS]   one of them, as it is described in its file
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '../..');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
const script = (name: string): string[] => [process.execPath, '--import', 'tsx', `test/bench/${name}.ts`];
const benches: Record<string, string[]> = {
  // What profiling costs, and how far its shares are from the truth.
  probe: [python, 'test/python/bench_probe.py', '3'],
  analysis: script('analysis'),
  verdicts: script('verdicts'),
  catalogue: script('catalogue'),
  proof: script('proof'),
};

const [wanted, ...args] = process.argv.slice(2);
if (wanted !== undefined && !(wanted in benches)) {
  process.stderr.write(`No such bench: ${wanted}. There is ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const [name, [program = '', ...words]] of Object.entries(benches)) {
  if ((wanted ?? name) !== name || words.some((word) => word.endsWith('.ts') && !existsSync(path.join(root, word)))) continue;
  const done = spawnSync(program, [...words, ...args], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
