/**
 * Threads, or processes, that a program starts one by one, keeps in a list and waits for:
 *
 *     threads = [Thread(target=work, args=(x, results)) for x in xs]
 *     for thread in threads: thread.start()
 *     for thread in threads: thread.join()
 */
import type { Expr, FunctionIR, LoopIR, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { nestedBlocks } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn } from './names';

export interface ThreadList {
  file: string;
  owner: FunctionIR | null;
  /** One after the other: from the one that makes the list or the first thread, to the one that waits for the last. */
  statements: readonly Stmt[];
  /** `threads = []`, where other statements stand between. */
  apart: Stmt | null;
  /** The comprehension or the loop that makes the threads. */
  making: LoopIR;
  made: Call;
  /** Not of threads but of processes. */
  processes: boolean;
  worker: FunctionIR;
  /** What each thread is given, by the worker's parameter. */
  given: Map<string, Expr>;
  /** Of a loop: its statements that only deal with the threads. */
  handling: Stmt[];
}

/** Every list of threads of a file whose threads are made, started and waited for in one block. */
export function threadListsOf(file: string, cx: Context): ThreadList[] {
  const module = cx.syntax(file);
  const found: ThreadList[] = [];
  const look = (block: readonly Stmt[], owner: FunctionIR | null): void => {
    for (const [index, stmt] of block.entries()) {
      const list = listAt(block, index, owner, file, cx);
      if (list) found.push(list);
      for (const inner of nestedBlocks(stmt)) look(inner, owner);
    }
  };
  look(module.body, null);
  for (const owner of module.functions) look(owner.body, owner);
  return found;
}

interface Making {
  making: LoopIR;
  made: Call;
  handling: Stmt[];
  started: boolean;
}

function listAt(block: readonly Stmt[], index: number, owner: FunctionIR | null, file: string, cx: Context): ThreadList | null {
  const first = block[index];
  const [target, another] = first?.kind === 'assign' ? first.targets : [];
  if (first?.kind !== 'assign' || target?.kind !== 'name' || another) return null;
  const list = target.name;
  const { value } = first;
  let next = index + 1;
  let found: Making | null = null;
  if (value.kind === 'loop' && value.loop.form === 'list-comprehension') {
    const [emit, more] = value.loop.body;
    if (emit?.kind === 'emit' && !more && isThread(emit.value, file, cx))
      found = { making: value.loop, made: emit.value, handling: [], started: false };
  } else if (value.kind === 'collection' && value.type === 'list' && value.items.length === 0) {
    while (next < block.length && !uses(block[next], list)) next += 1;
    const loop = block[next];
    if (loop?.kind === 'loop') found = madeIn(loop.loop, list, file, cx);
    next += 1;
  }
  if (!found) return null;
  const from = found.handling.length > 0 && next - 1 > index + 1 ? next - 1 : index;
  if (!found.started) {
    if (!onlyCalls(block[next], list, 'start')) return null;
    next += 1;
  }
  if (!onlyCalls(block[next], list, 'join')) return null;
  const rest = [...block.slice(0, index), ...block.slice(next + 1)];
  if (rest.some((stmt) => uses(stmt, list))) return null;
  const runs = found.made.keywords.find(({ name }) => name === 'target')?.value;
  const worker = runs ? cx.functionOf(runs, file) : null;
  const given = worker ? givenTo(worker, found.made) : null;
  if (!worker || !given) return null;
  const statements = block.slice(from, next + 1);
  return {
    file,
    owner,
    statements,
    apart: from > index ? first : null,
    making: found.making,
    made: found.made,
    processes: cx.resolve(found.made.callee, file, found.made.span.start) !== 'threading.Thread',
    worker,
    given,
    handling: found.handling,
  };
}

const isThread = (expr: Expr, file: string, cx: Context): expr is Call =>
  expr.kind === 'call' &&
  /^(threading\.Thread|multiprocessing\.(context\.|process\.)?Process)$/.test(cx.resolve(expr.callee, file, expr.span.start) ?? '');

