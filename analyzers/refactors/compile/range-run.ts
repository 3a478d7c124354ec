/** One abstract interpretation of a piece of code with ranges of integers. Loops are run until nothing changes, with jumps to round bounds so that it ends. */
import type { Expr, LoopIR, Span, Stmt } from '../../types';
import { additiveIn, appendOf, changedIn, rootOf, stepOf } from './changes';
import type { Aliases } from './aliases';
import { add, binary, BIT, fits, join, MOST, multiply, negated, range, TOP, type Range } from './intervals';
import { COMPARED, covers, forgetCompared, merged, placeOf, refined, widened, within, type State } from './states';

export interface RangeQuestion {
  body: readonly Stmt[];
  /** Integers and containers of integers (their elements) at the start; names that are not here are local and hold nothing yet. */
  start: ReadonlyMap<string, Range>;
  /** Names that hold integers or containers of integers somewhere in the body. Others are floats and what has no range. */
  integers: ReadonlySet<string>;
  /** Those of them that are lists or arrays: these cannot be checked at the head of a loop. */
  containers: ReadonlySet<string>;
  /** Names that may be one container, or a part of it. */
  aliases?: Aliases;
  /** The one place that a field of a record is, whichever name the record has; null of other expressions. */
  fieldOf?(expr: Expr): string | null;
  /** Whether a call gives integers, or something that holds some. */
  isInteger?(call: Expr & { kind: 'call' }): boolean;
  /** Result of a call with an integer result, beyond the usual builtins. */
  callRange?(call: Expr & { kind: 'call' }, args: readonly (Range | null)[], object: Range | null): Range | null;
}
/** A loop variable that has to be checked at the head of a loop: only below `limit` in size is what follows safe. */
export interface HeadCheck {
  loop: LoopIR;
  name: string;
  limit: number;
}
export type RangeAnswer = { ok: true; checks: HeadCheck[]; returned: Range | null } | { ok: false; at: Span };

/** So many trips take a compiled loop hours: what grows by a small step in each does not get further. */
const MOST_TRIPS = 2 ** 43;
const LONGEST = 2 ** 40;
const STEP = 2 ** 16;
export const GROWN = 2 ** 60;
/** Up to here every int is a float too. */
const EXACT = 2 ** 53;
const FREE_PASSES = 3;
const MOST_PASSES = 12;

export interface RunOptions {
  limit: number | null;
  /** Names that are taken to be below GROWN in size, as each store adds at most STEP to the largest of them. */
  growing: ReadonlyMap<string, Range>;
  without?: HeadCheck;
  only?: readonly HeadCheck[];
}

export class RangeRun {
  readonly checks: HeadCheck[] = [];
  /** Names without an end in some loop. */
  readonly endless = new Set<string>();
  /** Growing names of which a store may add more than a step. */
  readonly leaping = new Set<string>();
  #overflow: Span | null = null;
  #returned: Range | null = null;
  #recording = false;
  /** States at the breaks and continues of the loops that are open. */
  readonly #exits: { breaks: State[]; continues: State[] }[] = [];
  /** What each additive name grows by in one execution of its statements, of the loop that is being run. */
  readonly #growth: Map<string, Range>[] = [];

  constructor(
    private readonly question: RangeQuestion,
    private readonly options: RunOptions,
  ) {}

  /** What its returns give, where that is an integer. */
  get returned(): Range | null {
    return this.#returned;
  }

  run(): Span | null {
    this.#recording = true;
    this.#block(this.question.body, new Map([...this.question.start, ...this.options.growing]));
    return this.#overflow;
  }

