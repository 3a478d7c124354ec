import assert from 'node:assert/strict';
import { refactor as gather } from '../../../analyzers/refactors/python/async-gather';
import { refactor as statements } from '../../../analyzers/refactors/python/async-gather-statements';
import { refactor as unblock } from '../../../analyzers/refactors/python/async-unblock';
import { refactor as runOnce } from '../../../analyzers/refactors/python/async-run-once';
import type { Refactor } from '../../../analyzers/refactors/refactor';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, runScript, sourceOf, type Applied } from './page-runner';

const server = `import asyncio
import time


class Refused(Exception):
    pass


async def serve(reader, writer):
    number = int(await reader.readline())
    await asyncio.sleep(0.002 * (number % 3))
    writer.write(b"-" if number % 5 == 4 else b"%d" % (number * 2))
    await writer.drain()
    writer.close()


async def ask(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\\n" % number)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    if answer == b"-":
        raise Refused(number)
    return int(answer)


`;
const withServer = (body: string): string => `${server}async def collect(port):
${body.replace(/^/gm, '    ')}


async def main():
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        print(await collect(listening.sockets[0].getsockname()[1]))


asyncio.run(main())
`;

/** What the refactor makes of the text; `code` of its refusal. */
function rewritten(refactor: Refactor, text: string): Applied | string {
  const source = sourceOf('/script.py', text);
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  const answer = applyTo(refactor, facts, cx, 'io-wait', functions, lines);
  if (answer === undefined) return 'nothing to say';
  return 'code' in answer ? answer.code : answer;
}

/** It prints the same before and after. */
async function alike(refactor: Refactor, text: string): Promise<{ edited: string; printed: string }> {
  const answer = rewritten(refactor, text);
  if (typeof answer === 'string') assert.fail(answer);
  const [before, after] = await Promise.all([runScript(text, 'fork'), runScript(answer.edited, 'fork')]);
  assert.deepEqual([before.error, after.error], [null, null], answer.edited);
  assert.equal(after.stdout, before.stdout, answer.edited);
  assert.notEqual(before.stdout, '');
  return { edited: answer.edited, printed: after.stdout };
}

