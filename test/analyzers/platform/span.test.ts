import assert from 'node:assert/strict';
import fc from 'fast-check';
import { before, comparePositions, holds, sameSpan, within } from '../../../analyzers/platform/span';
import type { Position, Span } from '../../../analyzers/types';

const at = (line: number, character: number): Position => ({ line, character });

// Few lines and characters, so that places meet often; `order` says the same as a single number.
const places = fc.tuple(fc.nat(3), fc.nat(3)).map(([line, character]) => ({ at: at(line, character), order: line * 10 + character }));
const spans = fc.tuple(places, places).map((pair) => {
  const [start, end] = pair.sort((a, b) => a.order - b.order);
  return { span: { start: start.at, end: end.at }, from: start.order, to: end.order };
});

describe('places in a text', () => {
  it('stand in the order in which they are read', () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        assert.equal(Math.sign(comparePositions(a.at, b.at)), Math.sign(a.order - b.order));
        assert.equal(before(a.at, b.at), a.order < b.order);
      }),
    );
  });

  it('lie in a span from its first character to its last, not at its end', () => {
    const word: Span = { start: at(1, 4), end: at(2, 3) };
    const held = [at(1, 3), at(1, 4), at(1, 90), at(2, 0), at(2, 2), at(2, 3)].map((one) => holds(word, one));
    assert.deepEqual(held, [false, true, true, true, true, false]);
    assert.equal(holds({ start: at(1, 4), end: at(1, 4) }, at(1, 4)), false);
  });
});

describe('spans', () => {
  it('lie within another that begins no later and ends no earlier', () => {
    fc.assert(fc.property(spans, spans, (a, b) => assert.equal(within(a.span, b.span), b.from <= a.from && a.to <= b.to)));
  });

  it('are the same where both ends are', () => {
    fc.assert(fc.property(spans, spans, (a, b) => assert.equal(sameSpan(a.span, b.span), a.from === b.from && a.to === b.to)));
    fc.assert(fc.property(spans, ({ span }) => sameSpan(span, structuredClone(span))));
  });
});
