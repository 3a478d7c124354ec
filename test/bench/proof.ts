/**
 * How well a wrong candidate is told, and how honest the intervals are.
 *   npm run bench -- proof [mutants=N a page, 20 where left out] [kills=N, 100] [page ...]
 * Mutants are made from every refactor page's `after` and go through the trial as a candidate would. The statistics are those of the benchmark on
 * simulated scripts, with noise that is recorded here first.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { refactorFiles } from '../../scripts/generate';
import { loadSyntax } from '../../analyzers/syntax/parser';
import { WarmPython } from '../analyzers/refactors/page-runner';
import { killProofs, moments, type Killed } from '../cli/killed-proofs';
import { buildCli } from '../cli/program';
import { tryPage, type PageResult } from './proof-mutants';
import { simulate, type Simulated } from './proof-simulation';

const root = path.resolve(import.meta.dirname, '../..');
/** Seconds in which the proof that is killed has come to its end, or nearly so. */
const LONGEST_KILLED = 8;
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

function mutantTable(pages: readonly PageResult[]): string[] {
  const all = pages.flatMap((page) => page.mutants);
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  const row = (name: string, mutants: typeof all): string => {
    const count = (outcome: string): number => mutants.filter((mutant) => mutant.outcome === outcome).length;
    const telling = mutants.length - count('same');
    return `| ${name} | ${mutants.length} | ${count('same')} | ${count('rejected')} | ${percent(count('rejected'), telling)} |`;
  };
  return [
    '| mutants | made | the same on that input | rejected | of those that differ |',
    '| --- | --- | --- | --- | --- |',
    ...pages.map((page) => row(page.refactor, page.mutants)),
    ...kinds.map((kind) =>
      row(
        `*${kind}*`,
        all.filter((mutant) => mutant.kind === kind),
      ),
    ),
    row('**all**', all),
    '',
    `Of ${pages.reduce((sum, page) => sum + page.unchanged.tried, 0)} pages' own rewrites, unchanged, ${pages.reduce((sum, page) => sum + page.unchanged.equal, 0)} were found equal.`,
  ];
}

function survivors(pages: readonly PageResult[]): string[] {
  const lines = pages.flatMap((page) =>
    page.mutants
      .filter(({ outcome }) => outcome === 'survived')
      .map(({ kind, line, change }) => `- ${page.refactor}, line ${line}, ${kind}: \`${change.replaceAll('`', "'")}\``),
  );
  const skipped = pages.flatMap((page) => page.skipped.map((why) => `- ${page.refactor}: not tried: ${why}`));
  return ['', '## Survivors', '', ...(lines.length === 0 ? ['None.'] : lines), ...(skipped.length === 0 ? [] : ['', ...skipped])];
}

const simulationTable = ({ noise, aa, power, coverage }: Simulated): string[] => [
  '',
  '## Speed',
  '',
  `Noise: ${noise.length} runs of one script, recorded before; standard deviation of log(time) ${noise.deviation.toFixed(3)}.`,
  '',
  '| | tries | |',
  '| --- | --- | --- |',
  `| the same program twice: claimed to be faster | ${aa.tries} | ${percent(aa.claimed, aa.tries)} |`,
  `| truly 1.3x, 2 s: proven | ${power.tries} | ${percent(power.proven, power.tries)} |`,
  `| truly 2x: the interval holds the truth | ${coverage.tries} | ${percent(coverage.held, coverage.tries)} |`,
];

/** Which part of a proof was cut off, without its counters. */
const partOf = ({ finished, during }: Killed): string =>
  finished ? 'it had ended' : (/^hotloop: ([^:(,]+)/.exec(during)?.[1]?.trim() ?? 'it had said nothing yet');

function killTable(killed: readonly Killed[]): string[] {
  if (killed.length === 0) return [];
  const sum = (own: readonly Killed[], of: (each: Killed) => number): number => own.reduce((total, each) => total + of(each), 0);
  const rows = [...new Set(killed.map(partOf))].sort().map((part) => {
    const own = killed.filter((each) => partOf(each) === part);
    const left = sum(own, ({ processes, folders }) => processes.length + folders.length);
    return `| ${part} | ${own.length} | ${sum(own, ({ abandoned }) => Math.min(1, abandoned))} | ${left} | ${sum(own, ({ changed }) => changed.length)} |`;
  });
  return [
    '',
    '## Killed',
    '',
    `${killed.length} proofs, each killed (SIGKILL) at another moment; then Hotloop is started again.`,
    '',
    '| the last that it said | times | left folders | processes and folders left after the next start | files of the project changed |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const perPage = Number(words.find((word) => word.startsWith('mutants='))?.slice(8) ?? 20);
  const names = words.filter((word) => !word.includes('='));
  const kills = Number(words.find((word) => word.startsWith('kills='))?.slice(6) ?? (names.length > 0 ? 0 : 100));
  await loadSyntax();
  const warm = new WarmPython();
  const pages: PageResult[] = [];
  try {
    for (const file of refactorFiles()) {
      if (names.length > 0 && !names.includes(file.id)) continue;
      const page = await tryPage(file, warm, perPage);
      pages.push(page);
      const rejected = page.mutants.filter(({ outcome }) => outcome === 'rejected').length;
      const same = page.mutants.filter(({ outcome }) => outcome === 'same').length;
      process.stdout.write(`${page.refactor}\t${rejected} of ${page.mutants.length} rejected, ${same} are the same on the page's input\n`);
    }
  } finally {
    warm.close();
  }
  if (kills > 0) buildCli();
  const killed = kills > 0 ? await killProofs(moments(kills, LONGEST_KILLED)) : [];
  const simulated = await simulate();
  const text = [
    '# Proof: what a wrong candidate is told by, and how honest the intervals are',
    `\n\`npm run bench -- proof${words.length === 0 ? '' : ` ${words.join(' ')}`}\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${os.cpus()[0]?.model ?? ''}\n`,
    '## Mutants\n',
    "Made mechanically from every page's `after`, in lines that run on the page's own input, and tried as candidates are: on that input, on smaller ones, and in spawned processes. A mutant that leaves nothing else behind on the page's input, as one of a guard that only chooses the slower way, is not tried.\n",
    ...mutantTable(pages),
    ...simulationTable(simulated),
    ...killTable(killed),
    ...survivors(pages),
  ].join('\n');
  process.stdout.write(`\n${text}\n`);
  if (names.length === 0) {
    mkdirSync(path.join(root, 'docs/benchmarks'), { recursive: true });
    writeFileSync(path.join(root, 'docs/benchmarks/proof.md'), `${text}\n`);
  }
}

await main();
