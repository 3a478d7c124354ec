/** What a worker runs: itself and the program's own functions that it calls. */
import { resolveName } from '../../syntax/python-names';
import type { Expr, FunctionIR } from '../../types';
import type { Program } from './program';
import { isLock } from './things';
import type { CallSite, Place } from './walk';

export interface Reached {
  owner: FunctionIR;
  /** Calls that led here from the worker, outermost first. */
  via: CallSite[];
  /** It is called with a lock held, on every way that was seen first. */
  locked: boolean;
}
const MOST_FUNCTIONS = 60;

export function reachedFrom(program: Program, worker: FunctionIR): Reached[] {
  const found = new Map<FunctionIR, Reached>([[worker, { owner: worker, via: [], locked: false }]]);
  const open = [...found.values()];
  for (let next = open.shift(); next && found.size < MOST_FUNCTIONS; next = open.shift()) {
    const from = next;
    for (const site of program.callsIn(from.owner)) {
      const callee = program.calleeOf(site);
      if (!callee) continue;
      const locked = from.locked || isProtected(program, site);
      const known = found.get(callee);
      // Without a lock on one way is without a lock.
      if (known && (!known.locked || locked)) continue;
      const reached: Reached = { owner: callee, via: [...from.via, site], locked };
      found.set(callee, reached);
      open.push(reached);
    }
  }
  return [...found.values()];
}

/** True where a lock is held, or may be: what is not known to be something else counts as one. */
export function isProtected(program: Program, place: Place): boolean {
  return place.contexts.some((context) => mayLock(program, context, place)) || acquires(program, place);
}

export function mayLock(program: Program, context: Expr, place: Place): boolean {
  const at = context.kind === 'await' ? context.value : context;
  const thing = program.thingOf(at, place);
  if (thing) return isLock(thing.kind);
  if (at.kind !== 'call') return true;
  if (at.callee.kind === 'attribute' && at.callee.attribute === 'get_lock') return true;
  const path = resolveName(place.module, at.callee, at.callee.span.start);
  return path === null || path.includes(':');
}

/** `lock.acquire()` before it in the same function: where it is given back is not followed. */
function acquires(program: Program, { owner, statement }: Place): boolean {
  if (!owner) return false;
  return program
    .callsIn(owner)
    .some(({ call }) => call.callee.kind === 'attribute' && call.callee.attribute === 'acquire' && call.span.start.line <= statement.span.start.line);
}
