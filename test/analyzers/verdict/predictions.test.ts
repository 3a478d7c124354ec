import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interval } from '../../../analyzers/platform/units';
import { predictionErrors, recordOutcomes, widened } from '../../../analyzers/verdict/predictions';

describe('The record of predictions', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hotloop-predictions-'));
    before = process.env['HOTLOOP_HOME'];
    process.env['HOTLOOP_HOME'] = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['HOTLOOP_HOME'];
    else process.env['HOTLOOP_HOME'] = before;
    rmSync(folder, { recursive: true });
  });
  const outcome = (measured: number, refactor = 'vectorize-reduction') => ({ refactor, predicted: interval(2, 4, 8), measured });
  const file = (): string => path.join(folder, 'predictions.json');

  it('says how far a kind was off, either way, once there are enough proofs of it', async () => {
    await recordOutcomes([outcome(8), outcome(2), outcome(4), outcome(5)]);
    assert.equal((await predictionErrors()).size, 0);
    await recordOutcomes([outcome(2), outcome(3, 'memoize-calls')]);
    const errors = await predictionErrors();
    assert.deepEqual([...errors.keys()], ['vectorize-reduction']);
    const { typical, most, proofs } = errors.get('vectorize-reduction')!;
    assert.deepEqual([typical, proofs], [2, 5]);
    assert.ok(most >= typical);
  });
  it('widens a range by it and never narrows one', () => {
    const error = { typical: interval(1, 1, 1).mid, most: interval(3, 3, 3).mid, proofs: 9 };
    assert.deepEqual(widened(interval(3, 4, 5), error), interval(4 / 3, 4, 12));
    assert.deepEqual(widened(interval(1, 4, 50), error), interval(1, 4, 50));
    assert.deepEqual(widened(interval(3, 4, 5), undefined), interval(3, 4, 5));
  });
  it('forgets the oldest of a kind', async () => {
    for (let round = 0; round < 6; round += 1) await recordOutcomes(Array.from({ length: 10 }, () => outcome(round < 2 ? 40 : 4)));
    await recordOutcomes([outcome(4, 'other')]);
    const { outcomes } = JSON.parse(readFileSync(file(), 'utf8')) as { outcomes: { refactor: string; measured: number }[] };
    assert.equal(outcomes.length, 41);
    assert.ok(outcomes.every(({ measured }) => measured === 4));
    assert.equal(outcomes.at(-1)?.refactor, 'other');
  });
  it('takes no damage from a broken file, or from a number that is none', async () => {
    writeFileSync(file(), '{"version":1,"outcomes":[{"refactor":3}]}');
    assert.equal((await predictionErrors()).size, 0);
    await recordOutcomes([outcome(Number.NaN), outcome(0), ...Array.from({ length: 5 }, () => outcome(4))]);
    assert.equal((await predictionErrors()).get('vectorize-reduction')?.proofs, 5);
  });
  it('keeps nothing where nothing can be written', async () => {
    writeFileSync(path.join(folder, 'flat'), '');
    process.env['HOTLOOP_HOME'] = path.join(folder, 'flat');
    await recordOutcomes([outcome(4)]);
    assert.equal((await predictionErrors()).size, 0);
  });
});
