import type { Hotspot, LineCost, LineDetail, Profile, Span } from '../types';
import type { PythonModule } from '../syntax/python-module';
import { Sites } from './sites';
import { callsCompiled, hasLargeCall, isTrivial, trafficOf, type Traffic } from './traffic';
import { isScheduling, isWorkers, waitOfLine, type WaitFor } from './waits';

/** One line's seconds on a processor by what they went into, and its wait by what for. Sums over threads and processes. */
export interface LineMeasure {
  file: string;
  line: number;
  python: number;
  native: number;
  /** Fetching, copying or passing over memory. */
  memory: number;
  /** Of `memory`: made by the kernel, which hands out the pages. */
  pages: number;
  /** Starting, feeding and joining processes and threads. */
  machinery: number;
  wait: number;
  waitsFor: WaitFor | null;
  traffic: Traffic | null;
  samples: number;
  grown: number;
  faults: number;
}
/** What a stretch of the program did with its seconds. */
export interface Measures {
  python: number;
  native: number;
  memory: number;
  machinery: number;
  /** Waits of the program itself for the outside; those for workers of its own are apart. */
  wait: number;
  waitForWorkers: number;
  /** Waits of its threads for nothing but their turn: a line that only computes waits for the interpreter lock. */
  waitForTurn: number;
  waits: Map<WaitFor | 'unknown', number>;
  samples: number;
  lines: LineMeasure[];
}

const within = (span: Span, line: number): boolean => line > span.start.line && line <= span.end.line + 1;
const keyOf = (place: { file: string; line: number }): string => `${place.line}:${place.file}`;

/** Fresh pages come at this rate a second of kernel time, or more: 4 KiB pages take about 1 us each, and input and output makes far fewer. */
const PAGES_PER_SECOND = 20_000;
/** A name on the line holds this much: then pages are huge ones, of which few are made. */
const LARGE_BUFFER = 1 << 20;
/** Of a line in a short compiled call, the part that is not the interpreter's. */
const COMPILED_PART = 0.85;

/** A profile with its code, read once. */
export class Measured {
  static readonly #known = new WeakMap<Profile, Measured>();
  readonly sites: Sites;
  readonly lines = new Map<string, LineMeasure>();
  /** Several threads of its own work, and one waits for the others. */
  readonly #takesTurns: boolean;

