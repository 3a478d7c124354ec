import type { Expr, LoopFacts, Stmt } from '../../types';
import { emptySpan } from '../../syntax/python-reading';
import type { Draft, Lane, Records, Scope, Sink } from './draft';
import { fieldOf, isSeriesAttribute, storesOf } from './records';
import { Substitution } from './substitution';

type Subscript = Expr & { kind: 'subscript' };

/** A loop over the numbers of a data frame's rows that reads and stores single cells of the row that it is at. */
export interface CellLoop {
  /** The loop with `frame['column']` in the place of `frame.loc[i, 'column']`, as the field of a record. */
  facts: LoopFacts;
  frame: string;
  fields: Records['fields'];
  /** It stores to cells. */
  stores: boolean;
}

/** `for i in range(len(frame))` or `for i in frame.index` with cells of row `i` in its body; null: the loop is something else. */
export function cellLoop(facts: LoopFacts): CellLoop | null {
  const { space, target } = facts.ir;
  const frame = frameOf(facts);
  if (frame === null || target?.kind !== 'name') return null;
  const fact = facts.evidence?.values[frame] ?? facts.values[frame];
  if (!fact?.fields || fact.counted !== true || Object.keys(fact.fields).length === 0) return null;
  const rewriting = new Rewriting(frame, target.name);
  const body = rewriting.block(facts.ir.body);
  if (!rewriting.found || rewriting.failed) return null;
  const name: Expr = { kind: 'name', name: frame, span: emptySpan(space.span) };
  const callee: Expr = { kind: 'name', name: 'len', span: emptySpan(space.span) };
  const stop: Expr = { kind: 'call', callee, args: [name], keywords: [], span: emptySpan(space.span) };
  const over = space.kind === 'range' ? space : { kind: 'range' as const, start: null, stop, step: null, span: space.span };
  return { facts: { ...facts, ir: { ...facts.ir, space: over, body } }, frame, fields: fact.fields, stores: rewriting.stores };
}

function frameOf({ ir }: LoopFacts): string | null {
  const { space } = ir;
  if (space.kind === 'sequence' && space.value.kind === 'attribute' && space.value.attribute === 'index')
    return space.value.object.kind === 'name' ? space.value.object.name : null;
  if (space.kind !== 'range' || space.start !== null || space.step !== null) return null;
  const [of, ...others] = space.stop.kind === 'call' && space.stop.callee.kind === 'name' && space.stop.callee.name === 'len' ? space.stop.args : [];
  return of?.kind === 'name' && others.length === 0 ? of.name : null;
}

class Rewriting {
  found = false;
  stores = false;
  private readonly substitution: Substitution;
  private broken = false;

  constructor(
    private readonly frame: string,
    private readonly index: string,
  ) {
    this.substitution = new Substitution({
      name: (expr) => expr,
      call: () => null,
      loop: (loop) => loop,
      subscript: (expr) => this.cell(expr),
    });
  }

  get failed(): boolean {
    return this.broken || this.substitution.failed;
  }

  block(body: readonly Stmt[]): Stmt[] {
    return body.map((statement) => this.statement(statement));
  }

  private statement(statement: Stmt): Stmt {
    switch (statement.kind) {
      case 'assign':
        return { ...statement, targets: statement.targets.map((target) => this.target(target)), value: this.expr(statement.value) };
      case 'augment': {
        const target = this.target(statement.target);
        const value = this.expr(statement.value);
        if (target.kind !== 'subscript') return { ...statement, value };
        const sum: Expr = { kind: 'binary', op: statement.op, left: target, right: value, span: emptySpan(statement.span) };
        return { kind: 'assign', targets: [target], value: sum, span: statement.span };
      }
      case 'expression':
      case 'emit':
        return { ...statement, value: this.expr(statement.value) };
      case 'if':
        return { ...statement, test: this.expr(statement.test), then: this.block(statement.then), otherwise: this.block(statement.otherwise) };
      case 'pass':
      case 'continue':
        return statement;
      default:
        this.broken = true;
        return statement;
    }
  }

  private expr(expr: Expr): Expr {
    return this.substitution.expr(expr, new Map());
  }

  /** Only cells are stored to: `frame['column'][i] = x` may store to a copy. */
  private target(target: Expr): Expr {
    if (target.kind === 'name') return target;
    const cell = target.kind === 'subscript' && isLabelled(target.object, this.frame) ? this.cell(target) : null;
    if (!cell || cell.kind !== 'subscript' || cell.index.kind !== 'string') {
      this.broken = true;
      return target;
    }
    this.stores = true;
    return cell;
  }

