/**
 * Timings, as ratios taken side by side in one run; no test asserts them.
 *   npm run bench                  all
 *   npm run bench -- NAME [ARGS]   one of them, as it is described in its file
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { buildBeside } from '../../scripts/bundle';

const root = path.resolve(import.meta.dirname, '../..');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
const script = (name: string) => (): string[] => [process.execPath, '--import', 'tsx', `test/bench/${name}.ts`];
const benches: Record<string, () => string[]> = {
  // What profiling costs, and how far its shares are from the truth.
  probe: () => [python, 'test/python/bench_probe.py', '3'],
  // As it ships: what runs the tests keeps the names of functions in a way that costs a fifth of the time.
  analysis: () => [process.execPath, buildBeside('test/bench/analysis.ts'), python],
  verdicts: script('verdicts'),
  catalogue: script('catalogue'),
  proof: script('proof'),
};

const [wanted, ...args] = process.argv.slice(2);
if (wanted !== undefined && !(wanted in benches)) {
  process.stderr.write(`No such bench: ${wanted}. There is ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const [name, command] of Object.entries(benches)) {
  if ((wanted ?? name) !== name) continue;
  const [program = '', ...words] = command();
  const done = spawnSync(program, [...words, ...args], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