  constructor(
    readonly profile: Profile,
    readonly modules: readonly PythonModule[],
  ) {
    this.sites = new Sites(modules, profile);
    const details = new Map((profile.details ?? []).map((detail) => [keyOf(detail), detail]));
    for (const cost of profile.lines) this.lines.set(keyOf(cost), this.#line(cost, details.get(keyOf(cost))));
    const { threads, children } = usageOf(profile);
    this.#takesTurns = threads > 1 && children === 0 && [...this.lines.values()].some(({ wait, waitsFor }) => wait > 0 && waitsFor === 'workers');
  }

  /** The same for the run and each of its hotspots. */
  static of(profile: Profile, modules: readonly PythonModule[]): Measured {
    const known = Measured.#known.get(profile);
    if (known?.modules === modules) return known;
    const made = new Measured(profile, modules);
    Measured.#known.set(profile, made);
    return made;
  }

  run(): Measures {
    return this.#sum([...this.lines.values()], this.#mainWaits());
  }

  /** Costs are inclusive, as the hotspot has them: each path is taken apart as the line that it ends in. */
  hotspot(hotspot: Hotspot): Measures {
    const parts = new Map<string, { busy: number; wait: number }>();
    for (const stack of this.profile.stacks) {
      const leaf = stack.frames[stack.frames.length - 1];
      if (!leaf || !stack.frames.some((frame) => frame.file === hotspot.file && within(hotspot.span, frame.line))) continue;
      const key = keyOf(leaf);
      const part = parts.get(key) ?? { busy: 0, wait: 0 };
      part.busy += stack.seconds - (stack.wait ?? 0);
      part.wait += stack.wait ?? 0;
      parts.set(key, part);
    }
    if (parts.size === 0) {
      for (const line of this.lines.values()) {
        if (line.file === hotspot.file && within(hotspot.span, line.line)) parts.set(keyOf(line), { busy: Infinity, wait: Infinity });
      }
    }
    const costs = new Map(this.profile.lines.map((cost) => [keyOf(cost), cost]));
    const lines = [...parts].flatMap(([key, { busy, wait }]) => {
      const whole = this.lines.get(key);
      const cost = costs.get(key);
      if (!whole || !cost) return [];
      return [scaled(whole, portion(busy, cost.python + cost.native), portion(wait, cost.wait))];
    });
    return this.#sum(lines, new Map());
  }

  #line(cost: LineCost, detail: LineDetail | undefined): LineMeasure {
    const { file, line } = cost;
    const own = this.sites.at(file, line);
    const late = detail !== undefined && detail.long > 0.5 * detail.cpu && isTrivial(own);
    const site = late ? this.sites.above(file, line) : own;
    const wall = cost.python + cost.native;
    const cpu = detail?.cpu ?? wall;
    const libraries = (this.profile.libraries ?? []).filter((one) => one.file === file && one.line === line);
    const sumOf = (chosen: (name: string) => boolean): number => libraries.reduce((sum, one) => sum + (chosen(one.called) || chosen(one.running) ? one.busy : 0), 0); // prettier-ignore
    const machinery = Math.min(cpu, sumOf(isScheduling));
    const left = cpu - machinery;
    const long = Math.min(left, detail?.long ?? cost.native);
    const compiled = Math.min(
      left,
      sumOf((name) => /^(numpy|scipy|pandas)\//.test(name)),
    );
    const guess = wall > 0 ? cost.native / wall : 0;
    const native = hasLargeCall(site) ? left : Math.max(long, compiled, callsCompiled(site) ? Math.max(COMPILED_PART, guess) * left : 0);
    const system = Math.min(left, detail?.system ?? 0);
    const large = Object.values(site.values).some((fact) => (fact.length ?? 0) >= LARGE_BUFFER || (fact.shape ?? []).reduce((a, b) => a * b, fact.shape ? 8 : 0) >= LARGE_BUFFER); // prettier-ignore
    const faults = detail?.faults ?? 0;
    const pages = system > 0 && faults >= (large ? PAGES_PER_SECOND / 100 : PAGES_PER_SECOND) * system ? system : 0;
    const waitsFor = cost.wait > 0 ? waitOfLine(this.profile, this.sites, file, line) : null;
    // What the system does for an input or output that is then waited for is a part of that.
    const io = waitsFor !== null && waitsFor !== 'workers' && cost.wait > system && pages === 0 ? system : 0;
    const traffic = trafficOf(site);
    // Thousands of elements cost far more than the instructions around them, however short each time is.
    const memory = traffic !== null ? left : pages;
    const rest = Math.max(0, left - memory - io);
    const computed = left > 0 ? rest * (native / left) : 0;
    return {
      ...{ file, line, machinery, memory, pages, native: computed, python: rest - computed, wait: cost.wait + io, waitsFor, traffic },
      ...{ samples: cost.hits ?? 0, grown: cost.alloc, faults },
    };
  }

  /** Of a line's waits those of the main process: a worker that has nothing to do is nobody's bottleneck. */
  #mainWaits(): Map<string, number> {
    const waits = new Map<string, number>();
    for (const one of this.profile.libraries ?? []) {
      if (one.process === 'child') waits.set(keyOf(one), (waits.get(keyOf(one)) ?? 0) + one.wait);
    }
    return waits;
  }

  #sum(lines: LineMeasure[], ofChildren: ReadonlyMap<string, number>): Measures {
    const sum: Measures = {
      python: 0,
      native: 0,
      memory: 0,
      machinery: 0,
      wait: 0,
      waitForWorkers: 0,
      waitForTurn: 0,
      waits: new Map(),
      samples: 0,
      lines,
    };
    for (const line of lines) {
      sum.python += line.python;
      sum.native += line.native;
      sum.memory += line.memory;
      sum.machinery += line.machinery;
      sum.samples += line.samples;
      const wait = Math.max(0, line.wait - (ofChildren.get(keyOf(line)) ?? 0));
      if (line.waitsFor === null && this.#takesTurns) {
        sum.waitForTurn += wait;
        continue;
      }
      if (line.waitsFor === 'workers') sum.waitForWorkers += wait;
      else sum.wait += wait;
      const kind = line.waitsFor ?? 'unknown';
      if (wait > 0) sum.waits.set(kind, (sum.waits.get(kind) ?? 0) + wait);
    }
    return sum;
  }
}

