import type { Edit, Expr, Interpreter, LoopFacts, Machine, Source, Span, Stack, ValueFact } from '../types';
import { LineTable } from '../syntax/plain-tree';
import type { PythonModule } from '../syntax/python-module';
import { functionOf, resolveName } from '../syntax/python-names';
import { importPlace } from './import-edit';
import type { Context } from './refactor';

export interface ContextParts {
  /** The user's files that were read; a refactor edits only these. */
  files: readonly { source: Source; module: PythonModule }[];
  /** Absolute path of the file that the user starts. */
  main: string;
  interpreter: Interpreter;
  machine: Machine;
  /** Of the profiled run; absent where there was none. */
  stacks?: readonly Stack[];
}

interface OpenFile {
  source: Source;
  module: PythonModule;
  lines: LineTable;
  eol: string;
  indentUnit: string;
}

/** Answers a refactor's questions from what was read; runs nothing and keeps nothing but the names that it handed out. */
export function buildContext({ files, main, interpreter, machine, stacks }: ContextParts): Context {
  const open = new Map(files.map(({ source, module }) => [source.path, openFile(source, module)]));
  const modules = files.map(({ module }) => module);
  const taken = new Map<string, Set<string>>();
  const fileOf = (path: string): OpenFile => {
    const file = open.get(path);
    if (file === undefined) throw new Error(`${path} was not read, so no refactor may ask about it`);
    return file;
  };
  const edit = (path: string, span: Span, newText: string): Edit => {
    const { source, eol } = fileOf(path);
    return { file: path, sha256: source.sha256, start: span.start, end: span.end, newText: newText.replace(/\r?\n/g, eol) };
  };
  const namesOf = (path: string): Set<string> => {
    const known = taken.get(path);
    if (known !== undefined) return known;
    const names = new Set(fileOf(path).source.text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
    taken.set(path, names);
    return names;
  };
  const cx: Context = {
    interpreter,
    machine,
    isMain: (path) => path === main,
    text: (path) => fileOf(path).source.text,
    slice: (path, span) => {
      const { source, lines } = fileOf(path);
      return source.text.slice(lines.offsetAt(span.start), lines.offsetAt(span.end));
    },
    eol: (path) => fileOf(path).eol,
    indentUnit: (path) => fileOf(path).indentUnit,
    indentAt: (path, line) => /^[ \t\f]*/.exec(fileOf(path).source.text.slice(fileOf(path).lines.offsetAt({ line, character: 0 })))?.[0] ?? '',
    resolve: (expr, path, at) => resolveName(fileOf(path).module, expr, at),
    functionOf: (callee, path) => functionOf(modules, fileOf(path).module, callee),
    freshName: (base, path) => {
      const names = namesOf(path);
      let name = base;
      for (let count = 2; names.has(name); count += 1) name = `${base}_${count}`;
      return name;
    },
    importName: (path, module, options = {}) => importName(cx, fileOf(path), module, options),
    module: (path) => fileOf(path).module.outline,
    files: files.map(({ source }) => source.path),
    syntax: (path) => fileOf(path).module,
    edit,
    insert: (path, at, newText) => edit(path, { start: at, end: at }, newText),
    secondsIn: (places) => (stacks === undefined ? null : secondsIn(places, stacks)),
    valueOf: (expr, facts) => valueOf(expr, facts, cx),
  };
  return cx;
}

function openFile(source: Source, module: PythonModule): OpenFile {
  const { text } = source;
  const units = [...text.matchAll(/:[ \t]*(?:#[^\n]*)?\r?\n([ \t]+)\S/g)].map((match) => match[1] ?? '');
  // The shortest indentation after a colon is one level: deeper blocks only repeat it.
  const indentUnit = units.reduce((shortest, unit) => (unit.length < shortest.length ? unit : shortest), units[0] ?? '    ');
  return { source, module, lines: new LineTable(text), eol: /\r\n/.test(text) ? '\r\n' : '\n', indentUnit };
}

/** The module's own way of naming an import where it has one; else the usual alias, or a fresh name where that is taken. */
function importName(cx: Context, file: OpenFile, path: string, options: { name?: string; alias?: string }): { written: string; edit: Edit | null } {
  const { source, module } = file;
  const wanted = options.name === undefined ? path : `${path}.${options.name}`;
  const bound = (alias: string): boolean => module.scopes[0]?.bindings.get(alias)?.length === 1;
  for (const [alias, imported] of Object.entries(module.imports)) {
    if (!bound(alias)) continue;
    if (imported === wanted) return { written: alias, edit: null };
    if (options.name !== undefined && imported === path) return { written: `${alias}.${options.name}`, edit: null };
  }
  const usual = options.alias ?? options.name ?? path;
  const [root = usual] = usual.split('.');
  const free = !module.scopes.some((scope) => scope.bindings.has(root)) && !module.globals.includes(root);
  const written = free ? usual : cx.freshName(root, source.path);
  const as = written === (options.name ?? path) ? '' : ` as ${written}`;
  const statement = options.name === undefined ? `import ${path}${as}` : `from ${path} import ${options.name}${as}`;
  const place = importPlace(module, source.text, path);
  return { written, edit: cx.insert(source.path, place.at, `${place.before}${statement}\n${place.after}`) };
}

const INTEGER_RESULTS = new Set(['builtins.len', 'builtins.int', 'builtins.ord', 'builtins.round', 'math.floor', 'math.ceil', 'math.gcd']);

function valueOf(expr: Expr, facts: Pick<LoopFacts, 'file' | 'values'>, cx: Context): ValueFact | null {
  switch (expr.kind) {
    case 'number':
      return expr.type === 'complex' ? { type: 'complex' } : { type: expr.type, value: Number(expr.text.replaceAll('_', '')) };
    case 'string':
      return { type: /^[a-z]*b/i.test(expr.text) ? 'bytes' : 'str' };
    case 'constant':
      return expr.value === 'None' ? { type: 'NoneType' } : expr.value === 'Ellipsis' ? { type: 'ellipsis' } : { type: 'bool' };
    case 'compare':
      return scalarOnly([expr.first, ...expr.rest.map((part) => part.right)], facts, cx) ? { type: 'bool' } : null;
    case 'name':
      return facts.values[expr.name] ?? null;
    case 'subscript':
      return expr.index.kind === 'slice' || expr.index.kind === 'collection' ? null : elementOf(valueOf(expr.object, facts, cx));
    case 'unary':
      return expr.op === 'not' ? { type: 'bool' } : promoted([expr.operand], facts, cx);
    case 'binary': {
      const value = promoted([expr.left, expr.right], facts, cx);
      return value?.type === 'int' && expr.op === '/' ? { type: 'float' } : value?.type === 'int' && expr.op === '**' ? null : value;
    }
    case 'call': {
      const path = cx.resolve(expr.callee, facts.file, expr.span.start);
      if (path === null) return null;
      if (path === 'builtins.float') return { type: 'float' };
      if (INTEGER_RESULTS.has(path) && !(path === 'builtins.round' && expr.args.length > 1)) return { type: 'int' };
      return path.startsWith('math.') ? { type: 'float' } : null;
    }
    default:
      return null;
  }
}

const SCALARS = new Set(['int', 'float', 'bool']);
const scalarOnly = (parts: readonly Expr[], facts: Pick<LoopFacts, 'file' | 'values'>, cx: Context): boolean =>
  parts.every((part) => SCALARS.has(valueOf(part, facts, cx)?.type ?? ''));

function promoted(parts: readonly Expr[], facts: Pick<LoopFacts, 'file' | 'values'>, cx: Context): ValueFact | null {
  if (!scalarOnly(parts, facts, cx)) return null;
  const float = parts.some((part) => valueOf(part, facts, cx)?.type === 'float');
  return { type: float ? 'float' : 'int' };
}

function elementOf(value: ValueFact | null): ValueFact | null {
  if (value === null) return null;
  if (value.type === 'ndarray') return value.shape?.length === 1 && value.dtype !== undefined ? { type: value.dtype } : null;
  const [only, ...others] = value.elements ?? [];
  return only !== undefined && others.length === 0 ? { type: only } : null;
}

/** A stack counts once, however many of its frames are in the places. */
function secondsIn(places: readonly { file: string; span: Span }[], stacks: readonly Stack[]): number {
  const lines = new Set(places.flatMap(({ file, span }) => Array.from({ length: span.end.line - span.start.line + 1 }, (_, at) => `${file}:${span.start.line + 1 + at}`))); // prettier-ignore
  return stacks.reduce((total, { frames, seconds }) => (frames.some(({ file, line }) => lines.has(`${file}:${line}`)) ? total + seconds : total), 0);
}
