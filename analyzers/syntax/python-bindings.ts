import { childOf, namedChildren, nodesOf, type PlainNode } from './plain-tree';

/** Nodes that name nothing in the scope that they stand in. */
const LABELS = new Set(['attribute', 'name']);

/** Names that a target binds; subscripts and attributes bind none. */
export function targetNames(target: PlainNode, text: (node: PlainNode) => string): string[] {
  const names: string[] = [];
  for (const node of nodesOf(target, (inside) => inside.type !== 'subscript' && inside.type !== 'attribute' && inside.type !== 'call')) {
    if (node.type === 'identifier') names.push(text(node));
  }
  return names;
}

/** Names that a parameter list binds. */
export function parameterNames(params: PlainNode, text: (node: PlainNode) => string): string[] {
  return namedChildren(params).flatMap((param) => {
    if (param.type === 'identifier') return [text(param)];
    const named = childOf(param, 'name') ?? param.children.find((child) => child.named && child.type !== 'type');
    return named ? targetNames(named, text) : [];
  });
}

export interface ImportedName {
  alias: string;
  path: string;
  wildcard: boolean;
}

/** The name that each part of an import statement binds, and the dotted path that it stands for (leading dots of a relative import are kept). */
export function importedNames(statement: PlainNode, text: (node: PlainNode) => string): ImportedName[] {
  const compact = (node: PlainNode): string => text(node).replace(/\s+/g, '');
  const from = childOf(statement, 'module_name');
  const base = statement.type === 'future_import_statement' ? '__future__' : from ? compact(from) : '';
  const join = (name: string): string => (base === '' ? name : base.endsWith('.') ? base + name : `${base}.${name}`);
  return namedChildren(statement).flatMap((part): ImportedName[] => {
    if (part.type === 'wildcard_import') return [{ alias: '*', path: base, wildcard: true }];
    if (part.field !== 'name') return [];
    if (part.type === 'aliased_import') {
      const name = childOf(part, 'name');
      const alias = childOf(part, 'alias');
      return name && alias ? [{ alias: text(alias), path: join(compact(name)), wildcard: false }] : [];
    }
    const name = compact(part);
    const head = name.split('.')[0] ?? name;
    return base === '' ? [{ alias: head, path: head, wildcard: false }] : [{ alias: name, path: join(name), wildcard: false }];
  });
}

/** Names that one node binds by itself: its targets, its parameters, the name it defines. */
export function boundBy(node: PlainNode, text: (node: PlainNode) => string): string[] {
  const of = (field: string): string[] => {
    const target = childOf(node, field);
    return target ? targetNames(target, text) : [];
  };
  switch (node.type) {
    case 'assignment':
    case 'augmented_assignment':
    case 'for_statement':
    case 'for_in_clause':
      return of('left');
    case 'function_definition':
    case 'class_definition':
    case 'named_expression':
      return of('name');
    case 'parameters':
    case 'lambda_parameters':
      return parameterNames(node, text);
    case 'as_pattern_target':
    case 'delete_statement':
    case 'case_pattern':
      return targetNames(node, text);
    case 'as_pattern':
      return of('alias');
    case 'import_statement':
    case 'import_from_statement':
      return importedNames(node, text).flatMap((part) => (part.wildcard ? [] : [part.alias]));
    default:
      return [];
  }
}

const SCOPES = new Set(['function_definition', 'lambda', 'class_definition']);
const COMPREHENSIONS = new Set(['list_comprehension', 'set_comprehension', 'dictionary_comprehension', 'generator_expression']);

/**
 * Names that a piece of code reads from around it and binds around it. What nested functions, lambdas and comprehensions bind stays theirs;
 * what they read from around them counts as read.
 */
export function namesIn(root: PlainNode, text: (node: PlainNode) => string): { reads: string[]; writes: string[] } {
  const reads = new Set<string>();
  const writes = new Set<string>();
  collect(root, [], reads, writes, text, 0);
  return { reads: [...reads], writes: [...writes] };
}

function collect(
  node: PlainNode,
  hidden: readonly ReadonlySet<string>[],
  reads: Set<string>,
  writes: Set<string>,
  text: (node: PlainNode) => string,
  depth: number,
): void {
  if (node.type === 'identifier') {
    const name = text(node);
    if (!hidden.some((names) => names.has(name))) reads.add(name);
    return;
  }
  if (node.type === 'import_statement' || node.type === 'import_from_statement' || node.type === 'future_import_statement') {
    for (const name of boundBy(node, text)) writes.add(name);
    return;
  }
  const scope = SCOPES.has(node.type) || COMPREHENSIONS.has(node.type);
  if (node.type === 'function_definition' || node.type === 'class_definition') for (const name of boundBy(node, text)) writes.add(name);
  const inner = scope ? [...hidden, boundInside(node, text)] : hidden;
  if (!scope) {
    for (const name of boundBy(node, text)) if (!hidden.some((names) => names.has(name))) writes.add(name);
  }
  const plainTarget = node.type === 'assignment' || node.type === 'for_statement';
  for (const child of node.children) {
    if (child.field !== null && LABELS.has(child.field) && child.type === 'identifier' && node.type !== 'interpolation') {
      if (node.type === 'attribute' || node.type === 'keyword_argument' || scope || node.type === 'named_expression') continue;
    }
    if (plainTarget && child.field === 'left' && child.type === 'identifier') continue;
    if (node.type === 'as_pattern' && child.field === 'alias') continue;
    if (depth > 2000) continue;
    collect(child, inner, reads, writes, text, depth + 1);
  }
}

/** Names bound directly in a function, lambda, class or comprehension, those declared global or nonlocal left out. */
export function boundInside(scope: PlainNode, text: (node: PlainNode) => string): Set<string> {
  const names = new Set<string>();
  const outer = new Set<string>();
  const nested = (node: PlainNode): boolean => node === scope || !(SCOPES.has(node.type) || COMPREHENSIONS.has(node.type));
  for (const node of nodesOf(scope, nested)) {
    if (node.type === 'global_statement' || node.type === 'nonlocal_statement') for (const name of targetNames(node, text)) outer.add(name);
    else if (node !== scope) for (const name of boundBy(node, text)) names.add(name);
  }
  for (const name of outer) names.delete(name);
  return names;
}
