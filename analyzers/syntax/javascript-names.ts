import { childOf, namedChildren, nodesOf, type PlainNode } from './plain-tree';

export type TextOf = (node: PlainNode) => string;

export const FUNCTIONS = new Set(['arrow_function', 'function_expression', 'function_declaration', 'generator_function', 'generator_function_declaration', 'method_definition']); // prettier-ignore
/** Types say nothing of what runs. */
const TYPES = new Set(['type_annotation', 'type_arguments', 'type_parameters', 'interface_declaration', 'type_alias_declaration', 'implements_clause', 'asserts_annotation', 'type_predicate_annotation']); // prettier-ignore
export const isType = (node: PlainNode): boolean => TYPES.has(node.type);

/** Names that a pattern binds; members and elements that it stores to bind none, and defaults are values. */
export function patternNames(pattern: PlainNode, text: TextOf): string[] {
  const isValue = (node: PlainNode): boolean =>
    node.type === 'member_expression' || node.type === 'subscript_expression' || node.type === 'computed_property_name' || isType(node);
  const names: string[] = [];
  const open = [pattern];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'identifier' || node.type === 'shorthand_property_identifier_pattern') names.push(text(node));
    if (isValue(node)) continue;
    const defaulted = node.type === 'assignment_pattern' || node.type === 'object_assignment_pattern';
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child?.named && !(defaulted && child.field === 'right') && child.field !== 'value' && child.field !== 'decorator') open.push(child);
      else if (child?.named && child.field === 'value' && node.type === 'pair_pattern') open.push(child);
    }
  }
  return names;
}

export function parameterNodes(definition: PlainNode): PlainNode[] {
  const single = childOf(definition, 'parameter');
  const list = childOf(definition, 'parameters');
  return single ? [single] : list ? namedChildren(list).filter((node) => node.type !== 'this') : [];
}

/** Names that a block's own statements declare: let, const, class and function. */
export function blockNames(statements: readonly PlainNode[], text: TextOf): string[] {
  return statements.flatMap((statement): string[] => {
    const node = statement.type === 'export_statement' ? (childOf(statement, 'declaration') ?? statement) : statement;
    if (node.type === 'lexical_declaration') return declaredNames(node, text);
    const named = node.type.endsWith('_declaration') && !isType(node) ? childOf(node, 'name') : null;
    if (named) return [text(named)];
    return node.type === 'import_statement' ? importedNames(node, text).map((one) => one.alias) : [];
  });
}

export const declaredNames = (declaration: PlainNode, text: TextOf): string[] =>
  namedChildren(declaration).flatMap((part) => {
    const name = part.type === 'variable_declarator' ? childOf(part, 'name') : null;
    return name ? patternNames(name, text) : [];
  });

/** Names that `var` gives to a whole function, wherever in it they stand. */
export function varNames(body: PlainNode, text: TextOf): string[] {
  const names: string[] = [];
  for (const node of nodesOf(body, (inner) => inner === body || !FUNCTIONS.has(inner.type))) {
    if (node.type === 'variable_declaration') names.push(...declaredNames(node, text));
    else if (node.type === 'for_in_statement' && node.children.some((child) => child.field === 'kind' && child.type === 'var')) {
      const left = childOf(node, 'left');
      if (left) names.push(...patternNames(left, text));
    }
  }
  return names;
}

export interface ImportedName {
  alias: string;
  /** `module.name`, `module` for all of it. */
  path: string;
}

export function importedNames(statement: PlainNode, text: TextOf): ImportedName[] {
  const source = childOf(statement, 'source');
  const from = source ? text(source).slice(1, -1) : '';
  const found: ImportedName[] = [];
  for (const node of nodesOf(statement)) {
    if (node.type === 'import_specifier') {
      const name = childOf(node, 'name');
      const alias = childOf(node, 'alias') ?? name;
      if (name && alias) found.push({ alias: text(alias), path: `${from}.${text(name)}` });
    } else if (node.type === 'import_clause' || node.type === 'namespace_import') {
      for (const child of node.children) {
        if (child.type === 'identifier') found.push({ alias: text(child), path: node.type === 'import_clause' ? `${from}.default` : from });
      }
    }
  }
  return found;
}

