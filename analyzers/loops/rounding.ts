import type { Accumulator, Dependence, Expr, LoopIR } from '../types';
import { lineOf } from '../platform/span';
import type { PythonModule } from '../syntax/python-module';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { resolveIn, type Environment } from './environment';
import { typeOf } from './value-types';

/** Digits that are few enough for the order of additions to show. */
const COARSE = /^(float16|float32|complex64|half|single)$/;
const SUMS = new Set<Accumulator['op']>(['+', '*', 'dict']);

/**
 * Sums and products that are rounded at every step to so few digits that another order gives another result: decimals in a context of the program's own,
 * quotients of decimals, arrays and scalars of single precision.
 */
export function roundedSums(loop: LoopIR, accumulators: readonly Accumulator[], env: Environment): Dependence[] {
  const found: Dependence[] = [];
  for (const { name, op, value, init, statement } of accumulators) {
    const why = SUMS.has(op) ? roundedWhy(name, [init, value], op, env) : null;
    if (why !== null)
      found.push({ name, via: 'name', kind: 'flow', why: `\`${name}\` (${lineOf(statement)}) ${why}.`, span: statement, possible: true });
  }
  const consumer = loop.sink?.consumer;
  if (consumer && /^(sum|(math\.)?prod)$/.test(consumer.name)) {
    const emitted = [...eachStmt(loop.body)].flatMap((one) => (one.kind === 'emit' ? [one.value] : []));
    const why = roundedWhy(null, [...emitted, ...consumer.extra], consumer.name === 'sum' ? '+' : '*', env);
    if (why !== null) found.push({ name: consumer.name, via: 'call', kind: 'flow', why: `\`${consumer.name}\` (${lineOf(consumer.span)}) ${why}.`, span: consumer.span, possible: true }); // prettier-ignore
  }
  return found;
}

function roundedWhy(name: string | null, parts: readonly (Expr | null)[], op: Accumulator['op'], env: Environment): string | null {
  const sampled = name === null ? undefined : env.values[name];
  const seen = [
    ...(sampled ? [sampled.type, sampled.dtype ?? ''] : []),
    ...parts.flatMap((part) => (part ? [typeOf(env, part) ?? '', ...numbersIn(part, env)] : [])),
  ].map((type) => type.slice(type.lastIndexOf('.') + 1));
  if (seen.some((type) => COARSE.test(type))) return 'is rounded to single precision at every addition, so that the order of the trips shows';
  const sets = setsContext(env);
  const decimal = seen.includes('Decimal');
  // A sum that was never seen may hold decimals where the program uses them.
  if (!decimal && !(sets && (sampled === undefined || !/^(int|float)$/.test(sampled.type)) && !seen.some((type) => type === 'float' || type === 'str'))) return null; // prettier-ignore
  if (sets) return 'is rounded at every step as the decimal context says, so that the order of the trips shows';
  const inexact = op === '*' || parts.some((part) => part && [...eachExpr(part)].some((one) => (one.kind === 'binary' && /^(\/|\*\*)$/.test(one.op)) || (one.kind === 'attribute' && /^(sqrt|ln|log10|exp)$/.test(one.attribute)))); // prettier-ignore
  return inexact ? 'has more digits than a decimal keeps, so that the order of the trips shows in the last one' : null;
}

/** Types and element types of the names of an expression. */
function numbersIn(expr: Expr, env: Environment): string[] {
  return [...eachExpr(expr)].flatMap((part) => {
    if (part.kind !== 'name') return [];
    const value = env.values[part.name];
    return value ? [...(value.type === 'Decimal' || value.type.endsWith('.Decimal') || COARSE.test(value.type) ? [value.type] : []), ...(value.dtype !== undefined ? [value.dtype] : [])] : []; // prettier-ignore
  });
}

const contexts = new WeakMap<readonly PythonModule[], boolean>();

/** Does the program take hold of the decimal context, to set its precision or its rounding? */
function setsContext({ modules }: Environment): boolean {
  const known = contexts.get(modules);
  if (known !== undefined) return known;
  const sets = modules.some((module) => {
    if (!Object.values(module.imports).some((path) => /^decimal(\.|$)/.test(path))) return false;
    return [null, ...module.functions].some((owner) => {
      const body = owner?.body ?? module.body;
      const env: Environment = { module, modules, owner, body, values: {} };
      return [...eachStmt(body)].some((statement) =>
        stmtExprs(statement).some((top) =>
          [...eachExpr(top)].some(
            (expr) => expr.kind === 'call' && /^decimal\.(getcontext|setcontext|localcontext|Context)$/.test(resolveIn(env, expr.callee) ?? ''),
          ),
        ),
      );
    });
  });
  contexts.set(modules, sets);
  return sets;
}
