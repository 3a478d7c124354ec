import type { BinaryOp, Expr, Stmt } from '../types';
import { boundNames, stmtNames } from '../syntax/python-walk';
import { chosenTrips, named } from './array-choice';
import { binds, isLazy, type Draft, type Env, type Lane, type Scope, type Sink, type Update } from './array-draft';
import { arithmetic, truthOf } from './array-arithmetic';
import { lower } from './array-expressions';
import { literalInt } from './array-kinds';
import { eitherType, isBool, isWhole, unite, type Scalar } from './array-scalars';
import type { Trips } from './array-spaces';
import { affine, indicesOf, sliceText, type Store } from './array-subscripts';

/** What one side of an `if` leaves. */
interface Side {
  env: Env;
  sinks: Sink[];
  mask: string;
}

const split = 'Split the loop: numbers in one, the rest in another.';

/** Lowers the statements of a loop's body, in order. Everything that is found goes to the draft. */
export class Body {
  constructor(
    private readonly draft: Draft,
    private readonly trips: Trips,
    private readonly stores: readonly Store[],
    /** Names that the loop's text may keep: not read after it. */
    private readonly liveOut: ReadonlySet<string>,
    /** The trips are done block by block. */
    private readonly blocks: boolean,
  ) {}

  run(body: readonly Stmt[], scope: Scope): void {
    for (const [position, statement] of body.entries()) {
      if (this.draft.stopped()) return;
      if (statement.kind === 'if' && this.skips(statement.then) && statement.otherwise.length === 0) {
        // `if test: continue`: the rest runs where the test does not hold.
        const rest: Stmt = { ...statement, then: statement.then.slice(0, -1), otherwise: body.slice(position + 1) };
        this.branch(rest, scope);
        return;
      }
      this.statement(statement, scope);
    }
  }

  private skips(body: readonly Stmt[]): boolean {
    return body[body.length - 1]?.kind === 'continue';
  }

  private statement(statement: Stmt, scope: Scope): void {
    const { draft } = this;
    switch (statement.kind) {
      case 'pass':
        return;
      case 'assign': {
        const [target, ...more] = statement.targets;
        if (target?.kind === 'collection' && statement.value.kind === 'collection' && more.length === 0) {
          this.assignAll(target.items, statement.value.items, statement, scope);
        } else if (target?.kind === 'name' && more.length === 0) this.assign(target.name, statement.value, statement, scope);
        else if (target?.kind === 'subscript' && more.length === 0) this.store(target, lower(statement.value, draft, scope), statement, scope);
        else draft.refuse('side-effects', 'A line sets an attribute or several targets at once.', split, statement.span);
        return;
      }
      case 'augment': {
        const { target, op } = statement;
        if (target.kind === 'name') {
          if (scope.env.has(target.name)) {
            const value = arithmetic(
              op,
              lower(target, draft, scope),
              lower(statement.value, draft, scope),
              statement.value,
              draft,
              scope,
              literalInt(statement.value),
            );
            this.bind(target.name, { ...value, unchanged: false }, statement, scope);
          } else this.accumulate(target.name, op, statement.value, statement, scope);
        } else if (target.kind === 'subscript') {
          if (this.scatter(target, op, statement.value, statement, scope)) return;
          const value = arithmetic(
            op,
            scope.subscript(target, scope),
            lower(statement.value, draft, scope),
            statement.value,
            draft,
            scope,
            literalInt(statement.value),
          );
          this.store(target, { ...value, unchanged: false }, statement, scope);
        } else draft.refuse('side-effects', 'A line changes an attribute in every trip.', split, statement.span);
        return;
      }
      case 'if':
        this.branch(statement, scope);
        return;
      case 'emit':
        if (statement.key) draft.refuse('not-numeric', 'The loop fills a dict.', split, statement.span);
        this.sink({ key: 'emit', target: { kind: 'emit' }, value: lower(statement.value, draft, scope), mask: scope.mask, from: statement.span });
        return;
      case 'expression':
        this.expression(statement, scope);
        return;
      case 'break':
      case 'return':
      case 'raise':
        draft.refuse(
          'early-exit',
          'The loop may end before its last trip.',
          'Compute all trips first and look for the exit in the result.',
          statement.span,
        );
        return;
      case 'loop':
        draft.refuse('nested-loop', 'There is another loop inside this one.', 'Look at the inner loop by itself.', statement.span);
        return;
      default:
        draft.refuse('side-effects', 'The loop has a statement that no array operation stands for.', split, statement.span);
    }
  }

