import type { Span } from '../types';
import { childOf, type PlainNode } from './plain-tree';
import { boundBy, importedNames, namesNothing, targetNames } from './python-bindings';

/** How a name got its meaning in a scope; 'clause': by a comprehension or lambda, inside which alone it has it. */
export interface Binding {
  kind: 'import' | 'function' | 'class' | 'parameter' | 'assignment' | 'clause';
  /** Of an import: the dotted path, leading dots kept. */
  path?: string;
  span: Span;
}
/** A module, class or function with the names that it binds. Lambdas and comprehensions bind in the scope around them: the careful way. */
export interface Scope {
  kind: 'module' | 'class' | 'function';
  /** As Python makes it: `f.<locals>.g`, `Class.method`, '<module>'. */
  qualname: string;
  span: Span;
  /** Index in the list of scopes; null for the module. */
  parent: number | null;
  bindings: Map<string, Binding[]>;
  globals: Set<string>;
  nonlocals: Set<string>;
  /** Modules of `from m import *`. */
  wildcards: string[];
  /** Names that stand anywhere in it as a value, nested scopes not included. */
  reads: Set<string>;
  node: PlainNode;
  decorators: PlainNode[];
}

/** All scopes of a module in text order, the module first. */
export function readScopes(root: PlainNode, text: (node: PlainNode) => string, spanOf: (node: PlainNode) => Span): Scope[] {
  const scopes: Scope[] = [];
  const open = (kind: Scope['kind'], qualname: string, node: PlainNode, parent: number | null, decorators: PlainNode[] = []): number => {
    const empty = { bindings: new Map<string, Binding[]>(), globals: new Set<string>(), nonlocals: new Set<string>(), wildcards: [], reads: new Set<string>() }; // prettier-ignore
    scopes.push({ kind, qualname, span: spanOf(node), parent, node, decorators, ...empty });
    return scopes.length - 1;
  };
  const bind = (scope: Scope | undefined, name: string, binding: Binding): void => {
    const known = scope?.bindings.get(name);
    if (known) known.push(binding);
    else scope?.bindings.set(name, [binding]);
  };
  const pending: { node: PlainNode; at: number; decorators: PlainNode[] }[] = [
    { node: root, at: open('module', '<module>', root, null), decorators: [] },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, at } = next;
    const scope = scopes[at];
    if (!scope) continue;
    let inside = at;
    const span = node.type === 'identifier' ? null : spanOfBinding(node, spanOf);
    if (node.type === 'identifier') {
      scope.reads.add(text(node));
    } else if (node.type === 'function_definition' || node.type === 'class_definition') {
      const kind = node.type === 'function_definition' ? 'function' : 'class';
      const name = childOf(node, 'name');
      const written = name ? text(name) : '';
      bind(scope, written, { kind, span: spanOf(node) });
      inside = open(kind, qualified(scope, written), node, at, next.decorators);
      const params = childOf(node, 'parameters');
      if (params) for (const param of boundBy(params, text)) bind(scopes[inside], param, { kind: 'parameter', span: spanOf(params) });
    } else if (node.type === 'import_statement' || node.type === 'import_from_statement') {
      for (const { alias, path, wildcard } of importedNames(node, text)) {
        if (wildcard) scope.wildcards.push(path);
        else bind(scope, alias, { kind: 'import', path, span: spanOf(node) });
      }
      continue;
    } else if (node.type === 'global_statement' || node.type === 'nonlocal_statement') {
      const names = node.type === 'global_statement' ? scope.globals : scope.nonlocals;
      for (const name of targetNames(node, text)) names.add(name);
      continue;
    } else if (node.type !== 'parameters' && span) {
      for (const name of boundBy(node, text))
        bind(scope, name, { kind: node.type === 'for_in_clause' || node.type === 'lambda_parameters' ? 'clause' : 'assignment', span });
    }
    const decorators = node.type === 'decorated_definition' ? node.children.filter((child) => child.type === 'decorator') : [];
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (!child || namesNothing(node, child)) continue;
      // Defaults, decorators and bases are evaluated around the definition, only the body within.
      pending.push({ node: child, at: child.field === 'body' ? inside : at, decorators });
    }
  }
  return scopes;
}

const BINDERS = new Set(['assignment', 'augmented_assignment', 'for_statement', 'for_in_clause', 'named_expression', 'lambda_parameters', 'as_pattern', 'delete_statement', 'case_pattern']); // prettier-ignore
const spanOfBinding = (node: PlainNode, spanOf: (node: PlainNode) => Span): Span | null => (BINDERS.has(node.type) ? spanOf(node) : null);

function qualified(scope: Scope, name: string): string {
  if (scope.kind === 'module') return name;
  return scope.kind === 'class' ? `${scope.qualname}.${name}` : `${scope.qualname}.<locals>.${name}`;
}
