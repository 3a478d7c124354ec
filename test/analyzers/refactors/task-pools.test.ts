import assert from 'node:assert/strict';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { refactor as applyToMap } from '../../../analyzers/refactors/python/pool-apply-to-map';
import { refactor as chunks } from '../../../analyzers/refactors/python/pool-chunksize';
import { refactor as hoist } from '../../../analyzers/refactors/python/pool-hoist';
import { refactor as removal } from '../../../analyzers/refactors/python/pool-removal';
import { refactor as toProcesses } from '../../../analyzers/refactors/python/threads-to-processes';
import type { Bottleneck } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, runScript, sourceOf } from './page-runner';

const work = 'def work(n):\n    return sum(k * k % 7 for k in range(n))\n\n\n';
const main = (body: string): string => `def main():\n${body.replace(/^(?=.)/gm, '    ')}\n\nif __name__ == "__main__":\n    main()\n`;

function ask(refactor: Refactor, text: string, bottleneck: Bottleneck): ReturnType<typeof applyTo> {
  const source = sourceOf('/script.py', text);
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  return applyTo(refactor, facts, cx, bottleneck, functions, lines);
}
async function sameAfter(refactor: Refactor, text: string, bottleneck: Bottleneck): Promise<string> {
  const answer = ask(refactor, text, bottleneck);
  if (answer === undefined) assert.fail('it has nothing to say');
  if ('code' in answer) assert.fail(`${answer.code}: ${answer.why}`);
  const [before, fork, spawn] = await Promise.all([runScript(text, 'fork'), runScript(answer.edited, 'fork'), runScript(answer.edited, 'spawn')]);
  assert.equal(before.error, null);
  assert.notEqual(before.stdout, '');
  for (const after of [fork, spawn]) {
    assert.equal(after.error, null, answer.edited);
    assert.equal(after.stdout, before.stdout, answer.edited);
  }
  return answer.edited;
}
function codeOf(refactor: Refactor, text: string, bottleneck: Bottleneck = 'overhead'): string {
  const answer = ask(refactor, text, bottleneck);
  return answer === undefined ? 'nothing to say' : 'code' in answer ? answer.code : `rewritten to\n${answer.edited}`;
}

