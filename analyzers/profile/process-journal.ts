import type { Effect, FrameFact, ValueFact } from '../types';
import { parseRecord, valueFact, type Tick } from './journal';

export interface Cost {
  python: number;
  native: number;
  wait: number;
  alloc: number;
  hits: number;
}
export interface Detail {
  file: string;
  line: number;
  cpu: number;
  long: number;
  system: number;
  faults: number;
}
export interface Via {
  file: string;
  line: number;
  called: string;
  running: string;
  busy: number;
  wait: number;
}
export interface PathCost {
  frames: { file: string; line: number; name: string }[];
  seconds: number;
  native: number;
  wait: number;
}
export interface Point {
  at: number;
  cpu: number;
  rss: number;
  threads: number;
}

/** What one process has told of itself so far: the sum of its records. Times are seconds of the machine's monotonic clock. */
export class ProcessJournal {
  pid = 0;
  parent = 0;
  kind: 'main' | 'child' = 'child';
  startedAt = 0;
  lastAt = 0;
  cpu = 0;
  mode = '';
  interval = 0;
  taken = 0;
  own = 0;
  lock = 0;
  ended = false;
  unreadable = 0;
  readonly files: string[] = [];
  readonly modules: string[] = [];
  readonly lines = new Map<string, Cost & { file: string; line: number }>();
  readonly details = new Map<string, Detail>();
  readonly libraries = new Map<string, Via>();
  readonly strays = new Map<string, number>();
  readonly stacks = new Map<string, PathCost>();
  readonly timeline: Point[] = [];
  readonly frames = new Map<string, FrameFact>();
  effects: Effect[] = [];
  private readonly codes: { file: string; name: string; firstLine: number }[] = [];
  private rest = '';

  /** Takes the next piece of the side file; the last line may come in parts. */
  feed(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') this.take(line);
    }
  }

  private take(line: string): void {
    const record = parseRecord(line);
    if (record === null) {
      this.unreadable += 1;
      return;
    }
    if (record.t === 'start') {
      this.pid = record.pid;
      this.parent = record.parent;
      this.kind = record.kind;
      this.startedAt = record.at;
    } else if (record.t === 'tick') {
      this.add(record);
    } else {
      this.ended = true;
      this.cpu = record.cpu;
      this.modules.push(...record.modules);
    }
    this.lastAt = record.at;
  }

  private add(tick: Tick): void {
    this.cpu = tick.cpu;
    if (tick.mode !== 'off') this.mode = tick.mode;
    this.interval = tick.interval;
    this.taken = tick.taken;
    this.own = tick.own;
    this.lock = tick.lock;
    this.files.push(...tick.files);
    for (const [file, name, firstLine] of tick.codes) this.codes.push({ file: this.files[file] ?? '', name, firstLine });
    for (const [file, line, python, native, wait, alloc, hits] of tick.lines) {
      const path = this.files[file];
      if (path === undefined) continue;
      const cost = entry(this.lines, `${line}:${path}`, () => ({ file: path, line, python: 0, native: 0, wait: 0, alloc: 0, hits: 0 }));
      cost.python += python;
      cost.native += native;
      cost.wait += wait;
      cost.alloc += alloc;
      cost.hits += hits;
    }
    for (const [file, line, cpu, long, system, faults] of tick.costs) {
      const path = this.files[file];
      if (path === undefined) continue;
      const detail = entry(this.details, `${line}:${path}`, () => ({ file: path, line, cpu: 0, long: 0, system: 0, faults: 0 }));
      detail.cpu += cpu;
      detail.long += long;
      detail.system += system;
      detail.faults += faults;
    }
    for (const [file, line, called, running, busy, wait] of tick.via) {
      const path = this.files[file];
      if (path === undefined) continue;
      const via = entry(this.libraries, `${line}:${called}:${running}:${path}`, () => ({ file: path, line, called, running, busy: 0, wait: 0 }));
      via.busy += busy;
      via.wait += wait;
    }
    // Told whole each time; two files of one library may have one short name.
    if (tick.strays.length > 0) this.strays.clear();
    for (const [running, busy] of tick.strays) this.strays.set(running, (this.strays.get(running) ?? 0) + busy);
    for (const [path, seconds, native, wait] of tick.stacks) {
      const cost = entry(this.stacks, path.join(','), () => ({ frames: this.framesOf(path), seconds: 0, native: 0, wait: 0 }));
      cost.seconds += seconds;
      cost.native += native;
      cost.wait += wait;
    }
    for (const [at, cpu, rss, threads] of tick.timeline) this.timeline.push({ at, cpu, rss, threads });
    for (const [file, name, firstLine, facts] of tick.facts) {
      const path = this.files[file];
      if (path === undefined) continue;
      const values: Record<string, ValueFact> = {};
      for (const [key, found] of Object.entries(facts)) values[key] = valueFact(found);
      this.frames.set(`${firstLine}:${name}:${path}`, { file: path, name, firstLine, values });
    }
    if (tick.effects)
      this.effects = tick.effects.map(({ file, line, ...effect }) => ({ ...effect, ...(file ? { file } : {}), ...(line ? { line } : {}) }));
  }

  private framesOf(path: readonly number[]): PathCost['frames'] {
    const frames: PathCost['frames'] = [];
    for (let at = 0; at + 1 < path.length; at += 2) {
      const code = this.codes[path[at] ?? -1];
      if (code) frames.push({ file: code.file, line: path[at + 1] ?? 0, name: code.name });
    }
    return frames;
  }
}

function entry<K, T>(map: Map<K, T>, key: K, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}
