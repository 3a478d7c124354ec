import assert from 'node:assert/strict';
import { refactor as elementwise } from '../../../analyzers/refactors/python/vectorize-elementwise';
import { refactor as reduction } from '../../../analyzers/refactors/python/vectorize-reduction';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, sourceOf, WarmPython } from './page-runner';

/** Scripts whose names are read by somebody beside the loop: array code leaves them alone, or there is none. */
const scripts: Record<string, { code: string; written: boolean }> = {
  'a function reads the loop variable of the module': {
    code: 'def report():\n    print("last", i)\nxs = [1.0, 2.0]\ni = 0\nout = []\nfor i in range(2):\n    out.append(xs[i] * 2.0)\nreport()\nprint(out)\n',
    written: false,
  },
  'a closure reads the loop variable': {
    code: 'def f(xs):\n    def show():\n        return x\n    out = []\n    for x in xs:\n        out.append(x * 2.0)\n    return out, show()\nprint(f([1.0, 2.0]))\n',
    written: false,
  },
  'a function reads a name that the trips set': {
    code: 'def late():\n    return v\nout = []\nfor x in [1.0, 2.0]:\n    v = x * 2.0\n    out.append(v + 1.0)\nprint(late(), out)\n',
    written: false,
  },
  'the loop variable is deleted': { code: 'total = 0.0\nfor i in range(9):\n    total += 0.5\ndel i\nprint(total)\n', written: false },
  'names are evaluated from text': { code: 'total = 0.0\nfor q in [1.0, 2.0]:\n    total += q * 3.0\nprint(total, eval("q"))\n', written: false },
  'names are listed': {
    code: 'def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2.0)\n    return out, sorted(locals())\nprint(f([1.0, 2.0]))\n',
    written: false,
  },
  'a loop variable is global': {
    code: 'def f(xs):\n    global g\n    out = []\n    for g in xs:\n        out.append(g * 2.0)\n    return out\nprint(f([1.0, 2.0]), g)\n',
    written: false,
  },
  'a comprehension has a name of the module': {
    code: 'x = "keep"\ndef who():\n    return x\nys = [x * 2.0 for x in [1.0, 2.0, 3.0]]\nprint(who(), ys)\n',
    written: true,
  },
  'a comprehension has a name that its function reads from the module': {
    code: 'x = 3.0\ndef f(xs):\n    ys = [x * 2.0 for x in xs]\n    return ys, x\nprint(f([1.0, 2.0]))\n',
    written: true,
  },
  'a comprehension has the name of a builtin': {
    code: 'def total(v):\n    return sum(v)\nout = [sum * 2.0 for sum in [1.0, 2.0]]\nprint(total(out))\n',
    written: true,
  },
  'a loop variable is also a parameter': {
    code: 'def f(xs, i):\n    s = 0.0\n    for i in range(len(xs)):\n        s += xs[i] * i\n    return s\nprint(f([1.0, 2.0], 3))\n',
    written: true,
  },
};

describe('names that array code introduces', () => {
  let warm: WarmPython;
  before(async () => {
    await loadSyntax();
    warm = new WarmPython();
  });
  after(() => warm.close());

  for (const [name, { code, written }] of Object.entries(scripts)) {
    it(`clobber nothing where ${name}`, async () => {
      const ran = await warm.run(code, '/page.py', true);
      assert.equal(ran.error, null);
      const page = sourceOf('/page.py', code);
      const { facts, cx } = factsOf(page, page, ran.frames, 10);
      let rewritten = 0;
      for (const refactor of [elementwise, reduction]) {
        const answer = applyTo(refactor, facts, cx, 'cpu-python');
        if (answer === undefined || 'code' in answer) continue;
        rewritten += 1;
        const other = await warm.run(answer.edited, '/page.py', false);
        assert.equal(other.error, null, answer.edited);
        assert.equal(other.stdout, ran.stdout, answer.edited);
      }
      assert.equal(rewritten > 0, written);
    });
  }
});