describe('a pool that a program already has', () => {
  before(loadSyntax);

  it('is made once where a loop made it in every trip', async () => {
    const text = `import multiprocessing as mp\n\n\n${work}def batch_sum(batch):\n    with mp.Pool(2) as workers:\n        return sum(workers.map(work, batch))\n\n\nif __name__ == "__main__":\n    for k in range(3):\n        print(k, batch_sum([k, k + 1]))\n`;
    const edited = await sameAfter(hoist, text, 'overhead');
    assert.match(edited, /with mp\.Pool\(2\) as workers:\n {8}for k in range\(3\):/);
    assert.match(edited, /def batch_sum\(batch, workers\):/);
  }).timeout(60_000);

  it('is made of processes where its threads compute, and stays one of threads where they wait', async () => {
    const text = `from concurrent.futures import ThreadPoolExecutor\n\n\n${work}${main('with ThreadPoolExecutor(64) as pool:\n    print(list(pool.map(work, [10, 20, 30])))\n')}`;
    assert.match(await sameAfter(toProcesses, text, 'gil'), /with ProcessPoolExecutor\(\) as pool:/);
    assert.equal(codeOf(toProcesses, text, 'io-wait'), 'nothing to say');
  }).timeout(60_000);

  it('goes where its tasks are smaller than a message, or takes them in pieces', async () => {
    const text = `from concurrent.futures import ProcessPoolExecutor\n\n\n${work}${main('with ProcessPoolExecutor(2) as pool:\n    print(sum(pool.map(work, range(300))))\n')}`;
    assert.doesNotMatch(await sameAfter(removal, text, 'overhead'), /Pool/);
    assert.match(await sameAfter(chunks, text, 'overhead'), /chunksize=max\(1, 300 \/\/ 8\)/);
  }).timeout(60_000);

  it('is given all its tasks at once where a loop waited for each', async () => {
    const text = `from multiprocessing import Pool\n\n\n${work}${main('with Pool(2) as pool:\n    for k in range(4):\n        answer = pool.apply_async(work, (k,))\n        print(k, answer.get())\n')}`;
    assert.match(await sameAfter(applyToMap, text, 'overhead'), /for k, result in zip\(range\(4\), pool\.map\(work, range\(4\)\)\):/);
  }).timeout(60_000);

  it('takes the place of a process for each task, where their results reach the program', async () => {
    const text = (place: string, count: number, left: string): string =>
      `import multiprocessing as mp\n\n\n${work}def task(n, found):\n    ${left}\n\n\n${main(`found = ${place}\njobs = [mp.Process(target=task, args=(n, found)) for n in range(${count})]\nfor job in jobs:\n    job.start()\nfor job in jobs:\n    job.join()\nprint(sorted(found.get() for _ in range(${count})) if hasattr(found, "put") else sorted(found))\n`)}`;
    assert.match(await sameAfter(toProcesses, text('mp.Queue()', 20, 'found.put(work(n))'), 'overhead'), /found\.put\(future\.result\(\)\)/);
    assert.match(
      await sameAfter(toProcesses, text('mp.Manager().list()', 20, 'found.append(work(n))'), 'overhead'),
      /def task\(n\):\n {4}return work\(n\)/,
    );
    assert.equal(codeOf(toProcesses, text('[]', 20, 'found.append(work(n))')), 'nothing to say');
    assert.equal(codeOf(toProcesses, text('mp.Manager().list()', 3, 'found.append(work(n))')), 'nothing to say');
  }).timeout(60_000);

  describe('goes with the futures that its tasks were kept in', () => {
    const futures = (body: string): string =>
      `from concurrent.futures import ProcessPoolExecutor, as_completed, wait\n\n\n${work}${main(`xs = list(range(12))\nfound = []\n${body}`)}`;
    const cases: [string, string, RegExp][] = [
      ['a list filled by a loop, asked after the pool ended', 'futures = []\nwith ProcessPoolExecutor(2) as pool:\n    for x in xs:\n        futures.append(pool.submit(work, x))\nfor future in futures:\n    found.append(future.result())\nprint(found)\n', /for x in xs:\n {8}found\.append\(work\(x\)\)/], // prettier-ignore
      ['a list with a filter, asked in a comprehension', 'with ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, x + 1) for x in xs if x % 2]\n    wait(futures)\n    total = sum(f.result() for f in as_completed(futures))\nprint(total)\n', /total = sum\(work\(x \+ 1\) for x in xs if x % 2\)/], // prettier-ignore
      ['a dict of what each was made for', 'with ProcessPoolExecutor(2) as pool:\n    futures = {}\n    for k, x in enumerate(xs):\n        job = pool.submit(work, x)\n        futures[job] = (k, x)\n    for job in as_completed(futures):\n        name = futures[job]\n        found.append((name, job.result()))\nprint(sorted(found))\n', /for k, x in enumerate\(xs\):\n {8}name = \(k, x\)\n {8}found\.append\(\(name, work\(x\)\)\)/], // prettier-ignore
    ];
    for (const [name, body, wanted] of cases) {
      it(name, async () => {
        const edited = await sameAfter(removal, futures(body), 'overhead');
        assert.match(edited, wanted);
        assert.doesNotMatch(edited, /futures =|Pool/);
      }).timeout(60_000);
    }

    const inMethod = (items: string): string =>
      `from concurrent.futures import ProcessPoolExecutor\n\n\n${work}class Index:\n    def __init__(self, keys):\n        self.keys = keys\n        self.table = []\n\n    def build(self):\n        with ProcessPoolExecutor(2) as pool:\n            jobs = [pool.submit(work, key) for key in ${items}]\n            for job in jobs:\n                self.table.append(job.result())\n        print(self.table)\n\n\nif __name__ == "__main__":\n    Index([1, 2, 3]).build()\n`;
    it('in a method that fills another field than the one with the items', async () => {
      assert.match(await sameAfter(removal, inMethod('self.keys'), 'overhead'), /for key in self\.keys:\n {12}self\.table\.append\(work\(key\)\)/);
      assert.equal(codeOf(removal, inMethod('self.table')), 'nothing to say');
      assert.equal(codeOf(removal, inMethod('list(vars(self))')), 'nothing to say');
    }).timeout(60_000);

    const left: [string, string][] = [
      ['where the results go into what the tasks are made from', 'with ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, x) for x in xs]\n    for future in futures:\n        xs.append(future.result())\nprint(xs)\n'], // prettier-ignore
      ['where what the tasks are given changes before the results are taken', 'scale = 2\nwith ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, scale) for x in xs]\n    scale = 5\n    found = [future.result() for future in futures]\nprint(found, scale)\n'], // prettier-ignore
      ['where a future is asked for more than its result', 'with ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, x) for x in xs]\n    for future in futures:\n        if future.exception() is None:\n            found.append(future.result())\nprint(found)\n'], // prettier-ignore
      ['where the futures are used again', 'with ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, x) for x in xs]\n    found = [future.result() for future in futures]\nprint(found, len(futures))\n'], // prettier-ignore
      ['where the name of an item means something else as well', 'x = 40\nwith ProcessPoolExecutor(2) as pool:\n    futures = [pool.submit(work, x) for x in xs]\n    for future in futures:\n        found.append(future.result())\nprint(found, x)\n'], // prettier-ignore
    ];
    for (const [name, body] of left) {
      it(`but stays ${name}`, () => assert.equal(codeOf(removal, futures(body)), 'nothing to say'));
    }
  });

  describe('is left alone where a worker', () => {
    const looped = (top: string, body: string): string =>
      `from multiprocessing import Pool\nimport itertools\n\n${top}\n\n\ndef work(x):\n${body}\n\n\n${main('found = []\nfor level in range(3):\n    with Pool(1) as pool:\n        found.append(pool.map(work, range(4)))\nprint(found)\n')}`;
    const cases: [string, string, string][] = [
      ['changes a list of the module', 'LOG = []', '    LOG.append(x)\n    return len(LOG)'],
      ['changes it by another name', 'LOG = []', '    log = LOG\n    log.append(x)\n    return len(log)'],
      ['changes a row of it', 'ROWS = [[0], [0]]', '    for row in ROWS:\n        row[0] += x\n    return ROWS[0][0]'],
      ['takes from an iterator of the module', 'ids = itertools.count()', '    return x, next(ids)'],
      ['counts in a global', 'seen = 0', '    global seen\n    seen += 1\n    return seen'],
      ['calls a method that counts', 'class Cache:\n    def __init__(self):\n        self.hits = 0\n\n    def look(self, x):\n        self.hits += 1\n        return self.hits\n\n\ncache = Cache()', '    return cache.look(x)'], // prettier-ignore
    ];
    for (const [name, top, body] of cases) {
      it(name, () => {
        const text = looped(top, body);
        assert.equal(codeOf(hoist, text), 'worker-state');
        assert.equal(codeOf(removal, text), 'worker-state');
      });
    }

    it('reads what the loop changes', () => {
      const text = `from multiprocessing import Pool\n\nlevel = 0\n\n\ndef work(x):\n    return x * level\n\n\nif __name__ == "__main__":\n    for level in range(3):\n        with Pool(1) as pool:\n            print(pool.map(work, range(4)))\n`;
      assert.equal(codeOf(hoist, text), 'stale-workers');
    });
  });
});
