import type { Expr } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { childExprs, eachStmt, spaceExprs, stmtExprs, stmtNames } from '../../syntax/python-walk';
import { binds, type Draft, type Lane, type Scope } from './draft';
import type { Scalar } from './scalars';
import { fullRange, literalInt, type Linear } from './kinds';
import { listLane } from './spaces';

/** A list or tuple of rows of numbers, as the profiled run saw it. */
export interface Table {
  name: string;
  container: 'list' | 'tuple';
  rows: 'list' | 'tuple';
  element: Scalar;
}

/** What a name held, where that was rows of one kind of number; null: something else. */
export function tableOf(object: Expr, scope: Scope): Table | null {
  const name = object.kind === 'name' || object.kind === 'attribute' ? dottedName(object) : null;
  if (name === null) return null;
  const seen = scope.kinds.facts.values[name];
  if (seen?.type !== 'list' && seen?.type !== 'tuple') return null;
  const [rows, ...otherRows] = seen.elements ?? [];
  const [element, ...others] = seen.rows?.elements ?? [];
  if ((rows !== 'list' && rows !== 'tuple') || otherRows.length > 0 || others.length > 0) return null;
  if (element !== 'float' && element !== 'int') return null;
  return { name, container: seen.type, rows, element };
}

/**
 * The sizes of a list of rows that this scope makes and that nothing but places of it is read from or stored to before: no other list has its rows.
 * Null: that cannot be told.
 */
export function freshRows(name: string, draft: Draft): { rows: Linear | null; columns: Linear | null } | null {
  const { kinds, facts, module } = draft;
  const made = kinds.freshlyMade(name);
  if (made?.kind !== 'loop' || made.loop.form !== 'list-comprehension') return null;
  const { space, body } = made.loop;
  const [item, ...more] = body;
  if (item?.kind !== 'emit' || more.length > 0 || space.kind !== 'range' || space.start || space.step) return null;
  const row = item.value;
  if (row.kind !== 'binary' || row.op !== '*' || row.left.kind !== 'collection' || row.left.type !== 'list' || row.left.items.length !== 1)
    return null;
  if (facts.owner === null && module.functions.some((one) => stmtNames(one.body).reads.has(name))) return null;
  for (const statement of eachStmt(facts.owner?.body ?? module.body)) {
    for (const top of stmtExprs(statement)) {
      if (statement.kind === 'return' && top.kind === 'name') continue;
      if (statement.kind === 'assign' && statement.targets.includes(top) && top.kind === 'name') continue;
      if (escapes(top, name)) return null;
    }
  }
  const rows = kinds.of(space.stop);
  const columns = kinds.of(row.right);
  return {
    rows: rows?.kind === 'scalar' && rows.range.lo >= 0 ? kinds.linear(space.stop) : null,
    columns: columns?.kind === 'scalar' && columns.range.lo >= 0 ? kinds.linear(row.right) : null,
  };
}

/** True where more of a list of rows is used than single numbers of it. */
function escapes(expr: Expr, name: string): boolean {
  if (expr.kind === 'name') return expr.name === name;
  if (expr.kind === 'opaque') return expr.reads.includes(name);
  if (expr.kind === 'subscript' && expr.object.kind === 'subscript' && expr.object.object.kind === 'name' && expr.object.object.name === name) {
    return [expr.index, expr.object.index].some((index) => index.kind === 'slice' || escapes(index, name));
  }
  if (expr.kind === 'loop')
    return [...eachStmt(expr.loop.body)]
      .flatMap(stmtExprs)
      .concat(spaceExprs(expr.loop.space))
      .some((one) => escapes(one, name));
  return childExprs(expr).some((child) => escapes(child, name));
}

/** Asks for what was seen of the rows: all of one length and not empty. */
export function requireRows(table: Table, draft: Draft): void {
  const { name } = table;
  draft.requireType({ holds: table.container, text: name, items: null });
  draft.check(`set(map(type, ${name})) == {${table.rows}}`);
  draft.check(`len(set(map(len, ${name}))) == 1`);
}

/** A number of a list of rows that a single loop reads, `points[j][0]`; null: the expression is something else. */
export function numberOf(expr: Expr, scope: Scope): { table: Table; object: Expr; row: Expr; column: number } | null {
  const row = expr.kind === 'subscript' && expr.object.kind === 'subscript' ? expr.object : null;
  const column = expr.kind === 'subscript' ? literalInt(expr.index) : null;
  const table = row && column !== null && column >= 0 ? tableOf(row.object, scope) : null;
  if (!row || !table || column === null || row.index.kind === 'slice' || row.index.kind === 'collection') return null;
  return { table, object: row.object, row: row.index, column };
}

/** The rows as an array of two axes, made before the loops that leave them alone. */
export function tableArray(table: Table, draft: Draft): Lane {
  const { name, element, container, rows } = table;
  const code = draft.fresh(`${name.replace(/^.*\./, '')}_array`);
  const asks = [
    `type(${name}) is ${container}`,
    `set(map(type, ${name})) == {${rows}}`,
    `len(set(map(len, ${name}))) == 1`,
    `all(set(map(type, row)) == {${element}} for row in ${name})`,
  ];
  const text = `${code} = ${draft.np}.asarray(${name})`;
  // The numbers of a tuple stay; a list may change without the one that holds it.
  draft.prologue.push({ text, from: null, tested: true, asks, ...(rows === 'tuple' ? { converts: name } : { gathers: name }) });
  draft.listInputs += 4;
  if (element === 'int') return listLane(code, { kind: 'list', element, range: fullRange(element), length: null, proven: false }, draft);
  return { code, binds: binds.atom, varying: true, scalar: element, range: fullRange(element), unchanged: false, fresh: true };
}

/** The rows as an array of two axes. Made anew at each loop: the rows may change without the list. */
export function tableLane(table: Table, draft: Draft): Lane {
  const { name, element } = table;
  const code = draft.fresh(`${name.replace(/^.*\./, '')}_array`);
  requireRows(table, draft);
  draft.check(`all(set(map(type, row)) == {${element}} for row in ${name})`);
  draft.prologue.push({ text: `${code} = ${draft.np}.asarray(${name})`, from: null, tested: true });
  if (element === 'int') return listLane(code, { kind: 'list', element, range: fullRange(element), length: null, proven: false }, draft);
  draft.listInputs += 2;
  return { code, binds: binds.atom, varying: true, scalar: element, range: fullRange(element), unchanged: false, fresh: true };
}
