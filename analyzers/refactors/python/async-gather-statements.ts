import type { Edit, Expr, FunctionIR, Span, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { boundNames, eachStmt, nestedBlocks } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm/edit';
import { Independence } from '../async/independence';
import { isDelay, type Call } from '../async/known-calls';
import { coroutinesFrom } from '../async/reach';
import { defineRefactor, type Context } from '../refactor';
import { namesOf } from '../task/names';

/** Longer lines than this are broken. */
const WIDEST = 100;

export const refactor = defineRefactor<EditMatch>({
  id: 'async-gather-statements',
  family: 'async',
  title: 'Wait for several statements together',

  matchLine({ hotspot, file }, verdict, cx): Outcome<EditMatch> | undefined {
    if (verdict.bottleneck !== 'io-wait') return undefined;
    const found = coroutinesFrom(file, hotspot.span, cx).map((owner) => runsOf(owner, cx));
    const runs = found.flatMap((one) => one.runs);
    return runs.length > 0 ? together(runs, cx) : (found.find(({ refusal }) => refusal !== null)?.refusal ?? undefined);
  },

  rewrite: (match) => match.edits,
});

/** `name = await call(...)`, or the bare `await call(...)`. */
interface Asking {
  stmt: Stmt;
  call: Call;
  target: Expr | null;
}
/** Such statements right behind each other, none of which needs the answer of another. */
interface Run {
  owner: FunctionIR;
  asked: Asking[];
  /** Of all that the run asks for. */
  judge: Independence;
}

function runsOf(owner: FunctionIR, cx: Context): { runs: Run[]; refusal: Outcome<EditMatch> | null } {
  const runs: Run[] = [];
  let refusal: Outcome<EditMatch> | null = null;
  const look = (block: readonly Stmt[], tried: boolean): void => {
    let run: Run = { owner, asked: [], judge: new Independence(cx) };
    const close = (): void => {
      if (run.asked.length > 1) runs.push(run);
      run = { owner, asked: [], judge: new Independence(cx) };
    };
    for (const stmt of block) {
      for (const inner of nestedBlocks(stmt)) look(inner, tried || stmt.kind === 'try');
      const asking = askingOf(stmt, owner.file, cx);
      if (!asking || tried) {
        close();
        continue;
      }
      const alone = new Independence(cx);
      const no = alone.whyNot(asking.call, owner.file) ?? alone.whyVain(asking.call.span) ?? run.judge.whyNot(asking.call, owner.file);
      const needed = run.asked.find(({ target }) => target !== null && boundNames(target).some((name) => namesOf({ exprs: [asking.call] }).reads.has(name) || bound(asking).includes(name)));
      if (no) {
        if (run.asked.length > 0) refusal ??= { ok: false, refusal: no };
        close();
        continue;
      }
      if (needed) {
        refusal ??= refuse('needs-answer', `What ${lineOf(stmt.span)} asks for needs the answer to ${lineOf(needed.stmt.span)}.`, 'Ask together only for what does not depend on each other.', stmt.span);
        close();
        run.judge.whyNot(asking.call, owner.file);
      }
      run.asked.push(asking);
    }
    close();
  };
  if (![...eachStmt(owner.body)].some(({ kind }) => kind === 'scope')) look(owner.body, false);
  return { runs, refusal };
} // prettier-ignore

const bound = ({ target }: Asking): string[] => (target === null ? [] : boundNames(target));

function askingOf(stmt: Stmt, file: string, cx: Context): Asking | null {
  const value = stmt.kind === 'assign' || stmt.kind === 'expression' ? stmt.value : null;
  if (value?.kind !== 'await' || value.value.kind !== 'call' || isDelay(cx.resolve(value.value.callee, file, value.span.start))) return null;
  if (stmt.kind !== 'assign') return { stmt, call: value.value, target: null };
  const [target, another] = stmt.targets;
  const plain = target !== undefined && !another && (target.kind === 'name' || (target.kind === 'collection' && target.items.every(({ kind }) => kind === 'name'))); // prettier-ignore
  // A type that is written beside the name would be lost.
  const typed =
    target === undefined ||
    cx
      .slice(file, { start: target.span.end, end: value.span.start })
      .trim()
      .replace(/^\)\s*/, '') !== '=';
  return plain && !typed ? { stmt, call: value.value, target } : null;
}

function together(runs: readonly Run[], cx: Context): Outcome<EditMatch> {
  const [first] = runs;
  if (!first) throw new Error('there is a run of statements');
  const regions = runs.map(({ owner, asked }) => ({ file: owner.file, span: spanOf(asked), captures: asked.flatMap(bound) }));
  const places = runs.length === 1 ? '' : `, in ${runs.length} places`;
  return ok({
    file: first.owner.file,
    region: spanOf(first.asked),
    captures: first.asked.flatMap(bound),
    regions,
    title: `Wait for ${first.asked.length} answers together${places}`,
    cost: { kind: 'factor', low: 1.05, high: Math.max(...runs.map(({ asked }) => asked.length)) },
    assumptions: ['No call fails; where one does, the others are under way already.', ...new Set(runs.flatMap(({ judge }) => judge.assumptions))],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: runs.flatMap((run) => editsOf(run, cx)),
  });
}

const spanOf = (asked: readonly Asking[]): Span => ({ start: (asked[0] as Asking).stmt.span.start, end: (asked.at(-1) as Asking).stmt.span.end });

function editsOf({ owner: { file }, asked }: Run, cx: Context): Edit[] {
  const asyncio = cx.importName(file, 'asyncio');
  const span = spanOf(asked);
  const targets = asked.map(({ target }) => (target === null ? '_' : target.kind === 'collection' ? `(${cx.slice(file, target.span).replace(/^\((.*)\)$/s, '$1')})` : cx.slice(file, target.span))); // prettier-ignore
  const head = `${asked.every(({ target }) => target === null) ? '' : `${targets.join(', ')} = `}await ${asyncio.written}.gather(`;
  const calls = asked.map(({ call }) => cx.slice(file, call.span));
  const comments = commentsBetween(asked, file, cx);
  const indent = cx.indentAt(file, span.start.line);
  const line = `${head}${calls.join(', ')})`;
  const unit = indent + cx.indentUnit(file);
  const broken = [head, ...calls.flatMap((call, at) => [...(comments[at]?.above ?? []), `${call},${comments[at]?.beside ?? ''}`].map((each) => unit + each)), `${indent})`].join('\n'); // prettier-ignore
  const plain = comments.every(({ above, beside }) => above.length === 0 && beside === '') && indent.length + line.length <= WIDEST;
  return [...(asyncio.edit ? [asyncio.edit] : []), cx.edit(file, span, plain ? line : broken)];
}

/** Comments above a statement of the run, the first one's left where they are, and beside it, the last one's left where it is. */
function commentsBetween(asked: readonly Asking[], file: string, cx: Context): { above: string[]; beside: string }[] {
  return asked.map(({ stmt }, at) => {
    const before = asked[at - 1];
    const after = asked[at + 1];
    const between = (from: Stmt, to: Stmt): string[] => cx.slice(file, { start: from.span.end, end: to.span.start }).split(/\r?\n/);
    const [beside = ''] = after ? between(stmt, after.stmt) : [];
    return {
      above: (before ? between(before.stmt, stmt).slice(1) : []).map((line) => line.trim()).filter((line) => line.startsWith('#')),
      beside: beside.trim() === '' ? '' : `  ${beside.trim()}`,
    };
  });
}
