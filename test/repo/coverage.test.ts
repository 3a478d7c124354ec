import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, root } from './tree';

interface Row {
  name: string;
  state: string;
  test: string;
}

const rows: Row[] = readFileSync(path.join(root, 'docs/coverage.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| row '))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return { name: cells[1] ?? '', state: cells[3] ?? '', test: cells[4] ?? '' };
  });

const titles = [...filesUnder('test', '.ts'), ...filesUnder('test', '.py')].map((file) => readFileSync(file, 'utf8')).join('\n');

describe('docs/coverage.md', () => {
  it('lists every row once', () => {
    assert.ok(rows.length >= 52, `only ${rows.length} rows`);
    assert.equal(new Set(rows.map((row) => row.name)).size, rows.length);
  });

  it('gives every row a state', () => {
    for (const row of rows) assert.match(row.state, /^(works|planned)$/, row.name);
  });

  it('names a test that exists for every row that works, and none for a planned one', () => {
    for (const row of rows) {
      if (row.state === 'planned') assert.equal(row.test, '', `${row.name} is planned but names a test`);
      else
        assert.ok(
          row.test.length > 8 && titles.includes(row.test.replace(/^`|`$/g, '')),
          `${row.name} names the test "${row.test}", which does not exist`,
        );
    }
  });
});
