import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { Span } from '../../../analyzers/types';
import { moduleOf } from './sample';

/** The text of a span, in UTF-16 units as an editor counts them. */
function cut(text: string, span: Span): string {
  const lines = text.split('\n');
  const picked = lines.slice(span.start.line, span.end.line + 1);
  picked[picked.length - 1] = (picked[picked.length - 1] ?? '').slice(0, span.end.character);
  picked[0] = (picked[0] ?? '').slice(span.start.character);
  return picked.join('\n');
}
const LOOP = 'for key in keys:\n    total += table[key]';

describe('positions', () => {
  before(() => loadSyntax('python'));

  const preceding: Record<string, string> = {
    'CRLF line ends': 'a = 1\r\nb = 2\r\n',
    'a byte order mark': '\ufeffa = 1\n',
    'tabs and form feeds': 'if a:\n\tb = 1\n\f\n',
    'characters of two units': "𝒳 = '😀😀' # 日本 😀\n",
    'a nested f-string of 3.12': "name = f'{f'{a!r:>{w}}' + '}'} {'😀'}'\n",
    'a multi-line string': "text = '''😀\n# for x in y:\n'''\n",
    'a line that goes on': 'x = 1 + \\\n    2\n',
  };
  for (const [what, text] of Object.entries(preceding)) {
    it(`are right after ${what}`, () => {
      const ends = what === 'CRLF line ends' ? LOOP.replace('\n', '\r\n') : LOOP;
      const whole = `${text}${ends}\n`;
      const module = moduleOf(whole);
      assert.equal(module.syntaxError, null);
      const [loop] = module.loops.slice(-1);
      assert.ok(loop);
      assert.equal(cut(whole, loop.ir.span), ends);
      assert.equal(cut(whole, loop.ir.space.span), 'keys');
    });
  }

  it('are right on the line of characters of two units itself', () => {
    const text = "x = ['😀', sum(é𝒳 for é𝒳 in 日 if '😀' != é𝒳)]\n";
    const [loop] = moduleOf(text).loops;
    assert.ok(loop);
    assert.equal(cut(text, loop.ir.span), "(é𝒳 for é𝒳 in 日 if '😀' != é𝒳)");
    assert.equal(loop.ir.target && cut(text, loop.ir.target.span), 'é𝒳');
  });
});

describe('the syntax of Python 3.8 to 3.14', () => {
  before(() => loadSyntax('python'));

  const texts: Record<string, string> = {
    'walrus and positional-only parameters (3.8)': 'def f(a, /, b, *, c):\n    while (n := a(b)) > c:\n        print(n)\n',
    'self-documenting f-strings (3.8)': "for x in xs:\n    print(f'{x=} {x!r:^{w}}')\n",
    'decorators of any form and dict union (3.9)': '@a[0].b(lambda: 1)\ndef f(xs):\n    for x in xs:\n        d |= x | {}\n',
    'match (3.10)': 'for event in events:\n    match event:\n        case {"kind": "a", **rest} if rest:\n            n += 1\n        case [x, *others] | (x, others):\n            n += x\n        case Point(x=0, y=_) as p:\n            use(p)\n        case -1 | "s" | None:\n            pass\n        case _:\n            continue\n', // prettier-ignore
    'parenthesised with (3.10)': 'for name in names:\n    with (open(name) as a, open(b) as c):\n        use(a, c)\n',
    'except* and starred subscripts (3.11)': 'for x in xs:\n    try:\n        f(x)\n    except* (OSError, ValueError) as group:\n        log(group)\n', // prettier-ignore
    'type parameters and aliases (3.12)': 'type Pair[T] = tuple[T, T]\nclass Box[T: (int, str)]:\n    def put[*Ts, **P](self, *xs: *Ts):\n        for x in xs:\n            self.out.append(x)\n', // prettier-ignore
    'nested quotes in f-strings (3.12)': 'for x in xs:\n    print(f"{x["name"]} {f"{x}"} {\'\\n\'.join(x)}")\n',
    'async everything': 'async def f(xs):\n    async for x in xs:\n        async with x as y:\n            yield [await z async for z in y]\n',
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`is read: ${what}`, () => {
      const module = moduleOf(text);
      assert.equal(module.syntaxError, null, JSON.stringify(module.syntaxError));
      assert.ok(module.loops.length >= 1);
    });
  }

  it('has template strings (3.14) and defaults of type parameters (3.13): read, or the place is said, and the loops around them are there', () => {
    for (const odd of ["page = t'<b>{name!r}</b>'\n", 'class Box[T = int]:\n    pass\n']) {
      const text = `for a in b:\n    c(a)\n\n${odd}\nfor d in e:\n    f(d)\n`;
      const module = moduleOf(text);
      assert.ok(module.syntaxError === null || module.syntaxError.start.line === 3, JSON.stringify(module.syntaxError));
      assert.ok(module.loops.some((loop) => cut(text, loop.ir.space.span) === 'b'));
      assert.ok(module.loops.some((loop) => cut(text, loop.ir.space.span) === 'e'));
    }
  });

  it('is not that of Python 2, and the first such place is said', () => {
    for (const [text, line] of [
      ['x = 1\nprint "a", x\n', 1],
      ['for x in y:\n    exec "a"\n', 1],
    ] as const) {
      const { syntaxError } = moduleOf(text);
      assert.equal(syntaxError?.start.line, line, text);
    }
  });

  it('is nothing in an empty file, and text without an end is refused at its place', () => {
    for (const empty of ['', '\n', '\ufeff', '# only this', '\f\n']) {
      assert.equal(moduleOf(empty).syntaxError, null, JSON.stringify(empty));
      assert.equal(moduleOf(empty).loops.length, 0);
    }
    // Python ends a line at a lone \r and the grammar does not: such a file is refused where that shows.
    assert.ok([4, 5].includes(moduleOf('a = 1\rb = 2\n').syntaxError?.start.character ?? 0));
    assert.equal(moduleOf('a = 1\nx = """open\n').syntaxError?.start.line, 1);
  });
});
