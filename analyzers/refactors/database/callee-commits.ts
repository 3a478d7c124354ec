/**
 * A loop whose function commits each row. The function learns to leave the commit to its caller, and the loop's caller commits once:
 *
 *     def add(db, row):                          def add(db, row, commit=True):
 *         db.execute(INSERT, row)                    db.execute(INSERT, row)
 *         db.commit()                                if commit:
 *                                        ->              db.commit()
 *     for row in rows:                           try:
 *         add(db, row)                               for row in rows:
 *                                                        add(db, row, commit=False)
 *                                                finally:
 *                                                    db.commit()
 */
import type { Edit, FunctionIR, LoopFacts, Refusal, Span } from '../../types';
import { lineOf, sameSpan, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { codeOf, codeOfFunction, homeOf, usesHere, type Code } from '../algorithm/code';
import { finish, type EditMatch } from '../algorithm/edit';
import { isBlocking } from '../async/known-calls';
import { callsIn, reachedIn } from '../async/reach';
import { canFailInTheMiddle, commitIn, statementsOf, type Commit } from './commits';
import { isConnection } from './handles';
import type { Context } from '../refactor';
import { factOf, type Call } from '../task/calls';
import { exprsIn, namesOf } from '../task/names';
import { extent, LineEdit, standsAlone, wholeLines } from '../task/pool-text';

/** The one call of a trip that stores and commits. */
interface Storing {
  call: Call;
  fn: FunctionIR;
  commit: Commit;
  /** The connection as the loop's own code would write it. */
  place: string;
}

/** undefined: the loop calls no function that commits, or none that could be told to leave it. */
export function commitOutside(facts: LoopFacts, cx: Context): Outcome<EditMatch> | undefined {
  const { ir, owner, file } = facts;
  const code = codeOf(facts, cx);
  if (!code || (ir.form !== 'for' && ir.form !== 'while') || ir.async || owner?.async === true || !standsAlone(file, { span: ir.span }, cx)) return undefined; // prettier-ignore
  const [storing, another] = ir.body.flatMap((stmt) => [...exprsIn(stmt)]).flatMap((expr) => (expr.kind === 'call' ? (storingIn(expr, facts, code, cx) ?? []) : [])); // prettier-ignore
  if (!storing || another) return undefined;
  const inside = codeOfFunction(storing.fn, cx);
  const statements = statementsOf(storing.commit, storing.fn, inside, cx);
  if (!Array.isArray(statements)) return { ok: false, refusal: statements };
  const unclear = statements.find(({ sql }) => sql === null);
  if (unclear) return { ok: false, refusal: { code: 'unknown-statement', why: `What is asked of the database (${lineOf(unclear.call.span)}) is no text that could be read here, or one that does not belong into a transaction.`, toDo: 'Write the statement where it is used, and let it only insert, update, delete or select.', span: unclear.call.span } }; // prettier-ignore
  const no = whyNot(storing, facts, code, cx);
  if (no) return { ok: false, refusal: no };
  const edits = editsOf(storing, facts, cx);
  if (edits === null) return undefined;
  return ok(
    finish(facts, code, {
      title: 'Store all rows in one transaction',
      edits,
      cost: { kind: 'factor', low: 1.3, high: 30 },
      assumptions: [
        'No other program has to see the rows, or find them after a crash, before the loop is done.',
        'Nothing else waits for a commit when the loop starts, and no constraint is checked only at the commit.',
        ...(canFailInTheMiddle({ commit: storing.commit, statements })
          ? [`\`${storing.fn.name}\` does not fail between what it stores and its commit (${lineOf(storing.commit.statement.span)}).`]
          : []),
      ],
      changed: [storing.place, storing.place.split('.')[0] ?? storing.place],
    }),
  );
}

function storingIn(call: Call, facts: LoopFacts, code: Code, cx: Context): Storing | null {
  const fn = functionCalled(call, facts, cx);
  if (!fn || fn.async || fn.decorators.length > 0 || fn.params.some(({ kind }) => kind === 'args' || kind === 'kwargs')) return null;
  const inside = codeOfFunction(fn, cx);
  const commit = commitIn(fn.body, [], (place) => {
    const outside = placeOutside(place, call, fn, code, cx);
    return outside !== null && (isConnection(place, facts, inside, cx) || isConnection(outside, facts, code, cx));
  });
  if (commit?.statement.kind !== 'expression' || !fn.body.includes(commit.statement)) return null;
  const place = placeOutside(commit.place, call, fn, code, cx);
  return place === null ? null : { call, fn, commit, place };
}

/** The function of the program that is sure to run: no other one of its name may take the place of a method. */
function functionCalled(call: Call, facts: LoopFacts, cx: Context): FunctionIR | null {
  const own = cx.functionOf(call.callee, facts.file);
  if (own && !own.method) return own;
  const resolved = factOf(call, facts)?.resolved ?? null;
  if (call.callee.kind !== 'attribute' || (own === null && resolved === null)) return null;
  const { attribute } = call.callee;
  const [only, another] = cx.files.flatMap((file) => cx.syntax(file).functions.filter((fn) => fn.method && fn.name === attribute));
  return only && !another && (only === own || resolved?.endsWith(`:${only.qualname}`) === true) ? only : null;
}

/** How the loop's code writes what the function calls `db` or `self.db`; null where it has no plain name for it. */
function placeOutside(place: string, call: Call, fn: FunctionIR, code: Code, cx: Context): string | null {
  const [root = '', ...fields] = place.split('.');
  const index = fn.params.findIndex(({ name }) => name === root);
  if (index < 0) return homeOf(root, codeOfFunction(fn, cx), cx)?.owner === null && fn.file === code.file ? place : null;
  const bound = fn.method && call.callee.kind === 'attribute';
  const given = bound && index === 0 && call.callee.kind === 'attribute' ? call.callee.object : (call.keywords.find(({ name }) => name === root)?.value ?? call.args[index - (bound ? 1 : 0)]); // prettier-ignore
  const written = given ? dottedName(given) : null;
  return written === null ? null : [written, ...fields].join('.');
}

function whyNot({ call, fn, place }: Storing, facts: LoopFacts, code: Code, cx: Context): Refusal | null {
  const pause = facts.flow.find(({ kind }) => kind === 'yield' || kind === 'await');
  if (pause) {
    return { code: 'pauses', why: `The loop hands over to its caller (${lineOf(pause.span)}), who would find a transaction that is not done.`, toDo: 'Store all rows first, and hand them out in a loop of its own.', span: pause.span }; // prettier-ignore
  }
  const [root = place] = place.split('.');
  const used = usesHere(place, code, facts.ir.body).here.find(({ expr }) => !within(expr.span, call.span));
  if (used || facts.writes.includes(root)) {
    const span = used?.expr.span ?? facts.ir.span;
    return { code: 'connection-shared', why: `The loop does something else with its database connection, too (${lineOf(span)}).`, toDo: 'Store the rows in a loop of their own.', span }; // prettier-ignore
  }
  const other = facts.calls.find(({ io, span }) => io !== null && io !== 'console' && !sameSpan(span, call.span));
  if (other?.io === 'database') {
    return { code: 'other-connection', why: `The loop asks a database elsewhere, too (${lineOf(other.span)}), which may have to see what this call has stored.`, toDo: 'Read what the loop needs before it starts, and commit after it.', span: other.span }; // prettier-ignore
  }
  const waits = other?.span ?? waitsIn(fn, cx);
  return waits === null ? null : { code: 'waits-between', why: `Between two rows the loop waits for something else (${lineOf(waits)}): the database would be locked, and the rows at risk, all that time.`, toDo: 'Gather the rows first, and store them together.', span: waits }; // prettier-ignore
}

function waitsIn(fn: FunctionIR, cx: Context): Span | null {
  const found = [fn, ...reachedIn(fn.body, fn.file, cx)].flatMap(({ body, file }) => callsIn(body).filter((call) => isBlocking(cx.resolve(call.callee, file, call.span.start)))); // prettier-ignore
  return found[0]?.span ?? null;
}

function editsOf({ call, fn, commit, place }: Storing, { ir, file }: LoopFacts, cx: Context): Edit[] | null {
  const { reads, writes } = namesOf({ stmts: fn.body });
  const taken = new Set([...reads, ...writes, ...fn.params.map(({ name }) => name)]);
  const name = ['commit', 'commit_now', 'commits'].find((each) => !taken.has(each));
  const parameter = name === undefined ? null : withParameter(fn, name, cx);
  if (parameter === null || !standsAlone(fn.file, commit.statement, cx)) return null;
  const { statement } = commit;
  const inner = cx.indentAt(fn.file, statement.span.start.line);
  const guarded = `if ${name}:\n${inner}${cx.indentUnit(fn.file)}${cx.slice(fn.file, statement.span)}`;
  const lines = new LineEdit(file, cx);
  const whole = extent({ span: ir.span });
  lines.move(whole, 1);
  const close = { line: call.span.end.line, character: call.span.end.character - 1 };
  const given = cx.slice(file, { start: call.callee.span.end, end: close }).trim();
  lines.insert(close, `${given === '(' ? '' : given.endsWith(',') ? ' ' : ', '}${name}=False`);
  const text = lines.text(whole);
  const indent = cx.indentAt(file, ir.span.start.line);
  if (text === null) return null;
  const loop = [`${indent}try:`, ...text, `${indent}finally:`, `${indent}${cx.indentUnit(file)}${place}.commit()`];
  return [parameter, cx.edit(fn.file, statement.span, guarded), cx.edit(file, wholeLines(file, { span: ir.span }, cx), loop.join('\n'))];
}

/** `commit=True` behind the other parameters of a function, annotated as they are. */
function withParameter(fn: FunctionIR, name: string, cx: Context): Edit | null {
  const lines = cx.text(fn.file).split(/\r?\n/);
  let depth = 0;
  let last: { line: number; character: number; letter: string } | null = null;
  let annotated = false;
  for (let line = fn.span.start.line; line <= (fn.body[0]?.span.start.line ?? fn.span.start.line); line += 1) {
    const from = line === fn.span.start.line ? fn.span.start.character : 0;
    const written = lines[line] ?? '';
    for (let at = from; at < written.length; at += 1) {
      const letter = written.charAt(at);
      // Defaults of text and comments among the parameters would need a tokenizer.
      if (depth > 0 && /["'#]/.test(letter)) return null;
      if (/[([{]/.test(letter)) depth += 1;
      else if (/[)\]}]/.test(letter)) depth -= 1;
      if (depth === 1 && letter === ':') annotated = true;
      if (depth === 0 && letter === ')') {
        if (last === null) return null;
        const parameter = `${name}${annotated ? ': bool = True' : '=True'}`;
        const after = { line: last.line, character: last.character + 1 };
        const trailing = last.letter === ',';
        const separator = last.letter === '(' ? '' : !trailing ? ', ' : last.line === line ? ' ' : `\n${cx.indentAt(fn.file, last.line)}`;
        return cx.insert(fn.file, after, `${separator}${parameter}${trailing ? ',' : ''}`);
      }
      if (letter.trim() !== '') last = { line, character: at, letter };
    }
  }
  return null;
}
