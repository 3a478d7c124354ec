/**
 * Workers that stand in line for every single update of something they share. Each gathers for itself, and shares what it has once:
 *
 *     for n in numbers:                              local_counter = 0
 *         if n % 2:                                  for n in numbers:
 *             with lock:                   ->            if n % 2:
 *                 counter.value += 1                         local_counter += 1
 *                                                    with lock:
 *                                                        counter.value += local_counter
 *
 * What comes out is what would have come out had each worker made its updates without anyone in between.
 */
import type { FunctionIR, Refusal, Span, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt, nestedBlocks } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { leaves } from './flow';
import { exprsIn, namesOf } from './names';
import type { PoolMatch } from './pool-hoist';
import { extent, LineEdit, standsAlone, wholeLines } from './pool-text';
import { TaskModule } from './module';
import { updateOf, type Update } from './update-forms';
import { workplacesOf, type Workplace } from './workplaces';
import { readWorker } from './workers';

type Loop = Stmt & { kind: 'loop' };
type With = Stmt & { kind: 'with' };
/** Updates under one lock; `block` null where none is needed. */
interface Locked {
  block: With | null;
  lock: string | null;
  updates: { stmt: Stmt; update: Update }[];
}
interface Gathering {
  fn: FunctionIR;
  loop: Loop;
  locked: Locked[];
  workplace: Workplace;
}

/** undefined: no worker here shares something update by update. */
export function gatherFirst(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  for (const workplace of workplacesOf(file, hot, cx)) {
    const found = gatheringIn(workplace, cx);
    if (!found) continue;
    const no = whyNot(found, cx);
    if (no) return { ok: false, refusal: no };
    const match = matchOf(found, cx);
    if (match) return ok(match);
  }
  return undefined;
}

/** The one loop of a worker that makes shared updates, and all of them. */
function gatheringIn(workplace: Workplace, cx: Context): Gathering | null {
  const { worker: fn } = workplace;
  const loops = fn.body.flatMap((stmt) => {
    if (stmt.kind !== 'loop' || stmt.loop.async) return [];
    const locked = lockedIn(stmt.loop.body, fn, workplace, cx);
    return locked.length > 0 ? [{ loop: stmt, locked }] : [];
  });
  const [only, another] = loops;
  return only && !another ? { fn, ...only, workplace } : null;
}

function lockedIn(block: readonly Stmt[], fn: FunctionIR, workplace: Workplace, cx: Context): Locked[] {
  return block.flatMap((stmt) => {
    const lock = lockOf(stmt, fn, workplace, cx);
    if (stmt.kind === 'with' && lock !== null) {
      const updates = stmt.body.flatMap((inner) => {
        const update = updateOf(inner, fn);
        // Only of a manager's dict it is known that it takes others' entries.
        return update && (update.kind !== 'store' || workplace.isManaged(update.place)) ? [{ stmt: inner, update }] : [];
      });
      const plain = stmt.body.every((inner) => updates.some((one) => one.stmt === inner) || isPlain(inner));
      return updates.length > 0 && plain ? [{ block: stmt, lock, updates }] : [];
    }
    const update = updateOf(stmt, fn);
    // Each change of what a manager keeps is a message by itself, which needs no lock.
    if (update && /^(append|store)$/.test(update.kind) && workplace.isManaged(update.place))
      return [{ block: null, lock: null, updates: [{ stmt, update }] }];
    return nestedBlocks(stmt).flatMap((inner) => lockedIn(inner, fn, workplace, cx));
  });
}

/** `with lock:`, `with counter.get_lock():`: the lock as it is written. */
function lockOf(stmt: Stmt, { file }: FunctionIR, workplace: Workplace, cx: Context): string | null {
  const [item, another] = stmt.kind === 'with' ? stmt.items : [];
  if (!item || another || item.target !== null) return null;
  const { context } = item;
  const asked =
    context.kind === 'call' && context.callee.kind === 'attribute' && context.callee.attribute === 'get_lock' && context.args.length === 0;
  const name = asked ? dottedName(context.callee) : dottedName(context);
  return name !== null && (asked || workplace.isLock(name)) ? cx.slice(file, context.span) : null;
}

const isPlain = (stmt: Stmt): boolean => stmt.kind === 'assign' && stmt.targets.every((target) => target.kind === 'name');

