import type { Expr, FunctionIR, LanguageId, Source, Span, Stmt } from '../types';
import { withTree } from './parser';
import { childOf, LineTable, namedChildren, nodesOf, readTree, type PlainNode } from './plain-tree';
import { targetNames } from './python-bindings';
import { reading } from './python-ir';
import { findLoops, type ModuleLoop } from './python-loop-list';

import { readOutline, type ModuleOutline } from './python-outline';
import type { Reading } from './python-reading';
import { readScopes, type Scope } from './python-scopes';

export type { ModuleLoop } from './python-loop-list';
export type { ModuleOutline } from './python-outline';

/** A class of the file: what its body says, the bodies of its methods left out (those are functions). */
export interface ClassIR {
  qualname: string;
  span: Span;
  /** Base classes as written. */
  bases: Expr[];
  body: Stmt[];
  /** As written, without the @. */
  decorators?: string[];
  /** It says itself by which class it is made, other than those of `abc` and `enum`. */
  metaclass?: boolean;
}
/** Everything that later stages ask of one file, without its syntax tree. */
export interface PythonModule {
  /** Absolute path. */
  file: string;
  /** Absent: Python. */
  language?: LanguageId;
  functions: FunctionIR[];
  classes: ClassIR[];
  /** Statements of the module level. */
  body: Stmt[];
  outline: ModuleOutline;
  /** Names bound by imports at module level: alias -> dotted path, with leading dots where the import is relative. */
  imports: Record<string, string>;
  loops: ModuleLoop[];
  scopes: Scope[];
  /** Names that any function declares global. */
  globals: string[];
  /** The first place that no Python 3 can read; what could be read around it is still there. */
  syntaxError: Span | null;
}

/**
 * Reads one Python file. Never throws, whatever the text. Positions are those of the given text: where it starts with a byte order mark,
 * that mark counts as the first character of line 0.
 */
export function readModule(source: Source): PythonModule {
  const { path: file, text } = source;
  const root = withTree(text, 'python', readTree);
  const lines = new LineTable(text);
  const read = reading(text, root, lines);
  const scopes = readScopes(root, read.text, read.span);
  const functions = scopes.flatMap((scope) => (scope.kind === 'function' ? [functionOf(scope, scopes, file, read)] : []));
  const body = read.block(root.children);
  const classes = scopes.flatMap((scope) => (scope.kind === 'class' ? [classOf(scope, read)] : []));
  const loops = findLoops(
    [
      { owner: null, qualname: '<module>', body },
      ...classes.map(({ qualname, body: statements }) => ({ owner: null, qualname, body: statements })),
      ...functions.map((owner) => ({ owner, qualname: owner.qualname, body: owner.body })),
    ],
    (span) => text.startsWith('elif', lines.offsetAt(span.start)),
  );
  return {
    file,
    functions,
    classes,
    body,
    outline: readOutline(root, read, scopes, functions),
    imports: importsOf(scopes[0]),
    loops,
    scopes,
    globals: [...new Set(scopes.flatMap((scope) => [...scope.globals]))],
    syntaxError: syntaxErrorOf(root, text, lines),
  };
}

function importsOf(module: Scope | undefined): Record<string, string> {
  const imports: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, bindings] of module?.bindings ?? []) {
    const path = bindings.find((binding) => binding.kind === 'import')?.path;
    if (path !== undefined) imports[name] = path;
  }
  return imports;
}

function classOf({ node, qualname, span, decorators }: Scope, read: Reading): ClassIR {
  const block = childOf(node, 'body');
  const bases = childOf(node, 'superclasses');
  const plain = bases ? namedChildren(bases).filter((base) => base.type !== 'keyword_argument') : [];
  const named = bases ? namedChildren(bases).filter((base) => base.type === 'keyword_argument') : [];
  return {
    qualname,
    span,
    bases: plain.map(read.expr),
    body: block ? read.block(block.children) : [],
    decorators: decorators.map((decorator) => read.text(decorator).replace(/^@\s*/, '')),
    metaclass: named.some((one) => /^metaclass\b/.test(read.text(one)) && !/\b(ABCMeta|EnumMeta|EnumType)$/.test(read.text(one))),
  };
}

function functionOf(scope: Scope, scopes: readonly Scope[], file: string, read: Reading): FunctionIR {
  const { node } = scope;
  const parent = scope.parent === null ? undefined : scopes[scope.parent];
  const name = childOf(node, 'name');
  const params = childOf(node, 'parameters');
  const block = childOf(node, 'body');
  return {
    name: name ? read.text(name) : '',
    qualname: scope.qualname,
    file,
    span: scope.span,
    params: params ? readParams(params, read) : [],
    body: block ? read.block(block.children) : [],
    decorators: scope.decorators.map((decorator) => read.text(decorator).replace(/^@\s*/, '')),
    async: node.children.some((child) => child.type === 'async'),
    topLevel: parent?.kind === 'module',
    method: parent?.kind === 'class',
  };
}

function readParams(params: PlainNode, read: Reading): FunctionIR['params'] {
  const found: FunctionIR['params'] = [];
  let keywordOnly = false;
  for (const param of namedChildren(params)) {
    const named = childOf(param, 'name') ?? (param.type === 'identifier' ? param : namedChildren(param).find((child) => child.type !== 'type'));
    const star = param.type === 'list_splat_pattern' || named?.type === 'list_splat_pattern';
    const stars = param.type === 'dictionary_splat_pattern' || named?.type === 'dictionary_splat_pattern';
    const [name] = named ? targetNames(named, read.text) : [];
    if (param.type === 'keyword_separator' || star) keywordOnly = true;
    if (name === undefined || param.type === 'keyword_separator' || param.type === 'positional_separator') continue;
    const value = childOf(param, 'value');
    const fallback: Expr | null = value ? read.expr(value) : null;
    found.push({ name, default: fallback, kind: star ? 'args' : stars ? 'kwargs' : keywordOnly ? 'keyword-only' : 'plain' });
  }
  return found;
}

/** What the grammar calls broken, what it accepts of Python 2, and a lone \r, which Python takes for the end of a line and the grammar does not. */
function syntaxErrorOf(root: PlainNode, text: string, lines: LineTable): Span | null {
  const lone = /\r(?!\n)/.exec(text);
  for (const node of nodesOf(root)) {
    const broken = node.type === 'ERROR' || node.missing || node.type === 'exec_statement' || node.type === 'print_statement';
    if (!broken) continue;
    if (lone && lone.index < node.start) break;
    return lines.spanOf(node.start, node.end);
  }
  return lone ? lines.spanOf(lone.index, lone.index + 1) : null;
}
