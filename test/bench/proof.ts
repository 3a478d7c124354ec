/**
 * How well a wrong candidate is told, and how honest the intervals are.
 *   npm run bench -- proof [mutants=N a page, 20 where left out] [page ...]
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
import { tryPage, type PageResult } from './proof-mutants';
import { simulate, type Simulated } from './proof-simulation';

const root = path.resolve(import.meta.dirname, '../..');
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

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const perPage = Number(words.find((word) => word.startsWith('mutants='))?.slice(8) ?? 20);
  const names = words.filter((word) => !word.includes('='));
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
  const simulated = await simulate();
  const text = [
    '# Proof: what a wrong candidate is told by, and how honest the intervals are',
    `\n\`npm run bench -- proof${words.length === 0 ? '' : ` ${words.join(' ')}`}\`, ${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${os.cpus()[0]?.model ?? ''}\n`,
    '## Mutants\n',
    "Made mechanically from every page's `after`, in lines that run on the page's own input, and tried as candidates are: on that input, on smaller ones, and in spawned processes. A mutant that leaves nothing else behind on the page's input, as one of a guard that only chooses the slower way, is not tried.\n",
    ...mutantTable(pages),
    ...simulationTable(simulated),
    ...survivors(pages),
  ].join('\n');
  process.stdout.write(`\n${text}\n`);
  if (names.length === 0) {
    mkdirSync(path.join(root, 'docs/benchmarks'), { recursive: true });
    writeFileSync(path.join(root, 'docs/benchmarks/proof.md'), `${text}\n`);
  }
}

await main();
