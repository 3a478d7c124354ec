import assert from 'node:assert/strict';
import { seconds } from '../../../analyzers/platform/units';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { findParallelFindings } from '../../../analyzers/verdict/parallel/findings';
import type { Profile } from '../../../analyzers/types';
import { profileOf, sourceOf } from '../hotspots/profiles';
import { codesIn, findingsIn, linesOf, type SampleRun } from './parallel-sample';

type Case = readonly [name: string, text: string, lines: readonly number[], run?: SampleRun];
const check = (code: string, cases: readonly Case[]): void => {
  for (const [name, text, lines, run] of cases) it(name, () => assert.deepEqual(linesOf(code, text, run), lines, codesIn(text, run).join(' ')));
};

before(loadSyntax);

describe('a blocking call in a coroutine', () => {
  const program = (imports: string, body: string): string => `import asyncio
${imports}
async def handle(n):
    await asyncio.sleep(0)
    ${body}
async def main():
    await asyncio.gather(*(handle(n) for n in range(9)))
asyncio.run(main())   # took wait=1
`;
  check('blocking-in-coroutine', [
    ['is found for a sleep', program('import time', 'time.sleep(1)   # took wait=2'), [5]],
    ['is found through a from-import with another name', program('from time import sleep as nap', 'nap(1)   # took wait=2'), [5]],
    [
      'is found for a request, a program and a file',
      program(
        'import requests, subprocess',
        'r = requests.get("x")   # took wait=2\n    subprocess.run(["x"])  # took wait=2\n    open("x").read()       # took wait=2',
      ),
      [5, 6, 7],
    ],
    ['is fine where it took no time', program('import time', 'time.sleep(0.0001)'), []],
    ['is fine on a thread of its own', program('import time', 'await asyncio.to_thread(time.sleep, 1)   # took wait=2'), []],
    ['is fine where it waits in the right way', program('', 'await asyncio.sleep(1)   # took wait=2'), []],
    ['is fine outside of coroutines', program('import time', 'pass\ndef plain():\n    time.sleep(1)   # took wait=2'), []],
    ['is fine in a function of the same name', program('def sleep(n): return n', 'sleep(1)   # took wait=2'), []],
    [
      'is fine where there is one coroutine only',
      'import asyncio, time\nasync def main():\n    time.sleep(1)   # took wait=2\nasyncio.run(main())\n',
      [],
    ],
  ]);
  it('is found in a function that a coroutine calls, and says whom it stops', () => {
    const text = `import asyncio, time
def load():
    time.sleep(1)
async def handle():
    load()
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(handle())
asyncio.run(main())
`;
    const source = sourceOf('/p/a.py', text);
    const path = [['<module>', 9], ['handle', 5], ['load', 3]] as const; // prettier-ignore
    const found = findParallelFindings([readModule(source)], profileOf(source, [[path, 3, { wait: 3 }]]));
    assert.deepEqual(found.map(({ code, span }) => [code, span.start.line + 1]), [['blocking-in-coroutine', 3]]); // prettier-ignore
    assert.match(found[0]!.why, /Line 3 stops the whole event loop for 3 s in all: while handle is there/);
    assert.match(found[0]!.toDo, /asyncio\.sleep/);
    const outside = profileOf(source, [[[['<module>', 9], ['load', 3]], 3, { wait: 3 }]]); // prettier-ignore
    assert.deepEqual(findParallelFindings([readModule(source)], { ...outside, run: { ...outside.run, seconds: seconds(3) } }), []);
  });
});

describe('computing in a coroutine', () => {
  const program = (body: string): string => `import asyncio
async def handle(n):
    ${body}
async def main():
    await asyncio.gather(*(handle(n) for n in range(9)))
asyncio.run(main())   # took wait=1
`;
  check('work-in-coroutine', [
    ['is found in a loop that never gives way', program('for i in range(n):\n        n += i   # took python=3'), [4]],
    ['is found in a comprehension', program('return sum([i * i for i in range(n)])   # took python=3'), [3]],
    ['is fine where every trip gives way', program('for i in range(n):\n        n += i   # took python=3\n        await asyncio.sleep(0)'), []],
    ['is fine where it is short', program('for i in range(n):\n        n += i   # took python=0.01'), []],
    ['is fine where it waits', program('for i in range(n):\n        n += i   # took wait=3'), []],
  ]);
});