  private expression(statement: Stmt & { kind: 'expression' }, scope: Scope): void {
    const { value } = statement;
    if (value.kind === 'string') return;
    const [item, ...more] = value.kind === 'call' ? value.args : [];
    const callee = value.kind === 'call' && value.callee.kind === 'attribute' ? value.callee : null;
    if (callee?.attribute === 'append' && callee.object.kind === 'name' && item && more.length === 0) {
      const { name } = callee.object;
      this.sink({
        key: `append:${name}`,
        target: { kind: 'append', name },
        value: lower(item, this.draft, scope),
        mask: scope.mask,
        from: statement.span,
      });
      return;
    }
    this.draft.refuse('side-effects', 'A line of the loop does something besides computing numbers.', split, statement.span);
  }

  private sink(sink: Sink): void {
    if (this.draft.sinks.some((other) => other.key === sink.key)) {
      this.draft.refuse(
        'side-effects',
        'The loop adds more than one item to the same list in a trip.',
        'Fill one list for each kind of item.',
        sink.from,
      );
    }
    this.draft.sinks.push(sink);
  }

  private assignAll(targets: readonly Expr[], values: readonly Expr[], statement: Stmt, scope: Scope): void {
    if (targets.length !== values.length || !targets.every((target) => target.kind === 'name')) {
      this.draft.refuse('side-effects', 'A line unpacks something that is not plain numbers.', split, statement.span);
      return;
    }
    const lanes = values.map((value) => lower(value, this.draft, scope));
    const names = targets.flatMap(boundNames);
    const overlap = values.some((value) => boundNamesRead(value).some((name) => names.includes(name)));
    if (overlap) this.draft.refuse('carried-dependence', 'A line sets several names from each other.', 'Set one name a line.', statement.span);
    names.forEach((name, index) => {
      const lane = lanes[index];
      if (lane) this.bind(name, lane, statement, scope);
    });
  }

  private assign(name: string, value: Expr, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (!scope.env.has(name)) {
      const selfUse = this.selfUpdate(name, value);
      if (selfUse) {
        if (selfUse.op === 'min' || selfUse.op === 'max') this.extreme(name, selfUse.op, selfUse.value, false, statement, scope);
        else this.accumulate(name, selfUse.op, selfUse.value, statement, scope);
        return;
      }
    }
    this.bind(name, lower(value, draft, scope), statement, scope);
  }

  /** `s = s + e`, `s = e + s`, `m = max(m, e)`. */
  private selfUpdate(name: string, value: Expr): { op: BinaryOp | 'min' | 'max'; value: Expr } | null {
    const isSelf = (expr: Expr | undefined): boolean => expr?.kind === 'name' && expr.name === name;
    if (value.kind === 'binary') {
      if (isSelf(value.left)) return { op: value.op, value: value.right };
      if (isSelf(value.right) && (value.op === '+' || value.op === '*')) return { op: value.op, value: value.left };
    }
    if (value.kind === 'call' && value.callee.kind === 'name' && (value.callee.name === 'min' || value.callee.name === 'max')) {
      const [first, second] = value.args;
      if (value.args.length === 2 && isSelf(first) && second) return { op: value.callee.name, value: second };
    }
    return null;
  }

