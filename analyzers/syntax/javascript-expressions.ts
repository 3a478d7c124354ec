import type { BinaryOp, CompareOp, Expr } from '../types';
import { readMethodLoop } from './javascript-callbacks';
import { parameterNodes } from './javascript-names';
import type { Reading } from './javascript-reading';
import { childOf, hasToken, namedChildren, nodesOf, type PlainNode } from './plain-tree';

const BINARY = new Set<string>(['+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>']);
/** Loose equality converts its sides, which no operator of the IR does. */
const COMPARE: Record<string, CompareOp> = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '===': '==', '!==': '!=', in: 'in' };
export const isBinary = (text: string): text is BinaryOp => BINARY.has(text);

/** Any node that stands where a value or a target may stand. What the IR has no form for keeps its parts. */
export function readExpr(node: PlainNode, reading: Reading): Expr {
  const span = reading.span(node);
  const inner = namedChildren(node);
  const [first] = inner;
  const field = (name: string): Expr | null => {
    const child = childOf(node, name);
    return child ? reading.expr(child) : null;
  };
  const operator = (): string => {
    const child = childOf(node, 'operator');
    return child ? reading.text(child) : '';
  };
  switch (node.type) {
    case 'identifier':
    case 'shorthand_property_identifier':
    case 'shorthand_property_identifier_pattern':
      return { kind: 'name', name: reading.nameOf(reading.text(node)), span };
    case 'this':
    case 'super':
    case 'import':
      return { kind: 'name', name: node.type, span };
    case 'number':
      return { kind: 'number', type: /^0[xob]|n$/i.test(reading.text(node)) || !/[.e]/i.test(reading.text(node)) ? 'int' : 'float', text: reading.text(node), span }; // prettier-ignore
    case 'true':
    case 'false':
      return { kind: 'constant', value: node.type === 'true' ? 'True' : 'False', span };
    case 'null':
      return { kind: 'constant', value: 'None', span };
    case 'undefined':
      return { kind: 'constant', value: 'None', undefined: true, span };
    case 'string':
      return { kind: 'string', text: reading.text(node), span };
    case 'template_string': {
      const parts = inner.filter((child) => child.type === 'template_substitution').flatMap(namedChildren);
      return parts.length === 0 ? { kind: 'string', text: reading.text(node), span } : { kind: 'format', parts: parts.map(reading.expr), span };
    }
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'instantiation_expression':
      if (first) return reading.expr(first);
      break;
    case 'type_assertion': {
      const value = inner[inner.length - 1];
      if (value && value !== first) return reading.expr(value);
      break;
    }
    case 'member_expression': {
      const object = field('object');
      const property = childOf(node, 'property');
      if (object && property) return { kind: 'attribute', object, attribute: reading.text(property), span, ...optional(node) };
      break;
    }
    case 'subscript_expression': {
      const object = field('object');
      const index = field('index');
      if (object && index) return { kind: 'subscript', object, index, span, ...optional(node) };
      break;
    }
    case 'call_expression':
      return readCall(node, reading);
    case 'new_expression': {
      const callee = field('constructor');
      const given = childOf(node, 'arguments');
      if (callee) return { kind: 'call', callee, args: given ? namedChildren(given).map(reading.expr) : [], keywords: [], construct: true, span };
      break;
    }
    case 'unary_expression': {
      const operand = field('argument');
      const op = operator();
      if (!operand) break;
      if (op === '!') return { kind: 'unary', op: 'not', operand, span };
      if (op === '-' || op === '+' || op === '~') return { kind: 'unary', op, operand, span };
      return reading.opaque(node, op, [operand]);
    }
    case 'binary_expression': {
      const left = field('left');
      const right = field('right');
      const op = operator();
      if (!left || !right) break;
      if (op === '&&' || op === '||') return { kind: 'logical', op: op === '&&' ? 'and' : 'or', left, right, span };
      if (isBinary(op)) return { kind: 'binary', op, left, right, span };
      const compare = COMPARE[op];
      if (compare) return { kind: 'compare', first: left, rest: [{ op: compare, right }], span };
      return reading.opaque(node, op, [left, right]);
    }
    case 'ternary_expression': {
      const test = field('condition');
      const then = field('consequence');
      const otherwise = field('alternative');
      if (test && then && otherwise) return { kind: 'conditional', test, then, otherwise, span };
      break;
    }
    case 'array':
      // A hole is no value.
      if (!holes(node)) return { kind: 'collection', type: 'list', items: inner.map(reading.expr), span };
      break;
    case 'array_pattern':
      if (!holes(node)) return { kind: 'collection', type: 'tuple', items: inner.map(reading.expr), span };
      break;
    case 'spread_element':
    case 'rest_pattern':
      if (first) return { kind: 'spread', value: reading.expr(first), double: false, span };
      break;
    case 'object':
      return readObject(node, reading);
    case 'arrow_function':
    case 'function_expression': {
      const params = parameterNodes(node).map((param) => childOf(param, 'pattern') ?? param);
      const value = resultOf(node);
      const plain = params.every((param) => param.type === 'identifier') && !hasToken(node, 'async') && !hasToken(node, '*');
      if (!value || !plain || node.type === 'function_expression') break;
      reading.join(node);
      return reading.within(params.map(reading.text), (names) => ({ kind: 'lambda', params: names, body: reading.expr(value), span }));
    }
    case 'assignment_expression': {
      const left = childOf(node, 'left');
      const value = field('right');
      if (left?.type === 'identifier' && value) return { kind: 'named', name: reading.nameOf(reading.text(left)), value, span };
      if (left && value) return reading.opaque(node, '=', [reading.expr(left), value]);
      break;
    }
    case 'await_expression':
      if (first) return { kind: 'await', value: reading.expr(first), span };
      break;
    case 'yield_expression': {
      if (!first) return { kind: 'yield', value: null, span };
      const value = reading.expr(first);
      return { kind: 'yield', value: hasToken(node, '*') ? { kind: 'spread', value, double: false, span: value.span } : value, span };
    }
    case 'sequence_expression':
      return reading.opaque(node, ',', inner.map(reading.expr));
    case 'augmented_assignment_expression':
    case 'update_expression':
      return reading.opaque(node, operator(), inner.map(reading.expr));
    default:
      if (node.type.startsWith('jsx_')) return reading.opaque(node, 'jsx', embedded(node).map(reading.expr));
  }
  return reading.opaque(node);
}

