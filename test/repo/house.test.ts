import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, root } from './tree';

const relative = (file: string): string => path.relative(root, file).split(path.sep).join('/');
const read = (file: string): string => readFileSync(file, 'utf8');
const product = ['analyzers', 'extension', 'webview'].flatMap((folder) => [...filesUnder(folder, '.ts'), ...filesUnder(folder, '.tsx')]);

describe('the house', () => {
  it('has a README line for every room of the engine', () => {
    const text = read(path.join(root, 'analyzers/README.md'));
    for (const room of [
      'run',
      'profile',
      'hotspots',
      'loops',
      'verdict',
      'refactors',
      'trial',
      'benchmark',
      'report',
      'python',
      'cli',
      'platform',
      'syntax',
    ])
      assert.match(text, new RegExp(`\`${room}/\``), room);
  });

  it('names files with nouns in kebab-case', () => {
    for (const file of product) {
      assert.match(path.basename(file), /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.tsx?$/, relative(file));
      assert.doesNotMatch(relative(file), /\b(utils?|helpers?|misc|manager)\b/, relative(file));
    }
  });

  it('keeps files readable: under 300 lines but for a tenth of them, and none over 500 but the one of all types', () => {
    const lengths = product.map((file) => ({ file: relative(file), lines: read(file).split('\n').length }));
    const long = lengths.filter(({ lines }) => lines > 300);
    assert.deepEqual(lengths.filter(({ file, lines }) => lines > 500 && file !== 'analyzers/types.ts'), []); // prettier-ignore
    assert.ok(long.length <= product.length * 0.1, `too many long files: ${JSON.stringify(long)}`);
  });

  it('lets only platform/units.ts turn a quantity into text', () => {
    for (const file of product)
      if (!relative(file).startsWith('analyzers/platform/units.ts')) assert.doesNotMatch(read(file), /\.toFixed\(|\.toPrecision\(/, relative(file));
  });

  it('speaks to users and contributors only', () => {
    const texts = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'analyzers/README.md']
      .map((file) => path.join(root, file))
      .filter((file) => existsSync(file));
    for (const file of [...texts, ...filesUnder('docs', '.md'), ...product])
      assert.doesNotMatch(read(file), /\.\.\/shared|MISSION-ROWS|STUDIES\.md|\bissue \d+\b|farm-/i, relative(file));
  });
});

describe('the Python helpers', () => {
  const helpers = filesUnder('analyzers/python', '.py');

  it('are named so that they cannot hide a module of the user', () => {
    assert.ok(helpers.length > 0);
    for (const file of helpers) assert.match(relative(file), /analyzers\/python\/((hotloop_|_hotloop)\w*\.py|_hotloop_site\/sitecustomize\.py)$/);
  });

  it('import nothing outside the standard library when they load, and never print', () => {
    const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
    const check = `
import ast, sys, json, os
bad = []
for path in sys.argv[1:]:
    tree = ast.parse(open(path, encoding="utf-8").read())
    for node in tree.body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        bad += [(path, name) for name in names if name.split(".")[0] not in sys.stdlib_module_names and not name.split(".")[0].startswith(("hotloop_", "_hotloop"))]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and not any(k.arg == "file" for k in node.keywords):
            bad.append((path, "print at line %d" % node.lineno))
print(json.dumps(bad))
`;
    assert.equal(execFileSync(python, ['-c', check, ...helpers], { encoding: 'utf8' }).trim(), '[]');
  });
});
