import type { Expr, Stmt } from '../types';
import { withTree } from './parser';
import { LineTable, nodesOf, readTree, type PlainNode } from './plain-tree';
import { boundBy, importedNames } from './python-bindings';
import { opaqueExpr, readExpr } from './python-expressions';
import type { Reading } from './python-reading';
import { opaqueStmt, readStatement } from './python-statements';

/** Deeper nesting than a person writes becomes opaque, so that no text can exhaust the stack. */
const DEEPEST = 300;

/** Importing these is no shadowing: they are what their names say. */
const STANDARD = new Set(['math', 'itertools', 'math.prod', 'math.fsum', 'itertools.starmap']);

function reboundNames(root: PlainNode, text: (node: PlainNode) => string): Set<string> {
  const bound = new Set<string>();
  for (const node of nodesOf(root)) {
    if (node.type === 'import_statement' || node.type === 'import_from_statement') {
      for (const { alias, path } of importedNames(node, text)) if (!STANDARD.has(path) && !path.startsWith('builtins.')) bound.add(alias);
    } else {
      for (const name of boundBy(node, text)) bound.add(name);
    }
  }
  return bound;
}

/** Reads nodes of one text into the IR. */
export function reading(text: string, root: PlainNode, lines: LineTable): Reading {
  const textOf = (node: PlainNode): string => text.slice(node.start, node.end);
  const bound = reboundNames(root, textOf);
  let depth = 0;
  const deeper = <T>(node: PlainNode, read: (node: PlainNode) => T, opaque: (node: PlainNode) => T): T => {
    if (depth >= DEEPEST || node.type === 'ERROR' || node.missing) return opaque(node);
    depth += 1;
    try {
      return read(node);
    } finally {
      depth -= 1;
    }
  };
  const self: Reading = {
    text: textOf,
    span: (node) => lines.spanOf(node.start, node.end),
    between: (first, last) => lines.spanOf(first.start, last.end),
    expr: (node) =>
      deeper(
        node,
        (inner): Expr => readExpr(inner, self),
        (inner) => opaqueExpr(inner, self),
      ),
    block: (nodes) =>
      nodes
        .filter((node) => node.named)
        .map((node) =>
          deeper(
            node,
            (inner): Stmt => readStatement(inner, self),
            (inner) => opaqueStmt(inner, self),
          ),
        ),
    shadowed: (name) => bound.has(name.split('.')[0] ?? name),
  };
  return self;
}

/** Statements of a piece of Python, for tests and for code that is made from text. */
export function readStatements(text: string): Stmt[] {
  const root = withTree(text, 'python', readTree);
  return reading(text, root, new LineTable(text)).block(root.children);
}

/** One expression; null when the text is anything else. */
export function readExpression(text: string): Expr | null {
  const [only, ...others] = readStatements(text);
  return only?.kind === 'expression' && others.length === 0 ? only.value : null;
}
