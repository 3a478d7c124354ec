/** Two locks taken in both orders: two threads that each hold one wait for each other for ever. */
import type { Expr, FunctionIR, Span } from '../../types';
import type { Program } from './program';
import { lineOf, type Found, type Rule } from './rule';
import type { Place } from './walk';
import type { PythonModule } from '../../syntax/python-module';

interface Taken {
  key: string;
  name: string;
  module: PythonModule;
  span: Span;
  /** Locks held when it is taken. */
  held: { key: string; name: string; line: number }[];
}
const MOST_CALLS = 3;

export const lockOrder: Rule = ({ program, launches }) => {
  if (!launches.some((launch) => launch.on === 'thread') && !launches.some((launch) => launch.on === 'process')) return [];
  const taken = program.modules.flatMap((module) => module.functions.flatMap((owner) => takenIn(program, owner, [], 0)));
  const found = new Map<string, Found>();
  for (const second of taken) {
    for (const first of second.held) {
      if (first.key === second.key) continue;
      const against = taken.find((other) => other.key === first.key && other.held.some((held) => held.key === second.key) && !guarded(other, second));
      const held = against?.held.find((one) => one.key === second.key);
      const pair = [first.key, second.key].sort().join('\n');
      if (!against || !held || found.has(pair)) continue;
      found.set(pair, {
        file: second.module.file,
        span: second.span,
        why: `Line ${lineOf(second.span)} takes ${second.name} while it holds ${first.name} (line ${first.line}), and line ${lineOf(against.span)} takes them the other way round: two threads can wait for each other for ever.`,
        toDo: `Take ${first.name} and ${second.name} in the same order everywhere.`,
        certainty: 'likely',
      });
    }
  }
  return [...found.values()];
};

/** A third lock that is held on both ways lets only one thread in. */
function guarded(one: Taken, other: Taken): boolean {
  return one.held.some((held) => held.key !== other.key && other.held.some((also) => also.key === held.key && also.key !== one.key));
}

function lockOf(program: Program, expr: Expr, place: Place): { key: string; name: string } | null {
  const thing = program.thingOf(expr, place);
  if (thing?.kind !== 'lock' && thing?.kind !== 'reentrant-lock' && thing?.kind !== 'condition') return null;
  // A parameter that is given now one lock and now another is neither.
  const values = expr.kind === 'call' ? null : program.valuesOf(expr, place);
  if (new Set(values?.map((value) => program.thingOf(value.expr, value.place)?.call)).size > 1) return null;
  // Made in a loop or in a function, a name may hold another lock each time.
  const { made } = thing;
  if (made.place.loops.length > 0) return null;
  const single =
    made.place.owner === null ||
    made.place.owner.name === '__init__' ||
    made.place.owner === place.owner ||
    isVariableOf(program, expr, place, made.place.owner);
  const key = thing.call === null || !single ? null : `${made.place.module.file}:${thing.call.span.start.line}:${thing.call.span.start.character}`;
  const name = expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? expr.attribute : 'a lock';
  return key === null ? null : { key, name };
}

/** A variable of the function around it, or handed over from there. */
const isVariableOf = (program: Program, expr: Expr, place: Place, maker: FunctionIR): boolean => {
  const key = program.keyOf(expr, place);
  return key?.startsWith(`${maker.file}:${maker.qualname}:`) === true || expr.kind === 'name';
};

/** Every lock that a function takes, those of the functions that it calls included, with what is held meanwhile. */
function takenIn(program: Program, owner: FunctionIR, outer: Taken['held'], depth: number): Taken[] {
  const found: Taken[] = [];
  const heldAt = (place: Place): Taken['held'] => [
    ...outer,
    ...place.contexts.flatMap((context) => {
      const lock = lockOf(program, context, place);
      return lock ? [{ ...lock, line: lineOf(context.span) }] : [];
    }),
    ...acquiredBefore(program, owner, place),
  ];
  for (const site of program.statementsIn(owner)) {
    if (site.statement.kind !== 'with') continue;
    const held = heldAt(site);
    for (const { context } of site.statement.items) {
      const lock = lockOf(program, context, site);
      if (!lock) continue;
      found.push({ ...lock, module: site.module, span: context.span, held: [...held] });
      held.push({ ...lock, line: lineOf(context.span) });
    }
  }
  for (const site of program.callsIn(owner)) {
    const { callee } = site.call;
    if (callee.kind === 'attribute' && callee.attribute === 'acquire' && waitsForEver(site.call)) {
      const lock = lockOf(program, callee.object, site);
      if (lock) found.push({ ...lock, module: site.module, span: site.call.span, held: heldAt(site) });
    }
    const called = program.calleeOf(site);
    const held = called && depth < MOST_CALLS && called !== owner ? heldAt(site) : [];
    if (called && held.length > 0) found.push(...takenIn(program, called, held, depth + 1));
  }
  return found;
}

/** With a limit, or without waiting, nobody waits for ever. */
const waitsForEver = (call: Expr & { kind: 'call' }): boolean => call.args.length === 0 && call.keywords.length === 0;

/** `a.acquire()` on a line before, not yet given back by a line in between. */
function acquiredBefore(program: Program, owner: FunctionIR, place: Place): Taken['held'] {
  const held = new Map<string, Taken['held'][number]>();
  const line = place.statement.span.start.line;
  const calls = program.callsIn(owner).filter(({ call }) => call.span.start.line < line).sort((a, b) => a.call.span.start.line - b.call.span.start.line); // prettier-ignore
  for (const site of calls) {
    const { callee } = site.call;
    if (callee.kind !== 'attribute' || (callee.attribute !== 'acquire' && callee.attribute !== 'release')) continue;
    const lock = lockOf(program, callee.object, site);
    if (!lock) continue;
    // Given back by somebody else, a lock is a signal and not held by this thread alone.
    const own = program.callsIn(owner).some((other) => other.call.callee.kind === 'attribute' && other.call.callee.attribute === 'release' && lockOf(program, other.call.callee.object, other)?.key === lock.key); // prettier-ignore
    if (callee.attribute === 'acquire' && own) held.set(lock.key, { ...lock, line: lineOf(site.call.span) });
    else held.delete(lock.key);
  }
  return [...held.values()];
}
