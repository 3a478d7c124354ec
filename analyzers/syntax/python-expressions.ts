import type { BinaryOp, CompareOp, Expr } from '../types';
import { childOf, childrenOf, namedChildren, type PlainNode } from './plain-tree';
import { namesIn } from './python-bindings';
import { readComprehension, readMap, withConsumer } from './python-loops';
import type { Reading } from './python-reading';

const BINARY = new Set<string>(['+', '-', '*', '/', '//', '%', '**', '@', '&', '|', '^', '<<', '>>']);
const COMPARE = new Set<string>(['<', '<=', '>', '>=', '==', '!=', 'in', 'not in', 'is', 'is not']);
export const isBinaryOp = (text: string): text is BinaryOp => BINARY.has(text);
const isCompareOp = (text: string): text is CompareOp => COMPARE.has(text);

export function opaqueExpr(node: PlainNode, reading: Reading): Expr {
  const { reads, writes } = namesIn(node, reading.text);
  return { kind: 'opaque', what: node.type, reads, writes, span: reading.span(node) };
}

function fieldOf(node: PlainNode, field: string, reading: Reading): Expr | null {
  const child = childOf(node, field);
  return child ? reading.expr(child) : null;
}

/** Any node that stands where a value or a target may stand. */
export function readExpr(node: PlainNode, reading: Reading): Expr {
  const span = reading.span(node);
  const inner = namedChildren(node);
  const [first, second, third] = inner;
  switch (node.type) {
    case 'identifier':
      return { kind: 'name', name: reading.text(node), span };
    case 'dotted_name':
      if (inner.length === 1 && first) return reading.expr(first);
      break;
    case 'keyword_identifier':
    case 'print':
      return { kind: 'name', name: reading.text(node), span };
    case 'integer':
    case 'float': {
      const text = reading.text(node);
      const type = /j$/i.test(text) ? 'complex' : /^0[xob]/i.test(text) || !/[.e]/i.test(text) ? 'int' : 'float';
      return { kind: 'number', type, text, span };
    }
    case 'true':
      return { kind: 'constant', value: 'True', span };
    case 'false':
      return { kind: 'constant', value: 'False', span };
    case 'none':
      return { kind: 'constant', value: 'None', span };
    case 'ellipsis':
      return { kind: 'constant', value: 'Ellipsis', span };
    case 'string':
    case 'concatenated_string':
      return readString(node, reading);
    case 'parenthesized_expression':
    case 'case_pattern':
      if (inner.length === 1 && first) return reading.expr(first);
      break;
    case 'attribute': {
      const object = fieldOf(node, 'object', reading);
      const attribute = childOf(node, 'attribute');
      if (object && attribute) return { kind: 'attribute', object, attribute: reading.text(attribute), span };
      break;
    }
    case 'subscript':
      return readSubscript(node, reading);
    case 'slice':
      return readSlice(node, reading);
    case 'call':
      return readCall(node, reading);
    case 'not_operator': {
      const operand = fieldOf(node, 'argument', reading);
      if (operand) return { kind: 'unary', op: 'not', operand, span };
      break;
    }
    case 'unary_operator': {
      const operand = fieldOf(node, 'argument', reading);
      const operator = childOf(node, 'operator');
      const op = operator ? reading.text(operator) : '';
      if (operand && (op === '-' || op === '+' || op === '~')) return { kind: 'unary', op, operand, span };
      break;
    }
    case 'binary_operator':
    case 'boolean_operator': {
      const left = fieldOf(node, 'left', reading);
      const right = fieldOf(node, 'right', reading);
      const operator = childOf(node, 'operator');
      const op = operator ? reading.text(operator) : '';
      if (left && right && (op === 'and' || op === 'or')) return { kind: 'logical', op, left, right, span };
      if (left && right && isBinaryOp(op)) return { kind: 'binary', op, left, right, span };
      break;
    }
    case 'comparison_operator':
      return readComparison(node, reading);
    case 'conditional_expression':
      if (first && second && third && inner.length === 3) {
        return { kind: 'conditional', test: reading.expr(second), then: reading.expr(first), otherwise: reading.expr(third), span };
      }
      break;
    case 'tuple':
    case 'tuple_pattern':
    case 'expression_list':
    case 'pattern_list':
      return { kind: 'collection', type: 'tuple', items: inner.map(reading.expr), span };
    case 'list':
    case 'list_pattern':
      return { kind: 'collection', type: 'list', items: inner.map(reading.expr), span };
    case 'set':
      return { kind: 'collection', type: 'set', items: inner.map(reading.expr), span };
    case 'dictionary':
      return readDictionary(node, reading);
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
    case 'generator_expression': {
      const loop = readComprehension(node, reading);
      if (loop) return { kind: 'loop', loop, span };
      break;
    }
    case 'named_expression': {
      const name = childOf(node, 'name');
      const value = fieldOf(node, 'value', reading);
      if (name?.type === 'identifier' && value) return { kind: 'named', name: reading.text(name), value, span };
      break;
    }
    case 'lambda': {
      const params = childOf(node, 'parameters');
      const body = fieldOf(node, 'body', reading);
      const names = params ? namedChildren(params) : [];
      // Defaults are evaluated outside and stars take the rest: only plain parameters are a function of their arguments alone.
      if (body && names.every((param) => param.type === 'identifier')) return { kind: 'lambda', params: names.map(reading.text), body, span };
      break;
    }
    case 'list_splat':
    case 'list_splat_pattern':
    case 'parenthesized_list_splat':
      if (first) return { kind: 'spread', value: reading.expr(first), double: false, span };
      break;
    case 'dictionary_splat':
    case 'dictionary_splat_pattern':
      if (first) return { kind: 'spread', value: reading.expr(first), double: true, span };
      break;
    case 'await':
      if (first) return { kind: 'await', value: reading.expr(first), span };
      break;
    case 'yield': {
      if (!first) return { kind: 'yield', value: null, span };
      const value = reading.expr(first);
      const from = node.children.some((child) => child.type === 'from');
      return { kind: 'yield', value: from ? { kind: 'spread', value, double: false, span: value.span } : value, span };
    }
    case 'as_pattern_target':
      if (first) return reading.expr(first);
      break;
    default:
      break;
  }
  return opaqueExpr(node, reading);
}

