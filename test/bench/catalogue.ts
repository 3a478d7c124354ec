/**
 * How much of an expert's speedup is found and proven, on scripts that the refactors were not written for.
 *   npm run bench -- catalogue [tune|final] [script ...]
 * Each script is copied to a folder of its own, proven by the built command line, and what is recommended is applied; then the original, the result
 * and the best hand-written version run in turns. A wrong "proven" is an applied program that prints something else.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { buildProduct } from '../../scripts/bundle';
import { parseReport } from '../../analyzers/report/schema';
import type { Report } from '../../analyzers/types';

const root = path.resolve(import.meta.dirname, '../..');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
const catalogue = path.join(root, 'test/catalogue');
const ROUNDS = 3;
const TOLERANCE = 1e-9;
const LONGEST = 600_000;

const Labels = v.array(v.object({ script: v.string(), half: v.picklist(['tune', 'final']), rows: v.array(v.string()), remedy: v.string() }));

interface Row {
  script: string;
  remedy: string;
  advised: string;
  seconds: number;
  ours: number;
  best: number;
  wrong: boolean;
}

function timed(program: string, folder: string): { seconds: number; output: string } {
  const start = performance.now();
  const done = spawnSync(python, [program], { cwd: folder, encoding: 'utf8', timeout: LONGEST, maxBuffer: 1 << 28 });
  return { seconds: (performance.now() - start) / 1000, output: `${done.status}\n${done.stdout}` };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Equal but for the last digits of floats. */
function sameOutput(a: string, b: string): boolean {
  const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;
  if (a.replace(number, '#') !== b.replace(number, '#')) return false;
  const [left, right] = [a.match(number) ?? [], b.match(number) ?? []];
  return left.every((text, index) => {
    const other = right[index] ?? '';
    if (text === other) return true;
    const [x, y] = [Number(text), Number(other)];
    return /[.eE]/.test(text + other) && Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y), 1e-300);
  });
}

function measure(script: string, half: string, remedy: string): Row {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hotloop-catalogue-'));
  try {
    const [project, applied] = [path.join(folder, 'project'), path.join(folder, 'applied')];
    mkdirSync(project);
    const name = path.basename(script);
    cpSync(path.join(catalogue, half, name), path.join(project, name));
    const reportFile = path.join(folder, 'r.json');
    const cli = path.join(root, 'dist/cli.js');
    spawnSync(process.execPath, [cli, 'prove', name, '--python', python, '--budget', '60', '--yes', '--quiet', '--json', reportFile], {
      cwd: project,
      timeout: LONGEST,
    });
    const read = existsSync(reportFile) ? parseReport(readFileSync(reportFile, 'utf8')) : null;
    const report: Report | null = read?.ok === true ? read.value : null;
    const { recommendation } = report ?? {};
    const chosen = recommendation?.kind === 'apply' ? recommendation.candidate : null;
    cpSync(project, applied, { recursive: true });
    if (chosen !== null) spawnSync(process.execPath, [cli, 'apply', reportFile, '--candidate', chosen, '--output-dir', applied], { cwd: project });
    const best = path.join(catalogue, 'best', name);
    const runs = { before: [] as number[], ours: [] as number[], best: [] as number[] };
    let wrong = false;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = timed(name, project);
      const ours = timed(name, applied);
      runs.before.push(before.seconds);
      runs.ours.push(ours.seconds);
      if (existsSync(best)) runs.best.push(timed(best, project).seconds);
      wrong ||= chosen !== null && !sameOutput(before.output, ours.output);
    }
    const before = median(runs.before);
    const advised = report === null ? 'no report' : (chosen?.split('@')[0] ?? '-');
    return {
      script: name,
      remedy,
      advised,
      seconds: before,
      ours: chosen === null ? 1 : before / median(runs.ours),
      best: runs.best.length > 0 ? before / median(runs.best) : 1,
      wrong,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Share of the expert's gain on a logarithmic scale, 0 to 1; where nothing is to be gained, leaving it is full marks. */
const score = ({ ours, best }: Row): number => (best < 1.1 ? (ours < 0.95 ? 0 : 1) : Math.max(0, Math.min(1, Math.log(ours) / Math.log(best))));

function main(): void {
  const words = process.argv.slice(2);
  const half = words.find((word) => word === 'tune' || word === 'final') ?? 'tune';
  const names = words.filter((word) => word !== half);
  const labels = v.parse(Labels, JSON.parse(readFileSync(path.join(catalogue, 'labels.json'), 'utf8')));
  const wanted = labels.filter((one) => one.half === half && (names.length === 0 || names.some((name) => one.script.includes(name))));
  buildProduct();
  const rows: Row[] = [];
  for (const { script, remedy } of wanted) {
    const row = measure(script, half, remedy);
    rows.push(row);
    const cells = [
      row.script,
      row.remedy,
      row.advised,
      `${row.seconds.toFixed(1)} s`,
      `${row.ours.toFixed(1)}x`,
      `${row.best.toFixed(1)}x`,
      score(row).toFixed(2),
    ];
    process.stdout.write(`${cells.join('\t')}${row.wrong ? '\tWRONG' : ''}\n`);
  }
  const remediable = rows.filter(({ remedy }) => remedy !== 'none');
  const proven = remediable.filter(({ ours }) => ours > 1.05);
  const mean = rows.reduce((sum, row) => sum + score(row), 0) / rows.length;
  const summary = [
    `${rows.length} scripts (${half}): ${rows.filter(({ wrong }) => wrong).length} wrongly proven`,
    `${proven.length} of ${remediable.length} with a known remedy got one (${Math.round((100 * proven.length) / Math.max(1, remediable.length))} %)`,
    `mean of log(speedup)/log(best), capped at 1: ${mean.toFixed(2)}`,
  ];
  process.stdout.write(`\n${summary.join('\n')}\n`);
  if (names.length === 0) {
    const table = rows.map((row) => `| ${row.script} | ${row.remedy} | ${row.advised} | ${row.seconds.toFixed(1)} s | ${row.ours.toFixed(1)}x | ${row.best.toFixed(1)}x | ${score(row).toFixed(2)} |`); // prettier-ignore
    const text = [
      '# Catalogue: what is found of what an expert finds',
      `\n\`npm run bench -- catalogue ${half}\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${os.cpus()[0]?.model ?? ''}\n`,
      ...summary.map((line) => `- ${line}`),
      '\n| script | known remedy | advised | time | speedup | best by hand | score |\n| --- | --- | --- | --- | --- | --- | --- |',
      ...table,
    ];
    mkdirSync(path.join(root, 'docs/benchmarks'), { recursive: true });
    writeFileSync(path.join(root, `docs/benchmarks/catalogue-${half}.md`), `${text.join('\n')}\n`);
  }
}

main();
