import type { Expr, FunctionIR, Source, Span, Stmt } from '../types';
import { ownScope, reading, type JavaScriptReading, type Names } from './javascript-ir';
import { blockNames, FUNCTIONS, importedNames, namesIn, ownNames, parameterNodes, patternNames, varNames } from './javascript-names';
import { emptySpan, nameExpr } from './javascript-reading';
import { isAsync } from './javascript-statements';
import { grammarOf, withTree } from './parser';
import { childOf, LineTable, namedChildren, nodesOf, readTree, type PlainNode } from './plain-tree';
import { findLoops } from './python-loop-list';
import type { PythonModule } from './python-module';
import type { Binding, Scope } from './python-scopes';

/**
 * Reads one JavaScript or TypeScript file into the module that Python files are read into, so that every fact of a loop is computed alike.
 * Never throws, whatever the text. What the host gives (`Math`, `console`) is bound as an import of `js`.
 */
export function readJavaScriptModule(source: Source): PythonModule {
  const { path: file, text, language } = source;
  const root = withTree(text, grammarOf(source), readTree);
  const lines = new LineTable(text);
  const textOf = (node: PlainNode): string => text.slice(node.start, node.end);
  const topNames = [...blockNames(namedChildren(root), textOf), ...varNames(root, textOf)];
  const module = ownScope(topNames, null);
  const read = reading(text, root, lines, language, module);
  const found = findFunctions(root, read, module);
  const body = read.block(root.children);
  // A function is met after the code around it, which may have taken it in.
  const functions = found.flatMap((one) => (read.joined.has(one.node) ? [] : [functionOf(one, file, read)]));
  const loops = findLoops(
    [{ owner: null, qualname: '<module>', body }, ...functions.map((owner) => ({ owner, qualname: owner.qualname, body: owner.body }))],
    (span) => /\belse\s+$/.test(text.slice(Math.max(0, lines.offsetAt(span.start) - 40), lines.offsetAt(span.start))) && text.startsWith('if', lines.offsetAt(span.start)), // prettier-ignore
  );
  const scopes = scopesOf(root, found, topNames, read);
  return {
    file,
    language,
    functions,
    classes: [],
    body,
    outline: { statements: [], constants: {}, functions },
    imports: importsOf(scopes[0]),
    loops,
    scopes,
    globals: [],
    syntaxError: syntaxErrorOf(root, lines),
  };
}

interface Found {
  node: PlainNode;
  name: string;
  qualname: string;
  parent: Found | null;
  /** Names seen from inside, its own among them. */
  names: Names;
  own: Set<string>;
  method: boolean;
}

/** Every function of the file in text order. */
function findFunctions(root: PlainNode, read: JavaScriptReading, module: Names): Found[] {
  const found: Found[] = [];
  const open: { node: PlainNode; parent: Found | null; owner: string; named: PlainNode | null }[] = [
    { node: root, parent: null, owner: '', named: null },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, parent, named } = next;
    let { owner } = next;
    let inside = parent;
    if (FUNCTIONS.has(node.type)) {
      const own = childOf(node, 'name') ?? named;
      const name = own ? read.text(own) : '<anonymous>';
      const method = node.type === 'method_definition';
      const qualname = owner + name;
      const body = childOf(node, 'body');
      const seen = [...parameterNodes(node).flatMap((param) => patternNames(param, read.text)), ...(body ? [...blockNames(namedChildren(body), read.text), ...varNames(body, read.text)] : [])]; // prettier-ignore
      inside = { node, name, qualname, parent, names: ownScope(seen, parent?.names ?? module), own: ownNames(node, read.text), method };
      found.push(inside);
      owner = `${qualname}.<locals>.`;
    } else if (node.type === 'class_declaration' || node.type === 'abstract_class_declaration' || node.type === 'class') {
      const name = childOf(node, 'name') ?? named;
      owner = `${owner}${name ? read.text(name) : '<anonymous>'}.`;
    }
    const given = node.type === 'variable_declarator' ? childOf(node, 'name') : node.type === 'pair' ? childOf(node, 'key') : node.type === 'assignment_expression' ? childOf(node, 'left') : (childOf(node, 'property') ?? null); // prettier-ignore
    const plain = given && /^(property_|private_property_)?identifier$/.test(given.type) ? given : null;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      const value = child?.field === 'value' || child?.field === 'right';
      if (child) open.push({ node: child, parent: inside, owner, named: value ? plain : null });
    }
  }
  return found;
}

