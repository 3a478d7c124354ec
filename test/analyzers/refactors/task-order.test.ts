import assert from 'node:assert/strict';
import { refactor as processPool } from '../../../analyzers/refactors/python/process-pool-map';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, runScript, sourceOf, WarmPython, type Applied } from './page-runner';

const path = '/script.py';
const work = `def work(x, weight=1):
    total = 0
    for k in range(30):
        total += x * k % 7 * weight
    if x == 97:
        raise ValueError(x)
    return total


`;

describe('the order of a trip that is shared out', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  /** The rewritten loop prints what the first one prints, also where an item makes the task fail. */
  async function alike(body: string, seconds = 10): Promise<Applied & { printed: string }> {
    const text = work + body;
    const ran = await warm.run(text, path, true);
    assert.equal(ran.error, null);
    const source = sourceOf(path, text);
    const { facts, cx } = factsOf(source, source, ran.frames, seconds);
    const answer = applyTo(processPool, facts, cx, 'cpu-python');
    if (answer === undefined) assert.fail('it has nothing to say');
    if ('code' in answer) assert.fail(`${answer.code}: ${answer.why}`);
    const [before, after] = await Promise.all([runScript(text, 'fork'), runScript(answer.edited, 'fork')]);
    assert.deepEqual([after.error, before.error], [null, null], answer.edited);
    if (answer.match.guarded) assert.equal(after.stdout, before.stdout, answer.edited);
    assert.notEqual(before.stdout, '');
    return { ...answer, printed: after.stdout };
  }
  const tried = (loop: string): string => `def main(items):\n    out = []\n${loop.replace(/^/gm, '    ')}\n    return out\n\n\nprint(main([1, 2, 3]))\ntry:\n    main([4, 97, 5])\nexcept ValueError as error:\n    print("failed at", error)\n`; // prettier-ignore

  it('keeps what comes before a call that fails', async () => {
    const { match, printed } = await alike(tried('for x in items:\n    print("at", x)\n    out.append(work(x))'));
    assert.equal(match.guarded, true);
    assert.match(printed, /at 97\nfailed at 97/);
  });

  it('keeps the item that an error handler reads', async () => {
    const { match, printed } = await alike(`def main(items):\n    x = None\n    try:\n        for x in items:\n            y = work(x)\n            print(y)\n    except ValueError:\n        print("failed at", x)\n\n\nmain([4, 97, 5])\n`); // prettier-ignore
    assert.equal(match.guarded, true);
    assert.match(printed, /failed at 97/);
  });

  it('keeps the results before the one that fails', async () => {
    const { match } = await alike(`found = []\ntry:\n    for x in [4, 5, 97, 6]:\n        found.append(work(x))\nexcept ValueError:\n    print(found)\n`); // prettier-ignore
    assert.equal(match.guarded, true);
  });

  it('takes for granted that nothing fails where items go in pieces and others see the results', async () => {
    const seen = await alike('for x in range(40):\n    print(work(x))\n', 0.004);
    assert.equal(seen.match.guarded, false);
    assert.match(seen.match.assumptions.join(), /fail.*\(line 11\)/);
    const unseen = await alike('def main():\n    out = []\n    for x in range(40):\n        out.append(work(x))\n    return out\n\n\nprint(main())\n', 0.004); // prettier-ignore
    assert.equal(unseen.match.guarded, true);
    const slower = await alike('for x in range(40):\n    print(work(x))\n', 0.4);
    assert.equal(slower.match.guarded, true);
    assert.doesNotMatch(slower.edited, /chunksize/);
  });

  it('takes it for granted where several parts of a trip are one task', async () => {
    const { match } = await alike(tried('for x in items:\n    y = work(x)\n    print(y)\n    out.append(work(x, 2))'));
    assert.equal(match.guarded, false);
  });

  it('shows a name as it was when the trip used it', async () => {
    const again = await alike(tried('for x in items:\n    y = work(x)\n    print(y)\n    y = work(x, 2)\n    out.append(y)'));
    assert.match(again.printed, /^86\n/m);
    await alike(tried('for x in items:\n    row = [x]\n    print(row)\n    row.append(work(x, 3))\n    out.append(row)'));
  });
});
