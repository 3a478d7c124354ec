import type { Expr, FunctionIR } from '../types';
import type { Context } from './refactor';

type Call = Expr & { kind: 'call' };

/** A function that is called for each group of a frame's rows. */
export interface Groups {
  call: Call;
  /** `frame.groupby(keys)` */
  grouping: Call;
  keys: Expr | null;
  frame: string | null;
  /** The one column that the function gets; null: it gets the group's whole frame. */
  column: Expr | null;
  method: 'apply' | 'transform';
  param: string;
  body: Expr | null;
  /** The function where it is no lambda. */
  fn: FunctionIR | null;
  /** What `apply` is called on. */
  written: Expr;
}

/** One value as code: for each row, for each group, or the same everywhere. `name`: that of the series, undefined where it cannot be told. */
interface Part {
  code: string;
  per: 'row' | 'group' | 'all';
  /** Just this column. */
  column?: string;
  name: string | null;
  binds: number;
}

const AGGREGATES = new Set(['sum', 'mean', 'min', 'max', 'std', 'var', 'median', 'count', 'nunique', 'prod']);
/** Functions of NumPy that ask a series for its own method. */
const LIKE_SERIES = new Set(['sum', 'mean', 'min', 'max']);
const LEVELS: Partial<Record<string, number>> = { '+': 12, '-': 12, '*': 13, '/': 13, '**': 15 };
const ATOM = 17;

const wrap = (part: Part, least: number): string => (part.binds < least ? `(${part.code})` : part.code);

/** The whole call as operations on all groups; null: there are none for it. `whole`: it stands in no larger expression. */
export function lowerGroups(groups: Groups, whole: boolean, cx: Context, file: string): string | null {
  const part = groups.body === null ? null : new GroupLowering(groups, cx, file).whole(groups.body);
  if (part === null) return null;
  if (groups.column !== null) return whole ? part.code : wrap(part, ATOM);
  // Of no rows, a function of frames makes a frame.
  if (groups.frame === null) return null;
  const code = `${part.code} if len(${groups.frame}) else ${cx.slice(file, groups.call.span)}`;
  return whole ? code : `(${code})`;
}

class GroupLowering {
  constructor(
    private readonly groups: Groups,
    private readonly cx: Context,
    private readonly file: string,
  ) {}

  private text(expr: Expr): string {
    return this.cx.slice(this.file, expr.span);
  }

  whole(body: Expr): Part | null {
    const part = this.lower(body);
    const { column, method } = this.groups;
    if (part === null || part.per === 'all') return null;
    if (method === 'transform') {
      const rows = part.per === 'row' ? part : this.spread(part);
      return rows && rows.name === this.nameOf(column) ? rows : null;
    }
    if (part.per !== 'group') return null;
    const wanted = this.nameOf(column);
    if (part.name === wanted) return part;
    // A function of whole frames gives a series without a name.
    return wanted === null ? { ...part, code: `${wrap(part, ATOM)}.rename(None)`, binds: ATOM } : null;
  }

  private nameOf(column: Expr | null): string | null {
    return column?.kind === 'string' ? column.text.slice(1, -1) : null;
  }

  /** A column of the group as it is in the whole frame. */
  private columnIn(expr: Expr): Expr | null {
    const { param, column } = this.groups;
    if (column !== null) return expr.kind === 'name' && expr.name === param ? column : null;
    const plain = expr.kind === 'subscript' && expr.object.kind === 'name' && expr.object.name === param && expr.index.kind === 'string';
    return plain ? expr.index : null;
  }

  private lower(expr: Expr): Part | null {
    const column = this.columnIn(expr);
    if (column !== null) {
      const { frame } = this.groups;
      const text = this.text(column);
      return frame === null ? null : { code: `${frame}[${text}]`, per: 'row', column: text, name: this.nameOf(column), binds: ATOM };
    }
    switch (expr.kind) {
      case 'number':
        return expr.type === 'complex' ? null : { code: expr.text, per: 'all', name: null, binds: ATOM };
      case 'unary': {
        const operand = expr.op === '-' ? this.lower(expr.operand) : null;
        return operand && { ...withoutColumn(operand), code: `-${wrap(operand, 14)}`, binds: 14 };
      }
      case 'binary': {
        const [left, right] = [this.lower(expr.left), this.lower(expr.right)];
        const level = LEVELS[expr.op];
        return left && right && level !== undefined ? this.joined(left, right, expr.op, level) : null;
      }
      case 'compare': {
        const [part, ...more] = expr.rest;
        const [left, right] = part && more.length === 0 && /^([<>]=?|[!=]=)$/.test(part.op) ? [this.lower(expr.first), this.lower(part.right)] : [];
        return part && left && right ? this.joined(left, right, part.op, 7) : null;
      }
      case 'call':
        return this.call(expr);
      case 'subscript':
        return this.rows(expr);
      default:
        return null;
    }
  }

