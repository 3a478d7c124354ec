import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { applyEdits } from '../../../analyzers/platform/text-edit';

const edit = (line: number, character: number, endLine: number, endCharacter: number, newText: string): Parameters<typeof applyEdits>[1][number] => ({
  start: { line, character },
  end: { line: endLine, character: endCharacter },
  newText,
});
const edited = (text: string, ...edits: Parameters<typeof applyEdits>[1][number][]): string => {
  const result = applyEdits(text, edits);
  assert.ok(result.ok);
  return result.value;
};

describe('edits of a text', () => {
  it('are placed in UTF-16 units, as the editor does', () => {
    assert.equal(edited('é😀x = 1\n', edit(0, 3, 0, 4, 'y')), 'é😀y = 1\n');
  });
  it('keep line ends and a byte order mark, which counts as nothing', () => {
    assert.equal(edited('\uFEFFa\r\nb\r\n', edit(0, 0, 0, 1, 'x'), edit(1, 0, 1, 0, 'y')), '\uFEFFx\r\nyb\r\n');
  });
  it('are made in their order where they meet', () => {
    assert.equal(edited('ab', edit(0, 1, 0, 1, '1'), edit(0, 1, 0, 1, '2')), 'a12b');
  });
  it('are refused outside of the text and where they overlap', () => {
    for (const edits of [[edit(0, 9, 0, 9, '')], [edit(5, 0, 5, 0, '')], [edit(0, 2, 0, 1, '')], [edit(0, 0, 0, 2, ''), edit(0, 1, 0, 3, '')]])
      assert.equal(applyEdits('abc', edits).ok, false);
  });
  it('leave everything outside of them as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), fc.nat(), (lines, newText, seed) => {
        const clean = lines.map((line) => line.replace(/[\r\n\uFEFF]/g, ''));
        const line = seed % clean.length;
        const text = clean.join('\n');
        const expected = clean.map((old, index) => (index === line ? newText : old)).join('\n');
        assert.equal(edited(text, edit(line, 0, line, clean[line]!.length, newText)), expected);
      }),
    );
  });
});
