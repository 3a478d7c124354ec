import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { codesIn, findingsIn, linesOf } from './parallel-sample';

type Case = readonly [name: string, text: string, lines: readonly number[]];
const check = (code: string, cases: readonly Case[]): void => {
  for (const [name, text, lines] of cases) it(name, () => assert.deepEqual(linesOf(code, text), lines, codesIn(text).join(' ')));
};

before(loadSyntax);

describe('an unsynchronised write', () => {
  check('unsynchronised-write', [
    [
      'is found where threads add to a global',
      `import threading
total = 0
def work(n):
    global total
    for i in range(n):
        total += i
threads = [threading.Thread(target=work, args=(10,)) for _ in range(4)]
for t in threads: t.start()
`,
      [6],
    ],
    [
      'is found when the update is spelled out over two lines, and the import is renamed',
      `from threading import Thread as T
balance = 100
def pay(amount):
    global balance
    seen = balance
    seen = seen - amount
    balance = seen
for amount in (1, 2, 3):
    T(target=pay, args=(amount,)).start()
`,
      [7],
    ],
    [
      'is found in a method that all threads run on one object',
      `import threading
class Counter:
    def __init__(self):
        self.value = 0
    def add(self):
        for _ in range(1000):
            self.value = self.value + 1
def main():
    counter = Counter()
    threads = []
    for _ in range(4):
        t = threading.Thread(target=counter.add)
        threads.append(t)
        t.start()
`,
      [7],
    ],
    [
      'is found behind a call, with an executor in a with statement',
      `from concurrent.futures import ThreadPoolExecutor
class Counter:
    def __init__(self):
        self.n = 0
    def add(self):
        self.n += 1
counter = Counter()
def work(item):
    counter.add()
    return item
with ThreadPoolExecutor() as pool:
    list(pool.map(work, range(100)))
`,
      [6],
    ],
    [
      'is found in a shared list and dict that is handed over',
      `import threading
def work(words, totals, counts):
    for word in words:
        totals[0] += len(word)
        counts[word] = counts.get(word, 0) + 1
def main(parts):
    totals = [0]
    counts = {}
    for part in parts:
        threading.Thread(target=work, args=(part, totals, counts)).start()
`,
      [4, 5],
    ],
    [
      'is found in a closure, a partial and a lambda',
      `from concurrent import futures
from functools import partial
def main(items):
    done = 0
    def step(scale, item):
        nonlocal done
        done += scale * item
    pool = futures.ThreadPoolExecutor(4)
    for item in items:
        pool.submit(partial(step, 2), item)
    pool.map(lambda item: step(3, item), items)
`,
      [7],
    ],
    [
      'is found in a subclass of Thread whose objects share what they were made with',
      `import threading
class Tally:
    def __init__(self):
        self.n = 0
class Worker(threading.Thread):
    def __init__(self, tally):
        super().__init__()
        self.tally = tally
    def run(self):
        for _ in range(1000):
            self.tally.n += 1
tally = Tally()
workers = [Worker(tally) for _ in range(4)]
for worker in workers: worker.start()
`,
      [11],
    ],
    [
      'is not told of an update under a lock, whatever its name',
      `import threading
total = 0
gate = threading.Lock()
def work(n):
    global total
    for i in range(n):
        with gate:
            total += i
for _ in range(4):
    threading.Thread(target=work, args=(10,)).start()
`,
      [],
    ],
    [
      'is not told of a lock that is handed over, kept in self, acquired by hand or held by the caller',
      `import threading
class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.n = 0
    def add(self):
        with self.lock:
            self.n += 1
    def raw(self):
        self.n += 1
counter = Counter()
hits = [0]
lock = threading.RLock()
def first(guard):
    with guard:
        hits[0] += 1
def second():
    lock.acquire()
    try:
        hits[0] += 1
    finally:
        lock.release()
def third():
    with lock:
        counter.raw()
def fourth():
    counter.add()
for _ in range(4):
    threading.Thread(target=first, args=(lock,)).start()
    threading.Thread(target=second).start()
    threading.Thread(target=third).start()
    threading.Thread(target=fourth).start()
`,
      [],
    ],
    [
      'is not told of a local, of an element for each thread, of append, and of what only one thread writes',
      `import threading
out = [0] * 4
log = []
alone = 0
def work(index, items):
    total = 0
    for item in items:
        total += item
        out[index] += item
        log.append(item)
def single():
    global alone
    alone += 1
for index in range(4):
    threading.Thread(target=work, args=(index, [1, 2])).start()
threading.Thread(target=single).start()
`,
      [],
    ],
    [
      'is not told of own fields of a Thread subclass, of thread-local data and of parts of an array',
      `import threading
local = threading.local()
class Worker(threading.Thread):
    def __init__(self, lo, hi):
        super().__init__()
        self.lo, self.hi, self.sum = lo, hi, 0
    def run(self):
        for i in range(self.lo, self.hi):
            self.sum += i
def scale(data, lo, hi):
    local.count = 0
    for i in range(lo, hi):
        data[i] *= 2
        local.count += 1
data = [1] * 100
for k in range(4):
    Worker(k * 25, k * 25 + 25).start()
    threading.Thread(target=scale, args=(data, k * 25, k * 25 + 25)).start()
`,
      [],
    ],
    [
      'is not told of processes, which share no globals',
      `import multiprocessing as mp
total = 0
def work(n):
    global total
    total += n
if __name__ == '__main__':
    for _ in range(4):
        mp.Process(target=work, args=(10,)).start()
`,
      [],
    ],
    [
      'is not told of a pool of one worker',
      `from concurrent.futures import ThreadPoolExecutor
total = 0
def work(n):
    global total
    total += n
with ThreadPoolExecutor(max_workers=1) as pool:
    for n in range(9):
        pool.submit(work, n)
`,
      [],
    ],
  ]);

  it('says which line, what is written and where the threads start', () => {
    const [finding] = findingsIn(`import threading
hits = {}
def work(key):
    hits['all'] += 1
for key in 'abc':
    threading.Thread(target=work, args=(key,)).start()
`);
    assert.match(finding!.why, /^Line 4 reads hits\[…\], .* several threads started in line 6/);
    assert.match(finding!.toDo, /lock/);
  });
});

