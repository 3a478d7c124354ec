import type { Stmt } from '../../types';
import { stmtNames } from '../../syntax/python-walk';
import { chosenTrips, named } from './choice';
import { binds, type Draft, type Env, type Lane, type Scope, type Sink } from './draft';
import { lowerTest } from './expressions';
import { isBool, isWhole, unite, type Scalar } from './scalars';
import type { Store } from './subscripts';

/** What branches need of the body that they stand in. */
export interface Steps {
  readonly draft: Draft;
  readonly stores: readonly Store[];
  run(body: readonly Stmt[], scope: Scope): void;
  sink(sink: Sink): void;
  bind(name: string, lane: Lane, statement: Stmt, scope: Scope): void;
}

/** What one side of an `if` leaves. */
interface Side {
  env: Env;
  sinks: Sink[];
  mask: string;
}

/** Lowers `if`: both sides for all trips where that cannot fail, else each side for its own trips. */
export class Branches {
  constructor(private readonly body: Steps) {}

  lower(statement: Stmt & { kind: 'if' }, scope: Scope): void {
    const { draft } = this.body;
    const test = lowerTest(statement.test, draft, scope);
    if (draft.stopped()) return;
    if (!test.varying) {
      draft.refuse(
        'uniform-branch',
        'An `if` inside the loop asks the same question in every trip.',
        'Take the test out of the loop.',
        statement.test.span,
      );
      return;
    }
    const assigned = new Set([...stmtNames(statement.then).writes, ...stmtNames(statement.otherwise).writes]);
    const before = draft.mark();
    const saved = this.body.stores.map((store) => store.done);
    if (this.inFull(statement, test, assigned, scope)) return;
    if (draft.stopped()) return;
    draft.reset(before);
    this.setDone(saved);
    this.inParts(statement, test, assigned, scope);
  }

  private setDone(done: readonly boolean[]): void {
    this.body.stores.forEach((store, index) => (store.done = done[index] ?? false));
  }

  /** Runs both sides of an `if`. Neither sees what the other one stored. */
  private sides(run: (body: 'then' | 'otherwise') => Side): [Side, Side] {
    const before = this.body.stores.map((store) => store.done);
    const then = run('then');
    const after = this.body.stores.map((store) => store.done);
    this.setDone(before);
    const otherwise = run('otherwise');
    this.body.stores.forEach((store, index) => (store.done ||= after[index] ?? false));
    return [then, otherwise];
  }

  /** Both sides for all trips, then a choice. False: a side could fail in trips that do not take it. */
  private inFull(statement: Stmt & { kind: 'if' }, test: Lane, assigned: ReadonlySet<string>, scope: Scope): boolean {
    const { draft } = this.body;
    const { unsafe: wasUnsafe, scalarWarns: warned } = draft.flags;
    draft.flags.unsafe = false;
    draft.flags.scalarWarns = false;
    const name = named(test, 'mask', draft);
    const mask: Lane = { ...test, code: name, binds: binds.atom };
    const outer = scope.mask;
    const held = heldNames(statement, scope);
    const join = (inner: string): string => (outer === null ? inner : `${outer} & ${inner}`);
    const [then, otherwise] = this.sides((side) => {
      const env: Env = new Map(scope.env);
      const from = draft.sinks.length;
      const chosen = join(side === 'then' ? name : `~${name}`);
      this.body.run(statement[side], { ...scope, env, mask: chosen, hold: held });
      return { env, sinks: draft.sinks.splice(from), mask: chosen };
    });
    const unsafe = draft.flag('unsafe');
    draft.flags.unsafe = unsafe || wasUnsafe;
    if (draft.stopped()) return true;
    if (unsafe) return false;
    if (draft.flag('scalarWarns')) draft.flags.warns = true;
    else draft.flags.scalarWarns = warned;
    this.mergeSinks(then, otherwise, mask, outer);
    this.mergeNames(assigned, then.env, otherwise.env, mask, statement, scope);
    return true;
  }

  private mergeSinks(then: Side, otherwise: Side, mask: Lane, outer: string | null): void {
    const { draft } = this.body;
    for (const sink of then.sinks) {
      const other = otherwise.sinks.find((one) => one.key === sink.key);
      if (!other) {
        this.body.sink(sink);
        continue;
      }
      if (sink.chosen || other.chosen) {
        this.body.sink(sink);
        this.body.sink(other);
        return;
      }
      const value = this.merged(mask, sink.value, other.value, sink.from, slotOf(sink));
      let chosen = outer;
      if (sink.mask !== then.mask || other.mask !== otherwise.mask) {
        // A side that has tests of its own does not take all of its trips.
        chosen = draft.fresh('mask');
        const inner = `${otherwise.mask} & `;
        const elif = outer === null && sink.mask === then.mask && other.mask?.startsWith(inner) === true;
        draft.emit(`${chosen} = ${sink.mask ?? ''} | ${elif ? (other.mask?.slice(inner.length) ?? '') : (other.mask ?? '')}`);
      }
      if (value) this.body.sink({ ...sink, value, mask: chosen });
    }
    for (const sink of otherwise.sinks) if (!then.sinks.some((one) => one.key === sink.key)) this.body.sink(sink);
  }

