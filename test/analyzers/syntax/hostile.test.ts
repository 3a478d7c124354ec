import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Hotspot, Profile, Seconds, Share } from '../../../analyzers/types';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { explainFacts } from '../../../analyzers/loops/explain';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { moduleOf } from './sample';

const none = 0 as Seconds;
/** Reads a text and states the facts of its first loops; only an exception fails. */
function readAll(text: string): number {
  const module = moduleOf(text);
  const hotspots = module.loops.slice(0, 12).map(
    (loop): Hotspot => ({ id: `main.py::${loop.qualname}#${loop.ordinal}`, file: module.file, qualname: loop.qualname, span: loop.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
  );
  const facts = analyzeLoops(hotspots, [module], { frames: [] } as unknown as Profile);
  assert.equal(facts.length, hotspots.length);
  assert.ok(facts.map(explainFacts).every((shown) => shown.length > 0));
  return module.loops.length;
}

const program = `import math
from os import path as p
LIMIT = 10
class A:
    def run(self, xs, *rest, k=1):
        total, best = 0.5, None
        for i, (a, b) in enumerate(zip(xs, rest), 1):
            if a < 0 or not b: continue
            elif best is None or a < best: best = a
            else: total += math.sqrt(a) * self.k[i - 1][b:k]
            try:
                with open(f"{p.join('é', a)!r:>{k}}") as f: self.out.append(f.read())
            except (OSError, ValueError) as e: print(e, file=None)
        while i < len(xs): xs[i] = xs[i - 1] + (yield i); i += 1
        return sum(x ** 2 for x in xs if x), {k: [v, *rest] for k, v in {1: 2}.items()}, list(map(lambda q: q + 1, xs))
async def go(url):
    async for page in url: await page
if __name__ == '__main__':
    print(*[A().run(x) for x in range(LIMIT)])
`;

describe('text that no person would write', () => {
  before(loadSyntax);

  it('is read without an exception when a program is cut off anywhere', () => {
    assert.ok(readAll(program) >= 5);
    for (let end = 0; end < program.length; end += 7) readAll(program.slice(0, end));
  });

  it('is read without an exception when parts are dropped, doubled, swapped or foreign', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '(',
        ')',
        '[',
        '{',
        '"',
        "'''",
        ':',
        '\n',
        '\r',
        '\t',
        '\\',
        '#',
        '@',
        'for ',
        'in ',
        'lambda ',
        'def ',
        'class ',
        'if ',
        'else:',
        'await ',
        '*',
        '**',
        ':=',
        'match x:',
        'print "a"',
        '😀',
        '\u0000',
        '\ufeff',
        '\ud800',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(program.length), fc.nat(30), piece, fc.boolean()), { minLength: 1, maxLength: 4 }), (changes) => {
        let text = program;
        for (const [at, length, inserted, twice] of changes) {
          const part = text.slice(at, at + length);
          text = text.slice(0, at) + inserted + (twice ? part + part : '') + text.slice(at + length);
        }
        readAll(text);
      }),
      { numRuns: 120 },
    );
  });

  it('is read without an exception when it nests or goes on without end', () => {
    const many = 2000;
    const indented = (line: string): string => Array.from({ length: 400 }, (_, depth) => ' '.repeat(depth) + line).join('\n');
    for (const text of [
      `${'('.repeat(many)}x${')'.repeat(many)}`, '['.repeat(many), `a${'.b'.repeat(many)}`, `x = ${'-'.repeat(many)}1`, `x = ${'a + '.repeat(many)}b`, `${'x = '.repeat(many)}1`,
      `if a: pass\n${'elif b: pass\n'.repeat(many)}`, 'f('.repeat(many) + ')'.repeat(many), `f${'()'.repeat(many)}`, `${'[x for x in '.repeat(1000)}y${']'.repeat(1000)}`,
      `[x ${'for x in y '.repeat(1000)}]`, `${'lambda: '.repeat(many)}x`, "f'{".repeat(1000), indented('for x in y:'), indented('def f():'), indented('class A:'), indented('while x < 1:'),
      '\0'.repeat(100), '"""', `x = [${'1,'.repeat(many * 4)}]`,
    ]) readAll(text); // prettier-ignore
  });

  it('is not what the standard library is: its files are read and nothing is found wrong with them', function () {
    this.timeout(120_000);
    const folder = execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], { encoding: 'utf8' }).trim();
    const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
    assert.ok(files.length > 100, folder);
    // Every eighth file, so that the test stays short; all of them were read when this was written.
    let loops = 0;
    for (const file of files.filter((_, index) => index % 8 === 0)) {
      const text = readFileSync(join(folder, file), 'utf8');
      loops += readAll(text);
      assert.equal(moduleOf(text).syntaxError, null, file);
    }
    assert.ok(loops > 100);
  });
});
