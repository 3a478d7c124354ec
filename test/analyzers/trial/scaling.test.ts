import assert from 'node:assert/strict';
import type { Candidate, Edit } from '../../../analyzers/types';
import { seconds } from '../../../analyzers/platform/units';
import { readModule } from '../../../analyzers/syntax/python-module';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { findScaling, scaledRerun, type Scaling } from '../../../analyzers/trial/scaling';
import { sizesOf } from '../../../analyzers/trial/sizes';
import { candidateOf, resultOf, worldOf } from '../benchmark/fakes';
import { left } from './fakes';
import type { OpenRerun, RerunOptions } from '../../../analyzers/run/rerun';

const { signal } = new AbortController();
const place = (line: number, from: number, to: number, newText: string): Edit => ({
  file: '/p/script.py',
  sha256: 'x',
  start: { line, character: from },
  end: { line, character: to },
  newText,
});

/** A world in which each rerun can be edited, and tells what it holds. */
function editable(shows: (version: string, options: RerunOptions) => { wall: number; stopped?: 'limit'; exitCode?: number }): {
  open: OpenRerun;
  log: string[];
} {
  const log: string[] = [];
  const open: OpenRerun = async (edits) => {
    let version = edits.map((edit) => edit.newText).join('+');
    const inner = await worldOf(() => null).open([]);
    assert.ok(inner.ok);
    const rerun = {
      ...inner.value,
      run: (options: RerunOptions) => {
        log.push(version + (options.args ?? []).join());
        return Promise.resolve({ ok: true as const, value: { ...resultOf(shows(version, options)), regions: [left([])] } });
      },
      edit: (other: readonly Edit[]) => {
        version = other.map((edit) => edit.newText).join('+');
        return Promise.resolve({ ok: true as const, value: undefined });
      },
    };
    return { ok: true, value: rerun };
  };
  return { open, log };
}

describe('A script that is too long to be rerun', () => {
  before(() => loadSyntax());
  const text = 'N = 1_000_000\nfor i in range(N):\n    pass\n';
  const source = { path: '/p/script.py', text, sha256: 'x', language: 'python' as const };
  const find = (world: { open: OpenRerun }, args: string[] = [], candidates: Candidate[] = []): Promise<Scaling | null> =>
    findScaling({ open: world.open, sizes: sizesOf([{ source, module: readModule(source) }], args), candidates, whole: seconds(200), wanted: seconds(2), seed: 1, signal }); // prettier-ignore

  it('is tried on a smaller input that takes about the time that is wanted', async () => {
    const world = editable((version) => ({ wall: (200 * Number(version)) / 1_000_000 }));
    const found = await find(world);
    assert.deepEqual([found?.title, found?.value, found?.seconds], ['with N = 10000', 10_000, 2]);
    assert.deepEqual(world.log, ['10000']);
  });
  it('is made smaller still where it is stopped, and larger where hardly anything is left of it', async () => {
    const square = editable((version) => {
      const wall = 200_000 * (Number(version) / 1_000_000) ** 0.5;
      return wall > 4 ? { wall: 4, stopped: 'limit' as const } : { wall };
    });
    assert.equal(await find(square), null);
    assert.deepEqual(square.log, ['10000', '2000', '400']);
    const steep = editable((version) => ({ wall: 200 * (Number(version) / 1_000_000) ** 2 }));
    assert.equal((await find(steep))?.value, 90_000);
    assert.deepEqual(steep.log, ['10000', '30000', '90000']);
  });
  it('may have its size on the command line, and none where the edit has replaced it or the script fails', async () => {
    const world = editable((_, { args }) => ({ wall: args?.[0] === '20000' ? 2 : 0.01 }));
    assert.deepEqual((await find(world, ['2000000']))?.args, ['20000']);
    const inTheWay = candidateOf('a', { edits: [place(0, 0, 13, 'N = 5')] });
    assert.equal(
      await find(
        editable(() => ({ wall: 2 })),
        [],
        [inTheWay],
      ),
      null,
    );
    assert.equal(await find(editable(() => ({ wall: 2, exitCode: 1 }))), null);
  });
  it('runs every version on that input, but where a trial asks for another value of it', async () => {
    const world = editable(() => ({ wall: 1 }));
    const scaling: Scaling = { title: '', value: 10, edits: [place(0, 4, 13, '10')], args: ['10'], seconds: seconds(2) };
    const opened = await scaledRerun(world.open, scaling)([place(1, 0, 5, 'new')]);
    assert.ok(opened.ok);
    const options = { regions: [], seed: 1, startMethod: 'default' as const, environment: {}, limit: null, args: null, signal };
    await opened.value.run(options);
    await opened.value.edit([place(1, 0, 5, 'new'), place(0, 4, 13, '0')]);
    await opened.value.run({ ...options, args: ['0'] });
    assert.deepEqual(world.log, ['new+1010', 'new+00']);
  });
});
