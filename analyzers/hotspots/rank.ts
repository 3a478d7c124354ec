import path from 'node:path';
import type { Hotspot, Profile, Seconds, Span, Stack } from '../types';
import { seconds, share } from '../platform/units';
import type { PythonModule } from '../syntax/python-module';

const leastShare = 0.01;
const leastShareOfFunction = 0.05;
const mostHotspots = 20;

interface Cost {
  seconds: number;
  native: number;
  wait: number;
}
type Frame = Stack['frames'][number];

/**
 * Where the run's time goes, by inclusive share of its wall time: loops first, then functions that are hot and hold no loop (recursive, or called
 * in a loop), then single lines outside of all of those. At least 1 % each and at most 20. Recursion counts once; comprehensions count
 * for the line that they stand in. With several threads or processes shares are of thread time, cut at 1.
 */
export function findHotspots(profile: Profile, modules: readonly PythonModule[], root: string): Hotspot[] {
  const total = profile.run.seconds;
  if (!(total > 0)) return [];
  const found: { hotspot: Hotspot; depth: number }[] = [];
  const covered = new Map<string, Span[]>();
  for (const module of modules) {
    const { file } = module;
    const own = profile.stacks.filter((stack) => stack.frames.some((frame) => frame.file === file));
    const relative = relativeId(root, file);
    const make = (id: string, qualname: string, span: Span, kind: Hotspot['kind'], cost: Cost, depth: number): void => {
      if (cost.seconds / total < leastShare) return;
      found.push({ hotspot: { id: `${relative}::${id}`, file, qualname, span, kind, share: share(cost.seconds / total), ...split(cost) }, depth });
      covered.set(file, [...(covered.get(file) ?? []), span]);
    };
    for (const loop of module.loops) {
      const cost = costOf(own, (frame) => isIn(frame, file, loop.qualname, loop.ir.span));
      make(`${loop.qualname}#${loop.ordinal}`, loop.qualname, loop.ir.span, 'loop', cost, loop.depth);
    }
    const withLoops = new Set(module.loops.map((loop) => loop.qualname));
    for (const fn of module.functions) {
      if (withLoops.has(fn.qualname)) continue;
      const isOwn = (frame: Frame): boolean => isIn(frame, file, fn.qualname, fn.span);
      const itself = own.filter((stack) => stack.frames.slice(-2).some(isOwn));
      if (costOf(itself, isOwn).seconds / total < leastShare) continue;
      if (!own.some((stack) => repeats(stack, isOwn, modules))) continue;
      make(fn.qualname, fn.qualname, fn.span, 'function', costOf(own, isOwn), 0);
    }
  }
  for (const module of modules) {
    const spans = covered.get(module.file) ?? [];
    for (const line of profile.lines) {
      if (line.file !== module.file || spans.some((span) => holds(span, line.line))) continue;
      const cost = { seconds: line.python + line.native + line.wait, native: line.native, wait: line.wait };
      if (cost.seconds / total < leastShare) continue;
      const qualname = ownerOf(module, line.line);
      const span = { start: { line: line.line - 1, character: 0 }, end: { line: line.line, character: 0 } };
      const id = `${relativeId(root, module.file)}::${qualname}@${line.line}`;
      const hotspot: Hotspot = { id, file: module.file, qualname, span, kind: 'line', share: share(cost.seconds / total), ...split(cost) };
      found.push({ hotspot, depth: 0 });
    }
  }
  return found
    .sort((a, b) => kinds[a.hotspot.kind] - kinds[b.hotspot.kind] || b.hotspot.share - a.hotspot.share || a.depth - b.depth)
    .slice(0, mostHotspots)
    .map((one) => one.hotspot);
}

/** Every function with at least 5 % of the run, its callees included, the most costly first. Recursion counts once. */
export function hotFunctions(profile: Profile, modules: readonly PythonModule[], root: string): Hotspot[] {
  const total = profile.run.seconds;
  if (!(total > 0)) return [];
  const found = modules.flatMap(({ file, functions }) =>
    functions.map(({ qualname, span }): Hotspot => {
      const cost = costOf(profile.stacks, (frame) => isIn(frame, file, qualname, span));
      const id = `${relativeId(root, file)}::${qualname}`;
      return { id, file, qualname, span, kind: 'function', share: share(cost.seconds / total), ...split(cost) };
    }),
  );
  return found
    .filter((one) => one.share >= leastShareOfFunction)
    .sort((a, b) => b.share - a.share)
    .slice(0, mostHotspots);
}

const kinds: Record<Hotspot['kind'], number> = { loop: 0, function: 1, line: 2 };

const split = (cost: Cost): { seconds: Seconds; python: Seconds; native: Seconds; wait: Seconds } => ({
  seconds: seconds(cost.seconds),
  python: seconds(Math.max(0, cost.seconds - cost.native - cost.wait)),
  native: seconds(cost.native),
  wait: seconds(cost.wait),
});

/** The path below the root with forward slashes: the same on every system. A file elsewhere keeps its whole path. */
function relativeId(root: string, file: string): string {
  const relative = path.relative(root, file);
  return (relative.startsWith('..') || path.isAbsolute(relative) ? file : relative).split(path.sep).join('/');
}

/** A stack counts once, however often the frame is in it. */
function costOf(stacks: readonly Stack[], matches: (frame: Frame) => boolean): Cost {
  const cost = { seconds: 0, native: 0, wait: 0 };
  for (const stack of stacks) {
    if (!stack.frames.some(matches)) continue;
    cost.seconds += stack.seconds;
    cost.native += stack.native ?? 0;
    cost.wait += stack.wait ?? 0;
  }
  return cost;
}

const holds = (span: Span, line: number): boolean => {
  // A span that ends at a line's very start does not reach into it.
  const last = span.end.character === 0 && span.end.line > span.start.line ? span.end.line : span.end.line + 1;
  return line > span.start.line && line <= last;
};

const anonymous = /^(\.<locals>)?\.?<(lambda|genexpr|listcomp|setcomp|dictcomp)>/;

/** The frame is of this function, or of a lambda or comprehension written in it, at a line of the span. */
function isIn(frame: Frame, file: string, qualname: string, span: Span): boolean {
  if (frame.file !== file || !holds(span, frame.line)) return false;
  if (frame.name === qualname) return true;
  const prefix = qualname === '<module>' ? '' : qualname;
  return frame.name.startsWith(prefix) && anonymous.test(frame.name.slice(prefix.length));
}

/** Called by itself, or from a line that is in a loop. */
function repeats(stack: Stack, isOwn: (frame: Frame) => boolean, modules: readonly PythonModule[]): boolean {
  const first = stack.frames.findIndex(isOwn);
  if (first < 0) return false;
  if (stack.frames.slice(first + 1).some(isOwn)) return true;
  return stack.frames.slice(0, first).some((frame) => {
    const module = modules.find((one) => one.file === frame.file);
    return module?.loops.some((loop) => isIn(frame, module.file, loop.qualname, loop.ir.span)) ?? false;
  });
}

function ownerOf(module: PythonModule, line: number): string {
  let best: { qualname: string; start: number } | null = null;
  for (const fn of module.functions) {
    if (holds(fn.span, line) && (best === null || fn.span.start.line >= best.start)) best = { qualname: fn.qualname, start: fn.span.start.line };
  }
  return best?.qualname ?? '<module>';
}
