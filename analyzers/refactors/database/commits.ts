/**
 * A loop that commits what it stores after each row pays for a transaction a row. One transaction around the loop stores the same:
 *
 *     for row in rows:                                 try:
 *         db.execute(INSERT, row)            ->            db.executemany(INSERT, rows)
 *         db.commit()                                  finally:
 *                                                          db.commit()
 *
 * `finally`, because the rows before one that fails were stored as well.
 */
import type { Expr, LoopFacts, LoopIR, Refusal, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt, nestedBlocks } from '../../syntax/python-walk';
import { codeOf, usesOf, type Code } from '../algorithm/code';
import { finish, type EditMatch } from '../algorithm/edit';
import { cursorsOf, isConnection, sqlOf, type Statement } from './handles';
import type { Context } from '../refactor';
import { type Call } from '../task/calls';
import { exprsIn, namesOf } from '../task/names';
import { bodyExtent, extent, LineEdit, standsAlone, wholeLines } from '../task/pool-text';

/** `db.commit()`, or `with db:` around what is stored. */
export interface Commit {
  statement: Stmt;
  /** The block that it stands in, and the handlers of a `try` that this is. */
  block: readonly Stmt[];
  /** `db`, `self.db` */
  place: string;
  /** `db.rollback()` in the handlers of the `try` around it. */
  rollbacks: Stmt[];
}
interface Batch {
  facts: LoopFacts;
  code: Code;
  commit: Commit;
  /** What the loop asks the database, in text order. */
  statements: Statement[];
}

/** undefined: the loop commits nothing, or not in every trip. */
export function commitOnce(facts: LoopFacts, cx: Context): Outcome<EditMatch> | undefined {
  const { ir, owner, file } = facts;
  const code = codeOf(facts, cx);
  if (!code || (ir.form !== 'for' && ir.form !== 'while') || ir.async || owner?.async === true) return undefined;
  const commit = commitIn(ir.body, [], (place) => isConnection(place, facts, code, cx));
  if (!commit || !standsAlone(file, { span: ir.span }, cx)) return undefined;
  const found = statementsOf(commit, ir, code, cx);
  if (!Array.isArray(found)) return { ok: false, refusal: found };
  const batch: Batch = { facts, code, commit, statements: found };
  const no = whyNot(batch, cx);
  if (no) return { ok: false, refusal: no };
  const edited = asOneCall(batch, cx) ?? aroundLoop(batch, cx);
  if (edited === null) return undefined;
  return ok(
    finish(facts, code, {
      title: 'Store all rows in one transaction',
      edits: [cx.edit(file, wholeLines(file, { span: ir.span }, cx), edited.join('\n'))],
      cost: { kind: 'factor', low: 1.3, high: 30 },
      assumptions: [
        'No other program has to see the rows, or find them after a crash, before the loop is done.',
        'Nothing else waits for a commit when the loop starts, and no constraint is checked only at the commit.',
        ...(canFailInTheMiddle(batch) ? [`A trip that stored something does not fail before its end (${lineOf(commit.statement.span)}).`] : []),
      ],
      changed: [commit.place, ...cursorsOf(commit.place, code, cx)],
    }),
  );
}

export function commitIn(body: readonly Stmt[], rollbacks: Stmt[], isOurs: (place: string) => boolean): Commit | null {
  for (const statement of body) {
    const place = committed(statement);
    if (place !== null && isOurs(place)) return { statement, block: body, place, rollbacks };
    if (statement.kind === 'loop' && statement.loop.form === 'for') {
      const inner = commitIn(statement.loop.body, rollbacks, isOurs);
      if (inner) return inner;
    }
    if (statement.kind === 'try' && statement.finally.length === 0) {
      const undone = statement.handlers.flatMap((handler) => handler.body.filter((stmt) => called(stmt, 'rollback') !== null));
      const inner = commitIn(statement.body, [...rollbacks, ...undone], isOurs);
      if (inner) return inner;
    }
  }
  return null;
}

function committed(stmt: Stmt): string | null {
  if (stmt.kind !== 'with') return called(stmt, 'commit');
  const [item, another] = stmt.items;
  return item && !another && item.target === null ? dottedName(item.context) : null;
}

/** `db` of the statement `db.commit()`. */
function called(stmt: Stmt, method: string): string | null {
  const call = stmt.kind === 'expression' && stmt.value.kind === 'call' ? stmt.value : null;
  if (call?.callee.kind !== 'attribute' || call.callee.attribute !== method || call.args.length > 0) return null;
  return dottedName(call.callee.object);
}

const asking = new Set(['execute', 'executemany', 'executescript']);

