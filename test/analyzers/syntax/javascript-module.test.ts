import assert from 'node:assert/strict';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { explainFacts } from '../../../analyzers/loops/explain';
import { readJavaScriptModule } from '../../../analyzers/syntax/javascript-module';
import { liveTrees, loadSyntax } from '../../../analyzers/syntax/parser';
import type { PythonModule } from '../../../analyzers/syntax/python-module';
import { eachExpr, eachStmt, stmtExprs } from '../../../analyzers/syntax/python-walk';
import type { Hotspot, LoopFacts, Profile, Seconds, Share, Span } from '../../../analyzers/types';

const none = 0 as Seconds;
const read = (text: string, kind: 'js' | 'ts' | 'tsx' = 'js'): PythonModule =>
  readJavaScriptModule({ path: `/project/main.${kind}`, text, sha256: '', language: kind === 'js' ? 'javascript' : 'typescript' });

/** Facts of every loop, in text order. */
function factsOf(text: string): LoopFacts[] {
  const module = read(text);
  assert.equal(module.syntaxError, null, text);
  const hotspots = module.loops.map(
    (loop): Hotspot => ({ id: `main.js::${loop.qualname}#${loop.ordinal}`, file: module.file, qualname: loop.qualname, span: loop.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
  );
  return analyzeLoops(hotspots, [module], { frames: [] } as unknown as Profile);
}
function first(text: string): LoopFacts {
  const [facts] = factsOf(text);
  assert.ok(facts, text);
  return facts;
}

describe('modules of JavaScript', () => {
  before(() => loadSyntax('javascript', 'typescript', 'tsx'));

  it('have their functions by name, and each loop once, with its owner, place and statement', () => {
    const module = read(`
for (const a of b) run(a);
function outer(xs) {
  for (const x of xs) for (let i = 0; i < x; i++) use(i);
  const inner = (ys) => { while (ys.length) ys.pop(); };
  return xs.map(x => { for (const y of x) log(y); return x; }).filter(Boolean);
}
class Box { fill(xs) { xs.forEach(x => this.put(x)); } }
export const later = async () => { for await (const x of y) z(x); };
`);
    assert.deepEqual(
      module.functions.map((one) => [one.qualname, one.params.map((param) => param.name), one.async, one.topLevel, one.method]),
      [
        ['outer', ['xs'], false, true, false],
        ['outer.<locals>.inner', ['ys'], false, false, false],
        ['Box.fill', ['xs'], false, false, true],
        ['later', [], true, true, false],
      ],
    );
    const listed = module.loops.map((loop) => [loop.qualname, loop.ordinal, loop.ir.form, loop.depth, loop.statement.start.line]);
    assert.deepEqual(listed, [
      ['<module>', 0, 'for-of', 0, 1],
      ['outer', 0, 'for-of', 0, 3],
      ['outer', 1, 'for', 1, 3],
      ['outer', 2, 'map', 0, 5],
      ['outer', 3, 'map', 0, 5],
      ['outer', 4, 'for-of', 1, 5],
      ['outer.<locals>.inner', 0, 'while', 0, 4],
      ['Box.fill', 0, 'for-each', 0, 7],
      ['later', 0, 'for-of', 0, 8],
    ]);
  });

  it('have positions in UTF-16 units, whatever stands before them', () => {
    const text = '\ufeff/* 😀 */ const 𝒳 = ["é日😀"];\r\n/* 😀 */ for (const ch of 𝒳) { /* 😀 */ out.push(`😀${ch}`); }\r\n';
    const lines = text.split('\n');
    const cut = (span: Span): string => {
      assert.equal(span.start.line, span.end.line);
      return lines[span.start.line]?.slice(span.start.character, span.end.character) ?? '';
    };
    const module = read(text);
    const [loop] = module.loops;
    assert.ok(loop);
    assert.equal(cut(loop.ir.span), 'for (const ch of 𝒳) { /* 😀 */ out.push(`😀${ch}`); }');
    assert.equal(cut(loop.ir.space.span), '𝒳');
    const names = [...eachStmt(loop.ir.body)].flatMap((statement) => stmtExprs(statement).flatMap((expr) => [...eachExpr(expr)]));
    const read2 = names.flatMap((expr) => (expr.kind === 'name' ? [[expr.name, cut(expr.span)]] : []));
    assert.deepEqual(read2, [['out', 'out'], ['ch', 'ch']]); // prettier-ignore
  });

  it('keep apart names that only share their spelling', () => {
    const facts = first('let s = 0; for (const x of xs) { { const s = x * 2; log(s); } s += x; } use(s);');
    assert.deepEqual(facts.accumulators.map((one) => [one.name, one.op]), [['s', '+']]); // prettier-ignore
    assert.ok(facts.liveOut.includes('s'));
    assert.ok(facts.privates.includes('s$1'));
  });

  it('say where they cannot be read, and read the rest', () => {
    const module = read('for (const a of b) c(a);\nfor (const = ;\n');
    assert.equal(module.syntaxError?.start.line, 1);
    assert.ok(module.loops.length >= 1);
  });

  it('leave no tree behind', () => {
    const before = liveTrees();
    for (const kind of ['js', 'ts', 'tsx'] as const) read('for (const x of y) z(x as any, <p>{x}</p>', kind);
    assert.equal(liveTrees(), before);
  });
});

describe('facts of JavaScript loops', () => {
  before(() => loadSyntax('javascript'));

  it('tell what a counting loop reads, writes and gathers', () => {
    const facts = first(
      'function f(xs, ys) { let total = 0; for (let i = 0; i < xs.length; i++) { const d = xs[i] - ys[i]; total += d * d; } return total; }',
    );
    assert.deepEqual(facts.indices, ['i']);
    assert.deepEqual(facts.privates, ['d']);
    assert.deepEqual(facts.liveOut, ['total']);
    assert.deepEqual(facts.accumulators.map((one) => [one.name, one.op]), [['total', '+']]); // prettier-ignore
    assert.deepEqual(facts.carried, []);
    assert.equal(facts.pattern, 'reduction');
  });

  it('tell a store to the own element from one to a neighbour', () => {
    const own = first('function f(a, n) { for (let i = 0; i < n; i++) a[i] = a[i] * 2; }');
    assert.deepEqual(own.stores.map((store) => store.index), ['same']); // prettier-ignore
    assert.deepEqual(own.carried, []);
    const next = first('function f(a, n) { for (let i = 1; i < n; i++) a[i] = a[i - 1] * 2; }');
    assert.equal(next.carried[0]?.name, 'a');
  });

  it('tell what ties trips together through a name', () => {
    const facts = first('function f(xs) { let last = 0; for (const x of xs) { out(x - last); last = x; } }');
    assert.deepEqual(facts.carried.map((one) => [one.name, one.via]), [['last', 'name']]); // prettier-ignore
  });

  it('see a reduction in reduce, in a for-of and in forEach', () => {
    for (const text of [
      'const t = xs.reduce((sum, x) => sum + x * x, 0);',
      'let sum = 0; for (const x of xs) sum += x * x; use(sum);',
      'let sum = 0; xs.forEach(x => { sum += x * x; }); use(sum);',
    ]) {
      const facts = first(text);
      assert.deepEqual(facts.accumulators.map((one) => [one.name, one.op]), [['sum', '+']], text); // prettier-ignore
      assert.deepEqual(facts.carried, [], text);
    }
  });

  it('see what is pushed in order', () => {
    const facts = first('function f(xs) { const out = []; for (const x of xs) if (x > 0) out.push(x * 2); return out; }');
    assert.deepEqual(facts.accumulators.map((one) => [one.name, one.op]), [['out', 'append']]); // prettier-ignore
  });

  it('list the ways out, those to an outer loop by its label included', () => {
    const facts = first(
      'function f(rows) { o: for (const row of rows) { for (const cell of row) { if (!cell) break o; } try { g(); } catch { return 1; } } }',
    );
    assert.deepEqual(facts.flow.map((exit) => exit.kind).sort(), ['break', 'return', 'try']); // prettier-ignore
    const waits = first('async function f(urls) { for (const url of urls) save(await fetch(url)); }');
    assert.deepEqual(waits.flow.map((exit) => exit.kind), ['await']); // prettier-ignore
  });

  it('take calls that nobody knows for what may do anything', () => {
    const facts = first('for (const x of xs) print(open(x), Math.sqrt(x));');
    assert.deepEqual([...new Set(facts.calls.map((call) => call.purity))], ['unknown']);
  });

  it('count a store hidden in an expression as a change', () => {
    const facts = first('function f(xs, seen) { for (const x of xs) log(seen[x] = (seen[x] ?? 0) + 1); }');
    assert.ok(facts.writes.includes('seen'));
    assert.ok(facts.carried.some((one) => one.name === 'seen'));
  });

  it('are shown in the words of the language', () => {
    const shown = explainFacts(first('for (const x of xs) { if (!x && y !== null) total += x; }'));
    assert.match(shown, /if !x && y !== null/);
    assert.match(shown, /gathers:\n {4}total by \+ of x where !x && y !== null/);
  });
});
