import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { refactorFiles } from '../../../scripts/generate';
import { parsePage, type PagePair } from '../../../scripts/refactor-page';
import { applyTo, factsOf, sourceOf, WarmPython } from './page-runner';
import { Comparer, EXAMPLES } from './property-runner';

describe('functions before and after a refactor agree on arguments that nobody has seen', () => {
  let comparer: Comparer;
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    comparer = new Comparer();
    warm = new WarmPython();
  });
  after(() => {
    comparer.close();
    warm.close();
  });

  const toleranceOf = async (refactor: Refactor, pair: PagePair): Promise<number> => {
    const source = sourceOf('/page.py', pair.setup + pair.before.text);
    const ran = await warm.run(source.text, source.path, true);
    const { facts, functions, cx } = factsOf(source, source, ran.frames, 10);
    const answer = applyTo(refactor, facts, cx, 'cpu-python', functions);
    if (answer === undefined || 'code' in answer) assert.fail(`not rewritten: ${JSON.stringify(answer)}`);
    return answer.match.tolerance;
  };

  for (const file of refactorFiles()) {
    const page = parsePage(readFileSync(file.path.replace(/\.ts$/, '.md'), 'utf8'));
    const family = /family: '([\w-]+)'/.exec(readFileSync(file.path, 'utf8'))?.[1];
    if (family !== 'vectorize' && family !== 'compile') continue;
    describe(file.id, () => {
      let compared = 0;
      for (const pair of page.pairs.filter((one) => /^(async )?def /m.test(one.before.text))) {
        it(`line ${pair.before.line} of its page`, async function () {
          const { refactor } = (await import(file.path)) as { refactor: Refactor };
          const answer = await comparer.compare(pair.setup, pair.before.text, pair.after.text, await toleranceOf(refactor, pair));
          if (answer.skipped !== null) {
            console.log(`        skipped: ${answer.skipped}`);
            this.skip();
          }
          assert.deepEqual(answer.problems, []);
          assert.ok(answer.functions === 0 || answer.tried >= EXAMPLES / 3, `only ${answer.tried} tries`);
          compared += answer.functions;
        }).timeout(120_000);
      }
      it('has functions to compare', function () {
        if (page.pairs.length === 0) this.skip();
        assert.ok(compared > 0, 'no function of the page could be called');
      });
    });
  }
});
