import assert from 'node:assert/strict';
import type { Hotspot, LoopEvidence, LoopFacts, Profile, Seconds, Share } from '../../../analyzers/types';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { gatherEvidence } from '../../../analyzers/loops/evidence';
import { parseEvidence } from '../../../analyzers/loops/evidence-record';
import { explainEvidence } from '../../../analyzers/loops/evidence-text';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { sandboxedRerun } from '../../../analyzers/run/sandboxed-rerun';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { leftovers, Project, python } from '../run/fixture';
import { read } from './sample';

const none = 0 as Seconds;

/** Facts of every loop of the program, and what a watched run of it shows. */
async function watch(
  project: Project,
  name: string,
  others: string[] = [],
  limit = 20,
): Promise<{ facts: LoopFacts[]; seen: Map<string, LoopEvidence> }> {
  const modules = [name, ...others].map((file) => read(project.read(file), project.path(file)));
  const hotspots = modules.flatMap((module) =>
    module.loops.map(
      (loop): Hotspot => ({ id: `${loop.qualname}#${loop.ordinal}`, file: module.file, qualname: loop.qualname, span: loop.ir.span, kind: 'loop', share: 1 as Share, seconds: none, python: none, native: none, wait: none }), // prettier-ignore
    ),
  );
  const facts = analyzeLoops(hotspots, modules, { frames: [], effects: [], stacks: [], lines: [] } as unknown as Profile);
  const { signal } = new AbortController();
  const interpreter = await python();
  const open = sandboxedRerun({
    interpreter, command: project.command(name), root: project.root, effects: [], files: [], stdin: null, allow: { kinds: [], targets: [] },
    limits: { seconds: seconds(30), memory: null, output: bytes(1e6) }, signal,
  }); // prettier-ignore
  const gathered = await gatherEvidence({ facts, modules, open, interpreter, signal, limit: seconds(limit), endEarly: true });
  if (!gathered.ok) throw new Error(`${gathered.refusal.code}: ${gathered.refusal.why}`);
  return { facts, seen: gathered.value };
}

describe('the evidence of a hot loop', () => {
  let project: Project;
  before(loadSyntax);
  afterEach(() => {
    project.remove();
    assert.deepEqual(leftovers(), [], 'no folder of ours is left');
  });

  const text = `import tools
def run(xs, grid):
    out = []
    for x in xs:
        out.append(tools.area(x % 7))
    for i in range(1, len(grid)):
        grid[i] = grid[i - 1] + xs[i]
    doubled = [x * 2 for x in xs]
    return out, grid, doubled
print(len(run(list(range(500)), [0] * 500)[0]))
`;
  const tools = 'def area(r):\n    return 3.0 * r * r\n';

  it('is gathered by one run in a copy, for loops and comprehensions, through functions of other files', async () => {
    project = new Project({ 'a.py': text, 'tools.py': tools });
    const before = project.state();
    const { seen } = await watch(project, 'a.py', ['tools.py']);
    assert.deepEqual(project.state(), before);
    assert.deepEqual([...seen.keys()].sort(), ['run#0', 'run#1', 'run#2']);
    const [gathers, carries, built] = ['run#0', 'run#1', 'run#2'].map((id) => seen.get(id));
    assert.ok(gathers && carries && built);
    assert.deepEqual([gathers.entries, gathers.trips, gathers.shadowed, gathers.witnesses], [1, 500, 500, []]);
    assert.deepEqual(gathers.mutated, [{ name: 'out', line: 5 }]);
    assert.equal(gathers.repeats.length, 1);
    assert.deepEqual([gathers.repeats[0]?.calls, gathers.repeats[0]?.distinct], [500, 7]);
    const [witness] = carries.witnesses;
    assert.deepEqual(witness, { kind: 'flow', what: 'grid[1]', first: { trip: 0, line: 7 }, second: { trip: 1, line: 7 } });
    assert.equal(built.trips, 500);
    assert.equal(gathers.values['xs']?.length, 500);
    assert.ok(gathers.tripSeconds !== null && gathers.tripSeconds.median > 0);
    assert.match(explainEvidence(carries), /flow: grid\[1\], trip 1 \(line 7\) and trip 2 \(line 7\)/);
  });

  it('is not gathered of loops that are not hot, and refuses with the reason where the run fails to start', async () => {
    project = new Project({ 'a.py': text, 'tools.py': tools });
    const { facts } = await watch(project, 'a.py', ['tools.py']);
    const cold = facts.map((one) => ({ ...one, hotspot: { ...one.hotspot, share: 0.001 as Share } }));
    const { signal } = new AbortController();
    const open = (): never => {
      throw new Error('nothing is to be run');
    };
    const o = { modules: [], open, interpreter: await python(), signal, limit: seconds(1), endEarly: true };
    const nothing = await gatherEvidence({ ...o, facts: cold });
    assert.deepEqual(nothing, { ok: true, value: new Map() });
    const no = { ok: false as const, refusal: { code: 'no-space', why: 'w', toDo: 't' } };
    assert.deepEqual(await gatherEvidence({ ...o, facts, open: () => Promise.resolve(no) }), no);
  });
});

describe('a record of evidence', () => {
  const loops = [{ number: 0, facts: { hotspot: { id: 'f#0' } } as LoopFacts, calls: [] }];
  const row = {
    number: 0,
    entries: 1,
    trips: 3,
    early: false,
    perEntry: [3, 3, 3],
    samples: [1, 1, 1, 2],
    wall: 2,
    waited: 1,
    values: {},
    pickled: {},
    repeats: [],
    notes: [],
  };
  const parse = (value: unknown): ReturnType<typeof parseEvidence> => parseEvidence(JSON.stringify(value), loops, (file) => file);

  it('is read', () => {
    const found = parse({ loops: [row], notes: ['n'] })?.get('f#0');
    assert.deepEqual([found?.trips, found?.wait, found?.tripSeconds?.median, found?.notes], [3, 0.5, 1, ['n']]);
  });

  it('is nothing where it is not one', () => {
    for (const bad of ['', '[]', '{"loops": 1}', '{"loops":[{"number":0}],"notes":[]}', 'x'.repeat(1000)])
      assert.equal(
        parseEvidence(bad, loops, (file) => file),
        null,
        bad,
      );
    for (const change of [{ trips: -1 }, { samples: 'x' }, { perEntry: [1] }, { witnesses: [{ kind: 'odd' }] }, { values: { x: { type: 5 } } }])
      assert.equal(parse({ loops: [{ ...row, ...change }], notes: [] }), null, JSON.stringify(change));
    assert.equal(parse({ loops: [{ ...row, number: 7 }], notes: [] })?.size, 0);
  });

  it('cannot reach what is not its own', () => {
    const hostile = JSON.stringify({ loops: [row], notes: [] }).replace(
      '"values":{}',
      '"values":{"__proto__":{"type":"int"},"constructor":{"type":"int"}}',
    );
    const found = parseEvidence(hostile, loops, (file) => file)?.get('f#0');
    assert.ok(found);
    assert.equal(({} as Record<string, unknown>)['type'], undefined);
    assert.deepEqual(Object.keys(found.values), []);
  });
});
