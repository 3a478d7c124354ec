import { ok, refuse, type Outcome } from '../../platform/result';
import type { Edit, Expr, LoopFacts, Stmt } from '../../types';
import { childExprs, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { defineRefactor, type Context, type Match } from '../refactor';

interface RowsMatch extends Match {
  edits: Edit[];
}
/** `row['price']` or `row.price` */
interface ColumnRead {
  column: string;
  expr: Expr;
}

/** Attributes of a row that are no columns. */
const OF_SERIES =
  /^(name|index|values|size|shape|T|dtype|dtypes|ndim|empty|array|at|loc|iloc|iat|str|dt|cat|nbytes|hasnans|is_unique|attrs|flags|axes)$/;
const NUMBERS = /^(u?int|float)\d+$/;
const OTHERS = /^(object|str|category|bool|datetime64\[.+\]|timedelta64\[.+\])$/;

export const refactor = defineRefactor<RowsMatch>({
  id: 'pandas-rows',
  family: 'algorithm',
  title: 'Go through columns in place of rows',

  match(facts, _verdict, cx): Outcome<RowsMatch> | undefined {
    const { ir } = facts;
    const { space, target } = ir;
    if (ir.language !== 'python' || space.kind !== 'rows' || space.by !== 'iterrows' || space.frame.kind !== 'name') return undefined;
    if (target?.kind !== 'collection' || target.items.length !== 2) return undefined;
    const [label, row] = target.items;
    if (label?.kind !== 'name' || row?.kind !== 'name') return undefined;
    const frame = space.frame.name;

    const reads = columnReads(facts, row.name);
    if (reads === null || facts.liveOut.includes(row.name)) {
      return refuse('row-used', `\`${row.name}\` is used as a whole, not only for columns that are named in the text.`, `Read the columns by their names, or walk with \`itertuples\`.`, ir.span); // prettier-ignore
    }
    if (reads.length === 0) return undefined;
    const columns = [...new Set(reads.map(({ column }) => column))];
    const change = changeOf(frame, columns, facts);
    if (change !== null) {
      return refuse('frame-changed', `The loop changes \`${frame}\` (line ${change.span.start.line + 1}) while it walks over it.`, 'Gather the new values in a list, and make a column of it after the loop.', change.span); // prettier-ignore
    }
    const types = ((facts.evidence?.values[frame] ?? facts.values[frame])?.dtype ?? '').split('|');
    const suffix = suffixFor(types);
    if (suffix === null) {
      return refuse('unknown-columns', `The types of the columns of \`${frame}\` were not seen, or have no rule here: what a row holds depends on them.`, 'Walk over the columns by hand: `for a, b in zip(frame["a"], frame["b"])`.', ir.span); // prettier-ignore
    }
    return ok(lower(facts, { frame, label: label.name, row: row.name, reads, columns, suffix }, cx));
  },

  rewrite: (match) => match.edits,
});

/**
 * A row holds its values in one type for all columns: numbers of several types become floats, and with anything but numbers all are Python's own
 * objects, which is what walking over a column gives.
 */
function suffixFor(types: readonly string[]): string | null {
  if (!types.every((type) => NUMBERS.test(type) || OTHERS.test(type))) return null;
  if (types.every((type) => NUMBERS.test(type))) {
    if (types.length === 1) return '.to_numpy()';
    return types.includes('float64') || types.join() === 'float32,int64' ? '.to_numpy(float)' : null;
  }
  return types.length === 1 && types[0] === 'bool' ? '.to_numpy()' : '';
}

/** Every use of the row; null where one is not the read of a named column. */
function columnReads({ ir }: LoopFacts, row: string): ColumnRead[] | null {
  const found: ColumnRead[] = [];
  const read = (expr: Expr, called = false): boolean => {
    const object = expr.kind === 'subscript' || expr.kind === 'attribute' ? expr.object : null;
    if (object?.kind === 'name' && object.name === row) {
      if (expr.kind === 'subscript' && expr.index.kind === 'string' && /^(['"])[^'"\\]*\1$/.test(expr.index.text)) {
        found.push({ column: expr.index.text.slice(1, -1), expr });
        return true;
      }
      if (expr.kind !== 'attribute' || called || OF_SERIES.test(expr.attribute)) return false;
      found.push({ column: expr.attribute, expr });
      return true;
    }
    if (expr.kind === 'name') return expr.name !== row;
    if (expr.kind === 'opaque') return !expr.reads.includes(row);
    if (expr.kind === 'lambda') return !expr.params.includes(row) && read(expr.body);
    return childExprs(expr).every((child) => read(child, expr.kind === 'call' && child === expr.callee));
  };
  for (const statement of eachStmt(ir.body)) {
    if (statement.kind === 'opaque' && (statement.reads.includes(row) || statement.writes.includes(row))) return null;
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (targets.some((target) => [...eachExpr(target)].some((part) => (part.kind === 'name' && part.name === row) && !isRead(target, part)))) return null; // prettier-ignore
    if (!stmtExprs(statement).every((top) => read(top))) return null;
  }
  return found;
}

/** In `out[row['a']] = x` the row is read; in `row['a'] = x` it is changed. */
function isRead(target: Expr, part: Expr): boolean {
  if (target.kind === 'subscript') return [...eachExpr(target.index)].includes(part) || isRead(target.object, part);
  return target.kind === 'attribute' ? isRead(target.object, part) && target.object.kind !== 'name' : false;
}

/** A statement that may change what the loop walks over; values for another column change nothing of that. */
function changeOf(frame: string, columns: readonly string[], { ir }: LoopFacts): Stmt | null {
  const root = (expr: Expr): string | null => (expr.kind === 'name' ? expr.name : expr.kind === 'subscript' || expr.kind === 'attribute' ? root(expr.object) : null); // prettier-ignore
  const toOther = (target: Expr): boolean => {
    if (target.kind !== 'subscript' || target.object.kind !== 'attribute' || !/^(at|loc)$/.test(target.object.attribute)) return false;
    const column = target.index.kind === 'collection' && target.index.items.length === 2 ? target.index.items[1] : undefined;
    return column?.kind === 'string' && !columns.includes(column.text.slice(1, -1));
  };
  for (const statement of eachStmt(ir.body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (targets.some((target) => root(target) === frame && !toOther(target))) return statement;
    if (statement.kind === 'opaque' && statement.writes.includes(frame)) return statement;
    for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      const call = expr.kind === 'call' && expr.callee.kind === 'attribute' && root(expr.callee.object) === frame ? expr : null;
      if (call?.keywords.some(({ name }) => name === 'inplace') === true || (call?.callee.kind === 'attribute' && /^(insert|pop|update)$/.test(call.callee.attribute))) return statement; // prettier-ignore
    }
  }
  return null;
}

interface Rows {
  frame: string;
  label: string;
  row: string;
  reads: readonly ColumnRead[];
  columns: readonly string[];
  suffix: string;
}

function lower(facts: LoopFacts, { frame, label, row, reads, columns, suffix }: Rows, cx: Context): RowsMatch {
  const { file, ir, statement } = facts;
  const target = ir.target as Expr;
  const names = new Map<string, string>();
  for (const column of columns) {
    const plain = column.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)|_+$/g, '');
    const isName = /^[A-Za-z_]\w*$/.test(plain) && !KEYWORDS.has(plain);
    const free = isName && isFree(plain, facts, cx) && ![...names.values()].includes(plain);
    names.set(column, free ? plain : cx.freshName(isName ? `${row}_${plain}` : `${row}_value`, file));
  }
  const withLabel = label !== '_' && [...eachStmt(ir.body)].some((one) => usesName(one, label));
  const keep = withLabel || facts.liveOut.includes(label);
  const walked = columns.map((column) => `${frame}[${quoted(column, reads, cx, file)}]${suffix}`);
  const all = keep ? [`${frame}.index`, ...walked] : walked;
  const bound = [...(keep ? [label] : []), ...columns.map((column) => names.get(column) ?? column)];
  const head = `${bound.join(', ')} in ${all.length === 1 ? (all[0] ?? '') : `zip(${all.join(', ')})`}`;
  return {
    file,
    region: statement,
    captures: [...new Set([...facts.liveOut, ...facts.accumulators.map(({ name }) => name), ...facts.stores.map(({ name }) => name)])],
    title: 'Go through columns in place of rows',
    cost: { kind: 'factor', low: 2, high: 40 },
    assumptions: [`The columns of \`${frame}\` have the types that they had in this run, and no two have one name.`],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: [
      cx.edit(file, { start: target.span.start, end: ir.space.span.end }, head),
      ...reads.map(({ column, expr }) => cx.edit(file, expr.span, names.get(column) ?? column)),
    ],
  };
}

/** No name of the program, and no builtin: that a string or a comment has the word does not matter. */
function isFree(name: string, { file, ir }: LoopFacts, cx: Context): boolean {
  const { scopes, globals } = cx.syntax(file);
  const used = scopes.some(({ bindings, reads }) => bindings.has(name) || reads.has(name));
  return !used && !globals.includes(name) && cx.resolve({ kind: 'name', name, span: ir.span }, file, ir.span.start) === null;
}

const KEYWORDS = new Set('and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield None True False'.split(' ')); // prettier-ignore

const usesName = (statement: Stmt, name: string): boolean =>
  (statement.kind === 'opaque' && statement.reads.includes(name)) ||
  stmtExprs(statement).some((top) => [...eachExpr(top)].some((expr) => (expr.kind === 'name' && expr.name === name) || (expr.kind === 'opaque' && expr.reads.includes(name)))); // prettier-ignore

/** With the quotes that the text has for it. */
function quoted(column: string, reads: readonly ColumnRead[], cx: Context, file: string): string {
  const written = reads.find((one) => one.column === column && one.expr.kind === 'subscript')?.expr;
  return written?.kind === 'subscript' ? cx.slice(file, written.index.span) : `'${column}'`;
}