describe('the order of locks', () => {
  const start = `
for _ in range(2):
    threading.Thread(target=one).start()
    threading.Thread(target=two).start()
`;
  check('lock-order', [
    [
      'is a danger where two functions take them in opposite orders',
      `import threading
a = threading.Lock()
b = threading.Lock()
def one():
    with a:
        with b:
            pass
def two():
    with b, a:
        pass
${start}`,
      [6],
    ],
    [
      'is followed through calls and acquire',
      `import threading
class Bank:
    def __init__(self):
        self.books = threading.RLock()
        self.cash = threading.RLock()
    def count(self):
        with self.cash:
            return 1
    def close(self):
        with self.books:
            return self.count()
    def open(self):
        self.cash.acquire()
        self.books.acquire()
        self.books.release()
        self.cash.release()
bank = Bank()
threading.Thread(target=bank.close).start()
threading.Thread(target=bank.open).start()
`,
      [7],
    ],
    [
      'is no danger where a third lock is around both',
      `import threading
a, b, gate = threading.Lock(), threading.Lock(), threading.Lock()
def one():
    with gate:
        with a:
            with b:
                pass
def two():
    with gate:
        with b:
            with a:
                pass
${start}`,
      [],
    ],
    [
      'is no danger where another thread gives it back: a signal',
      `import threading
a, b = threading.Lock(), threading.Lock()
def one():
    a.acquire()
    b.acquire()
def two():
    b.acquire()
    a.acquire()
${start}`,
      [],
    ],
    [
      'is no danger where one is given back first, or is waited for with a limit',
      `import threading
a, b = threading.Lock(), threading.Lock()
def one():
    with a:
        with b:
            pass
def two():
    b.acquire()
    b.release()
    with a:
        pass
    with b:
        if a.acquire(timeout=1):
            a.release()
${start}`,
      [],
    ],
  ]);
});

describe('join before get', () => {
  check('join-before-get', [
    [
      'is found with a queue that is handed over',
      `from multiprocessing import Process, Queue
def work(q, n):
    q.put([0] * n)
if __name__ == '__main__':
    q = Queue()
    p = Process(target=work, args=(q, 1000000))
    p.start()
    p.join()
    print(len(q.get()))
`,
      [8],
    ],
    [
      'is found with a list of processes and a context',
      `import multiprocessing
def work(out, n):
    out.put(n)
def main():
    ctx = multiprocessing.get_context('spawn')
    out = ctx.Queue()
    jobs = [ctx.Process(target=work, args=(out, n)) for n in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return [out.get() for _ in jobs]
if __name__ == '__main__':
    main()
`,
      [11],
    ],
    [
      'is not told where the queue is emptied first, of threads, of a limit, and of a queue for tasks only',
      `import multiprocessing as mp, threading, queue
def work(tasks, out):
    out.put(tasks.get())
def first():
    tasks, out = mp.Queue(), mp.Queue()
    p = mp.Process(target=work, args=(tasks, out))
    tasks.put(1)
    p.start()
    result = out.get()
    p.join()
    return result, tasks.get()
def second():
    tasks, out = queue.Queue(), queue.Queue()
    t = threading.Thread(target=work, args=(tasks, out))
    t.start()
    t.join()
    return out.get()
def third():
    tasks, out = mp.Queue(), mp.Queue()
    p = mp.Process(target=work, args=(tasks, out))
    p.start()
    p.join(timeout=5)
    return out.get()
if __name__ == '__main__':
    first(); second(); third()
`,
      [],
    ],
  ]);
});

