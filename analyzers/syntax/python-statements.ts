import type { Expr, Stmt } from '../types';
import { childOf, childrenOf, hasToken, namedChildren, type PlainNode } from './plain-tree';
import { namesIn } from './python-bindings';
import { countingLoop } from './python-counter';
import { isBinaryOp } from './python-expressions';
import { indexSpace } from './python-loops';
import { emptySpan, type Reading } from './python-reading';

/** Each elif is one level deeper; a longer chain is a table that a program wrote. */
const LONGEST_CHAIN = 300;

export function opaqueStmt(node: PlainNode, reading: Reading): Stmt {
  const { reads, writes } = namesIn(node, reading.text);
  return { kind: 'opaque', what: node.type, reads, writes, span: reading.span(node) };
}

const isAsync = (node: PlainNode): boolean => hasToken(node, 'async') || node.children.some((child) => child.type === 'async');

export function readStatement(node: PlainNode, reading: Reading): Stmt {
  const span = reading.span(node);
  const inner = namedChildren(node);
  const [first] = inner;
  const bodyOf = (part: PlainNode | null): Stmt[] => {
    const block = part && (part.type === 'block' ? part : (childOf(part, 'body') ?? part.children.find((child) => child.type === 'block')));
    return block ? reading.block(block.children) : [];
  };
  const elseOf = (): Stmt[] => bodyOf(node.children.find((child) => child.type === 'else_clause') ?? null);
  switch (node.type) {
    case 'expression_statement':
      if (inner.length === 1 && first) return readExpressionStatement(first, node, reading);
      if (inner.length > 1) return { kind: 'expression', value: { kind: 'collection', type: 'tuple', items: inner.map(reading.expr), span }, span };
      break;
    case 'if_statement':
      return readIf(node, reading, bodyOf);
    case 'for_statement': {
      const left = childOf(node, 'left');
      const right = childOf(node, 'right');
      if (!left || !right) break;
      const space = indexSpace(reading.expr(right), reading);
      const target = reading.expr(left);
      const body = bodyOf(childOf(node, 'body'));
      return { kind: 'loop', loop: { form: 'for', language: 'python', span, async: isAsync(node), space, target, body, otherwise: elseOf(), sink: null }, span }; // prettier-ignore
    }
    case 'while_statement': {
      const condition = childOf(node, 'condition');
      if (!condition) break;
      const test = reading.expr(condition);
      const body = bodyOf(childOf(node, 'body'));
      const counter = countingLoop(test, body);
      const space = { kind: 'while' as const, test, counter, span: test.span };
      return { kind: 'loop', loop: { form: 'while', language: 'python', span, async: false, space, target: null, body, otherwise: elseOf(), sink: null }, span }; // prettier-ignore
    }
    case 'break_statement':
      return { kind: 'break', span };
    case 'continue_statement':
      return { kind: 'continue', span };
    case 'pass_statement':
      return { kind: 'pass', span };
    case 'return_statement':
      return { kind: 'return', value: first ? reading.expr(first) : null, span };
    case 'raise_statement':
      return { kind: 'raise', value: first ? reading.expr(first) : null, span };
    case 'assert_statement':
      return readAssert(node, reading);
    case 'try_statement':
      return readTry(node, reading, bodyOf);
    case 'with_statement':
      return readWith(node, reading, bodyOf);
    case 'global_statement':
    case 'nonlocal_statement':
      return { kind: 'scope', type: node.type === 'global_statement' ? 'global' : 'nonlocal', names: inner.map(reading.text), span };
    default:
      break;
  }
  return opaqueStmt(node, reading);
}

function readExpressionStatement(value: PlainNode, node: PlainNode, reading: Reading): Stmt {
  const span = reading.span(node);
  if (value.type === 'assignment') {
    const targets: Expr[] = [];
    let at: PlainNode = value;
    for (;;) {
      const left = childOf(at, 'left');
      const right = childOf(at, 'right');
      if (!left) return opaqueStmt(node, reading);
      if (!right) return { kind: 'pass', span };
      targets.push(reading.expr(left));
      if (right.type !== 'assignment') return { kind: 'assign', targets, value: reading.expr(right), span };
      at = right;
    }
  }
  if (value.type === 'augmented_assignment') {
    const left = childOf(value, 'left');
    const right = childOf(value, 'right');
    const operator = childOf(value, 'operator');
    const op = operator ? reading.text(operator).slice(0, -1) : '';
    if (!left || !right || !isBinaryOp(op)) return opaqueStmt(node, reading);
    return { kind: 'augment', target: reading.expr(left), op, value: reading.expr(right), span };
  }
  return { kind: 'expression', value: reading.expr(value), span };
}