/** Everything that the loop, or a function that it calls, does with the connection, as long as that can be seen. */
export function statementsOf(
  commit: Commit,
  { body, span: whole }: { body: readonly Stmt[]; span: Span },
  code: Code,
  cx: Context,
): Statement[] | Refusal {
  const { file } = code;
  const handles = [commit.place, ...cursorsOf(commit.place, code, cx)];
  const no = (span: Span): Refusal => ({ code: 'connection-shared', why: `The database connection is handed on (${lineOf(span)}), so what is stored or taken back there cannot be seen.`, toDo: 'Store the rows in the loop itself, and commit after it.', span }); // prettier-ignore
  const statements: Statement[] = [];
  for (const handle of handles) {
    const { here, hidden } = usesOf(handle, code, body);
    // Functions elsewhere that know the connection are asked about where the loop calls them.
    if (hidden !== null && within(hidden, whole)) return no(hidden);
    for (const { expr, parents, slot, stmt } of here) {
      const [attribute, call] = parents;
      if (stmt === commit.statement || commit.rollbacks.includes(stmt) || (slot === 'space' && !attribute)) continue;
      const method = attribute?.kind === 'attribute' ? attribute.attribute : null;
      if (slot === 'target' && handle !== commit.place) continue;
      if (method === null || slot === 'target' || method === 'commit' || method === 'rollback' || method === 'executescript') return no(expr.span);
      if (call?.kind === 'call' && call.callee === attribute && asking.has(method))
        statements.push({ call, handle, method, sql: sqlOf(call, code, cx) });
      else if (/^(backup|interrupt|iterdump|close|__\w+__|isolation_level|autocommit)$/.test(method)) return no(expr.span);
    }
  }
  const others = body.flatMap((stmt) => [...exprsIn(stmt)]).filter((expr): expr is Call => expr.kind === 'call');
  for (const call of others) {
    const method = call.callee.kind === 'attribute' ? call.callee.attribute : '';
    if (statements.some((one) => one.call === call)) continue;
    const chained =
      call.callee.kind === 'attribute' && call.callee.object.kind === 'call' && dottedName(call.callee.object.callee) === `${commit.place}.cursor`;
    if (chained && asking.has(method)) statements.push({ call, handle: commit.place, method, sql: sqlOf(call, code, cx) });
    else if (asking.has(method) || cx.resolve(call.callee, file, call.span.start) === 'sqlite3.connect') {
      return { code: 'other-connection', why: `Another database connection is asked too (${lineOf(call.span)}), which may have to see what this one has stored.`, toDo: 'Read what the loop needs before it starts, and commit after it.', span: call.span }; // prettier-ignore
    }
  }
  return statements;
}

function whyNot({ facts, commit, statements }: Batch, cx: Context): Refusal | null {
  const unclear = statements.find(({ sql }) => sql === null);
  if (unclear) {
    return { code: 'unknown-statement', why: `What is asked of the database (${lineOf(unclear.call.span)}) is no text that could be read here, or one that does not belong into a transaction.`, toDo: 'Write the statement where it is used, and let it only insert, update, delete or select.', span: unclear.call.span }; // prettier-ignore
  }
  const pause = facts.flow.find(({ kind }) => kind === 'yield' || kind === 'await');
  if (pause) {
    return { code: 'pauses', why: `The loop hands over to its caller (${lineOf(pause.span)}), who would find a transaction that is not done.`, toDo: 'Store all rows first, and hand them out in a loop of its own.', span: pause.span }; // prettier-ignore
  }
  if (canFailInTheMiddle({ commit, statements }) && (commit.statement.kind === 'with' || commit.rollbacks.length > 0)) {
    return { code: 'atomic-trips', why: `A trip that fails takes back all that it stored (${lineOf(commit.statement.span)}); in one transaction with the others it could not.`, toDo: 'Check the rows first, then store them all together.', span: commit.statement.span }; // prettier-ignore
  }
  const own = (span: Span): boolean => within(span, commit.statement.span) && commit.statement.kind !== 'with';
  const waits = facts.calls.find(({ io, span }) => io !== null && /^(network|subprocess|sleep|database)$/.test(io) && !own(span) && !statements.some(({ call, handle }) => within(span, call.span) || within(call.span, span) || cx.slice(facts.file, span).startsWith(`${handle}.`)) && !commit.rollbacks.some((stmt) => within(span, stmt.span))); // prettier-ignore
  if (waits) {
    return { code: 'waits-between', why: `Between two rows the loop calls \`${waits.written}\` (${lineOf(waits.span)}): the database would be locked, and the rows at risk, all that time.`, toDo: 'Gather the rows first, and store them together.', span: waits.span }; // prettier-ignore
  }
  return null;
}

