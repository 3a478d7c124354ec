import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { refactorFiles } from '../../../scripts/generate';
import { parsePage, type PagePair } from '../../../scripts/refactor-page';
import { applyTo, factsOf, python, sourceOf, WarmPython } from './page-runner';

const helper = fileURLToPath(new URL('page_properties.py', import.meta.url));
const EXAMPLES = 150;

interface Answer {
  functions: number;
  tried: number;
  problems: string[];
  skipped: string | null;
}

/** One interpreter that compares pairs of texts. */
class Comparer {
  readonly #child: ChildProcessWithoutNullStreams = spawn(python, [helper], { stdio: ['pipe', 'pipe', 'pipe'] });
  readonly #waiting: ((answer: Answer) => void)[] = [];
  #errors = '';

  constructor() {
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line) as Answer));
    this.#child.on('exit', () =>
      this.#waiting.splice(0).forEach((answer) => answer({ functions: 0, tried: 0, problems: [this.#errors], skipped: null })),
    );
  }

  compare(pair: PagePair, tolerance: number): Promise<Answer> {
    const request = { setup: pair.setup, before: pair.before.text, after: pair.after.text, tolerance, examples: EXAMPLES };
    this.#child.stdin.write(JSON.stringify(request) + '\n');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#child.stdin.end();
  }
}

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
    const { facts, cx } = factsOf(source, source, ran.frames, 10);
    const answer = applyTo(refactor, facts, cx, 'cpu-python');
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
          const answer = await comparer.compare(pair, await toleranceOf(refactor, pair));
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