/** The expressions that stand in markup. */
function embedded(markup: PlainNode): PlainNode[] {
  const found: PlainNode[] = [];
  for (const node of nodesOf(markup, (inner) => inner.type !== 'jsx_expression')) {
    if (node.type === 'jsx_expression') found.push(...namedChildren(node).filter((child) => child.type !== 'comment'));
  }
  return found;
}

const optional = (node: PlainNode): { optional?: true } => (childOf(node, 'optional_chain') ? { optional: true } : {});
function holes(node: PlainNode): boolean {
  return node.children.some((child, index) => child.type === ',' && [',', '['].includes(node.children[index - 1]?.type ?? ''));
}

/** What a function gives back, where that is all it does. */
export function resultOf(definition: PlainNode): PlainNode | null {
  const body = childOf(definition, 'body');
  if (body?.type !== 'statement_block') return body;
  const [only, ...others] = namedChildren(body);
  return only?.type === 'return_statement' && others.length === 0 ? (namedChildren(only)[0] ?? null) : null;
}

function readObject(node: PlainNode, reading: Reading): Expr {
  const entries: { key: Expr; value: Expr }[] = [];
  let plain = true;
  const parts: Expr[] = [];
  for (const child of namedChildren(node)) {
    const key = childOf(child, 'key');
    const value = childOf(child, 'value');
    if (child.type === 'shorthand_property_identifier') {
      entries.push({ key: { kind: 'string', text: `'${reading.text(child)}'`, span: reading.span(child) }, value: reading.expr(child) });
    } else if (child.type === 'pair' && key && value) {
      const [computed] = key.type === 'computed_property_name' ? namedChildren(key) : [];
      const named: Expr = { kind: 'string', text: key.type === 'string' ? reading.text(key) : `'${reading.text(key)}'`, span: reading.span(key) };
      entries.push({ key: computed ? reading.expr(computed) : named, value: reading.expr(value) });
    } else {
      plain = false;
      if (child.type !== 'method_definition') parts.push(reading.expr(child));
    }
  }
  if (plain) return { kind: 'dict', entries, span: reading.span(node) };
  return reading.opaque(node, 'object', [...entries.flatMap((entry) => [entry.key, entry.value]), ...parts]);
}

function readCall(node: PlainNode, reading: Reading): Expr {
  const callee = childOf(node, 'function');
  const given = childOf(node, 'arguments');
  if (!callee || !given) return reading.opaque(node);
  const loop = readMethodLoop(node, reading);
  if (loop) return { kind: 'loop', loop, span: loop.span };
  const args = given.type === 'template_string' ? [reading.expr(given)] : namedChildren(given).map(reading.expr);
  const call: Expr & { kind: 'call' } = {
    kind: 'call',
    callee: reading.expr(callee),
    args,
    keywords: [],
    span: reading.span(node),
    ...optional(node),
  };
  return withPromises(call);
}

const TOGETHER = new Set(['all', 'allSettled', 'any', 'race']);

/** Marks a mapping whose results `Promise.all` waits for together. */
function withPromises(call: Expr & { kind: 'call' }): Expr {
  const { callee, args } = call;
  const [lazy] = args;
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || callee.object.name !== 'Promise' || !TOGETHER.has(callee.attribute))
    return call;
  if (lazy?.kind !== 'loop' || args.length !== 1) return call;
  const sink = { type: 'list' as const, consumer: { name: `Promise.${callee.attribute}`, span: call.span, extra: [] } };
  return { ...call, args: [{ ...lazy, loop: { ...lazy.loop, sink } }] };
}
