import assert from 'node:assert/strict';
import type { CallFact } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { factsOf } from './sample';

const head = 'import random\nimport numpy as np\n\n';
/** The fact of the call written so in the first loop of `main`. */
function call(written: string, functions: string, loop: string): CallFact & { tied: boolean } {
  const facts = factsOf(`def main(xs, seeds):\n    ${loop.replaceAll('\n', '\n    ')}\n\n${head}${functions}\n`);
  const found = facts.calls.find((one) => one.written === written);
  assert.ok(found, `no call of ${written}`);
  return { ...found, tied: facts.carried.some((one) => one.via === 'call') };
}
const simulate = (made: string, drawn = 'rng.gauss(0, 1)'): string =>
  `def simulate(seed, steps=9, other=None):\n    rng = ${made}\n    total = 0.0\n    for _ in range(steps):\n        total += ${drawn}\n    return total`;
const loop = 'for seed in seeds:\n    print(simulate(seed))';

describe('random generators of a trip', () => {
  before(loadSyntax);

  it('are its own where a called function makes them from a seed', () => {
    for (const [made, drawn] of [
      ['random.Random(seed)'],
      ['random.Random(seed * 7 + 1)'],
      ['np.random.default_rng(seed)', 'rng.normal()'],
      ['np.random.default_rng(seed=seed)', 'rng.random()'],
      ['np.random.RandomState(seed)', 'rng.rand()'],
      ['np.random.Generator(np.random.PCG64(seed))', 'rng.standard_normal()'],
    ] as const) {
      const fact = call('simulate', simulate(made, drawn), loop);
      assert.equal(fact.purity, 'pure', made);
      assert.equal(fact.tied, false, made);
    }
  });

  it('are nobody knows whose without a seed, or where another generator may come back', () => {
    for (const [made, drawn] of [
      ['random.Random()'],
      ['random.Random(None)'],
      ['np.random.default_rng()', 'rng.normal(0, 1)'],
      ['np.random.default_rng(np_rng)', 'rng.standard_normal()'],
      ['np.random.default_rng(other.generator)', 'rng.standard_normal()'],
      ['random', 'random.gauss(0, 1)'],
    ] as const) {
      assert.equal(call('simulate', simulate(made, drawn), loop).purity, 'rng', made);
    }
    assert.equal(call('simulate', `shared = random.Random(1)\n${simulate('shared')}`, loop).tied, true);
  });

  it('are its own where the trip makes them, and not where the loop got them', () => {
    const inside = call('rng.gauss', '', 'for seed in seeds:\n    rng = random.Random(seed)\n    print(rng.gauss(0, 1))');
    assert.deepEqual([inside.purity, inside.advances, inside.tied], ['pure', 'rng', false]);
    const outside = call('rng.gauss', '', 'rng = random.Random(1)\nfor seed in seeds:\n    print(rng.gauss(0, 1))');
    assert.deepEqual([outside.purity, outside.tied], ['rng', true]);
    const sometimes = call('rng.gauss', '', 'rng = random.Random(1)\nfor seed in seeds:\n    if seed:\n        rng = random.Random(seed)\n    print(rng.gauss(0, 1))'); // prettier-ignore
    assert.deepEqual([sometimes.purity, sometimes.tied], ['rng', true]);
  });

  it('may be handed to a function that draws from them', () => {
    const step = 'def step(x, rng):\n    return x + rng.random()\n\ndef walk(x, rng):\n    return step(step(x, rng), rng=rng)';
    assert.equal(call('walk', step, 'for seed in seeds:\n    print(walk(seed, random.Random(seed)))').purity, 'pure');
    const own = call('walk', step, 'for seed in seeds:\n    rng = random.Random(seed)\n    print(walk(seed, rng))');
    assert.deepEqual([own.purity, own.advances], ['pure', 'rng']);
    assert.equal(call('walk', step, 'rng = random.Random(4)\nfor seed in seeds:\n    print(walk(seed, rng))').purity, 'rng');
    const both = `${step}\n\ndef mixed(x, rng):\n    return rng.random() + random.random()`;
    assert.equal(call('mixed', both, 'for seed in seeds:\n    print(mixed(seed, random.Random(seed)))').purity, 'rng');
  });

  it('still change what they shuffle', () => {
    const deal = (made: string): string =>
      `def deal(seed, cards):\n    rng = random.Random(seed)\n${made}    rng.shuffle(cards)\n    return cards[0]`;
    assert.notEqual(call('deal', deal(''), 'for seed in seeds:\n    print(deal(seed, xs))').purity, 'pure');
  });

  it('are the shared one that a function seeds first only where nobody else draws from it', () => {
    const seeded = 'def simulate(seed):\n    random.seed(seed)\n    return random.random()';
    const fact = call('simulate', seeded, loop);
    assert.deepEqual([fact.purity, fact.reseeds, fact.tied], ['rng', true, false]);
    for (const other of [
      `${seeded}\n\nprint(random.random())`,
      `${seeded}\n\ndef report():\n    return random.choice([1, 2])`,
      'def simulate(seed):\n    first = random.random()\n    random.seed(seed)\n    return first',
      'def simulate(seed):\n    if seed:\n        random.seed(seed)\n    return random.random()',
      'def simulate(seed):\n    random.seed()\n    return random.random()',
      'def simulate(seed):\n    random.seed(seed)\n    return random.random() + np.random.rand()',
    ]) {
      const shared = call('simulate', other, loop);
      assert.deepEqual([shared.purity, shared.reseeds, shared.tied], ['rng', undefined, true], other);
    }
  });
});
