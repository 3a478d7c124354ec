import assert from 'node:assert/strict';
import { seconds } from '../../../analyzers/platform/units';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { FrameFact } from '../../../analyzers/types';
import { profileOf, sourceOf } from '../hotspots/profiles';
import { codesIn, findingsIn, linesOf, type SampleRun } from './parallel-sample';

type Case = readonly [name: string, text: string, lines: readonly number[], run?: SampleRun];
const check = (code: string, cases: readonly Case[]): void => {
  for (const [name, text, lines, run] of cases) it(name, () => assert.deepEqual(linesOf(code, text, run), lines, codesIn(text, run).join(' ')));
};
const { interpreter } = profileOf(sourceOf('/p/x.py', ''), []);

before(loadSyntax);

describe('threads on Python code', () => {
  const threads = `import threading
def work(n):
    for i in range(n):
        x = i * i        # took python=4
def main():
    ts = [threading.Thread(target=work, args=(10,)) for _ in range(4)]
    for t in ts: t.start()
    for t in ts: t.join()  # took wait=4
main()
`;
  check('threads-on-cpu-work', [
    ['are told of, with what the lock cost', threads, [6], { seconds: 4, locked: 3 }],
    [
      'are found in an executor, on a method',
      `from concurrent.futures import ThreadPoolExecutor as Pool
class Job:
    def run(self, item):
        return self.step(item)
    def step(self, item):
        return item * 2      # took python=4
    def work(self, item):
        return item * 3      # took python=4
job = Job()
with Pool(4) as pool:
    results = list(pool.map(job.work, range(10)))
`,
      [11],
    ],
    [
      'are found in a subclass, and in asyncio.to_thread',
      `import threading, asyncio
class Worker(threading.Thread):
    def run(self):
        x = 1   # took python=2
def work(n):
    return n    # took python=2
for _ in range(3):
    Worker().start()
async def main():
    await asyncio.gather(*[asyncio.to_thread(work, n) for n in range(4)])
asyncio.run(main())
`,
      [8, 10],
      { seconds: 4 },
    ],
    ['are fine where they wait', threads.replace('python=4', 'wait=4 python=1'), [], { seconds: 4 }],
    ['are fine in native code that lets go of the lock', threads.replace('python=4', 'native=4 python=1'), [], { seconds: 4 }],
    ['are fine where they take little time', threads.replace('python=4', 'python=0.1'), [], { seconds: 4 }],
    ['are fine without the lock', threads, [], { seconds: 4, more: { interpreter: { ...interpreter, gil: false } } }],
    ['are fine where only one runs', threads.replace(' for _ in range(4)]', ']'), [], { seconds: 4 }],
  ]);
  it('give their share and their numbers with units', () => {
    const [finding] = findingsIn(threads, { seconds: 4, locked: 3 });
    assert.match(finding!.why, /100 % of its 4 s is Python code, .* threads waited 3 s/);
    assert.equal(finding!.share, 1);
    assert.equal(finding!.certainty, 'measured');
  });
});

describe('a lock around everything', () => {
  const text = `import threading
lock = threading.Lock()
done = []
def work(url):
    with lock:             # took wait=3
        page = fetch(url)  # took wait=4
        done.append(page)
    return page
for url in urls:
    threading.Thread(target=work, args=(url,)).start()
`;
  check('lock-around-everything', [
    ['is found where the work waits inside', text, [5], { seconds: 5 }],
    [
      'is fine where the work is outside',
      text.replace(
        '    with lock:             # took wait=3\n        page = fetch(url)  # took wait=4',
        '    page = fetch(url)  # took wait=4\n    with lock:',
      ),
      [],
      { seconds: 5 },
    ],
    ['is fine where the lock is no lock for one', text.replace('threading.Lock()', 'threading.Semaphore(4)'), [], { seconds: 5 }],
    ['is left to the interpreter lock where it is Python code', text.replace('wait=4', 'python=8').replace('wait=3', 'wait=0.1'), [], { seconds: 9 }],
  ]);
});

