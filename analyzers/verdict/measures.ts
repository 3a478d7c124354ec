import type { Hotspot, LineCost, Profile, Span } from '../types';

/** Busy, waiting and growing: what a stretch of the program did with its seconds. Sums over threads and processes. */
export interface Measures {
  python: number;
  native: number;
  wait: number;
  /** Bytes by which memory grew. */
  grown: number;
  samples: number;
  /** The line with most of it. */
  top: LineCost | null;
}

const costOf = (line: LineCost): number => line.python + line.native + line.wait;
const within = (span: Span, line: number): boolean => line > span.start.line && line <= span.end.line + 1;

export function measureRun(profile: Profile): Measures {
  return sumOf(profile.lines);
}

/** Costs are inclusive, as the hotspot has them; growth and the top line are those of its own lines. */
export function measureHotspot(hotspot: Hotspot, profile: Profile): Measures {
  const own = sumOf(profile.lines.filter((line) => line.file === hotspot.file && within(hotspot.span, line.line)));
  return { ...own, python: hotspot.python, native: hotspot.native, wait: hotspot.wait };
}

function sumOf(lines: readonly LineCost[]): Measures {
  const sum: Measures = { python: 0, native: 0, wait: 0, grown: 0, samples: 0, top: null };
  for (const line of lines) {
    sum.python += line.python;
    sum.native += line.native;
    sum.wait += line.wait;
    sum.grown += line.alloc;
    sum.samples += line.hits ?? 0;
    if (sum.top === null || costOf(line) > costOf(sum.top)) sum.top = line;
  }
  return sum;
}

/** How the whole process tree used the machine. */
export interface Usage {
  seconds: number;
  /** Cores in use on average, children included. */
  cores: number;
  children: number;
  childCpu: number;
  /** The children's part of all processor time. */
  childShare: number;
  threads: number;
  /** Waited for the interpreter lock, as a part of the wall time; 1 is one thread all the time. */
  locked: number;
}

export function usageOf(profile: Profile): Usage {
  const children = profile.processes.filter((process) => process.kind === 'child');
  const total = Math.max(profile.run.seconds, 1e-9);
  const childCpu = children.reduce((sum, child) => sum + child.cpuSeconds, 0);
  return {
    seconds: profile.run.seconds,
    cores: profile.run.cpuSeconds / total,
    children: children.length,
    childCpu,
    childShare: childCpu / Math.max(profile.run.cpuSeconds, 1e-9),
    threads: profile.timeline.reduce((most, sample) => Math.max(most, sample.threads - sample.processes + 1), 1),
    locked: (profile.locked ?? 0) / total,
  };
}

/** Busy seconds in stacks that hold one of the script's own `async def`s: while they last, the event loop does nothing else. */
export function busyInCoroutines(profile: Profile, span: Span | null): number {
  const names = new Set([...profile.source.text.matchAll(/^[ \t]*async\s+def\s+(\w+)/gm)].map((match) => match[1]));
  if (names.size === 0) return 0;
  let busy = 0;
  for (const stack of profile.stacks) {
    const inCoroutine = stack.frames.some((frame) => frame.file === profile.source.path && names.has(frame.name.split('.').at(-1)));
    const inSpan = span === null || stack.frames.some((frame) => frame.file === profile.source.path && within(span, frame.line));
    if (inCoroutine && inSpan) busy += stack.seconds - (stack.wait ?? 0);
  }
  return busy;
}
