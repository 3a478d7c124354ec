import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { refactor as processPoolMap } from '../../../analyzers/refactors/python/process-pool-map';
import { refactor as threadPoolMap } from '../../../analyzers/refactors/python/thread-pool-map';
import { refactor as threadsToProcesses } from '../../../analyzers/refactors/python/threads-to-processes';
import type { Bottleneck } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, python, sourceOf } from './page-runner';

function rewritten(refactor: Refactor, text: string, bottleneck: Bottleneck): string {
  const source = sourceOf('/script.py', text);
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  const answer = applyTo(refactor, facts, cx, bottleneck, functions, lines);
  if (answer === undefined || 'code' in answer) assert.fail(answer === undefined ? 'it has nothing to say' : `${answer.code}: ${answer.why}`);
  return answer.edited;
}

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  /** The last line of what it wrote to stderr: the error itself. */
  error: string;
  /** Processes of its group that outlived it. */
  orphans: number[];
  /** What it left in the system's shared memory. */
  leaked: string[];
}

/** Processes of a group that still run. */
function groupOf(leader: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return group === String(leader) && state !== 'Z' ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

const sharedMemory = (): string[] => readdirSync('/dev/shm').filter((name) => /^(psm_|sem\.mp-|sem\.loky)/.test(name));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs a script as the leader of a group; `disturb` is told its process number once it has said `ready`. A script that hangs is ended and fails the test. */
async function run(text: string, disturb?: (leader: number) => void): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'hotloop-failure-'));
  const before = new Set(sharedMemory());
  try {
    writeFileSync(join(folder, 'script.py'), text);
    const child = spawn(python, ['script.py'], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const leader = child.pid ?? assert.fail('it did not start');
    let stdout = '';
    let stderr = '';
    let disturbed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (disturbed || !stdout.includes('ready')) return;
      disturbed = true;
      disturb?.(leader);
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const hung = setTimeout(() => process.kill(-leader, 'SIGKILL'), 20_000);
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.on('exit', (...how) => resolve(how)));
    clearTimeout(hung);
    assert.notEqual(signal, 'SIGKILL', `it hung\n${stderr}`);
    // What other programs make there meanwhile goes away again.
    let leaked = sharedMemory().filter((name) => !before.has(name));
    for (let round = 0; round < 30 && groupOf(leader).length + leaked.length > 0; round += 1) {
      await pause(100);
      const present = new Set(sharedMemory());
      leaked = leaked.filter((name) => present.has(name));
    }
    const orphans = groupOf(leader);
    if (orphans.length > 0) process.kill(-leader, 'SIGKILL');
    const error = stderr.trimEnd().split('\n').at(-1) ?? '';
    return { code, signal, stdout, error, orphans, leaked };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endsClean({ orphans, leaked }: Ended): void {
  assert.deepEqual(orphans, []);
  assert.deepEqual(leaked, []);
}

/** The same error at the same place as before, and nothing left behind. */
async function failsAlike(refactor: Refactor, text: string, bottleneck: Bottleneck, error: RegExp): Promise<void> {
  const edited = rewritten(refactor, text, bottleneck);
  const [before, after] = [await run(text), await run(edited)];
  assert.match(before.error, error);
  assert.equal(after.error, before.error, edited);
  assert.equal(after.stdout, before.stdout, edited);
  assert.equal(after.code, before.code);
  endsClean(after);
}

const computing = `def work(n):
    total = 0
    for k in range(n):
        total += k * k % 7
    return total


def main(sizes):
    for size in sizes:
        print(size, work(size), flush=True)


if __name__ == "__main__":
    print("ready", flush=True)
    main([SIZES])
`;

describe('generated code, when something goes wrong,', () => {
  before(async function () {
    if (process.platform !== 'linux') {
      console.log('        skipped: processes are counted in /proc, which only Linux has');
      this.skip();
    }
    await loadSyntax();
  });

  describe('ends with the same error as before', () => {
    it('where a task of a process pool fails', () =>
      failsAlike(processPoolMap, computing.replace('SIZES', '1000, 2000, "many", 3000'), 'cpu-python', /TypeError/)).timeout(60_000);

    it('where a task of a thread pool fails', () => {
      const text = `import time\n\n\ndef fetch(n):\n    time.sleep(0.01)\n    return 12 // n\n\n\ndef main(numbers):\n    for n in numbers:\n        answer = fetch(n)\n        print(n, answer, flush=True)\n\n\nmain([3, 2, 0, 1])\n`;
      return failsAlike(threadPoolMap, text, 'io-wait', /ZeroDivisionError/);
    }).timeout(60_000);

    it('where the disk is full', () => {
      const text = `import resource\n\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n\n\ndef work(n):\n    return "x" * sum(k % 2 for k in range(n))\n\n\ndef main(sizes):\n    with open("out.txt", "w", buffering=1) as out:\n        for size in sizes:\n            text = work(size)\n            out.write(text + "\\n")\n            print(size, flush=True)\n\n\nif __name__ == "__main__":\n    main([1000] * 20)\n`;
      return failsAlike(processPoolMap, text, 'cpu-python', /OSError: \[Errno 27\]/);
    }).timeout(60_000);

    it('where a worker has no memory left', () => {
      const text = `import resource\n\nresource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))\n\n\ndef work(n):\n    block = bytes(n)\n    return sum(block[k] for k in range(1000))\n\n\ndef main(sizes):\n    for size in sizes:\n        print(size, work(size), flush=True)\n\n\nif __name__ == "__main__":\n    main([1000, 2000, 8 * 2**30, 1000])\n`;
      return failsAlike(processPoolMap, text, 'cpu-python', /MemoryError/);
    }).timeout(60_000);
  });

  describe('ends at Ctrl+C, with every worker', () => {
    const cases: [string, Refactor, Bottleneck, string][] = [
      ['of a process pool', processPoolMap, 'cpu-python', computing.replace('SIZES', '10**7, '.repeat(30))],
      [
        'of a thread pool',
        threadPoolMap,
        'io-wait',
        `import time\n\n\ndef fetch(n):\n    time.sleep(0.3)\n    return n\n\n\ndef main(numbers):\n    for n in numbers:\n        answer = fetch(n)\n        print(n, answer, flush=True)\n\n\nprint("ready", flush=True)\nmain(list(range(400)))\n`,
      ],
      [
        'that took the place of threads',
        threadsToProcesses,
        'gil',
        `import threading\n\nresults = {}\n\n\ndef work(n):\n    results[n] = sum(k * k % 7 for k in range(10**7))\n\n\ndef main():\n    print("ready", flush=True)\n    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]\n    for thread in threads:\n        thread.start()\n    for thread in threads:\n        thread.join()\n    print(sorted(results))\n\n\nif __name__ == "__main__":\n    main()\n`,
      ],
    ];
    for (const [name, refactor, bottleneck, text] of cases) {
      it(name, async () => {
        const edited = rewritten(refactor, text, bottleneck);
        const ended = await run(edited, (leader) => setTimeout(() => process.kill(-leader, 'SIGINT'), 700));
        assert.equal(ended.error, 'KeyboardInterrupt', edited);
        assert.ok(ended.signal === 'SIGINT' || ended.code === 130 || ended.code === 1, `exit ${ended.code}, signal ${ended.signal}`);
        endsClean(ended);
      }).timeout(60_000);
    }
  });

  it('says so and ends where a worker is killed', async () => {
    const edited = rewritten(processPoolMap, computing.replace('SIZES', '10**7, '.repeat(30)), 'cpu-python');
    const ended = await run(edited, (leader) =>
      setTimeout(() => {
        const worker = groupOf(leader).find((pid) => pid !== leader);
        if (worker !== undefined) process.kill(worker, 'SIGKILL');
      }, 700),
    );
    assert.match(ended.error, /BrokenProcessPool: A process in the process pool was terminated abruptly/);
    assert.equal(ended.code, 1);
    endsClean(ended);
  }).timeout(60_000);
});