  private merged(mask: Lane, left: Lane, right: Lane, from: Stmt['span'], slot: Scalar | null = null): Lane | null {
    const scalar = left.scalar === right.scalar ? left.scalar : (slot ?? this.body.draft.either(left.scalar, right.scalar));
    if (!scalar) {
      this.body.draft.refuse(
        'mixed-types',
        'The branches give values of different types, which one array cannot hold.',
        'Give both branches the same type.',
        from,
      );
      return null;
    }
    this.body.draft.operations += 1;
    const code = `${this.body.draft.np}.where(${mask.code}, ${left.code}, ${right.code})`;
    return { code, binds: binds.atom, varying: true, scalar, range: unite(left.range, right.range), unchanged: false, fresh: true };
  }

  private mergeNames(assigned: ReadonlySet<string>, then: Env, otherwise: Env, mask: Lane, statement: Stmt, scope: Scope): void {
    for (const name of assigned) {
      const left = then.get(name);
      const right = otherwise.get(name);
      if (!left && !right) continue;
      if (!left || !right) {
        // Set on one side only: later trips could read what an earlier trip left.
        scope.env.delete(name);
        continue;
      }
      if (left.code === right.code && left.scalar === right.scalar) continue;
      const value = this.merged(mask, left, right, statement.span);
      if (value) this.body.bind(name, value, statement, scope);
    }
  }

  /** Each side for its own trips only. */
  private inParts(statement: Stmt & { kind: 'if' }, test: Lane, assigned: ReadonlySet<string>, scope: Scope): void {
    const { draft } = this.body;
    if (scope.mask !== null) {
      draft.refuse('unsafe-lane', 'A calculation that may fail stands under two tests.', 'Select the items first, then compute.', statement.span);
      return;
    }
    const name = named(test, 'mask', draft);
    const held = heldNames(statement, scope);
    const [then, otherwise] = this.sides((side) => {
      const from = draft.sinks.length;
      const updated = draft.updates.length;
      const mask = side === 'then' ? name : `~${name}`;
      const inner = { ...chosenTrips(mask, scope, draft), hold: held };
      this.body.run(statement[side], inner);
      // What is added holds the chosen trips only; a value that is the same in all of them is counted by the mask.
      for (const update of draft.updates.slice(updated)) {
        if (update.value.varying) update.chosen ??= mask;
        else update.mask ??= mask;
      }
      return { env: inner.env, sinks: draft.sinks.splice(from), mask };
    });
    if (draft.stopped()) return;
    for (const side of [then, otherwise]) {
      if (side.sinks.some((sink) => sink.mask !== null))
        draft.refuse('unsafe-lane', 'A result that may fail stands under two tests.', 'Select the items first, then compute.', statement.span);
      for (const sink of side.sinks.filter((one) => one.target.kind === 'store')) {
        this.body.sink({ ...sink, key: `${sink.key}[${side.mask}]`, mask: side.mask, chosen: true });
      }
      side.sinks = side.sinks.filter((one) => one.target.kind !== 'store');
    }
    const alone = (sink: Sink, side: Side): Sink => ({ ...sink, mask: sink.value.varying ? null : side.mask });
    for (const sink of then.sinks) {
      const other = otherwise.sinks.find((one) => one.key === sink.key);
      this.body.sink(other ? { ...sink, value: this.filled(name, sink.value, other.value, sink.from), mask: null } : alone(sink, then));
    }
    for (const sink of otherwise.sinks) if (!then.sinks.some((one) => one.key === sink.key)) this.body.sink(alone(sink, otherwise));
    for (const set of assigned) {
      const left = then.env.get(set);
      const right = otherwise.env.get(set);
      if (left && right) this.body.bind(set, this.filled(name, left, right, statement.span), statement, scope);
      else if (left || right) scope.env.delete(set);
    }
  }

  private filled(mask: string, left: Lane, right: Lane, from: Stmt['span']): Lane {
    const { draft } = this.body;
    const scalar = left.scalar === right.scalar ? left.scalar : draft.either(left.scalar, right.scalar);
    if (!scalar)
      return draft.refuse(
        'mixed-types',
        'The branches give values of different types, which one array cannot hold.',
        'Give both branches the same type.',
        from,
      );
    const values = draft.fresh('values');
    const dtype = isBool(scalar) ? ', dtype=bool' : isWhole(scalar) ? `, dtype=${draft.np}.int64` : '';
    draft.emit(`${values} = ${draft.np}.empty(${mask}.shape${dtype})`);
    draft.emit(`${values}[${mask}] = ${left.code}`);
    draft.emit(`${values}[~${mask}] = ${right.code}`);
    draft.operations += 4;
    return { code: values, binds: binds.atom, varying: true, scalar, range: unite(left.range, right.range), unchanged: false, fresh: true };
  }
}

/** Names that both sides set, or that had a value before: one choice after both sides gives them theirs. */
function heldNames(statement: Stmt & { kind: 'if' }, scope: Scope): Set<string> {
  const then = stmtNames(statement.then).writes;
  const otherwise = stmtNames(statement.otherwise).writes;
  const both = [...then, ...otherwise].filter((name) => (then.has(name) && otherwise.has(name)) || scope.env.has(name));
  return new Set([...both, ...scope.hold]);
}

/** Type that a float or int slot gives to any number that may go there. */
function slotOf(sink: Sink): Scalar | null {
  const { target } = sink;
  return target.kind === 'store' && !target.list && (target.scalar === 'np.float64' || target.scalar === 'np.int64') ? target.scalar : null;
}
