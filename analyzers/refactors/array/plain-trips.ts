import type { Expr, LoopIR, Stmt } from '../../types';
import { eachStmt } from '../../syntax/python-walk';
import type { Kinds } from './inference';
import { literalInt } from './kinds';
import { intOf, type Values } from './substitution';

/** Trips that one loop over plain numbers may have to be written out. */
const MOST_TRIPS = 9;

export const hasStatement = (body: readonly Stmt[], kind: Stmt['kind']): boolean => [...eachStmt(body)].some((statement) => statement.kind === kind);

/** What the names of a loop hold in each of its trips; null: it goes over other things than a few plain numbers. */
export function plainTrips(loop: LoopIR, kinds: Kinds): Values[] | null {
  const { space, target } = loop;
  if (!target || loop.async || loop.otherwise.length > 0 || hasStatement(loop.body, 'break')) return null;
  if (loop.form !== 'for' && loop.form !== 'generator') return null;
  const items = space.kind === 'range' ? numbersOf(space) : space.kind === 'sequence' ? itemsOf(space.value, kinds) : null;
  if (!items || items.length === 0 || items.length > MOST_TRIPS) return null;
  const trips = items.map((item): Values | null => {
    if (target.kind === 'name') return literalInt(item) === null ? null : new Map([[target.name, item]]);
    if (target.kind !== 'collection' || item.kind !== 'collection' || item.items.length !== target.items.length) return null;
    const pairs = target.items.flatMap((one, at): [string, Expr][] => {
      const part = item.items[at];
      return one.kind === 'name' && part && literalInt(part) !== null ? [[one.name, part]] : [];
    });
    return pairs.length === target.items.length ? new Map(pairs) : null;
  });
  return trips.every((trip) => trip !== null) ? trips : null;
}

function itemsOf(value: Expr, kinds: Kinds): readonly Expr[] | null {
  const given = value.kind === 'name' ? kinds.constant(value.name) : value;
  return given?.kind === 'collection' && given.type !== 'set' ? given.items : null;
}

function numbersOf(space: LoopIR['space'] & { kind: 'range' }): Expr[] | null {
  const [start, stop, step] = [space.start ? literalInt(space.start) : 0, literalInt(space.stop), space.step ? literalInt(space.step) : 1];
  if (start === null || stop === null || step === null || step === 0) return null;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return count > MOST_TRIPS ? null : Array.from({ length: count }, (_, at) => intOf(start + at * step, space.span));
}
