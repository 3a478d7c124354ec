import type { Expr, LoopIR, Stmt } from '../types';
import { childExprs, spaceExprs } from '../syntax/python-walk';

import { arithmetic } from './array-arithmetic';
import { binds, lazyLane, wrap, type Draft, type Env, type Lane, type Scope } from './array-draft';
import { lower } from './array-expressions';
import type { Element, Levels } from './array-nest-levels';
import type { NestSubscripts } from './array-nest-subscripts';
import { anyFloat, arithmeticType, between, isBool, isWhole } from './array-scalars';
import { indexLane, namesOf, type Axis } from './array-spaces';

/** Largest magnitude of ints and most of them, whose products' sum fits in 64 bits. */
const MOST_FACTOR = '3_000_000';
const MOST_TERMS = '1_000_000';

/** Sums along a loop inside of a nest: products of matrices and vectors, and sums of rows. */
export class Reductions {
  constructor(
    private readonly draft: Draft,
    private readonly levels: Levels,
    private readonly subscripts: NestSubscripts,
  ) {}

  /** The loop's sum, one for each trip around it; null after a refusal. */
  sum(loop: LoopIR, value: Expr, scope: Scope): Lane | null {
    const { draft } = this;
    const levels = this.levels.copy();
    const outer = new Set(this.levels.axes.map((axis) => axis.name));
    const depends =
      loop.space.kind === 'range' && spaceExprs(loop.space).some((expr) => !isLengthOf(expr) && [...namesOf(expr)].some((name) => outer.has(name)));
    if (!loop.target || depends) {
      draft.refuse(
        'triangular',
        'How far the innermost loop runs depends on the ones around it.',
        'Look at the innermost loop by itself.',
        loop.span,
      );
      return null;
    }
    levels.add(loop.space, loop.target);
    if (draft.stopped()) return null;
    const axis = levels.axes[levels.axes.length - 1];
    if (!axis) return null;
    const product = value.kind === 'binary' && value.op === '*' ? [value.left, value.right].map((side) => factor(side, levels)) : [];
    const [left, right] = product;
    const made = left && right ? this.product(left, right, axis, levels, loop, scope) : null;
    if (made || draft.stopped()) return made;
    return this.rows(value, axis, levels, loop, scope);
  }

  /** `a @ b` where the factors meet in the loop's own axis; null: they do not. */
  private product(left: Element, right: Element, axis: Axis, levels: Levels, loop: LoopIR, scope: Scope): Lane | null {
    const outer = this.levels.axes;
    const along = (element: Element): Axis[] => element.places.flatMap((place) => ('axis' in place ? [place.axis] : []));
    const others = (element: Element): Axis[] => along(element).filter((one) => one !== axis);
    if (![left, right].every((element) => along(element).includes(axis) && along(element).length <= 2)) return null;
    // The factor that follows the first axis stands first.
    const [first, second] = others(left)[0] === outer[0] ? [left, right] : [right, left];
    const wanted = [others(first), others(second)].flat();
    if (wanted.length !== outer.length || wanted.some((one, index) => one !== outer[index])) return null;
    const { draft } = this;
    const a = this.subscripts.raw(first, loop.span, scope);
    const b = this.subscripts.raw(second, loop.span, scope);
    if (!a || !b || draft.stopped()) return null;
    const scalar = arithmeticType('*', a.scalar, b.scalar);
    if (!scalar || isBool(a.scalar) || isBool(b.scalar) || scalar === 'mixed') return null;
    for (const side of [a, b]) {
      if (side.scalar !== 'int') continue;
      draft.check(`-${MOST_FACTOR} <= ${side.array}.min()`);
      draft.check(`${side.array}.max() <= ${MOST_FACTOR}`);
    }
    if (scalar === 'int') draft.check(`${levels.found[levels.found.length - 1]?.count ?? ''} <= ${MOST_TERMS}`);
    draft.operations += 1;
    if (!isWhole(scalar)) draft.flags.warns = true;
    this.terms(axis, levels);
    const turn = (side: { code: string }, element: Element, swap: boolean): string => {
      const turned = along(element).length === 2 && (along(element)[0] === axis) === swap;
      return turned ? `${side.code}.T` : side.code;
    };
    const code = `${turn(a, first, true)} @ ${turn(b, second, false)}`;
    const range = scalar === 'int' ? between(-9.1e18, 9.1e18) : scalar === 'np.int64' ? between(-(2 ** 63), 2 ** 63) : anyFloat;
    return { code, binds: binds.product, varying: true, scalar, range, unchanged: false, fresh: true };
  }

