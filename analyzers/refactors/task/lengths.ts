/** How many items there are, as far as the text tells. */
import type { Expr, FunctionIR, Stmt } from '../../types';
import { eachExpr, eachStmt } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { namesOf } from './names';

interface Place {
  file: string;
  owner: FunctionIR | null;
}

/** An expression for the number of items that costs nothing and may be evaluated twice; null where there may be none. */
export function lengthOf(items: Expr, place: Place, cx: Context): string | null {
  if (items.kind === 'name') {
    const made = writtenType(items.name, place, cx);
    return made === null ? null : `len(${items.name})`;
  }
  if (items.kind === 'collection' && items.type !== 'set') return String(items.items.length);
  if (items.kind !== 'call' || items.keywords.length > 0) return null;
  const path = cx.resolve(items.callee, place.file, items.span.start);
  const [only, another] = items.args;
  if (path === 'builtins.range' && only && !another && isCheap(only)) return cx.slice(place.file, only.span);
  if (path === 'builtins.range' && items.args.every((arg) => [...eachExpr(arg)].every((expr) => expr.kind !== 'call' && expr.kind !== 'spread'))) {
    return `len(${cx.slice(place.file, items.span)})`;
  }
  if ((path === 'builtins.list' || path === 'builtins.tuple' || path === 'builtins.sorted' || path === 'builtins.enumerate') && only)
    return lengthOf(only, place, cx);
  return null;
}

const isCheap = (expr: Expr): boolean =>
  expr.kind === 'name' ||
  expr.kind === 'number' ||
  (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args[0]?.kind === 'name');

/** 'list' and so on where every assignment to the name plainly makes one. */
export function writtenType(name: string, { file, owner }: Place, cx: Context): string | null {
  if (owner?.params.some((param) => param.name === name) === true) return null;
  const module = cx.syntax(file);
  const local = owner !== null && namesOf({ stmts: owner.body }).writes.has(name);
  if (!local && module.globals.includes(name)) return null;
  const types = [...eachStmt(local ? owner.body : module.body)].flatMap((stmt): (string | null)[] => {
    const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
    if (stmt.kind === 'assign' && !another && target?.kind === 'name') return target.name === name ? [typeMade(stmt.value, file, cx)] : [];
    return namesOf({ stmts: [emptied(stmt)] }).writes.has(name) ? [null] : [];
  });
  const [type = null, ...others] = new Set(types);
  return others.length === 0 ? type : null;
}

export function typeMade(value: Expr, file: string, cx: Context): string | null {
  if (value.kind === 'collection') return value.type;
  if (value.kind === 'dict') return 'dict';
  if (value.kind === 'loop') return value.loop.sink && value.loop.sink.type !== 'generator' ? value.loop.sink.type : null;
  if (value.kind === 'binary' && value.op === '*') return typeMade(value.left, file, cx);
  if (value.kind !== 'call') return null;
  const made = cx.resolve(value.callee, file, value.span.start);
  return made === 'builtins.sorted' ? 'list' : (/^builtins\.(list|tuple|dict|range|set)$/.exec(made ?? '')?.[1] ?? null);
}

/** Without the statements inside it, which are looked at on their own. */
function emptied(stmt: Stmt): Stmt {
  switch (stmt.kind) {
    case 'loop':
      return { ...stmt, loop: { ...stmt.loop, body: [], otherwise: [] } };
    case 'if':
      return { ...stmt, then: [], otherwise: [] };
    case 'with':
      return { ...stmt, body: [] };
    case 'try':
      return { ...stmt, body: [], otherwise: [], finally: [], handlers: stmt.handlers.map((handler) => ({ ...handler, body: [] })) };
    default:
      return stmt;
  }
}