function whyNot({ fn, loop, locked, workplace }: Gathering, cx: Context): Refusal | null {
  const exit = leaves(loop);
  if (exit) {
    return { code: 'leaves-early', why: `\`${fn.name}\` may leave the loop (${lineOf(exit)}) before it could share what it has gathered.`, toDo: 'Let the loop end with `break`.', span: exit }; // prettier-ignore
  }
  if (
    loop.loop.space.kind === 'while' &&
    loop.loop.space.test.kind === 'constant' &&
    ![...eachStmt(loop.loop.body)].some(({ kind }) => kind === 'break')
  ) {
    return { code: 'endless-worker', why: `\`${fn.name}\` never comes to the end of its loop (${lineOf(loop.span)}), where it could share what it has gathered.`, toDo: 'Let it end when there is nothing left to do.', span: loop.span }; // prettier-ignore
  }
  const own = new Set(locked.flatMap(({ updates }) => updates.flatMap(({ update }) => update.places)));
  const places = new Set(locked.flatMap(({ updates }) => updates.map(({ update }) => update.place)));
  const { functions } = readWorker(fn, cx);
  const exprs = functions.filter(({ file }) => file === fn.file).flatMap((one) => one.body.flatMap((stmt) => [...exprsIn(stmt)]));
  const locks = new Set(locked.flatMap(({ block }) => block?.items.flatMap(({ context }) => (context.kind === 'call' && context.callee.kind === 'attribute' ? [context.callee.object] : [])) ?? [])); // prettier-ignore
  const seen = exprs.find((expr) => !own.has(expr) && !locks.has(expr) && places.has(dottedName(expr) ?? ''));
  if (seen) {
    return { code: 'shared-read', why: `The workers look at \`${dottedName(seen) ?? ''}\` (${lineOf(seen.span)}), which the others change meanwhile.`, toDo: 'Let each worker go by what it has found itself.', span: seen.span }; // prettier-ignore
  }
  const module = new TaskModule(fn.file, cx);
  const { writes } = namesOf({ stmts: fn.body.filter(({ kind }) => kind !== 'scope') });
  const declared = new Set(fn.body.flatMap((stmt) => (stmt.kind === 'scope' ? stmt.names : [])));
  const guarded = namesOf({ stmts: locked.flatMap(({ block }) => block?.body ?? []) }).reads;
  const other = [...guarded].find(
    (name) => (declared.has(name) || !writes.has(name)) && !places.has(name) && module.binds(name) && module.isChanged(name),
  );
  if (other !== undefined) {
    return { code: 'shared-read', why: `Under the lock the workers look at \`${other}\` (${lineOf(loop.span)}), which changes while the program runs.`, toDo: 'Give each worker the value that it is to use.', span: loop.span }; // prettier-ignore
  }
  const watching = workplace.watched(places);
  if (watching) {
    return { code: 'watched-progress', why: `The program looks at what the workers share while they work (${lineOf(watching)}).`, toDo: 'Look at it when they are done.', span: watching }; // prettier-ignore
  }
  return null;
}

function matchOf({ fn, loop, locked, workplace }: Gathering, cx: Context): PoolMatch | null {
  const { file } = fn;
  const lines = new LineEdit(file, cx);
  const updates = locked.flatMap((one) => one.updates);
  const byPlace = new Map<string, Update>();
  for (const { update } of updates) {
    const first = byPlace.get(update.place);
    if ((first && first.kind !== update.kind) || workplace.isSinglePrecision(update.place)) return null;
    byPlace.set(update.place, first ?? update);
  }
  const local = new Map(
    [...byPlace.keys()].map((place) => [place, cx.freshName(`local_${place.split('.').at(-1) ?? place}`.replace('__', '_'), file)]),
  );
  if (!standsAlone(file, loop, cx)) return null;
  for (const { stmt, update } of updates) {
    const written = update.local(local.get(update.place) ?? '', (expr) => cx.slice(file, expr.span));
    if (written === null || stmt.span.start.line !== stmt.span.end.line) return null;
    lines.replace(stmt.span, written);
  }
  for (const { block } of locked) {
    const [first] = block?.body ?? [];
    const last = block?.body.at(-1);
    if (!block) continue;
    if (!first || !last || !standsAlone(file, block, cx) || first.span.start.line === block.span.start.line) return null;
    lines.drop([block.span.start.line, first.span.start.line - 1]);
    lines.move([first.span.start.line, extent(last)[1]], -1);
  }
  const text = lines.text(extent(loop));
  if (text === null) return null;
  const unit = cx.indentUnit(file);
  const indent = cx.indentAt(file, loop.span.start.line);
  const { reads, writes } = namesOf({ stmts: fn.body });
  const [key = '', value = ''] = ['key', 'value'].map((name) => (reads.has(name) || writes.has(name) || fn.params.some((param) => param.name === name) ? cx.freshName(`${name}2`, file) : name)); // prettier-ignore
  const begun = [...byPlace].map(([place, { empty }]) => `${local.get(place) ?? ''} = ${empty}`);
  const shared = [...new Set(locked.map(({ lock }) => lock))].flatMap((lock) => {
    const here = new Set(locked.filter((one) => one.lock === lock).flatMap((one) => one.updates.map(({ update }) => update.place)));
    const merged = [...here].flatMap((place) => byPlace.get(place)?.shared({ name: local.get(place) ?? '', key, value, unit }) ?? []);
    return lock === null ? merged : [`with ${lock}:`, ...merged.map((line) => unit + line)];
  });
  const written = [...begun.map((line) => indent + line), ...text, ...shared.map((line) => indent + line)];
  const exact = [...byPlace.values()].every(({ kind }) => kind === 'append' || kind === 'store');
  return {
    file: workplace.file,
    region: workplace.region,
    captures: workplace.captures([...byPlace.keys()]),
    title: 'Gather in each worker, and share once',
    cost: { kind: 'factor', low: 0.9, high: 20 },
    assumptions: ['No worker fails half-way: what it had shared by then would be missing.', ...(exact ? [] : ['What is added up are numbers.'])],
    guarded: false,
    tolerance: exact ? 0 : 1e-9,
    requires: [],
    workers: null,
    edits: [cx.edit(file, wholeLines(file, loop, cx), written.join('\n'))],
  };
}
