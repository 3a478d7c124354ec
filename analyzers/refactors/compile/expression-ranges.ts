/** Ranges of what expressions give, and the first of them that may leave 64 bits. */
import type { Expr, LoopIR, Span } from '../../types';
import { rootOf } from './changes';
import { add, binary, BIT, fits, join, LONGEST, MOST, negated, range, TOP, type Range } from './intervals';
import { containerName, type RangeQuestion } from './range-question';
import { COMPARED, placeOf, refined, within, type State } from './states';

/** Up to here every int is a float too. */
const EXACT = 2 ** 53;
/** So many trips take a compiled loop hours: what grows by a small step in each does not get further. */
const MOST_TRIPS = 2 ** 43;

export class ExpressionRanges {
  /** Where an int first may not fit. */
  overflow: Span | null = null;
  /** Only what is known for good is judged: passes on the way to it are not. */
  recording = false;

  /**
   * @param growing names that are taken to stay within these ranges.
   * @param bind gives the target of a comprehension a range.
   */
  constructor(
    private readonly question: RangeQuestion,
    private readonly growing: ReadonlyMap<string, Range>,
    private readonly bind: (loop: LoopIR, state: State) => void,
  ) {}

  /** Without noting what does not fit. */
  quiet(expr: Expr, state: State): Range | null {
    const recording = this.recording;
    this.recording = false;
    const found = this.rangeOf(expr, state);
    this.recording = recording;
    return found;
  }

  /** Null: no integer. */
  rangeOf(expr: Expr, state: State): Range | null {
    const found = this.#evalPart(expr, state);
    if (found === null || fits(found)) return found;
    // Values from outside that nothing bounds do fit; only what is computed from them may not.
    if (this.recording && (expr.kind === 'binary' || expr.kind === 'unary' || expr.kind === 'number')) this.overflow ??= expr.span;
    return found;
  }

  /** Evaluates what the loop walks over. @returns the most trips. */
  tripsOf(loop: LoopIR, state: State): number {
    const { space } = loop;
    if (space.kind !== 'range') return space.kind === 'while' ? MOST_TRIPS : LONGEST;
    const start = space.start ? this.rangeOf(space.start, state) : range(0, 0);
    const stop = this.rangeOf(space.stop, state);
    if (space.step) this.rangeOf(space.step, state);
    const distance = start && stop ? Math.max(0, stop.hi - start.lo, start.hi - stop.lo) : Infinity;
    return Math.min(MOST_TRIPS, distance);
  }

  /** Of what a loop over it gives its target in a trip. */
  itemOf(space: LoopIR['space'], state: State): Range | null {
    switch (space.kind) {
      case 'range': {
        const start = space.start ? this.quiet(space.start, state) : range(0, 0);
        const stop = this.quiet(space.stop, state);
        if (!start || !stop) return TOP;
        const step = space.step ? this.quiet(space.step, state) : range(1, 1);
        const down = range(Math.min(start.lo, stop.lo + 1), start.hi);
        const up = range(start.lo, Math.max(start.lo, stop.hi - 1));
        return step && step.lo > 0 ? up : step && step.hi < 0 ? down : join(up, down);
      }
      case 'sequence':
        return this.quiet(space.value, state);
      case 'reversed':
        return this.itemOf(space.of, state);
      default:
        return TOP;
    }
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
        this.rangeOf(expr.index, state);
        // `a.shape[0]`
        if (expr.object.kind === 'attribute' && expr.object.attribute === 'shape') return range(0, LONGEST);
        const root = rootOf(expr);
        if (root !== null) return this.#held(root, state);
        return this.rangeOf(expr.object, state);
      }
      case 'attribute': {
        const field = this.question.fieldOf?.(expr) ?? null;
        if (field !== null) return this.#held(field, state);
        if (expr.attribute === 'T') return this.rangeOf(expr.object, state);
        return /^(size|ndim)$/.test(expr.attribute) ? range(0, LONGEST) : null;
      }
      case 'collection':
        if (expr.items.length === 0) return range(0, 0);
        return expr.items
          .map((item) => this.rangeOf(item, state))
          .reduce<Range | null>((all, one) => (all && one ? join(all, one) : (all ?? one)), null);
      case 'unary': {
        const of = this.rangeOf(expr.operand, state);
        if (expr.op === 'not') return BIT;
        return of && (expr.op === '-' ? negated(of) : expr.op === '~' ? add(negated(of), range(-1, -1)) : of);
      }
      case 'binary': {
        const [left, right] = [this.rangeOf(expr.left, state), this.rangeOf(expr.right, state)];
        // `[0] * n` and `[0] + [1]` keep the elements.
        if (expr.op === '*' && (expr.left.kind === 'collection' || expr.left.kind === 'loop')) return left;
        // The quotient of two ints is exact in Python however large they are; a kernel turns them into floats first.
        if (expr.op === '/' && left && right && this.recording && !(within(left, EXACT) && within(right, EXACT))) this.overflow ??= expr.span;
        return left && right ? binary(expr.op, left, right) : null;
      }
      case 'compare':
        {
          const parts = [expr.first, ...expr.rest.map(({ right }) => right)].map((part) => this.rangeOf(part, state));
          // An int and a float are compared exactly in Python, and as floats in a kernel.
          const rounded = parts.some((part) => part === null) && parts.some((part) => part !== null && !within(part, EXACT));
          if (rounded && this.recording) this.overflow ??= expr.span;
        }
        return BIT;
      case 'logical': {
        const [left, right] = [this.rangeOf(expr.left, state), this.rangeOf(expr.right, state)];
        return left && right ? join(left, right) : null;
      }
      case 'conditional': {
        this.rangeOf(expr.test, state);
        const then = this.rangeOf(
          expr.then,
          refined(expr.test, false, state, (part) => this.quiet(part, state)),
        );
        const otherwise = this.rangeOf(
          expr.otherwise,
          refined(expr.test, true, state, (part) => this.quiet(part, state)),
        );
        return then && otherwise ? join(then, otherwise) : null;
      }
      case 'named': {
        const value = this.rangeOf(expr.value, state);
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

  #held(name: string, state: State): Range | null {
    const place = containerName(this.question, name);
    return this.question.integers.has(place) ? (state.get(place) ?? this.growing.get(place) ?? TOP) : null;
  }

  /** Of a comprehension's elements. */
  #emitted(loop: LoopIR, state: State): Range | null {
    this.tripsOf(loop, state);
    this.bind(loop, state);
    let [inner] = loop.body;
    while (inner?.kind === 'if') {
      this.rangeOf(inner.test, state);
      [inner] = inner.then;
    }
    if (inner?.kind === 'loop') return this.#emitted(inner.loop, state);
    return inner?.kind === 'emit' ? this.rangeOf(inner.value, state) : TOP;
  }

  #call(call: Expr & { kind: 'call' }, state: State): Range | null {
    const given = call.args.map((arg) => this.rangeOf(arg, state));
    if (this.question.isInteger?.(call) === false && !(call.callee.kind === 'name' && call.callee.name === 'range')) return null;
    const object = call.callee.kind === 'attribute' ? this.quiet(call.callee.object, state) : null;
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
    const known = of && this.quiet(of, state);
    return known && Number.isFinite(known.hi) ? range(0, Math.ceil(Math.sqrt(Math.max(0, known.hi))) + 1) : null;
  }
}

const nameOf = (callee: Expr): string => (callee.kind === 'name' ? callee.name : callee.kind === 'attribute' ? callee.attribute : '');