  /** Gives a name of the trip its array. It keeps its own name unless that is an alias of other data. */
  private bind(name: string, lane: Lane, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (draft.stopped()) return;
    if (this.liveOut.has(name)) {
      draft.refuse(
        'used-after',
        `\`${name}\` is read after the loop with the value of its last trip.`,
        'Compute that value after the loop.',
        statement.span,
      );
      return;
    }
    if (!lane.varying && lane.binds === binds.atom) {
      scope.env.set(name, { ...lane, unchanged: false });
      return;
    }
    if (scope.hold.has(name)) {
      const kept = lane.binds === binds.atom ? lane.code : draft.fresh(name);
      if (kept !== lane.code) draft.emit(`${kept} = ${lane.code}`, statement.span);
      scope.env.set(name, { ...lane, code: kept, binds: binds.atom, unchanged: false });
      return;
    }
    const written = this.pending(name, scope) ? draft.fresh(name) : name;
    // A slice of what the loop stores to would change with it.
    const view = !lane.fresh && this.stores.some((store) => store.name === /^\w+/.exec(lane.code)?.[0]);
    draft.emit(`${written} = ${lane.code}${view ? '.copy()' : ''}`, statement.span);
    scope.env.set(name, { ...lane, code: written, binds: binds.atom, unchanged: written === name });
  }

  /** True where code that comes later still reads the name's earlier array. */
  private pending(name: string, scope: Scope): boolean {
    const word = new RegExp(`\\b${name}\\b`);
    const lanes = [
      ...[...scope.env].filter(([other]) => other !== name).map(([, lane]) => lane),
      ...this.draft.updates.map((one) => one.value),
      ...this.draft.sinks.map((one) => one.value),
    ];
    const masks = [...this.draft.updates, ...this.draft.sinks].map((one) => one.mask ?? '');
    return (
      lanes.some((lane) => lane.varying && !isLazy(lane) && word.test(lane.code)) ||
      masks.some((mask) => word.test(mask)) ||
      word.test(scope.mask ?? '')
    );
  }

  private accumulate(name: string, op: BinaryOp, value: Expr, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (op !== '+' && op !== '-' && op !== '*') {
      draft.refuse('carried-dependence', `\`${name}\` depends on its value of the trip before.`, 'Keep this loop.', statement.span);
      return;
    }
    const lane = lower(value, draft, scope);
    this.update({ name, op, value: lane, mask: scope.mask, from: statement.span, strict: true });
  }

  private update(update: Update): void {
    const others = this.draft.updates.filter((other) => other.name === update.name);
    const held = (one: Update): string[] => [one.name, ...(one.picks ?? []).map((pick) => pick.name)];
    const shared = this.draft.updates.some((other) => held(other).some((name) => held(update).includes(name)));
    if (shared && (update.picks || this.draft.updates.some((other) => other.picks && held(other).some((name) => held(update).includes(name))))) {
      this.draft.refuse(
        'carried-dependence',
        `\`${update.name}\` is updated in two ways that cannot be reordered.`,
        'Use one accumulator for each.',
        update.from,
      );
    }
    const linear = (op: string): boolean => op === '+' || op === '-';
    if (others.some((other) => other.op !== update.op && !(linear(other.op) && linear(update.op)))) {
      const why = `\`${update.name}\` is updated in two ways that cannot be reordered.`;
      this.draft.refuse('carried-dependence', why, 'Use one accumulator for each.', update.from);
    }
    this.draft.updates.push(update);
  }

  private extreme(name: string, op: 'min' | 'max', value: Expr, strict: boolean, statement: Stmt, scope: Scope): void {
    const lane = lower(value, this.draft, scope);
    this.update({ name, op, value: lane, mask: scope.mask, from: statement.span, strict });
  }