describe('busy waiting', () => {
  check('busy-waiting', [
    [
      'is found on a result, on futures in a generator and on a thread',
      `from multiprocessing import Pool
from concurrent.futures import ThreadPoolExecutor
import threading, time
def main():
    pool = Pool(2)
    result = pool.apply_async(abs, (1,))
    while not result.ready():   # took python=2
        pass
    ex = ThreadPoolExecutor()
    futures = [ex.submit(abs, n) for n in range(9)]
    while not all(f.done() for f in futures):  # took python=2
        time.sleep(0)
    t = threading.Thread(target=abs)
    while t.is_alive(): pass    # took python=2
`,
      [7, 11, 14],
    ],
    [
      'is fine where it sleeps, does something else, or costs nothing',
      `from multiprocessing import Pool
import time
def main():
    pool = Pool(2)
    result = pool.apply_async(abs, (1,))
    while not result.ready():   # took python=2
        print('.')
    while not result.ready():   # took wait=2
        time.sleep(0.1)
    while not result.ready():
        pass
`,
      [],
    ],
    [
      'is fine on what only has such a method',
      `import threading\nclass Door:\n    def ready(self):\n        return True\ndoor = Door()\nwhile not door.ready():  # took python=4\n    pass\n`,
      [],
    ],
  ]);
});

describe('a pool in a loop', () => {
  const inside = `from multiprocessing import Pool
def work(n): return n
def main():
    for batch in range(40):
        with Pool(2) as pool:    # took python=0.2
            pool.map(work, [1])  # took wait=1
if __name__ == '__main__':
    main()
`;
  const children = Array.from({ length: 80 }, () => 0.01);
  check('pool-in-loop', [
    ['is found', inside, [5], { children, seconds: 2 }],
    [
      'is found in a function that a loop calls',
      `import concurrent.futures
def work(n): return n
def run(batch):
    pool = concurrent.futures.ProcessPoolExecutor(max_workers=2)
    return list(pool.map(work, batch, chunksize=8))
def main():
    return [run([1, 2]) for _ in range(40)]
`,
      [4],
      { children, seconds: 2 },
    ],
    [
      'is found of threads where that costs',
      `from concurrent.futures import ThreadPoolExecutor
def work(n):
    return n           # took wait=0.5
for batch in batches:
    with ThreadPoolExecutor(8) as pool:  # took python=1
        list(pool.map(work, batch))      # took native=1 wait=1
`,
      [5],
    ],
    [
      'is fine before the loop',
      inside.replace(
        '    for batch in range(40):\n        with Pool(2) as pool:    # took python=0.2',
        '    with Pool(2) as pool:\n        for batch in range(40):',
      ),
      [],
      { children: [1, 1], seconds: 2 },
    ],
    ['is fine where the loop had one trip, or the start is nothing beside the work', inside, [], { children: [1, 1], seconds: 2 }],
    ['is fine where the start is nothing beside the work', inside, [], { children, seconds: 60 }],
  ]);
  check('pool-never-closed', [
    [
      'is told where more and more processes are alive',
      `from multiprocessing import Pool\ndef work(n): return n\ndef run():\n    pool = Pool(2)\n    return pool.map(work, [1])\nfor _ in range(40):\n    run()\n`,
      [4],
      { children, processes: 21, seconds: 2 },
    ],
    [
      'is not told where it is closed',
      `from multiprocessing import Pool\ndef work(n): return n\ndef run():\n    pool = Pool(2)\n    r = pool.map(work, [1])\n    pool.terminate()\n    return r\nfor _ in range(40):\n    run()\n`,
      [],
      { children, processes: 21, seconds: 2 },
    ],
    [
      'is not told where it is handed on, or in a with statement',
      `from multiprocessing import Pool\ndef make():\n    pool = Pool(2)\n    return pool\nfor _ in range(40):\n    make()\n    with Pool(2) as other:\n        pass\n`,
      [],
      { children, processes: 21, seconds: 2 },
    ],
  ]);
});

