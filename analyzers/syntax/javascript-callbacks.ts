import type { Expr, IndexSpace, LoopIR, Span, Stmt } from '../types';
import { blockNames, parameterNodes, patternNames, varNames } from './javascript-names';
import { emptySpan, nameExpr, noneExpr, type Reading } from './javascript-reading';
import { indexSpace } from './javascript-spaces';
import { childOf, hasToken, namedChildren, nodesOf, type PlainNode } from './plain-tree';

/** Methods of arrays that call what they are given once for each item. */
const METHODS = new Set(['map', 'filter', 'forEach', 'flatMap', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex']); // prettier-ignore
/** Functions that look at their first argument only, so that what else a method hands over does not matter. */
const ONE_ARGUMENT =
  /^(Boolean|Number|String|BigInt|parseFloat|encodeURIComponent|decodeURIComponent|Math\.(abs|sqrt|floor|ceil|round|trunc|sign|log|exp|sin|cos))$/;

interface Walk {
  method: string;
  span: Span;
  reading: Reading;
  space: IndexSpace;
  /** What reduce starts with. */
  extra: Expr[];
  keyFirst: boolean;
}

/** `xs.map(f)`, `xs.reduce(...)`, `Array.from(xs, f)`: the loop that the method runs; null where it is another call or its function is not plain to see. */
export function readMethodLoop(node: PlainNode, reading: Reading): LoopIR | null {
  const callee = childOf(node, 'function');
  const object = callee?.type === 'member_expression' ? childOf(callee, 'object') : null;
  const property = callee?.type === 'member_expression' ? childOf(callee, 'property') : null;
  const list = childOf(node, 'arguments');
  if (!object || !property || list?.type !== 'arguments') return null;
  const args = namedChildren(list);
  const method = reading.text(property);
  const span = reading.span(node);
  if (method === 'from' && reading.text(object) === 'Array') {
    const [source, given] = args;
    if (!source || !given || args.length !== 2) return null;
    const counted = lengthOf(source, reading);
    const space: IndexSpace = counted ? { kind: 'range', start: null, stop: counted, step: null, span: reading.span(source) } : indexSpace(reading.expr(source), reading); // prettier-ignore
    return readCallback(given, { method: 'map', span, reading, space, extra: [], keyFirst: counted !== null }, null);
  }
  const [given, ...extra] = args;
  const most = method.startsWith('reduce') ? 1 : 0;
  if (!METHODS.has(method) || !given || extra.length > most || given.type === 'spread_element') return null;
  const value = reading.expr(object);
  const entries = reading.container(value) === 'map' && method === 'forEach';
  const of = entries ? indexSpace(value, reading) : { kind: 'sequence' as const, value, span: value.span };
  const backwards = method === 'reduceRight' || method.startsWith('findLast');
  const space: IndexSpace = backwards ? { kind: 'reversed', of, span: of.span } : of;
  return readCallback(given, { method, span, reading, space, extra: extra.map(reading.expr), keyFirst: entries }, value);
}

/** `{length: n}` counts. */
function lengthOf(node: PlainNode, reading: Reading): Expr | null {
  const [only, ...others] = node.type === 'object' ? namedChildren(node) : [];
  const key = only?.type === 'pair' ? childOf(only, 'key') : null;
  const value = only?.type === 'pair' ? childOf(only, 'value') : null;
  return key && value && others.length === 0 && reading.text(key) === 'length' ? reading.expr(value) : null;
}

function readCallback(given: PlainNode, walk: Walk, source: Expr | null): LoopIR | null {
  const { reading } = walk;
  if (given.type !== 'arrow_function' && given.type !== 'function_expression') return ofReference(given, walk, source);
  const own = given.type === 'function_expression';
  for (const node of nodesOf(given)) {
    if (own && node.type === 'this') return null;
    if (node.type === 'identifier' && reading.text(node) === 'arguments') return null;
  }
  const params = parameterNodes(given).map((param) => childOf(param, 'pattern') ?? param);
  const reduces = walk.method.startsWith('reduce');
  if (hasToken(given, '*') || params.length > (reduces ? 3 : 2) || params.some((param) => param.type === 'rest_pattern' || param.type === 'assignment_pattern')) return null; // prettier-ignore
  if (reduces && params[0]?.type !== 'identifier') return null;
  const body = childOf(given, 'body');
  if (!body) return null;
  const statements = body.type === 'statement_block' ? namedChildren(body) : [];
  const bound = params.flatMap((param) => patternNames(param, reading.text));
  const names = [...new Set([...bound, ...blockNames(statements, reading.text), ...varNames(body, reading.text)])];
  reading.join(given);
  return reading.within(names, (locals) => {
    const [acc = null, ...rest] = reduces ? params.map(reading.expr) : [null, ...params.map(reading.expr)];
    const [item = null, index = null] = rest;
    const read: Stmt[] =
      body.type === 'statement_block' ? reading.block(statements) : [{ kind: 'return', value: reading.expr(body), span: reading.span(body) }];
    return loopOf(
      walk,
      { item, index, acc, locals, async: hasToken(given, 'async') || given.children.some((child) => child.type === 'async') },
      read,
    );
  });
}

interface Bound {
  item: Expr | null;
  index: Expr | null;
  acc: Expr | null;
  locals: string[];
  async: boolean;
}

/** A function by name is called with what the method hands over: item, index and the array itself. */
function ofReference(given: PlainNode, walk: Walk, source: Expr | null): LoopIR | null {
  const { reading, method } = walk;
  if ((given.type !== 'identifier' && given.type !== 'member_expression') || method.startsWith('reduce')) return null;
  const callee = reading.expr(given);
  const at = emptySpan(callee.span);
  const item = nameExpr(reading.fresh('_item'), at);
  const single = ONE_ARGUMENT.test(reading.text(given));
  if (!single && (source?.kind !== 'name' || walk.keyFirst)) return null;
  const index = single ? null : nameExpr(reading.fresh('_index'), at);
  const args: Expr[] = single || !source || !index ? [item] : [item, index, { ...source, span: at }];
  const value: Expr = { kind: 'call', callee, args, keywords: [], span: at };
  const locals = [item.name, ...(index ? [index.name] : [])];
  return loopOf(walk, { item, index, acc: null, locals, async: false }, [{ kind: 'return', value, span: callee.span }]);
}

function loopOf(walk: Walk, bound: Bound, read: Stmt[]): LoopIR {
  const { method, span, reading } = walk;
  const label = { name: null as string | null, fresh: () => reading.fresh('callback') };
  const at = emptySpan(span);
  const { space, target, item } = boundTo(walk, bound, at);
  const delivery = deliver(method, item, bound.acc);
  const body = withResults(read, delivery, true, false, label);
  const silent = method === 'forEach' || method === 'filter' || method === 'some' || method.startsWith('find');
  if (!silent && !ends(read)) body.push(...delivery(noneExpr(at), at));
  const builds = method === 'map' || method === 'filter' || method === 'flatMap';
  const consumer = method === 'map' || method === 'filter' ? null : { name: method, span, extra: walk.extra };
  const form = method === 'forEach' ? 'for-each' : 'map';
  const loop: LoopIR = { form, language: reading.language, span, async: bound.async, space, target, body, otherwise: [], locals: bound.locals, sink: { type: builds ? 'list' : 'generator', consumer } }; // prettier-ignore
  if (label.name !== null) loop.label = label.name;
  return loop;
}

/** The space and the target, whatever of item and index the function asks for. */
function boundTo({ space, keyFirst, reading }: Walk, { item, index }: Bound, at: Span): { space: IndexSpace; target: Expr; item: Expr } {
  const given = item ?? nameExpr(reading.fresh('_item'), at);
  const pair = (first: Expr, second: Expr): Expr => ({ kind: 'collection', type: 'tuple', items: [first, second], span: at });
  // Array.from({length: n}, (_, i) => ...) counts; a Map hands over the value, then its key.
  if (keyFirst && space.kind === 'range') return { space, target: index ?? nameExpr(reading.fresh('_index'), at), item: given };
  if (keyFirst) return { space, target: pair(index ?? nameExpr(reading.fresh('_key'), at), given), item: given };
  if (!index) return { space, target: given, item: given };
  return { space: { kind: 'enumerate', of: space, start: null, span: space.span }, target: pair(index, given), item: given };
}

type Delivery = (value: Expr | null, span: Span) => Stmt[];

/** What becomes of a function's result. */
function deliver(method: string, item: Expr, acc: Expr | null): Delivery {
  const again = (expr: Expr): Expr => ({ ...expr, span: emptySpan(expr.span) });
  switch (method) {
    case 'forEach':
      return (value, span) => (value && value.kind !== 'constant' ? [{ kind: 'expression', value, span }] : []);
    case 'filter':
    case 'find':
    case 'findLast':
      return (value, span) =>
        value ? [{ kind: 'if', test: value, then: [{ kind: 'emit', value: again(item), key: null, span }], otherwise: [], span }] : [];
    case 'reduce':
    case 'reduceRight':
      return (value, span) => {
        const same = value?.kind === 'name' && acc?.kind === 'name' && value.name === acc.name;
        return same || !acc ? [] : [{ kind: 'assign', targets: [again(acc)], value: value ?? noneExpr(span), span }];
      };
    default:
      return (value, span) => [{ kind: 'emit', value: value ?? noneExpr(span), key: null, span }];
  }
}

/** A callback's `return` hands over a result and goes on with the next item. */
function withResults(
  body: readonly Stmt[],
  delivery: Delivery,
  last: boolean,
  inner: boolean,
  label: { name: string | null; fresh: () => string },
): Stmt[] {
  return body.flatMap((statement, index): Stmt[] => {
    const tail = last && index === body.length - 1;
    const into = (block: readonly Stmt[], stillTail: boolean, deeper = inner): Stmt[] => withResults(block, delivery, stillTail, deeper, label);
    switch (statement.kind) {
      case 'return': {
        const { span } = statement;
        if (tail) return delivery(statement.value, span);
        if (inner) label.name ??= label.fresh();
        const next: Stmt = inner && label.name !== null ? { kind: 'continue', label: label.name, span } : { kind: 'continue', span };
        return [...delivery(statement.value, span), next];
      }
      case 'if':
        return [{ ...statement, then: into(statement.then, tail), otherwise: into(statement.otherwise, tail) }];
      case 'loop':
        return [{ ...statement, loop: { ...statement.loop, body: into(statement.loop.body, false, true) } }];
      case 'try':
        return [{ ...statement, body: into(statement.body, false), handlers: statement.handlers.map((handler) => ({ ...handler, body: into(handler.body, false) })), finally: into(statement.finally, false) }]; // prettier-ignore
      default:
        return [statement];
    }
  });
}

/** True when a function never comes to its end without a return. */
function ends(body: readonly Stmt[]): boolean {
  const last = body[body.length - 1];
  if (last?.kind === 'if') return ends(last.then) && ends(last.otherwise);
  return last?.kind === 'return' || last?.kind === 'raise';
}
