import type { Expr, IndexSpace, LoopIR } from '../types';
import { boundNames } from '../syntax/python-walk';
import { resolveIn, type Environment } from './environment';
import { typeOf } from './value-types';

/** How a loop walks: which names differ in every trip, by how much, and what the others are elements of. */
export interface Positions {
  /** Names with another value in every trip: counters and the keys of a dictionary. */
  index: Set<string>;
  /** How much each index grows from trip to trip; null when unknown. */
  steps: Map<string, number | null>;
  /** Names bound to an element: the same as this subscript. */
  elements: Map<string, Expr>;
  /** What is walked over, by position. */
  walked: Expr[];
}

/** Stands for the position in a sequence that no name of the loop holds. */
export const TRIP = '$trip';

export function positionsOf(loop: LoopIR, distinct: Distinct = () => null): Positions {
  const found: Positions = { index: new Set([TRIP]), steps: new Map([[TRIP, 1]]), elements: new Map(), walked: [] };
  const { space } = loop;
  if (space.kind === 'while') {
    if (space.counter) {
      found.index.add(space.counter.name);
      found.steps.set(space.counter.name, integerOf(space.counter.step));
    }
  } else if (loop.target) bind(loop.target, space, found, distinct);
  return found;
}

const nameOf = (name: string, like: Expr): Expr => ({ kind: 'name', name, span: { start: like.span.start, end: like.span.start } });

function bind(target: Expr, space: IndexSpace, found: Positions, distinct: Distinct, position: Expr = nameOf(TRIP, target)): void {
  switch (space.kind) {
    case 'range':
      if (target.kind !== 'name') return;
      found.index.add(target.name);
      found.steps.set(target.name, space.step === null ? 1 : integerOf(space.step));
      return;
    case 'enumerate': {
      const [counter, item] = target.kind === 'collection' ? target.items : [];
      if (counter?.kind !== 'name' || !item) return;
      found.index.add(counter.name);
      found.steps.set(counter.name, 1);
      const at = nameOf(counter.name, target);
      const start = space.start;
      const offset: Expr = start ? { kind: 'binary', op: '-', left: at, right: start, span: at.span } : at;
      bind(item, space.of, found, distinct, offset);
      return;
    }
    case 'zip':
      space.parts.forEach((part, index) => {
        const item = target.kind === 'collection' ? target.items[index] : undefined;
        if (item) bind(item, part, found, distinct, position);
      });
      return;
    case 'dict': {
      found.walked.push(space.mapping);
      const key = space.yields === 'keys' ? target : space.yields === 'items' && target.kind === 'collection' ? target.items[0] : undefined;
      const value = space.yields === 'items' && target.kind === 'collection' ? target.items[1] : space.yields === 'values' ? target : undefined;
      if (key?.kind === 'name') found.index.add(key.name);
      const at = key?.kind === 'name' ? nameOf(key.name, target) : nameOf(TRIP, target);
      if (value?.kind === 'name') found.elements.set(value.name, { kind: 'subscript', object: space.mapping, index: at, span: at.span });
      return;
    }
    case 'sequence': {
      found.walked.push(space.value);
      const how = distinct(space.value);
      const key = how === 'items' ? target : how === 'pairs' && target.kind === 'collection' ? target.items[0] : undefined;
      if (key?.kind === 'name') {
        found.index.add(key.name);
        found.steps.set(key.name, null);
      }
      if (how === 'items' && target.kind === 'name') return;
      const element: Expr = { kind: 'subscript', object: space.value, index: position, span: position.span };
      if (target.kind === 'name') found.elements.set(target.name, element);
      else for (const name of boundNames(target)) if (!found.index.has(name)) found.elements.set(name, element);
      return;
    }
    case 'rows':
      found.walked.push(space.frame);
      return;
    case 'reversed':
      // The position counts from the other end.
      if (space.of.kind === 'range' && target.kind === 'name') {
        found.index.add(target.name);
        const step = space.of.step === null ? 1 : integerOf(space.of.step);
        found.steps.set(target.name, step === null ? null : -step);
      } else if (space.of.kind === 'sequence') found.walked.push(space.of.value);
      return;
    case 'while':
      return;
  }
}

/** Are the items of what is walked over all different, or the first parts of its pairs? null: nothing says so. */
export type Distinct = (walked: Expr) => 'items' | 'pairs' | null;

export function hasDistinctItems(env: Environment, walked: Expr): ReturnType<Distinct> {
  if (walked.kind === 'call') {
    const path = resolveIn(env, walked.callee);
    const [first] = walked.args;
    if (/^builtins\.(sorted|list|tuple|reversed|iter)$/.test(path ?? '') && first) return hasDistinctItems(env, first);
    if (/^(builtins\.(set|frozenset|range)|os\.listdir|glob\.glob)$/.test(path ?? '')) return 'items';
    if (path === null && walked.callee.kind === 'attribute' && walked.args.length === 0 && /^(dict|Counter|defaultdict|OrderedDict)$/.test(typeOf(env, walked.callee.object) ?? ''))
      return walked.callee.attribute === 'keys' ? 'items' : walked.callee.attribute === 'items' ? 'pairs' : null; // prettier-ignore
    return null;
  }
  return /^(dict|set|frozenset|range|Counter|defaultdict|OrderedDict)$/.test(typeOf(env, walked) ?? '') ? 'items' : null;
}

/** A literal whole number, sign included; null for anything else. */
export function integerOf(expr: Expr): number | null {
  if (expr.kind === 'unary' && expr.op === '-') {
    const value = integerOf(expr.operand);
    return value === null ? null : -value;
  }
  if (expr.kind !== 'number' || expr.type !== 'int') return null;
  const value = Number(expr.text.replaceAll('_', ''));
  return Number.isSafeInteger(value) ? value : null;
}
