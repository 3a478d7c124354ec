import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Candidate, Interpreter, Trial } from '../../../analyzers/types';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { findPython } from '../../../analyzers/run/interpreter';
import { sandboxedRerun } from '../../../analyzers/run/sandboxed-rerun';
import { recordBaseline, tryCandidate } from '../../../analyzers/trial/trial';
import { traps, type Trap } from './traps';

const { signal } = new AbortController();
const linesIn = (text: string): number => text.split('\n').length - 1;

describe('A trial is not taken in by', function () {
  this.timeout(60_000);
  let interpreter: Interpreter;
  before(async () => {
    const found = await findPython({ explicit: path.resolve('.venv/bin/python'), cwd: process.cwd() });
    assert.ok(found.ok, JSON.stringify(found));
    interpreter = found.value;
  });

  async function tried(trap: Trap, after: string): Promise<Trial> {
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'hotloop-trap-')));
    try {
      const { head = '', before, tail = '', captures = [], tolerance = 1e-9 } = trap;
      const file = path.join(folder, 'script.py');
      const text = head + before + tail;
      await writeFile(file, text);
      await writeFile(path.join(folder, 'pyproject.toml'), '');
      const sha256 = createHash('sha256').update(text).digest('hex');
      const start = linesIn(head);
      const end = { line: start + linesIn(before), character: 0 };
      const candidate: Candidate = {
        id: 'trap@script.py', refactor: 'trap', family: trap.pool === true ? 'process-pool' : 'vectorize', title: 'A trap', hotspots: [], parts: [],
        edits: [{ file, sha256, start: { line: start, character: 0 }, end, newText: after }],
        regions: [{ file, before: { startLine: start + 1, endLine: end.line }, after: { startLine: start + 1, endLine: start + linesIn(after) }, captures }],
        cost: { kind: 'factor', low: 1, high: 2 }, predicted: null, assumptions: [], requires: [], tolerance, guarded: true, workers: null,
      }; // prettier-ignore
      const command = { kind: 'script' as const, target: file, args: [], cwd: folder };
      const limits = { seconds: seconds(30), memory: null, output: bytes(1e6) };
      const open = sandboxedRerun({ interpreter, command, root: folder, effects: [], files: [], stdin: null, allow: { kinds: [], targets: [] }, limits, signal }); // prettier-ignore
      const baseline = await recordBaseline({ open, candidates: [candidate], signal, runs: 1 });
      assert.ok(baseline.ok, JSON.stringify(baseline));
      return await tryCandidate(candidate, baseline.value, { open, interpreter, signal, extra: null });
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  for (const trap of traps) {
    it(trap.name, async function () {
      if (trap.requires !== undefined && !(trap.requires in interpreter.packages)) {
        console.log(`skipped: ${trap.requires} is not installed here`);
        this.skip();
      }
      const found = await tried(trap, trap.after);
      assert.equal(found.equivalence, 'different', 'it was found equal');
      assert.ok(found.firstDifference !== undefined || found.problem !== undefined);
      assert.notEqual(found.problem?.code, 'not-reached', found.problem?.why);
    });
  }

  it('nothing where nothing is changed but a comment', async () => {
    for (const trap of traps.filter(({ pool, requires }) => pool !== true && requires === undefined)) {
      const found = await tried(trap, `${trap.before}# the same\n`);
      const weak = found.problem?.code === 'nothing-to-compare';
      assert.ok(weak || found.equivalence === 'guarded', `${trap.name}: ${found.firstDifference ?? found.problem?.why ?? ''}`);
    }
  });
});
