import assert from 'node:assert/strict';
import { buildCli } from './program';
import { killProofs, moments } from './killed-proofs';

describe('A proof that is killed', () => {
  it('at any moment leaves nothing that the next start does not remove, and the folder as it was', async function () {
    this.timeout(600_000);
    if (process.platform !== 'linux') {
      console.log('        skipped: only Linux ends a child with its parent at once');
      this.skip();
    }
    buildCli();
    const killed = await killProofs(moments(8, 8));
    assert.equal(killed.length, 8);
    assert.ok(killed.filter(({ finished }) => !finished).length >= 4, 'most of them were killed on their way');
    assert.ok(
      killed.some(({ abandoned }) => abandoned > 0),
      'some of them left something to remove',
    );
    for (const { after, during, processes, folders, changed } of killed) {
      assert.deepEqual({ processes, folders, changed }, { processes: [], folders: [], changed: [] }, `killed after ${after.toFixed(2)} s: ${during}`);
    }
  });
});
