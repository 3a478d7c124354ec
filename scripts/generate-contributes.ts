/**
 * Writes the fields of package.json that extension/contributions.ts decides. `--check` writes nothing and fails when they are stale.
 * Usage: npx tsx scripts/generate-contributes.ts [--check]
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'prettier';
import { manifest } from '../extension/contributions';

const file = path.resolve(import.meta.dirname, '../package.json');
const before = await readFile(file, 'utf8');
const fields = JSON.parse(before) as Record<string, unknown>;
const generated = manifest();
// A known key keeps its place; a new one goes before the scripts, which a person edits.
const merged: Record<string, unknown> = {};
for (const [key, value] of Object.entries(fields)) {
  if (key === 'scripts') for (const [name, content] of Object.entries(generated)) if (!(name in fields)) merged[name] = content;
  merged[key] = key in generated ? generated[key as keyof typeof generated] : value;
}
const after = await format(JSON.stringify(merged), { parser: 'json-stringify', printWidth: 150 });

if (process.argv.includes('--check')) {
  const same = JSON.stringify(JSON.parse(after)) === JSON.stringify(JSON.parse(before));
  console.log(same ? 'package.json is as extension/contributions.ts says' : 'package.json is stale: run npx tsx scripts/generate-contributes.ts');
  if (!same) process.exitCode = 1;
} else if (after !== before) {
  await writeFile(file, after);
  console.log('package.json: contributes written');
}
