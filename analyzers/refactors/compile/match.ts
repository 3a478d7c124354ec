import type { CostModel, Edit, Expr, FunctionIR, IndexSpace, Position, Span, Stmt, ValueFact } from '../../types';
import { refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { mergeEdits } from '../edit-merge';
import type { Kernel } from './kernel';
import { isScalar, type Kind } from './kinds';
import type { Settling } from './settled';
import { aboveComments } from '../import-edit';
import type { Context, Match } from '../refactor';

/** The edits are written when the match is made: the rewrite only hands them over. */
export interface CompileMatch extends Match {
  edits: Edit[];
}

/** What a short run cannot win back: importing and compiling. */
export const SHORTEST = 0.5;

const COMPILED = /^(numba\.|nb\.)?(njit|jit|vectorize|guvectorize|cfunc)\b/;

/** Functions of a file that are compiled already, by name. */
export function compiledNames(cx: Context, file: string): Set<string> {
  const module = cx.syntax(file);
  const names = new Set(module.functions.filter((fn) => fn.decorators.some((one) => COMPILED.test(one))).map((fn) => fn.name));
  for (const statement of module.body) {
    if (statement.kind !== 'assign' || statement.value.kind !== 'call' || statement.value.callee.kind !== 'call') continue;
    if (!COMPILED.test(cx.slice(file, statement.value.callee.span))) continue;
    for (const target of statement.targets) if (target.kind === 'name') names.add(target.name);
  }
  return names;
}

/** Does this code call what is compiled already? Then it is what a kernel left, or its user has seen to it. */
export function callsCompiled(body: readonly Stmt[], names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  for (const statement of eachStmt(body))
    for (const top of stmtExprs(statement))
      for (const expr of eachExpr(top)) if (expr.kind === 'call' && expr.callee.kind === 'name' && names.has(expr.callee.name)) return true;
  return false;
}

export interface Imports {
  njit: string;
  np: string;
  random: string;
  hasNumpy: boolean;
  /** `from numba import njit`, and what else the definitions and the call need. */
  edits: (needs: { numpy: boolean; random: boolean }) => Edit[];
}

export function imports(cx: Context, file: string): Imports {
  const numba = cx.importName(file, 'numba', { name: 'njit' });
  const np = cx.importName(file, 'numpy', { alias: 'np' });
  const random = cx.importName(file, 'random');
  const edits: Imports['edits'] = (needs) =>
    [numba.edit, needs.numpy ? np.edit : null, needs.random ? random.edit : null]
      .flatMap((edit) => (edit ? [[edit]] : []))
      .reduce((all, edit) => mergeEdits(all, edit) ?? [...all, ...edit], []);
  return { njit: numba.written, np: np.written, random: random.written, edits, hasNumpy: np.edit === null };
}

/** Where a new function of the top level goes: above the statement of the top level that holds the place, and above the comments that belong to it. */
export function definitionPlace(cx: Context, file: string, at: Position): Position {
  const { statements } = cx.module(file);
  const holder = statements.find(({ span }) => span.start.line <= at.line && at.line <= span.end.line);
  return { line: aboveComments(cx.text(file).split(/\r?\n/), (holder?.span.start ?? at).line), character: 0 };
}

/** Text of definitions with the blank lines that the top level has around them. */
export function definitionText(cx: Context, file: string, at: Position, definitions: readonly string[], imported: boolean): string {
  const lines = cx.text(file).split(/\r?\n/);
  let blank = 0;
  while (at.line - blank - 1 >= 0 && (lines[at.line - blank - 1] ?? '').trim() === '') blank += 1;
  // An import that is added right here brings one blank line along.
  const first = at.line - blank === 0;
  const before = first ? (imported ? '\n' : '') : '\n'.repeat(Math.max(0, 2 - blank));
  return `${before}${definitions.join('\n\n')}\n\n`;
}

/** Statements of a kernel and its functions, and items of lists that go in and out. */
export function costOf(
  kernel: Kernel,
  body: readonly Stmt[],
  values: Record<string, { length?: number; rows?: { lengths: [number, number] } }>,
  importsNumpy: boolean,
): Match['cost'] {
  const statements = [...eachStmt([...body, ...kernel.callees.flatMap((one) => one.function.body)])].length;
  const listItems = kernel.params.reduce((sum, { name, start: { kind }, changed }) => {
    const value = values[name];
    const columns =
      kind.kind === 'list' && kind.of?.kind === 'record' ? (kernel.fields.get(kind.of.id)?.length ?? 1) : (value?.rows?.lengths[1] ?? 1);
    const items = kind.kind === 'list' || kind.kind === 'text' ? (value?.length ?? 0) * columns : 0;
    return sum + items * (changed ? 2 : 1);
  }, 0);
  return { kind: 'compile', statements, listItems, importsNumpy, ...(kernel.arrays > 0 ? { arrays: kernel.arrays } : {}) };
}

/** What a call of a kernel costs in seconds, for each list that is turned into an array and for each item of it; and a statement of Python. */
const LIST_SECONDS = 3e-6;
const ITEM_SECONDS = 6e-8;
const STATEMENT_SECONDS = 6e-8;

/** Where lists are turned into arrays for hardly any trips, or in very many calls, nothing is left of what the kernel saves. */
export function conversionProblem(kernel: Kernel, body: readonly Stmt[], cost: CostModel, hot: Hot, at: Span): Outcome<never> | null {
  const items = cost.kind === 'compile' ? cost.listItems : 0;
  const lists = kernel.params.filter(({ start }) => start.kind.kind === 'list' || start.kind.kind === 'text').length;
  const conversion = (hot.repeated ? lists * LIST_SECONDS : 0) + items * ITEM_SECONDS;
  const work = secondsOf(body, kernel, items, hot.values);
  if (items === 0 || (conversion < work && conversion * (hot.entries ?? 1) < hot.seconds / 2)) return null;
  return refuse(
    'conversion',
    `Each call would turn ${items} items of lists into arrays, which takes as long as the loop itself.`,
    'Keep the numbers in NumPy arrays, or compile the loop that surrounds it.',
    at,
  );
}

interface Hot {
  seconds: number;
  /** How often it is entered, where that was counted. */
  entries: number | undefined;
  /** It is called in a loop. */
  repeated: boolean;
  values: Record<string, ValueFact>;
}

/** About how long the statements take in Python; Infinity where nothing tells how often a loop goes round. */
function secondsOf(body: readonly Stmt[], kernel: Kernel, items: number, values: Record<string, ValueFact>): number {
  const inner = (block: readonly Stmt[]): number => secondsOf(block, kernel, items, values);
  return body.reduce((sum, statement) => {
    if (statement.kind === 'if') return sum + STATEMENT_SECONDS + Math.max(inner(statement.then), inner(statement.otherwise));
    return sum + (statement.kind === 'loop' ? tripsOf(statement.loop.space, kernel, items, values) * (STATEMENT_SECONDS + inner(statement.loop.body)) : STATEMENT_SECONDS); // prettier-ignore
  }, 0);
}

/** Trips of a loop: as the text tells them, or one for each item that comes in. */
function tripsOf(space: IndexSpace, kernel: Kernel, items: number, values: Record<string, ValueFact>): number {
  switch (space.kind) {
    case 'sequence': {
      const walked = kernel.inference.kindOf(space.value);
      return walked?.kind === 'tuple' ? walked.items.length : items;
    }
    case 'enumerate':
    case 'reversed':
      return tripsOf(space.of, kernel, items, values);
    case 'zip':
      return Math.min(...space.parts.map((part) => tripsOf(part, kernel, items, values)));
    case 'range': {
      const { stop } = space;
      if (stop.kind === 'number') return Number(stop.text.replaceAll('_', ''));
      if (stop.kind === 'name') return kernel.params.some(({ name }) => name === stop.name) ? (values[stop.name]?.value ?? Infinity) : Infinity;
      return [...eachExpr(stop)].some((part) => part.kind === 'name' && part.name === 'len') ? items : Infinity;
    }
    default:
      return Infinity;
  }
}

/** Exceptions as an except clause names them. */
export const clause = (raises: readonly string[]): string => (raises.length === 1 ? `except ${raises[0] ?? ''}:` : `except (${raises.join(', ')}):`);

/** `if a and b:`, one condition a line where it is long. */
export function ifLines(head: string, conditions: readonly string[], tail: string, unit: string): string[] {
  const line = `${head}${conditions.join(' and ')}${tail}`;
  if (line.length <= 88 || conditions.length < 2) return [line];
  return [`${head}(`, ...conditions.map((one, index) => `${unit}${index === 0 ? '' : 'and '}${one}`), `)${tail}`];
}

export const indented = (lines: readonly string[], unit: string): string[] =>
  lines.map((line) => (line === '' ? '' : unit + line.replaceAll('\t', unit)));

/** The type that a plain number of a kernel has to be given back as; null: it is as it was. */
export function wrapperOf(kind: Kind): string | null {
  if (!isScalar(kind) || kind.numpy !== 'yes') return null;
  return kind.kind === 'float' ? 'float64' : kind.kind === 'int' ? 'int64' : 'bool_';
}

/** May this leave a kernel? Lists are made anew in it, and hold Python's own numbers. */
export function mayLeave(kind: Kind): boolean {
  if (isScalar(kind)) return kind.numpy !== 'maybe';
  if (kind.kind === 'list') return kind.given !== true && kind.of !== null && plain(kind.of);
  if (kind.kind === 'tuple') return kind.items.every((item) => plain(item));
  if (kind.kind === 'optional') return plain(kind.of);
  return kind.kind === 'none' || (kind.kind === 'array' && kind.fresh === true);
}
const plain = (kind: Kind): boolean =>
  isScalar(kind) ? kind.numpy === 'no' : kind.kind === 'none' || (/^(list|tuple|optional|array)$/.test(kind.kind) && mayLeave(kind));

/** Every function of the file of that name, for what is done to one of them alone. */
export const isOnly = (fn: FunctionIR, functions: readonly FunctionIR[]): boolean =>
  functions.filter((one) => one.qualname === fn.qualname).length === 1;

export const spanOf = (body: readonly Stmt[]): Span => ({
  start: body[0]?.span.start ?? { line: 0, character: 0 },
  end: body.at(-1)?.span.end ?? { line: 0, character: 0 },
});

export const namesIn = (expr: Expr): string[] => [...eachExpr(expr)].flatMap((part) => (part.kind === 'name' ? [part.name] : []));

/** `len(xs) > 0` beside a test of the types of its items is said in one. */
export function tightened(conditions: readonly string[]): string[] {
  const filled = new Set(conditions.flatMap((one) => /^len\(([\w.]+)\) > 0$/.exec(one)?.[1] ?? []));
  const types = (name: string): boolean => conditions.some((one) => one.startsWith(`set(map(type, ${name})) <=`));
  return conditions
    .filter((one) => !types(/^len\(([\w.]+)\) > 0$/.exec(one)?.[1] ?? ''))
    .map((one) => {
      const name = /^set\(map\(type, ([\w.]+)\)\) <=/.exec(one)?.[1];
      return name !== undefined && filled.has(name) ? one.replace(' <= ', ' == ') : one;
    });
}

/** Do these definitions need NumPy? */
export const uses = (definitions: readonly string[], np: string): boolean => definitions.some((text) => text.includes(`${np}.`));

/** Refuses 'kernel-result' where a list that was given would get ints on some ways and floats on others. */
export function mixedStore(kernel: Kernel, settling: Settling, span: Span): Outcome<never> | null {
  const stored = kernel.params.find((param) => param.changed && param.start.kind.kind === 'list' && settling.isDerived(param.name));
  if (!stored) return null;
  return refuse(
    'kernel-result',
    `What is stored in \`${stored.name}\` is an int on some ways and a float on others.`,
    'Start it with a float.',
    span,
  );
}
