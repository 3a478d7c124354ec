import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bottleneck, Family } from '../../../analyzers/types';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { generated, refactorFiles } from '../../../scripts/generate';
import { parsePage, type PageBlock } from '../../../scripts/refactor-page';
import { applyTo, difference, factsOf, runScript, sourceOf, WarmPython, type Applied, type Ran } from './page-runner';

const path = '/page.py';
const usual = (family: Family): Bottleneck => (family === 'thread-pool' || family === 'async' ? 'io-wait' : 'cpu-python');
/** Pools need a real script: workers import it. */
const asScript = new Set<Family>(['process-pool', 'shared-memory', 'chunk']);
/** What changes a pool of workers that is there already. */
const onPools = /^(pool-|threads-to-processes)/;

describe('every refactor does what its page says', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  for (const file of refactorFiles()) {
    describe(file.id, () => {
      const pagePath = file.path.replace(/\.ts$/, '.md');
      if (!existsSync(pagePath)) {
        it('has a page', () => assert.fail(`${pagePath} is missing`));
        return;
      }
      const page = parsePage(readFileSync(pagePath, 'utf8'));
      const source = readFileSync(file.path, 'utf8');
      let refactor: Refactor;
      before(async () => {
        refactor = ((await import(file.path)) as { refactor: Refactor }).refactor;
      });

      const ask = async (setup: string, block: PageBlock): Promise<{ ran: Ran; answer: ReturnType<typeof applyTo> }> => {
        const text = setup + block.text;
        const ran = await warm.run(text, path, true);
        const page = sourceOf(path, text);
        const main = block.options['imported'] === 'yes' ? sourceOf('/main.py', 'import page\n') : page;
        const { facts, functions, lines, cx } = factsOf(page, main, ran.frames, Number(block.options['seconds'] ?? 10));
        assert.equal(ran.error, null);
        const { calls, distinct } = block.options;
        if (calls !== undefined)
          for (const one of functions) one.repeats = { calls: Number(calls), sampled: Number(calls), distinct: Number(distinct) };
        const bottleneck = (block.options['verdict'] as Bottleneck | undefined) ?? usual(refactor.family);
        const asked = block.options['loop'] === undefined ? facts : facts.slice(Number(block.options['loop']));
        return { ran, answer: applyTo(refactor, asked, cx, bottleneck, functions, lines) };
      };
      const applied = (answer: ReturnType<typeof applyTo>): Applied => {
        if (answer === undefined) assert.fail('it has nothing to say about this loop');
        if ('code' in answer) assert.fail(`it refuses: ${answer.code}: ${answer.why}`);
        return answer;
      };

      it('has a page with every heading, and its id is its file name', () => {
        assert.deepEqual(page.problems, []);
        assert.equal(refactor.id, file.id);
        assert.ok(page.pairs.length > 0, 'the page shows no before and after');
        assert.ok(page.refusals.length > 0, 'the page shows no refusal');
      });

      for (const { setup, before: block, after: wanted } of page.pairs) {
        it(`rewrites line ${block.line} of its page and nothing else changes`, async () => {
          const { ran, answer } = await ask(setup, block);
          const { edited, match } = applied(answer);
          const expected = expectedText(edited, setup, wanted.text);
          assert.equal(edited, expected);

          const pool = asScript.has(refactor.family) || onPools.test(refactor.id);
          const first = pool ? await runScript(setup + block.text, 'fork') : ran;
          const others = pool ? await Promise.all([runScript(edited, 'fork'), runScript(edited, 'spawn')]) : [await warm.run(edited, path, false)];
          assert.equal(first.error, null);
          for (const other of others) sameOutcome(first, other, match.tolerance, match.captures);
        }).timeout(60_000);

        it(`finds nothing left to do in line ${wanted.line} of its page`, async () => {
          const { edited } = applied((await ask(setup, block)).answer);
          const { answer } = await ask('', { ...block, text: edited });
          assert.ok(answer === undefined || 'code' in answer, 'it would rewrite its own result');
        }).timeout(60_000);
      }

      for (const { setup, code, block } of page.refusals) {
        it(`refuses line ${block.line} of its page: ${code}`, async () => {
          const { answer } = await ask(setup, block);
          if (answer === undefined) assert.fail('it has nothing to say about this loop');
          if (!('code' in answer)) assert.fail(`it rewrites the loop to\n${answer.edited}`);
          assert.equal(answer.code, code, `${answer.why} ${answer.toDo}`);
          assert.ok(answer.why.length > 10 && answer.toDo.length > 10 && answer.span, 'a refusal says why, where and what to do');
        });
      }

      it('shows every refusal that it can give', () => {
        const missing = refusalCodes(source).filter((code) => !page.refusals.some((refusal) => refusal.code === code));
        assert.deepEqual(missing, []);
      });
    });
  }

  it('shows every refusal of a shared lowering on a page of a refactor that uses it', () => {
    const shown = new Map<string, { codes: string[]; pages: Set<string> }>();
    for (const file of refactorFiles()) {
      const page = parsePage(readFileSync(file.path.replace(/\.ts$/, '.md'), 'utf8'));
      for (const used of sharedFiles(file.path)) {
        const entry = shown.get(used) ?? { codes: refusalCodes(readFileSync(used, 'utf8')), pages: new Set() };
        for (const refusal of page.refusals) entry.pages.add(refusal.code);
        shown.set(used, entry);
      }
    }
    const missing = [...shown].flatMap(([used, { codes, pages }]) => codes.filter((code) => !pages.has(code)).map((code) => `${used}: ${code}`));
    assert.deepEqual(missing, []);
  });

  it('has an index and a catalogue made from the refactors as they are', async () => {
    for (const { path: written, text } of await generated()) {
      assert.ok(existsSync(written), `${written} is missing: run npm run generate`);
      assert.ok(readFileSync(written, 'utf8').replaceAll('\r\n', '\n') === text, `${written} is stale: run npm run generate`);
    }
  });
});

