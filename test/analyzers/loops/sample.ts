import assert from 'node:assert/strict';
import type { FrameFact, Hotspot, LoopFacts, Profile, Seconds, Share, ValueFact } from '../../../analyzers/types';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { readModule, type PythonModule } from '../../../analyzers/syntax/python-module';

const none = 0 as Seconds;
export const main = '/project/main.py';

export function read(text: string, path = main): PythonModule {
  return readModule({ path, text, sha256: '', language: 'python' });
}

/** A profile that saw nothing but these values in these functions. */
export function profileOf(frames: Record<string, Record<string, ValueFact>>): Profile {
  const facts = Object.entries(frames).map(([name, values]): FrameFact => ({ file: main, name, firstLine: 1, values }));
  return { frames: facts } as unknown as Profile;
}

/** Facts of every loop of the text, in the order of the module's list. */
export function allFacts(text: string, frames: Record<string, Record<string, ValueFact>> = {}, others: Record<string, string> = {}): LoopFacts[] {
  const module = read(text);
  assert.equal(module.syntaxError, null, text);
  const modules = [module, ...Object.entries(others).map(([path, other]) => read(other, path))];
  const hotspots = module.loops.map(
    (loop): Hotspot => ({ id: `main.py::${loop.qualname}#${loop.ordinal}`, file: main, qualname: loop.qualname, span: loop.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
  );
  return analyzeLoops(hotspots, modules, profileOf(frames));
}

/** Facts of the first loop in text order. */
export function factsOf(text: string, frames: Record<string, Record<string, ValueFact>> = {}, others: Record<string, string> = {}): LoopFacts {
  const [first] = allFacts(text, frames, others).sort((a, b) => a.ir.span.start.line - b.ir.span.start.line);
  assert.ok(first, `no loop in ${text}`);
  return first;
}

/** A loop in a function that returns the given names, so that they live on. `ys` is a parameter unless it is made before the loop. */
export const inFunction = (loop: string, returned = '', before = ''): string =>
  `import math\ndef f(xs, ${/^(ys|[a-z]+, ys)\b.* = /m.test(before) ? '' : 'ys, '}n, d, obj):\n${[before, loop]
    .filter((part) => part !== '')
    .join('\n')
    .replace(/^/gm, '    ')}\n    return ${returned || 'None'}\n`;
