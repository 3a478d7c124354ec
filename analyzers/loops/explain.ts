import type { Expr, LoopFacts } from '../types';
import { exprText, loopLines } from './explain-text';

/** A loop's IR and facts as text, for `hotloop advise --explain`. Lines count from 1. */
export function explainFacts(facts: LoopFacts): string {
  const { hotspot, ir } = facts;
  const show = (expr: Expr): string => exprText(expr, ir.language);
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
    ...each('gathers', facts.accumulators, (one) => `${one.name} by ${one.op} of ${show(one.value)}${guardText(one.guards, show)}${one.init ? `, starting at ${show(one.init)}` : ''} (line ${at(one.statement)})`), // prettier-ignore
    ...each(
      'stores',
      facts.stores,
      (store) => `${show(store.target)}${store.index === null ? '' : `, index ${store.index}`} (line ${at(store.span)})`,
    ),
    ...each('ties trips together', facts.carried, (one) => `${one.kind}: ${one.why}`),
    ...each('calls', facts.calls, (call) => `${call.purity}${call.io === null ? '' : ` (${call.io})`}: ${call.why}`),
    ...each('effects in order', facts.effects, (effect) => effect.why),
    ...each('leaves or suspends', facts.flow, (exit) => `${exit.kind} (line ${at(exit.span)})`),
    ...each('values seen', Object.entries(facts.values).filter(([name]) => facts.reads.includes(name) || facts.writes.includes(name)), ([name, value]) => `${name}: ${[value.type, value.dtype, value.shape && `shape ${value.shape.join(' x ')}`, value.length !== undefined && `${value.length} long`, value.elements && `of ${value.elements.join(', ')}`].filter((part) => part).join(', ')}`), // prettier-ignore
  ].join('\n');
}

const guardText = (guards: LoopFacts['accumulators'][number]['guards'], show: (expr: Expr) => string): string =>
  guards.length === 0 ? '' : ` where ${guards.map((guard) => (guard.negated ? `not (${show(guard.test)})` : show(guard.test))).join(' and ')}`;
