import assert from 'node:assert/strict';
import { findHotspots } from '../../../analyzers/hotspots/rank';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { profileOf, sourceOf } from './profiles';

const text = `import lib
DATA = [k * k for k in range(9)]

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def step(x):
    return x * x

def main():
    total = 0
    for i in range(9):
        for j in range(9):
            total += step(j)
    total += sum(k & 3 for k in range(9))
    lib.call()
    return fib(20) + total

main()
`;

describe('hotspots', () => {
  before(loadSyntax);
  const source = sourceOf('/p/src/a.py', text);
  const find = (...stacks: Parameters<typeof profileOf>[1]) => findHotspots(profileOf(source, stacks), [readModule(source)], '/p');
  const main = (line: number): [string, number][] => [
    ['<module>', 19],
    ['main', line],
  ];

  it('rank loops by what happens in and under them', () => {
    const found = find([[...main(14), ['step', 8]], 6], [main(14), 1], [main(13), 1], [main(12), 1], [main(17), 1]);
    const loops = found.filter((hotspot) => hotspot.kind === 'loop');
    assert.deepEqual(
      loops.map((hotspot) => [hotspot.id, Number(hotspot.share.toFixed(2))]),
      [
        ['src/a.py::main#0', 0.9],
        ['src/a.py::main#1', 0.8],
      ],
    );
    assert.deepEqual(loops[0]?.span.start, { line: 11, character: 4 });
  });

  it('count a comprehension for the line that it stands in, in its own frame or not', () => {
    const own = find([[...main(15), ['main.<locals>.<genexpr>', 15]], 5], [main(17), 5]);
    const inlined = find([main(15), 5], [main(17), 5]);
    for (const found of [own, inlined]) {
      assert.equal(found[0]?.id, 'src/a.py::main#2');
      assert.equal(found[0].share, 0.5);
    }
    const module = find([
      [
        ['<module>', 2],
        ['<listcomp>', 2],
      ],
      10,
    ]);
    assert.equal(module[0]?.id, 'src/a.py::<module>#0');
  });

  it('count recursion once, and name a hot function that has no loop', () => {
    const found = find([[...main(17), ['fib', 5], ['fib', 5], ['fib', 5]], 10]);
    assert.deepEqual(
      found.map((hotspot) => [hotspot.id, hotspot.kind, hotspot.share]),
      [['src/a.py::fib', 'function', 1]],
    );
  });

  it('name a function that is called in a loop, after the loops', () => {
    const found = find([[...main(14), ['step', 8]], 10]);
    assert.deepEqual(
      found.map((hotspot) => hotspot.id),
      ['src/a.py::main#0', 'src/a.py::main#1', 'src/a.py::step'],
    );
  });

  it('name a line outside of them', () => {
    const found = find([main(16), 8], [main(14), 2]);
    assert.deepEqual(
      found.filter((hotspot) => hotspot.kind === 'line').map((hotspot) => hotspot.id),
      ['src/a.py::main@16'],
    );
    assert.equal(found.at(-1)?.share, 0.8);
  });

  it('carry the split of their time', () => {
    const [first] = find([main(14), 10, { native: 3, wait: 1 }]);
    assert.deepEqual([first?.seconds, first?.python, first?.native, first?.wait], [10, 6, 3, 1]);
  });

  it('leave out what takes less than one part in a hundred', () => {
    assert.deepEqual(
      find([main(14), 0.05], [main(17), 9.95]).filter((hotspot) => hotspot.kind === 'loop'),
      [],
    );
  });

  it('are at most twenty', () => {
    const many = sourceOf('/p/b.py', Array.from({ length: 60 }, (_, index) => `for i${index} in x:\n    f(i${index})`).join('\n'));
    const stacks = Array.from({ length: 60 }, (_, index): [[string, number][], number] => [[['<module>', 2 * index + 2]], 1]);
    assert.equal(findHotspots(profileOf(many, stacks), [readModule(many)], '/p').length, 20);
  });
});
