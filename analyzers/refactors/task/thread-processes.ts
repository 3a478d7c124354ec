/**
 * Threads that compute, each leaving its result in something that they share, become tasks of a process pool that return it:
 *
 *     def work(n, results):                        def work(n):
 *         results[n] = slow(n)             ->          return n, slow(n)
 */
import type { Edit, Expr, Refusal, Span, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { TaskModule } from './module';
import { baseName, namesOf } from './names';
import { copiesBack, handedBack } from './pickling';
import type { PoolMatch } from './pool-hoist';
import { extent, importDropped, LineEdit, linesOf, standsAlone, wholeLines } from './pool-text';
import { joinedImports, orderedEdits } from './text';
import { threadListsOf, type ThreadList } from './thread-lists';
import { readWorker } from './workers';
import { isSharedByProcesses } from './workplaces';

/** The last thing that a thread does: it leaves its result where the others leave theirs. */
interface Result {
  /** The statement, with the lock around it. */
  stmt: Stmt;
  /** `results` of `results[key] = value`. */
  place: string;
  key: Expr | null;
  value: Expr;
  /** What the program does with the value: `results[key] = value`, from their texts. */
  stored: (place: string, key: string, value: string) => string;
}
interface Tasks {
  list: ThreadList;
  result: Result;
  module: TaskModule;
  /** Parameters of the worker that only the leaving of the result needed. */
  dropped: ReadonlySet<string>;
}

/** undefined: no such threads here. */
export function threadListToProcesses(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  for (const list of threadListsOf(file, cx)) {
    if (list.processes ? !isCrowd(list, cx) : !cx.interpreter.gil) continue;
    const { functions } = readWorker(list.worker, cx);
    const near = list.statements.some((stmt) => within(hot, stmt.span) || within(stmt.span, hot)) || functions.some((fn) => fn.file === file && within(hot, fn.span)); // prettier-ignore
    if (!near || list.owner?.async === true) continue;
    const result = resultOf(list);
    const no = whyNot(list, result, cx);
    if (no) return { ok: false, refusal: no };
    const match = result ? matchOf(list, result, cx) : null;
    if (match) return ok(match);
  }
  return undefined;
}

/** More processes than the machine has cores: a pool starts fewer, and gives each of them several tasks. */
function isCrowd({ making }: ThreadList, cx: Context): boolean {
  const stop = making.space.kind === 'range' ? making.space.stop : null;
  return stop?.kind !== 'number' || Number(stop.text.replaceAll('_', '')) > 2 * cx.machine.cores;
}

function resultOf({ worker }: ThreadList): Result | null {
  const stmt = worker.body.at(-1);
  const [item, another] = stmt?.kind === 'with' ? stmt.items : [];
  const locked = stmt?.kind === 'with' && item && !another && item.target === null && dottedName(item.context) !== null && stmt.body.length === 1;
  const last = locked ? stmt.body[0] : stmt;
  if (!stmt || !last) return null;
  if (last.kind === 'assign' || last.kind === 'augment') {
    const target = last.kind === 'augment' ? last.target : last.targets.length === 1 ? last.targets[0] : undefined;
    const sign = last.kind === 'augment' ? `${last.op}=` : '=';
    if (target?.kind === 'subscript' && target.object.kind === 'name' && target.index.kind !== 'slice') {
      return {
        stmt,
        place: target.object.name,
        key: target.index,
        value: last.value,
        stored: (place, key, value) => `${place}[${key}] ${sign} ${value}`,
      };
    }
    if (target?.kind !== 'name' || last.kind !== 'augment') return null;
    return { stmt, place: target.name, key: null, value: last.value, stored: (place, _key, value) => `${place} ${sign} ${value}` };
  }
  const call = last.kind === 'expression' && last.value.kind === 'call' ? last.value : null;
  const [value, more] = call?.args ?? [];
  if (call?.callee.kind !== 'attribute' || call.callee.object.kind !== 'name' || !value || more || value.kind === 'spread') return null;
  const { attribute, object } = call.callee;
  if (!/^(append|add|extend|update|put)$/.test(attribute) || call.keywords.length > 0) return null;
  return { stmt, place: object.name, key: null, value, stored: (place, _key, text) => `${place}.${attribute}(${text})` };
}

/** What the worker does before it leaves its result, with the parts of that. */
function computing({ worker }: ThreadList, result: Result | null): Stmt[] {
  if (!result) return worker.body;
  const parts = [...(result.key ? [result.key] : []), result.value];
  const declared = (stmt: Stmt): boolean => stmt.kind === 'scope' && stmt.names.every((name) => name === result.place);
  const before = worker.body.filter((stmt) => stmt !== result.stmt && !declared(stmt));
  return [...before, ...parts.map((value): Stmt => ({ kind: 'expression', value, span: value.span }))];
}

function whyNot(list: ThreadList, result: Result | null, cx: Context): Refusal | null {
  const { worker, file } = list;
  const body = computing(list, result);
  const { shares, functions } = readWorker({ ...worker, body }, cx);
  const [shared] = shares;
  if (shared)
    return {
      ...shared,
      why: `${shared.why} ${list.processes ? 'A process that does several tasks would carry that from one to the next.' : 'Threads share that with the program, processes would not.'}`,
    };
  if (!result) return null;
  if (!worker.topLevel) {
    return { code: 'unpicklable', why: `\`${worker.name}\` (${lineOf(worker.span)}) is no function of its module's top level, so no other process can find it by its name.`, toDo: 'Move it to the top level of its module, and let it return its result.', span: worker.span }; // prettier-ignore
  }
  const names = [...namesOf({ stmts: body }).reads, ...functions.filter((fn) => fn.file === file && fn.name !== worker.name).flatMap((fn) => [...namesOf({ stmts: fn.body }).reads])]; // prettier-ignore
  const params = new Set(worker.params.map(({ name }) => name));
  const [variable] = new TaskModule(file, cx).variablesBehind(names.filter((name) => !params.has(name)));
  if (variable === undefined) return null;
  return { code: 'needs-variables', why: `\`${worker.name}\` reads the module's \`${variable}\`, which a process that imports the file anew would not have as it is.`, toDo: `Give \`${variable}\` to the tasks as an argument.`, span: list.made.span }; // prettier-ignore
}

function matchOf(list: ThreadList, result: Result, cx: Context): PoolMatch | null {
  const { worker, file, owner, statements, given } = list;
  const body = computing(list, result);
  const { reads } = namesOf({ stmts: body });
  const ends = [...eachStmt(body)].some((stmt) => stmt.kind === 'return' || stmt.kind === 'raise');
  // The place is for the results alone, and the function for these threads.
  if (
    ends ||
    reads.has(result.place) ||
    worker.file !== file ||
    (cx.text(file).match(new RegExp(`(?<!\\w)${worker.name}(?!\\w)`, 'g')) ?? []).length !== 2
  )
    return null;
  const dropped = new Set(worker.params.map(({ name }) => name).filter((name) => !reads.has(name)));
  const place = placeInProgram(list, result, cx);
  if (place === null || worker.decorators.length > 0 || (list.processes && !isSharedByProcesses(place, owner, file, cx))) return null;
  const module = new TaskModule(file, cx);
  const leaving: Stmt[] = [...body, { kind: 'return', value: result.value, span: result.value.span }];
  const tasks: Tasks = { list, result, module, dropped };
  const definition = returning(tasks, cx);
  const making = statements.find((stmt) => within(list.making.span, stmt.span));
  const [first] = statements;
  const last = statements.at(-1);
  const around = [...statements, ...(list.apart ? [list.apart] : [])];
  if (definition === null || !making || !first || !last || !around.every((stmt) => standsAlone(file, stmt, cx))) return null;
  const region = { span: { start: first.span.start, end: last.span.end } };
  const executor = cx.importName(file, 'concurrent.futures', { name: 'ProcessPoolExecutor' });
  const written = inPool(tasks, making, place, executor.written, cx);
  if (written === null) return null;
  const indent = cx.indentAt(file, making.span.start.line);
  const guarded = module.startsOnImport({ statement: making.span, owner });
  const deeper = guarded && owner === null ? cx.indentUnit(file) : '';
  const lines = wholeLines(file, region, cx);
  const guard = guarded ? module.guardEdits(lines, undefined).filter(({ start }) => start.line !== list.apart?.span.start.line) : [];
  return {
    file,
    region: region.span,
    captures: /^\w+$/.test(place) && !list.processes ? [place] : [],
    title: list.processes ? 'Let a few processes do all tasks, not one for each' : 'Compute in processes, not in threads',
    cost: { kind: 'factor', low: 0.8, high: list.processes ? 8 : Math.max(1.2, cx.machine.effectiveCores * 1.1) },
    assumptions: [
      'What the tasks are given and what they return can be pickled.',
      ...(handedBack({ body: leaving, params: worker.params }).length > 0 ? [copiesBack(worker)] : []),
      `No task fails: the error of a ${list.processes ? 'process' : 'thread'} is only shown, that of a task ends the program.`,
      ...(given.size === 0 || cx.isMain(file) ? [] : ['The script that is started keeps its own work under `if __name__ == "__main__":`.']),
    ],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([
      ...importEdits(list, executor.edit, cx),
      cx.edit(file, wholeLines(file, worker, cx), definition.join('\n')),
      ...(list.apart ? [withoutLine(list.apart, file, cx)] : []),
      ...guard,
      cx.edit(file, lines, written.map((line) => (line === '' ? '' : deeper + indent + line)).join('\n')),
    ]),
  };
}

/** How the program itself writes what the worker calls `results`; null where that is another one for each thread. */
function placeInProgram({ worker, given, making, owner }: ThreadList, { place, key }: Result, cx: Context): string | null {
  const arg = given.get(place);
  if (worker.params.some(({ name }) => name === place)) {
    const bound = making.target ? namesOf({ stmts: [{ kind: 'loop', loop: { ...making, body: [] }, span: making.span }] }).writes : new Set<string>();
    const base = arg ? baseName(arg) : null;
    return arg && dottedName(arg) !== null && base !== null && !bound.has(base) ? cx.slice(worker.file, arg.span) : null;
  }
  const declared = owner === null || [...eachStmt(owner.body)].some((stmt) => stmt.kind === 'scope' && stmt.names.includes(place));
  const hidden = owner !== null && !declared && (namesOf({ stmts: owner.body }).writes.has(place) || owner.params.some(({ name }) => name === place));
  const rebinds = worker.body.some((stmt) => stmt.kind === 'scope' && stmt.names.includes(place)) && key === null;
  return hidden || (rebinds && !declared) ? null : place;
}

/** The worker, returning what it left. */
function returning({ list, result, dropped }: Tasks, cx: Context): string[] | null {
  const { worker, file } = list;
  if (!standsAlone(file, result.stmt, cx)) return null;
  const lines = new LineEdit(file, cx);
  const [first, last] = extent(worker);
  const written = linesOf(file, cx)[first] ?? '';
  const header = /^(\s*def\s+\w+\s*\()([^()]*)\)\s*(?:->[^:]*)?:(\s*#.*)?$/.exec(written);
  const params = (header?.[2] ?? '').split(',').filter((part) => part.trim() !== '');
  if (!header || params.length !== worker.params.length) return null;
  const kept = params.map((part) => part.trim()).filter((_, index) => !dropped.has(worker.params[index]?.name ?? ''));
  const returned = [...(result.key ? [result.key] : []), result.value].map((part) => {
    const text = cx.slice(file, part.span);
    return part.kind === 'collection' && part.type === 'tuple' && !text.startsWith('(') ? `(${text})` : text;
  });
  if (returned.some((text) => text.includes('\n'))) return null;
  lines.replace({ start: { line: first, character: 0 }, end: { line: first, character: written.length } }, `${header[1] ?? ''}${kept.join(', ')}):${header[3] ?? ''}`); // prettier-ignore
  for (const stmt of worker.body) if (stmt.kind === 'scope' && stmt.names.every((name) => name === result.place)) lines.drop(extent(stmt));
  const [from, to] = extent(result.stmt);
  if (to > from) lines.drop([from + 1, to]);
  const indent = cx.indentAt(file, from);
  lines.replace({ start: { line: from, character: 0 }, end: { line: from, character: (linesOf(file, cx)[from] ?? '').length } }, `${indent}return ${returned.join(', ')}`); // prettier-ignore
  return lines.text([first, last]);
}

const longestLine = 110;

/** The pool and its tasks, from column 0. */
function inPool({ list, result, module, dropped }: Tasks, making: Stmt, place: string, executor: string, cx: Context): string[] | null {
  const { file, worker, made } = list;
  const unit = cx.indentUnit(file);
  const text = (expr: { span: Span }): string => cx.slice(file, expr.span);
  const target = made.keywords.find(({ name }) => name === 'target')?.value;
  const args = made.keywords.find(({ name }) => name === 'args')?.value;
  const positional = args?.kind === 'collection' ? args.items.filter((_, index) => !dropped.has(worker.params[index]?.name ?? '')) : [];
  const named = [...list.given].filter(([name, value]) => !dropped.has(name) && !(args?.kind === 'collection' && args.items.includes(value)));
  const [pool, futures, future] = [module.fresh('pool'), module.fresh('futures'), module.fresh('future')];
  const given = [...(target ? [text(target)] : []), ...positional.map(text), ...named.map(([name, value]) => `${name}=${text(value)}`)];
  const submit = `${pool}.submit(${given.join(', ')})`;
  const lines = [`with ${executor}() as ${pool}:`];
  if (list.making.body.every((stmt) => list.handling.includes(stmt)) || list.handling.length === 0) {
    if (!list.making.target) return null;
    const items = `for ${text(list.making.target)} in ${text(list.making.space)}`;
    const line = `${unit}${futures} = [${submit} ${items}]`;
    lines.push(...(line.length <= longestLine ? [line] : [`${unit}${futures} = [`, `${unit}${unit}${submit}`, `${unit}${unit}${items}`, `${unit}]`]));
  } else {
    const loop = new LineEdit(file, cx);
    if (!list.handling.every((stmt) => standsAlone(file, stmt, cx))) return null;
    for (const stmt of list.handling) {
      if (within(made.span, stmt.span)) loop.replace(stmt.span, `${futures}.append(${submit})`);
      else loop.drop(extent(stmt));
    }
    const indent = cx.indentAt(file, making.span.start.line);
    const body = loop.text(extent(making));
    if (!body) return null;
    lines.push(`${unit}${futures} = []`, ...body.map((line) => (line.trim() === '' ? '' : unit + line.slice(indent.length))));
  }
  lines.push(`${unit}for ${future} in ${futures}:`);
  if (result.key === null) return [...lines, `${unit}${unit}${result.stored(place, '', `${future}.result()`)}`];
  const [key, value] = [module.fresh('key'), module.fresh('value', 'result')];
  return [...lines, `${unit}${unit}${key}, ${value} = ${future}.result()`, `${unit}${unit}${result.stored(place, key, value)}`];
}

/** The import of the threads makes way for that of the pool where nothing else needs it. */
function importEdits({ file, made }: ThreadList, added: Edit | null, cx: Context): Edit[] {
  const dropped = importDropped({ file, made }, cx);
  const statement = cx.module(file).statements.find(({ kind, span, names }) => kind === 'import' && names.length === 1 && dropped.some(({ start }) => start.line === span.start.line)); // prettier-ignore
  if (added && statement) return [cx.edit(file, statement.span, added.newText.trim())];
  return [...joinedImports(added ? [added] : [], cx.text(file)), ...dropped];
}

function withoutLine(stmt: Stmt, file: string, cx: Context): Edit {
  const [first, last] = extent(stmt);
  return cx.edit(file, { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } }, '');
}
