/**
 * How often the verdicts are right, on programs whose label is known (test/verdicts/README.md): every program goes through the pipeline as a person's would.
 *   npm run bench -- verdicts                    both halves
 *   npm run bench -- verdicts --half tune        the half that may be looked at; only the whole writes docs/benchmarks/verdicts.md
 *   npm run bench -- verdicts --only legality    or bottlenecks
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, type } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { runPipeline, type PipelineHost, type PipelineRequest } from '../../analyzers/pipeline';
import { seconds } from '../../analyzers/platform/units';
import type { Report } from '../../analyzers/types';
import { bottleneckTables, legalityTables, type BottleneckAnswer, type LegalityAnswer } from './verdict-tables';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'test/verdicts');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
/** A labelled program runs for a few seconds; on a busy machine a few times that. */
const LIMIT = seconds(60);
const RERUNS = seconds(60);

const half = v.picklist(['tune', 'final']);
const BottleneckLabels = v.array(
  v.object({ script: v.string(), half, bottleneck: v.string(), detail: v.nullable(v.string()), acceptable: v.array(v.string()), acceptableDetails: v.array(v.string()) }),
); // prettier-ignore
const LegalityLabels = v.array(v.object({ script: v.string(), half, line: v.number(), legal: v.boolean(), pattern: v.string() }));

function readLabels<T extends v.GenericSchema>(schema: T, kind: string): v.InferOutput<T> {
  return v.parse(schema, JSON.parse(readFileSync(path.join(folder, kind, 'labels.json'), 'utf8')));
}

/** Bottlenecks need no more than the profile; loops are also watched in a second run. Null where the pipeline refuses. The program runs from a folder of its own, so that its project is nothing else. */
async function reportOf(original: string, depth: PipelineRequest['depth']): Promise<Report | null> {
  const place = realpathSync(mkdtempSync(path.join(tmpdir(), 'hotloop-bench-')));
  const script = path.join(place, path.basename(original));
  copyFileSync(original, script);
  try {
    return await reportIn(script, depth);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function reportIn(script: string, depth: PipelineRequest['depth']): Promise<Report | null> {
  const host: PipelineHost = {
    signal: new AbortController().signal,
    progress: () => undefined,
    partial: () => undefined,
    ask: null,
    output: { stdout: () => undefined, stderr: () => undefined },
    launch: null,
  };
  const command = { kind: 'script' as const, target: script, args: [], cwd: path.dirname(script) };
  const done = await runPipeline(
    { depth, command, python, budget: RERUNS, limit: LIMIT, workers: null, stdin: null, workspace: null, patch: null, yes: true },
    host,
  );
  if (!done.ok) process.stdout.write(`    ${done.refusal.why}\n`);
  return done.ok ? done.value : null;
}

async function bottlenecks(wanted: readonly string[]): Promise<BottleneckAnswer[]> {
  const answers: BottleneckAnswer[] = [];
  for (const label of readLabels(BottleneckLabels, 'bottlenecks').filter((one) => wanted.includes(one.half))) {
    const script = path.join(folder, 'bottlenecks', label.script);
    const verdict = (await reportOf(script, 'profile'))?.verdict ?? { bottleneck: 'none', confidence: 0, because: [] };
    const detail = 'detail' in verdict ? (verdict.detail ?? null) : null;
    const right = [label.bottleneck, ...label.acceptable].includes(verdict.bottleneck);
    answers.push({
      script: label.script,
      label: label.bottleneck,
      // Where a fair expert would accept another class, it counts as the label.
      answer: right ? label.bottleneck : verdict.bottleneck,
      confidence: verdict.confidence,
      detail: label.detail === null || verdict.bottleneck !== label.bottleneck ? null : { right: [label.detail, ...label.acceptableDetails].includes(detail ?? '') },
    }); // prettier-ignore
    process.stdout.write(`${right ? ' ' : 'X'} ${label.script}: ${label.bottleneck}, ${label.detail ?? '-'} | ${verdict.bottleneck}, ${detail ?? '-'} (${verdict.confidence})\n`); // prettier-ignore
  }
  return answers;
}

async function legality(wanted: readonly string[]): Promise<LegalityAnswer[]> {
  const answers: LegalityAnswer[] = [];
  for (const label of readLabels(LegalityLabels, 'legality').filter((one) => wanted.includes(one.half))) {
    const script = path.join(folder, 'legality', label.half, label.script);
    const report = await reportOf(script, 'advise');
    const loops = (report?.hotspots ?? []).filter(
      (one) => one.kind === 'loop' && path.basename(one.file) === label.script && one.startLine === label.line,
    );
    // Of two loops that start on one line the outer one has more of the time.
    const [loop] = loops.sort((a, b) => b.share - a.share);
    const verdict = loop?.legality?.verdict ?? 'not hot';
    const accepted = verdict === 'independent' || verdict === 'observed';
    answers.push({ script: `${label.half}/${label.script}`, legal: label.legal, pattern: label.pattern, verdict, accepted });
    const [why] = accepted ? [] : (loop?.legality?.steps.slice(-1) ?? []);
    process.stdout.write(`${accepted === label.legal ? ' ' : 'X'} ${label.half}/${label.script}:${label.line}: ${label.legal ? 'legal' : 'illegal'} | ${verdict}${why ? `: ${why.text}` : ''}\n`); // prettier-ignore
  }
  return answers;
}

async function main(): Promise<void> {
  const option = (name: string): string | null => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? null : (process.argv[at + 1] ?? null);
  };
  const halves = option('half') === null ? ['tune', 'final'] : [option('half') ?? ''];
  const only = option('only');
  const busy = loadavg()[0] ?? 0;
  const parts: string[] = [];
  if (only !== 'legality') parts.push(bottleneckTables(await bottlenecks(halves)));
  if (only !== 'bottlenecks') parts.push(legalityTables(await legality(halves)));
  const [cpu] = cpus();
  const command = `npm run bench -- ${['verdicts', ...process.argv.slice(2)].join(' ')}`;
  const head = `# Verdicts\n\nMade by \`${command}\` on ${new Date().toISOString().slice(0, 10)}: ${type()} ${release()}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${busy.toFixed(1)} other programs running at the start.\nThe programs and how they were labelled: [test/verdicts](../../test/verdicts/README.md).\n`;
  const text = [head, ...parts].join('\n');
  process.stdout.write(`\n${text}`);
  if (only !== null) return;
  const name = halves.length === 2 ? 'verdicts.md' : `verdicts-${halves[0] ?? ''}.md`;
  mkdirSync(path.join(root, 'docs/benchmarks'), { recursive: true });
  writeFileSync(path.join(root, 'docs/benchmarks', name), text);
}

void main();
