import assert from 'node:assert/strict';
import { mkdtemp, writeFile, appendFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { JournalFiles } from '../../../analyzers/profile/journal-files';
import { mergeJournals } from '../../../analyzers/profile/merge';
import { ProcessJournal } from '../../../analyzers/profile/process-journal';

const start = (pid: number, kind: 'main' | 'child', at: number): string =>
  JSON.stringify({ t: 'start', v: 1, pid, parent: kind === 'main' ? 1 : 100, kind, at, version: '3.11.7', mode: 'timer', interval: 0.002 });
const tick = (more: Record<string, unknown>): string =>
  JSON.stringify({ t: 'tick', at: 11, cpu: 0.9, mode: 'timer', interval: 0.002, taken: 10, own: 0.01, outside: 0, lock: 0, ...more });
const end = JSON.stringify({ t: 'end', at: 12, cpu: 1.5, how: 'exit', modules: ['/p/other.py'] });

const filled = (...lines: string[]): ProcessJournal => {
  const journal = new ProcessJournal();
  journal.feed(`${lines.join('\n')}\n`);
  return journal;
};
const work = {
  files: ['/p/a.py'],
  codes: [
    [0, '<module>', 1],
    [0, 'work', 3],
  ],
  lines: [[0, 5, 0.5, 0.1, 0, 4096, 20]],
  stacks: [[[0, 9, 1, 5], 0.6, 0.1, 0]],
  timeline: [[10.5, 0.97, 1e7, 1]],
};

describe('the journal of a process', () => {
  it('adds the increases up', () => {
    const journal = filled(
      start(100, 'main', 10),
      tick(work),
      tick({ lines: [[0, 5, 0.25, 0, 0.25, 0, 5]], stacks: [[[0, 9, 1, 5], 0.5, 0, 0.25]] }),
      end,
    );
    const profile = mergeJournals([journal]);
    assert.deepEqual(profile.lines, [{ file: '/p/a.py', line: 5, python: 0.75, native: 0.1, wait: 0.25, alloc: 4096, hits: 25 }]);
    assert.equal(profile.stacks.length, 1);
    assert.deepEqual(
      profile.stacks[0]?.frames.map((frame) => [frame.name, frame.line]),
      [
        ['<module>', 9],
        ['work', 5],
      ],
    );
    assert.equal(profile.stacks[0].seconds, 1.1);
    assert.deepEqual(profile.files, ['/p/a.py', '/p/other.py']);
    assert.deepEqual(profile.notes, []);
  });

  it('adds up what lines cost and whom they called, and believes the last word on other threads', () => {
    const costs = {
      costs: [[0, 5, 0.5, 0.25, 0.125, 64]],
      via: [[0, 5, 'subprocess', 'selectors', 0.25, 2]],
      strays: [['multiprocessing/pool', 0.5]],
    };
    const main = filled(start(100, 'main', 10), tick({ ...work, ...costs }), tick({ ...costs, strays: [['multiprocessing/pool', 0.75]] }), end);
    const child = filled(start(101, 'child', 10), tick({ ...work, ...costs }), end);
    const profile = mergeJournals([main, child]);
    assert.deepEqual(profile.details, [{ file: '/p/a.py', line: 5, cpu: 1.5, long: 0.75, system: 0.375, faults: 192 }]);
    const library = { file: '/p/a.py', line: 5, called: 'subprocess', running: 'selectors' };
    assert.deepEqual(profile.libraries, [
      { ...library, busy: 0.5, wait: 4, process: 'main' },
      { ...library, busy: 0.25, wait: 2, process: 'child' },
    ]);
    assert.deepEqual(profile.strays, { 'multiprocessing/pool': 1.25 });
  });

  it('is read in any pieces, and a cut last line is left out', () => {
    const text = `${[start(100, 'main', 10), tick(work), end].join('\n')}\n{"t":"tick","at":1`;
    for (let size = 1; size < 200; size += 37) {
      const journal = new ProcessJournal();
      for (let at = 0; at < text.length; at += size) journal.feed(text.slice(at, at + size));
      assert.equal(journal.lines.size, 1);
      assert.equal(journal.ended, true);
      assert.equal(journal.unreadable, 0);
    }
  });

  it('counts what is no record, and goes on', () => {
    const journal = filled(start(100, 'main', 10), 'nonsense', JSON.stringify({ t: 'tick', at: 'x' }), tick(work));
    assert.equal(journal.unreadable, 2);
    assert.equal(journal.lines.size, 1);
    const { notes } = mergeJournals([journal]);
    assert.match(notes.join(' '), /2 records/);
    assert.match(notes.join(' '), /ended at once/);
  });

  it('says so when nothing was measured', () => {
    assert.match(mergeJournals([]).notes.join(' '), /before anything/);
  });
});

describe('the journals of a process tree', () => {
  it('add up: costs by line, processes and cores in the timeline', () => {
    const main = filled(start(100, 'main', 10), tick({ ...work, timeline: [[11, 0.1, 1e7, 2]] }), end);
    const child = filled(start(101, 'child', 10.2), tick({ ...work, timeline: [[10.9, 0.95, 2e7, 1]] }), end);
    const profile = mergeJournals([child, main]);
    assert.equal(profile.lines[0]?.python, 1);
    assert.deepEqual(
      profile.processes.map((process) => [process.pid, process.kind]),
      [
        [100, 'main'],
        [101, 'child'],
      ],
    );
    assert.equal(profile.timeline.length, 1);
    const [sample] = profile.timeline;
    assert.ok(sample);
    assert.ok(Math.abs(sample.cpu - 1.05) < 1e-9);
    assert.deepEqual([sample.processes, sample.threads, sample.rss, sample.at], [2, 3, 3e7, 1]);
  });

  it('leaves out a fork server, which runs nothing of the program', () => {
    const main = filled(start(1, 'main', 10), tick(work), end);
    const server = filled(start(100, 'child', 10), tick({}), end);
    const worker = filled(start(101, 'child', 10), tick(work), end);
    assert.deepEqual(
      mergeJournals([main, server, worker]).processes.map((process) => process.pid),
      [1, 101],
    );
  });

  it('keeps at most 2000 points of the timeline', () => {
    const points = Array.from({ length: 5000 }, (_, index) => [10 + index / 100, 0.5, 1e7, 1]);
    const { timeline } = mergeJournals([filled(start(1, 'main', 10), tick({ ...work, timeline: points }))]);
    assert.ok(timeline.length <= 2000 && timeline.length > 500);
  });
});

describe('side files', () => {
  it('are followed while they grow, children too', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotloop-test-'));
    const out = path.join(folder, 'probe.jsonl');
    const files = new JournalFiles(out);
    await files.read();
    assert.equal(files.main, undefined);
    await writeFile(out, `${start(100, 'main', 10)}\n${tick(work)}\n`);
    await files.read();
    assert.equal(files.journals()[0]?.lines.size, 1);
    await appendFile(out, `${tick({ lines: [[0, 6, 1, 0, 0, 0, 1]] })}\n`);
    await writeFile(`${out}.101`, `${start(101, 'child', 10)}\n`);
    await writeFile(path.join(folder, 'child.spec'), 'not a journal');
    await files.read();
    assert.equal(files.journals()[0]?.lines.size, 2);
    assert.equal(files.journals().length, 2);
    await rm(folder, { recursive: true });
  });
});
