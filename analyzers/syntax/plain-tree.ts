import type { Position, Span } from '../types';
import type { Tree } from './parser';

/**
 * A copy of a syntax tree in plain objects. One pass with a cursor costs far less than asking WebAssembly node by node, nothing has to be deleted
 * afterwards, and reading on can go without the parser.
 */
export interface PlainNode {
  type: string;
  field: string | null;
  named: boolean;
  missing: boolean;
  /** UTF-16 offsets. */
  start: number;
  end: number;
  children: PlainNode[];
}

interface Kind {
  type: string;
  named: boolean;
  leaf: boolean;
  /** A sign that no grammar has a name for, as long as it is written. */
  mark: boolean;
}
const MARKS = new Set('()[]{},:.;');
/** Kinds that never have children, in any of the grammars. */
const LEAVES = new Set(['identifier', 'integer', 'float', 'true', 'false', 'none', 'comment', 'string_start', 'string_end', 'property_identifier', 'number']); // prettier-ignore

/** Most nodes have no children and share this; it stays empty. */
const NONE: PlainNode[] = [];

/** Comments and line continuations are left out: they stand between any two nodes and mean nothing. */
export function readTree(tree: Tree): PlainNode {
  const cursor = tree.walk();
  try {
    // Each question to the cursor is a call into WebAssembly: what follows from the kind of node is asked once a kind.
    const kinds: (Kind | undefined)[] = [];
    const kindOf = (id: number): Kind => {
      const known = kinds[id];
      if (known) return known;
      const [type, named] = [cursor.nodeType, cursor.nodeIsNamed];
      // A word or sign of the language itself has nothing in it.
      return (kinds[id] = { type, named, leaf: named ? LEAVES.has(type) : !type.includes(' '), mark: !named && MARKS.has(type) });
    };
    // Only then every sign that is in the tree is in the text.
    const whole = !tree.rootNode.hasError;
    let leaf = false as boolean;
    const copy = (): PlainNode => {
      const { type, named, leaf: alone, mark } = kindOf(cursor.nodeTypeId);
      leaf = alone;
      const start = cursor.startIndex;
      if (mark && whole) return { type, field: null, named, missing: false, start, end: start + 1, children: NONE };
      const end = cursor.endIndex;
      return { type, field: cursor.currentFieldName, named, missing: start === end && cursor.nodeIsMissing, start, end, children: NONE };
    };
    const root: PlainNode = { ...copy(), children: [] };
    const path: PlainNode[] = [root];
    let down = cursor.gotoFirstChild();
    while (path.length > 0) {
      if (!down) {
        path.pop();
        if (path.length === 0 || !cursor.gotoParent()) break;
        down = cursor.gotoNextSibling();
        continue;
      }
      const node = copy();
      if (node.type !== 'comment' && node.type !== 'line_continuation') path[path.length - 1]?.children.push(node);
      if (!leaf && cursor.gotoFirstChild()) {
        node.children = [];
        path.push(node);
      } else down = cursor.gotoNextSibling();
    }
    return root;
  } finally {
    cursor.delete();
  }
}

export const childOf = (node: PlainNode, field: string): PlainNode | null => node.children.find((child) => child.field === field) ?? null;
export const childrenOf = (node: PlainNode, field: string): PlainNode[] => node.children.filter((child) => child.field === field);
export const namedChildren = (node: PlainNode): PlainNode[] => node.children.filter((child) => child.named);
export const hasToken = (node: PlainNode, token: string): boolean => node.children.some((child) => !child.named && child.type === token);

/** Every node of a tree, parents first, in text order. `enter` may say that a node's children are not wanted. */
export function* nodesOf(root: PlainNode, enter: (node: PlainNode) => boolean = () => true): Generator<PlainNode> {
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    if (!enter(node)) continue;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child) open.push(child);
    }
  }
}

/** Turns UTF-16 offsets into positions. Lines end with \n or \r\n. */
export class LineTable {
  readonly #starts: number[] = [0];
  #last = 0;

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  positionAt(offset: number): Position {
    // Text is mostly asked for from front to back: the line asked for last, or the next one.
    const starts = this.#starts;
    for (let line = this.#last; line < this.#last + 2; line += 1) {
      const start = starts[line];
      if (start === undefined || offset < start) break;
      if (offset < (starts[line + 1] ?? Infinity)) {
        this.#last = line;
        return { line, character: offset - start };
      }
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return { line: low, character: offset - (starts[low] ?? 0) };
  }

  offsetAt(position: Position): number {
    return (this.#starts[position.line] ?? this.#starts[this.#starts.length - 1] ?? 0) + position.character;
  }

  spanOf(start: number, end: number): Span {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }
}