describe('questions to a local server', () => {
  before(loadSyntax);

  it('are asked together and answered as before', async () => {
    const { edited } = await alike(
      gather,
      withServer('answers = []\nfor number in range(4):\n    answers.append(await ask(port, number))\nreturn answers'),
    );
    assert.match(edited, /answers\.extend\(await asyncio\.gather\(\*\(ask\(port, number\) for number in range\(4\)\)\)\)/);
  });
  it('keep the error of each item where the loop catches it', async () => {
    const loop = 'good, bad = {}, []\nfor number in range(11):\n    try:\n        good[number] = await ask(port, number)\n    except Refused as error:\n        bad.append(error.args)\nreturn good, bad'; // prettier-ignore
    const { printed, edited } = await alike(gather, withServer(loop.replace('good, bad = {}, []', 'good = {}\nbad = []')));
    assert.match(printed, /\[\(4,\), \(9,\)\]/);
    assert.match(edited, /tasks = \[asyncio\.create_task\(ask\(port, number\)\)/);
  });
  it('stop at the same item where the loop ends early, and leave no task behind', async () => {
    const loop = 'for number in range(20):\n    if await ask(port, number) == 6:\n        return number\nreturn None';
    const { printed, edited } = await alike(gather, withServer(loop));
    assert.match(printed, /^3$/m);
    assert.match(edited, /finally:\n {8}for task in tasks:\n {12}task\.cancel\(\)/);
  });
  it('raise the error of the first item that fails where nothing catches it', async () => {
    const loop = 'rows = []\ntry:\n    for number in range(9):\n        rows.append(await ask(port, number))\nexcept Refused as error:\n    rows.append(error.args)\nreturn rows';
    const { printed } = await alike(gather, withServer(loop));
    assert.match(printed, /\[0, 2, 4, 6, \(4,\)\]/);
  }); // prettier-ignore
  it('go on together where one trip asks twice', async () => {
    const loop = 'total = 0\nfor number in range(4):\n    first = await ask(port, number)\n    if first > 3:\n        first = await ask(port, first + 1)\n    total += first\nreturn total'; // prettier-ignore
    const { edited } = await alike(gather, withServer(loop));
    assert.match(edited, /async def ask_number\(number\):/);
  });
  it('wait together as statements', async () => {
    const { edited } = await alike(statements, withServer('first = await ask(port, 1)\nsecond = await ask(port, 2)\nreturn first, second'));
    assert.match(edited, /first, second = await asyncio\.gather\(ask\(port, 1\), ask\(port, 2\)\)/);
  });
});

describe('a trip of a coroutine that counts on the one before', () => {
  const program = (body: string, more = ''): string => `import asyncio
import random
import time

seen = {}


async def fetch(number):
    await asyncio.sleep(0.001)
    return number + 1


${more}async def main():
    rows = []
${body.replace(/^/gm, '    ')}
    print(rows)


asyncio.run(main())
`;
  before(loadSyntax);

  for (const [name, body, more, wanted] of [
    ['through a token that an error renews', 'token = 1\nfor n in range(3):\n    try:\n        rows.append(await fetch(n + token))\n    except OSError:\n        token = 2', '', 'carried-dependence'],
    ['through a name that only some trips set', 'for n in range(3):\n    if n % 2 == 0:\n        page = await fetch(n)\n    rows.append(await fetch(n + page))', '', 'carried-dependence'],
    ['through the counter that it moves', 'for n in range(3):\n    page = await fetch(n)\n    n = await fetch(page)\n    rows.append(n)', '', 'tangled-trip'],
    ['through a dictionary that the calls fill', 'for n in range(3):\n    rows.append(await cached(n))', 'async def cached(n):\n    if n not in seen:\n        seen[n] = await fetch(n)\n    return seen[n]\n\n\n', 'shared-state'],
    ['through a list of the loop that a trip reads', 'for n in range(3):\n    rows.append(await fetch(len(rows)))', '', 'nothing to say'],
    ['through a field of the item that the call is given', 'for row in [{"n": 1}, {"n": 2}]:\n    row["n"] = await fetch(row["n"])', '', 'shared-state'],
    ['through a field that the called function reads', 'table = [{"n": 1, "m": 0}]\nfor row in table:\n    row["m"] = await summed(row["n"], table)', 'async def summed(n, table):\n    await asyncio.sleep(0.001)\n    return n + sum(row["m"] for row in table)\n\n\n', 'shared-state'],
    ['through an item that the call is given as a whole', 'for row in [{"n": 1}]:\n    row["m"] = await fetch(len(row))', '', 'shared-state'],
    ['through a random generator', 'for n in range(3):\n    rows.append(await drawn(n))', 'async def drawn(n):\n    await asyncio.sleep(0.001)\n    return random.random()\n\n\n', 'shared-state'],
    ['through a class variable', 'for n in range(3):\n    rows.append(await Page(n).load())', 'class Page:\n    made = 0\n\n    def __init__(self, n):\n        Page.made += 1\n        self.n = n + Page.made\n\n    async def load(self):\n        await asyncio.sleep(0.001)\n        return self.n\n\n\n', 'shared-state'],
  ] as const) {
    it(`is left alone: ${name}`, () => assert.equal(rewritten(gather, program(body, more)), wanted));
  } // prettier-ignore

  it('may pause for a random time, which is no result', () => {
    const more = 'async def slow(n):\n    await asyncio.sleep(random.random() / 100)\n    return n\n\n\n';
    assert.notEqual(typeof rewritten(gather, program('for n in range(3):\n    rows.append(await slow(n))', more)), 'string');
  });
});

describe('a coroutine that blocks', () => {
  const program = (worker: string, start: string): string => `import asyncio
import time


class Box:
    def __init__(self):
        self.value = 0


box = Box()


async def work(n):
${worker.replace(/^/gm, '    ')}


async def main():
    ${start}


asyncio.run(main())
`;
  before(loadSyntax);

  it('gives way, with the same results', async () => {
    const { edited } = await alike(unblock, program('if n > 1:\n    time.sleep(0.001)\nreturn n', 'print(await asyncio.gather(*map(work, [1])), await asyncio.gather(work(2), work(3)))')); // prettier-ignore
    assert.match(edited, /await asyncio\.sleep\(0\.001\)/);
  });
  it('gives way where native code computes, in a thread', async () => {
    const text = program('return sha(n).hex()[:6]', 'print(await asyncio.gather(*(work(n) for n in range(3))))');
    const sha = 'def sha(n):\n    return hashlib.pbkdf2_hmac("sha256", b"%d" % n, b"salt", 9)\n\n\nasync def work';
    const { edited } = await alike(unblock, text.replace('import asyncio', 'import asyncio\nimport hashlib').replace('async def work', sha));
    assert.match(edited, /return \(await asyncio\.to_thread\(sha, n\)\)\.hex\(\)/);
  });
  it('is left alone where it is awaited by itself', () => {
    assert.equal(rewritten(unblock, program('time.sleep(0.001)\nreturn n', 'print(await work(1), await work(2))')), 'nothing to say');
  });
  it('is left alone where a task reads, waits and writes back', () => {
    const lost = program(
      'before = box.value\ntime.sleep(0.001)\nbox.value = before + n',
      'await asyncio.gather(work(1), work(2))\n    print(box.value)',
    );
    assert.equal(rewritten(unblock, lost), 'shared-state');
  });
  it('is left alone where others beside it write', () => {
    const both = program('time.sleep(0.001)\nreturn box.value', 'print(await asyncio.gather(work(1), other()))').replace('async def main', 'async def other():\n    box.value = 5\n\n\nasync def main'); // prettier-ignore
    assert.equal(rewritten(unblock, both), 'shared-state');
  });
});

describe('an event loop for each call', () => {
  const program = (loop: string): string => `import asyncio


async def lookup(word):
    await asyncio.sleep(0.001)
    return word[::-1]


answers = []
${loop}
print(answers)
`;
  before(loadSyntax);

  it('becomes one for all of them, at module level too', async () => {
    const { edited } = await alike(runOnce, program('for word in ["ab", "cd"]:\n    answers.append(asyncio.run(lookup(word)))'));
    assert.match(edited, /answers\.extend\(asyncio\.run\(gathered\(\)\)\)/);
  });
  it('stays where a function sees what the loop gathers', () => {
    const text = program('for word in ["ab", "cd"]:\n    answers.append(asyncio.run(lookup(word)))').replace('return word[::-1]', 'return word[::-1] + str(len(answers))'); // prettier-ignore
    assert.equal(rewritten(runOnce, text), 'nothing to say');
  });
});
