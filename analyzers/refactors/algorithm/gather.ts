import type { Expr, LoopFacts, Span, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt } from '../../syntax/python-walk';
import { inside, mentions, sameSpan, stepsTo, usesOf, type Code, type Step, type Use } from './code';
import { endsLine, startsLine } from './edit';
import type { Context } from '../refactor';

/** `s += e`, `s = s + e + f` or `s = e + s`: what is put at the end, or in front, of what the place held. */
export interface Growth {
  stmt: Stmt;
  /** From the first added operand to the last. */
  added: Expr[];
  form: 'augment' | 'rebind' | 'prepend';
}

/** The growth that a statement is for a place; null where it is none. */
export function growthOf(stmt: Stmt, place: string): Growth | null {
  const root = place.split('.')[0] ?? place;
  const free = (added: readonly Expr[]): boolean => added.every((expr) => ![...eachExpr(expr)].some((part) => dottedName(part) === place) && !(place === root && mentions(expr, root))); // prettier-ignore
  if (stmt.kind === 'augment') {
    return stmt.op === '+' && dottedName(stmt.target) === place && free([stmt.value]) ? { stmt, added: [stmt.value], form: 'augment' } : null;
  }
  if (stmt.kind !== 'assign' || stmt.targets.length !== 1 || dottedName(stmt.targets[0] as Expr) !== place) return null;
  const added: Expr[] = [];
  let at = stmt.value;
  while (at.kind === 'binary' && at.op === '+') {
    if (dottedName(at.right) === place) return added.length === 0 && free([at.left]) ? { stmt, added: [at.left], form: 'prepend' } : null;
    added.unshift(at.right);
    at = at.left;
  }
  return added.length > 0 && dottedName(at) === place && free(added) ? { stmt, added, form: 'rebind' } : null;
}

/** Places that a loop grows, each with all its growths and its other uses in the loop. */
export function growingPlaces(facts: LoopFacts, code: Code): { place: string; growths: Growth[]; others: Use[]; hidden: Span | null }[] {
  const places = new Set<string>();
  for (const stmt of eachStmt(facts.ir.body)) {
    const target = stmt.kind === 'augment' ? stmt.target : stmt.kind === 'assign' && stmt.targets.length === 1 ? stmt.targets[0] : undefined;
    const name = target && dottedName(target);
    if (typeof name === 'string' && growthOf(stmt, name) !== null) places.add(name);
  }
  return [...places].map((place) => {
    const { here, hidden } = usesOf(place, code);
    const within = here.filter((use) => inside(use.expr.span, facts.ir.span));
    const growths = [...eachStmt(facts.ir.body)].flatMap((stmt) => growthOf(stmt, place) ?? []);
    const others = within.filter((use) => !growths.some(({ stmt }) => sameSpan(stmt.span, use.stmt.span)));
    return { place, growths, others, hidden };
  });
}

/** The statement that gives the place its value right before the loop, in the same block, nothing between using it. */
export function startOf(place: string, facts: LoopFacts, code: Code): { step: Step; start: (Stmt & { kind: 'assign' }) | null } | null {
  const steps = stepsTo(code.body, facts.ir.span);
  const step = steps.find(({ stmt }) => sameSpan(stmt.span, facts.ir.span));
  if (!step) return null;
  const { here } = usesOf(place, code);
  for (let index = step.index - 1; index >= 0; index -= 1) {
    const stmt = step.block[index];
    if (!stmt) break;
    const used = here.filter((use) => inside(use.expr.span, stmt.span));
    if (used.length === 0) continue;
    const plain = stmt.kind === 'assign' && stmt.targets.length === 1 && used.length === 1 && dottedName(stmt.targets[0] as Expr) === place;
    return { step, start: plain ? stmt : null };
  }
  return { step, start: null };
}

/** What is added, as one expression. Operands in parentheses of their own keep them only where they need them. */
export function addedText({ added }: Growth, cx: Context, file: string): string {
  const [first] = added;
  const last = added[added.length - 1];
  if (!first || !last) return '';
  const whole = cx.slice(file, { start: first.span.start, end: last.span.end });
  if (isBalanced(whole)) return whole;
  const loose = new Set<Expr['kind']>(['conditional', 'logical', 'compare', 'lambda', 'named', 'unary', 'await']);
  return added.map((expr) => (loose.has(expr.kind) ? `(${cx.slice(file, expr.span)})` : cx.slice(file, expr.span))).join(' + ');
}

/** Parentheses around an operand are outside of its span: only a slice that holds both of each pair may be taken. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const char of text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, '')) {
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

export const standsAlone = (stmt: Stmt, cx: Context, file: string): boolean => startsLine(stmt, cx, file) && endsLine(stmt, cx, file);
