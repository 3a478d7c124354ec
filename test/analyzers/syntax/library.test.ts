import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { explainFacts } from '../../../analyzers/loops/explain';
import { readJavaScriptModule } from '../../../analyzers/syntax/javascript-module';
import { liveTrees, loadSyntax } from '../../../analyzers/syntax/parser';
import type { PythonModule } from '../../../analyzers/syntax/python-module';
import type { Hotspot, Profile, Seconds, Share, Stmt } from '../../../analyzers/types';
import { moduleOf } from './sample';

const none = 0 as Seconds;
const hotspotsOf = (module: PythonModule, most: number): Hotspot[] =>
  module.loops.slice(0, most).map(
    (loop): Hotspot => ({ id: `main::${loop.qualname}#${loop.ordinal}`, file: module.file, qualname: loop.qualname, span: loop.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
  );
const factsOf = (module: PythonModule, most = 8) => analyzeLoops(hotspotsOf(module, most), [module], { frames: [] } as unknown as Profile);

/** Reads a text as far as the facts of its first loops and leaves nothing behind. */
function readAll(text: string, language: 'python' | 'javascript'): PythonModule {
  const module = language === 'python' ? moduleOf(text) : readJavaScriptModule({ path: '/project/main.js', text, sha256: '', language });
  const facts = factsOf(module);
  assert.equal(facts.length, Math.min(module.loops.length, 8));
  assert.ok(facts.map(explainFacts).every((shown) => shown.length > 0));
  assert.equal(liveTrees(), 0);
  for (const { ir } of module.loops) {
    const { start, end } = ir.span;
    assert.ok(start.line < end.line || (start.line === end.line && start.character < end.character), JSON.stringify(ir.span));
  }
  return module;
}

/** Source files of the standard libraries of every interpreter that is found, one in so many, and of packages for Node. */
function libraries(): { python: string[]; javascript: string[] } {
  const folders = ['python3', ...['3.8', '3.9', '3.10', '3.12', '3.13', '3.14'].map((version) => `python${version}`)].flatMap((name) => {
    try {
      return [execFileSync(name, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()]; // prettier-ignore
    } catch {
      return [];
    }
  });
  const python = [...new Set(folders)].flatMap((folder) => ['', 'json', 'asyncio', 'test'].map((part) => path.join(folder, part)).filter(existsSync).flatMap((inside) => readdirSync(inside).filter((file) => file.endsWith('.py')).map((file) => path.join(inside, file)))); // prettier-ignore
  const root = path.join(import.meta.dirname, '../../../node_modules');
  const javascript = ['diff/libcjs', 'fast-check/lib', 'commander/lib', 'mocha/lib', 'simple-statistics/src'].map((part) => path.join(root, part)).filter(existsSync).flatMap((inside) => readdirSync(inside, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js')).map((file) => path.join(inside, file))); // prettier-ignore
  return { python, javascript };
}

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const PIECES = ['(', ')', '[', ']', '{', '}', '"', "'''", '`', '${', ':', ';', '\n', '\r', '\t', '\f', '\\', '#', '//', '/*', 'for ', 'in ', 'of ', 'lambda ', '=> ', 'def f():', 'function ', 'class A', 'await ', '**', ':=', '😀', '\u0000', '\ufeff', '\ud800', '\u2028']; // prettier-ignore

describe('the source of libraries', function () {
  this.timeout(180_000);
  const found = libraries();
  before(() => loadSyntax('python', 'javascript'));

  it(`is read as it is, cut off and changed, without an exception, a loop without place or a tree left over (seed ${seed})`, () => {
    assert.ok(found.python.length > 100 && found.javascript.length > 20, `${found.python.length} ${found.javascript.length}`);
    // So many seconds a language, however busy the machine is, and some of each in any case.
    for (const language of ['python', 'javascript'] as const) {
      const until = performance.now() + 7000;
      let runs = 0;
      let loops = 0;
      const changes = fc.array(fc.tuple(fc.nat(), fc.nat(200), fc.constantFrom(...PIECES), fc.boolean()), { maxLength: 4 });
      const property = fc.property(fc.nat(found[language].length - 1), fc.option(fc.nat(), { freq: 2 }), changes, (index, cut, changed) => {
        if (runs >= 12 && performance.now() > until) return;
        runs += 1;
        let text = readFileSync(found[language][index] ?? '', 'utf8').slice(0, 120_000);
        if (cut !== null) text = text.slice(0, cut % (text.length + 1));
        for (const [at, length, piece, twice] of changed) {
          const from = at % (text.length + 1);
          const part = text.slice(from, from + length);
          text = text.slice(0, from) + piece + (twice ? part + part : '') + text.slice(from + length);
        }
        loops += readAll(text, language).loops.length;
      });
      fc.assert(property, { seed, numRuns: 60, endOnFailure: true });
      assert.ok(loops > 0, `no loop in ${runs} files of ${language}`);
    }
  });
});

describe('a long file', function () {
  this.timeout(60_000);
  before(() => loadSyntax('python'));

  /** Looks at statements of the module's level that the facts of five loops take, counted. */
  function looksIn(loops: number): number {
    const text = Array.from(
      { length: loops },
      (_, index) => `a${index} = []\nfor x in range(9):\n    a${index}.append(x + b)\nprint(a${index})\n`,
    ).join('');
    const module = moduleOf(text);
    let looks = 0;
    const counted = new Proxy(module.body, {
      get: (target: Stmt[], key, self): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks += 1;
        return Reflect.get(target, key, self);
      },
    });
    assert.equal(factsOf({ ...module, body: counted }, 5).length, 5);
    return looks;
  }

  it('costs twice the work when it is twice as long', () => {
    const [short, long] = [looksIn(200), looksIn(400)];
    assert.ok(short > 200, String(short));
    assert.ok(long / short < 2.2, `${short} ${long}`);
  });

  it('is read when it is huge: 10,000 lines in one loop', () => {
    const lines = Array.from(
      { length: 2500 },
      (_, index) => `    a${index} = x * 2\n    b[x + ${index}] = a${index} + b[x]\n    if a${index} > 3:\n        t += a${index}\n`,
    );
    const module = moduleOf(`t = 0\nfor x in xs:\n${lines.join('')}`);
    const [facts] = factsOf(module);
    assert.ok(facts && facts.carried.some((one) => one.name === 'b'), 'what cannot be compared must not pass for independent');
  });
});
