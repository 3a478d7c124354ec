import type { Expr, FunctionIR, IndexSpace, Profile, ValueFact } from '../types';
import { eachExpr, eachStmt, stmtExprs, stmtNames } from '../syntax/python-walk';
import type { ModuleLoop, PythonModule } from '../syntax/python-module';
import { integerOf } from './positions';

/** What the sampled frames of a function held. */
export function valuesOfFunction(fn: FunctionIR, module: PythonModule, profile: Profile): Record<string, ValueFact> {
  const values = Object.create(null) as Record<string, ValueFact>;
  for (const frame of profile.frames) if (frame.file === module.file && frame.name === fn.qualname) Object.assign(values, frame.values);
  return values;
}

/** What the sampled frames of a loop's function held, and for names that are not the function's own what the module held. */
export function valuesOf(loop: ModuleLoop, module: PythonModule, profile: Profile): Record<string, ValueFact> {
  const values = Object.create(null) as Record<string, ValueFact>;
  const frames = profile.frames.filter((frame) => frame.file === module.file);
  const own = new Set(module.scopes.find((scope) => scope.kind === 'function' && scope.qualname === loop.qualname)?.bindings.keys());
  for (const frame of frames) {
    if (frame.name !== '<module>') continue;
    for (const [name, value] of Object.entries(frame.values)) if (!loop.owner || !own.has(name)) values[name] = value;
  }
  const line = (loop.owner?.span.start.line ?? 0) + 1;
  // Before 3.12 a comprehension has a frame of its own; its names count where the function's own frame does not know them.
  const inner = frames.filter((frame) => frame.name.startsWith(loop.owner ? `${loop.qualname}.<locals>.<` : '<') && frame.name !== '<module>');
  const outer = frames
    .filter((frame) => loop.owner && frame.name === loop.qualname)
    .sort((a, b) => Math.abs(b.firstLine - line) - Math.abs(a.firstLine - line));
  for (const frame of [...inner, ...outer]) Object.assign(values, frame.values);
  for (const [name, value] of handedOn(loop, module, profile)) values[name] ??= value;
  return values;
}

/** What functions of the file were seen to get for names that the loop hands to them: where they take all the time, its own frame is seldom sampled. */
function handedOn({ ir }: ModuleLoop, module: PythonModule, profile: Profile): [string, ValueFact][] {
  const calls = [...eachStmt(ir.body)].flatMap((statement) => stmtExprs(statement).flatMap((top) => [...eachExpr(top)]));
  return calls.flatMap((call) => {
    const callee = call.kind === 'call' && call.callee.kind === 'name' ? call.callee.name : null;
    const fn = callee === null ? undefined : module.functions.find((one) => one.topLevel && one.name === callee);
    if (call.kind !== 'call' || !fn) return [];
    const seen = valuesOfFunction(fn, module, profile);
    const { writes } = stmtNames(fn.body);
    return call.args.flatMap((arg, at): [string, ValueFact][] => {
      const param = fn.params[at];
      const value = param?.kind === 'plain' && !writes.has(param.name) ? seen[param.name] : undefined;
      return arg.kind === 'name' && value ? [[arg.name, value]] : [];
    });
  });
}

/** How many trips the loop makes as far as sampled lengths and values tell; null when they do not. */
export function tripsOf(space: IndexSpace, values: Record<string, ValueFact>, constants: Record<string, string>): number | null {
  switch (space.kind) {
    case 'range': {
      const start = space.start ? numberOf(space.start, values, constants) : 0;
      const stop = numberOf(space.stop, values, constants);
      const step = space.step ? numberOf(space.step, values, constants) : 1;
      if (start === null || stop === null || step === null || step === 0) return null;
      return Math.max(0, Math.ceil((stop - start) / step));
    }
    case 'sequence':
      return lengthOf(space.value, values);
    case 'enumerate':
    case 'reversed':
      return tripsOf(space.of, values, constants);
    case 'zip': {
      const parts = space.parts.map((part) => tripsOf(part, values, constants)).filter((part) => part !== null);
      return parts.length > 0 ? Math.min(...parts) : null;
    }
    case 'dict':
      return lengthOf(space.mapping, values);
    case 'rows':
      return lengthOf(space.frame, values);
    case 'while':
      return null;
  }
}

function lengthOf(expr: Expr, values: Record<string, ValueFact>): number | null {
  if (expr.kind === 'collection') return expr.items.some((item) => item.kind === 'spread') ? null : expr.items.length;
  const value = expr.kind === 'name' ? values[expr.name] : undefined;
  return value?.shape?.[0] ?? value?.length ?? null;
}

function numberOf(expr: Expr, values: Record<string, ValueFact>, constants: Record<string, string>): number | null {
  const literal = integerOf(expr);
  if (literal !== null) return literal;
  const inner = (part: Expr): number | null => numberOf(part, values, constants);
  switch (expr.kind) {
    case 'name': {
      const sampled = values[expr.name]?.value;
      const constant = Object.hasOwn(constants, expr.name) ? Number(constants[expr.name]?.replaceAll('_', '')) : NaN;
      return sampled ?? (Number.isFinite(constant) ? constant : null);
    }
    case 'call':
      return expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args[0] ? lengthOf(expr.args[0], values) : expr.args[0] && expr.callee.kind === 'name' && expr.callee.name === 'int' ? inner(expr.args[0]) : null; // prettier-ignore
    case 'subscript': {
      const shape =
        expr.object.kind === 'attribute' && expr.object.attribute === 'shape' && expr.object.object.kind === 'name'
          ? values[expr.object.object.name]?.shape
          : undefined;
      const at = integerOf(expr.index);
      return at === null ? null : (shape?.[at] ?? null);
    }
    case 'binary': {
      const left = inner(expr.left);
      const right = inner(expr.right);
      if (left === null || right === null) return null;
      return expr.op === '+' ? left + right : expr.op === '-' ? left - right : expr.op === '*' ? left * right : expr.op === '//' && right !== 0 ? Math.floor(left / right) : expr.op === '**' ? left ** right : null; // prettier-ignore
    }
    default:
      return null;
  }
}
