import type { Expr, IndexSpace, LoopIR, Stmt } from '../../types';
import { boundNames, eachExpr, eachStmt, spaceExprs, stmtExprs, stmtNames } from '../../syntax/python-walk';
import { binds, type Draft, type Lane, type Scope } from './draft';
import { literalInt, plus, type Linear } from './kinds';
import { between } from './scalars';
import { axisOf, type Axis } from './spaces';
import { addingOf, pickingOf } from './accumulators';
import { requireRows, tableOf } from './tables';

/** A loop in a loop, and what stands around the inner one. */
export interface Nest {
  outer: LoopIR;
  /** null: one loop around sums. */
  inner: LoopIR | null;
  /** Names that each trip of the outer loop sets before the inner loop. */
  before: Stmt[];
  /** `row = []` before and `list.append(row)` after the inner loop. */
  rows: { row: string; list: string } | null;
  /** The inner loop gives single items, not a list for each outer trip. */
  flat: boolean;
}

/** A loop that adds up, or looks for an extreme, along an axis of its own. */
function isReduction(statement: Stmt): boolean {
  if (statement.kind !== 'loop' || statement.loop.form !== 'for' || statement.loop.async) return false;
  return addingOf(statement.loop) !== null || pickingOf(statement.loop) !== null;
}

/** Two loops that do everything inside the inner one, or one or two around sums; null where they are built otherwise. */
export function readNest(given: LoopIR): Nest | null {
  const outer = reordered(given);
  const [only, ...others] = outer.body;
  if (outer.form !== 'for') {
    const nested = only?.kind === 'emit' && only.value.kind === 'loop' && only.value.loop.form === 'list-comprehension' ? only.value.loop : null;
    const inner = only?.kind === 'loop' ? only.loop : nested;
    const made = nested === null || outer.form === 'list-comprehension';
    if (inner && others.length === 0 && made && innermost(inner)) return { outer, inner, before: [], rows: null, flat: nested === null };
    const sums = only?.kind === 'emit' && others.length === 0 && addsUp(only.value);
    return sums ? { outer, inner: null, before: [], rows: null, flat: true } : null;
  }
  const loops = outer.body.filter((statement) => statement.kind === 'loop');
  if (loops.length > 0 && loops.every(isReduction) && (others.length > 0 || addsToPlace(loops, outer)))
    return { outer, inner: null, before: [], rows: null, flat: true };
  const at = outer.body.findIndex((statement) => statement.kind === 'loop');
  const loop = outer.body[at];
  const [after, ...more] = outer.body.slice(at + 1);
  if (loop?.kind !== 'loop' || loop.loop.form !== 'for' || more.length > 0 || !innermost(loop.loop)) return addsUpIn(outer);
  const rows = after ? rowsOf(after, outer.body.slice(0, at)) : null;
  if (after && !rows) return null;
  const before = outer.body.slice(0, at).filter((statement) => !(rows && isNewList(statement, rows.row)));
  const inside = stmtNames(loop.loop.body).writes;
  const plain = before.every(
    (statement) =>
      statement.kind === 'assign' &&
      statement.targets.length === 1 &&
      boundNames(statement.targets[0] ?? statement.value).every((name) => !inside.has(name)),
  );
  const named = before.every((statement) => statement.kind === 'assign' && statement.targets[0]?.kind === 'name');
  return plain && named ? { outer, inner: loop.loop, before, rows, flat: rows === null } : null;
}

const innermost = (inner: LoopIR): boolean => [...eachStmt(inner.body)].every((statement) => statement.kind !== 'loop' || isReduction(statement));

/** `sum(x * y for ...)`, which is a loop that adds up. */
const addsUp = (expr: Expr): boolean =>
  [...eachExpr(expr)].some((one) => one.kind === 'loop' && one.loop.form === 'generator' && one.loop.sink?.consumer?.name === 'sum');

/** A single loop whose lines add up by calls of sum() over a generator. */
function addsUpIn(outer: LoopIR): Nest | null {
  const statements = [...eachStmt(outer.body)];
  const sums = statements.every((statement) => statement.kind !== 'loop') && statements.some((statement) => stmtExprs(statement).some(addsUp));
  return sums ? { outer, inner: null, before: [], rows: null, flat: true } : null;
}

/** `y[i] += ...` in an inner loop that does not choose the place. */
function addsToPlace(loops: readonly Stmt[], outer: LoopIR): boolean {
  const names = outer.target ? boundNames(outer.target) : [];
  return loops.every((statement) => {
    const adding = statement.kind === 'loop' ? addingOf(statement.loop) : null;
    if (adding?.target.kind !== 'subscript' || statement.kind !== 'loop' || !statement.loop.target) return false;
    const read = namesIn(adding.target);
    return names.some((name) => read.has(name)) && !boundNames(statement.loop.target).some((name) => read.has(name));
  });
}

const namesIn = (expr: Expr): Set<string> => new Set([...eachExpr(expr)].flatMap((one) => (one.kind === 'name' ? [one.name] : [])));

