import type { Expr, IndexSpace, LoopForm, LoopIR, Span, Stmt } from '../types';
import { childOf, childrenOf, hasToken, namedChildren, type PlainNode } from './plain-tree';
import { emptySpan, type Reading } from './python-reading';

type Call = Expr & { kind: 'call' };

const FORMS: Record<string, LoopForm> = {
  list_comprehension: 'list-comprehension',
  set_comprehension: 'set-comprehension',
  dictionary_comprehension: 'dict-comprehension',
  generator_expression: 'generator',
};
const SINKS: Partial<Record<LoopForm, 'list' | 'set' | 'dict' | 'generator'>> = {
  'list-comprehension': 'list',
  'set-comprehension': 'set',
  'dict-comprehension': 'dict',
};
/** Calls that take every item of their first argument, in order. */
const CONSUMERS = new Set(['sum', 'any', 'all', 'min', 'max', 'list', 'tuple', 'set', 'frozenset', 'dict', 'sorted', 'math.prod', 'math.fsum', 'prod', 'fsum']); // prettier-ignore

/** `a.b.c` as written; null for anything that is not names joined by dots. */
export function dottedName(expr: Expr): string | null {
  const parts: string[] = [];
  let at = expr;
  for (; at.kind === 'attribute'; at = at.object) parts.unshift(at.attribute);
  return at.kind === 'name' ? [at.name, ...parts].join('.') : null;
}

const builtinCall = (expr: Expr, name: string, reading: Reading): expr is Call =>
  expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === name && !reading.shadowed(name);
const plainArgs = (call: Call): boolean => call.args.every((arg) => arg.kind !== 'spread');

/** What a loop runs over, from the expression after `in`. */
export function indexSpace(value: Expr, reading: Reading): IndexSpace {
  const { span } = value;
  const sequence: IndexSpace = { kind: 'sequence', value, span };
  if (value.kind !== 'call' || !plainArgs(value)) return sequence;
  const [first, second, third] = value.args;
  const keyword = (name: string): Expr | undefined => value.keywords.find((given) => given.name === name)?.value;
  if (builtinCall(value, 'range', reading) && value.keywords.length === 0 && first && value.args.length <= 3) {
    return second
      ? { kind: 'range', start: first, stop: second, step: third ?? null, span }
      : { kind: 'range', start: null, stop: first, step: null, span };
  }
  if (builtinCall(value, 'enumerate', reading) && first && value.args.length <= 2 && value.keywords.every((given) => given.name === 'start')) {
    return { kind: 'enumerate', of: indexSpace(first, reading), start: second ?? keyword('start') ?? null, span };
  }
  if (builtinCall(value, 'zip', reading) && value.args.length > 0) {
    const strict = keyword('strict');
    const known = value.keywords.length === 0 || (value.keywords.length === 1 && strict?.kind === 'constant');
    if (!known) return sequence;
    const parts = value.args.map((arg) => indexSpace(arg, reading));
    return { kind: 'zip', parts, strict: strict?.kind === 'constant' && strict.value === 'True', span };
  }
  if (builtinCall(value, 'reversed', reading) && first && value.args.length === 1 && value.keywords.length === 0) {
    return { kind: 'reversed', of: indexSpace(first, reading), span };
  }
  if (value.callee.kind === 'attribute' && value.args.length === 0) {
    const { attribute, object } = value.callee;
    if ((attribute === 'items' || attribute === 'keys' || attribute === 'values') && value.keywords.length === 0) {
      return { kind: 'dict', mapping: object, yields: attribute, span };
    }
    if (attribute === 'iterrows' || attribute === 'itertuples') return { kind: 'rows', frame: object, by: attribute, span };
  }
  return sequence;
}

/** Each clause is one level deeper. */
const MOST_CLAUSES = 50;

/** A comprehension as nested loops around an `emit`; null where the grammar's tree is broken. */
export function readComprehension(node: PlainNode, reading: Reading): LoopIR | null {
  const form = FORMS[node.type];
  const body = childOf(node, 'body');
  const clauses = namedChildren(node).filter((child) => child.type === 'for_in_clause' || child.type === 'if_clause');
  const last = clauses[clauses.length - 1];
  if (!form || !body || !last || clauses.length > MOST_CLAUSES || clauses[0]?.type !== 'for_in_clause') return null;
  const span = reading.span(node);
  let inner: Stmt[] = [emitOf(body, reading)];
  for (const [index, clause] of [...clauses.entries()].reverse()) {
    if (clause.type === 'if_clause') {
      const test = namedChildren(clause)[0];
      if (!test) return null;
      inner = [{ kind: 'if', test: reading.expr(test), then: inner, otherwise: [], span: reading.span(clause) }];
      continue;
    }
    const left = childOf(clause, 'left');
    const values = childrenOf(clause, 'right').filter((child) => child.named);
    const [value] = values;
    if (!left || !value || values.length > 1) return null;
    const outermost = index === 0;
    const loop: LoopIR = {
      form,
      language: 'python',
      span: outermost ? span : reading.between(clause, last),
      async: hasToken(clause, 'async') || clause.children.some((child) => child.type === 'async'),
      space: indexSpace(reading.expr(value), reading),
      target: reading.expr(left),
      body: inner,
      otherwise: [],
      sink: outermost ? { type: SINKS[form] ?? 'generator', consumer: null } : null,
    };
    if (outermost) return loop;
    inner = [{ kind: 'loop', loop, span: loop.span }];
  }
  return null;
}