  /** `if e > best: best = e`: a maximum. What else the `if` keeps is of the trip that had it. */
  private asExtreme(statement: Stmt & { kind: 'if' }, scope: Scope): boolean {
    const { test, then, otherwise } = statement;
    const [part, ...parts] = test.kind === 'compare' ? test.rest : [];
    const kept = keptNames(then);
    if (test.kind !== 'compare' || !part || parts.length > 0 || otherwise.length > 0 || !kept) return false;
    const slice = (expr: Expr): string => this.draft.cx.slice(scope.file, expr.span);
    const sides = [test.first, part.right].map((side) => kept.find((one) => side.kind === 'name' && side.name === one.name));
    const best = sides[0] ?? sides[1];
    const flip = sides[0] !== undefined;
    const item = flip ? part.right : test.first;
    if (!best || (sides[0] && sides[1]) || slice(item) !== slice(best.value) || kept.some((one) => scope.env.has(one.name))) return false;
    const greater = part.op === '>' || part.op === '>=';
    if (!greater && part.op !== '<' && part.op !== '<=') return false;
    const op = greater !== flip ? 'max' : 'min';
    const strict = part.op === '>' || part.op === '<';
    const others = kept.filter((one) => one !== best);
    if (others.length === 0) {
      this.extreme(best.name, op, item, strict, best.statement, scope);
      return true;
    }
    if (scope.mask !== null) return false;
    const value = lower(item, this.draft, scope);
    const picks = others.map((one) => {
      const source = one.value.kind === 'name' ? one.value.name : null;
      // An index is told by where the extreme stands: it needs no array.
      const isIndex = !this.blocks && this.trips.axes.some((axis) => axis.name === source && axis.step === 1);
      return { name: one.name, source, value: isIndex ? null : lower(one.value, this.draft, scope) };
    });
    this.update({ name: best.name, op, value, mask: null, from: statement.span, strict, picks });
    return true;
  }

  private branch(statement: Stmt & { kind: 'if' }, scope: Scope): void {
    const { draft } = this;
    if (this.asExtreme(statement, scope)) return;
    const test = truthOf(lower(statement.test, draft, scope), statement.test, draft, scope);
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
    const saved = this.stores.map((store) => store.done);
    if (this.inFull(statement, test, assigned, scope)) return;
    if (draft.stopped()) return;
    draft.reset(before);
    this.setDone(saved);
    this.inParts(statement, test, assigned, scope);
  }

  private setDone(done: readonly boolean[]): void {
    this.stores.forEach((store, index) => (store.done = done[index] ?? false));
  }

  /** Runs both sides of an `if`. Neither sees what the other one stored. */
  private sides(run: (body: 'then' | 'otherwise') => Side): [Side, Side] {
    const before = this.stores.map((store) => store.done);
    const then = run('then');
    const after = this.stores.map((store) => store.done);
    this.setDone(before);
    const otherwise = run('otherwise');
    this.stores.forEach((store, index) => (store.done ||= after[index] ?? false));
    return [then, otherwise];
  }

  /** Both sides for all trips, then a choice. False: a side could fail in trips that do not take it. */
  private inFull(statement: Stmt & { kind: 'if' }, test: Lane, assigned: ReadonlySet<string>, scope: Scope): boolean {
    const { draft } = this;
    const wasUnsafe = draft.flags.unsafe;
    draft.flags.unsafe = false;
    const name = named(test, 'mask', draft);
    const mask: Lane = { ...test, code: name, binds: binds.atom };
    const outer = scope.mask;
    const held = heldNames(statement, scope);
    const join = (inner: string): string => (outer === null ? inner : `${outer} & ${inner}`);
    const [then, otherwise] = this.sides((side) => {
      const env: Env = new Map(scope.env);
      const from = draft.sinks.length;
      const chosen = join(side === 'then' ? name : `~${name}`);
      this.run(statement[side], { ...scope, env, mask: chosen, hold: held });
      return { env, sinks: draft.sinks.splice(from), mask: chosen };
    });
    const unsafe = draft.flag('unsafe');
    draft.flags.unsafe = unsafe || wasUnsafe;
    if (draft.stopped()) return true;
    if (unsafe) return false;
    this.mergeSinks(then, otherwise, mask, outer);
    this.mergeNames(assigned, then.env, otherwise.env, mask, statement, scope);
    return true;
  }

