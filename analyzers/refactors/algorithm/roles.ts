import type { Expr, Stmt } from '../../types';
import type { Use } from './code';

type Call = Expr & { kind: 'call' };

/** What happens to the object at one of its uses. */
export type Role =
  | { kind: 'member'; compare: Expr & { kind: 'compare' }; item: Expr; negated: boolean }
  | { kind: 'method'; method: string; call: Call }
  | { kind: 'argument'; call: Call; index: number }
  | { kind: 'subscript'; subscript: Expr & { kind: 'subscript' }; store: boolean }
  | { kind: 'field'; store: boolean }
  | { kind: 'iterated' }
  | { kind: 'tested' }
  | { kind: 'compared' }
  | { kind: 'assigned'; stmt: Stmt }
  | { kind: 'augmented'; stmt: Stmt & { kind: 'augment' } }
  | { kind: 'operand'; binary: Expr & { kind: 'binary' } }
  | { kind: 'returned' }
  | { kind: 'shown' }
  /** Handed on: another name, a container, whatever: others may hold it from here on. */
  | { kind: 'value' };

export function roleOf({ expr, parents, slot, stmt }: Use): Role {
  const [parent, grandparent] = parents;
  const value: Role = { kind: 'value' };
  if (parent === undefined) {
    if (slot === 'space') return { kind: 'iterated' };
    if (slot === 'test') return { kind: 'tested' };
    if (slot === 'target') return stmt.kind === 'augment' ? { kind: 'augmented', stmt } : { kind: 'assigned', stmt };
    return stmt.kind === 'return' ? { kind: 'returned' } : stmt.kind === 'expression' ? { kind: 'shown' } : value;
  }
  switch (parent.kind) {
    case 'compare': {
      const [only, ...others] = parent.rest;
      if (only?.right === expr && others.length === 0 && (only.op === 'in' || only.op === 'not in'))
        return { kind: 'member', compare: parent, item: parent.first, negated: only.op === 'not in' };
      return { kind: 'compared' };
    }
    case 'attribute':
      if (grandparent?.kind === 'call' && grandparent.callee === parent) return { kind: 'method', method: parent.attribute, call: grandparent };
      // `add = items.append` is a way to change it under another name.
      return LIST_CHANGES.has(parent.attribute) ? value : { kind: 'field', store: slot === 'target' && isTarget(parent, parents.slice(1)) };
    case 'call':
      return parent.callee === expr ? value : { kind: 'argument', call: parent, index: parent.args.indexOf(expr) };
    case 'subscript':
      if (parent.object !== expr) return value;
      return { kind: 'subscript', subscript: parent, store: slot === 'target' && isTarget(parent, parents.slice(1)) };
    case 'loop':
      if (slot === 'space') return { kind: 'iterated' };
      return slot === 'test' ? { kind: 'tested' } : slot === 'target' ? { kind: 'assigned', stmt } : value;
    case 'unary':
      return parent.op === 'not' ? { kind: 'tested' } : value;
    case 'logical':
      return onlyTested(parents, slot) ? { kind: 'tested' } : value;
    case 'conditional':
      return parent.test === expr ? { kind: 'tested' } : value;
    case 'binary':
      return { kind: 'operand', binary: parent };
    case 'format':
      return { kind: 'shown' };
    case 'spread':
      return { kind: 'iterated' };
    case 'collection':
      return slot === 'target' ? { kind: 'assigned', stmt } : value;
    default:
      return value;
  }
}

/** `xs[i] = ...`, also as one of several targets; what stands under a longer target (`xs[i].field = ...`) is no store to the object itself. */
const isTarget = (_subscript: Expr, outer: readonly Expr[]): boolean => outer.every((expr) => expr.kind === 'collection' || expr.kind === 'spread');

function onlyTested(parents: readonly Expr[], slot: Use['slot']): boolean {
  for (const parent of parents) {
    if (parent.kind === 'unary' && parent.op === 'not') return true;
    if (parent.kind === 'loop') return slot === 'test';
    if (parent.kind !== 'logical') return false;
  }
  return slot === 'test';
}

export const LIST_CHANGES = new Set(
  'append extend insert remove pop clear sort reverse appendleft popleft extendleft rotate add discard update setdefault popitem __setitem__ __delitem__ fill resize put difference_update intersection_update symmetric_difference_update'.split(
    ' ',
  ),
);
export const LIST_LOOKS = new Set(
  'index count copy get keys values items union intersection difference issubset issuperset isdisjoint join split most_common elements tolist __len__ __contains__ __getitem__'.split(
    ' ',
  ),
);
/** Builtins that only look at what they are given. */
export const LOOKING = new Set(
  'builtins.len builtins.sum builtins.min builtins.max builtins.sorted builtins.enumerate builtins.zip builtins.range builtins.any builtins.all builtins.set builtins.frozenset builtins.list builtins.tuple builtins.dict builtins.print builtins.str builtins.repr builtins.isinstance builtins.reversed builtins.bool builtins.type builtins.hash builtins.id builtins.iter builtins.format collections.Counter collections.deque math.fsum math.prod statistics.mean statistics.median json.dumps copy.copy copy.deepcopy itertools.chain itertools.islice itertools.combinations itertools.permutations itertools.product itertools.accumulate random.choice random.sample heapq.nlargest heapq.nsmallest bisect.bisect bisect.bisect_left bisect.bisect_right numpy.array numpy.asarray numpy.mean numpy.sum'.split(
    ' ',
  ),
);
