/**
 * All the tests, in layers: `npm test`. The profiler's run alone, the others side by side in two lanes, because the machine may have two cores.
 *   npm test                    everything
 *   npm test -- unit cli        only these layers
 * The last line is `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

interface Layer {
  name: string;
  command: string[];
  /** How the output counts what ran; a check that has no tests of its own counts as one. */
  counts: 'mocha' | 'pytest' | 'line' | 'check';
}
interface Result {
  layer: Layer;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  log: string;
}

const root = path.resolve(import.meta.dirname, '..');
const logs = path.join(root, 'out', 'test-logs');
const python = process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python';
const bin = (name: string): string => path.join('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const node = (...args: string[]): string[] => [process.execPath, ...args];
const script = (file: string, ...args: string[]): string[] => node('--import', 'tsx', file, ...args);
// What is sampled on a machine with other work to do can miss once; what fails twice has failed.
const mocha = (...patterns: string[]): string[] => node('node_modules/mocha/bin/mocha.js', '--retries', '1', ...patterns);

const pytest = (...what: string[]): string[] => [python, '-m', 'pytest', '-q', '-rs', '-p', 'no:cacheprovider', '--reruns', '2', ...what];

// Alone: what these tests measure is disturbed by any neighbour.
const measuring = 'test/python/test_probe_lines.py';
const alone: Layer[] = [{ name: 'profiler', command: pytest(measuring), counts: 'pytest' }];
const lanes: Layer[][] = [
  [
    { name: 'types', command: node('node_modules/typescript/bin/tsc', '-p', '.'), counts: 'check' },
    { name: 'lint', command: [bin('eslint'), '.'], counts: 'check' },
    { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], counts: 'check' },
    { name: 'imports', command: [bin('depcruise'), 'analyzers', 'extension', 'webview', '--config', '.dependency-cruiser.cjs'], counts: 'check' },
    { name: 'generated', command: script('scripts/generate.ts', '--check'), counts: 'check' },
    { name: 'contributes', command: script('scripts/generate-contributes.ts', '--check'), counts: 'check' },
    { name: 'unit', command: mocha('test/repo/**/*.test.ts', 'test/analyzers/**/*.test.ts', 'test/webview/**/*.test.ts'), counts: 'mocha' },
  ],
  [
    { name: 'python', command: pytest('test/python', `--ignore=${measuring}`), counts: 'pytest' },
    { name: 'host', command: script('scripts/run-host-tests.ts'), counts: 'line' },
    { name: 'ui', command: script('scripts/run-ui-tests.ts'), counts: 'line' },
    { name: 'cli', command: mocha('test/cli/**/*.test.ts'), counts: 'mocha' },
  ],
];

function count(layer: Layer, exit: number, text: string): Pick<Result, 'passed' | 'failed' | 'skipped'> {
  const number = (pattern: RegExp): number => [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
  if (layer.counts === 'check') return { passed: exit === 0 ? 1 : 0, failed: exit === 0 ? 0 : 1, skipped: 0 };
  const found =
    layer.counts === 'mocha'
      ? { passed: number(/^\s*(\d+) passing/gm), failed: number(/^\s*(\d+) failing/gm), skipped: number(/^\s*(\d+) pending/gm) }
      : layer.counts === 'pytest'
        ? { passed: number(/\b(\d+) passed/g), failed: number(/\b(\d+) (?:failed|errors?)\b/g), skipped: number(/\b(\d+) skipped/g) }
        : {
            passed: number(/^(\d+) passed/gm),
            failed: number(/^\d+ passed, (\d+) failed/gm),
            skipped: number(/^\d+ passed, \d+ failed, (\d+) skipped/gm),
          };
  // A layer that ran nothing, or whose process failed without a failed test, has failed.
  if (found.failed === 0 && (exit !== 0 || found.passed === 0)) found.failed = 1;
  return found;
}

function runLayer(layer: Layer): Promise<Result> {
  const log = path.join(logs, `${layer.name}.log`);
  const start = Date.now();
  const [program = '', ...args] = layer.command;
  return new Promise((resolve) => {
    const file = createWriteStream(log);
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: plain });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    const finish = (exit: number): void => {
      file.end(() => {
        const text = readFileSync(log, 'utf8');
        const result = { layer, ...count(layer, exit, text), seconds: (Date.now() - start) / 1000, log };
        const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
        process.stdout.write(
          `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${layer.name.padEnd(12)} ${result.passed} good, ${result.failed} bad${skipped}  (${result.seconds.toFixed(0)} s)\n`,
        );
        if (result.failed > 0) process.stdout.write(`${text.slice(-6000)}\n`);
        else for (const line of text.split('\n').filter((entry) => /^\s*(SKIP|SKIPPED)\b/.test(entry))) process.stdout.write(`     ${line.trim()}\n`);
        resolve(result);
      });
    };
    child.on('error', () => finish(127));
    child.on('close', (code) => finish(code ?? 1));
  });
}

// FORCE_COLOR colours Python's tracebacks whatever its value is, so it must not be there at all.
const plain: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
delete plain['FORCE_COLOR'];
mkdirSync(logs, { recursive: true });
const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const layers = [...alone, ...lanes.flat()];
const unknown = wanted.filter((name) => !layers.some((layer) => layer.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No such layer: ${unknown.join(', ')}. There are ${layers.map((layer) => layer.name).join(', ')}.\n`); // prettier-ignore
  process.exit(2);
}
const start = Date.now();
const runLane = async (lane: Layer[]): Promise<Result[]> => {
  const done: Result[] = [];
  for (const layer of lane) if (wanted.length === 0 || wanted.includes(layer.name)) done.push(await runLayer(layer));
  return done;
};
const results = [...(await runLane(alone)), ...(await Promise.all(lanes.map(runLane))).flat()];
const total = (key: 'passed' | 'failed' | 'skipped'): number => results.reduce((sum, result) => sum + result[key], 0);
process.stdout.write(`\n${results.length} layers in ${((Date.now() - start) / 1000).toFixed(0)} s; logs in ${path.relative(root, logs)}\n`);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
process.exit(total('failed') === 0 ? 0 : 1);
