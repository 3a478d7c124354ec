import type { Expr, IndexSpace, LoopForm, LoopIR, Span, Stmt } from '../types';
import { declaredNames, patternNames } from './javascript-names';
import { emptySpan, intExpr, opaqueStatement, type Reading } from './javascript-reading';
import { indexSpace } from './javascript-spaces';
import { childOf, childrenOf, hasToken, namedChildren, type PlainNode } from './plain-tree';
import { countingLoop } from './python-counter';
import { nestedBlocks } from './python-walk';

type Making = Omit<LoopIR, 'language' | 'otherwise' | 'sink'>;
const stmt = (loop: Making, reading: Reading): Stmt => ({
  kind: 'loop',
  loop: { ...loop, language: reading.language, otherwise: [], sink: null },
  span: loop.span,
});

export function readWhile(node: PlainNode, reading: Reading): Stmt[] {
  const condition = childOf(node, 'condition');
  if (!condition) return [opaqueStatement(node, reading)];
  const test = reading.expr(condition);
  const body = reading.body(childOf(node, 'body'));
  const after = node.type === 'do_statement';
  const form: LoopForm = after ? 'do-while' : 'while';
  const counter = after ? null : countingLoop(test, body);
  const space: IndexSpace = { kind: 'while', test, counter, span: test.span, ...(after ? { after } : {}) };
  return [stmt({ form, span: reading.span(node), async: false, space, target: null, body }, reading)];
}

/** `for (const x of xs)`, `for (const key in object)`, `for await`. */
export function readForIn(node: PlainNode, reading: Reading): Stmt[] {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (!left || !right) return [opaqueStatement(node, reading)];
  const value = reading.expr(right);
  const declares = node.children.some((child) => child.field === 'kind' && child.type !== 'var');
  const names = declares ? patternNames(left, reading.text) : [];
  const operator = childOf(node, 'operator');
  const keys = operator !== null && reading.text(operator) === 'in';
  const space: IndexSpace = keys ? { kind: 'dict', mapping: value, yields: 'keys', span: value.span } : indexSpace(value, reading);
  return reading.within(names, () => {
    const target = reading.expr(left);
    const body = reading.body(childOf(node, 'body'));
    return [stmt({ form: keys ? 'for-in' : 'for-of', span: reading.span(node), async: hasToken(node, 'await') || node.children.some((child) => child.type === 'await'), space, target, body }, reading)]; // prettier-ignore
  });
}

/**
 * `for (let i = 0; i < n; i++)` is a range where the body neither writes the counter nor moves its bound. Any other is what it starts with,
 * then a while that ends every trip with what the head says.
 */
export function readFor(node: PlainNode, reading: Reading): Stmt[] {
  const initializer = childOf(node, 'initializer');
  const declares = initializer?.type === 'lexical_declaration';
  const names = declares ? declaredNames(initializer, reading.text) : [];
  return reading.within(names, () => {
    const span = reading.span(node);
    const first = initializer && initializer.type !== 'empty_statement' ? startOf(initializer, reading) : [];
    const condition = childrenOf(node, 'condition').find((child) => child.named && child.type !== 'empty_statement') ?? null;
    const test: Expr = condition ? reading.expr(condition) : { kind: 'constant', value: 'True', span: emptySpan(span) };
    const increment = childOf(node, 'increment');
    const steps = increment ? reading.block([increment]) : [];
    const body = reading.body(childOf(node, 'body'));
    const [step, ...moreSteps] = steps;
    const counter = step && moreSteps.length === 0 ? countingLoop(test, [...withoutContinue(body), step]) : null;
    const starts = (init: Stmt): boolean => init.kind === 'assign' && init.targets[0]?.kind === 'name' && init.targets[0].name === counter?.name;
    const init = declares ? first.find(starts) : undefined;
    if (counter && init?.kind === 'assign') {
      const space = rangeOf(init.value, counter, test.span);
      const others = first.filter((one) => one !== init);
      return [...others, stmt({ form: 'for', span, async: false, space, target: init.targets[0] ?? null, body }, reading)];
    }
    const space: IndexSpace = { kind: 'while', test, counter: counter && !continues(body) ? counter : null, span: test.span };
    return [...first, stmt({ form: 'for', span, async: false, space, target: null, body: [...beforeContinue(body, steps), ...steps] }, reading)];
  });
}

