/** Fields of the loop's own object: those that the tasks read, and those that the rest of the loop changes. */
import type { Expr, FunctionIR, LoopFacts, Stmt } from '../../types';
import type { Context } from '../refactor';
import { exprsIn } from './names';
import type { TaskSplit } from './split';

/**
 * `apart`: the rest changes fields of `self` that no task reads, so it may do that once all results are there. null: the rest does not change `self`, or the
 * text cannot tell what of it.
 */
export function fieldsApart(facts: LoopFacts, split: TaskSplit, cx: Context): { apart: true; changed: string[] } | null {
  const { owner, file } = facts;
  const self = owner?.method === true && !owner.decorators.some((one) => /staticmethod|classmethod/.test(one)) ? owner.params[0]?.name : undefined;
  if (!owner || self !== 'self' || !split.restWrites.has(self)) return null;
  const className = owner.qualname.slice(0, owner.qualname.lastIndexOf('.'));
  const own = cx.syntax(file).classes.find(({ qualname }) => qualname === className);
  const methods = cx
    .syntax(file)
    .functions.filter(({ qualname }) => qualname.startsWith(`${className}.`) && !qualname.slice(className.length + 1).includes('.'));
  // A field that is looked up in another way than by its name.
  if (
    !own ||
    own.bases.length > 0 ||
    methods.some(({ name }) => /^__(getattr|getattribute|setattr|getstate|setstate|reduce|reduce_ex)__$/.test(name))
  )
    return null;
  const gone = new Set(split.hoists.map(({ origin }) => origin));
  const rest = facts.ir.body.filter((stmt) => !split.removed.includes(stmt));
  const changed = fieldsOf(rest, gone, methods);
  const tasks: Stmt[] = [
    ...split.steps.map(({ stmt }) => stmt),
    ...split.hoists.map(({ expr }): Stmt => ({ kind: 'expression', value: expr, span: expr.span })),
  ];
  const read = fieldsOf(tasks, new Set(), methods);
  if (!changed || !read || changed.called.length > 0) return null;
  const fields = new Set(read.fields);
  const seen = new Set<FunctionIR>();
  const pending = [...read.called];
  for (let fn = pending.pop(); fn; fn = pending.pop()) {
    if (seen.has(fn)) continue;
    seen.add(fn);
    if (fn.params[0]?.name !== 'self') return null;
    const inside = fieldsOf(fn.body, new Set(), methods);
    if (!inside) return null;
    for (const field of inside.fields) fields.add(field);
    pending.push(...inside.called);
  }
  return changed.fields.some((field) => fields.has(field) || field === '__dict__') || fields.has('__dict__')
    ? null
    : { apart: true, changed: [...new Set(changed.fields)] };
}

/** Fields of `self` that code names, and methods that it calls; null where it uses the object as a whole. */
function fieldsOf(
  code: readonly Stmt[],
  except: ReadonlySet<Expr>,
  methods: readonly FunctionIR[],
): { fields: string[]; called: FunctionIR[] } | null {
  const fields: string[] = [];
  const called: FunctionIR[] = [];
  const left = [...except].map(({ span }) => span);
  const inside = ({ span }: Expr): boolean =>
    left.some((one) => one.start.line === span.start.line ? one.start.character <= span.start.character && (one.end.line > span.end.line || (one.end.line === span.end.line && span.end.character <= one.end.character)) : one.start.line < span.start.line && span.end.line <= one.end.line); // prettier-ignore
  const objects = new Set<Expr>();
  const exprs = code.flatMap((stmt) => [...exprsIn(stmt)]);
  for (const expr of exprs) {
    if (expr.kind !== 'attribute' || expr.object.kind !== 'name' || expr.object.name !== 'self') continue;
    objects.add(expr.object);
    if (inside(expr)) continue;
    const method = methods.find(({ name }) => name === expr.attribute);
    if (method) called.push(method);
    else fields.push(expr.attribute);
  }
  const whole = exprs.some(
    (expr) =>
      (expr.kind === 'name' && expr.name === 'self' && !objects.has(expr) && !inside(expr)) ||
      (expr.kind === 'opaque' && expr.reads.includes('self')),
  );
  return whole || code.some((stmt) => stmt.kind === 'opaque' && stmt.reads.includes('self')) ? null : { fields, called };
}
