import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule, type PythonModule } from '../../../analyzers/syntax/python-module';
import { bytes, seconds } from '../../../analyzers/platform/units';
import * as classify from '../../../analyzers/verdict/classify';
import type { Hotspot, Machine, ProcessSummary, Profile, Run, Share, Verdict } from '../../../analyzers/types';
import { profileOf, sourceOf } from '../hotspots/profiles';

const text = `import time, asyncio
def work():
    for i in range(9):
        s = i * i
    time.sleep(1)
    data = fetch()

async def serve():
    work()
`;
const source = sourceOf('/p/a.py', text);
let modules: PythonModule[] = [];
before(async () => {
  await loadSyntax();
  modules = [readModule(source)];
});
const classifyRun = (profile: Profile, machine: Machine | null): Verdict => classify.classifyRun(profile, machine, modules);
const classifyHotspot = (of: Hotspot, profile: Profile): Verdict => classify.classifyHotspot(of, profile, modules);
const at = (line: number): [string, number][] => [
  ['<module>', 9],
  ['work', line],
];
const run = (profile: Profile, more: Partial<Run>): Profile => ({ ...profile, run: { ...profile.run, ...more } });
const child = (cpu: number): ProcessSummary => ({ pid: 2, parent: 1, seconds: seconds(10), cpuSeconds: seconds(cpu), kind: 'child' });
const hotspot = (more: Partial<Hotspot>): Hotspot => ({
  id: 'a.py::work#0',
  file: source.path,
  qualname: 'work',
  span: { start: { line: 2, character: 4 }, end: { line: 3, character: 17 } },
  kind: 'loop',
  share: 0.9 as Hotspot['share'],
  seconds: seconds(9),
  python: seconds(9),
  native: seconds(0),
  wait: seconds(0),
  ...more,
});
const texts = (verdict: ReturnType<typeof classifyRun>): string => verdict.because.map((evidence) => evidence.text).join('\n');