function emitOf(body: PlainNode, reading: Reading): Stmt {
  const span = reading.span(body);
  const key = body.type === 'pair' ? childOf(body, 'key') : null;
  const value = body.type === 'pair' ? childOf(body, 'value') : body;
  return { kind: 'emit', value: reading.expr(value ?? body), key: key ? reading.expr(key) : null, span };
}

/** Marks the lazy loop that is a call's argument with the call that takes its items. */
export function withConsumer(call: Call, reading: Reading): Call {
  const written = dottedName(call.callee);
  const joins = call.callee.kind === 'attribute' && call.callee.attribute === 'join' && call.args.length === 1;
  const name = joins ? 'join' : written !== null && CONSUMERS.has(written) && !reading.shadowed(written) ? written : null;
  const [lazy, ...others] = call.args;
  if (name === null || lazy?.kind !== 'loop' || lazy.loop.sink?.type !== 'generator' || !plainArgs(call)) return call;
  const separator = joins && call.callee.kind === 'attribute' ? [call.callee.object] : [];
  const extra = [...separator, ...others, ...call.keywords.map((keyword) => keyword.value)];
  const loop: LoopIR = { ...lazy.loop, sink: { type: 'generator', consumer: { name, span: call.span, extra } } };
  return { ...call, args: [{ kind: 'loop', loop, span: lazy.span }, ...others] };
}

/** `map`, `filter` and `itertools.starmap` as the lazy loop that they are. Null: the call is none of them. */
export function readMap(call: Call, reading: Reading): Expr | null {
  const rows = readApply(call);
  if (rows) return rows;
  const written = dottedName(call.callee);
  const star = written === 'itertools.starmap' || written === 'starmap';
  const [given, ...sources] = call.args;
  const [source] = sources;
  const known = star || written === 'map' || written === 'filter';
  if (!known || !given || !source || !plainArgs(call) || call.keywords.length > 0 || reading.shadowed(written)) return null;
  if (written !== 'map' && sources.length > 1) return null;
  const applied = star ? starred(given) : applyTo(given, sources.length);
  if (!applied) return null;
  const { target, value } = applied;
  const { span } = call;
  const emit: Stmt = { kind: 'emit', value, key: null, span: value.span };
  let body: Stmt[] = [emit];
  if (written === 'filter') {
    if (target.kind !== 'name') return null;
    const item: Expr = { ...target, span: emptySpan(target.span) };
    const test = given.kind === 'constant' && given.value === 'None' ? item : value;
    body = [{ kind: 'if', test, then: [{ ...emit, value: item }], otherwise: [], span: value.span }];
  }
  const spaces = sources.map((one) => indexSpace(one, reading));
  const [only] = spaces;
  const space: IndexSpace =
    spaces.length === 1 && only ? only : { kind: 'zip', parts: spaces, strict: false, span: { start: source.span.start, end: span.end } };
  const loop: LoopIR = {
    form: 'map',
    language: 'python',
    span,
    async: false,
    space,
    target,
    body,
    otherwise: [],
    sink: { type: 'generator', consumer: null },
  };
  return { kind: 'loop', loop, span };
}

/** `frame.apply(f, axis=1)`: what f gives for each row of a data frame. */
function readApply(call: Call): Expr | null {
  const { callee, args, keywords, span } = call;
  const [given, ...others] = args;
  const [axis, ...more] = keywords;
  if (callee.kind !== 'attribute' || callee.attribute !== 'apply' || !given || others.length > 0 || axis?.name !== 'axis' || more.length > 0)
    return null;
  const { value } = axis;
  if (value.kind === 'number' ? value.text !== '1' : value.kind !== 'string' || !/^(['"])columns\1$/.test(value.text)) return null;
  const applied = given.kind === 'lambda' || given.kind === 'name' ? applyTo(given, 1) : null;
  if (!applied) return null;
  const space: IndexSpace = { kind: 'rows', frame: callee.object, by: 'apply', span: callee.object.span };
  const emit: Stmt = { kind: 'emit', value: applied.value, key: null, span: applied.value.span };
  const consumer = { name: 'apply', span, extra: [] };
  const loop: LoopIR = { form: 'map', language: 'python', span, async: false, space, target: applied.target, body: [emit], otherwise: [], sink: { type: 'generator', consumer } }; // prettier-ignore
  return { kind: 'loop', loop, span };
}

const synthetic = (name: string, span: Span): Expr => ({ kind: 'name', name, span: emptySpan(span) });
const tuple = (items: Expr[], span: Span): Expr => ({ kind: 'collection', type: 'tuple', items, span: emptySpan(span) });

/** The target that a function's arguments are, and its result: a lambda's own parameters and body, or a call of the function. */
function applyTo(given: Expr, count: number): { target: Expr; value: Expr } | null {
  const { span } = given;
  const params = given.kind === 'lambda' ? given.params : count === 1 ? ['_item'] : Array.from({ length: count }, (_, index) => `_item${index}`);
  if (params.length !== count) return null;
  const names = params.map((name) => synthetic(name, span));
  const [only] = names;
  const target = names.length === 1 && only ? only : tuple(names, span);
  if (given.kind === 'lambda') return { target, value: given.body };
  return { target, value: { kind: 'call', callee: given, args: names, keywords: [], span: emptySpan(span) } };
}

function starred(given: Expr): { target: Expr; value: Expr } | null {
  if (given.kind === 'lambda') {
    const names = given.params.map((name) => synthetic(name, given.span));
    return { target: tuple(names, given.span), value: given.body };
  }
  const item = synthetic('_item', given.span);
  const spread: Expr = { kind: 'spread', value: item, double: false, span: item.span };
  return { target: item, value: { kind: 'call', callee: given, args: [spread], keywords: [], span: item.span } };
}
