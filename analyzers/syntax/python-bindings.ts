import { childOf, namedChildren, nodesOf, type PlainNode } from './plain-tree';

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

const NONE: string[] = [];

function namesOfField(node: PlainNode, field: string, text: (node: PlainNode) => string): string[] {
  const target = childOf(node, field);
  return target ? targetNames(target, text) : [];
}

/** Names that one node binds by itself: its targets, its parameters, the name it defines. */
export function boundBy(node: PlainNode, text: (node: PlainNode) => string): string[] {
  switch (node.type) {
    case 'assignment':
    case 'augmented_assignment':
    case 'for_statement':
    case 'for_in_clause':
      return namesOfField(node, 'left', text);
    case 'function_definition':
    case 'class_definition':
    case 'named_expression':
      return namesOfField(node, 'name', text);
    case 'parameters':
    case 'lambda_parameters':
      return parameterNames(node, text);
    case 'as_pattern_target':
    case 'delete_statement':
    case 'case_pattern':
      return targetNames(node, text);
    case 'as_pattern':
      return namesOfField(node, 'alias', text);
    case 'import_statement':
    case 'import_from_statement':
      return importedNames(node, text).flatMap((part) => (part.wildcard ? [] : [part.alias]));
    default:
      return NONE;
  }
}

const SCOPES = new Set(['function_definition', 'lambda', 'class_definition']);
const COMPREHENSIONS = new Set(['list_comprehension', 'set_comprehension', 'dictionary_comprehension', 'generator_expression']);

/**
 * Names that a piece of code reads from around it and binds around it. What nested functions, lambdas and comprehensions bind stays theirs;
 * what they read from around them counts as read.
 */
export function namesIn(root: PlainNode, text: (node: PlainNode) => string): FreeNames {
  return namesAt(root, text, 0);
}

export interface FreeNames {
  reads: string[];
  writes: string[];
}
/** Nested scopes are asked again for every scope around them. */
const known = new WeakMap<PlainNode, FreeNames>();
/** No person nests so many functions or comprehensions; Python itself refuses far fewer. */
const DEEPEST_SCOPE = 300;
const isScope = (node: PlainNode): boolean => SCOPES.has(node.type) || COMPREHENSIONS.has(node.type);

function namesAt(root: PlainNode, text: (node: PlainNode) => string, depth: number): FreeNames {
  const cached = known.get(root);
  if (cached) return cached;
  const reads = new Set<string>();
  const writes = new Set<string>();
  /** Bound around a comprehension, not in it. */
  const named = new Set<string>();
  /** Declared to be those of a scope around it. */
  const outer = new Set<string>();
  const scope = isScope(root);
  const comprehension = COMPREHENSIONS.has(root.type);
  // Expressions may nest without end, so only scopes recurse.
  const open: PlainNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node !== root && isScope(node)) {
      const inner: FreeNames = depth < DEEPEST_SCOPE ? namesAt(node, text, depth + 1) : { reads: [], writes: [] };
      for (const name of inner.reads) reads.add(name);
      for (const name of inner.writes) (comprehension ? named : writes).add(name);
      continue;
    }
    if (node.type === 'identifier') {
      reads.add(text(node));
      continue;
    }
    if (node !== root || !scope)
      for (const name of boundBy(node, text)) (comprehension && node.type === 'named_expression' ? named : writes).add(name);
    if (IMPORTS.has(node.type)) continue;
    if (scope && (node.type === 'global_statement' || node.type === 'nonlocal_statement'))
      for (const name of targetNames(node, text)) outer.add(name);
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child?.named && !namesNothing(node, child)) open.push(child);
    }
  }
  const names = scope ? outside(root, { reads, writes, named, outer }, text) : { reads: [...reads], writes: [...writes] };
  known.set(root, names);
  return names;
}

const IMPORTS = new Set(['import_statement', 'import_from_statement', 'future_import_statement']);

/** What of a scope's names belongs to the code around it. */
function outside(scope: PlainNode, found: Record<'reads' | 'writes' | 'named' | 'outer', Set<string>>, text: (node: PlainNode) => string): FreeNames {
  const own = (name: string): boolean => found.writes.has(name) && !found.outer.has(name);
  const reads = [...found.reads].filter((name) => !own(name));
  // Only a named expression in a comprehension binds around it.
  if (COMPREHENSIONS.has(scope.type)) return { reads, writes: [...found.named].filter((name) => !own(name)) };
  return { reads, writes: scope.type === 'lambda' ? [] : boundBy(scope, text) };
}

/** An identifier that reads no variable: an attribute, a keyword, the name of a definition, a plain target. */
export function namesNothing(parent: PlainNode, child: PlainNode): boolean {
  if (child.field === 'alias' && parent.type === 'as_pattern') return true;
  if (child.type !== 'identifier') return false;
  if (child.field === 'attribute') return parent.type === 'attribute';
  if (child.field === 'name') return parent.type !== 'interpolation';
  return child.field === 'left' && (parent.type === 'assignment' || parent.type === 'for_statement' || parent.type === 'for_in_clause');
}