function functionOf({ node, name, qualname, parent, names, method }: Found, file: string, read: JavaScriptReading): FunctionIR {
  return read.from(names, () => {
    const params: FunctionIR['params'] = [];
    const unpacked: Stmt[] = [];
    for (const param of parameterNodes(node)) {
      const value = childOf(param, 'value') ?? (param.type === 'assignment_pattern' ? childOf(param, 'right') : null);
      const pattern = childOf(param, 'pattern') ?? (param.type === 'assignment_pattern' ? (childOf(param, 'left') ?? param) : param);
      const rest = pattern.type === 'rest_pattern';
      const fallback: Expr | null = value ? read.expr(value) : null;
      const [only] = pattern.type === 'identifier' || rest ? patternNames(pattern, read.text) : [];
      const given = only ?? read.fresh('_argument');
      params.push({ name: given, default: fallback, kind: rest ? 'args' : 'plain' });
      const span = read.span(pattern);
      if (only === undefined) unpacked.push({ kind: 'assign', targets: [read.expr(pattern)], value: nameExpr(given, emptySpan(span)), span });
    }
    const body = childOf(node, 'body');
    const statements = body?.type === 'statement_block' ? read.block(namedChildren(body)) : [];
    const result: Stmt[] = body && body.type !== 'statement_block' ? [{ kind: 'return', value: read.expr(body), span: read.span(body) }] : [];
    return { name, qualname, file, span: read.span(node), params, body: [...unpacked, ...statements, ...result], decorators: [], async: isAsync(node), topLevel: parent === null && !method, method }; // prettier-ignore
  });
}

/** One scope a function, as the names are resolved in; what no scope binds comes from the host. */
function scopesOf(root: PlainNode, found: readonly Found[], topNames: readonly string[], read: JavaScriptReading): Scope[] {
  const bindingsOf = (names: Iterable<string>, span: Span): Map<string, Binding[]> => new Map([...names].map((name) => [name, [{ kind: 'assignment', span }, { kind: 'assignment', span }] satisfies Binding[]])); // prettier-ignore
  const scope = (kind: Scope['kind'], qualname: string, node: PlainNode, parent: number | null, names: Iterable<string>): Scope => {
    const span = read.span(node);
    return { kind, qualname, span, parent, bindings: bindingsOf(names, span), globals: new Set(), nonlocals: new Set(), wildcards: [], reads: new Set(namesIn(node, read.text).reads), node, decorators: [] }; // prettier-ignore
  };
  const top = scope('module', '<module>', root, null, topNames);
  for (const node of nodesOf(root, (inner) => inner === root || inner.type === 'import_statement')) {
    if (node.type !== 'import_statement') continue;
    for (const { alias, path } of importedNames(node, read.text)) top.bindings.set(alias, [{ kind: 'import', path, span: read.span(node) }]);
  }
  for (const name of top.reads)
    if (!top.bindings.has(name)) top.bindings.set(name, [{ kind: 'import', path: `js.${name}`, span: emptySpan(top.span) }]);
  const at = new Map(found.map((one, index) => [one, index + 1]));
  const inner = found.map((one) => scope('function', one.qualname, one.node, one.parent ? (at.get(one.parent) ?? 0) : 0, one.own));
  for (const [index, one] of found.entries()) {
    const around = one.parent ? inner[(at.get(one.parent) ?? 1) - 1] : top;
    const declared = one.node.type.endsWith('_declaration') && around && !around.bindings.has(`${one.name}$`);
    const only = found.filter((other) => other.qualname === one.qualname).length === 1;
    if (declared && only) around.bindings.set(one.name, [{ kind: 'function', span: inner[index]?.span ?? top.span }]);
  }
  return [top, ...inner];
}

function importsOf(module: Scope | undefined): Record<string, string> {
  const imports: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, bindings] of module?.bindings ?? []) {
    const [only] = bindings;
    if (only?.kind === 'import' && only.path !== undefined && !only.path.startsWith('js.')) imports[name] = only.path;
  }
  return imports;
}

function syntaxErrorOf(root: PlainNode, lines: LineTable): Span | null {
  for (const node of nodesOf(root)) if (node.type === 'ERROR' || node.missing) return lines.spanOf(node.start, node.end);
  return null;
}
