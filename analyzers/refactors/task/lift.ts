/** A function or lambda that is defined inside another function, written anew at the top level, where a worker process finds it by its name. */
import type { Expr, FunctionIR, LoopFacts, Refusal, Span } from '../../types';
import { lineOf, within } from '../../platform/span';
import { eachStmt } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { exprsIn, namesOf } from './names';
import { extent, linesOf, standsAlone } from './pool-text';
import { linesInsideStrings } from './text';

export interface Lift {
  name: string;
  params: string[];
  /** Names of the function around it, which become parameters. */
  extras: string[];
  lines: string[];
  /** Whole lines of the definition, with the blank lines that set it off. */
  removal: Span;
}

/** undefined: the name means no function that is defined in the loop's own one. */
export function liftOf(name: string, facts: LoopFacts, cx: Context): Lift | Refusal | undefined {
  const { owner, file } = facts;
  if (!owner) return undefined;
  const module = cx.syntax(file);
  const fn = module.functions.find(({ qualname }) => qualname === `${owner.qualname}.<locals>.${name}`);
  const assigned = [...eachStmt(owner.body)].filter(
    (stmt) => stmt.kind === 'assign' && stmt.targets.some((target) => target.kind === 'name' && target.name === name),
  );
  const [assign] = assigned;
  const lambda = assign?.kind === 'assign' && assign.value.kind === 'lambda' ? assign.value : null;
  if (!fn && !lambda) return undefined;
  const span = fn?.span ?? assign?.span ?? facts.ir.span;
  const no = (what: string): Refusal => ({
    code: 'unpicklable',
    why: `The task (${lineOf(facts.ir.span)}) needs something that cannot be sent to another process: the function \`${name}\` (${lineOf(span)}) is defined inside another one, and ${what}.`,
    toDo: 'Define it at the top level of its module and give it what it needs as arguments.',
    span,
  });
  const same = module.functions.filter(({ qualname }) => qualname === `${owner.qualname}.<locals>.${name}`).length + assigned.length;
  if (same !== 1 || within(span, facts.ir.span)) return no('there are several of that name');
  const uses = (cx.slice(file, owner.span).match(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g')) ?? []).length;
  if (uses !== 2) return no('it is used in other places too');
  if (!standsAlone(file, { span }, cx)) return no('it shares its line with other code');
  const body = fn ? fn.body : null;
  if (fn && (fn.decorators.length > 0 || fn.async || fn.params.some(({ kind, default: given }) => kind !== 'plain' || given !== null))) return no('its parameters are no plain ones'); // prettier-ignore
  const params = fn ? fn.params.map((param) => param.name) : (lambda?.params ?? []);
  const own = body ? namesOf({ stmts: body }) : namesOf({ exprs: lambda ? [lambda.body] : [] });
  if (body && [...eachStmt(body)].some((stmt) => stmt.kind === 'scope' || (stmt.kind === 'opaque' && /def|class|import/.test(stmt.what)))) return no('it changes or defines names of its own'); // prettier-ignore
  const around = namesOf({ stmts: owner.body }).writes;
  const ownerParams = new Set(owner.params.map((param) => param.name));
  const extras = [...own.reads].filter((one) => !params.includes(one) && !own.writes.has(one) && (around.has(one) || ownerParams.has(one)));
  const changing = extras.find((one) => facts.writes.includes(one) || writtenAfter(one, span, facts));
  if (changing !== undefined) return no(`\`${changing}\`, which it reads, changes while the loop runs`);
  if (extras.some((one) => cx.functionOf({ kind: 'name', name: one, span: facts.ir.span }, file) || one === 'self'))
    return no('it uses others like it, or its object');
  const lines = fn ? definition(fn, extras, file, cx) : lambdaDefinition(name, lambda, params, extras, file, cx);
  return lines ? { name, params, extras, lines, removal: removalOf(span, file, cx) } : no('its header is written over several lines');
}

/** Bound anew behind the definition: the function sees what the name holds when it is called. */
function writtenAfter(name: string, span: Span, { owner }: LoopFacts): boolean {
  return [...eachStmt(owner?.body ?? [])].some((stmt) => (stmt.kind === 'assign' || stmt.kind === 'augment') && stmt.span.start.line > span.end.line && namesOf({ stmts: [stmt] }).writes.has(name)); // prettier-ignore
}

function definition(fn: FunctionIR, extras: readonly string[], file: string, cx: Context): string[] | null {
  const [first, last] = extent(fn);
  const fixed = linesInsideStrings(cx.text(file));
  const lines = linesOf(file, cx).slice(first, last + 1);
  const header = /^(\s*)(def\s+\w+\s*\()([^()]*?)(,?\s*\).*:\s*(?:#.*)?)$/.exec(lines[0] ?? '');
  if (!header) return null;
  const [, indent = '', start = '', params = '', end = ''] = header;
  const given = [...(params.trim() === '' ? [] : [params]), ...extras].join(', ');
  const rest = lines.slice(1).map((line, index) => (fixed.has(first + 1 + index) || !line.startsWith(indent) ? line : line.slice(indent.length)));
  return [start + given + end, ...rest];
}

function lambdaDefinition(
  name: string,
  lambda: (Expr & { kind: 'lambda' }) | null,
  params: readonly string[],
  extras: readonly string[],
  file: string,
  cx: Context,
): string[] | null {
  if (!lambda || lambda.span.start.line !== lambda.span.end.line) return null;
  const written = /^lambda\s*([^:]*):/.exec(cx.slice(file, lambda.span))?.[1]?.trim();
  if (written !== params.join(', ')) return null;
  return [`def ${name}(${[...params, ...extras].join(', ')}):`, `${cx.indentUnit(file)}return ${cx.slice(file, lambda.body.span)}`];
}

function removalOf(span: Span, file: string, cx: Context): Span {
  const lines = linesOf(file, cx);
  const [first, last] = extent({ span });
  const blank = (line: number): boolean => (lines[line] ?? '').trim() === '';
  const after = last + 1 < lines.length && blank(last + 1) ? last + 2 : last + 1;
  return { start: { line: first, character: 0 }, end: { line: after, character: 0 } };
}

/** The first place where the body calls it, for its own sake: the loop must call it and hand it nowhere. */
export const isOnlyCalled = (name: string, { ir }: LoopFacts): boolean =>
  ir.body.flatMap((stmt) => [...exprsIn(stmt)]).filter((expr) => expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === name)
    .length === 1;
