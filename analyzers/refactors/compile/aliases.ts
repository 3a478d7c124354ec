/** Names that may be one and the same list or array, or a row of one: what is stored through one of them is read through the others. */
import { boundNames, eachExpr, eachStmt, loopExprs } from '../../syntax/python-walk';
import type { Expr, Stmt } from '../../types';
import { appendOf, rootOf } from './changes';
import type { Inference } from './inferred';
import { isScalar, type Kind } from './kinds';

export interface Aliases {
  /** One name for all of them; a name that is alone is its own. */
  nameOf(name: string): string;
  /** Those that stand for several. */
  shared: ReadonlySet<string>;
}

export function aliasesIn(body: readonly Stmt[], inference: Inference): Aliases {
  const parents = new Map<string, string>();
  const groupOf = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : groupOf(parent);
  };
  const holdsItems = (name: string): boolean => {
    const kind = inference.kinds.get(name);
    return kind?.kind === 'list' || kind?.kind === 'array' || kind?.kind === 'tuple';
  };
  const join = (target: Expr, value: readonly Expr[]): void => {
    const targets = target.kind === 'name' || target.kind === 'collection' ? boundNames(target) : [rootOf(target) ?? ''];
    for (const one of targets.filter(holdsItems)) {
      for (const other of value.flatMap((expr) => sharedBy(expr, inference)).filter(holdsItems)) {
        const [a, b] = [groupOf(one), groupOf(other)];
        if (a !== b) parents.set(a, b);
      }
    }
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') for (const target of statement.targets) join(target, [statement.value]);
    if (statement.kind === 'loop' && statement.loop.target)
      join(statement.loop.target, loopExprs({ ...statement.loop, body: [], otherwise: [], target: null }));
    const appended = appendOf(statement);
    if (appended) join(appended.list, [appended.value]);
  }
  return { nameOf: groupOf, shared: new Set([...parents.keys()].map(groupOf)) };
}

/** Names of which the value may be a part, or which may be a part of it. */
export function sharedBy(expr: Expr, inference: Inference): string[] {
  const kind = inference.kindOf(expr);
  if (isScalar(kind)) return [];
  switch (expr.kind) {
    case 'name':
      return [expr.name];
    case 'subscript':
      // A slice of a list of numbers is a copy.
      return expr.index.kind === 'slice' && isFlat(kind) && inference.kindOf(expr.object)?.kind === 'list' ? [] : sharedBy(expr.object, inference);
    case 'conditional':
      return [...sharedBy(expr.then, inference), ...sharedBy(expr.otherwise, inference)];
    case 'collection':
      return expr.items.flatMap((item) => sharedBy(item, inference));
    case 'binary':
    case 'loop':
    case 'call':
      if (isFlat(kind)) return [];
      break;
    default:
  }
  return [...eachExpr(expr)].flatMap((part) => (part.kind === 'name' ? [part.name] : []));
}

/** A list of numbers is made anew by whatever computes one. */
const isFlat = (kind: Kind | null): boolean => kind?.kind === 'list' && (kind.of === null || isScalar(kind.of));
