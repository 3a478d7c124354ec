/** Threads that compute take turns at the interpreter's lock; the same pool made of processes does not. */
import type { Edit, Expr, Refusal, Span } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import type { Context } from '../refactor';
import { TaskModule } from './module';
import { namesOf } from './names';
import { copiesBack, handedBack } from './pickling';
import type { PoolMatch } from './pool-hoist';
import { chunkEdits } from './pool-chunks';
import { importDropped, rootOf } from './pool-text';
import { comparableNames, isExecutor, isProcesses, poolsNear, type Pool } from './pools';
import { joinedImports, orderedEdits } from './text';
import { readWorker } from './workers';

/** undefined: no threads here that compute. */
export function threadsToProcesses(file: string, hot: Span, cx: Context): Outcome<PoolMatch> | undefined {
  if (!cx.interpreter.gil) return undefined;
  for (const pool of poolsNear(file, hot, cx)) {
    if (isProcesses(pool) || pool.calls.length === 0 || pool.owner?.async === true) continue;
    const no = whyNot(pool, cx);
    if (no) return { ok: false, refusal: no };
    return ok(matchOf(pool, cx));
  }
  return undefined;
}

function whyNot(pool: Pool, cx: Context): Refusal | null {
  const at = pool.made.span;
  if (pool.escapes) {
    return { code: 'pool-handed-on', why: `The pool of ${lineOf(at)} is handed on or used in a way that is not known here, so what its threads do cannot be seen.`, toDo: 'Hand on the results, not the pool.', span: at }; // prettier-ignore
  }
  const setup = pool.made.keywords.find(({ name }) => name === 'initializer');
  if (setup) {
    return { code: 'thread-setup', why: `Each thread of the pool (${lineOf(at)}) is set up by \`${cx.slice(pool.file, setup.value.span)}\`, which may count on the memory that threads share.`, toDo: 'Set up each process with an initializer of its own.', span: setup.value.span }; // prettier-ignore
  }
  for (const { call, work, worker } of pool.calls) {
    if (!worker) {
      if (work?.kind !== 'lambda' && work !== null && cx.resolve(work, pool.file, work.span.start) !== null) {
        return { code: 'library-work', why: `\`${cx.slice(pool.file, work.span)}\` (${lineOf(call.span)}) is a library's; whether it lets go of the interpreter's lock is not told by the text.`, toDo: 'Measure it: where it is Python code, use processes.', span: work.span }; // prettier-ignore
      }
      return { code: 'unpicklable', why: `What the threads run (${lineOf(call.span)}) has no name by which another process could find it.`, toDo: 'Make it a function at the top level of its module.', span: (work ?? call).span }; // prettier-ignore
    }
    if (!worker.topLevel && !worker.method) {
      return { code: 'unpicklable', why: `\`${worker.name}\` (${lineOf(worker.span)}) is defined inside another function, so no other process can find it by its name.`, toDo: 'Move it to the top level of its module and give it what it needs as arguments.', span: worker.span }; // prettier-ignore
    }
    const { shares, functions } = readWorker(worker, cx);
    const [shared] = shares;
    if (shared) return { ...shared, why: `${shared.why} Threads share that with the program, processes would not.` };
    const names = functions.filter((fn) => fn.file === pool.file).flatMap((fn) => [...namesOf({ stmts: fn.body }).reads]);
    const [variable] = new TaskModule(pool.file, cx).variablesBehind(names);
    if (variable !== undefined) {
      return { code: 'needs-variables', why: `\`${worker.name}\` reads the module's \`${variable}\`, which a process that imports the file anew would not have as it is.`, toDo: `Give \`${variable}\` to the tasks as an argument.`, span: call.span }; // prettier-ignore
    }
  }
  return null;
}

