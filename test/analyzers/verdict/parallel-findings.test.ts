import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { profilePython } from '../../../analyzers/profile/python';
import { refactors } from '../../../analyzers/refactors/index';
import { findPython } from '../../../analyzers/run/interpreter';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import type { Finding } from '../../../analyzers/types';
import { findingCodes, findParallelFindings, remedies } from '../../../analyzers/verdict/parallel/findings';
import { profileOf, sourceOf } from '../hotspots/profiles';

const root = path.resolve(import.meta.dirname, '../../..');
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');

before(loadSyntax);

describe('the page of findings', () => {
  const page = readFileSync(path.join(root, 'docs/findings.md'), 'utf8');
  it('has every code, in the order of the table, and no other', () => {
    assert.ok(findingCodes.length > 20);
    assert.deepEqual([...page.matchAll(/^### `([a-z-]+)`$/gm)].map(([, code]) => code), findingCodes); // prettier-ignore
  });
  it('says of each what it is, why, and what to do', () => {
    for (const part of page.split(/^### /m).slice(1)) assert.match(part, /\*\*What\.\*\* [^]+\*\*Why\.\*\* [^]+\*\*What to do\.\*\* /);
  });
  it('names the refactors that do what a finding asks for, and these exist', () => {
    const known = new Set(refactors.map(({ id }) => id));
    assert.ok(Object.keys(remedies).length > 5);
    for (const [code, ids] of Object.entries(remedies)) {
      const part = page.split(/^### /m).find((one) => one.startsWith(`\`${code}\``)) ?? '';
      for (const id of ids) {
        assert.ok(known.has(id), `${id} of ${code} is no refactor`);
        assert.ok(part.includes(`(catalogue.md#${id})`), `${code} does not name ${id}`);
      }
    }
  });
});

describe('reading for parallel code', () => {
  it('never fails on the standard library nor on files that are cut off, and has nothing to say of the library itself', function () {
    this.timeout(60_000);
    const folder = execFileSync(python, ['-c', 'import os; print(os.path.dirname(os.__file__))'], { encoding: 'utf8' }).trim();
    const files = ['multiprocessing', 'concurrent/futures', 'asyncio'].flatMap((inside) =>
      readdirSync(path.join(folder, inside)).filter((name) => name.endsWith('.py')).map((name) => path.join(folder, inside, name)),
    ); // prettier-ignore
    assert.ok(files.length > 40);
    let read = 0;
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      if (!/threading|multiprocessing|concurrent|asyncio/.test(text)) continue;
      read += 1;
      for (const part of [text.slice(0, text.length / 2), text.replaceAll('(', '['), text]) {
        const source = sourceOf(file, part);
        const found = findParallelFindings([readModule(source)], profileOf(source, []));
        if (part === text) assert.deepEqual(found.map(({ code, span }) => `${path.basename(file)} ${code}:${span.start.line + 1}`), []); // prettier-ignore
      }
    }
    assert.ok(read > 20, String(read));
  });

  it('does not take much longer than the text is long', () => {
    const block = (n: number): string => `
def work${n}(q, items, lock):
    total = 0
    for item in items:
        with lock:
            total += item
            q.put(helper${n}(item))
    return total
def helper${n}(x):
    y = x
    y = y + work${n}(None, [x], None)
    return y
def main${n}():
    lock = threading.Lock()
    for k in range(4):
        threading.Thread(target=work${n}, args=(queue, [k], lock)).start()
`;
    const text = (blocks: number): string => `import threading\nqueue = []\n${Array.from({ length: blocks }, (_, n) => block(n)).join('')}`;
    const spent = (blocks: number): number => {
      const source = sourceOf('/p/large.py', text(blocks));
      const module = readModule(source);
      const profile = profileOf(source, []);
      const start = process.cpuUsage();
      findParallelFindings([module], profile);
      const { user } = process.cpuUsage(start);
      return user;
    };
    spent(50);
    // A growth and no time: four times the text is far from sixty-four times the work, as it would be if all were compared with all of all.
    const [small, large] = [spent(60), spent(240)];
    assert.ok(large < 40 * Math.max(small, 1000), `${small} µs for 60 parts, ${large} µs for 240`);
  });
});

describe('findings on programs that really ran', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'hotloop-parallel-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function findingsOfRun(text: string): Promise<Finding[]> {
    const file = path.join(folder, 'program.py');
    writeFileSync(file, text);
    const interpreter = await findPython({ explicit: python, cwd: folder });
    assert.ok(interpreter.ok);
    const source = sourceOf(file, text);
    const command = { kind: 'script' as const, target: file, args: [], cwd: folder };
    const output = { stdout: () => undefined, stderr: () => undefined };
    const common = { launch: null, stdin: null, limit: null, signal: new AbortController().signal, onProgress: () => undefined };
    const profiled = await profilePython({ source, command, interpreter: interpreter.value, root: folder, output, ...common });
    assert.ok(profiled.ok);
    assert.equal(profiled.value.run.exitCode, 0);
    return findParallelFindings([readModule(source)], profiled.value);
  }
  const codes = (findings: Finding[]): string[] => findings.map(({ code, span }) => `${code}:${span.start.line + 1}`);

  it('tell of threads that count together', async () => {
    const found = await findingsOfRun(`import threading
total = 0
def work(n):
    global total
    for i in range(n):
        total += i % 7
threads = [threading.Thread(target=work, args=(4000000,)) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
`);
    assert.deepEqual(codes(found), ['unsynchronised-write:6', 'threads-on-cpu-work:7']);
  });

  it('tell of tiny tasks, and not of the same work in chunks', async () => {
    const program = (call: string): string => `from multiprocessing import Pool
def tiny(x):
    return x * x
def main():
    with Pool(2) as pool:
        print(sum(${call}))
if __name__ == '__main__':
    main()
`;
    assert.deepEqual(codes(await findingsOfRun(program('pool.imap(tiny, range(20000))'))), ['tiny-tasks:6']);
    assert.deepEqual(codes(await findingsOfRun(program('pool.map(tiny, range(20000))'))), []);
  });

  it('tell of a coroutine that stops the others', async () => {
    const found = await findingsOfRun(`import asyncio, time
async def handle(n):
    time.sleep(0.05)
    return n
async def main():
    return await asyncio.gather(*(handle(n) for n in range(12)))
asyncio.run(main())
`);
    assert.deepEqual(codes(found), ['blocking-in-coroutine:3']);
  });
});
