/** Findings on parallel code written in a test; `# took python=2 wait=1` at the end of a line is what the profile says of it, in seconds. */
import { bytes, seconds, share } from '../../../analyzers/platform/units';
import { readModule } from '../../../analyzers/syntax/python-module';
import { findParallelFindings } from '../../../analyzers/verdict/parallel/findings';
import type { Finding, Profile } from '../../../analyzers/types';
import { profileOf, sourceOf } from '../hotspots/profiles';

export interface SampleRun {
  /** Wall time of the run; without it, what the lines add up to. */
  seconds?: number;
  /** CPU seconds of the child processes. */
  children?: number[];
  /** Processes and threads at one time, at most. */
  processes?: number;
  threads?: number;
  locked?: number;
  more?: Partial<Profile>;
  environment?: string[];
}

const FILE = '/p/sample.py';

/** Costs by line; the call path is the function around the line. */
function costs(text: string): Parameters<typeof profileOf>[1] {
  const module = readModule(sourceOf(FILE, text));
  return text.split('\n').flatMap((line, index) => {
    const took = /# took (.*)$/.exec(line)?.[1];
    if (took === undefined) return [];
    const parts = Object.fromEntries(took.split(' ').map((part) => part.split('=') as [string, string]));
    const [python, native, wait] = ['python', 'native', 'wait'].map((kind) => Number(parts[kind] ?? 0)) as [number, number, number];
    const owner = module.functions.findLast(({ span }) => span.start.line <= index && index <= span.end.line);
    return [[[[owner?.name ?? '<module>', index + 1]], python + native + wait, { native, wait }] as const];
  });
}

export function findingsIn(text: string, run: SampleRun = {}): Finding[] {
  const source = sourceOf(FILE, text);
  const profile = profileOf(source, costs(text), run.more ?? {});
  if (run.seconds !== undefined) profile.run = { ...profile.run, seconds: seconds(run.seconds) };
  if (run.locked !== undefined) profile.locked = seconds(run.locked);
  const kind = 'child' as const;
  const children = (run.children ?? []).map((cpu, index) => ({ pid: 2 + index, parent: 1, seconds: seconds(cpu), cpuSeconds: seconds(cpu), kind }));
  if (children.length > 0) profile.processes = [...profile.processes, ...children];
  const { processes = 1, threads = 1 } = run;
  profile.timeline = [{ at: seconds(0), cpu: share(1), rss: bytes(0), threads, processes }];
  return findParallelFindings([readModule(source)], profile, run.environment ?? []);
}

/** `code:line`, lines from 1. */
export const codesIn = (text: string, run: SampleRun = {}): string[] =>
  findingsIn(text, run).map(({ code, span }) => `${code}:${span.start.line + 1}`);
/** Only those of one rule. */
export const linesOf = (code: string, text: string, run: SampleRun = {}): number[] =>
  findingsIn(text, run).flatMap((finding) => (finding.code === code ? [finding.span.start.line + 1] : []));
