/** One abstract interpretation of a piece of code with ranges of integers. Loops are run until nothing changes, with jumps to round bounds so that it ends. */
import type { Expr, LoopIR, Span, Stmt } from '../../types';
import { additiveIn, appendOf, changedIn, stepOf } from './changes';
import { ExpressionRanges } from './expression-ranges';
import { add, fits, join, LONGEST, multiply, negated, range, TOP, type Range } from './intervals';
import { containerName, containerOf, type HeadCheck, type RangeQuestion } from './range-question';
import { covers, forgetCompared, merged, refined, widened, type State } from './states';

/** What grows by no more than this in each of the most trips stays below GROWN. */
const STEP = 2 ** 16;
export const GROWN = 2 ** 60;
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
  #returned: Range | null = null;
  /** States at the breaks and continues of the loops that are open. */
  readonly #exits: { breaks: State[]; continues: State[] }[] = [];
  /** What each additive name grows by in one execution of its statements, of the loop that is being run. */
  readonly #growth: Map<string, Range>[] = [];
  readonly #expressions: ExpressionRanges;

  constructor(
    private readonly question: RangeQuestion,
    private readonly options: RunOptions,
  ) {
    this.#expressions = new ExpressionRanges(question, options.growing, (loop, state) => this.#bindTarget(loop, state));
  }

  /** What its returns give, where that is an integer. */
  get returned(): Range | null {
    return this.#returned;
  }

  run(): Span | null {
    this.#expressions.recording = true;
    this.#block(this.question.body, new Map([...this.question.start, ...this.options.growing]));
    return this.#expressions.overflow;
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
        const now = this.#expressions.rangeOf({ kind: 'binary', op, left: target, right: value, span }, state);
        // An array is changed in its place, also for its other names.
        if (target.kind === 'name' && this.question.containers.has(target.name)) this.#put(target, now, state);
        else this.#store(target, now, state);
        return state;
      }
      case 'expression': {
        const appended = appendOf(statement);
        const value = this.#expressions.rangeOf(appended?.value ?? statement.value, state);
        if (appended && !this.#isGrown(containerOf(this.question, appended.list), value, state)) this.#put(appended.list, value, state);
        return state;
      }
      case 'emit':
        this.#expressions.rangeOf(statement.value, state);
        return state;
      case 'if': {
        this.#expressions.rangeOf(statement.test, state);
        const then = this.#block(
          statement.then,
          refined(statement.test, false, state, (expr) => this.#expressions.quiet(expr, state)),
        );
        const otherwise = this.#block(
          statement.otherwise,
          refined(statement.test, true, state, (expr) => this.#expressions.quiet(expr, state)),
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
        const value = statement.value ? this.#expressions.rangeOf(statement.value, state) : null;
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
      const ranges = target.items.map((_, index) => (values?.[index] ? this.#expressions.rangeOf(values[index], state) : TOP));
      if (values === null) {
        const all = value.kind === 'attribute' && value.attribute === 'shape' ? range(0, LONGEST) : this.#expressions.rangeOf(value, state);
        // Items of a list or of a result all lie in its range.
        ranges.fill(all ?? TOP);
      }
      target.items.forEach((item, index) => this.#store(item, ranges[index] ?? null, state));
      return;
    }
    if (target.kind === 'name' && value.kind === 'constant' && value.value === 'None') {
      // It is no int there.
      state.delete(containerName(this.question, target.name));
      return;
    }
    this.#store(target, this.#expressions.rangeOf(value, state), state);
  }

  #store(target: Expr, value: Range | null, state: State): void {
    forgetCompared(state);
    if (target.kind !== 'collection' && this.#isGrown(containerOf(this.question, target), value, state)) return;
    if (target.kind === 'name') {
      if (this.question.aliases?.shared.has(containerName(this.question, target.name))) this.#put(target, value, state);
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

  /** Into a container, beside what is there. */
  #put(target: Expr, value: Range | null, state: State): void {
    const container = containerOf(this.question, target);
    if (container !== null && this.question.integers.has(container)) {
      const known = state.get(container);
      state.set(container, known ? join(known, value ?? TOP) : (value ?? TOP));
    }
  }

  #loop(loop: LoopIR, entry: State): State | null {
    forgetCompared(entry);
    const trips = this.#expressions.tripsOf(loop, entry);
    const placeOf = (target: Expr): string | null => containerOf(this.question, target);
    const changed = changedIn(loop, placeOf).filter((name) => this.question.integers.has(name) && !this.options.growing.has(name));
    const additive = additiveIn(loop, changed, placeOf);
    let head = new Map(entry);
    for (const name of changed) if (!head.has(name) && additive.has(name)) additive.delete(name);
    const recording = this.#expressions.recording;
    this.#expressions.recording = false;
    const pass = (): State | null => {
      this.#exits.push({ breaks: [], continues: [] });
      this.#growth.push(new Map());
      const state = new Map(head);
      this.#bindTarget(loop, state);
      const inside = loop.space.kind === 'while' ? refined(loop.space.test, false, state, (expr) => this.#expressions.quiet(expr, state)) : state;
      if (loop.space.kind === 'while') this.#expressions.rangeOf(loop.space.test, state);
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
    this.#expressions.recording = recording;
    for (const name of changed) if (!fits(head.get(name) ?? range(0, 0))) this.endless.add(name);
    this.#applyLimit(loop, changed, head);
    const back = pass();
    const growth = new Map(this.#growth.at(-1));
    const breaks = leave();
    const outer = this.#growth.at(-1);
    // An inner loop's additions count once for each of its trips.
    if (outer) for (const [name, step] of growth) outer.set(name, add(outer.get(name) ?? range(0, 0), multiply(join(step, range(0, 0)), range(0, trips)))); // prettier-ignore
    head = merged(head, back) ?? head;
    const done = loop.space.kind === 'while' ? refined(loop.space.test, true, head, (expr) => this.#expressions.quiet(expr, head)) : head;
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

  #bindTarget(loop: LoopIR, state: State): void {
    const { target, space } = loop;
    if (target === null) return;
    const store = (names: Expr, one: LoopIR['space']): void => {
      if (one.kind === 'enumerate' && names.kind === 'collection' && names.items.length === 2) {
        const [index, item] = names.items;
        if (index) this.#store(index, range(0, LONGEST), state);
        if (item) store(item, one.of);
      } else if (one.kind === 'zip' && names.kind === 'collection' && names.items.length === one.parts.length) {
        names.items.forEach((item, index) => one.parts[index] && store(item, one.parts[index]));
      } else this.#store(names, this.#expressions.itemOf(one, state), state);
    };
    store(target, space);
  }

  #grow(name: string, by: Expr, sign: 1 | -1, state: State): void {
    const growth = this.#growth.at(-1);
    const step = this.#expressions.quiet(by, state);
    if (growth && step) growth.set(name, add(growth.get(name) ?? range(0, 0), sign === 1 ? step : negated(step)));
  }
}