/** The page shows the edited part; where the refactor also edits the setup (imports, functions, a guard), it shows the whole. */
function expectedText(edited: string, setup: string, after: string): string {
  return edited.startsWith(setup) && !after.startsWith(setup) ? setup + after : after;
}

function sameOutcome(before: Ran, after: Ran, tolerance: number, captures: readonly string[]): void {
  assert.equal(after.error, null);
  assert.equal(after.stdout, before.stdout);
  const names = Object.keys(before.names).filter((name) => name in after.names);
  for (const name of captures) if (name in before.names) assert.ok(names.includes(name), `${name} is gone`);
  for (const name of names) assert.equal(difference(before.names[name]!, after.names[name]!, tolerance, name), null);
  assert.ok(names.length > 0 || before.stdout !== '', 'nothing could be compared');
}

/** Codes in `refuse('code', ...)` and `{ code: 'code', ... }`. */
function refusalCodes(source: string): string[] {
  return [
    ...new Set(
      [...source.matchAll(/(?:refuse|no)\(\s*'([\w-]+)'|\bcode: '([\w-]+)',\s*(?:\n\s*)?why: (?!'')/g)].map((match) => match[1] ?? match[2] ?? ''),
    ),
  ];
}

/** Files of this folder that a refactor is built on, through any number of steps. */
function sharedFiles(path: string, seen = new Set<string>()): string[] {
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/from '(\.{1,2}\/[\w/-]+)'/g)) {
    const file = join(dirname(path), `${name}.ts`);
    if (!/refactors[\\/][\w-]+\.ts$/.test(file) || /(refactor|context|propose|index)\.ts$/.test(file) || seen.has(file) || !existsSync(file))
      continue;
    seen.add(file);
    sharedFiles(file, seen);
  }
  return [...seen];
}