  /** `frame.loc[i, 'c']`, `frame.at[i, 'c']`, `frame['c'][i]`, `frame.c.iloc[i]` and the like; null: another thing. */
  private cell(expr: Subscript): Expr | null {
    const column = this.labelled(expr) ?? this.ofColumn(expr);
    // A whole column is nothing of one row.
    if (!column && isNamed(expr.object, this.frame)) this.broken = true;
    if (!column) return null;
    this.found = true;
    return { kind: 'subscript', object: { kind: 'name', name: this.frame, span: emptySpan(expr.span) }, index: column, span: emptySpan(expr.span) };
  }

  private labelled({ object, index }: Subscript): Expr | null {
    const [row, column, ...others] = index.kind === 'collection' && index.type === 'tuple' ? index.items : [];
    const plain = isLabelled(object, this.frame) && this.isIndex(row) && column?.kind === 'string' && others.length === 0;
    return plain ? column : null;
  }

  private ofColumn({ object, index }: Subscript): Expr | null {
    if (!this.isIndex(index)) return null;
    const picking = object.kind === 'attribute' && /^(iloc|loc|at|iat|values)$/.test(object.attribute) ? object.object : object;
    if (picking.kind === 'subscript' && picking.index.kind === 'string' && isNamed(picking.object, this.frame)) return picking.index;
    if (picking.kind !== 'attribute' || !isNamed(picking.object, this.frame) || isSeriesAttribute(picking.attribute)) return null;
    return { kind: 'string', text: `"${picking.attribute}"`, span: emptySpan(picking.span) };
  }

  private isIndex(expr: Expr | undefined): boolean {
    return expr?.kind === 'name' && expr.name === this.index;
  }
}

const isNamed = (expr: Expr, name: string): boolean => expr.kind === 'name' && expr.name === name;
const isLabelled = (expr: Expr, frame: string): boolean =>
  expr.kind === 'attribute' && (expr.attribute === 'loc' || expr.attribute === 'at') && isNamed(expr.object, frame);

/** The record that the frame's name stands for in the loop; what has to hold of the frame is checked before. */
export function cellRecords({ frame, fields }: CellLoop, stores: Records['stores'], draft: Draft): Records {
  draft.check(`len(${frame}) > 0`);
  draft.check(`${frame}.columns.is_unique`);
  draft.check(`${draft.np}.array_equal(${frame}.index, range(len(${frame})))`);
  return { source: frame, kind: 'cells', fields, item: frame, arrays: new Map(), masks: [], ...(stores && { stores }) };
}

const KEPT: Partial<Record<string, readonly string[]>> = { float64: ['float', 'np.float64'], int64: ['int', 'np.int64'] };

/** `frame.loc[i, 'column'] = value` for all trips; false: the target is no cell. */
export function storeCell(target: Subscript, value: Lane, statement: Stmt, draft: Draft, scope: Scope, sink: (sink: Sink) => void): boolean {
  const found = fieldOf(target, scope);
  if (found?.records.kind !== 'cells' || target.index.kind !== 'string') return false;
  const { records, field } = found;
  const frame = records.source;
  const [type, ...others] = records.fields[field] ?? [];
  if (type === undefined || others.length > 0 || KEPT[type]?.includes(value.scalar) !== true) {
    const why = `The loop stores numbers of another type than the column \`${field}\` holds.`;
    draft.refuse('mixed-types', why, 'Give the column the type of what is stored in it.', statement.span);
    return true;
  }
  for (const store of storesOf(records, field)) store.done = true;
  const column = target.index.text;
  const holds = `${frame}[${column}].dtype == ${draft.np}.${type}`;
  const code = (lane: Lane, mask: string | null): string => {
    // Labels are made a column of their own only by a loop that reaches every row, and only of floats.
    if (mask === null && type === 'float64') draft.check(`(${column} not in ${frame} or ${holds})`);
    else {
      draft.check(`${column} in ${frame}`);
      draft.check(holds);
    }
    return `${frame}.loc[${mask ?? ':'}, ${column}] = ${lane.code}`;
  };
  sink({
    key: `store:${frame}[${column}]`,
    target: { kind: 'store', code: '', object: frame, scalar: type === 'float64' ? 'np.float64' : 'np.int64', list: false, cell: code },
    value,
    mask: scope.mask,
    from: statement.span,
  });
  return true;
}