function matchOf(pool: Pool, cx: Context): PoolMatch {
  const { file, made } = pool;
  const module = new TaskModule(file, cx);
  const imports: Edit[] = [];
  const edits: Edit[] = [...calleeEdits(pool, imports, cx), ...sizeEdits(pool, cx)];
  for (const call of pool.calls) {
    const chunks = isExecutor(pool) ? chunkEdits(pool, call, cx, 64) : null;
    if (chunks) edits.push(...chunks.edits);
    if (chunks) imports.push(...chunks.imports);
  }
  const last = pool.form === 'with' ? pool.statement : (pool.endings.at(-1) ?? pool.calls.at(-1)?.statement ?? pool.statement);
  const region: Span = { start: pool.statement.span.start, end: last.span.end };
  const placed = { statement: pool.statement.span, owner: pool.owner };
  const nothing = { start: { line: -1, character: 0 }, end: { line: -1, character: 0 } };
  const guard = module.startsOnImport(placed) ? module.guardEdits(nothing, undefined) : [];
  const within = pool.form === 'with' ? [pool.statement] : pool.block.slice(pool.block.indexOf(pool.statement) + 1, pool.block.indexOf(last) + 1);
  return {
    file,
    region,
    captures: comparableNames(pool, within, cx),
    title: 'Compute in processes, not in threads',
    cost: { kind: 'factor', low: 0.8, high: Math.max(1.2, cx.machine.effectiveCores * 1.1) },
    assumptions: [
      'What the tasks are given and what they return can be pickled.',
      ...new Set(pool.calls.flatMap(({ worker }) => (worker && handedBack(worker).length > 0 ? [copiesBack(worker)] : []))),
      ...(cx.isMain(file) ? [] : ['The script that is started keeps its own work under `if __name__ == "__main__":`.']),
    ],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits([...joinedImports(imports, cx.text(file)), ...edits, ...guard]),
  };

  function calleeEdits(of: Pool, added: Edit[], context: Context): Edit[] {
    const { callee } = made;
    const [path, name] = isExecutor(of) ? ['concurrent.futures', 'ProcessPoolExecutor'] : ['multiprocessing', 'Pool'];
    if (callee.kind === 'attribute' && isExecutor(of)) return [context.edit(file, attributeSpan(callee), name)];
    const renamed = callee.kind === 'name' ? importRenamed(of, callee, name, path, context) : null;
    if (renamed) return [...renamed, context.edit(file, callee.span, name)];
    const { written, edit } = context.importName(file, path, { name });
    if (edit) added.push(edit);
    return [context.edit(file, callee.span, written), ...(rootOf(callee) === null ? [] : importDropped(of, context))];
  }
}

/** `ThreadPoolExecutor` of `futures.ThreadPoolExecutor`. */
const attributeSpan = (callee: Expr & { kind: 'attribute' }): Span => ({
  start: { line: callee.span.end.line, character: callee.span.end.character - callee.attribute.length },
  end: callee.span.end,
});

/** `from concurrent.futures import ThreadPoolExecutor`, used here only: the import itself changes. */
function importRenamed(pool: Pool, callee: Expr & { kind: 'name' }, name: string, path: string, cx: Context): Edit[] | null {
  const text = cx.text(pool.file);
  if ((text.match(new RegExp(`(?<![\\w.])${callee.name}(?!\\w)`, 'g')) ?? []).length !== 2) return null;
  const statement = cx.module(pool.file).statements.find(({ kind, names }) => kind === 'import' && names.includes(callee.name));
  if (!statement || cx.freshName(name, pool.file) !== name) return null;
  const written = cx.slice(pool.file, statement.span);
  const from = /^from\s+([\w.]+)\s+import\b/.exec(written)?.[1];
  if (from !== path || new RegExp(`\\bas\\s+${callee.name}\\b`).test(written)) return null;
  return [cx.edit(pool.file, statement.span, written.replace(new RegExp(`(import\\b[\\s\\S]*?\\b)${callee.name}\\b`), `$1${name}`))];
}

/** More processes than cores only cost memory, and threads' names mean nothing to processes. */
function sizeEdits(pool: Pool, cx: Context): Edit[] {
  const { made, file } = pool;
  const size = made.keywords.find(({ name }) => name === 'max_workers' || name === 'processes')?.value ?? made.args[0];
  const tooMany = size?.kind === 'number' && Number(size.text) > cx.machine.cores;
  const kept = [
    ...made.args.filter((arg) => !(tooMany && arg === size)).map((arg) => cx.slice(file, arg.span)),
    ...made.keywords.filter(({ name, value }) => name !== 'thread_name_prefix' && !(tooMany && value === size)).map(({ name, value }) => `${name}=${cx.slice(file, value.span)}`), // prettier-ignore
  ];
  if (kept.length === made.args.length + made.keywords.length) return [];
  return [cx.edit(file, { start: made.callee.span.end, end: made.span.end }, `(${kept.join(', ')})`)];
}
