import assert from 'node:assert/strict';
import { refactor } from '../../../analyzers/refactors/python/pool-shared-updates';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, runScript, sourceOf } from './page-runner';

interface Program {
  /** Beside `total`, `prices`, `lock`, `items` and `found`. */
  top?: string;
  /** The body of `add(numbers)`. */
  worker: string;
  /** Between the start of the threads and the wait for them. */
  meanwhile?: string;
  /** Before the threads are made. */
  before?: string;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const program = ({ top = '', worker, meanwhile = '', before = '' }: Program): string => `import queue
import threading

total = 0
price = 1
prices = {}
found = []
lock = threading.Lock()
items = queue.Queue()
${top}

def add(numbers):
    global total
${indented(worker)}

def main():
${indented(before)}
    threads = [threading.Thread(target=add, args=(range(k, k + 4),)) for k in range(3)]
    for thread in threads:
        thread.start()
${indented(meanwhile)}
    for thread in threads:
        thread.join()


main()
print(total, sorted(prices.items()), sorted(found))
`;

function ask(one: Program): string {
  const source = sourceOf('/script.py', program(one));
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  const answer = applyTo(refactor, facts, cx, 'gil', functions, lines);
  return answer === undefined ? 'nothing to say' : 'code' in answer ? answer.code : answer.edited;
}

describe('what workers share update by update', () => {
  before(loadSyntax);

  const gathered: [string, Program, RegExp][] = [
    ['several things under one lock, with what is computed there', { worker: 'for n in numbers:\n    with lock:\n        part = n * price\n        total += part\n        prices[n] = prices.get(n, 0) + 1\n        found.append(part)\n' }, /with lock:\n {8}total \+= local_total\n {8}for key, value in local_prices/], // prettier-ignore
    ['in loops within loops, up to a break', { worker: 'for n in numbers:\n    for m in range(n):\n        if m > 3:\n            break\n        with lock:\n            total += n - m\n' }, /local_total \+= n - m/], // prettier-ignore
    ['where names of the worker are those that the sharing would use', { worker: 'key = "k"\nfor n in numbers:\n    with lock:\n        prices[key] = prices.get(key, 0) + n\nfound.append(key)\n' }, /for key2, value in local_prices\.items/], // prettier-ignore
  ];
  for (const [name, one, wanted] of gathered) {
    it(`is gathered first: ${name}`, async () => {
      const edited = ask(one);
      assert.match(edited, wanted);
      const [before, after] = await Promise.all([runScript(program(one), 'fork'), runScript(edited, 'fork')]);
      assert.deepEqual([before.error, after.error], [null, null], edited);
      assert.equal(after.stdout, before.stdout);
      assert.notEqual(before.stdout, '');
    }).timeout(60_000);
  }

  const sum = 'for n in numbers:\n    with lock:\n        total += n\n';
  const left: [string, Program, string][] = [
    ['without a lock', { worker: 'for n in numbers:\n    total += n\n' }, 'nothing to say'],
    ['under something that is no lock', { top: 'class Timer:\n    def __enter__(self):\n        found.append(1)\n\n    def __exit__(self, *error):\n        pass\n\n\ntimer = Timer()\n', worker: 'for n in numbers:\n    with timer:\n        total += n\n' }, 'nothing to say'], // prettier-ignore
    ['where a function that the worker calls looks at it', { top: 'def enough():\n    return total > 5\n', worker: `for n in numbers:\n    if enough():\n        break\n    with lock:\n        total += n\n` }, 'shared-read'], // prettier-ignore
    ['where one update depends on another', { worker: 'for n in numbers:\n    with lock:\n        total += prices.get(0, 1)\n        prices[0] = prices.get(0, 0) + 1\n' }, 'shared-read'], // prettier-ignore
    ['where what is added is itself changed under the lock', { worker: 'global price\nfor n in numbers:\n    with lock:\n        total += price\nprice = 2\n' }, 'shared-read'], // prettier-ignore
    ['where what is added is changed by others', { top: 'def raise_price():\n    global price\n    price += 1\n', worker: 'for n in numbers:\n    with lock:\n        total += price * n\n' }, 'shared-read'], // prettier-ignore
    ['while another thread watches it', { top: 'def watch():\n    print(total >= 0)\n', worker: sum, before: 'watcher = threading.Thread(target=watch)\nwatcher.start()\n' }, 'watched-progress'], // prettier-ignore
    ['while the program calls what looks at it', { top: 'def show():\n    print(total >= 0)\n', worker: sum, meanwhile: 'show()\n' }, 'watched-progress'], // prettier-ignore
    ['where the program waits for a queue and not for the workers', { worker: 'while True:\n    n = items.get()\n    if n is None:\n        break\n    with lock:\n        total += n\n    items.task_done()\n', before: 'for n in range(5):\n    items.put(n)\n', meanwhile: 'items.join()\nprint(total)\nfor _ in threads:\n    items.put(None)\n' }, 'watched-progress'], // prettier-ignore
    ['where two kinds of updates meet', { worker: 'for n in numbers:\n    with lock:\n        prices[n] = prices.get(n, 0) + 1\n        prices[0] += n\n', top: 'prices[0] = 0\n' }, 'nothing to say'], // prettier-ignore
  ];
  for (const [name, one, code] of left) it(`is left alone ${name}`, () => assert.equal(ask(one), code));
});