  /** The sum of every row of what one outer loop computes. */
  private rows(value: Expr, axis: Axis, levels: Levels, loop: LoopIR, scope: Scope): Lane | null {
    const { draft } = this;
    if (this.levels.axes.length !== 1 || scope.mask !== null) {
      draft.refuse(
        'nested-loop',
        'What the innermost loop adds up is no product of two matrices.',
        'Look at the innermost loop by itself.',
        loop.span,
      );
      return null;
    }
    const subscripts = this.subscripts.within(levels);
    const env: Env = new Map();
    for (const [name, lane] of scope.env) {
      const element = levels.items.get(name);
      if (element) continue;
      const column = (): Lane => ({ ...lane, code: `${wrap(lane, binds.atom)}[:, None]`, binds: binds.atom, unchanged: false });
      env.set(name, lane.varying ? lazyLane(column) : lane);
    }
    if (!axis.name.startsWith('<'))
      env.set(
        axis.name,
        lazyLane(() => this.numbers(axis, levels)),
      );
    for (const [name, element] of levels.items) {
      if (levels.size(element.base, element.places.length) === null) env.set(name, subscripts.read(element, loop.span, scope));
    }
    if (draft.stopped()) return null;
    const lane = lower(value, draft, { ...scope, env, subscript: subscripts.load });
    if (draft.stopped()) return null;
    this.index = null;
    const reads = followed(value, axis, levels, scope, draft);
    if (!reads || !subscripts.spansAll || isBool(lane.scalar) || lane.scalar === 'mixed' || lane.scalar === 'int') {
      draft.refuse('nested-loop', 'What the inner loop adds up is no row of floats.', 'Look at the inner loop by itself.', loop.span);
      return null;
    }
    if (!isWhole(lane.scalar)) draft.flags.warns = true;
    this.terms(axis, levels);
    draft.operations += 1;
    const sum = `${draft.np}.sum(${lane.code}, axis=1)`;
    return {
      ...lane,
      code: sum,
      binds: binds.atom,
      range: isWhole(lane.scalar) ? between(-(2 ** 63), 2 ** 63) : lane.range.lo >= 0 ? { ...anyFloat, lo: 0 } : anyFloat,
      unchanged: false,
      fresh: true,
    };
  }

  private index: Lane | null = null;

  /** The numbers of the loop's own index. */
  private numbers(axis: Axis, levels: Levels): Lane {
    if (this.index) return this.index;
    const { draft } = this;
    const name = draft.local(axis.name);
    const bounds =
      axis.step !== 1
        ? `${axis.startCode}, ${axis.stopCode}, ${axis.step}`
        : axis.startCode === '0'
          ? axis.stopCode
          : `${axis.startCode}, ${axis.stopCode}`;
    draft.emit(`${name} = ${draft.np}.arange(${bounds}${draft.wide})`);
    this.index = { ...indexLane(axis), code: name, unchanged: false };
    return levels.axes.includes(axis)
      ? this.index
      : draft.refuse('nested-loop', 'The index is of no loop here.', 'Look at the inner loop by itself.');
  }

  /** Without a term a sum is its start, whose type may be another. */
  private terms(axis: Axis, levels: Levels): void {
    this.draft.nest?.some(axis, levels.found[levels.found.length - 1]?.count ?? '');
  }
}

/** An element that a factor plainly is. */
function factor(expr: Expr, levels: Levels): Element | null {
  if (expr.kind === 'name') return levels.items.get(expr.name) ?? null;
  return expr.kind === 'subscript' ? levels.element(expr) : null;
}

const isLengthOf = (expr: Expr): boolean => expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len';

/** True where plain arithmetic reads something that follows both loops, so that the value has both axes. */
function followed(expr: Expr, axis: Axis, levels: Levels, scope: Scope, draft: Draft): boolean {
  if (expr.kind === 'conditional' || expr.kind === 'logical') return false;
  if (expr.kind === 'call' && !/^(math|numpy|builtins)\./.test(draft.cx.resolve(expr.callee, scope.file, expr.span.start) ?? '')) return false;
  const element = expr.kind === 'name' ? levels.items.get(expr.name) : expr.kind === 'subscript' ? levels.element(expr) : null;
  if (element) return levels.axes.every((one) => element.places.some((place) => 'axis' in place && place.axis === one)) && levels.axes.includes(axis);
  return childExprs(expr).some((child) => followed(child, axis, levels, scope, draft));
}

/** The sum with its start: `0` and `0.0` add nothing to a float. */
export function started(start: Lane, sum: Lane, statement: Stmt, value: Expr, draft: Draft, scope: Scope): Lane | null {
  if (isBool(start.scalar)) {
    draft.refuse('nested-loop', 'The sum does not start at a number.', 'Start it at 0 before the innermost loop.', statement.span);
    return null;
  }
  const zero = /^0(\.0*)?$/.test(start.code);
  if (zero && (start.scalar === sum.scalar || !isWhole(sum.scalar) || start.scalar === 'int')) return sum;
  return arithmetic('+', start, sum, value, draft, scope, null);
}