/** Three loops around `c[i][j] += a[i][k] * b[k][j]`: the one that the place does not follow goes to the inside. */
function reordered(outer: LoopIR): LoopIR {
  const [second] = outer.body;
  const [third] = second?.kind === 'loop' ? second.loop.body : [];
  if (second?.kind !== 'loop' || third?.kind !== 'loop' || outer.body.length > 1 || second.loop.body.length > 1) return outer;
  const adding = addingOf(third.loop);
  const chain = [outer, second.loop, third.loop];
  if (adding?.target.kind !== 'subscript' || !chain.every((loop) => loop.form === 'for' && !loop.async && loop.otherwise.length === 0)) return outer;
  const read = namesIn(adding.target);
  const free = chain.filter((loop) => loop.target !== null && !boundNames(loop.target).some((name) => read.has(name)));
  const [along] = free;
  if (free.length !== 1 || !along || along === third.loop || !chain.every((loop) => loop.space.kind === 'range' && loop.target?.kind === 'name'))
    return outer;
  const bound = new Set(chain.flatMap((loop) => (loop.target ? boundNames(loop.target) : [])));
  if (chain.some((loop) => spaceExprs(loop.space).some((expr) => [...namesIn(expr)].some((name) => bound.has(name))))) return outer;
  const [first, next] = chain.filter((loop) => loop !== along);
  if (!first || !next) return outer;
  const inner: Stmt = { kind: 'loop', loop: { ...along, body: third.loop.body }, span: third.span };
  const middle: Stmt = { kind: 'loop', loop: { ...next, body: [inner] }, span: second.span };
  return { ...outer, target: first.target, space: first.space, body: [middle] };
}

function rowsOf(after: Stmt, before: readonly Stmt[]): Nest['rows'] {
  const call = after.kind === 'expression' && after.value.kind === 'call' ? after.value : null;
  const callee = call?.callee.kind === 'attribute' && call.callee.attribute === 'append' ? call.callee : null;
  const [row, ...others] = call?.args ?? [];
  if (callee?.object.kind !== 'name' || row?.kind !== 'name' || others.length > 0) return null;
  return before.some((statement) => isNewList(statement, row.name)) ? { row: row.name, list: callee.object.name } : null;
}

const isNewList = (statement: Stmt, name: string): boolean =>
  statement.kind === 'assign' &&
  statement.targets.length === 1 &&
  statement.targets[0]?.kind === 'name' &&
  statement.targets[0].name === name &&
  statement.value.kind === 'collection' &&
  statement.value.type === 'list' &&
  statement.value.items.length === 0;

/** Where an index of a nest points: along an axis of it, or the same in all trips. */
export type Place = { axis: Axis; offset: number } | { index: Expr };
export interface Element {
  base: Expr;
  places: Place[];
}

/** One loop of a nest. */
export interface Level {
  axis: Axis;
  /** How often it runs, in Python; right where it runs at all. */
  count: string;
}

/** Reads the index spaces of a nest, outermost first, and what the names that they bind stand for. */
export class Levels {
  readonly found: Level[] = [];
  /** Rows and items by name. */
  readonly items = new Map<string, Element>();

  constructor(
    private readonly draft: Draft,
    private readonly scope: Scope,
  ) {}

  /** The same levels, for one more. */
  copy(): Levels {
    const levels = new Levels(this.draft, this.scope);
    levels.found.push(...this.found);
    for (const [name, element] of this.items) levels.items.set(name, element);
    return levels;
  }

  get axes(): Axis[] {
    return this.found.map((level) => level.axis);
  }

  add(space: IndexSpace, target: Expr): void {
    const axis = this.read(space, target, null);
    if (!axis) {
      const why = 'What the loop runs over has no array form here.';
      this.draft.refuse('unsupported-loop', why, 'Loop over ranges, lists of rows of numbers, or NumPy arrays.', space.span);
      return;
    }
    const from = axis.startCode;
    const count =
      axis.step !== 1
        ? `len(range(${from}, ${axis.stopCode}, ${axis.step}))`
        : from === '0'
          ? axis.stopCode
          : `len(range(${from}, ${axis.stopCode}))`;
    this.found.push({ axis, count });
  }

  /** What a chain of subscripts reads, from the outermost object on. */
  element(expr: Expr): Element | null {
    if (expr.kind === 'name') return this.items.get(expr.name) ?? { base: expr, places: [] };
    if (expr.kind === 'attribute') return { base: expr, places: [] };
    if (expr.kind !== 'subscript') return null;
    const object = this.element(expr.object);
    if (!object) return null;
    const own = expr.index.kind === 'collection' && expr.index.type === 'tuple' ? expr.index.items : [expr.index];
    if (own.some((index) => index.kind === 'slice')) return null;
    return { base: object.base, places: [...object.places, ...own.map((index) => this.place(index))] };
  }

  private place(index: Expr): Place {
    return this.along(index) ?? { index };
  }

