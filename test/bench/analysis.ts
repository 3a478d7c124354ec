/**
 * What reading a file costs: parse, loop IR, and the facts of 20 hotspots, by the length and the shape of the file. The grammar is loaded before.
 *   npm run bench -- analysis          which builds it as the product is built
 * A line is linear where the milliseconds for 1,000 lines stay as they are down the column.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { analyzeLoops } from '../../analyzers/loops/analyze';
import { loadSyntax } from '../../analyzers/syntax/parser';
import { readModule } from '../../analyzers/syntax/python-module';
import type { Hotspot, Profile, Seconds, Share } from '../../analyzers/types';

const repeat = (lines: number, block: number, text: (index: number) => string): string =>
  Array.from({ length: Math.ceil(lines / block) }, (_, index) => text(index)).join('');

const work = (index: number): string => `def work_${index}(rows, table, n, *, scale=1.5):
    """Sums what is in the rows."""
    total, best, out = 0.0, None, []
    for position, (key, value) in enumerate(rows):
        if value < 0 or key in table:
            continue
        total += math.sqrt(value) * scale + work_${Math.max(0, index - 1)}([], table, 0)[0]
        out.append(f"{key}:{value:>{n}}")
        if best is None or value < best:
            best = value
    i = 0
    while i < n - 1:
        table[i] = table[i + 1] * 0.5
        i += 1
    grid = {k: [v * j for j in range(3)] for k, v in table.items()}
    try:
        print(total, sum([x ** 2 for x in out if x]), file=sys.stderr)
    except (OSError, ValueError) as error:
        raise RuntimeError("no") from error
    return total, best, grid


`;
const loop = (index: number, indent: string): string =>
  [`a${index} = []`, `for x${index} in range(${index}):`, `    a${index}.append(x${index} * b)`, `    c = x${index} + 1`, `print(a${index}, c)`].map((line) => `${indent}${line}\n`).join(''); // prettier-ignore
/** What people have written: the largest files of the standard library, one after another. */
function standardLibrary(lines: number): string {
  const [python = 'python3'] = process.argv.slice(2);
  const folder = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], { encoding: 'utf8' }).trim();
  const files = readdirSync(folder).filter((name) => name.endsWith('.py')).map((name) => readFileSync(path.join(folder, name), 'utf8')); // prettier-ignore
  const text = files.sort((a, b) => b.length - a.length).join('\n').split('\n').filter((line) => !line.startsWith('from __future__')); // prettier-ignore
  return text.slice(0, lines).join('\n');
}
const shapes: Record<string, (lines: number) => string> = {
  'standard library': standardLibrary,
  'many functions': (lines) => `import math, sys\n${repeat(lines, 23, work)}`,
  'one function': (lines) => `def f(b):\n${repeat(lines, 5, (index) => loop(index, '    '))}`,
  'module level': (lines) => repeat(lines, 5, (index) => loop(index, '')),
  'one loop': (lines) => `def f(b, xs):\n    t = 0\n    for x in xs:\n${repeat(lines, 4, (index) => `        a${index} = x * 2\n        b[x + ${index}] = a${index} + b[x]\n        if a${index} > 3:\n            t += a${index}\n`)}    return t\n`, // prettier-ignore
  data: (lines) => `T = [\n${repeat(lines, 1, (index) => `    (${index}, "name${index}", {"a": ${index}.5}),\n`)}]\nfor a in T: print(a)\n`,
};

/** Milliseconds: wall, and of the processor, which a busy machine disturbs less. */
function measure(text: string): { wall: number; cpu: number; loops: number } {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const module = readModule({ path: '/project/main.py', text, sha256: '', language: 'python' });
  const step = Math.max(1, Math.floor(module.loops.length / 20));
  const chosen = module.loops.filter((_, index) => index % step === 0).slice(0, 20);
  const none = 0 as Seconds;
  const hotspots = chosen.map(
    (one): Hotspot => ({ id: `main.py::${one.qualname}#${one.ordinal}`, file: module.file, qualname: one.qualname, span: one.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
  );
  analyzeLoops(hotspots, [module], { frames: [] } as unknown as Profile);
  const used = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (used.user + used.system) / 1000, loops: module.loops.length };
}

await loadSyntax('python');
const show = (value: number, width: number): string => value.toFixed(0).padStart(width);
process.stdout.write('shape             lines   loops   ms wall (best of 5)   ms cpu   ms for 1,000 lines\n');
for (const [name, make] of Object.entries(shapes)) {
  for (const lines of [2500, 5000, 10_000, 20_000]) {
    const text = make(lines);
    const runs = Array.from({ length: 5 }, () => measure(text));
    const wall = Math.min(...runs.map((run) => run.wall));
    const cpu = Math.min(...runs.map((run) => run.cpu));
    const count = text.split('\n').length;
    process.stdout.write(`${name.padEnd(16)} ${show(count, 6)} ${show(runs[0]?.loops ?? 0, 7)} ${show(wall, 21)} ${show(cpu, 8)} ${((wall / count) * 1000).toFixed(1).padStart(20)}\n`); // prettier-ignore
  }
}
