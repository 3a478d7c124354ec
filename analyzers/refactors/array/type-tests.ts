import type { Expr } from '../../types';
import { printExpr } from '../../syntax/python-print';
import { containerOf } from './type-conditions';
import type { Draft, Scope } from './draft';
import type { Kinds } from './inference';
import type { Kind } from './kinds';

/**
 * Asks for what the profiled run showed of a list or array. `items` false: only the container matters.
 */
export function requireSequence(value: Expr, kind: Kind & { kind: 'list' | 'array' }, draft: Draft, scope: Scope, items = true): void {
  if (kind.proven) return;
  const base = value.kind === 'subscript' && value.index.kind === 'slice' ? value.object : value;
  if (kind.kind === 'array') {
    for (const name of sources(base, scope.kinds) ?? [base]) requireLeaf(name, draft, scope);
    return;
  }
  const text = draft.cx.slice(scope.file, base.span);
  if (base.kind !== 'name') draft.assume(`\`${text}\` holds what it held in this run`);
  else draft.requireType({ holds: containerOf(scope.kinds.facts.values[text]), text, items: items ? kind.element : null });
}

const written = (expr: Expr, draft: Draft, scope: Scope): string => printExpr(expr, draft.cx.text(scope.file));

/** Asks for the type of a number that was only seen: by the names that it is computed from, where that is all. */
export function requireNumber(expr: Expr, kind: Kind & { kind: 'scalar' }, draft: Draft, scope: Scope): void {
  if (kind.proven) return;
  const leaves = sources(expr, scope.kinds);
  if (leaves) for (const leaf of leaves) requireLeaf(leaf, draft, scope);
  else draft.requireType({ holds: 'number', text: written(expr, draft, scope), scalar: kind.scalar, of: null });
}

function requireLeaf(leaf: Expr, draft: Draft, scope: Scope): void {
  const kind = scope.kinds.of(leaf);
  const text = written(leaf, draft, scope);
  if (kind?.kind === 'array') draft.requireType({ holds: 'array', text, scalar: kind.scalar, rank: kind.shape.length });
  else if (kind?.kind === 'scalar') {
    const object = leaf.kind === 'subscript' ? leaf.object : null;
    const holder = object ? scope.kinds.of(object) : null;
    if (object && holder?.kind === 'array') requireSequence(object, holder, draft, scope);
    else draft.requireType({ holds: 'number', text, scalar: kind.scalar, of: object ? written(object, draft, scope) : null });
  } else draft.assume(`\`${text}\` holds what it held in this run`);
}

/** The seen values that an expression's type follows from; null where that cannot be told. */
function sources(expr: Expr, kinds: Kinds, through = false): Expr[] | null {
  const all = (parts: readonly Expr[]): Expr[] | null => {
    const found = parts.map((part) => sources(part, kinds, through));
    return found.every((one) => one !== null) ? found.flat() : null;
  };
  switch (expr.kind) {
    case 'number':
    case 'constant':
      return [];
    case 'name': {
      const kind = kinds.ofName(expr.name);
      if (!kind) return null;
      if (kind.proven) return [];
      const made = kind.kind === 'list' ? null : kinds.freshlyMade(expr.name);
      const inner = made && kinds.of(made) ? sources(made, kinds, true) : null;
      if (inner && inner.length > 0) return inner;
      return through && !kinds.stable(expr.name) ? null : [expr];
    }
    case 'unary':
      return all([expr.operand]);
    case 'binary':
      return all([expr.left, expr.right]);
    case 'compare':
      return all([expr.first, ...expr.rest.map((part) => part.right)]);
    case 'subscript':
      return through || expr.index.kind === 'slice' ? null : [expr];
    case 'call': {
      if (kinds.of(expr)?.proven) return [];
      const { callee, args, keywords } = expr;
      if (callee.kind === 'attribute' && callee.attribute === 'copy' && args.length === 0) return all([callee.object]);
      const likes = callee.kind === 'attribute' && /^(zeros|ones|empty)_like$/.test(callee.attribute);
      return likes && args.length === 1 && keywords.length === 0 ? all(args) : null;
    }
    default:
      return null;
  }
}