describe('tiny tasks', () => {
  const program = (call: string, pool = 'from multiprocessing import Pool\nmake = 1', made = 'Pool(2)'): string => `${pool}
def work(n):
    return n * n         # took python=0.1
if __name__ == '__main__':
    with ${made} as pool:  # took python=1
        ${call}  # took python=1 wait=2
`;
  const futures = 'from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\nimport concurrent.futures as cf';
  check('tiny-tasks', [
    ['are found in imap', program('total = sum(pool.imap(work, range(9)))'), [7]],
    ['are found in imap_unordered and a chunksize of 1', program('list(pool.imap_unordered(work, range(9), 1))'), [7]],
    ['are found in map with a chunksize of 1', program('out = pool.map(work, range(9), chunksize=1)'), [7]],
    ['are found in map of an executor', program('out = list(pool.map(work, range(9)))', futures, 'cf.ProcessPoolExecutor(2)'), [7]],
    ['are found in submit for each item', program('fs = [pool.submit(work, n) for n in range(9)]', futures, 'ProcessPoolExecutor()'), [7]],
    ['are found in apply_async for each item', program('rs = [pool.apply_async(work, (n,)) for n in range(9)]'), [7]],
    ['are found on threads', program('out = list(pool.map(work, range(9)))', futures, 'ThreadPoolExecutor(4)'), [7]],
    ['are fine with chunks', program('list(pool.imap(work, range(9), chunksize=100))'), []],
    ['are fine where map makes the chunks', program('pool.map(work, range(9))'), []],
    [
      'are no tiny tasks where they take longer than the handing over',
      program('list(pool.imap(work, range(9)))').replace('python=0.1', 'python=8'),
      [],
    ],
    ['are fine where the line computes something itself', program('out = [heavy(x) for x in pool.imap(work, range(9))]'), []],
    ['are not guessed at where the function is not seen', program('list(pool.imap(abs, range(9)))'), []],
  ]);
});

describe('waiting for each task', () => {
  const program = (call: string): string => `from multiprocessing.pool import Pool
from concurrent.futures import ProcessPoolExecutor
def work(n):
    return n
def main(items, out):
    pool = Pool(4)
    ex = ProcessPoolExecutor()
    for item in items:
        ${call}
`;
  check('waits-for-each-task', [
    ['is found in apply', program('out.append(pool.apply(work, (item,)))  # took wait=3'), [9]],
    ['is found in apply_async(...).get()', program('out.append(pool.apply_async(work, (item,)).get())  # took wait=3'), [9]],
    ['is found over two lines', program('future = ex.submit(work, item)\n        out.append(future.result())  # took wait=3'), [10]],
    [
      'is fine where results are taken afterwards',
      program('out.append(ex.submit(work, item))\n    for future in out:\n        future.result()  # took wait=3'),
      [],
    ],
    [
      'is fine where results are taken from a list',
      program('pass\n    fs = [ex.submit(work, i) for i in items]\n    done = [f.result() for f in fs]  # took wait=3'),
      [],
    ],
    ['is fine where nobody waits long', program('out.append(pool.apply(work, (item,)))  # took python=3 wait=0.01'), []],
  ]);
});

describe('uneven parts', () => {
  const text = `import multiprocessing as mp
def work(lo, hi):
    return sum(range(lo, hi))   # took python=8
if __name__ == '__main__':
    jobs = [mp.Process(target=work, args=(k * 10, k * 10 + 10)) for k in range(4)]
    for job in jobs: job.start()
    for job in jobs: job.join()
`;
  check('uneven-parts', [
    ['are found from what the processes used', text, [5], { children: [0.5, 1, 1.5, 5], seconds: 5.2 }],
    ['are fine where all work alike', text, [], { children: [2, 2.1, 1.9, 2], seconds: 2.2 }],
    [
      'are fine where the pool hands out',
      text.replace(/jobs = .*/, 'jobs = mp.Pool(4).starmap(work, [])'),
      [],
      { children: [0.5, 1, 1.5, 5], seconds: 5.2 },
    ],
  ]);
});