/** Each `elif` is an if statement alone in the branch before it; its span starts at the word `elif`. */
function readIf(node: PlainNode, reading: Reading, bodyOf: (part: PlainNode | null) => Stmt[]): Stmt {
  const alternatives = childrenOf(node, 'alternative');
  if (alternatives.length > LONGEST_CHAIN) return opaqueStmt(node, reading);
  let otherwise: Stmt[] = [];
  for (const part of alternatives.reverse()) {
    if (part.type !== 'elif_clause') {
      otherwise = bodyOf(part);
      continue;
    }
    const condition = childOf(part, 'condition');
    if (!condition) return opaqueStmt(node, reading);
    const then = bodyOf(childOf(part, 'consequence'));
    otherwise = [{ kind: 'if', test: reading.expr(condition), then, otherwise, span: reading.between(part, node) }];
  }
  const condition = childOf(node, 'condition');
  if (!condition) return opaqueStmt(node, reading);
  return { kind: 'if', test: reading.expr(condition), then: bodyOf(childOf(node, 'consequence')), otherwise, span: reading.span(node) };
}

/** `assert test, message` is `if not test: raise AssertionError(message)`. */
function readAssert(node: PlainNode, reading: Reading): Stmt {
  const span = reading.span(node);
  const [test, message] = namedChildren(node);
  if (!test) return opaqueStmt(node, reading);
  const at = emptySpan(span);
  const callee: Expr = { kind: 'name', name: 'AssertionError', span: at };
  const error: Expr = { kind: 'call', callee, args: message ? [reading.expr(message)] : [], keywords: [], span: at };
  const then: Stmt[] = [{ kind: 'raise', value: error, span }];
  return { kind: 'if', test: { kind: 'unary', op: 'not', operand: reading.expr(test), span: at }, then, otherwise: [], span };
}

function readTry(node: PlainNode, reading: Reading, bodyOf: (part: PlainNode | null) => Stmt[]): Stmt {
  const span = reading.span(node);
  const part = (type: string): PlainNode | null => node.children.find((child) => child.type === type) ?? null;
  const clauses = node.children.filter((child) => child.type === 'except_clause' || child.type === 'except_group_clause');
  const handlers = clauses.map((clause) => {
    const value = childOf(clause, 'value') ?? namedChildren(clause).find((child) => child.type !== 'block') ?? null;
    const named = value?.type === 'as_pattern' ? value : null;
    const alias = named ? childOf(named, 'alias') : childOf(clause, 'alias');
    const type = named ? namedChildren(named)[0] : value;
    return { type: type ? reading.expr(type) : null, name: alias ? reading.text(alias) : null, body: bodyOf(clause) };
  });
  return {
    kind: 'try',
    body: bodyOf(childOf(node, 'body')),
    handlers,
    otherwise: bodyOf(part('else_clause')),
    finally: bodyOf(part('finally_clause')),
    span,
  };
}

function readWith(node: PlainNode, reading: Reading, bodyOf: (part: PlainNode | null) => Stmt[]): Stmt {
  const clause = node.children.find((child) => child.type === 'with_clause');
  const waits = isAsync(node);
  const items = clause ? namedChildren(clause).map((item) => readItem(item, reading, waits)) : [];
  return { kind: 'with', items, body: bodyOf(childOf(node, 'body')), span: reading.span(node) };
}

/** `async with` awaits its context. */
function readItem(item: PlainNode, reading: Reading, waits: boolean): { context: Expr; target: Expr | null } {
  const value = childOf(item, 'value') ?? item;
  const alias = value.type === 'as_pattern' ? childOf(value, 'alias') : null;
  const context = reading.expr((alias ? namedChildren(value)[0] : value) ?? value);
  return { context: waits ? { kind: 'await', value: context, span: context.span } : context, target: alias ? reading.expr(alias) : null };
}
