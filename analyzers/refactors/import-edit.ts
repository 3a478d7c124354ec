import type { Position } from '../types';
import type { PythonModule } from '../syntax/python-module';

export interface ImportPlace {
  at: Position;
  /** Blank lines that the neighbours ask for. */
  before: string;
  after: string;
}

// Only decides in which group an import looks at home; a module that is missing here counts as third-party.
const standard = new Set(
  'abc argparse array ast asyncio base64 bisect builtins calendar cmath collections concurrent contextlib copy csv ctypes dataclasses datetime decimal enum fractions functools gc glob gzip hashlib heapq html http importlib inspect io itertools json logging math mmap multiprocessing numbers operator os pathlib pickle platform pprint queue random re shutil signal socket sqlite3 statistics string struct subprocess sys tempfile textwrap threading time timeit traceback types typing unittest urllib uuid warnings weakref xml zipfile zlib'.split(
    ' ',
  ),
);
const isStandard = (path: string): boolean => standard.has(path.split('.')[0] ?? '');

/**
 * Where a new import of `module` belongs: after shebang, coding line, docstring and `from __future__`, in the group of its kind, in alphabetical order
 * where its neighbours are.
 */
export function importPlace(module: PythonModule, text: string, path: string): ImportPlace {
  const statements = module.outline.statements;
  const first = statements.findIndex(({ kind }) => kind !== 'docstring' && kind !== 'future');
  const imports = [];
  for (const statement of first < 0 ? [] : statements.slice(first)) {
    if (statement.kind !== 'import') break;
    imports.push(statement);
  }
  const pathOf = (names: readonly string[]): string => module.imports[names[0] ?? ''] ?? '';
  const same = imports.filter(({ names }) => isStandard(pathOf(names)) === isStandard(path) && !pathOf(names).startsWith('.'));
  const [firstSame] = same;
  const follower = same.find(({ names }) => pathOf(names) > path);
  const lastSame = same.at(-1);
  if (firstSame && follower === firstSame) return { at: { line: firstSame.span.start.line, character: 0 }, before: '', after: '' };
  const predecessor = follower ? same[same.indexOf(follower) - 1] : lastSame;
  if (predecessor) return { at: lineAfter(predecessor.span.end), before: '', after: '' };
  const lastImport = imports.at(-1);
  const [firstImport] = imports;
  if (lastImport && firstImport) {
    if (isStandard(path)) return { at: { line: firstImport.span.start.line, character: 0 }, before: '', after: '\n' };
    return { at: lineAfter(lastImport.span.end), before: '\n', after: '' };
  }
  const preamble = statements.filter(({ kind }, index) => (kind === 'docstring' || kind === 'future') && (first < 0 || index < first)).at(-1);
  if (preamble) {
    const at = lineAfter(preamble.span.end);
    return { at, before: '\n', after: isBlank(text, at.line) ? '' : '\n' };
  }
  const line = firstCodeLine(text);
  return { at: { line, character: 0 }, before: '', after: isBlank(text, line) ? '' : '\n' };
}

const lineAfter = (end: Position): Position => ({ line: end.character === 0 ? end.line : end.line + 1, character: 0 });
/** Where a definition goes that is put above a line of the module level: above the comments and decorators of what stands there, but below those that open the file, where imports go. */
export function aboveComments(lines: readonly string[], line: number): number {
  let at = line;
  while (at > 0 && /^[#@]/.test(lines[at - 1] ?? '')) at -= 1;
  return at > 0
    ? at
    : Math.min(
        line,
        lines.findIndex((one) => !one.startsWith('#')),
      );
}

const isBlank = (text: string, line: number): boolean => (text.split('\n')[line] ?? '').trim() === '';

/** Past the shebang, the coding line and the comments that open a file. */
function firstCodeLine(text: string): number {
  const lines = text.split('\n');
  let line = 0;
  while (lines[line]?.startsWith('#')) line += 1;
  if (line > 0 && line < lines.length - 1 && (lines[line] ?? '').trim() === '') line += 1;
  return Math.min(line, lines.length - 1);
}