const portion = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);

function scaled(line: LineMeasure, busy: number, wait: number): LineMeasure {
  const { python, native, memory, pages, machinery } = line;
  return {
    ...line,
    ...{ python: python * busy, native: native * busy, memory: memory * busy, pages: pages * busy, machinery: machinery * busy },
    ...{ wait: line.wait * wait, samples: line.samples * Math.max(busy, wait), grown: line.grown * busy, faults: line.faults * busy },
  };
}

export const busyOf = (line: LineMeasure): number => line.python + line.native + line.memory + line.machinery;

/** How the whole process tree used the machine. */
export interface Usage {
  seconds: number;
  /** Cores in use on average, children included. */
  cores: number;
  cpu: number;
  children: number;
  childCpu: number;
  /** The busiest child's part of what all children did. */
  busiest: number;
  /** The children's part of all processor time. */
  childShare: number;
  threads: number;
  /** Waited for the interpreter lock, as a part of the wall time; 1 is one thread all the time. */
  locked: number;
  /** Processor seconds in libraries' own threads that feed and listen to workers. */
  feeding: number;
}

export function usageOf(profile: Profile): Usage {
  const children = profile.processes.filter((process) => process.kind === 'child');
  const total = Math.max(profile.run.seconds, 1e-9);
  const childCpu = children.reduce((sum, child) => sum + child.cpuSeconds, 0);
  return {
    seconds: profile.run.seconds,
    cores: profile.run.cpuSeconds / total,
    cpu: profile.run.cpuSeconds,
    children: children.length,
    childCpu,
    busiest: Math.max(0, ...children.map((child) => child.cpuSeconds)) / Math.max(childCpu, 1e-9),
    childShare: childCpu / Math.max(profile.run.cpuSeconds, 1e-9),
    threads: profile.timeline.reduce((most, sample) => Math.max(most, sample.threads - sample.processes + 1), 1),
    locked: (profile.locked ?? 0) / total,
    feeding: Object.entries(profile.strays ?? {}).reduce(
      (sum, [library, busy]) => sum + (isWorkers(library) && library !== 'threading' ? busy : 0),
      0,
    ),
  };
}

/** Seconds in paths that hold a coroutine of the user's own, busy or in a blocking wait: while they last, the event loop serves nobody else. */
export function blockedByCoroutines(measured: Measured, span: { file: string; span: Span } | null): { seconds: number; line: LineMeasure | null } {
  const { profile, sites, lines } = measured;
  const costs = new Map(profile.lines.map((cost) => [keyOf(cost), cost]));
  let seconds = 0;
  let most: { line: LineMeasure; seconds: number } | null = null;
  const byLine = new Map<string, number>();
  for (const stack of profile.stacks) {
    if (!stack.frames.some((frame) => sites.isCoroutine(frame.file, frame.name))) continue;
    if (span && !stack.frames.some((frame) => frame.file === span.file && within(span.span, frame.line))) continue;
    const leaf = stack.frames[stack.frames.length - 1];
    const key = leaf ? keyOf(leaf) : '';
    const line = lines.get(key);
    const cost = costs.get(key);
    if (!line || !cost || line.waitsFor === 'loop') continue;
    // On a busy machine a part of the wall time is a wait for a core, which is nobody's here.
    const busy = portion(stack.seconds - (stack.wait ?? 0), cost.python + cost.native) * busyOf(line) + (stack.wait ?? 0);
    seconds += busy;
    const own = (byLine.get(key) ?? 0) + busy;
    byLine.set(key, own);
    if (!most || own > most.seconds) most = { line, seconds: own };
  }
  return { seconds, line: most?.line ?? null };
}
