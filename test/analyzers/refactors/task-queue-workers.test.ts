import assert from 'node:assert/strict';
import { refactor } from '../../../analyzers/refactors/python/pool-queue-workers';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, runScript, sourceOf } from './page-runner';

interface Program {
  top?: string;
  /** What a worker does for `n`. */
  task?: string;
  queue?: string;
  /** `for n in numbers: tasks.put(n)` */
  putting?: string;
  /** Takes the results into `found`. */
  taking?: string;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const program = ({
  top = '',
  task = 'results.put((n, n * n))\n',
  queue = 'mp.Queue()',
  putting = 'for n in numbers:\n    tasks.put(n)\n',
  taking = 'found = [results.get() for _ in numbers]\n',
}: Program): string =>
  // prettier-ignore
  `import multiprocessing as mp
import os

${top}

def work(tasks, results):
    while True:
        n = tasks.get()
        if n is None:
            break
${indented(indented(task))}

def main():
    numbers = list(range(12))
    tasks = ${queue}
    results = mp.Queue()
    workers = [mp.Process(target=work, args=(tasks, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
${indented(putting)}
    for _ in workers:
        tasks.put(None)
${indented(taking)}
    for worker in workers:
        worker.join()
    print(sorted(found))


if __name__ == "__main__":
    main()
`;

function ask(one: Program | string): string {
  const source = sourceOf('/script.py', typeof one === 'string' ? one : program(one));
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  const answer = applyTo(refactor, facts, cx, 'overhead', functions, lines);
  return answer === undefined ? 'nothing to say' : 'code' in answer ? answer.code : answer.edited;
}

describe('items that go through queues to workers and back', () => {
  before(loadSyntax);

  const gone: [string, Program, RegExp][] = [
    ['with their place among the others', { task: 'k, x = n\nif x % 2:\n    part = x\nelse:\n    part = -x\nresults.put((k, part))\n', putting: 'for k, x in enumerate(numbers):\n    tasks.put((k, x + 1))\n' }, /found = \[work\(\(k, x \+ 1\)\) for k, x in enumerate\(numbers\)\]/], // prettier-ignore
    [
      'with a loop in the task',
      { task: 'total = 0\nfor k in range(n):\n    total += k\nresults.put((n, total))\n' },
      /found = \[work\(n\) for n in numbers\]/,
    ],
    ['with results that are added up', { taking: 'found = []\ntotal = 0\nfor _ in range(len(numbers)):\n    n, square = results.get()\n    total += square\n    found.append(total - total + n)\n' }, /for n in numbers:\n {8}n, square = work\(n\)/], // prettier-ignore
  ];
  for (const [name, one, wanted] of gone) {
    it(`are done in one loop: ${name}`, async () => {
      const edited = ask(one);
      assert.match(edited, wanted);
      assert.doesNotMatch(edited, /Queue|Process/);
      const [before, after] = await Promise.all([runScript(program(one), 'fork'), runScript(edited, 'fork')]);
      assert.deepEqual([before.error, after.error], [null, null], edited);
      assert.equal(after.stdout, before.stdout);
      assert.notEqual(before.stdout, '');
    }).timeout(60_000);
  }

  const threaded = (meanwhile: string): string =>
    `import queue\nimport threading\n\n\ndef work(tasks, found):\n    while True:\n        n = tasks.get()\n        if n is None:\n            tasks.task_done()\n            break\n        found.append((n, n * n))\n        tasks.task_done()\n\n\ndef main():\n    tasks = queue.Queue()\n    found = []\n    threads = []\n    for _ in range(3):\n        thread = threading.Thread(target=work, args=(tasks, found))\n        thread.start()\n        threads.append(thread)\n    for n in range(20):\n        tasks.put(n)\n    for _ in threads:\n        tasks.put(None)\n    tasks.join()\n${meanwhile}    for thread in threads:\n        thread.join()\n    print(sorted(found))\n\n\nmain()\n`;

  it('are done in one loop where threads fill a list, unless somebody looks at it meanwhile', async () => {
    const edited = ask(threaded(''));
    assert.match(edited, /found = \[\]\n {4}for n in range\(20\):\n {8}found\.append\(work\(n\)\)\n {4}print/);
    const [before, after] = await Promise.all([runScript(threaded(''), 'fork'), runScript(edited, 'fork')]);
    assert.equal(after.error, null, edited);
    assert.equal(after.stdout, before.stdout);
    assert.equal(ask(threaded('    print(len(found) >= 0)\n')), 'nothing to say');
  }).timeout(60_000);

  const left: [string, Program, string][] = [
    ['where a worker may remember an earlier item', { task: 'if n % 3 == 0:\n    last = n\nresults.put((n, last))\n' }, 'nothing to say'],
    ['where not every item has a result', { task: 'if n % 2:\n    results.put(n)\n' }, 'nothing to say'],
    ['where a worker says which one it is', { task: 'results.put((n, os.getpid() > 0))\n' }, 'worker-state'],
    ['where a worker changes what the program has', { top: 'seen = []\n', task: 'seen.append(n)\nresults.put(n)\n' }, 'worker-state'],
    ['where a worker shows something', { task: 'print(n)\nresults.put(n)\n' }, 'worker-effects'],
    ['where the queue lets nobody run ahead', { queue: 'mp.Queue(maxsize=3)' }, 'nothing to say'],
    ['where the program asks whether there is a result', { taking: 'found = []\nwhile not results.empty():\n    found.append(results.get())\n' }, 'nothing to say'], // prettier-ignore
    ['where results are taken in two places', { taking: 'found = [results.get() for _ in range(6)]\nfound += [results.get() for _ in range(6)]\n' }, 'nothing to say'], // prettier-ignore
    ['where fewer results are taken than items were handed over', { taking: 'found = [results.get() for _ in numbers[:3]]\n' }, 'other-count'],
    ['where items are chosen, and the results counted otherwise', { putting: 'for n in numbers:\n    if n:\n        tasks.put(n)\n', taking: 'found = [results.get() for _ in numbers[1:]]\n' }, 'nothing to say'], // prettier-ignore
    ['where what is handed over changes in between', { taking: 'found = []\nnumbers.clear()\nfor _ in range(12):\n    found.append(results.get())\n' }, 'other-count'], // prettier-ignore
    ['where the results go where the items come from', { taking: 'found = numbers\nfor _ in numbers:\n    numbers.append(results.get())\n' }, 'changed-later'], // prettier-ignore
  ];
  for (const [name, one, code] of left) it(`are left alone ${name}`, () => assert.equal(ask(one), code));
});
