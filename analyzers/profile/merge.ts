import type { Effect, FrameFact, LibraryCost, LineCost, LineDetail, ProcessSummary, Profile, Sample, Seconds, Share, Stack } from '../types';
import { bytes, formatSeconds, seconds } from '../platform/units';
import type { Cost, Detail, PathCost, Point, ProcessJournal, Via } from './process-journal';

const mostPoints = 2000;

type Measured = Omit<Profile, 'source' | 'run' | 'interpreter'>;

/** One profile from the journals of all processes. Costs of threads and children add up, so a line may hold more seconds than the run took. */
export function mergeJournals(journals: readonly ProcessJournal[]): Measured {
  const main = journals.find((journal) => journal.kind === 'main');
  // A fork server runs nothing of the program, it only has the children.
  const onlyForks = (journal: ProcessJournal): boolean => journal.lines.size === 0 && journals.some((other) => other.parent === journal.pid);
  const children = journals.filter((journal) => journal !== main && journal.pid !== 0 && !onlyForks(journal));
  const all = main ? [main, ...children] : children;
  return {
    files: [...new Set(all.flatMap((journal) => [...journal.files, ...journal.modules]))].sort(),
    interval: seconds(main?.interval ?? 0),
    lines: mergeLines(all),
    stacks: mergeStacks(all),
    timeline: mergeTimelines(main, children),
    processes: all.map(summary),
    effects: mergeEffects(all),
    frames: mergeFrames(all),
    locked: seconds(all.reduce((sum, journal) => sum + journal.lock, 0)),
    details: mergeDetails(all),
    libraries: all.flatMap((journal) => [...journal.libraries.values()].map((via) => libraryCost(via, journal.kind))),
    strays: mergeStrays(all),
    notes: notes(main, all),
  };
}

function summary(journal: ProcessJournal): ProcessSummary {
  return {
    pid: journal.pid,
    parent: journal.parent,
    seconds: seconds(Math.max(0, journal.lastAt - journal.startedAt)),
    cpuSeconds: seconds(journal.cpu),
    kind: journal.kind,
  };
}

function mergeLines(all: readonly ProcessJournal[]): LineCost[] {
  const lines = new Map<string, Cost & { file: string; line: number }>();
  for (const journal of all) {
    for (const [key, cost] of journal.lines) {
      const sum = lines.get(key);
      if (!sum) lines.set(key, { ...cost });
      else {
        sum.python += cost.python;
        sum.native += cost.native;
        sum.wait += cost.wait;
        sum.alloc += cost.alloc;
        sum.hits += cost.hits;
      }
    }
  }
  return [...lines.values()]
    .map(({ file, line, python, native, wait, alloc, hits }) => ({
      file,
      line,
      python: seconds(python),
      native: seconds(native),
      wait: seconds(wait),
      alloc: bytes(Math.round(alloc)),
      hits: Math.round(hits),
    }))
    .sort((a, b) => b.python + b.native + b.wait - (a.python + a.native + a.wait) || a.line - b.line);
}

function mergeDetails(all: readonly ProcessJournal[]): LineDetail[] {
  const details = new Map<string, Detail>();
  for (const journal of all) {
    for (const [key, detail] of journal.details) {
      const sum = details.get(key);
      if (!sum) details.set(key, { ...detail });
      else {
        sum.cpu += detail.cpu;
        sum.long += detail.long;
        sum.system += detail.system;
        sum.faults += detail.faults;
      }
    }
  }
  return [...details.values()].map(({ file, line, cpu, long, system, faults }) => ({
    file,
    line,
    cpu: seconds(cpu),
    long: seconds(long),
    system: seconds(system),
    faults,
  }));
}

const libraryCost = ({ busy, wait, ...place }: Via, process: 'main' | 'child'): LibraryCost => ({ ...place, busy: seconds(busy), wait: seconds(wait), process }); // prettier-ignore

function mergeStrays(all: readonly ProcessJournal[]): Record<string, Seconds> {
  const sums: Record<string, Seconds> = {};
  for (const [running, busy] of all.flatMap((journal) => [...journal.strays])) sums[running] = seconds((sums[running] ?? 0) + busy);
  return sums;
}

