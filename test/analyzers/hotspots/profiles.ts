import { createHash } from 'node:crypto';
import { bytes, seconds } from '../../../analyzers/platform/units';
import type { LineCost, Profile, Source, Stack } from '../../../analyzers/types';

type Path = readonly (readonly [name: string, line: number])[];
type Entry = readonly [path: Path, seconds: number, split?: { native?: number; wait?: number }];

export function sourceOf(path: string, text: string): Source {
  return { path, text, sha256: createHash('sha256').update(text).digest('hex'), language: 'python' };
}

/** A profile made by hand: call paths in the source with their seconds; the run takes their sum, and lines are what the innermost frames say. */
export function profileOf(source: Source, entries: readonly Entry[], more: Partial<Profile> = {}): Profile {
  const stacks: Stack[] = entries.map(([path, total, split = {}]) => ({
    frames: path.map(([name, line]) => ({ file: source.path, line, name })),
    seconds: seconds(total),
    native: seconds(split.native ?? 0),
    wait: seconds(split.wait ?? 0),
  }));
  const lines = new Map<number, LineCost>();
  for (const stack of stacks) {
    const line = stack.frames.at(-1)?.line ?? 0;
    const cost = lines.get(line) ?? { file: source.path, line, python: seconds(0), native: seconds(0), wait: seconds(0), alloc: bytes(0), hits: 0 };
    const [native, wait] = [stack.native ?? 0, stack.wait ?? 0];
    cost.python = seconds(cost.python + stack.seconds - native - wait);
    cost.native = seconds(cost.native + native);
    cost.wait = seconds(cost.wait + wait);
    cost.hits = (cost.hits ?? 0) + 100;
    lines.set(line, cost);
  }
  const total = stacks.reduce((sum, stack) => sum + stack.seconds, 0);
  const command = { kind: 'script' as const, target: source.path, args: [], cwd: '/' };
  return {
    source,
    files: [source.path],
    run: { command, exitCode: 0, seconds: seconds(total), cpuSeconds: seconds(total), peakMemory: bytes(0) },
    interpreter: { path: '/python', version: [3, 11, 0], implementation: 'cpython', packages: {}, platform: 'linux', startMethod: 'fork', gil: true },
    interval: seconds(0.002),
    lines: [...lines.values()],
    stacks,
    timeline: [],
    processes: [{ pid: 1, parent: 0, seconds: seconds(total), cpuSeconds: seconds(total), kind: 'main' }],
    effects: [],
    frames: [],
    notes: [],
    ...more,
  };
}
