import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareText, maskBetween, mergeMasks, noMask } from '../../../analyzers/trial/text';
import { linesOf, tokensOf } from '../../../analyzers/trial/tokens';

const exact = { tolerance: 0, valuesAgree: false };
const word = fc.constantFrom('a', 'b', '1', '2', '0.5', '0.25', '-3', '1e-9', 'nan', '0x7f', 'tmp1', ' ', '  ', '.', ',', 'ms', '(', '日', '😀');
const text = fc.array(fc.array(word, { maxLength: 6 }).map((parts) => parts.join(' ')), { maxLength: 5 }).map((lines) => lines.join('\n')); // prettier-ignore

describe('Tokens', () => {
  it('are the whole line, whatever is in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => tokensOf(line).map((token) => token.text).join('') === line)); // prettier-ignore
  });
  it('tell numbers, words and addresses apart', () => {
    const kinds = tokensOf('x=-0.5 n3 v1.2.3 0x7fff 1_000 1e-9 .5 5. nan nancy').filter((token) => token.kind !== 'space');
    assert.deepEqual(kinds.map((token) => `${token.kind} ${token.text}`), [
      'word x', 'other =', 'float -0.5', 'word n3', 'word v1.2.3', 'hex 0x7fff', 'int 1', 'word _000', 'float 1e-9', 'float .5', 'float 5.', 'float nan', 'word nancy',
    ]); // prettier-ignore
  });
  it('of a progress bar are lines too', () => {
    assert.deepEqual(linesOf('10 %\r50 %\r\ndone\n'), ['10 %', '50 %', 'done']);
  });
});

describe('A comparison of texts', () => {
  it('finds nothing between a text and itself', () => {
    fc.assert(fc.property(text, (any) => compareText('stdout', any, any, exact, noMask()).difference === null));
  });
  it('finds every difference when nothing may differ, the last line end included', () => {
    fc.assert(fc.property(text, text, (a, b) => (compareText('stdout', a, b, exact, noMask()).difference === null) === (a === b)));
    assert.equal(compareText('stdout', 'a\n', 'a\r', exact, noMask()).difference, 'stdout: the line ends differ.');
  });
  it('takes two runs of the original for the same under the mask made from them', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const mask = mergeMasks(maskBetween('stdout', a, b).mask, maskBetween('stdout', a, c).mask);
        assert.equal(compareText('stdout', a, b, exact, mask).difference, null);
        assert.equal(compareText('stdout', a, c, exact, mask).difference, null);
      }),
      { numRuns: 500 },
    );
  });
});