function mergeStacks(all: readonly ProcessJournal[]): Stack[] {
  const stacks = new Map<string, PathCost>();
  for (const journal of all) {
    for (const stack of journal.stacks.values()) {
      const key = stack.frames.map((frame) => `${frame.line}:${frame.name}:${frame.file}`).join('\n');
      const sum = stacks.get(key);
      if (!sum) stacks.set(key, { ...stack });
      else {
        sum.seconds += stack.seconds;
        sum.native += stack.native;
        sum.wait += stack.wait;
      }
    }
  }
  return [...stacks.values()]
    .filter((stack) => stack.frames.length > 0)
    .map(({ frames, seconds: total, native, wait }) => ({ frames, seconds: seconds(total), native: seconds(native), wait: seconds(wait) }))
    .sort((a, b) => b.seconds - a.seconds);
}

/** Processor use is in cores: 1.5 is one and a half. */
function mergeTimelines(main: ProcessJournal | undefined, children: readonly ProcessJournal[]): Sample[] {
  if (!main) return [];
  const others = children.map((child) => ({ child, next: 0, last: null as Point | null }));
  const samples = main.timeline.map((point) => {
    const sample = { at: point.at - main.startedAt, cpu: point.cpu, rss: point.rss, threads: point.threads, processes: 1 };
    for (const other of others) {
      const { child } = other;
      for (let next = child.timeline[other.next]; next && next.at <= point.at; next = child.timeline[other.next]) {
        other.last = next;
        other.next += 1;
      }
      if (child.startedAt > point.at || child.lastAt < point.at) continue;
      sample.processes += 1;
      const seen = other.last ?? child.timeline[0];
      if (!seen) continue;
      sample.cpu += seen.cpu;
      sample.rss += seen.rss;
      sample.threads += seen.threads;
    }
    return sample;
  });
  const step = Math.ceil(samples.length / mostPoints);
  const thinned: Sample[] = [];
  for (let at = 0; at < samples.length; at += step) {
    const group = samples.slice(at, at + step);
    const first = group[0];
    if (!first) break;
    thinned.push({
      at: seconds(Math.max(0, first.at)),
      cpu: (group.reduce((sum, sample) => sum + sample.cpu, 0) / group.length) as Share,
      rss: bytes(Math.max(...group.map((sample) => sample.rss))),
      threads: Math.max(...group.map((sample) => sample.threads)),
      processes: Math.max(...group.map((sample) => sample.processes)),
    });
  }
  return thinned;
}

function mergeEffects(all: readonly ProcessJournal[]): Effect[] {
  const effects = new Map<string, Effect>();
  for (const effect of all.flatMap((journal) => journal.effects)) {
    const key = `${effect.kind} ${effect.target}`;
    const sum = effects.get(key);
    if (sum) sum.count += effect.count;
    else effects.set(key, { ...effect });
  }
  return [...effects.values()];
}

function mergeFrames(all: readonly ProcessJournal[]): FrameFact[] {
  const frames = new Map<string, FrameFact>();
  for (const journal of all) {
    for (const [key, frame] of journal.frames) {
      const known = frames.get(key);
      frames.set(key, known ? { ...known, values: { ...frame.values, ...known.values } } : frame);
    }
  }
  return [...frames.values()];
}

function notes(main: ProcessJournal | undefined, all: readonly ProcessJournal[]): string[] {
  const found: string[] = [];
  if (!main) return ['The program ended before anything of it could be measured.'];
  if (main.taken === 0) found.push('The program ended before a sample was taken.');
  if (main.mode === 'thread') found.push('Sampled by a thread instead of a timer: native time is told less exactly.');
  if (!main.ended) found.push('The program ended at once; what it did last, up to half a second, is not in the profile.');
  const own = all.reduce((sum, journal) => sum + journal.own, 0);
  const cpu = all.reduce((sum, journal) => sum + journal.cpu, 0);
  if (cpu > 0.5 && own / cpu > 0.05) found.push(`Measuring itself took ${formatSeconds(seconds(own))} of processor time.`);
  const unreadable = all.reduce((sum, journal) => sum + journal.unreadable, 0);
  if (unreadable > 0) found.push(`${unreadable} records of the measurement could not be read.`);
  return found;
}