describe('what travels between processes', () => {
  const frame = (name: string, firstLine: number, values: FrameFact['values']): FrameFact => ({ file: '/p/sample.py', name, firstLine, values });
  const large = { type: 'ndarray', dtype: 'float64', shape: [1000, 1000] };
  const program = (call: string): string => `from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from multiprocessing import Pool
import multiprocessing
def work(data, n):
    return data[n]      # took python=1
def main():
    data = make()
    with ProcessPoolExecutor() as ex, Pool() as pool:
        ${call}  # took python=2
`;
  const run = (shape = [1000, 1000]): SampleRun => ({ more: { frames: [frame('main', 8, { data: { ...large, shape } })] } });
  check('large-arguments', [
    ['is found for submit', program('[ex.submit(work, data, n) for n in range(9)]'), [11], run()],
    ['is found for apply_async', program('[pool.apply_async(work, (data, n)) for n in range(9)]'), [11], run()],
    ['is found for a partial', program('pool.map(partial(work, data), range(9))'), [11], run()],
    ['is found for tuples', program('pool.starmap(work, [(data, n) for n in range(9)])'), [11], run()],
    ['is found for repeat', program('list(ex.map(work, repeat(data), range(9), chunksize=4))'), [11], run()],
    ['is fine where it is small', program('[ex.submit(work, data, n) for n in range(9)]'), [], run([10, 10])],
    ['is fine where each task gets its own part', program('[ex.submit(work, data[n], n) for n in range(9)]'), [], run()],
    ['is not guessed at where the size is not known', program('[ex.submit(work, data, n) for n in range(9)]'), [], {}],
  ]);
  it('says how much', () => {
    const found = findingsIn(program('[ex.submit(work, data, n) for n in range(9)]'), run()).find(({ code }) => code === 'large-arguments');
    assert.match(found!.why, /sends data, about 7\.63 MiB, to the workers with every task/);
  });
  const returning = `from multiprocessing import Pool
def work(n):
    grid = make(n)
    return grid        # took python=1
if __name__ == '__main__':
    with Pool(2) as pool:
        out = pool.map(work, range(9))   # took python=2
`;
  check('large-results', [
    ['are found', returning, [4], { more: { frames: [frame('work', 2, { grid: large })] } }],
    ['are fine where they are small', returning, [], { more: { frames: [frame('work', 2, { grid: { ...large, shape: [3] } })] } }],
  ]);
  const managed = `from multiprocessing import Manager, Process
def work(shared, n):
    for i in range(n):
        shared[i] = i      # took wait=2 python=1
if __name__ == '__main__':
    with Manager() as manager:
        shared = manager.dict()
        Process(target=work, args=(shared, 10)).start()
`;
  check('manager-in-hot-loop', [
    ['is found where it is handed over', managed, [4]],
    [
      'is found where a method is called on it in a list',
      managed.replace('manager.dict()', 'manager.list()').replace('shared[i] = i', 'shared.append(i)'),
      [4],
    ],
    ['is fine on a plain dict', managed.replace('manager.dict()', 'dict()'), []],
    ['is fine where it takes no time', managed.replace('# took wait=2 python=1', ''), [], { seconds: 3 }],
    ['is fine outside of loops', managed.replace('    for i in range(n):\n        shared', '    if n:\n        i = 1\n        shared'), []],
  ]);
});

describe('too many workers', () => {
  const nested = `from concurrent.futures import ProcessPoolExecutor as Pool
def inner(n):
    return n            # took python=3
def outer(n):
    with Pool(4) as pool:
        return list(pool.map(inner, range(n), chunksize=9))
if __name__ == '__main__':
    with Pool(4) as pool:
        pool.map(outer, range(4), chunksize=2)
`;
  const tree = [1, 2, 3].map((pid) => ({
    pid,
    parent: pid - 1,
    seconds: seconds(1),
    cpuSeconds: seconds(1),
    kind: pid === 1 ? ('main' as const) : ('child' as const),
  }));
  check('nested-pools', [
    ['are found where workers started processes', nested, [5], { more: { processes: tree }, processes: 20 }],
    ['are not told where none did', nested, []],
  ]);
  const algebra = `import multiprocessing
import numpy as np
def work(a):
    return np.linalg.svd(a)    # took native=5
if __name__ == '__main__':
    with multiprocessing.Pool(4) as pool:
        pool.map(work, range(9))
`;
  check('blas-oversubscription', [
    ['is found where each worker has threads of its own', algebra, [4], { seconds: 5, processes: 5, threads: 25 }],
    ['is found for a matrix product', algebra.replace('np.linalg.svd(a)', 'a @ a'), [4], { seconds: 5, processes: 5, threads: 25 }],
    ['is fine where they have none', algebra, [], { seconds: 5, processes: 5, threads: 8 }],
    [
      'is fine where the program limits them',
      `import os\nos.environ["OMP_NUM_THREADS"] = "1"\n${algebra}`,
      [],
      { seconds: 5, processes: 5, threads: 25 },
    ],
    ['is fine where the environment does', algebra, [], { seconds: 5, processes: 5, threads: 25, environment: ['OPENBLAS_NUM_THREADS'] }],
  ]);
});
