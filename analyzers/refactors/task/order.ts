import type { LoopFacts, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { eachStmt } from '../../syntax/python-walk';
import { leaves, statementsIn } from './flow';
import type { Hoist } from './hoist';
import { factOf } from './calls';
import { exprsIn, namesOf } from './names';
import type { TaskSplit } from './split';

/**
 * A task's error arrives where its result is taken. What the trip did before the call has to have happened by then, and what earlier trips did too.
 * `pieces`: several items go to a worker at once, and an error of one takes along the results of the others.
 */
export interface ErrorOrder {
  /** Its result has to be taken where the call stands. */
  awaited: Hoist | null;
  /** What has to be taken for granted where that cannot be had. */
  assumption: string | null;
}

export function errorOrder(facts: LoopFacts, split: TaskSplit, body: readonly Stmt[], pieces: boolean): ErrorOrder {
  const none: ErrorOrder = { awaited: null, assumption: null };
  if (facts.ir.form !== 'for' || split.exit || split.hoists.some((hoist) => hoist.awaited)) return none;
  const scope = new Seen(facts, split, body);
  const places = [...split.steps.filter((step) => step.kind === 'run').map((step) => step.at), ...split.hoists.map((hoist) => hoist.at)];
  const last = Math.max(...places);
  const rest = facts.ir.body.flatMap((stmt, at) => (split.removed.includes(stmt) ? [] : [{ stmt, at }]));
  const seen = rest.find(({ stmt, at }) => (pieces || at < last) && scope.sees(stmt));
  const counter = facts.indices.some((name) => facts.liveOut.includes(name)) ? facts.ir.body[0] : undefined;
  const where = seen?.stmt ?? counter;
  if (!where) return none;
  const [hoist, another] = split.hoists;
  const alone = hoist && !another && split.steps.length === 0 && hoist.headers.length === 0 && hoist.written === null;
  if (alone && !pieces) return { awaited: hoist, assumption: null };
  return {
    awaited: null,
    assumption: pieces
      ? `No item makes the task fail: what the loop does with other items (${lineOf(where.span)}) would not be done up to the very item that failed.`
      : `No item makes the task fail: what its trip does before (${lineOf(where.span)}) would not be done.`,
  };
}

/** The same split, with the result taken where the call stands. */
export function withAwaited(split: TaskSplit, hoist: Hoist, future: string): TaskSplit {
  const written = hoist.statement ? namesOf({ stmts: [hoist.statement] }).writes : [];
  return {
    ...split,
    hoists: [{ ...hoist, name: future, inLoop: `${future}.result()`, awaited: true, statement: null }],
    removed: split.removed.filter((stmt) => stmt !== hoist.statement),
    restWrites: new Set([...split.restWrites, ...written]),
  };
}

/** What somebody could notice after an error has left the loop. */
class Seen {
  readonly #facts: LoopFacts;
  readonly #own: ReadonlySet<string>;

  constructor(facts: LoopFacts, split: TaskSplit, body: readonly Stmt[]) {
    this.#facts = facts;
    // In a `try`, whatever the loop did stays for the handler to see.
    const caught = [...eachStmt(body)].some((stmt) => stmt.kind === 'try' && within(facts.statement, stmt.span));
    const params = new Set(facts.owner?.params.map((param) => param.name));
    const written = facts.owner ? [...namesOf({ stmts: body }).writes] : [...split.restWrites];
    this.#own = new Set(caught ? facts.privates : written.filter((name) => !params.has(name)));
  }

  sees(stmt: Stmt): boolean {
    const { effects, stores } = this.#facts;
    if (leaves(stmt) !== null || [...statementsIn(stmt)].some((inner) => inner.kind === 'raise')) return true;
    // A store to an attribute of what the function made is as much its own as the object.
    const attribute = (span: Span): boolean =>
      stores.some((store) => store.kind === 'attribute' && within(store.span, span) && this.#own.has(store.name));
    if (effects.some((effect) => within(effect.span, stmt.span) && !(effect.io === null && attribute(effect.span)))) return true;
    const { writes, stores: stored } = namesOf({ stmts: [stmt] });
    if ([...writes, ...stored].some((name) => !this.#own.has(name))) return true;
    return [...exprsIn(stmt)].some((expr) => {
      const fact = expr.kind === 'call' ? factOf(expr, this.#facts) : null;
      if (!fact || fact.purity === 'pure' || fact.purity === 'reads') return false;
      const changed = stores.filter((store) => within(store.span, expr.span));
      return fact.purity !== 'mutates' || changed.length === 0 || changed.some((store) => !this.#own.has(store.name));
    });
  }
}
