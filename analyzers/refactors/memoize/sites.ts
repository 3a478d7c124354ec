import type { CallSite, Expr, FunctionFacts, FunctionIR, LoopIR, Span, Stmt } from '../../types';
import { sameSpan, within } from '../../platform/span';
import { boundNames, childExprs, eachExpr, nestedBlocks, spaceExprs, stmtExprs, stmtNames } from '../../syntax/python-walk';
import { callsIn } from './recursion-paths';
import type { Context, Match } from '../refactor';

/** More places than these say nothing new. */
const MOST_REGIONS = 6;
/** A remainder by more than this is no small set of values. */
const LARGEST_REMAINDER = 100_000;

/** The statements that a call stands among: of its function, or of the module. */
export function bodyAround(site: CallSite, cx: Context): readonly Stmt[] {
  const module = cx.syntax(site.file);
  const owner = module.functions.find(({ qualname, span }) => qualname === site.owner && within(site.statement, span));
  return owner?.body ?? module.body;
}

/** Everything of the user's own that a function may call, itself included. */
export function reachedFrom(fn: FunctionIR, cx: Context): Set<string> {
  const reached = new Set<string>();
  const pending = [fn];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = keyOf(next);
    if (reached.has(key)) continue;
    reached.add(key);
    for (const call of callsIn(next.body)) {
      const callee = cx.functionOf(call.callee, next.file);
      if (callee !== null) pending.push(callee);
    }
  }
  return reached;
}
/** How many of the parameters a call does not write: the object of a method. */
export const boundOf = ({ method, decorators }: FunctionIR): number => (method && !decorators.includes('staticmethod') ? 1 : 0);

const keyOf = ({ file, qualname }: Pick<FunctionIR, 'file' | 'qualname'>): string => `${file}::${qualname}`;

/**
 * The statements that call the function from outside of it, whole loops where it is called in them: how often those run does not change when calls
 * inside are saved.
 */
export function regionsOf(facts: FunctionFacts, cx: Context): NonNullable<Match['regions']> {
  const reached = reachedFrom(facts.function, cx);
  const found = new Map<string, { file: string; span: Span; captures: string[] }>();
  for (const site of facts.sites) {
    if (reached.has(keyOf({ file: site.file, qualname: site.owner }))) continue;
    const statement = bodyAround(site, cx).find(({ span }) => within(site.statement, span));
    if (statement === undefined) continue;
    const inner = innermostBlock(statement, site.statement);
    const captures = [...stmtNames([inner]).writes];
    found.set(`${site.file}:${inner.span.start.line}`, { file: site.file, span: inner.span, captures });
  }
  return [...found.values()].slice(0, MOST_REGIONS);
}

/** Through `if`, `with` and `try`, which only stand around what runs, to the loop or the plain statement. */
function innermostBlock(statement: Stmt, at: Span): Stmt {
  if (statement.kind === 'loop') return statement;
  for (const block of nestedBlocks(statement)) {
    const inner = block.find(({ span }) => within(at, span));
    if (inner !== undefined) return innermostBlock(inner, at);
  }
  return statement;
}

/**
 * Why a call is sure to see arguments again, as a clause about it: a loop around it does not touch them, or they are remainders of small numbers.
 * Null where the text does not show it.
 */
export function repetitionOf(site: CallSite, cx: Context): string | null {
  const { call } = site;
  if (call.kind !== 'call') return null;
  const loops = loopsAround(bodyAround(site, cx), call);
  const args = [...call.args, ...call.keywords.map(({ value }) => value)];
  for (const [index, loop] of loops.entries()) {
    const bound = boundIn(loop);
    const restarted = new Set(
      loops.slice(index + 1).flatMap((inner) => {
        const varies = spaceExprs(inner.space).some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'name' && bound.has(part.name)));
        return inner.target === null || varies ? [] : boundNames(inner.target);
      }),
    );
    const moving = new Set([...bound].filter((name) => !restarted.has(name)));
    if (args.every((arg) => !touches(arg, moving, () => null)))
      return `each trip of the loop in line ${loop.span.start.line + 1} gives it the same arguments again`;
  }
  const bound = new Set(loops.flatMap((loop) => [...boundIn(loop)]));
  const innermost = loops.at(-1);
  const given = (name: string): Expr | null => (innermost === undefined ? null : onlyValue(innermost.body, name));
  if (bound.size > 0 && args.every((arg) => !touches(arg, bound, given))) return 'its arguments are remainders of small numbers';
  return null;
}

/** Does the value move with the names, other than through a remainder? */
function touches(expr: Expr, names: ReadonlySet<string>, given: (name: string) => Expr | null, depth = 0): boolean {
  if (expr.kind === 'name') {
    if (!names.has(expr.name)) return false;
    const value = depth < 4 ? given(expr.name) : null;
    return value === null || touches(value, names, given, depth + 1);
  }
  if (expr.kind === 'opaque') return true;
  if (expr.kind === 'compare') return false;
  if (expr.kind === 'binary' && (expr.op === '%' || expr.op === '&') && isSmall(expr.right)) return false;
  return childExprs(expr).some((child) => touches(child, names, given, depth));
}

const isSmall = (expr: Expr): boolean => expr.kind === 'number' && expr.type === 'int' && Number(expr.text.replaceAll('_', '')) <= LARGEST_REMAINDER;

const boundIn = (loop: LoopIR): Set<string> => new Set([...(loop.target ? boundNames(loop.target) : []), ...stmtNames(loop.body).writes]);

/** The one value that statements give a name; null where there are several, or none. */
function onlyValue(body: readonly Stmt[], name: string): Expr | null {
  if (!stmtNames(body).writes.has(name)) return null;
  const writers = body.filter((statement) => stmtNames([statement]).writes.has(name));
  const [only, another] = writers;
  if (only?.kind !== 'assign' || another !== undefined || only.targets.length !== 1) return null;
  return only.targets[0]?.kind === 'name' ? only.value : null;
}

/** Loops and comprehensions around an expression, outermost first. */
function loopsAround(body: readonly Stmt[], call: Expr): LoopIR[] {
  const inExpr = (expr: Expr): LoopIR[] | null => {
    if (sameSpan(expr.span, call.span) && expr.kind === call.kind) return [];
    if (expr.kind === 'loop') {
      for (const part of spaceExprs(expr.loop.space)) {
        const found = inExpr(part);
        if (found !== null) return found;
      }
      const found = inBlock(expr.loop.body);
      return found === null ? null : [expr.loop, ...found];
    }
    for (const child of childExprs(expr)) {
      const found = within(call.span, child.span) || child.kind === 'loop' ? inExpr(child) : null;
      if (found !== null) return found;
    }
    return null;
  };
  const inBlock = (statements: readonly Stmt[]): LoopIR[] | null => {
    for (const statement of statements) {
      for (const top of stmtExprs(statement)) {
        const found = inExpr(top);
        // A `while` tests anew in every trip.
        if (found !== null) return statement.kind === 'loop' && statement.loop.space.kind === 'while' ? [statement.loop, ...found] : found;
      }
      for (const block of nestedBlocks(statement)) {
        const found = inBlock(block);
        if (found !== null) return statement.kind === 'loop' ? [statement.loop, ...found] : found;
      }
    }
    return null;
  };
  return inBlock(body) ?? [];
}