describe('computing that a coroutine hands to processes', () => {
  const text = `import asyncio
from concurrent.futures import ProcessPoolExecutor
def heavy(n):
    return sum(i * n for i in range(n))
async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor() as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, heavy, n) for n in range(9)))
asyncio.run(main())   # took wait=1
`;
  const frame = (name: string, line: number): { file: string; name: string; line: number } => ({ file: '/p/sample.py', name, line });
  const stacks = (inner: [string, number]): { more: Partial<Profile> } => ({
    more: { stacks: [{ frames: [frame('<module>', 9), frame('main', 8), frame(...inner)], seconds: seconds(3) }] },
  });
  it('keeps nobody waiting, though a forked worker has the coroutine on its stack', () => {
    assert.deepEqual(linesOf('work-in-coroutine', text, { seconds: 2, ...stacks(['heavy', 4]) }), []);
  });
  it('does keep them waiting where the coroutine calls it itself', () => {
    const direct = text.replace('loop.run_in_executor(pool, heavy, n)', 'asyncio.sleep(heavy(n))');
    assert.deepEqual(linesOf('work-in-coroutine', direct, { seconds: 2, ...stacks(['heavy', 4]) }), [8]);
  });
});

describe('awaits that gain nothing together', () => {
  const program = (body: string): string => `import asyncio
log = []
lock = asyncio.Lock()
slots = asyncio.Semaphore(5)
async def visit(n):
    ${body}
async def main():
    return [await visit(n) for n in range(9)]
asyncio.run(main())   # took wait=5
`;
  check('serial-awaits', [
    ['are told where they go through a semaphore', program('async with slots:\n        await asyncio.sleep(1)'), [9]],
    ['are not told where a lock lets one through at a time', program('async with lock:\n        await asyncio.sleep(1)'), []],
    ['are not told where each adds to what others see', program('log.append(n)\n    await asyncio.sleep(1)'), []],
    ['are told where each adds to a list of its own', program('mine = []\n    mine.append(n)\n    await asyncio.sleep(1)'), [10]],
  ]);
});

describe('awaits one after another', () => {
  const program = (body: string): string => `import asyncio
import aiohttp
history = []
async def fetch(session, url):
    async with session.get(url) as response:
        return await response.text()
async def record(url):
    history.last = url
async def main(urls, queue):
    pages = []
    total = 0
    async with aiohttp.ClientSession() as session:
        ${body}
    return pages, total
asyncio.run(main([], None))   # took wait=5
`;
  check('serial-awaits', [
    ['are found where the results are gathered', program('for url in urls:\n            pages.append(await fetch(session, url))'), [14]],
    ['are found in a comprehension', program('pages = [await fetch(session, url) for url in urls]'), [13]],
    [
      'are found for a client in an async with',
      program('for url in urls:\n            async with session.get(url) as response:\n                pages.append(response.status)'),
      [14],
    ],
    [
      'are found with a name between, and a sum',
      program(
        'for i, url in enumerate(urls):\n            full = url + str(i)\n            page = await fetch(session, full)\n            total += len(page)',
      ),
      [15],
    ],
    [
      'are found where each result has its own key',
      program('found = {}\n        for url in urls:\n            found[url] = await fetch(session, url)'),
      [15],
    ],
    [
      'are needed where each asks with what the last one said',
      program('page = ""\n        for url in urls:\n            page = await fetch(session, url + page)'),
      [],
    ],
    [
      'are needed where a trip looks at what was gathered',
      program('for url in urls:\n            pages.append(await fetch(session, url + pages[-1]))'),
      [],
    ],
    [
      'are needed where a trip may end the loop',
      program('for url in urls:\n            page = await fetch(session, url)\n            if page:\n                break'),
      [],
    ],
    ['are needed where it asks until it has enough', program('while total < 9:\n            total += len(await fetch(session, total))'), []],
    [
      'are fine for tasks that run already',
      program('tasks = [asyncio.create_task(fetch(session, url)) for url in urls]\n        for task in tasks:\n            pages.append(await task)'),
      [],
    ],
    ['are fine for a pause', program('for url in urls:\n            await asyncio.sleep(1)'), []],
    ['are fine for a queue', program('for url in urls:\n            await queue.put(url)'), []],
    ['are fine where the coroutine changes what is around it', program('for url in urls:\n            await record(url)'), []],
    ['are fine where they run together', program('pages = await asyncio.gather(*(fetch(session, url) for url in urls))'), []],
    [
      'are fine where nobody waits',
      program('for url in urls:\n            pages.append(await fetch(session, url))').replace('wait=5', 'python=5'),
      [],
    ],
  ]);
  it('are only likely: what the event loop waits for is not seen', () => {
    const [finding] = findingsIn(program('for url in urls:\n            pages.append(await fetch(session, url))'));
    assert.equal(finding!.certainty, 'likely');
    assert.match(finding!.why, /the event loop waited 5 s in all/);
  });
});