/** A declaration, or expressions separated by commas. */
const startOf = (node: PlainNode, reading: Reading): Stmt[] => reading.block([node.type === 'expression_statement' ? (namedChildren(node)[0] ?? node) : node]); // prettier-ignore

type Counter = NonNullable<(IndexSpace & { kind: 'while' })['counter']>;

function rangeOf(start: Expr, { stop, step, inclusive }: Counter, span: Span): IndexSpace {
  const down = step.kind === 'unary';
  const one = intExpr(1, stop.span);
  const end: Expr = !inclusive ? stop : (nextTo(stop, down) ?? { kind: 'binary', op: down ? '-' : '+', left: stop, right: one, span: emptySpan(stop.span) }); // prettier-ignore
  const single = !down && step.kind === 'number' && step.text === '1';
  return { kind: 'range', start, stop: end, step: single ? null : step, span };
}

/** Of a plain whole number the one after or before it. */
function nextTo(stop: Expr, down: boolean): Expr | null {
  if (stop.kind !== 'number' || !/^\d+$/.test(stop.text)) return null;
  const value = Number(stop.text) + (down ? -1 : 1);
  const number = intExpr(Math.abs(value), stop.span);
  return value < 0 ? { kind: 'unary', op: '-', operand: number, span: number.span } : number;
}

/** Own: of this loop, not of one inside it. */
const mapOwn = (body: readonly Stmt[], change: (statement: Stmt & { kind: 'continue' }) => Stmt[]): Stmt[] =>
  body.flatMap((statement): Stmt[] => {
    const into = (block: readonly Stmt[]): Stmt[] => mapOwn(block, change);
    switch (statement.kind) {
      case 'continue':
        return statement.label === undefined ? change(statement) : [statement];
      case 'if':
        return [{ ...statement, then: into(statement.then), otherwise: into(statement.otherwise) }];
      case 'try':
        return [{ ...statement, body: into(statement.body), handlers: statement.handlers.map((handler) => ({ ...handler, body: into(handler.body) })), otherwise: into(statement.otherwise), finally: into(statement.finally) }]; // prettier-ignore
      default:
        return [statement];
    }
  });
const withoutContinue = (body: readonly Stmt[]): Stmt[] => mapOwn(body, ({ span }) => [{ kind: 'pass', span }]);
/** The head's step is made before the next trip, however this one ends. */
const beforeContinue = (body: readonly Stmt[], steps: readonly Stmt[]): Stmt[] => mapOwn(body, (statement) => [...steps, statement]);
const continues = (body: readonly Stmt[]): boolean =>
  body.some((statement) => statement.kind === 'continue' || (statement.kind !== 'loop' && nestedBlocks(statement).some(continues)));

/** Gives the loop right under a label its name, where something further in means it. */
export function readLabeled(node: PlainNode, reading: Reading): Stmt[] {
  const label = childOf(node, 'label');
  const body = childOf(node, 'body');
  if (!label || !body) return [opaqueStatement(node, reading)];
  const read = reading.block([body]);
  const last = read[read.length - 1];
  if (last?.kind !== 'loop') return [opaqueStatement(node, reading)];
  const name = reading.text(label);
  // Meant from the loop itself, the label says nothing more.
  const plain = mapLabels(last.loop.body, name);
  return [...read.slice(0, -1), { ...last, loop: { ...last.loop, label: name, body: plain } }];
}

function mapLabels(body: readonly Stmt[], label: string): Stmt[] {
  return body.map((statement): Stmt => {
    if ((statement.kind === 'break' || statement.kind === 'continue') && statement.label === label)
      return { kind: statement.kind, span: statement.span };
    if (statement.kind === 'if') return { ...statement, then: mapLabels(statement.then, label), otherwise: mapLabels(statement.otherwise, label) };
    return statement;
  });
}