const uses = (stmt: Stmt | undefined, name: string): boolean =>
  stmt !== undefined &&
  ((stmt.kind === 'opaque' && (stmt.reads.includes(name) || stmt.writes.includes(name))) ||
    [...exprsIn(stmt)].some((expr) => (expr.kind === 'name' && expr.name === name) || (expr.kind === 'opaque' && expr.reads.includes(name))));

/** `for x in xs: t = Thread(...); threads.append(t); t.start()`, with other statements before the thread is made. */
function madeIn(loop: LoopIR, list: string, file: string, cx: Context): Making | null {
  if (loop.form !== 'for' || loop.otherwise.length > 0) return null;
  const handling: Stmt[] = [];
  let made: Call | null = null;
  let name: string | null = null;
  let kept = false;
  let started = false;
  for (const stmt of loop.body) {
    const [target] = stmt.kind === 'assign' ? stmt.targets : [];
    const call = stmt.kind === 'expression' && stmt.value.kind === 'call' ? stmt.value : null;
    const callee = call ? dottedName(call.callee) : null;
    const [added] = call?.args ?? [];
    if (stmt.kind === 'assign' && target?.kind === 'name' && isThread(stmt.value, file, cx) && !made) {
      made = stmt.value;
      name = target.name;
    } else if (callee === `${list}.append` && added && isThread(added, file, cx) && !made) {
      made = added;
      kept = true;
    } else if (callee === `${list}.append` && added?.kind === 'name' && added.name === name) kept = true;
    else if (name !== null && callee === `${name}.start`) started = true;
    else if (!(name !== null && stmt.kind === 'assign' && target && dottedName(target) === `${name}.daemon`)) {
      if (made || !isPlain(stmt) || uses(stmt, list)) return null;
      continue;
    }
    handling.push(stmt);
  }
  return made && kept ? { making: loop, made, handling, started } : null;
}

const isPlain = (stmt: Stmt): boolean =>
  stmt.kind === 'assign' && stmt.targets.every((target) => target.kind === 'name' || target.kind === 'collection');

/** `for thread in threads: thread.join()` and nothing else. */
function onlyCalls(stmt: Stmt | undefined, list: string, method: string): boolean {
  if (stmt?.kind !== 'loop' || stmt.loop.form !== 'for' || stmt.loop.otherwise.length > 0) return false;
  const { space, target, body } = stmt.loop;
  const [only, another] = body;
  if (space.kind !== 'sequence' || space.value.kind !== 'name' || space.value.name !== list || target?.kind !== 'name' || another) return false;
  if (only?.kind !== 'expression' || only.value.kind !== 'call' || only.value.args.length + only.value.keywords.length > 0) return false;
  return dottedName(only.value.callee) === `${target.name}.${method}`;
}

/** The arguments by parameter; null where they cannot be told. */
export function givenTo(worker: FunctionIR, made: Call): Map<string, Expr> | null {
  const keywords = new Map(made.keywords.map(({ name, value }) => [name, value]));
  if (made.args.length > 0 || [...keywords.keys()].some((name) => !/^(target|args|kwargs|name|daemon)$/.test(name))) return null;
  if (worker.params.some(({ kind }) => kind === 'args' || kind === 'kwargs')) return null;
  const args = keywords.get('args');
  const named = keywords.get('kwargs');
  if (args && (args.kind !== 'collection' || args.type === 'set' || args.items.some((item) => item.kind === 'spread'))) return null;
  if (named && named.kind !== 'dict') return null;
  const params = worker.params.slice(worker.method ? 1 : 0);
  const given = new Map<string, Expr>();
  for (const [index, item] of (args?.kind === 'collection' ? args.items : []).entries()) {
    const param = params[index];
    if (!param) return null;
    given.set(param.name, item);
  }
  for (const { key, value } of named?.kind === 'dict' ? named.entries : []) {
    const name = key.kind === 'string' ? /^["'](\w+)["']$/.exec(key.text)?.[1] : undefined;
    if (name === undefined || !params.some((param) => param.name === name)) return null;
    given.set(name, value);
  }
  return params.every((param) => given.has(param.name) || param.default !== null) ? given : null;
}