export interface FreeNames {
  reads: string[];
  writes: string[];
}

/** No person nests so many functions. */
const DEEPEST_FUNCTION = 200;

/** Names that a piece of code reads from around it and writes around it; what nested functions declare stays theirs. */
export function namesIn(root: PlainNode, text: TextOf, depth = 0): FreeNames {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const open: PlainNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (isType(node)) continue;
    if (node !== root && FUNCTIONS.has(node.type)) {
      const inner: FreeNames = depth < DEEPEST_FUNCTION ? namesIn(node, text, depth + 1) : { reads: [], writes: [] };
      for (const name of inner.reads) reads.add(name);
      for (const name of inner.writes) writes.add(name);
      const named = node.type.endsWith('_declaration') ? childOf(node, 'name') : null;
      if (named) writes.add(text(named));
      continue;
    }
    if (node.type === 'identifier' || node.type === 'shorthand_property_identifier') reads.add(text(node));
    const target = targetOf(node);
    if (target) for (const name of patternNames(target, text)) writes.add(name);
    // What a store changes a part of is changed.
    const changed = target ? rootOf(target) : null;
    if (changed) writes.add(text(changed));
    const changes = node.type === 'augmented_assignment_expression' || node.type === 'update_expression';
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (!child?.named || (child.type === 'identifier' && child === target && !changes)) continue;
      if (child.field === 'name' && child.type !== 'array_pattern' && child.type !== 'object_pattern') continue;
      open.push(child);
    }
  }
  if (!FUNCTIONS.has(root.type)) return { reads: [...reads], writes: [...writes] };
  const own = ownNames(root, text);
  const free = (names: Set<string>): string[] => [...names].filter((name) => !own.has(name));
  return { reads: free(reads), writes: free(writes) };
}

function rootOf(target: PlainNode): PlainNode | null {
  let at: PlainNode | null = target;
  while (at && (at.type === 'member_expression' || at.type === 'subscript_expression')) at = childOf(at, 'object');
  return at !== target && at?.type === 'identifier' ? at : null;
}

function targetOf(node: PlainNode): PlainNode | null {
  switch (node.type) {
    case 'assignment_expression':
    case 'augmented_assignment_expression':
    case 'for_in_statement':
      return childOf(node, 'left');
    case 'update_expression':
      return childOf(node, 'argument');
    case 'unary_expression':
      return node.children.some((child) => child.type === 'delete') ? childOf(node, 'argument') : null;
    case 'variable_declarator':
    case 'class_declaration':
    case 'abstract_class_declaration':
    case 'enum_declaration':
      return childOf(node, 'name');
    case 'catch_clause':
      return childOf(node, 'parameter');
    default:
      return null;
  }
}

/** Everything that a function declares for itself, in whatever block of it. */
export function ownNames(definition: PlainNode, text: TextOf): Set<string> {
  const names = new Set(parameterNodes(definition).flatMap((param) => patternNames(param, text)));
  const own = definition.type === 'function_expression' ? childOf(definition, 'name') : null;
  if (own) names.add(text(own));
  const body = childOf(definition, 'body');
  if (!body) return names;
  for (const node of nodesOf(body, (inner) => inner === body || !FUNCTIONS.has(inner.type))) {
    if (node.type === 'lexical_declaration' || node.type === 'variable_declaration') for (const name of declaredNames(node, text)) names.add(name);
    const left = node.type === 'for_in_statement' && node.children.some((child) => child.field === 'kind') ? childOf(node, 'left') : null;
    const caught = node.type === 'catch_clause' ? childOf(node, 'parameter') : null;
    for (const pattern of [left, caught]) if (pattern) for (const name of patternNames(pattern, text)) names.add(name);
    const named = node !== body && node.type.endsWith('_declaration') ? childOf(node, 'name') : null;
    if (named) names.add(text(named));
  }
  return names;
}
