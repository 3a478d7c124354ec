import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildCli, hotloop, python, temporaryFolder } from './program';

describe('files that Hotloop cannot work on', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  before(buildCli);
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cases: Record<string, { content: string | Uint8Array; says: RegExp }> = {
    'Python 2': { content: 'import sys\nfor x in sys.argv:\n    print "a", x\n', says: /file\.py, line 3: .*print/ },
    'Python 2 that only the interpreter tells': { content: 'x = 1\nraise ValueError, "no"\n', says: /file\.py, line 2: / },
    'an encoding that is not UTF-8': { content: Uint8Array.of(0x23, 0x20, 0xe9, 0x0a), says: /cannot be read as UTF-8 text\. Save it as UTF-8/ },
    'more text than a person writes': {
      content: `x = 1\n${"y = 'abcdefghijklmnop'\n".repeat(100_000)}`,
      says: /has more than .*MiB.*Keep its data in a file/,
    },
  };
  for (const [what, { content, says }] of Object.entries(cases)) {
    it(`are refused with the reason: ${what}`, async () => {
      const file = path.join(folder, 'file.py');
      writeFileSync(file, content);
      const ended = await hotloop(['profile', '--quiet', '--python', python, file]);
      assert.match(ended.stderr, says);
      assert.doesNotMatch(ended.stderr, /bug in Hotloop/);
      assert.notEqual(ended.code, 0);
    });
  }
  for (const name of ['page.js', 'page.ts', 'page.mjs', 'page.tsx'])
    it(`are refused before anything runs: ${name}`, async () => {
      const file = path.join(folder, name);
      writeFileSync(file, 'console.log(1)\n');
      const ended = await hotloop(['prove', '--quiet', '--python', python, file]);
      assert.match(ended.stderr, /is JavaScript or TypeScript, which Hotloop does not profile yet\./);
      assert.equal(ended.code, 3);
    });
});
