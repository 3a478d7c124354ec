/** What a worker function does beside computing its result, followed through everything of the user's own that it calls. */
import type { Expr, FunctionIR, LoopIR, Refusal } from '../../types';
import { lineOf } from '../../platform/span';
import { boundNames, eachStmt, spaceExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { baseName, exprsIn, namesOf } from './names';

const changing = new Set(['append', 'extend', 'insert', 'add', 'update', 'setdefault', 'pop', 'popitem', 'popleft', 'appendleft', 'remove', 'discard', 'clear', 'sort', 'reverse', 'fill', 'resize', 'put', 'set', 'acquire', 'release', 'write', 'writelines', 'send']); // prettier-ignore
const generators = /^(random\.(Random|SystemRandom)|numpy\.random\.(default_rng|Generator|RandomState|SeedSequence|PCG64|Philox|MT19937|SFC64))$/;
const effects = /^(builtins\.(print|input|open|exec|eval)|os\.(remove|unlink|rename|replace|mkdir|makedirs|rmdir|system|environ|chdir|kill)|shutil\.\w+|logging\.\w+|subprocess\.\w+|requests\.\w+|urllib\.request\.\w+|socket\.\w+|sqlite3\.\w+|time\.sleep)$/; // prettier-ignore

/** `waits` is set where it sleeps, reads or asks somebody; that alone keeps nothing from another worker. */
export interface WorkerKind {
  /** Why other workers, or the parent, would notice that it ran somewhere else or again. */
  shares: Refusal[];
  waits: boolean;
  /** Functions of the user's own that it runs, itself first. */
  functions: FunctionIR[];
}

/** Follows calls by name. What is called on an object whose type nobody knows is taken to change only what the worker itself made. */
export function readWorker(worker: FunctionIR, cx: Context): WorkerKind {
  const kind: WorkerKind = { shares: [], waits: false, functions: [] };
  const pending = [worker];
  for (let fn = pending.pop(); fn !== undefined; fn = pending.pop()) {
    if (kind.functions.includes(fn)) continue;
    kind.functions.push(fn);
    kind.shares.push(...sharedBy(fn, cx));
    for (const expr of fn.body.flatMap((stmt) => [...exprsIn(stmt)])) {
      if (expr.kind !== 'call') continue;
      const own = cx.functionOf(expr.callee, fn.file);
      if (own) pending.push(own);
      else pending.push(...methodsCalled(expr.callee, fn, cx));
      const path = cx.resolve(expr.callee, fn.file, expr.span.start) ?? '';
      if (effects.test(path) && path !== 'builtins.print') kind.waits = true;
    }
  }
  return kind;
}

const keep = 'Return what it finds and keep it in the code that asks for it.';

function sharedBy(fn: FunctionIR, cx: Context): Refusal[] {
  const { body } = fn;
  const no = (code: string, what: string, toDo: string, at: { span: Refusal['span'] } = fn): Refusal => ({
    code,
    why: `\`${fn.name}\` ${what}.`,
    toDo,
    ...(at.span === undefined ? {} : { span: at.span }),
  });
  const found: Refusal[] = [];
  const names = namesOf({ stmts: body });
  const params = new Set(fn.params.map((param) => param.name));
  const declared = [...eachStmt(body)].find((stmt) => stmt.kind === 'scope');
  if (declared?.kind === 'scope') {
    const said = `changes \`${declared.names[0] ?? ''}\` (${lineOf(declared.span)}), which lives outside of it`;
    found.push(no('worker-state', said, keep, declared));
  }
  const given = (name: string): boolean => params.has(name) || !names.writes.has(name);
  const aliases = aliasesIn(fn, given);
  const outside = (name: string | null): name is string => name !== null && (given(name) || aliases.has(name));
  const stored = [...names.stores].find(outside);
  if (stored !== undefined) {
    found.push(no('worker-state', `changes \`${stored}\`, which lives outside of it`, keep));
  }
  for (const expr of body.flatMap((stmt) => [...exprsIn(stmt)])) {
    if (expr.kind !== 'call') continue;
    const why = ofCall(expr, fn, cx, outside);
    if (why !== null) found.push(no(why[0], `${why[1]} (${lineOf(expr.span)})`, why[2], expr));
  }
  return found;
}

/** Methods by that name of any class of the file: nobody knows which one an object has. */
function methodsCalled(callee: Expr, fn: FunctionIR, cx: Context): FunctionIR[] {
  if (callee.kind !== 'attribute' || cx.resolve(callee, fn.file, callee.span.start) !== null) return [];
  return cx.syntax(fn.file).functions.filter((one) => one.method && one.name === callee.attribute);
}

/** Local names for what came from outside, or for a part of it: `row = table[0]`, `for row in table`. */
function aliasesIn(fn: FunctionIR, given: (name: string) => boolean): Set<string> {
  const aliases = new Set<string>();
  const from = (expr: Expr): boolean => {
    if (expr.kind === 'call') return expr.callee.kind === 'name' && /^(enumerate|zip|reversed|iter)$/.test(expr.callee.name) && expr.args.some(from);
    const base = baseName(expr);
    return base !== null && (given(base) || aliases.has(base));
  };
  const bind = (target: Expr | null): void => {
    for (const name of target ? boundNames(target) : []) aliases.add(name);
  };
  const loops: LoopIR[] = fn.body.flatMap((stmt) => [...exprsIn(stmt)]).flatMap((expr) => (expr.kind === 'loop' ? [expr.loop] : []));
  // Twice, as a loop's later lines may name what its earlier ones use.
  for (let round = 0; round < 2; round += 1) {
    for (const stmt of eachStmt(fn.body)) {
      if (stmt.kind === 'assign' && from(stmt.value)) for (const target of stmt.targets) bind(target);
      if (stmt.kind === 'loop' && spaceExprs(stmt.loop.space).some(from)) bind(stmt.loop.target);
    }
    for (const loop of loops) if (spaceExprs(loop.space).some(from)) bind(loop.target);
  }
  return aliases;
}

type Reason = [code: string, what: string, toDo: string];

function ofCall(call: Expr & { kind: 'call' }, fn: FunctionIR, cx: Context, outside: (name: string | null) => boolean): Reason | null {
  const path = cx.resolve(call.callee, fn.file, call.span.start);
  if (path !== null) {
    if (/^(random|numpy\.random)\./.test(path) && !generators.test(path)) {
      return ['shared-rng', `draws from the shared generator with ${path}`, 'Give each task a generator of its own, made from a seed.'];
    }
    if (effects.test(path))
      return ['worker-effects', `calls ${path.replace('builtins.', '')}`, 'Let it only compute, and do the rest where the results arrive.'];
    if (/^(threading|_thread|queue|contextvars|multiprocessing)\.|^os\.getpid$/.test(path)) {
      return ['worker-state', `uses ${path}, which ties it to its worker`, 'Let it only compute and return its result.'];
    }
    const [first] = call.args;
    if (path !== 'builtins.next' || !first || !outside(baseName(first))) return null;
    return ['worker-state', `takes the next item of \`${baseName(first) ?? ''}\`, which lives outside of it`, keep];
  }
  if (call.callee.kind !== 'attribute' || !changing.has(call.callee.attribute)) return null;
  const base = baseName(call.callee.object);
  if (!outside(base)) return null;
  return ['worker-state', `changes \`${base ?? ''}\`, which lives outside of it`, keep];
}