describe('the verdict on a run', () => {
  it('is Python code where that is most of the time, with the line', () => {
    const verdict = classifyRun(
      profileOf(source, [
        [at(4), 9.5],
        [at(3), 0.5, { native: 0.5 }],
      ]),
      null,
    );
    assert.equal(verdict.bottleneck, 'cpu-python');
    assert.equal(verdict.confidence, 0.95);
    assert.match(texts(verdict), /95 % of the measured time is Python code, 5 % native code/);
    assert.ok(verdict.because.some((evidence) => evidence.line === 4 && evidence.file === source.path));
  });

  it('is native code where that is most of the time', () => {
    assert.equal(classifyRun(profileOf(source, [[at(4), 10, { native: 7.5 }]]), null).bottleneck, 'cpu-native');
  });

  it('is less sure the smaller the part', () => {
    const confidence = (python: number): number => classifyRun(profileOf(source, [[at(4), 10, { native: 10 - python }]]), null).confidence;
    assert.deepEqual([9, 7.5, 6.5].map(confidence), [0.95, 0.8, 0.6]);
  });

  it('is a guess where memory has a good part of it, and memory where that has half', () => {
    const filled = 'def work(n):\n    for i in range(n):\n        block = bytes(400_000)\n        t = i * i\n';
    const memory = sourceOf('/p/m.py', filled);
    const verdict = (share: number): Verdict =>
      classify.classifyRun(
        profileOf(memory, [
          [[['work', 3]], 10 * share, { native: 10 * share }],
          [[['work', 4]], 10 * (1 - share)],
        ]),
        null,
        [readModule(memory)],
      );
    assert.deepEqual([0.1, 0.3, 0.55].map((share) => [verdict(share).bottleneck, verdict(share).confidence]), [['cpu-python', 0.95], ['cpu-python', 0.6], ['memory', 0.6]]); // prettier-ignore
  });

  it('is memory where short lines copy thousands of elements, however little of them is seen as native', () => {
    const copied = sourceOf('/p/c.py', 'def work(n):\n    steps = []\n    for i in range(n):\n        steps = [*steps, i * i]\n');
    const held = (length: number): Partial<Profile> => ({ frames: [{ file: copied.path, name: 'work', firstLine: 1, values: { steps: { type: 'list', length } } }] }); // prettier-ignore
    const verdict = (length: number): Verdict => classify.classifyRun(profileOf(copied, [[[['work', 4]], 9], [[['work', 3]], 1]], held(length)), null, [readModule(copied)]); // prettier-ignore
    assert.deepEqual([verdict(6000).bottleneck, verdict(6000).detail], ['memory', 'copies']);
    assert.equal(verdict(60).bottleneck, 'cpu-python');
  });

  it('is mixed where nothing is most of the time', () => {
    assert.equal(classifyRun(profileOf(source, [[at(4), 10, { native: 5, wait: 1 }]]), null).bottleneck, 'mixed');
  });

  it('is waiting, and says for what', () => {
    const asleep = classifyRun(profileOf(source, [[at(5), 10, { wait: 9 }]]), null);
    assert.equal(asleep.bottleneck, 'io-wait');
    assert.match(texts(asleep), /Line 5 waits 9 s: it sleeps/);
    const effects: Profile['effects'] = [{ kind: 'network', target: 'example.org:443', count: 50, inside: false, file: source.path, line: 6 }];
    const online = classifyRun(profileOf(source, [[at(6), 10, { wait: 9 }]], { effects }), null);
    assert.match(texts(online), /It uses the network: example.org:443, 50 times/);
    assert.deepEqual([asleep.detail, online.detail], ['sleep', 'network']);
    const unknown = classifyRun(profileOf(source, [[at(6), 10, { wait: 9 }]]), null);
    assert.match(texts(unknown), /could not be seen/);
  });

  it('is too short below 0.3 s', () => {
    assert.equal(classifyRun(profileOf(source, [[at(4), 0.2]]), null).bottleneck, 'too-short');
  });

  it('is parallel already where children or threads use several cores', () => {
    const pool = run(profileOf(source, [[at(4), 10, { wait: 9.9 }]], { processes: [child(9), child(9)] }), { cpuSeconds: seconds(18) });
    assert.equal(classifyRun(pool, null).bottleneck, 'parallel-already');
    assert.match(texts(classifyRun(pool, null)), /1.8 cores busy/);
    const threads = run(profileOf(source, [[at(4), 10, { native: 10 }]]), { cpuSeconds: seconds(35) });
    assert.equal(classifyRun(threads, null).bottleneck, 'parallel-already');
  });

  it('is overhead where children hardly compute', () => {
    const called = { file: source.path, line: 6, called: 'multiprocessing/pool', running: 'multiprocessing/connection' };
    const libraries: Profile['libraries'] = [{ ...called, busy: seconds(5), wait: seconds(3), process: 'main' }];
    const pool = run(profileOf(source, [[at(6), 10, { wait: 3 }]], { processes: [child(0.5), child(0.5)], libraries }), { cpuSeconds: seconds(8) });
    const verdict = classifyRun(pool, null);
    assert.equal(verdict.bottleneck, 'overhead');
    assert.ok(verdict.because.some((evidence) => evidence.line === 6));
  });

  it('is the interpreter lock where threads wait for it', () => {
    const verdict = classifyRun(profileOf(source, [[at(4), 10]], { locked: seconds(28) }), null);
    assert.equal(verdict.bottleneck, 'gil');
    assert.match(texts(verdict), /28 s for the interpreter lock/);
  });

  it('is the interpreter lock, not a wait for the outside, where threads that only compute stand still', () => {
    const threaded = sourceOf('/p/t.py', 'import threading\ndef count(n, t=0):\n    for i in range(n):\n        t += i * i\nall = [threading.Thread(target=count, args=(9,)) for _ in "ab"]\nfor one in all:\n    one.start()\nfor one in all:\n    one.join()\n'); // prettier-ignore
    const timeline: Profile['timeline'] = [{ at: seconds(1), cpu: 0.5 as Share, rss: bytes(1), threads: 3, processes: 1 }];
    const paths: Parameters<typeof profileOf>[1] = [
      [[['count', 4]], 9, { wait: 6 }],
      [[['<module>', 9]], 8, { wait: 8 }],
    ];
    const crowded = run(profileOf(threaded, paths, { timeline }), { seconds: seconds(9), cpuSeconds: seconds(3.2) });
    assert.equal(classify.classifyRun(crowded, null, [readModule(threaded)]).bottleneck, 'gil');
    const single = run(profileOf(threaded, paths.slice(0, 1)), { seconds: seconds(9), cpuSeconds: seconds(3.2) });
    assert.equal(classify.classifyRun(single, null, [readModule(threaded)]).bottleneck, 'io-wait');
  });

  it('is the event loop where coroutines compute', () => {
    const verdict = classifyRun(profileOf(source, [[[['<module>', 1], ['serve', 9], ['work', 4]], 8], [at(5), 2, { wait: 2 }]]), null); // prettier-ignore
    assert.equal(verdict.bottleneck, 'event-loop');
  });

  it('is memory where fresh pages come faster than work', () => {
    const profile = profileOf(source, [[at(4), 2, { native: 2 }]]);
    const lines = profile.lines.map((line) => ({ ...line, alloc: bytes(5 * 2 ** 30) }));
    assert.equal(classifyRun({ ...profile, lines }, null).bottleneck, 'memory');
  });

  it('is a guess where there are few samples', () => {
    const profile = profileOf(source, [[at(4), 10]]);
    const verdict = classifyRun({ ...profile, lines: profile.lines.map((line) => ({ ...line, hits: 3 })) }, null);
    assert.equal(verdict.confidence, 0.6);
    assert.match(texts(verdict), /Only 3 samples/);
  });

  it('says how much of the run is not in the program', () => {
    const profile = run(profileOf(source, [[at(4), 1]]), { seconds: seconds(2), cpuSeconds: seconds(2) });
    assert.match(texts(classifyRun(profile, null)), /50 % of the run is outside/);
  });
});

describe('the verdict on a hotspot', () => {
  const profile = profileOf(source, [[at(4), 9], [at(5), 1, { wait: 1 }]]); // prettier-ignore

  it('is of its own time', () => {
    assert.equal(classifyHotspot(hotspot({}), profile).bottleneck, 'cpu-python');
    const native = profileOf(source, [[at(4), 9, { native: 8 }], [at(5), 1, { wait: 1 }]]); // prettier-ignore
    assert.equal(classifyHotspot(hotspot({ python: seconds(1), native: seconds(8) }), native).bottleneck, 'cpu-native');
    const waiting = profileOf(source, [[at(4), 9, { wait: 8 }], [at(5), 1]]); // prettier-ignore
    assert.equal(classifyHotspot(hotspot({ python: seconds(1), wait: seconds(8) }), waiting).bottleneck, 'io-wait');
  });

  it('is the lock where threads of the run wait for it', () => {
    assert.equal(classifyHotspot(hotspot({}), { ...profile, locked: seconds(20) }).bottleneck, 'gil');
  });

  it('is parallel already where it waits for its own processes', () => {
    const pool = run({ ...profile, processes: [child(8), child(8)] }, { cpuSeconds: seconds(17) });
    assert.equal(classifyHotspot(hotspot({ python: seconds(0.1), wait: seconds(8.9) }), pool).bottleneck, 'parallel-already');
  });
});
