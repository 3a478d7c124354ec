import assert from 'node:assert/strict';
import {
  groupRatio,
  halfWidth,
  levelAfter,
  LOOKS,
  MOST_ROUNDS,
  pairedRatio,
  seededRandom,
  tProbability,
  tQuantile,
} from '../../../analyzers/benchmark/stats';
import type { Interval } from '../../../analyzers/types';

const close = (actual: number, expected: number, error: number): void =>
  assert.ok(Math.abs(actual - expected) <= error, `${actual} is not ${expected}`);

/** Standard normal numbers by Box and Muller from a seeded generator. */
function gaussian(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A whole benchmark as the schedule runs it: looks at the set rounds, ends when decided. */
function experiment(normal: () => number, o: { ratio: number; spread: number; noise: number; most: number }): Interval {
  const before: number[] = [];
  const after: number[] = [];
  for (let round = 1; round <= o.most; round += 1) {
    before.push(Math.exp(o.spread * normal()) * o.ratio);
    after.push(Math.exp(o.spread * normal()));
    if (!LOOKS.some((look) => look.rounds === round)) continue;
    const found = pairedRatio(before, after, o.noise);
    if (found.high < 1.1 || (found.low >= 1.1 && (round >= 8 || halfWidth(found) <= (found.low >= 2 ? 0.25 : 0.15)))) return found;
  }
  return pairedRatio(before, after, o.noise);
}

describe('Quantiles of Student t', () => {
  it('are those of the tables', () => {
    close(tQuantile(0.975, 1), 12.706, 0.001);
    close(tQuantile(0.975, 2), 4.303, 0.001);
    close(tQuantile(0.975, 7), 2.365, 0.001);
    close(tQuantile(0.995, 4), 4.604, 0.001);
    close(tQuantile(0.99, 30), 2.457, 0.001);
  });
  it('belong to the probabilities', () => {
    for (const degrees of [1, 2, 3, 8, 11]) close(tProbability(tQuantile(0.99, degrees), degrees), 0.99, 1e-9);
    assert.equal(tProbability(0, 5), 0.5);
  });
});

describe('The ratio of paired runs', () => {
  it('is before over after, and its interval holds it', () => {
    const found = pairedRatio([4, 4.2, 3.9], [1, 1.02, 1.01], 0.015);
    close(found.mid, 3.99, 0.01);
    assert.ok(found.low < found.mid && found.mid < found.high);
  });
  it('is never surer than the noise of the machine', () => {
    const found = pairedRatio([2, 2, 2], [1, 1, 1], 0.03);
    const half = (tQuantile((1 + levelAfter(3)) / 2, 2) * Math.SQRT2 * 0.03) / Math.sqrt(3);
    close(found.low, 2 * Math.exp(-half), 1e-9);
    close(found.high, 2 * Math.exp(half), 1e-9);
  });
  it('says little after one pair', () => {
    const found = pairedRatio([2], [1], 0.03);
    assert.ok(found.low < 1.4 && found.high > 2.8, JSON.stringify(found));
  });
  it('comes out the same each time, bootstrapped or not', () => {
    const normal = gaussian(seededRandom(4));
    const before = Array.from({ length: 12 }, () => Math.exp(0.1 * normal()));
    const after = Array.from({ length: 12 }, () => Math.exp(0.1 * normal()));
    assert.deepEqual(pairedRatio(before, after, 0.02), pairedRatio(before, after, 0.02));
    const found = pairedRatio(before, after, 0.02);
    assert.ok(found.low < found.mid && found.mid < found.high);
  });
  it('refuses times that are none', () => {
    assert.throws(() => pairedRatio([1, 0], [1, 1], 0.02));
    assert.throws(() => pairedRatio([], [], 0.02));
  });
});

describe('The chance of a false claim, with a look after 3, 5, 8 and 12 rounds', () => {
  const runs = 2000;
  // The calibration may underrate the noise of this very script: a third of it is known here.
  for (const spread of [0.02, 0.06, 0.15]) {
    it(`is at most 2.5 % for two equal programs with ${spread} noise, and 95 % of the intervals hold the truth`, () => {
      const normal = gaussian(seededRandom(Math.round(spread * 1000)));
      let faster = 0;
      let proven = 0;
      let covered = 0;
      for (let run = 0; run < runs; run += 1) {
        const found = experiment(normal, { ratio: 1, spread, noise: spread / 3, most: MOST_ROUNDS });
        if (found.low > 1) faster += 1;
        if (found.low >= 1.1) proven += 1;
        if (found.low <= 1 && found.high >= 1) covered += 1;
      }
      assert.ok(faster / runs <= 0.025, `claimed ${faster} of ${runs} to be faster`);
      assert.ok(proven <= faster);
      assert.ok(covered / runs >= 0.95, `only ${covered} of ${runs} intervals hold 1`);
    });
  }
  it('holds for a true gain too, when the rounds are cut short', () => {
    const normal = gaussian(seededRandom(9));
    for (const most of [1, 2, 4, 7, 12]) {
      let covered = 0;
      for (let run = 0; run < runs; run += 1) {
        const found = experiment(normal, { ratio: 1.3, spread: 0.05, noise: 0.04, most });
        if (found.low <= 1.3 && found.high >= 1.3) covered += 1;
      }
      assert.ok(covered / runs >= 0.95, `${most} rounds: only ${covered} of ${runs} intervals hold 1.3`);
    }
  });
  it('still lets a real gain be proven', () => {
    const normal = gaussian(seededRandom(12));
    let proven = 0;
    for (let run = 0; run < 500; run += 1) if (experiment(normal, { ratio: 2, spread: 0.06, noise: 0.03, most: 12 }).low >= 1.1) proven += 1;
    assert.ok(proven >= 495, `${proven} of 500`);
  });
});

describe('The ratio of unpaired groups', () => {
  it('leans on the noise of the machine when there is hardly anything', () => {
    const found = groupRatio([2, 2.02], [0.1], 0.03);
    assert.ok(found !== null);
    close(found.mid, 20.1, 0.01);
    assert.ok(found.low < 18 && found.low > 14, JSON.stringify(found));
  });
  it('is null without a measured time', () => {
    assert.equal(groupRatio([0, 0], [1], 0.03), null);
    assert.equal(groupRatio([1], [], 0.03), null);
  });
});
