/** Files that a task writes: is each item's one another, and does no task read what another one wrote? */
import type { Expr, FunctionIR, LoopFacts, Stmt } from '../../types';
import { eachExpr } from '../../syntax/python-walk';
import { codeOf, codeOfFunction, valuesGiven, type Code } from '../algorithm/code';
import type { Context } from '../refactor';
import { exprsIn, namesOf } from './names';

type Call = Expr & { kind: 'call' };
/** What a file's name is made of. */
interface Path {
  expr: Expr;
  reads: boolean;
}

/** `f"part_{k % 3}.txt"` is one file for several items, `f"part_{k - 1}.txt"` perhaps that of the item before. Neither may a file be added to. */
export function mayMeet(facts: LoopFacts, cx: Context): boolean {
  const code = codeOf(facts, cx);
  return !code || pathsIn(facts.ir.body, code, cx, new Set()).some((path) => path === 'added to' || isUnclear(path, code, cx));
}

/** The rest of the loop writes a file in each trip, and the task reads one that may be that of another trip. */
export function readsWhatRestWrites(facts: LoopFacts, rest: readonly Stmt[], cx: Context): boolean {
  const code = codeOf(facts, cx);
  if (!code) return false;
  const written = pathsIn(rest, code, cx, new Set()).some((path) => path !== 'added to' && !path.reads);
  return written && pathsIn(facts.ir.body, code, cx, new Set()).some((path) => path !== 'added to' && path.reads && isUnclear(path, code, cx));
}

const pathsIn = (body: readonly Stmt[], code: Code, cx: Context, seen: Set<FunctionIR>): (Path | 'added to')[] =>
  body
    .flatMap((stmt) => [...exprsIn(stmt)])
    .flatMap((expr) => (expr.kind === 'call' && usesFiles(expr, code.file, cx) ? pathsOf(expr, code, cx, seen) : []));

const isUnclear = ({ expr, reads }: Path, code: Code, cx: Context): boolean => leadsElsewhere(expr, reads, code, cx, new Set());

/** As the caller of the outermost function writes them. */
function pathsOf(call: Call, code: Code, cx: Context, seen: Set<FunctionIR>): (Path | 'added to')[] {
  const own = cx.functionOf(call.callee, code.file);
  if (!own) return pathsOfLibrary(call);
  if (seen.has(own)) return [];
  seen.add(own);
  const inside = codeOfFunction(own, cx);
  const params = own.params.slice(own.method ? 1 : 0).map(({ name }) => name);
  const given = (name: string): Expr | undefined => call.args[params.indexOf(name)] ?? call.keywords.find((keyword) => keyword.name === name)?.value;
  return pathsIn(own.body, inside, cx, seen).flatMap((path) => {
    if (path === 'added to' || isUnclear(path, inside, cx)) return [path];
    const from = sourcesOf(path.expr, inside, new Set());
    return params.filter((name) => from.has(name)).flatMap((name) => {
        const expr = given(name);
        return expr ? [{ expr, reads: path.reads }] : [];
      }); // prettier-ignore
  });
}

function pathsOfLibrary({ callee, args, keywords }: Call): (Path | 'added to')[] {
  const mode = [...args, ...keywords.map(({ value }) => value)].find((arg) => arg.kind === 'string' && /^["'][rwaxbt+]{1,3}["']$/.test(arg.text));
  const letters = mode?.kind === 'string' ? mode.text : '';
  if (/[a+]/.test(letters)) return ['added to'];
  const name = callee.kind === 'attribute' ? callee.attribute : callee.kind === 'name' ? callee.name : '';
  const reads = /^(read|load)/.test(name) || (name === 'open' && !/[wx]/.test(letters));
  const object = callee.kind === 'attribute' && /^(write_text|write_bytes|read_text|read_bytes|touch|open)$/.test(name) ? [callee.object] : [];
  return [...object, ...args.slice(0, 1)].map((expr) => ({ expr, reads }));
}

const usesFiles = ({ callee, span }: Call, file: string, cx: Context): boolean =>
  cx.functionOf(callee, file) !== null ||
  (callee.kind === 'attribute' && /^(write_text|write_bytes|read_text|read_bytes|touch|open|to_csv|savefig)$/.test(callee.attribute)) ||
  /(^|\.)(open|save\w*|load\w*|read_\w+)$/.test(cx.resolve(callee, file, span.start) ?? '');

/** Names that a value is made of, those behind local names included. */
function sourcesOf(value: Expr, code: Code, seen: Set<string>): Set<string> {
  for (const name of namesOf({ exprs: [value] }).reads) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const given of valuesGiven(name, code)) if (given) sourcesOf(given, code, seen);
  }
  return seen;
}

const narrowing = /^builtins\.(len|round|hash|int|bool|min|max|divmod|sum|type|id)$/;

function leadsElsewhere(value: Expr, reads: boolean, code: Code, cx: Context, seen: Set<string>): boolean {
  for (const expr of eachExpr(value)) {
    if (expr.kind === 'binary' && /^(%|\/\/|&|>>)$/.test(expr.op) && expr.left.kind !== 'string') return true;
    if (expr.kind === 'binary' && reads && (expr.left.kind === 'number' || expr.right.kind === 'number')) return true;
    if (expr.kind === 'subscript' || expr.kind === 'conditional' || expr.kind === 'compare') return true;
    if (expr.kind === 'call' && narrowing.test(cx.resolve(expr.callee, code.file, expr.span.start) ?? '')) return true;
    if (expr.kind !== 'name' || seen.has(expr.name)) continue;
    seen.add(expr.name);
    if (valuesGiven(expr.name, code).some((given) => given !== null && leadsElsewhere(given, reads, code, cx, seen))) return true;
  }
  return false;
}
