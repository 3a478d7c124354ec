import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoopFacts } from '../../../analyzers/types';
import { refactor as processPool } from '../../../analyzers/refactors/python/process-pool-map';
import { refactor as threadPool } from '../../../analyzers/refactors/python/thread-pool-map';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, difference, factsOf, python, runScript, sourceOf, WarmPython, type Applied } from './page-runner';

const path = '/script.py';
const work = `def work(x, weight=1):
    total = 0
    for k in range(30):
        total += x * k % 7 * weight
    return total


`;

describe('a loop shared out over a pool', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  async function pooled(text: string): Promise<Applied> {
    const ran = await warm.run(text, path, true);
    const source = sourceOf(path, text);
    const { facts, cx } = factsOf(source, source, ran.frames, 10);
    const answer = applyTo(processPool, facts, cx, 'cpu-python');
    if (answer === undefined) assert.fail('it has nothing to say');
    if ('code' in answer) assert.fail(`${answer.code}: ${answer.why}`);
    return answer;
  }
  async function sameUnderBothStarts(text: string): Promise<string> {
    const { edited } = await pooled(text);
    const [before, fork, spawn] = await Promise.all([runScript(text, 'fork'), runScript(edited, 'fork'), runScript(edited, 'spawn')]);
    assert.equal(before.error, null);
    for (const after of [fork, spawn]) {
      assert.equal(after.error, null, edited);
      assert.equal(after.stdout, before.stdout, edited);
      for (const [name, value] of Object.entries(before.names)) {
        if (name in after.names) assert.equal(difference(value, after.names[name]!, 0, name), null);
      }
    }
    assert.notEqual(before.stdout, '');
    return edited;
  }

  it('runs in a method that passes what it reads from its object', async () => {
    const edited = await sameUnderBothStarts(
      `${work}class Scorer:\n    def __init__(self, weight):\n        self.weight = weight\n\n    def all(self, values):\n        return [work(value, self.weight) for value in values]\n\n\nprint(Scorer(3).all([1, 2, 3, 4]))\n`,
    );
    assert.match(edited, /partial\(work, weight=self\.weight\)/);
    assert.match(edited, /if __name__ == "__main__":\n {4}print\(Scorer/);
  }).timeout(60_000);

  it('hands out the outer loop of two', async () => {
    const edited = await sameUnderBothStarts(
      `${work}def grid(rows, columns):\n    cells = []\n    for row in range(rows):\n        line = []\n        for column in range(columns):\n            line.append(work(row * column))\n        cells.append(line)\n    return cells\n\n\nprint(grid(4, 5))\n`,
    );
    assert.match(edited, /^def _\w+\(row, columns\):$/m);
  }).timeout(60_000);

  it('takes the whole sum, not what it adds up', async () => {
    const edited = await sameUnderBothStarts(
      `def main():\n    for word in ["Ada", "Bo", "Cy"]:\n        if sum(ord(letter) * k for k in range(9) for letter in word) % 2 == 0:\n            print(word)\n\n\nif __name__ == "__main__":\n    main()\n`,
    );
    assert.match(edited, /return sum\(ord/);
  }).timeout(60_000);

  it('hands out work that is done for its errors alone', async () => {
    const edited = await sameUnderBothStarts(
      `def check(x):\n    if sum(k ^ x for k in range(99)) < 0:\n        raise ValueError(x)\n\n\ndef total(values):\n    result = 0\n    for value in values:\n        check(value)\n        result += value\n    return result\n\n\nprint(total([3, 1, 2]))\n`,
    );
    assert.match(edited, /for value, _ in zip\(values, pool\.map/);
  }).timeout(60_000);

  it('does not change copies of what the task finds in what it is given', async () => {
    const store = `class Item:\n    def __init__(self, key):\n        self.key = key\n        self.stock = 5\n\n\nclass Store:\n    def __init__(self):\n        self.items = [Item(key) for key in range(9)]\n\n    def find(self, key):\n        for item in self.items:\n            if item.key == key % 9:\n                return item\n\n    def make(self, key):\n        return {"key": [k * key for k in range(9)]}\n\n    def sell(self, orders):\n        for key in orders:\n            BODY\n        return [item.stock for item in self.items]\n\n\nprint(Store().sell(list(range(40))))\n`;
    for (const body of [
      'item = self.find(key)\n            item.stock -= 1',
      'item = self.find(key)\n            same = item\n            same.stock -= 1',
    ]) {
      const text = store.replace('BODY', body);
      const source = sourceOf(path, text);
      const { facts, cx } = factsOf(source, source, (await warm.run(text, path, true)).frames, 10);
      const answer = applyTo(processPool, facts.filter(({ owner }) => owner?.name === 'sell'), cx, 'cpu-python'); // prettier-ignore
      assert.ok(answer !== undefined && 'code' in answer, body);
      assert.equal(answer.code, 'mutates-arguments', body);
    }
    await sameUnderBothStarts(store.replace('BODY', 'made = self.make(key)\n            made["sum"] = sum(made["key"])\n            print(made)'));
  }).timeout(60_000);

  it('starts no pool in a function that a loop of another file calls again and again', () => {
    const main = sourceOf('/pkg/__main__.py', 'from .part import all_of\n\nfor k in range(50):\n    print(all_of(range(k)))\n');
    const part = sourceOf('/pkg/part.py', `${work}def all_of(values):\n    return [work(value) for value in values]\n`);
    const { facts, cx } = factsOf(part, main, [], 1);
    const outer = cx.syntax(main.path).loops.map(({ ir }) => ({ ...(facts[0] as LoopFacts), file: main.path, ir, trips: 50 }));
    assert.equal(outer.length, 1);
    const answer = applyTo(processPool, facts.filter(({ owner }) => owner?.name === 'all_of'), { ...cx, loops: outer }, 'cpu-python'); // prettier-ignore
    assert.ok(answer !== undefined && 'code' in answer);
    assert.equal(answer.code, 'called-in-loop');
    assert.match(answer.why, /line 3 of __main__\.py/);
  });

  it('leaves text that spans lines as it is when it moves code under the guard', async () => {
    const edited = await sameUnderBothStarts(
      `"""Doc."""\n${work}# what follows is the program\nbanner = """\n  two spaces\nnone\n"""\nfor x in range(6):\n    y = work(x)\n    print("""a\n  b""", y)\n\nprint(banner)\n`,
    );
    assert.match(edited, /\n# what follows|if __name__/);
    assert.match(edited, /"""\n {2}two spaces\nnone\n"""/);
    assert.match(edited, /print\("""a\n {2}b""", y\)/);
  }).timeout(60_000);

  it('keeps the line ends and the indentation of the file', async () => {
    const text = `${work}def all_of(values):\n    found = []\n    for value in values:\n        found.append((value, work(value)))\n    return found\n\n\nprint(all_of([1, 2, 3]))\n`;
    const edited = await sameUnderBothStarts(text.replaceAll('    ', '\t').replaceAll('\n', '\r\n'));
    assert.doesNotMatch(edited, /[^\r]\n/);
    assert.doesNotMatch(edited, /^ /m);
  }).timeout(60_000);

  it('raises at the same item, after what belongs to the items before', async () => {
    const text = `${work}def risky(x):\n    if x == 3:\n        raise ValueError("three")\n    return work(x)\n\n\ndef main():\n    for x in [1, 2, 3, 4]:\n        y = risky(x)\n        print(x, y)\n\n\nif __name__ == "__main__":\n    try:\n        main()\n    except ValueError as error:\n        print("stopped:", error)\n`;
    const edited = await sameUnderBothStarts(text);
    assert.match(edited, /pool\.map\(risky/);
  }).timeout(60_000);

  it('takes the items out of a generator once', async () => {
    const edited = await sameUnderBothStarts(
      `${work}def numbers():\n    for n in range(5):\n        print("made", n)\n        yield n\n\n\ndef main():\n    total = 0\n    for n in numbers():\n        total += work(n)\n    print(total)\n\n\nif __name__ == "__main__":\n    main()\n`.replace(
        '        print("made", n)\n',
        '',
      ),
    );
    assert.match(edited, /= list\(numbers\(\)\)/);
  }).timeout(60_000);

  it('keeps a progress bar, around the results', () => {
    const text = `from tqdm import tqdm\n\n\n${work}def main(values):\n    total = 0\n    for place, value in enumerate(tqdm(values, desc="all")):\n        answer = work(value)\n        total += place * answer\n    return total\n\n\nif __name__ == "__main__":\n    print(main([1, 2, 3, 4]))\n`;
    const source = sourceOf(path, text);
    const { facts, cx } = factsOf(source, source, [], 10);
    const answer = applyTo(processPool, facts, cx, 'cpu-python');
    assert.ok(answer !== undefined && 'edited' in answer, JSON.stringify(answer));
    assert.match(
      answer.edited,
      /for place, answer in enumerate\(tqdm\(pool\.map\(work, items, chunksize=chunksize\), total=len\(items\), desc="all"\)\):/,
    );
    assert.match(answer.edited, /items = list\(values\)/);
  });

  it('works in a module of a package that is run with -m', () => {
    const module = `from .more import weight\n\n\n${work}def all_of(values):\n    return [work(value, weight) for value in values]\n`;
    const main = 'from .part import all_of\n\nif __name__ == "__main__":\n    print(all_of([1, 2, 3, 4]))\n';
    const source = sourceOf('/pkg/part.py', module);
    const { facts, cx } = factsOf(source, sourceOf('/pkg/__main__.py', main), [], 10, [sourceOf('/pkg/more.py', 'weight = 3\n')]);
    const answer = applyTo(processPool, facts, cx, 'cpu-python');
    assert.ok(answer !== undefined && 'edited' in answer, JSON.stringify(answer));
    const folder = mkdtempSync(join(tmpdir(), 'hotloop-package-'));
    try {
      mkdirSync(join(folder, 'pkg'));
      for (const [name, text] of [
        ['__init__', ''],
        ['more', 'weight = 3\n'],
        ['__main__', main],
        ['part', module],
      ] as const)
        writeFileSync(join(folder, 'pkg', `${name}.py`), text);
      const run = (method: string): string => {
        const code = `import multiprocessing, runpy; multiprocessing.set_start_method("${method}"); runpy.run_module("pkg", run_name="__main__", alter_sys=True)`;
        const { stdout, stderr, status } = spawnSync(python, ['-c', code], { cwd: folder, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return stdout;
      };
      const before = run('fork');
      writeFileSync(join(folder, 'pkg', 'part.py'), answer.edited);
      assert.equal(run('fork'), before);
      assert.equal(run('spawn'), before);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);

  const leaves = (text: string): string => {
    const source = sourceOf(path, text);
    const { facts, cx } = factsOf(source, source, [], 10);
    const answer = applyTo(processPool, facts, cx, 'cpu-python');
    return answer === undefined ? 'nothing to say' : 'code' in answer ? answer.code : answer.edited;
  };
  const tasks = (body: string): string =>
    `import os\nimport time\n\n\n${work}def task(x):\n    value = work(x)\n${body}\n\n\ndef main(xs):\n    for x in xs:\n        print(x, task(x))\n\n\nmain([1, 2, 3])\n`;

  it('is refused where a task looks through the folder that tasks write to, or tells the time', () => {
    const listing = '    with open(f"part_{x}.txt", "w") as out:\n        out.write(str(value))\n    return len(os.listdir("."))';
    assert.equal(leaves(tasks(listing)), 'ordered-effects');
    assert.equal(leaves(tasks('    return value, time.time()')), 'ordered-effects');
    assert.match(leaves(tasks('    return value, len(os.listdir("."))')), /ProcessPoolExecutor/);
    const apart = `import os\n\n\n${work}def save(x):\n    with open(f"part_{x}.txt", "w") as out:\n        out.write(str(work(x)))\n\n\ndef seen():\n    return len(os.listdir("."))\n\n\ndef main(xs):\n    found = []\n    for x in xs:\n        save(x)\n        found.append(seen())\n    print(found)\n\n\nmain([1, 2, 3])\n`;
    assert.doesNotMatch(leaves(apart), /pool\.map\(seen|_seen/);
  });

  it('asks for several programs or pages at once only where the loop waits', async () => {
    const text = `import time\n\n\ndef wait(x):\n    time.sleep(0.001)\n    return x\n\n\nprint([wait(x) for x in [1, 2, 3]])\n`;
    const ran = await warm.run(text, path, true);
    const source = sourceOf(path, text);
    const { facts, cx } = factsOf(source, source, ran.frames, 10);
    assert.equal(applyTo(threadPool, facts, cx, 'cpu-python'), undefined);
    assert.equal(applyTo(processPool, facts, cx, 'io-wait'), undefined);
    const answer = applyTo(threadPool, facts, cx, 'io-wait');
    assert.ok(answer !== undefined && 'edited' in answer, JSON.stringify(answer));
    const after = await warm.run(answer.edited, path, false);
    assert.equal(after.error, null);
    assert.equal(after.stdout, ran.stdout);
  });
});
