import { refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Expr, FunctionIR, Span, Stmt } from '../../types';
import { codeOfFunction, fieldValues, hiddenUseOfField, moduleCode, usesOf, usesOfField, type Code, type Use } from '../algorithm/code';
import { LIST_CHANGES, LOOKING, roleOf } from '../algorithm/roles';
import { isNew, keepsNothing } from '../algorithm/stays';
import type { Context } from '../refactor';

/**
 * May a cache on a method be asked by the object as well as by the arguments? It may where objects are compared by identity, as they are by default, and where
 * the fields that the method reads, by itself or through other methods of its class, stay as the object was made.
 * Refuses 'method'; else says what must hold.
 */
export function judgeObject(fn: FunctionIR, cx: Context): Outcome<string[]> {
  const home = fn.qualname.slice(0, fn.qualname.lastIndexOf('.'));
  const own = cx.syntax(fn.file).classes.find(({ qualname }) => qualname === home);
  const [self] = fn.params;
  const no = (why: string, span: Span): ReturnType<typeof refuse> => refuse('method', `\`${fn.name}\` is a method, and ${why}.`, 'Make what only computes a function of the module, with what it needs as arguments.', span); // prettier-ignore
  if (own === undefined || self?.kind !== 'plain' || fn.decorators.length > 0) return no('what it belongs to is not plain to see', fn.span);
  if (own.bases.length > 0 || (own.decorators ?? []).length > 0 || own.metaclass === true) return no(`objects of \`${own.qualname}\` may be compared by something else than identity`, own.span); // prettier-ignore
  const methods = cx.syntax(fn.file).functions.filter((one) => one.method && one.qualname.slice(0, one.qualname.lastIndexOf('.')) === home);
  const special = methods.find(({ name }) => /^__(eq|hash|getattr|getattribute|setattr|new)__$/.test(name));
  if (special !== undefined) return no(`\`${own.qualname}\` has a \`${special.name}\` of its own`, special.span);

  const assumptions = [`Objects of \`${own.qualname}\` may stay in memory as long as the cache does.`];
  const fields = new Set<string>();
  const reached = new Set<FunctionIR>();
  const pending = [fn];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const code = codeOfFunction(next, cx);
    const name = next.params[0]?.name ?? '';
    const { here, hidden } = usesOf(name, code);
    if (hidden !== null) return no(`\`${name}\` is used in line ${hidden.start.line + 1} in a way that cannot be followed`, hidden);
    for (const use of here) {
      const [parent, call] = use.parents;
      if (parent?.kind !== 'attribute') return no(`it hands on the object itself (line ${use.expr.span.start.line + 1})`, use.expr.span);
      const method = methods.find((one) => one.name === parent.attribute);
      if (method === undefined) fields.add(parent.attribute);
      else if (call?.kind === 'call' && call.callee === parent) pending.push(method);
      else return no(`it reads \`${parent.attribute}\`, which is another method or a property`, parent.span);
    }
  }
  for (const field of fields) {
    const changed = changeOf(field, fn, methods, cx);
    if (changed !== null) return no(`\`${name(self.name, field)}\`, which it reads, may change in line ${changed.start.line + 1}`, changed);
    const given = fieldValues(`${self.name}.${field}`, codeOfFunction(fn, cx), cx) ?? [];
    if (!given.every(({ value, code }) => isNew(value, code, cx) || isPlain(value))) assumptions.push(`What \`${name(self.name, field)}\` holds does not change once the object is made.`); // prettier-ignore
  }
  const maker = methods.find((one) => one.name === '__init__');
  const early = maker && [...eachStmt(maker.body)].flatMap((stmt) => stmtExprs(stmt)).flatMap((top) => [...eachExpr(top)]).find((expr) => expr.kind === 'call' && [...reached].some((one) => cx.functionOf(expr.callee, fn.file) === one)); // prettier-ignore
  if (early) return no(`it is called in line ${early.span.start.line + 1}, before the object is whole`, early.span);
  return { ok: true, value: assumptions };
}

const name = (self: string, field: string): string => `${self}.${field}`;
const isPlain = ({ kind }: Expr): boolean => kind === 'number' || kind === 'string' || kind === 'constant';

/** The first place, in any file, that may give a field of that name another value or change what it holds; `__init__` of the class itself not included. */
function changeOf(field: string, fn: FunctionIR, methods: readonly FunctionIR[], cx: Context): Span | null {
  for (const file of cx.files) {
    const module = cx.syntax(file);
    const codes: Code[] = [moduleCode(file, cx), ...module.functions.map((one) => codeOfFunction(one, cx))];
    for (const code of codes) {
      const { owner } = code;
      const making = file === fn.file && owner?.name === '__init__';
      const hidden = hiddenUseOfField(field, code, cx);
      if (hidden !== null) return hidden;
      for (const use of usesOfField(field, code)) {
        const { expr } = use;
        const bySelf = expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === owner?.params[0]?.name && owner.method;
        // A class of its own that names a field alike.
        if (bySelf && !methods.includes(owner)) continue;
        if (making && bySelf) continue;
        if (mayChange(use, code, cx)) return expr.span;
      }
    }
  }
  return null;
}

/** Is the field, or something inside of what it holds, stored to, changed by a method, or handed to who might? */
function mayChange(use: Use, code: Code, cx: Context): boolean {
  if (use.slot === 'target') return true;
  let at = use.expr;
  for (const parent of use.parents) {
    if (parent.kind === 'attribute') {
      if (LIST_CHANGES.has(parent.attribute)) return true;
      at = parent;
    } else if (parent.kind === 'subscript' && parent.object === at) at = parent;
    else if (parent.kind === 'call') {
      if (parent.callee === at) return false;
      const path = cx.resolve(parent.callee, code.file, parent.span.start) ?? '';
      if (at !== use.expr || LOOKING.has(path) || /^(builtins|math|statistics)\./.test(path)) return false;
      const role = roleOf(use);
      return role.kind !== 'argument' || !keepsNothing(role, cx, code);
    } else return false;
  }
  return at === use.expr && roleOf(use).kind === 'value' && use.stmt.kind === 'assign' && !isOnlyLookedAt(use.stmt, code, cx);
}

/** `limit = self.limit`: another name, of which nothing is changed either. */
function isOnlyLookedAt({ targets, value }: Stmt & { kind: 'assign' }, code: Code, cx: Context): boolean {
  const [target] = targets;
  if (targets.length !== 1 || target?.kind !== 'name' || value.kind !== 'attribute') return false;
  const { here, hidden } = usesOf(target.name, code);
  const rebinds = (use: Use): boolean => use.slot === 'target' && use.parents.length === 0;
  const adds = (use: Use): boolean => use.stmt.kind === 'augment' && rebinds(use);
  // What is added to may be a list, which would change; a number or a text is made anew.
  return hidden === null && here.every((use) => (rebinds(use) ? !adds(use) || isArithmetic(use.stmt) : !mayChange(use, code, cx)));
}

const isArithmetic = (stmt: Stmt): boolean => stmt.kind === 'augment' && (stmt.value.kind === 'binary' || stmt.value.kind === 'number');