  private mergeSinks(then: Side, otherwise: Side, mask: Lane, outer: string | null): void {
    const { draft } = this;
    for (const sink of then.sinks) {
      const other = otherwise.sinks.find((one) => one.key === sink.key);
      if (!other) {
        this.sink(sink);
        continue;
      }
      if (sink.chosen || other.chosen) {
        this.sink(sink);
        this.sink(other);
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
      if (value) this.sink({ ...sink, value, mask: chosen });
    }
    for (const sink of otherwise.sinks) if (!then.sinks.some((one) => one.key === sink.key)) this.sink(sink);
  }

  private merged(mask: Lane, left: Lane, right: Lane, from: Stmt['span'], slot: Scalar | null = null): Lane | null {
    const scalar = left.scalar === right.scalar ? left.scalar : (slot ?? eitherType(left.scalar, right.scalar));
    if (!scalar) {
      this.draft.refuse(
        'mixed-types',
        'The branches give values of different types, which one array cannot hold.',
        'Give both branches the same type.',
        from,
      );
      return null;
    }
    this.draft.operations += 1;
    const code = `${this.draft.np}.where(${mask.code}, ${left.code}, ${right.code})`;
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
      if (value) this.bind(name, value, statement, scope);
    }
  }

  /** Each side for its own trips only. */
  private inParts(statement: Stmt & { kind: 'if' }, test: Lane, assigned: ReadonlySet<string>, scope: Scope): void {
    const { draft } = this;
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
      this.run(statement[side], inner);
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
        this.sink({ ...sink, key: `${sink.key}[${side.mask}]`, mask: side.mask, chosen: true });
      }
      side.sinks = side.sinks.filter((one) => one.target.kind !== 'store');
    }
    const alone = (sink: Sink, side: Side): Sink => ({ ...sink, mask: sink.value.varying ? null : side.mask });
    for (const sink of then.sinks) {
      const other = otherwise.sinks.find((one) => one.key === sink.key);
      this.sink(other ? { ...sink, value: this.filled(name, sink.value, other.value, sink.from), mask: null } : alone(sink, then));
    }
    for (const sink of otherwise.sinks) if (!then.sinks.some((one) => one.key === sink.key)) this.sink(alone(sink, otherwise));
    for (const set of assigned) {
      const left = then.env.get(set);
      const right = otherwise.env.get(set);
      if (left && right) this.bind(set, this.filled(name, left, right, statement.span), statement, scope);
      else if (left || right) scope.env.delete(set);
    }
  }

  private filled(mask: string, left: Lane, right: Lane, from: Stmt['span']): Lane {
    const { draft } = this;
    const scalar = left.scalar === right.scalar ? left.scalar : eitherType(left.scalar, right.scalar);
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

  /** `counts[place] += 1`: adds for all trips, in their order, also where several have the same place. */
  private scatter(target: Expr & { kind: 'subscript' }, op: BinaryOp, added: Expr, statement: Stmt, scope: Scope): boolean {
    const { object, indices } = indicesOf(target);
    const [index, ...others] = indices;
    if (object.kind !== 'name' || !index || others.length > 0 || (op !== '+' && op !== '-') || affine(index, this.trips.axes)) return false;
    const own = this.stores.filter((one) => one.name === object.name);
    const kind = scope.kinds.of(object);
    const names = boundNamesRead(index);
    if (own.length !== 1 || kind?.kind !== 'array' || kind.shape.length !== 1 || !names.some((name) => scope.env.get(name)?.varying)) return false;
    const { draft } = this;
    const at = lower(index, draft, scope);
    const value = lower(added, draft, scope);
    if (draft.stopped()) return true;
    if (!at.varying || (at.scalar !== 'int' && at.scalar !== 'np.int64')) {
      draft.refuse('gather', 'An index is not a whole number.', 'Use int indices.', index.span);
      return true;
    }
    if (isBool(value.scalar) || !stores(kind.scalar, value) || isBool(kind.scalar)) {
      draft.refuse('mixed-types', `\`${object.name}\` would round what is added to it.`, 'Give the array the type of the values.', statement.span);
      return true;
    }
    if (!kind.proven) draft.assume(`\`${object.name}\` is an array of ${kind.scalar.replace('np.', '')}, as it was in this run`);
    // A place past the end fails in the middle of the adding.
    draft.flags.unsafe = true;
    for (const store of own) store.done = true;
    draft.operations += 1;
    this.sink({
      key: `scatter:${object.name}`,
      target: {
        kind: 'store',
        code: '',
        object: object.name,
        scalar: kind.scalar,
        list: false,
        scatter: { ufunc: op === '+' ? 'add' : 'subtract', at },
      },
      value,
      mask: scope.mask,
      from: statement.span,
    });
    return true;
  }

  private store(target: Expr & { kind: 'subscript' }, value: Lane, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    const { object, indices } = indicesOf(target);
    const places = indices.map((index) => affine(index, this.trips.axes));
    const lanes = places.filter((place) => place !== null);
    const store = this.stores.find((one) => object.kind === 'name' && one.name === object.name);
    const kind = scope.kinds.of(object);
    if (draft.stopped()) return;
    if (object.kind !== 'name' || lanes.length !== 1 || !store || (kind?.kind !== 'array' && kind?.kind !== 'list')) {
      const why =
        lanes.length === 1
          ? 'It is not known what the loop stores to.'
          : 'The loop stores to places that do not follow its index: several trips may write the same one.';
      draft.refuse(lanes.length === 1 ? 'unknown-type' : 'indirect-store', why, 'Store to out[i] of an array or list of numbers.', statement.span);
      return;
    }
    const rank = kind.kind === 'list' ? 1 : kind.shape.length;
    if (rank !== indices.length) {
      draft.refuse('not-scalar', `\`${object.name}\` is not indexed down to one place.`, 'Index every axis.', statement.span);
      return;
    }
    if (!kind.proven)
      draft.assume(
        `\`${object.name}\` is ${kind.kind === 'list' ? 'a list' : `an array of ${kind.scalar.replace('np.', '')}`}, as it was in this run`,
      );
    const slices = indices.map((index, position) => {
      const place = places[position];
      return place ? (sliceText(object, position, place.axis, place.offset, draft, scope) ?? ':') : lower(index, draft, scope).code;
    });
    if (kind.kind === 'list' && scope.mask !== null) {
      draft.refuse('side-effects', 'The loop stores to a list under a test.', 'Store to a NumPy array, or in both branches.', statement.span);
      return;
    }
    if (kind.kind === 'array' && !stores(kind.scalar, value)) {
      draft.refuse('mixed-types', `\`${object.name}\` would round what is stored in it.`, 'Give the array the type of the values.', statement.span);
      return;
    }
    store.done = true;
    const code = `${object.name}[${slices.join(', ')}]`;
    this.sink({
      key: `store:${object.name}`,
      target: { kind: 'store', code, object: object.name, scalar: kind.kind === 'list' ? kind.element : kind.scalar, list: kind.kind === 'list' },
      value,
      mask: scope.mask,
      from: statement.span,
    });
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

/** The plain assignments that a body consists of; null where it does anything else. */
function keptNames(body: readonly Stmt[]): { name: string; value: Expr; statement: Stmt }[] | null {
  const kept: { name: string; value: Expr; statement: Stmt }[] = [];
  for (const statement of body) {
    const [target, ...more] = statement.kind === 'assign' ? statement.targets : [];
    if (statement.kind !== 'assign' || !target || more.length > 0) return null;
    const { value } = statement;
    const pairs =
      target.kind === 'collection' && value.kind === 'collection' && target.items.length === value.items.length
        ? target.items.map((one, index) => [one, value.items[index]] as const)
        : [[target, value] as const];
    for (const [one, given] of pairs) {
      if (one.kind !== 'name' || !given) return null;
      kept.push({ name: one.name, value: given, statement });
    }
  }
  const names = new Set(kept.map((one) => one.name));
  const apart = kept.every((one) => !boundNamesRead(one.value).some((name) => names.has(name)));
  return apart && names.size === kept.length ? kept : null;
}

const stores = (slot: string, value: Lane): boolean =>
  slot === 'np.float64' || (slot === 'np.int64' && isWhole(value.scalar)) || (slot === 'np.bool' && isBool(value.scalar));

function boundNamesRead(expr: Expr): string[] {
  return [...stmtNames([{ kind: 'expression', value: expr, span: expr.span }]).reads];
}
