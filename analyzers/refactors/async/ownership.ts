/** Which things only one function, or one call of it, can see. */
import type { Expr, FunctionIR, Span } from '../../types';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';

/** A value that nothing else has a name for. */
export function isFresh(value: Expr, file: string, cx: Context): boolean {
  if (['number', 'string', 'format', 'collection', 'dict', 'constant', 'loop'].includes(value.kind)) return true;
  if (value.kind !== 'call') return false;
  const path = cx.resolve(value.callee, file, value.span.start) ?? '';
  if (path === 'random.Random' || path === 'numpy.random.default_rng') return value.args.length > 0;
  return /^(builtins\.(list|dict|set|bytearray)|collections\.(defaultdict|Counter|deque|OrderedDict))$/.test(path);
}

/** Methods that hand out no second way to the container, as a view of a dictionary is one. */
const PLAIN = new Set(['add', 'append', 'clear', 'count', 'extend', 'get', 'index', 'insert', 'pop', 'setdefault', 'sort', 'update']);

/** Does the name hold, from its first use to the end of the loop, only what this function made, under this name alone? */
export function isOwn(name: string, owner: FunctionIR, loop: Span, nested: boolean, cx: Context): boolean {
  if (owner.params.some((param) => param.name === name)) return false;
  const allowed = new Set<Expr>();
  let made = 0;
  for (const one of eachStmt(owner.body)) {
    if ((one.kind === 'opaque' && [...one.reads, ...one.writes].includes(name)) || (one.kind === 'scope' && one.names.includes(name))) return false;
    if (one.kind === 'assign') {
      for (const target of one.targets.filter((each) => boundNames(each).includes(name))) {
        if (target.kind !== 'name' || one.targets.length > 1 || !isFresh(one.value, owner.file, cx)) return false;
        allowed.add(target);
        made += 1;
      }
    }
    if (one.kind === 'augment') allowed.add(one.target);
    if (one.kind === 'return' && one.value) for (const part of returned(one.value)) allowed.add(part);
    for (const expr of stmtExprs(one).flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'lambda' && [...eachExpr(expr)].some((each) => each.kind === 'name' && each.name === name)) return false;
      if (expr.kind === 'call' && expr.callee.kind === 'attribute' && PLAIN.has(expr.callee.attribute)) allowed.add(expr.callee.object);
      if (expr.kind === 'call' && cx.resolve(expr.callee, owner.file, expr.span.start) === 'builtins.len') expr.args.forEach((arg) => allowed.add(arg));
      if (expr.kind === 'subscript') allowed.add(expr.object);
    }
  } // prettier-ignore
  const after = (span: Span): boolean => !nested && span.start.line > loop.end.line;
  for (const one of eachStmt(owner.body)) {
    for (const expr of stmtExprs(one).flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'name' && expr.name === name && !allowed.has(expr) && !after(expr.span)) return false;
    }
  }
  return made > 0;
}

/** `return rows, failures` hands out both. */
const returned = (value: Expr): Expr[] => (value.kind === 'collection' ? value.items : [value]);

/**
 * What `async with` waits for: a semaphore, a lock, or something else. Everything in the file that is given to a variable or a field of that name has to be
 * one, or come from a variable that is.
 */
export function limitOf(expr: Expr, file: string, cx: Context, depth = 0): 'semaphore' | 'lock' | null {
  if (expr.kind === 'call') {
    const path = cx.resolve(expr.callee, file, expr.span.start) ?? '';
    return /^asyncio\.(Bounded)?Semaphore$/.test(path) ? 'semaphore' : path === 'asyncio.Lock' ? 'lock' : null;
  }
  const name = lastName(expr);
  if (name === null || depth > 3) return null;
  const [first, ...others] = valuesNamed(name, file, cx).map((value) => limitOf(value, file, cx, depth + 1));
  return first !== undefined && others.every((other) => other === first) ? first : null;
}

/** A method of a queue of asyncio, by everything that the file gives to a variable or a field of that name. */
export function isQueue({ object, attribute }: Expr & { kind: 'attribute' }, file: string, cx: Context): boolean {
  const name = lastName(object);
  const values = name === null ? [] : valuesNamed(name, file, cx);
  const queues = values.every(
    (value) => value.kind === 'call' && /^asyncio\.(Lifo|Priority)?Queue$/.test(cx.resolve(value.callee, file, value.span.start) ?? ''),
  );
  return values.length > 0 && queues && /^(get|put|get_nowait|put_nowait|task_done|empty|full|qsize|join)$/.test(attribute);
}

/** `client` of `client` and of `self.client`. */
export const lastName = (expr: Expr): string | null => (expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? expr.attribute : null);

/** Everything that a file gives to a variable or a field of that name; what is only handed on under the same name is left out. */
export function valuesNamed(name: string, file: string, cx: Context): Expr[] {
  const { body, functions, classes } = cx.syntax(file);
  const statements = [body, ...classes.map((each) => each.body), ...functions.map((each) => each.body)].flatMap((block) => [...eachStmt(block)]);
  const given = statements.flatMap((one): Expr[] => {
    if (one.kind === 'assign') return one.targets.some((target) => lastName(target) === name || boundNames(target).includes(name)) ? [one.value] : [];
    return one.kind === 'with' ? one.items.flatMap(({ context, target }) => (target && lastName(target) === name ? [context] : [])) : [];
  });
  return given.filter((value) => lastName(value) !== name);
}