describe('a missing guard', () => {
  check('missing-main-guard', [
    ['is found at the level of the module', `from multiprocessing import Pool\npool = Pool(2)\nprint(pool.map(abs, [1]))\n`, [2]],
    [
      'is found behind a call and an alias',
      `import concurrent.futures as cf
def main():
    with cf.ProcessPoolExecutor() as pool:
        print(list(pool.map(abs, [1])))
main()
`,
      [5],
    ],
    [
      'is not told where there is one, where the module ends early, of threads, and of a function that nobody calls there',
      `from multiprocessing import Pool
from concurrent.futures import ThreadPoolExecutor
def main():
    with Pool(2) as pool:
        print(pool.map(abs, [1]))
threads = ThreadPoolExecutor(2)
if "__main__" == __name__:
    main()
`,
      [],
    ],
    [
      'is not told after `if __name__ != ...: raise`',
      `import sys\nfrom multiprocessing import Pool\nif __name__ != '__main__':\n    sys.exit()\nPool(2).map(abs, [1])\n`,
      [],
    ],
  ]);
});

describe('shared memory', () => {
  check('shared-memory-not-unlinked', [
    [
      'is found where nobody unlinks it',
      `from multiprocessing import shared_memory
def main():
    block = shared_memory.SharedMemory(create=True, size=100)
    block.buf[0] = 1
    block.close()
main()
`,
      [3],
    ],
    [
      'is not told where it is unlinked, by a call or by somebody who is handed the method',
      `import atexit
from multiprocessing.shared_memory import SharedMemory as Block
block = Block(create=True, size=100)
atexit.register(block.unlink)
`,
      [],
    ],
    [
      'is not told of a block that is only opened',
      `from multiprocessing import shared_memory as sm\nblock = sm.SharedMemory(name='x')\nblock.close()\n`,
      [],
    ],
  ]);
  check('shared-memory-not-closed', [
    [
      'is found where a worker leaves its view open',
      `import multiprocessing
from multiprocessing import shared_memory
def work(name):
    block = shared_memory.SharedMemory(name=name)
    return block.buf[0]
if __name__ == '__main__':
    multiprocessing.Process(target=work, args=('x',)).start()
`,
      [4],
    ],
    [
      'is not told where it is closed, kept or handed on',
      `import multiprocessing
from multiprocessing import shared_memory
def closed(name):
    block = shared_memory.SharedMemory(name=name)
    try:
        return block.buf[0]
    finally:
        block.close()
def kept(name):
    block = shared_memory.SharedMemory(name=name)
    return block
if __name__ == '__main__':
    multiprocessing.Process(target=closed, args=('x',)).start()
    multiprocessing.Process(target=kept, args=('x',)).start()
`,
      [],
    ],
  ]);
});

describe('random numbers in workers', () => {
  const main = `
if __name__ == '__main__':
    with Pool(4) as pool:
        print(pool.map(work, range(4)))
`;
  check('same-random-numbers', [
    [
      "are the same from NumPy's shared generator in forked workers",
      `from multiprocessing import Pool\nimport numpy as np\ndef work(n):\n    return np.random.normal()\n${main}`,
      [4],
    ],
    [
      'are the same from a generator of the module, behind a call',
      `from multiprocessing import Pool
from numpy.random import default_rng
rng = default_rng(42)
def draw():
    return rng.random()
def work(n):
    return draw()
${main}`,
      [5],
    ],
    [
      'are the same from a generator that goes with every task',
      `from concurrent.futures import ProcessPoolExecutor
from functools import partial
import random
def work(rng, n):
    return rng.random()
if __name__ == '__main__':
    source = random.Random(1)
    with ProcessPoolExecutor() as pool:
        print(list(pool.map(partial(work, source), range(4))))
`,
      [5],
    ],
    [
      'are fine from a generator of the task, from one that the worker seeds, from an initializer and from the random module',
      `from multiprocessing import Pool
import numpy as np
import random
def start():
    np.random.seed()
def own(seed):
    return np.random.default_rng(seed).random()
def seeded(n):
    np.random.seed(n)
    return np.random.normal()
def begun(n):
    return np.random.normal()
def plain(n):
    return random.random()
if __name__ == '__main__':
    children = np.random.SeedSequence(1).spawn(4)
    with Pool(4) as pool:
        pool.map(own, children)
        pool.map(seeded, range(4))
        pool.map(plain, range(4))
    with Pool(4, initializer=start) as pool:
        pool.map(begun, range(4))
`,
      [],
    ],
    [
      'are fine on threads, which share one generator',
      `from concurrent.futures import ThreadPoolExecutor
import numpy as np
def work(n):
    return np.random.normal()
with ThreadPoolExecutor() as pool:
    print(list(pool.map(work, range(4))))
`,
      [],
    ],
  ]);
});

describe('a program without parallel code', () => {
  it('has no findings, whatever its names are', () => {
    assert.deepEqual(codesIn('class Thread:\n    pass\ndef Pool(n):\n    return n\nPool(3)\nwith open("x") as lock:\n    lock.read()\n'), []);
  });
});