  /** Where an index points that follows a loop at a distance; null: it follows none so. */
  along(index: Expr): { axis: Axis; offset: number } | null {
    if (index.kind === 'name') {
      const axis = this.axes.find((one) => one.name === index.name);
      return axis ? { axis, offset: 0 } : null;
    }
    if (index.kind !== 'binary' || (index.op !== '+' && index.op !== '-')) return null;
    const by = literalInt(index.right);
    const left = this.along(index.left);
    if (left && by !== null) return { ...left, offset: left.offset + (index.op === '+' ? by : -by) };
    const first = literalInt(index.left);
    const right = index.op === '+' ? this.along(index.right) : null;
    return right && first !== null ? { ...right, offset: right.offset + first } : null;
  }

  /** How many items a list, row or array has. */
  length(expr: Expr): Lane | null {
    const element = this.element(expr);
    if (!element || element.places.length !== 1) return null;
    const code = this.size(element.base, 1);
    return code === null ? null : { code, binds: binds.atom, varying: false, scalar: 'int', range: between(0, 1e12), unchanged: false, fresh: false };
  }

  /** Python code of an axis's length; null where the object has no such axis. */
  size(base: Expr, position: number): string | null {
    const text = this.draft.cx.slice(this.scope.file, base.span);
    const kind = this.scope.kinds.of(base);
    if (kind?.kind === 'array') return position >= kind.shape.length ? null : position === 0 ? `len(${text})` : `${text}.shape[${position}]`;
    if (kind?.kind === 'list') return position === 0 ? `len(${text})` : null;
    const table = tableOf(base, this.scope);
    if (!table || position > 1) return null;
    if (position === 1) requireRows(table, this.draft);
    return position === 0 ? `len(${text})` : `len(${text}[0])`;
  }

  linear(expr: Expr): Linear | null {
    if (expr.kind === 'binary' && (expr.op === '+' || expr.op === '-')) {
      const by = literalInt(expr.right);
      return by === null ? null : plus(this.linear(expr.left), expr.op === '+' ? by : -by);
    }
    const [of, ...others] = expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' ? expr.args : [];
    const element = of && others.length === 0 ? this.element(of) : null;
    if (element?.places.length === 1) return this.scope.kinds.shapeOf(element.base, 1);
    return this.scope.kinds.linear(expr);
  }

  private read(space: IndexSpace, target: Expr, name: string | null): Axis | null {
    switch (space.kind) {
      case 'range': {
        if (target.kind !== 'name') return null;
        const axis = axisOf(space, target.name, this.draft, this.scope);
        return axis && { ...axis, stop: this.linear(space.stop), start: space.start ? this.linear(space.start) : axis.start };
      }
      case 'enumerate': {
        const [index, item, ...others] = target.kind === 'collection' ? target.items : [];
        if (index?.kind !== 'name' || !item || others.length > 0 || (space.start && literalInt(space.start) !== 0)) return null;
        return space.of.kind === 'sequence' || space.of.kind === 'zip' ? this.read(space.of, item, index.name) : null;
      }
      case 'zip': {
        const items = target.kind === 'collection' ? target.items : [];
        if (items.length !== space.parts.length || !space.parts.every((part) => part.kind === 'sequence')) return null;
        const axes = space.parts.map((part, index) => this.read(part, items[index] ?? target, name));
        const [first] = axes;
        if (!first || axes.includes(null)) return null;
        const sizes = [...new Set(axes.map((axis) => axis?.stopCode ?? ''))];
        if (sizes.length > 1) this.draft.check(sizes.join(' == '));
        // The items of all parts lie along the first one's axis.
        for (const [item, element] of this.items) {
          const places = element.places.map((place) => ('axis' in place && axes.includes(place.axis) ? { ...place, axis: first } : place));
          this.items.set(item, { ...element, places });
        }
        return first;
      }
      case 'sequence': {
        const element = this.element(space.value);
        const size = element && this.size(element.base, element.places.length);
        if (!element || size === null) return null;
        const position = element.places.length;
        const axis: Axis = {
          name: name ?? `<${this.found.length}>`,
          startCode: '0',
          stopCode: size,
          start: { base: null, offset: 0 },
          stop: this.scope.kinds.shapeOf(element.base, position),
          startLo: 0,
          stopRange: between(0, 1e12),
          step: 1,
        };
        return this.bind(target, { base: element.base, places: [...element.places, { axis, offset: 0 }] }) ? axis : null;
      }
      default:
        return null;
    }
  }

  /** Names an item, or each part of a row. */
  private bind(target: Expr, element: Element): boolean {
    if (target.kind === 'name') {
      this.items.set(target.name, element);
      return true;
    }
    if (target.kind !== 'collection') return false;
    const size = this.size(element.base, element.places.length);
    if (size === null) return false;
    this.draft.check(`${size} == ${target.items.length}`);
    return target.items.every((item, index) => {
      const at: Expr = { kind: 'number', type: 'int', text: String(index), span: { start: target.span.start, end: target.span.start } };
      return this.bind(item, { base: element.base, places: [...element.places, { index: at }] });
    });
  }
}
