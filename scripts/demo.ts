/**
 * The main job on four example programs: profile, advise, prove. Prints one table and writes one HTML report for each.
 *   npm run demo
 *   npm run demo -- primes pages     only these
 *   npm run demo -- all              every example
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Report, ReportCandidate } from '../analyzers/types';
import { demoTable } from '../analyzers/report/terminal';

interface Expected {
  about: string;
  /** One of those that are shown where none is named. */
  demo: boolean;
  /** Seconds for reruns: enough for what is shown, as a demo is waited for. */
  budget: number;
  bottleneck: string[];
  /** Families: the advice may be any of them; where there is none, it is to leave the script as it is. */
  recommend: string[];
  proven: Record<string, { atLeast: number; hotAtLeast?: number }>;
  slower: string[];
}

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'reports');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');

function prove(name: string, budget: number): Promise<Report> {
  const json = path.join(reports, `${name}.json`);
  const args = [
    'dist/cli.js',
    'prove',
    `examples/${name}.py`,
    '--python',
    python,
    '--json',
    json,
    '--html',
    path.join(reports, `${name}.html`),
    '--budget',
    String(budget),
    '--quiet',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(readFileSync(json, 'utf8')) as Report);
      else reject(new Error(`hotloop prove examples/${name}.py ended with exit code ${code ?? 'none'}`));
    });
  });
}

const proposed = (report: Report, refactor: string): ReportCandidate | undefined =>
  report.candidates
    .filter((candidate) => candidate.refactor === refactor && candidate.status !== 'blocked')
    .sort((a, b) => (b.measured?.low ?? 0) - (a.measured?.low ?? 0))[0];

/** What is not as `expected` says, in words. */
function surprises(report: Report, expected: Expected): string[] {
  const found: string[] = [];
  if (!expected.bottleneck.includes(report.verdict.bottleneck))
    found.push(`the bottleneck is ${report.verdict.bottleneck}, not ${expected.bottleneck.join(' or ')}`);
  const advice = report.recommendation;
  const chosen = advice.kind === 'apply' ? report.candidates.find((candidate) => candidate.id === advice.candidate) : undefined;
  const right = chosen === undefined ? expected.recommend.length === 0 : expected.recommend.includes(chosen.family);
  if (!right) found.push(`the advice is ${chosen?.family ?? 'to leave it'}, not ${expected.recommend.join(' or ') || 'to leave it'}`);
  for (const [refactor, wanted] of Object.entries(expected.proven)) {
    const candidate = proposed(report, refactor);
    if (candidate?.status !== 'proven') found.push(`${refactor} is not proven (${candidate?.reason ?? 'not proposed'})`);
    else if ((candidate.measured?.mid ?? 0) < wanted.atLeast) found.push(`${refactor} gains less than ${wanted.atLeast}x`);
    else if ((candidate.measured?.hot?.mid ?? 0) < (wanted.hotAtLeast ?? 0))
      found.push(`${refactor} gains less than ${wanted.hotAtLeast ?? 0}x in the hot loop`);
  }
  for (const refactor of expected.slower) {
    const candidate = proposed(report, refactor);
    if (candidate?.measured === undefined || candidate.measured === null || candidate.measured.high >= 1)
      found.push(`${refactor} is not shown to be slower`);
  }
  return found;
}

const expectedOf = (name: string): Expected => JSON.parse(readFileSync(path.join(root, 'examples', `${name}.json`), 'utf8')) as Expected;
const all = readdirSync(path.join(root, 'examples'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => path.basename(file, '.json'));
const wanted = process.argv.slice(2);
const names = wanted.length === 0 ? all.filter((name) => expectedOf(name).demo) : wanted.includes('all') ? all : wanted;
const missing = names.filter((name) => !all.includes(name));
if (missing.length > 0) {
  process.stderr.write(`No such example: ${missing.join(', ')}. There are ${all.join(', ')}; all.\n`);
  process.exit(2);
}

mkdirSync(reports, { recursive: true });
const start = Date.now();
const rows: { name: string; report: Report }[] = [];
const unexpected: string[] = [];
for (const [index, name] of names.entries()) {
  const expected = expectedOf(name);
  process.stderr.write(`demo: ${index + 1} of ${names.length}, ${name}: ${expected.about}\n`);
  const report = await prove(name, expected.budget);
  rows.push({ name, report });
  unexpected.push(...surprises(report, expected).map((text) => `${name}: ${text}`));
}
process.stdout.write(`\n${demoTable(rows)}\n\nReports: ${names.map((name) => `reports/${name}.html`).join('  ')}\n`);
process.stdout.write(
  `${names.length} scripts in ${Math.round((Date.now() - start) / 1000)} s${unexpected.length === 0 ? ', each with its expected verdict' : ''}\n`,
);
for (const text of unexpected) process.stdout.write(`other than expected: ${text}\n`);
// What pays depends on the machine: on one core, or a busy one, "leave it" is the right answer for a pool.
if (unexpected.length > 0) process.stdout.write('The expected verdicts were measured on two quiet cores.\n');
