import assert from 'node:assert/strict';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { ValueFact } from '../../../analyzers/types';
import { Sites } from '../../../analyzers/verdict/sites';
import { trafficOf, type Traffic } from '../../../analyzers/verdict/traffic';
import { main, profileOf, read } from '../loops/sample';

const long: Record<string, ValueFact> = {
  rows: { type: 'list', length: 40_000 },
  table: { type: 'dict', length: 40_000 },
  few: { type: 'list', length: 3 },
};
const of = (line: string): Traffic | null =>
  trafficOf(new Sites([read(`def f(rows, table, few, x):\n    ${line}\n`)], profileOf({ f: long })).at(main, 2));

describe('what a line does to memory', () => {
  before(loadSyntax);

  it('is a copy where all items are taken into something new', () => {
    for (const line of ['rows = [*rows, x]', 'rows = (*rows, x)', 'table = {**table, x: 1}', 'rows = rows + [x]', 'y = rows[1:]', 'y = list(rows)']) {
      const found = of(line);
      assert.equal(found?.kind, 'copies', line);
      assert.match(found.how, /40,000/, line);
    }
  });

  it('is a move of all elements where a list is changed at its start', () => {
    for (const line of ['rows.insert(0, x)', 'rows.pop(0)']) assert.match(of(line)?.how ?? '', /moves all 40,000 elements/, line);
  });

  it('is nothing to speak of where there is little to copy', () => {
    for (const line of ['few = [*few, x]', 'y = few[1:]', 'few.pop(0)', 'rows.pop()', 'y = rows[3]']) assert.equal(of(line), null, line);
  });
});
