import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { judgeLoop } from '../../../analyzers/verdict/lattice';
import type { Legality, LoopEvidence, LoopFacts, ValueFact } from '../../../analyzers/types';
import { factsOf } from '../loops/sample';

const judge = (text: string, values: Record<string, ValueFact> = {}, evidence?: Partial<LoopEvidence>): Legality => {
  const facts: LoopFacts = factsOf(text, { f: values });
  return judgeLoop(evidence === undefined ? facts : { ...facts, evidence: { ...nothing, ...evidence } });
};
const nothing: LoopEvidence = {
  entries: 1, trips: 100, tripsPerEntry: { least: 100, median: 100, most: 100 }, tripSeconds: null, wait: null, values: {}, pickled: {}, mutated: [], repeats: [],
  watched: 100, random: 0, effects: 0, shadowed: 100, witnesses: [], reordered: [], notes: [],
}; // prettier-ignore
const said = (legality: Legality): string => legality.steps.map((step) => step.text).join('\n');
const sum = 'def f(xs):\n    total = 0\n    for x in xs:\n        y = x * x\n        total += y\n    return total\n';
const library = 'import strange\ndef f(xs):\n    out = []\n    for x in xs:\n        out.append(strange.work(x))\n    return out\n';

describe('whether trips may run in another order', () => {
  before(loadSyntax);

  it('is so for a sum, and says how its parts are put together', () => {
    const legality = judge(sum);
    assert.equal(legality.verdict, 'independent', said(legality));
    assert.match(said(legality), /`total` adds up, and sums of parts can be added/);
    assert.match(said(legality), /`y` is set anew in every trip/);
    assert.equal(legality.steps.find((step) => step.text.includes('adds up'))?.line, 5);
  });

  it('is so for elements that are only appended', () => {
    const legality = judge('def f(xs):\n    out = []\n    for x in xs:\n        out.append(x + 1)\n    return out\n');
    assert.equal(legality.verdict, 'independent', said(legality));
    assert.match(said(legality), /parts can be gathered separately and joined in order/);
  });

  it('is not so for a scan, and names the line', () => {
    const legality = judge(
      'def f(xs):\n    level = 0\n    out = []\n    for x in xs:\n        level = 0.9 * level + x\n        out.append(level)\n    return out\n',
    );
    assert.equal(legality.verdict, 'blocked');
    assert.ok(legality.steps.some((step) => step.line === 5 && step.text.includes('level')));
  });

  it('is not so where a trip ends the loop with what it found', () => {
    const legality = judge(
      'def f(xs):\n    found = None\n    for x in xs:\n        if x > 3:\n            found = x\n            break\n    return found\n',
    );
    assert.equal(legality.verdict, 'blocked');
  });

  it('is so where the early end only says that there is one', () => {
    for (const text of [
      'def f(xs):\n    found = False\n    for x in xs:\n        if x > 3:\n            found = True\n            break\n    return found\n',
      'def f(xs):\n    for x in xs:\n        if x > 3:\n            return True\n    return False\n',
    ])
      assert.equal(judge(text).verdict, 'independent', said(judge(text)));
  });

  it('is not so where something else is counted until that end', () => {
    for (const text of [
      'def f(xs):\n    found = False\n    n = 0\n    for x in xs:\n        n += 1\n        if x > 3:\n            found = True\n            break\n    return found, n\n',
      'def f(xs):\n    for x in xs:\n        if x > 3:\n            return True\n        if x < 0:\n            return False\n    return None\n',
      'def f(xs):\n    found = False\n    for x in xs:\n        if x > 3:\n            found = True\n            break\n    return found, x\n',
      'def f(xs):\n    found = False\n    for x in xs:\n        if x < 0:\n            break\n        if x > 3:\n            found = True\n            break\n    return found\n',
      'def f(xs, seen):\n    for x in xs:\n        seen.append(x)\n        if x > 3:\n            return True\n    return False\n',
    ])
      assert.equal(judge(text).verdict, 'blocked', text);
  });

  it('is not so where only some trips set what is used afterwards', () => {
    const legality = judge('def f(xs):\n    last = 0\n    for x in xs:\n        if x > 3:\n            last = x\n    return last\n');
    assert.notEqual(legality.verdict, 'independent');
  });

  it('is not known where += is what a class of the program says', () => {
    const own: Record<string, ValueFact> = { total: { type: '__main__.Signature' } };
    assert.equal(judge(sum, own).verdict, 'unknown');
    assert.equal(judge(sum, { total: { type: 'int', value: 3 } }).verdict, 'independent');
  });

  it('is not known of a call that is not known, until a run shows it for its input', () => {
    assert.equal(judge(library).verdict, 'unknown');
    const reordered = [{ order: 'reversed' as const, same: true }];
    const seen = judge(library, {}, { reordered });
    assert.equal(seen.verdict, 'observed', said(seen));
    assert.match(said(seen), /On this input: 100 of 100 trips were watched/);
    assert.match(said(seen), /With its trips reversed the loop gave the same/);
    assert.equal(judge(library, {}, { shadowed: 5, reordered }).verdict, 'observed');
    // What the call keeps to itself does not show in names and elements, and one trip has no order.
    assert.equal(judge(library, {}, {}).verdict, 'unknown');
    assert.equal(judge(library, {}, { reordered, tripsPerEntry: { least: 1, median: 1, most: 2 } }).verdict, 'unknown');
    assert.equal(judge(library, {}, { effects: 2, reordered }).verdict, 'unknown');
  });

  it('is not known of places that may be the same, until all trips were watched or another order gave the same', () => {
    const text = 'def f(a, b, n):\n    for i in range(n):\n        a[i] = b[i + 1] * 2\n    return a\n';
    assert.equal(judge(text).verdict, 'unknown');
    assert.equal(judge(text, {}, {}).verdict, 'observed');
    assert.equal(judge(text, {}, { shadowed: 99 }).verdict, 'unknown');
    assert.equal(judge(text, {}, { shadowed: 5, reordered: [{ order: 'shuffled', same: true }] }).verdict, 'observed');
  });

  it('is not so where a run saw two trips meet, and says which', () => {
    const witness = { kind: 'flow' as const, what: 'cache[3]', first: { trip: 0, line: 5 }, second: { trip: 4, line: 5 } };
    const legality = judge(library, {}, { witnesses: [witness] });
    assert.equal(legality.verdict, 'blocked');
    assert.match(said(legality), /Trip 1 \(line 5\) writes cache\[3\], and trip 5 \(line 5\) reads it/);
    assert.deepEqual(legality.steps[0]?.witness, witness);
  });

  it('is so where all that trips meet at is an entry of what they gather', () => {
    const tally = 'class Tally:\n    def __init__(self):\n        self.counts = {}\n    def feed(self, rows):\n        for row in rows:\n            self.counts[row] = self.counts.get(row, 0) + 1\n'; // prettier-ignore
    const meets = (what: string): Legality =>
      judge(tally, {}, { witnesses: [{ kind: 'flow', what, first: { trip: 0, line: 6 }, second: { trip: 1, line: 6 } }] });
    assert.equal(meets("self.counts['a']").verdict, 'independent', said(meets("self.counts['a']")));
    assert.equal(meets("self.counts_before['a']").verdict, 'blocked');
  });

  it('is not so where another order gave something else', () => {
    const legality = judge(library, {}, { reordered: [{ order: 'reversed', same: false, difference: 'total is 3, not 4' }] });
    assert.equal(legality.verdict, 'blocked');
    assert.match(said(legality), /total is 3, not 4/);
  });
});