  /** Null: the end is not reached. */
  #block(body: readonly Stmt[], given: State): State | null {
    let state: State | null = given;
    for (const statement of body) {
      if (state === null) return null;
      state = this.#statement(statement, state);
    }
    return state;
  }

  #statement(statement: Stmt, state: State): State | null {
    switch (statement.kind) {
      case 'assign': {
        const [only] = statement.targets;
        const step = only && statement.targets.length === 1 ? stepOf(only, statement.value) : null;
        if (step) this.#grow(step.name, step.value, step.sign, state);
        for (const target of statement.targets) this.#assign(target, statement.value, state);
        return state;
      }
      case 'augment': {
        const { target, op, value, span } = statement;
        if (target.kind === 'name' && (op === '+' || op === '-')) this.#grow(target.name, value, op === '+' ? 1 : -1, state);
        const now = this.#eval({ kind: 'binary', op, left: target, right: value, span }, state);
        // An array is changed in its place, also for its other names.
        if (target.kind === 'name' && this.question.containers.has(target.name)) this.#put(target, now, state);
        else this.#store(target, now, state);
        return state;
      }
      case 'expression': {
        const appended = appendOf(statement);
        const value = this.#eval(appended?.value ?? statement.value, state);
        if (appended && !this.#isGrown(this.#placeOf(appended.list), value, state)) this.#put(appended.list, value, state);
        return state;
      }
      case 'emit':
        this.#eval(statement.value, state);
        return state;
      case 'if': {
        this.#eval(statement.test, state);
        const then = this.#block(
          statement.then,
          refined(statement.test, false, state, (expr) => this.#quiet(expr, state)),
        );
        const otherwise = this.#block(
          statement.otherwise,
          refined(statement.test, true, state, (expr) => this.#quiet(expr, state)),
        );
        return merged(then, otherwise);
      }
      case 'loop':
        return this.#loop(statement.loop, state);
      case 'break':
        this.#exits.at(-1)?.breaks.push(new Map(state));
        return null;
      case 'continue':
        this.#exits.at(-1)?.continues.push(new Map(state));
        return null;
      case 'return':
      case 'raise': {
        const value = statement.value ? this.#eval(statement.value, state) : null;
        if (value && statement.kind === 'return') this.#returned = this.#returned ? join(this.#returned, value) : value;
        return null;
      }
      default:
        return state;
    }
  }

  #assign(target: Expr, value: Expr, state: State): void {
    if (target.kind === 'collection') {
      const values = value.kind === 'collection' && value.items.length === target.items.length ? value.items : null;
      // All of the right side is taken before any name is given.
      const ranges = target.items.map((_, index) => (values?.[index] ? this.#eval(values[index], state) : TOP));
      if (values === null) {
        const all = value.kind === 'attribute' && value.attribute === 'shape' ? range(0, LONGEST) : this.#eval(value, state);
        // Items of a list or of a result all lie in its range.
        ranges.fill(all ?? TOP);
      }
      target.items.forEach((item, index) => this.#store(item, ranges[index] ?? null, state));
      return;
    }
    if (target.kind === 'name' && value.kind === 'constant' && value.value === 'None') {
      // It is no int there.
      state.delete(this.#nameOf(target.name));
      return;
    }
    this.#store(target, this.#eval(value, state), state);
  }

  #store(target: Expr, value: Range | null, state: State): void {
    forgetCompared(state);
    if (target.kind !== 'collection' && this.#isGrown(this.#placeOf(target), value, state)) return;
    if (target.kind === 'name') {
      if (this.question.aliases?.shared.has(this.#nameOf(target.name))) this.#put(target, value, state);
      else if (this.question.integers.has(target.name)) state.set(target.name, value ?? TOP);
      return;
    }
    if (target.kind === 'collection') {
      for (const item of target.items) this.#store(item, value ?? TOP, state);
      return;
    }
    this.#put(target, value, state);
  }

  /** A name that grows by small steps stays within its bounds, or is noted as one that leaps. */
  #isGrown(name: string | null, value: Range | null, state: State): boolean {
    const bounds = name === null ? undefined : this.options.growing.get(name);
    if (name === null || !bounds) return false;
    const { lo, hi } = value ?? TOP;
    if (lo < (bounds.lo === 0 ? 0 : -GROWN - STEP) || hi > GROWN + STEP) this.leaping.add(name);
    state.set(name, bounds);
    return true;
  }

  #placeOf(target: Expr): string | null {
    const field = this.question.fieldOf?.(target) ?? null;
    const root = field === null ? rootOf(target) : null;
    return root === null ? field : this.#nameOf(root);
  }

  /** The one name for all that may be the same container. */
  #nameOf(name: string): string {
    return this.question.aliases?.nameOf(name) ?? name;
  }

  /** Into a container, beside what is there. */
  #put(target: Expr, value: Range | null, state: State): void {
    const container = this.#placeOf(target);
    if (container !== null && this.question.integers.has(container)) {
      const known = state.get(container);
      state.set(container, known ? join(known, value ?? TOP) : (value ?? TOP));
    }
  }

  #loop(loop: LoopIR, entry: State): State | null {
    forgetCompared(entry);
    const trips = this.#enter(loop, entry);
    const placeOf = (target: Expr): string | null => this.#placeOf(target);
    const changed = changedIn(loop, placeOf).filter((name) => this.question.integers.has(name) && !this.options.growing.has(name));
    const additive = additiveIn(loop, changed, placeOf);
    let head = new Map(entry);
    for (const name of changed) if (!head.has(name) && additive.has(name)) additive.delete(name);
    const recording = this.#recording;
    this.#recording = false;
    const pass = (): State | null => {
      this.#exits.push({ breaks: [], continues: [] });
      this.#growth.push(new Map());
      const state = new Map(head);
      this.#bindTarget(loop, state);
      const inside = loop.space.kind === 'while' ? refined(loop.space.test, false, state, (expr) => this.#quiet(expr, state)) : state;
      if (loop.space.kind === 'while') this.#eval(loop.space.test, state);
      const end = this.#block(loop.body, inside);
      const back = [end, ...(this.#exits.at(-1)?.continues ?? [])].reduce<State | null>((all, one) => merged(all, one), null);
      return back;
    };
    const leave = (): State[] => {
      this.#growth.pop();
      return this.#exits.pop()?.breaks ?? [];
    };
    const next = (back: State | null, growth: ReadonlyMap<string, Range>): State => {
      const result = merged(new Map(entry), back) ?? new Map(entry);
      for (const name of additive) {
        const step = growth.get(name) ?? range(0, 0);
        const from = entry.get(name) ?? TOP;
        result.set(name, add(from, multiply(join(step, range(0, 0)), range(0, trips))));
      }
      return result;
    };
    for (let count = 0; count < MOST_PASSES; count += 1) {
      const back = pass();
      const growth = new Map(this.#growth.at(-1));
      leave();
      const wider = next(back, growth);
      const unstable = changed.filter((name) => !covers(head.get(name), wider.get(name)));
      if (unstable.length === 0) break;
      for (const name of unstable) {
        const [was, now] = [head.get(name), wider.get(name) ?? TOP];
        const all = was ? join(was, now) : now;
        head.set(name, count < FREE_PASSES || additive.has(name) ? all : widened(was ?? all, all));
      }
    }
    for (let count = 0; count < 2; count += 1) {
      const back = pass();
      const growth = new Map(this.#growth.at(-1));
      leave();
      const narrow = next(back, growth);
      // What the body gives from a safe start is safe again, so the smaller of both is.
      for (const name of changed) {
        const [was, now] = [head.get(name), narrow.get(name)];
        if (was && now) head.set(name, range(Math.max(was.lo, now.lo), Math.min(was.hi, now.hi)));
      }
    }
    this.#recording = recording;
    for (const name of changed) if (!fits(head.get(name) ?? range(0, 0))) this.endless.add(name);
    this.#applyLimit(loop, changed, head);
    const back = pass();
    const growth = new Map(this.#growth.at(-1));
    const breaks = leave();
    const outer = this.#growth.at(-1);
    // An inner loop's additions count once for each of its trips.
    if (outer) for (const [name, step] of growth) outer.set(name, add(outer.get(name) ?? range(0, 0), multiply(join(step, range(0, 0)), range(0, trips)))); // prettier-ignore
    head = merged(head, back) ?? head;
    const done = loop.space.kind === 'while' ? refined(loop.space.test, true, head, (expr) => this.#quiet(expr, head)) : head;
    const after = this.#block(loop.otherwise, new Map(done));
    return breaks.reduce<State | null>((all, one) => merged(all, one), after);
  }

  /** Bounds loop variables at the head, where the generated code will check them. */
  #applyLimit(loop: LoopIR, changed: readonly string[], head: State): void {
    const { limit, without, only } = this.options;
    if (limit === null) return;
    const is = (one: HeadCheck, name: string): boolean => one.loop === loop && one.name === name;
    for (const name of changed) {
      const at = head.get(name);
      if (at === undefined || this.question.containers.has(name)) continue;
      if (at.hi <= limit && at.lo >= -limit) continue;
      if ((without && is(without, name)) || (only && !only.some((one) => is(one, name)))) continue;
      head.set(name, range(Math.max(at.lo, -limit), Math.min(at.hi, limit)));
      if (!this.checks.some((one) => is(one, name))) this.checks.push({ loop, name, limit });
    }
  }

  /** Evaluates what the loop walks over. @returns the most trips. */
  #enter(loop: LoopIR, state: State): number {
    const { space } = loop;
    if (space.kind !== 'range') return space.kind === 'while' ? MOST_TRIPS : LONGEST;
    const start = space.start ? this.#eval(space.start, state) : range(0, 0);
    const stop = this.#eval(space.stop, state);
    if (space.step) this.#eval(space.step, state);
    const distance = start && stop ? Math.max(0, stop.hi - start.lo, start.hi - stop.lo) : Infinity;
    return Math.min(MOST_TRIPS, distance);
  }

  #bindTarget(loop: LoopIR, state: State): void {
    const { target, space } = loop;
    if (target === null) return;
    const of = (one: LoopIR['space']): Range | null => {
      switch (one.kind) {
        case 'range': {
          const start = one.start ? this.#quiet(one.start, state) : range(0, 0);
          const stop = this.#quiet(one.stop, state);
          if (!start || !stop) return TOP;
          const step = one.step ? this.#quiet(one.step, state) : range(1, 1);
          const down = range(Math.min(start.lo, stop.lo + 1), start.hi);
          const up = range(start.lo, Math.max(start.lo, stop.hi - 1));
          return step && step.lo > 0 ? up : step && step.hi < 0 ? down : join(up, down);
        }
        case 'sequence':
          return this.#quiet(one.value, state);
        case 'reversed':
          return of(one.of);
        default:
          return TOP;
      }
    };
    const store = (names: Expr, one: LoopIR['space']): void => {
      if (one.kind === 'enumerate' && names.kind === 'collection' && names.items.length === 2) {
        const [index, item] = names.items;
        if (index) this.#store(index, range(0, LONGEST), state);
        if (item) store(item, one.of);
      } else if (one.kind === 'zip' && names.kind === 'collection' && names.items.length === one.parts.length) {
        names.items.forEach((item, index) => one.parts[index] && store(item, one.parts[index]));
      } else this.#store(names, of(one), state);
    };
    store(target, space);
  }

  #held(name: string, state: State): Range | null {
    const place = this.#nameOf(name);
    return this.question.integers.has(place) ? (state.get(place) ?? this.options.growing.get(place) ?? TOP) : null;
  }

  #grow(name: string, by: Expr, sign: 1 | -1, state: State): void {
    const growth = this.#growth.at(-1);
    const step = this.#quiet(by, state);
    if (growth && step) growth.set(name, add(growth.get(name) ?? range(0, 0), sign === 1 ? step : negated(step)));
  }

  #quiet(expr: Expr, state: State): Range | null {
    const recording = this.#recording;
    this.#recording = false;
    const found = this.#eval(expr, state);
    this.#recording = recording;
    return found;
  }

  /** Null: no integer. */
  #eval(expr: Expr, state: State): Range | null {
    const found = this.#evalPart(expr, state);
    if (found === null || fits(found)) return found;
    // Values from outside that nothing bounds do fit; only what is computed from them may not.
    if (this.#recording && (expr.kind === 'binary' || expr.kind === 'unary' || expr.kind === 'number')) this.#overflow ??= expr.span;
    return found;
  }

  #evalPart(expr: Expr, state: State): Range | null {
    const compared = state.has(COMPARED) ? state.get(placeOf(expr)) : undefined;
    if (compared) {
      const known = this.#evalPlain(expr, state);
      return known && range(Math.max(known.lo, compared.lo), Math.min(known.hi, compared.hi));
    }
    return this.#evalPlain(expr, state);
  }

  #evalPlain(expr: Expr, state: State): Range | null {
    switch (expr.kind) {
      case 'number': {
        const value = Number(expr.text.replaceAll('_', ''));
        return expr.type === 'int' ? range(value, value) : null;
      }
      case 'constant':
        return expr.value === 'True' ? range(1, 1) : expr.value === 'False' ? range(0, 0) : null;
      case 'name':
        return this.#held(expr.name, state);
      case 'subscript': {
        const field = this.question.fieldOf?.(expr) ?? null;
        if (field !== null) return this.#held(field, state);
        this.#eval(expr.index, state);
        // `a.shape[0]`
        if (expr.object.kind === 'attribute' && expr.object.attribute === 'shape') return range(0, LONGEST);
        const root = rootOf(expr);
        if (root !== null) return this.#held(root, state);
        return this.#eval(expr.object, state);
      }
      case 'attribute': {
        const field = this.question.fieldOf?.(expr) ?? null;
        if (field !== null) return this.#held(field, state);
        if (expr.attribute === 'T') return this.#eval(expr.object, state);
        return /^(size|ndim)$/.test(expr.attribute) ? range(0, LONGEST) : null;
      }
      case 'collection':
        if (expr.items.length === 0) return range(0, 0);
        return expr.items
          .map((item) => this.#eval(item, state))
          .reduce<Range | null>((all, one) => (all && one ? join(all, one) : (all ?? one)), null);
      case 'unary': {
        const of = this.#eval(expr.operand, state);
        if (expr.op === 'not') return BIT;
        return of && (expr.op === '-' ? negated(of) : expr.op === '~' ? add(negated(of), range(-1, -1)) : of);
      }
      case 'binary': {
        const [left, right] = [this.#eval(expr.left, state), this.#eval(expr.right, state)];
        // `[0] * n` and `[0] + [1]` keep the elements.
        if (expr.op === '*' && (expr.left.kind === 'collection' || expr.left.kind === 'loop')) return left;
        // The quotient of two ints is exact in Python however large they are; a kernel turns them into floats first.
        if (expr.op === '/' && left && right && this.#recording && !(within(left, EXACT) && within(right, EXACT))) this.#overflow ??= expr.span;
        return left && right ? binary(expr.op, left, right) : null;
      }
      case 'compare':
        {
          const parts = [expr.first, ...expr.rest.map(({ right }) => right)].map((part) => this.#eval(part, state));
          // An int and a float are compared exactly in Python, and as floats in a kernel.
          const rounded = parts.some((part) => part === null) && parts.some((part) => part !== null && !within(part, EXACT));
          if (rounded && this.#recording) this.#overflow ??= expr.span;
        }
        return BIT;
      case 'logical': {
        const [left, right] = [this.#eval(expr.left, state), this.#eval(expr.right, state)];
        return left && right ? join(left, right) : null;
      }
      case 'conditional': {
        this.#eval(expr.test, state);
        const then = this.#eval(
          expr.then,
          refined(expr.test, false, state, (part) => this.#quiet(part, state)),
        );
        const otherwise = this.#eval(
          expr.otherwise,
          refined(expr.test, true, state, (part) => this.#quiet(part, state)),
        );
        return then && otherwise ? join(then, otherwise) : null;
      }
      case 'named': {
        const value = this.#eval(expr.value, state);
        if (this.question.integers.has(expr.name)) state.set(expr.name, value ?? TOP);
        return value;
      }
      case 'loop': {
        return this.#emitted(expr.loop, new Map(state));
      }
      case 'call':
        return this.#call(expr, state);
      default:
        return null;
    }
  }

  /** Of a comprehension's elements. */
  #emitted(loop: LoopIR, state: State): Range | null {
    this.#enter(loop, state);
    this.#bindTarget(loop, state);
    let [inner] = loop.body;
    while (inner?.kind === 'if') {
      this.#eval(inner.test, state);
      [inner] = inner.then;
    }
    if (inner?.kind === 'loop') return this.#emitted(inner.loop, state);
    return inner?.kind === 'emit' ? this.#eval(inner.value, state) : TOP;
  }

  #call(call: Expr & { kind: 'call' }, state: State): Range | null {
    const given = call.args.map((arg) => this.#eval(arg, state));
    if (this.question.isInteger?.(call) === false && !(call.callee.kind === 'name' && call.callee.name === 'range')) return null;
    const object = call.callee.kind === 'attribute' ? this.#quiet(call.callee.object, state) : null;
    const known = this.question.callRange?.(call, given, object);
    if (known) return known;
    const name = call.callee.kind === 'name' ? call.callee.name : '';
    const [first = null, second = null] = given;
    switch (name) {
      case 'len':
        return range(0, LONGEST);
      case 'ord':
        return range(0, 0x10ffff);
      case 'bool':
        return BIT;
      case 'abs':
        return first && range(0, Math.max(Math.abs(first.lo), Math.abs(first.hi)));
      case 'int':
      case 'round': {
        const [arg] = call.args;
        if (!arg || call.args.length > 1) return null;
        return first ?? this.#rounded(arg, state) ?? range(-MOST, MOST);
      }
      case 'min':
        return first && second ? range(Math.min(first.lo, second.lo), Math.min(first.hi, second.hi)) : first;
      case 'max':
        return first && second ? range(Math.max(first.lo, second.lo), Math.max(first.hi, second.hi)) : first;
      default:
        if (name === 'range' && call.args.length < 3)
          return first && (second ? range(first.lo, Math.max(first.lo, second.hi - 1)) : range(0, Math.max(0, first.hi - 1)));
        return first && /^(sorted|list|reversed)$/.test(name) ? first : TOP;
    }
  }

  /** Of a float that is made an int: a root of an int. */
  #rounded(expr: Expr, state: State): Range | null {
    const half = expr.kind === 'binary' && expr.op === '**' && expr.right.kind === 'number' && Number(expr.right.text) === 0.5;
    const root = expr.kind === 'call' && expr.args.length === 1 && /\bsqrt$/.test(nameOf(expr.callee));
    const of = half ? expr.left : root ? expr.args[0] : undefined;
    const known = of && this.#quiet(of, state);
    return known && Number.isFinite(known.hi) ? range(0, Math.ceil(Math.sqrt(Math.max(0, known.hi))) + 1) : null;
  }
}

const nameOf = (callee: Expr): string => (callee.kind === 'name' ? callee.name : callee.kind === 'attribute' ? callee.attribute : '');
