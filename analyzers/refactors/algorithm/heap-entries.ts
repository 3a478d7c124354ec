import type { Edit, Expr } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr } from '../../syntax/python-walk';
import type { Code } from './code';
import { definitionAbove } from './definition';
import { isRepeatable } from './edit';
import { fieldChange } from './key-fields';
import { keyText } from './lookup';
import type { Whole } from './retype';
import type { Context } from '../refactor';

/** What stands in a heap for items that are ordered by a key: the key, a running number, which keeps equal keys in the order in which they came, and the item. */
export interface Entries {
  entry: (item: string) => string;
  /** Entries for all that a list holds. */
  list: (items: string, code: Code) => string;
  /** What makes the running numbers. */
  edits: Edit[];
  assumptions: string[];
}

/** Refuses 'key-changes' and 'by-key'. */
export function entriesBy(key: Expr & { kind: 'lambda' }, place: string, { uses }: Whole, code: Code, cx: Context): Outcome<Entries> {
  const { file } = code;
  const [param = ''] = key.params;
  const { body } = key;
  const stranger = [...eachExpr(body)].find((part) => part.kind === 'name' && part.name !== param);
  if (!isRepeatable(body) || stranger) {
    return refuse('by-key', `\`${place}\` is ordered by more than what an item holds itself.`, 'Keep pairs of key and item in a heap, and put a pair in again when its key changes.', key.span); // prettier-ignore
  }
  // Nobody can change a part of a tuple.
  const tuples = uses.every(({ role }) => role.kind !== 'method' || role.method !== 'append' || (role.call.args[0]?.kind === 'collection' && role.call.args[0].type === 'tuple')); // prettier-ignore
  const changed = tuples && ![...eachExpr(body)].some(({ kind }) => kind === 'attribute') ? null : fieldChange(body, cx);
  if (changed !== null) return changed;
  const count = cx.importName(file, 'itertools', { name: 'count' });
  const order = cx.freshName('arrivals', file);
  const target: Expr = { kind: 'name', name: param, span: key.span };
  const entry = (item: string): string => `(${keyText({ key: body, target, file }, item, cx)}, next(${order}), ${item})`;
  return ok({
    entry,
    list: (items) => `[${entry(param)} for ${param} in ${items}]`,
    edits: [...(count.edit ? [count.edit] : []), definitionAbove({ span: key.span }, [`${order} = ${count.written}()`], code, cx)],
    assumptions: [`Items of \`${place}\` that are equal have the same key, which is not NaN and does not change while they wait.`],
  });
}
