import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loopLines } from '../../../analyzers/loops/explain-text';
import { readJavaScriptModule } from '../../../analyzers/syntax/javascript-module';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import type { LanguageId } from '../../../analyzers/types';

const golden = path.join(import.meta.dirname, 'golden/javascript-loops.md');
const BLOCK = /```(js|ts|tsx)\n([\s\S]*?)```\n(?:\n```text\n[\s\S]*?```\n)?/g;

function readingOf(code: string, kind: string): string {
  const language: LanguageId = kind === 'js' ? 'javascript' : 'typescript';
  const module = readJavaScriptModule({ path: `/project/main.${kind}`, text: code, sha256: '', language });
  assert.equal(module.syntaxError, null, code);
  const loops = module.loops.filter((loop) => loop.parent === null);
  assert.ok(loops.length > 0, `no loop in ${code}`);
  return loops.map((loop) => loopLines(loop.ir).join('\n')).join('\n\n');
}

describe('loops of JavaScript and TypeScript', () => {
  before(() => loadSyntax('javascript', 'typescript', 'tsx'));

  it('are read as the golden file says, in every way of writing them', () => {
    const written = readFileSync(golden, 'utf8');
    let blocks = 0;
    const now = written.replace(BLOCK, (_, kind: string, code: string) => {
      blocks += 1;
      return `\`\`\`${kind}\n${code}\`\`\`\n\n\`\`\`text\n${readingOf(code, kind)}\n\`\`\`\n`;
    });
    assert.ok(blocks >= 30, String(blocks));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, now);
    assert.equal(now, process.env['UPDATE_GOLDEN'] === '1' ? now : written);
  });
});
