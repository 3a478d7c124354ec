/** Moves what a trip does up to its last await into a coroutine function of its own, so that the trips can wait together. */
import type { Expr, Refusal, Stmt } from '../../types';
import { lineOf, within } from '../../platform/span';
import { boundNames, eachStmt, nestedBlocks, stmtExprs, eachExpr } from '../../syntax/python-walk';
import { flowOf } from './flow';
import type { SerialLoop } from './loop';
import { continues } from '../task/flow';
import { exprsIn, namesOf } from '../task/names';

/** The last statement of what is asked, where it hands the answer to something of the loop: `pages.append(await fetch(n))`. */
export interface Handover {
  statement: Stmt;
  value: Expr;
}
export interface TripSplit {
  /** Statements of the new function, the handover last where there is one. */
  asked: readonly Stmt[];
  handover: Handover | null;
  /** Statements that stay in the loop, in their order. */
  rest: readonly Stmt[];
  /** Names of the loop's target that the function is given. */
  params: string[];
  /** Names that the function gives a value and that are read behind it. */
  results: string[];
}

const waits = (stmt: Stmt): boolean => [...exprsIn(stmt)].some((expr) => expr.kind === 'await');
const no = (why: string, span: Stmt['span']): Refusal => ({ code: 'tangled-trip', why, toDo: 'Put what is asked for in one trip into a coroutine function, and gather its calls.', span }); // prettier-ignore

/** Where the trip can be cut in two; a refusal where it cannot. */
export function splitTrip({ ir, owner }: SerialLoop): TripSplit | Refusal {
  const bound = ir.target ? boundNames(ir.target) : [];
  const cut = ir.body.findLastIndex(waits) + 1;
  const asked = ir.body.slice(0, cut);
  const rest = ir.body.slice(cut);
  const jump = asked.find(continues);
  if (jump) return no(`The trip may be left (${lineOf(jump.span)}) before it has asked for everything.`, jump.span);
  const handover = handoverOf(asked);
  const inside = handover ? without(asked, handover) : asked;
  const flow = flowOf(inside, bound);
  const read = handover ? [...namesOf({ exprs: [handover.value] }).reads] : [];
  for (const name of read) if (!flow.given.has(name)) flow.exposed.add(name);
  const written = namesOf({ stmts: ir.body }).writes;
  const carried = [...flow.exposed].find((name) => written.has(name));
  if (carried !== undefined) return { code: 'carried-dependence', why: `What is asked for in ${lineOf((asked[0] as Stmt).span)} needs \`${carried}\`, which another trip left there.`, toDo: 'Gather what can be asked for without it.', span: (asked[0] as Stmt).span }; // prettier-ignore
  const rebound = [...namesOf({ stmts: inside }).writes].find((name) => bound.includes(name));
  if (rebound !== undefined) return no(`The trip gives \`${rebound}\`, which the loop counts with, another value.`, (asked[0] as Stmt).span);
  const results = resultsOf(inside, handover, rest, ir, owner.body);
  const unsure = results.find((name) => !flow.given.has(name));
  if (unsure !== undefined) return no(`Whether the trip gives \`${unsure}\` a value depends on what it finds.`, (asked[0] as Stmt).span);
  const used = new Set([...namesOf({ stmts: inside }).reads, ...read]);
  return { asked, handover, rest, params: bound.filter((name) => used.has(name)), results };
}

function handoverOf(asked: readonly Stmt[]): Handover | null {
  let last = asked.at(-1);
  while (last?.kind === 'with') last = last.body.at(-1);
  if (!last) return null;
  if (last.kind === 'assign' && last.targets.some((target) => target.kind !== 'name' && target.kind !== 'collection')) return { statement: last, value: last.value };
  if (last.kind === 'augment') return { statement: last, value: last.value };
  if (last.kind !== 'expression' || last.value.kind !== 'call') return null;
  const { callee, args, keywords } = last.value;
  const [item] = args;
  return callee.kind === 'attribute' && (callee.attribute === 'append' || callee.attribute === 'add') && item && args.length === 1 && keywords.length === 0 ? { statement: last, value: item } : null;
} // prettier-ignore

/** The statements with the handover's value alone in its place. */
export function without(asked: readonly Stmt[], { statement, value }: Handover): Stmt[] {
  return asked.map((stmt): Stmt => {
    if (stmt === statement) return { kind: 'expression', value, span: value.span };
    return stmt.kind === 'with' && [...eachStmt(stmt.body)].includes(statement) ? { ...stmt, body: without(stmt.body, { statement, value }) } : stmt;
  });
}

function resultsOf(inside: readonly Stmt[], handover: Handover | null, rest: readonly Stmt[], ir: SerialLoop['ir'], body: readonly Stmt[]): string[] {
  const valued = handover ? new Set(eachExpr(handover.value)) : new Set<Expr>();
  const later = [...rest, ...(handover ? [handover.statement] : []), ...outside(body, ir)];
  const read = namesOf({ stmts: later }, valued).reads;
  return [...namesOf({ stmts: inside }).writes].filter((name) => read.has(name));
}

/** What stands outside of the loop, as statements without blocks. */
function outside(body: readonly Stmt[], ir: SerialLoop['ir']): Stmt[] {
  return body.flatMap((stmt): Stmt[] => {
    if (stmt.kind === 'loop' && stmt.loop === ir) return [];
    const own = stmtExprs(stmt).map((value): Stmt => ({ kind: 'expression', value, span: stmt.span }));
    return within(ir.span, stmt.span) ? [...own, ...nestedBlocks(stmt).flatMap((block) => outside(block, ir))] : [stmt];
  });
}