  /** `len(group)`, `group.shape[0]` */
  private rows(expr: Expr): Part | null {
    const { param, column, grouping, written } = this.groups;
    const counted = expr.kind === 'subscript' && expr.object.kind === 'attribute' && expr.object.attribute === 'shape' ? expr.object.object : null;
    const first = expr.kind === 'subscript' && expr.index.kind === 'number' && expr.index.text === '0';
    const called = expr.kind === 'call' && expr.args.length === 1 && this.cx.resolve(expr.callee, this.file, expr.span.start) === 'builtins.len';
    const of = called ? expr.args[0] : first ? counted : null;
    if (of?.kind !== 'name' || of.name !== param) return null;
    return { code: `${this.text(column === null ? grouping : written)}.size()`, per: 'group', name: this.nameOf(column), binds: ATOM };
  }

  private call(expr: Call): Part | null {
    const counted = this.rows(expr);
    if (counted) return counted;
    const { callee, args, keywords } = expr;
    if (callee.kind !== 'attribute' || keywords.length > 0) return null;
    const numpy = this.cx.resolve(callee, this.file, callee.span.start)?.startsWith('numpy.') === true;
    const [object, ...others] = numpy ? args : [callee.object, ...args];
    const known = (numpy ? LIKE_SERIES : AGGREGATES).has(callee.attribute);
    const of = known && object && others.length === 0 ? this.lower(object) : null;
    const code = of?.per === 'row' ? this.aggregate(of, callee.attribute) : null;
    return of && code !== null ? { code, per: 'group', name: of.name, binds: ATOM } : null;
  }

  private aggregate(of: Part, name: string): string | null {
    const { grouping, written, column } = this.groups;
    if (of.column !== undefined) return column === null ? `${this.text(grouping)}[${of.column}].${name}()` : `${this.text(written)}.${name}()`;
    const regrouped = this.regrouped();
    return regrouped && `${wrap(of, ATOM)}.${regrouped}.${name}()`;
  }

  /** The same grouping for values that are no column; null: its keys are not plainly columns. */
  private regrouped(): string | null {
    const { keys, frame, grouping } = this.groups;
    const names = keys?.kind === 'collection' ? keys.items : keys ? [keys] : [];
    if (frame === null || names.length === 0 || names.some(({ kind }) => kind !== 'string')) return null;
    const columns = names.map((key) => `${frame}[${this.text(key)}]`);
    const by = keys?.kind === 'collection' ? `[${columns.join(', ')}]` : (columns[0] ?? '');
    const rest = grouping.keywords.map(({ name, value }) => `, ${name}=${this.text(value)}`).join('');
    return `groupby(${by}${rest})`;
  }

  /** A value of each group, for each of its rows. */
  private spread(part: Part): Part | null {
    const found = /^(.*)\.(\w+)\(\)$/s.exec(part.code);
    if (part.per !== 'group' || part.binds !== ATOM || !found) return null;
    return { ...part, per: 'row', code: `${found[1] ?? ''}.transform('${found[2] ?? ''}')` };
  }

  private joined(left: Part, right: Part, op: string, level: number): Part | null {
    const mixed = (left.per === 'row' && right.per === 'group') || (left.per === 'group' && right.per === 'row');
    const [a, b] = mixed ? [left, right].map((part) => (part.per === 'group' ? this.spread(part) : part)) : [left, right];
    if (!a || !b || (a.per === 'all' && b.per === 'all')) return null;
    const [least, more] = op === '**' ? [level + 1, 14] : level === 7 ? [8, 8] : [level, level + 1];
    const name = a.per === 'all' ? b.name : b.per === 'all' || a.name === b.name ? a.name : null;
    return { code: `${wrap(a, least)} ${op} ${wrap(b, more)}`, per: a.per === 'all' ? b.per : a.per, name, binds: level };
  }
}

function withoutColumn(part: Part): Part {
  return { code: part.code, per: part.per, name: part.name, binds: part.binds };
}
