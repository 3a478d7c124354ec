import type { Expr, LoopIR, Stmt } from '../../types';
import { boundNames, childExprs, eachStmt, spaceExprs, stmtExprs } from '../../syntax/python-walk';

import { extremeIn, pickingOf, type Extreme } from './accumulators';
import { arithmetic } from './arithmetic';
import { binds, lazyLane, wrap, type Draft, type Env, type Lane, type Scope } from './draft';
import { lower } from './expressions';
import type { Element, Levels } from './nest-levels';
import type { NestSubscripts } from './nest-subscripts';
import { anyFloat, arithmeticType, between, isBool, isWhole } from './scalars';
import { indexLane, namesOf, type Axis } from './spaces';

/** Largest magnitude of ints and most of them, whose products' sum fits in 64 bits. */
const MOST_FACTOR = '3_000_000';
const MOST_TERMS = '1_000_000';
/** Pairs whose numbers are in memory at once. */
const MOST_PAIRS = '20_000_000';

/** True where a line outside of the loop looks at a name; giving it a value is no look. */
function readOutside(name: string, loop: LoopIR, body: readonly Stmt[]): boolean {
  return [...eachStmt(body.filter((statement) => statement.kind !== 'loop' || statement.loop !== loop))].some((statement) => {
    const targets = statement.kind === 'assign' ? statement.targets : [];
    const looks = stmtExprs(statement).filter((expr) => !targets.includes(expr) || boundNames(expr).length === 0);
    return looks.some((expr) => namesOf(expr).has(name));
  });
}

const wrapStart = (lane: Lane | undefined): string => (lane ? wrap(lane, 8) : '0');

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
    const { scope: within, subscripts } = this.widened(axis, levels, loop, scope);
    if (draft.stopped()) return null;
    const lane = lower(value, draft, within);
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

  /** The names of one outer loop as columns beside an inner loop's own, which lie along the rows. */
  private widened(axis: Axis, levels: Levels, loop: LoopIR, scope: Scope): { scope: Scope; subscripts: NestSubscripts } {
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
    return { scope: { ...scope, env, subscript: subscripts.load }, subscripts };
  }

  /** The smallest or largest of what an inner loop computes, and where it stands. False: the loop is no such search. */
  extreme(loop: LoopIR, scope: Scope, bind: (name: string, lane: Lane, statement: Stmt) => void): boolean {
    const { draft } = this;
    const picking = pickingOf(loop);
    const found = picking && extremeIn(picking.statement, (expr) => draft.cx.slice(scope.file, expr.span));
    const axes = this.levels.axes.length;
    if (!picking || !found?.strict || !loop.target || axes !== 1 || scope.mask !== null) return false;
    const levels = this.levels.copy();
    levels.add(loop.space, loop.target);
    const axis = levels.axes[axes];
    if (draft.stopped() || !axis || axis.step !== 1) return draft.stopped();
    if (draft.nest?.full === true) {
      draft.refuse('nested-loop', 'What the inner loop finds is used under a test.', 'Look at the inner loop by itself.', loop.span);
      return true;
    }
    const { scope: within } = this.widened(axis, levels, loop, scope);
    // What an earlier trip of the inner loop left in its names is nobody's here.
    for (const { name } of [...picking.steps, found.best, ...found.others]) within.env.delete(name);
    for (const { name, value, statement } of picking.steps) {
      const lane = lower(value, draft, within);
      if (draft.facts.liveOut.includes(name)) {
        const why = `\`${name}\` is read after the loop with the value of its last trip.`;
        draft.refuse('used-after', why, 'Compute that value after the loop.', statement.span);
      }
      if (draft.stopped()) return true;
      draft.emit(`${name} = ${lane.code}`, statement.span);
      within.env.set(name, { ...lane, code: name, binds: binds.atom, unchanged: true });
    }
    const item = lower(found.item, draft, within);
    this.index = null;
    const starts = [found.best, ...found.others].map((one) => scope.env.get(one.name));
    for (const { name } of picking.steps) scope.env.delete(name);
    const [start, ...kept] = starts;
    const indices = found.others.every(({ value }) => value.kind === 'name' && value.name === axis.name);
    if (draft.stopped()) return true;
    const plain = item.varying && !isBool(item.scalar) && item.scalar !== 'mixed';
    const wanted = draft.facts.liveOut.includes(found.best.name) || readOutside(found.best.name, loop, draft.facts.ir.body);
    const scalar = start && wanted ? draft.either(start.scalar, item.scalar) : item.scalar;
    if (!start || !plain || isBool(start.scalar) || scalar === null || !indices || !kept.every((one) => one?.scalar === 'int')) {
      const why = 'What the inner loop looks for does not start in the trip around it, or keeps more than its index.';
      draft.refuse('nested-loop', why, 'Look at the inner loop by itself.', loop.span);
      return true;
    }
    this.pick({ ...found, wanted }, { ...item, scalar }, axis, levels, scope, bind);
    return true;
  }

  private pick(
    found: Extreme & { wanted: boolean },
    item: Lane,
    axis: Axis,
    levels: Levels,
    scope: Scope,
    bind: (name: string, lane: Lane, statement: Stmt) => void,
  ): void {
    const { draft } = this;
    const { np } = draft;
    const { op, best, others } = found;
    const [outer, inner] = levels.found.map(({ count }) => count);
    draft.check(`${outer ?? ''} * ${inner ?? ''} <= ${MOST_PAIRS}`);
    this.terms(axis, levels);
    draft.operations += 3;
    // What does not follow both loops gets its size.
    const values = draft.fresh('values');
    draft.emit(`${values} = ${np}.broadcast_to(${item.code}, (${outer ?? ''}, ${inner ?? ''}))`, best.statement.span);
    const at = draft.fresh('at');
    draft.emit(`${at} = ${np}.arg${op}(${values}, axis=1)`);
    const extreme = draft.fresh(op === 'min' ? 'lowest' : 'highest');
    draft.emit(`${extreme} = ${values}[${np}.arange(${outer ?? ''}), ${at}]`);
    if (!isWhole(item.scalar)) {
      // NaN has no place in an order: what the loop finds then depends on where it stands.
      draft.flags.raises = true;
      draft.emit(`if ${np}.isnan(${extreme}).any():`);
      draft.emit(`${draft.cx.indentUnit(draft.facts.file)}raise FloatingPointError("NaN has no place in an order")`);
    }
    const shared = { binds: binds.atom, varying: true, unchanged: false, fresh: true };
    const choice = (code: string, before: Lane | undefined): string =>
      `${np}.where(${extreme} ${op === 'min' ? '<' : '>'} ${wrapStart(scope.env.get(best.name))}, ${code}, ${before?.code ?? '0'})`;
    const lanes = others.map(({ name, statement }) => {
      const place = axis.startCode === '0' ? at : `${axis.startCode} + ${at}`;
      const lane: Lane = { ...shared, code: choice(place, scope.env.get(name)), scalar: 'int', range: between(-1e12, 1e12) };
      return { name, statement, lane };
    });
    for (const { name, statement, lane } of lanes) bind(name, lane, statement);
    if (!found.wanted) return;
    const value: Lane = { ...shared, code: choice(extreme, scope.env.get(best.name)), scalar: item.scalar, range: { ...item.range, nan: false } };
    bind(best.name, value, best.statement);
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
