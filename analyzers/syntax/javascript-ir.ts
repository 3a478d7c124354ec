import type { Expr, LanguageId, Stmt } from '../types';
import { readExpr } from './javascript-expressions';
import { blockNames, namesIn, patternNames } from './javascript-names';
import { opaqueStatement, type Container, type Reading } from './javascript-reading';
import { containerNamed, containerOf } from './javascript-spaces';
import { readStatement } from './javascript-statements';
import { childOf, namedChildren, nodesOf, type LineTable, type PlainNode } from './plain-tree';

/** Deeper nesting than a person writes becomes opaque, so that no text can exhaust the stack. */
const DEEPEST = 250;
const PATTERNS = new Set(['object_pattern', 'array_pattern', 'assignment_pattern', 'object_assignment_pattern', 'pair_pattern', 'rest_pattern']);

/** A name's meaning in the IR, by the blocks and functions around the place. */
export interface Names {
  called: ReadonlyMap<string, string>;
  around: Names | null;
}
export function calledIn(names: Names | null, written: string): string | undefined {
  for (let at = names; at; at = at.around) {
    const called = at.called.get(written);
    if (called !== undefined) return called;
  }
  return undefined;
}
/** A function's own names keep their spelling: what they hide is another function's. */
export const ownScope = (names: Iterable<string>, around: Names | null): Names => ({
  called: new Map([...names].map((name) => [name, name])),
  around,
});

export interface JavaScriptReading extends Reading {
  /** Reads as seen from a place of its own. */
  from: <T>(names: Names, read: () => T) => T;
  names: () => Names;
  joined: ReadonlySet<PlainNode>;
}

/** Reads nodes of one text into the IR. */
export function reading(text: string, root: PlainNode, lines: LineTable, language: LanguageId, module: Names): JavaScriptReading {
  const textOf = (node: PlainNode): string => text.slice(node.start, node.end);
  const containers = containersOf(root, textOf);
  const taken = new Map<string, number>();
  const joined = new Set<PlainNode>();
  let names = module;
  let depth = 0;
  const from: JavaScriptReading['from'] = (there, read) => {
    const here = names;
    names = there;
    try {
      return read();
    } finally {
      names = here;
    }
  };
  const fresh = (stem: string): string => {
    const count = taken.get(stem) ?? 0;
    taken.set(stem, count + 1);
    const name = count === 0 && stem.startsWith('_') ? stem : `${stem}$${count + 1}`;
    return text.includes(name) ? fresh(stem) : name;
  };
  const deeper = <T>(node: PlainNode, read: () => T, opaque: () => T): T => {
    if (depth >= DEEPEST || node.type === 'ERROR' || node.missing) return opaque();
    depth += 1;
    try {
      return read();
    } finally {
      depth -= 1;
    }
  };
  const free = (node: PlainNode): { reads: string[]; writes: string[] } => {
    const found = namesIn(node, textOf);
    const bound = PATTERNS.has(node.type) ? patternNames(node, textOf) : [];
    const reads = found.reads.filter((name) => !bound.includes(name));
    return { reads: reads.map(self.nameOf), writes: [...new Set([...found.writes, ...bound])].map(self.nameOf) };
  };
  const self: JavaScriptReading = {
    language,
    text: textOf,
    span: (node) => lines.spanOf(node.start, node.end),
    between: (first, last) => lines.spanOf(first.start, last.end),
    nameOf: (written) => calledIn(names, written) ?? written,
    names: () => names,
    from,
    fresh,
    joined,
    join: (definition) => void joined.add(definition),
    within: (declared, read) => {
      const called = declared.map((name) => (calledIn(names, name) === undefined ? name : fresh(name)));
      return from({ called: new Map(declared.map((name, index) => [name, called[index] ?? name])), around: names }, () => read(called));
    },
    expr: (node) =>
      deeper(
        node,
        (): Expr => readExpr(node, self),
        () => self.opaque(node),
      ),
    block: (nodes) =>
      nodes
        .filter((node) => node.named && node.type !== 'comment')
        .flatMap((node) =>
          deeper(
            node,
            (): Stmt[] => readStatement(node, self),
            (): Stmt[] => [opaqueStatement(node, self)],
          ),
        ),
    body: (node) => {
      if (!node) return [];
      if (node.type !== 'statement_block') return self.block([node]);
      const statements = namedChildren(node);
      return self.within(blockNames(statements, textOf), () => self.block(statements));
    },
    opaque: (node, what = node.type, parts) => {
      const opaque: Expr & { kind: 'opaque' } = { kind: 'opaque', what, ...free(node), span: self.span(node) };
      return parts ? { ...opaque, parts } : opaque;
    },
    container: (expr) => containerOf(expr, containers),
  };
  return self;
}

/** Names that the whole file gives only one kind of container. */
function containersOf(root: PlainNode, text: (node: PlainNode) => string): Map<string, Container | null> {
  const found = new Map<string, Container | null>();
  for (const node of nodesOf(root)) {
    // A parameter may be anything.
    const plain = node.type === 'formal_parameters' ? namedChildren(node) : [childOf(node, 'parameter')];
    for (const param of plain) if (param?.type === 'identifier') found.set(text(param), null);
    const name = node.type === 'variable_declarator' ? childOf(node, 'name') : childOf(node, 'pattern');
    const target = node.type === 'assignment_expression' ? childOf(node, 'left') : name;
    const bare = node.type === 'identifier' ? null : target;
    if (bare?.type !== 'identifier') continue;
    const written = text(bare);
    const kind = madeBy(childOf(node, 'type'), childOf(node, node.type === 'assignment_expression' ? 'right' : 'value'), text);
    found.set(written, found.has(written) && found.get(written) !== kind ? null : kind);
  }
  return found;
}

function madeBy(type: PlainNode | null, value: PlainNode | null, text: (node: PlainNode) => string): Container | null {
  const [annotated] = type ? namedChildren(type) : [];
  if (annotated?.type === 'array_type' || annotated?.type === 'tuple_type') return 'array';
  if (annotated) return containerNamed(text(childOf(annotated, 'name') ?? annotated));
  if (value?.type === 'array') return 'array';
  const made = value?.type === 'new_expression' ? childOf(value, 'constructor') : null;
  if (made) return containerNamed(text(made));
  const called = value?.type === 'call_expression' ? childOf(value, 'function') : null;
  if (called?.type !== 'member_expression') return called && text(called) === 'Array' ? 'array' : null;
  return /(^Array\.(from|of)|\.(split|map|filter|flatMap|slice|concat|toSorted)|^Object\.(keys|values|entries))$/.test(text(called)) ? 'array' : null;
}