/** Interpolations, nested format specifications included. */
function interpolations(node: PlainNode): PlainNode[] {
  const found: PlainNode[] = [];
  for (const child of node.children) {
    if (child.type === 'interpolation' || child.type === 'format_expression') {
      const value = childOf(child, 'expression');
      if (value) found.push(value);
    }
    if (child.children.length > 0 && (child.field !== 'expression' || child.type === 'string')) found.push(...interpolations(child));
  }
  return found;
}

function readString(node: PlainNode, reading: Reading): Expr {
  const span = reading.span(node);
  const parts = interpolations(node);
  const formatted = parts.length > 0 || /^[rRuUbB]*[fF]/.test(reading.text(node));
  return formatted ? { kind: 'format', parts: parts.map(reading.expr), span } : { kind: 'string', text: reading.text(node), span };
}

function readSubscript(node: PlainNode, reading: Reading): Expr {
  const span = reading.span(node);
  const value = childOf(node, 'value');
  const indexes = childrenOf(node, 'subscript');
  const [only] = indexes;
  const last = indexes[indexes.length - 1];
  if (!value || !only || !last) return opaqueExpr(node, reading);
  const lastAt = node.children.indexOf(last);
  const tuple = indexes.length > 1 || node.children[lastAt + 1]?.type === ',';
  const index: Expr = tuple
    ? { kind: 'collection', type: 'tuple', items: indexes.map(reading.expr), span: reading.between(only, last) }
    : reading.expr(only);
  return { kind: 'subscript', object: reading.expr(value), index, span };
}

function readSlice(node: PlainNode, reading: Reading): Expr {
  const bounds: (Expr | null)[] = [null, null, null];
  let at = 0;
  for (const child of node.children) {
    if (child.type === ':') at += 1;
    else if (child.named && at < 3) bounds[at] = reading.expr(child);
  }
  return { kind: 'slice', lower: bounds[0] ?? null, upper: bounds[1] ?? null, step: bounds[2] ?? null, span: reading.span(node) };
}

function readComparison(node: PlainNode, reading: Reading): Expr {
  const [first, ...others] = node.children.filter((child) => child.field !== 'operators');
  const operators = childrenOf(node, 'operators').map((child) => reading.text(child).replace(/\s+/g, ' '));
  const rest: { op: CompareOp; right: Expr }[] = [];
  for (const [index, right] of others.entries()) {
    const op = operators[index] === '<>' ? '!=' : (operators[index] ?? '');
    if (!isCompareOp(op)) return opaqueExpr(node, reading);
    rest.push({ op, right: reading.expr(right) });
  }
  if (!first || rest.length === 0) return opaqueExpr(node, reading);
  return { kind: 'compare', first: reading.expr(first), rest, span: reading.span(node) };
}

/** A display with `**other` in it stays opaque: it is a merge, not a list of entries. */
function readDictionary(node: PlainNode, reading: Reading): Expr {
  const entries: { key: Expr; value: Expr }[] = [];
  for (const child of namedChildren(node)) {
    const key = childOf(child, 'key');
    const value = childOf(child, 'value');
    if (child.type !== 'pair' || !key || !value) return opaqueExpr(node, reading);
    entries.push({ key: reading.expr(key), value: reading.expr(value) });
  }
  return { kind: 'dict', entries, span: reading.span(node) };
}

function readCall(node: PlainNode, reading: Reading): Expr {
  const callee = childOf(node, 'function');
  const given = childOf(node, 'arguments');
  if (!callee || !given) return opaqueExpr(node, reading);
  const args: Expr[] = [];
  const keywords: { name: string; value: Expr }[] = [];
  if (given.type === 'generator_expression') args.push(reading.expr(given));
  else {
    for (const child of namedChildren(given)) {
      const name = childOf(child, 'name');
      const value = childOf(child, 'value');
      if (child.type === 'keyword_argument' && name && value) keywords.push({ name: reading.text(name), value: reading.expr(value) });
      else args.push(reading.expr(child));
    }
  }
  const call: Expr & { kind: 'call' } = { kind: 'call', callee: reading.expr(callee), args, keywords, span: reading.span(node) };
  return readMap(call, reading) ?? withConsumer(call, reading);
}
