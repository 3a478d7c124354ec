/**
 * Timings, as ratios taken side by side in one run; no test asserts them.
 *   npm run bench            all
 *   npm run bench -- probe   what profiling costs, and how far its shares are from the truth
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '../..');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
const benches: Record<string, string[]> = { probe: [python, 'test/python/bench_probe.py', '3'] };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`No such bench: ${unknown.join(', ')}. There is ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  const [program = '', ...args] = benches[name] ?? [];
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