/** Does a trip store something and go on with what may fail? What it stored was then not committed. */
export function canFailInTheMiddle({ commit, statements }: Pick<Batch, 'commit' | 'statements'>): boolean {
  const [only, another] = statements;
  const block = commit.statement.kind === 'with' ? commit.statement.body : commit.block;
  const last = commit.statement.kind === 'with' ? block.at(-1) : block[block.indexOf(commit.statement) - 1];
  if (!only || another || !last || only.method !== 'execute') return true;
  return !(last.kind === 'expression' && last.value === only.call);
}

/** The loop as it is, in a transaction. */
function aroundLoop({ facts, commit }: Batch, cx: Context): string[] | null {
  const { ir, file } = facts;
  const statement = { span: ir.span };
  const unit = cx.indentUnit(file);
  const indent = cx.indentAt(file, ir.span.start.line);
  const lines = new LineEdit(file, cx);
  lines.move(extent(statement), 1);
  if (!standsAlone(file, commit.statement, cx) || !commit.rollbacks.every((stmt) => standsAlone(file, stmt, cx))) return null;
  if (commit.statement.kind === 'with') {
    const body = bodyExtent(commit.statement);
    if (!body) return null;
    lines.drop([commit.statement.span.start.line, body[0] - 1]);
    lines.move(body, -1);
  } else if (commit.block.length === 1) return null;
  else lines.drop(extent(commit.statement));
  for (const stmt of commit.rollbacks) {
    const alone = [...eachStmt(ir.body)].some((one) => nestedBlocks(one).some((block) => block.length === 1 && block[0] === stmt));
    if (alone) lines.replace(stmt.span, 'pass');
    else lines.drop(extent(stmt));
  }
  const text = lines.text(extent(statement));
  return text === null ? null : [`${indent}try:`, ...text, `${indent}finally:`, `${indent}${unit}${commit.place}.commit()`];
}

const longestLine = 110;

/** `db.executemany(INSERT, rows)`, where the loop does nothing but store. */
function asOneCall({ facts, code, commit, statements }: Batch, cx: Context): string[] | null {
  const { ir, file } = facts;
  const [only, another] = statements;
  const plain = commit.statement.kind === 'with' ? commit.statement.body : ir.body.filter((stmt) => stmt !== commit.statement);
  const [stored, more] = plain;
  const direct = ir.body.includes(commit.statement) && ir.body.length === (commit.statement.kind === 'with' ? 1 : 2);
  if (!direct || more || !only || another || only.sql !== 'write' || only.method !== 'execute' || stored?.kind !== 'expression') return null;
  if (stored.value !== only.call || ir.form !== 'for' || ir.otherwise.length > 0 || facts.indices.some((name) => facts.liveOut.includes(name)))
    return null;
  const [sql, row, extra] = only.call.args;
  if (!sql || !row || extra || only.call.keywords.length > 0 || row.kind === 'spread') return null;
  if ([...namesOf({ exprs: [sql] }).reads].some((name) => facts.writes.includes(name))) return null;
  if (cx.slice(file, ir.span).includes('#') || asksLater(only.handle, code)) return null;
  const rows = rowsOf(ir, row, file, cx);
  if (rows === null) return null;
  const unit = cx.indentUnit(file);
  const indent = cx.indentAt(file, ir.span.start.line);
  const given = [cx.slice(file, sql.span), rows];
  const callee = cx.slice(file, only.call.callee.span).replace(/execute$/, 'executemany');
  const short = `${indent}${unit}${callee}(${given.join(', ')})`;
  const call =
    short.length <= longestLine && !short.includes('\n')
      ? [short]
      : [`${indent}${unit}${callee}(`, ...given.map((part) => `${indent}${unit}${unit}${part},`), `${indent}${unit})`];
  return given.some((part) => part.includes('\n'))
    ? null
    : [`${indent}try:`, ...call, `${indent}finally:`, `${indent}${unit}${commit.place}.commit()`];
}

/** `rows`, or `((name, age) for name, age in people)`. */
function rowsOf(ir: LoopIR, row: Expr, file: string, cx: Context): string | null {
  const { target, space } = ir;
  if (!target) return null;
  const items = cx.slice(file, space.span);
  if (row.kind === 'name' && target.kind === 'name' && row.name === target.name && space.kind === 'sequence') return items;
  return `(${cx.slice(file, row.span)} for ${cx.slice(file, target.span)} in ${items})`;
}

/** What a cursor knows of its last row it does not know of many. */
const asksLater = (handle: string, code: Code): boolean =>
  usesOf(handle, code).here.some(
    ({ parents: [parent] }) => parent?.kind === 'attribute' && /^(lastrowid|rowcount|description)$/.test(parent.attribute),
  );
