import type { Expr, IndexSpace, LoopFacts, LoopIR, Stmt } from '../types';
import { describeExpr } from '../syntax/python-print';

/** A loop's IR and facts as text, for `hotloop advise --explain`. Lines count from 1. */
export function explainFacts(facts: LoopFacts): string {
  const { hotspot, ir } = facts;
  const at = (span: LoopFacts['statement']): number => span.start.line + 1;
  const list = (title: string, names: readonly string[]): string[] => (names.length > 0 ? [`  ${title}: ${names.join(', ')}`] : []);
  const each = <T>(title: string, items: readonly T[], show: (item: T) => string): string[] =>
    items.length > 0 ? [`  ${title}:`, ...items.map((item) => `    ${show(item)}`)] : [];
  return [
    `${hotspot.id} (line ${at(ir.span)}): ${facts.pattern}${facts.trips === null ? '' : `, about ${facts.trips} trips`}`,
    ...loopLines(ir, '  | '),
    ...list('index', facts.indices),
    ...list('reads', facts.reads),
    ...list('writes', facts.writes),
    ...list('private to each trip', facts.privates),
    ...list('used after the loop', facts.liveOut),
    ...each('gathers', facts.accumulators, (one) => `${one.name} by ${one.op} of ${describeExpr(one.value)}${guardText(one.guards)}${one.init ? `, starting at ${describeExpr(one.init)}` : ''} (line ${at(one.statement)})`), // prettier-ignore
    ...each(
      'stores',
      facts.stores,
      (store) => `${describeExpr(store.target)}${store.index === null ? '' : `, index ${store.index}`} (line ${at(store.span)})`,
    ),
    ...each('ties trips together', facts.carried, (one) => `${one.kind}: ${one.why}`),
    ...each('calls', facts.calls, (call) => `${call.purity}${call.io === null ? '' : ` (${call.io})`}: ${call.why}`),
    ...each('effects in order', facts.effects, (effect) => effect.why),
    ...each('leaves or suspends', facts.flow, (exit) => `${exit.kind} (line ${at(exit.span)})`),
    ...each('values seen', Object.entries(facts.values).filter(([name]) => facts.reads.includes(name) || facts.writes.includes(name)), ([name, value]) => `${name}: ${[value.type, value.dtype, value.shape && `shape ${value.shape.join(' x ')}`, value.length !== undefined && `${value.length} long`, value.elements && `of ${value.elements.join(', ')}`].filter((part) => part).join(', ')}`), // prettier-ignore
  ].join('\n');
}

const guardText = (guards: LoopFacts['accumulators'][number]['guards']): string =>
  guards.length === 0
    ? ''
    : ` where ${guards.map((guard) => (guard.negated ? `not (${describeExpr(guard.test)})` : describeExpr(guard.test))).join(' and ')}`;

function loopLines(loop: LoopIR, indent: string): string[] {
  const sink = loop.sink ? ` -> ${loop.sink.consumer ? loop.sink.consumer.name : loop.sink.type}` : '';
  const head = loop.target ? `for ${describeExpr(loop.target)} in ${spaceText(loop.space)}` : spaceText(loop.space);
  return [`${indent}${loop.async ? 'async ' : ''}${head}${sink}`, ...loop.body.flatMap((statement) => stmtLines(statement, `${indent}    `))];
}

function spaceText(space: IndexSpace): string {
  const show = (expr: Expr | null): string => (expr ? describeExpr(expr) : '');
  switch (space.kind) {
    case 'range':
      return `range ${space.start ? show(space.start) : '0'} .. ${show(space.stop)}${space.step ? ` by ${show(space.step)}` : ''}`;
    case 'sequence':
      return show(space.value);
    case 'enumerate':
      return `enumerate(${spaceText(space.of)}${space.start ? `, ${show(space.start)}` : ''})`;
    case 'zip':
      return `zip(${space.parts.map(spaceText).join(', ')})`;
    case 'dict':
      return `${space.yields} of ${show(space.mapping)}`;
    case 'rows':
      return `rows of ${show(space.frame)}`;
    case 'reversed':
      return `reversed(${spaceText(space.of)})`;
    case 'while':
      return space.counter ? `while ${show(space.test)}, counting ${space.counter.name} by ${show(space.counter.step)}` : `while ${show(space.test)}`;
  }
}

function stmtLines(statement: Stmt, indent: string): string[] {
  const show = (expr: Expr | null): string => (expr ? ` ${describeExpr(expr)}` : '');
  const block = (body: readonly Stmt[]): string[] => body.flatMap((inner) => stmtLines(inner, `${indent}    `));
  switch (statement.kind) {
    case 'assign':
      return [`${indent}${[...statement.targets.map(describeExpr), describeExpr(statement.value)].join(' = ')}`];
    case 'augment':
      return [`${indent}${describeExpr(statement.target)} ${statement.op}= ${describeExpr(statement.value)}`];
    case 'expression':
      return [`${indent}${describeExpr(statement.value)}`];
    case 'emit':
      return [`${indent}emit ${statement.key ? `${describeExpr(statement.key)}: ` : ''}${describeExpr(statement.value)}`];
    case 'if':
      return [
        `${indent}if${show(statement.test)}`,
        ...block(statement.then),
        ...(statement.otherwise.length > 0 ? [`${indent}else`, ...block(statement.otherwise)] : []),
      ];
    case 'loop':
      return loopLines(statement.loop, indent);
    case 'return':
    case 'raise':
      return [`${indent}${statement.kind}${show(statement.value)}`];
    case 'try':
      return [`${indent}try`, ...block(statement.body), ...statement.handlers.flatMap((handler) => [`${indent}except${show(handler.type)}`, ...block(handler.body)]), ...(statement.finally.length > 0 ? [`${indent}finally`, ...block(statement.finally)] : [])]; // prettier-ignore
    case 'with':
      return [`${indent}with ${statement.items.map((item) => describeExpr(item.context) + (item.target ? ` as ${describeExpr(item.target)}` : '')).join(', ')}`, ...block(statement.body)]; // prettier-ignore
    case 'scope':
      return [`${indent}${statement.type} ${statement.names.join(', ')}`];
    case 'opaque':
      return [`${indent}<${statement.what}>`];
    default:
      return [`${indent}${statement.kind}`];
  }
}
