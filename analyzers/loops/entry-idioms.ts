/** Ways to add to an entry of a dictionary that may not be there yet. */
import type { Accumulator, Expr, Stmt } from '../types';
import { dottedName } from '../syntax/python-loops';
import { keyOf } from './expression-key';

type Guards = Accumulator['guards'];
type Subscript = Expr & { kind: 'subscript' };
/** An entry that is added to, or made: `d[k] += v`, `d[k] = v`, `d[k].append(v)`, `d[k] = [v]`. */
interface Step {
  entry: Subscript;
  op: 'dict' | 'group';
  /** What is added. */
  value: Expr;
  /** The entry is only made, with nothing in it. */
  empty?: true;
}
export interface EntryIdiom {
  name: string;
  op: 'dict' | 'group';
  value: Expr;
  guards: Guards;
  /** What holds the entries, wherever the idiom names it. */
  holders: Expr[];
}

/** `if k in d: d[k] += v`, `else: d[k] = v`; `if k not in d: d[k] = 0`. */
export function entryUnderTest(statement: Stmt & { kind: 'if' }, guards: Guards): EntryIdiom | null {
  const { test, then, otherwise } = statement;
  const [asked] = test.kind === 'compare' && test.rest.length === 1 ? test.rest : [];
  if (test.kind !== 'compare' || !asked || (asked.op !== 'in' && asked.op !== 'not in')) return null;
  const [there, missing] = asked.op === 'in' ? [then, otherwise] : [otherwise, then];
  const made = madeBy(missing);
  if (made === null || keyOf(made.entry.index) !== keyOf(test.first) || keyOf(made.entry.object) !== keyOf(asked.right)) return null;
  return there.length === 0 ? emptied(made, [asked.right], guards) : joined(addedBy(there), made, [asked.right], guards);
}

/** `try: d[k] += v`, `except KeyError: d[k] = v`. */
export function entryAttempted(statement: Stmt & { kind: 'try' }, guards: Guards): EntryIdiom | null {
  const { body, handlers, otherwise } = statement;
  const [handler, another] = handlers;
  const missing = handler?.type?.kind === 'name' && handler.type.name === 'KeyError' && another === undefined && otherwise.length === 0 && statement.finally.length === 0; // prettier-ignore
  return missing ? joined(addedBy(body), madeBy(handler.body), [], guards) : null;
}

function joined(added: Step | null, made: Step | null, asked: Expr[], guards: Guards): EntryIdiom | null {
  if (added === null || made === null || made.empty || added.op !== made.op) return null;
  if (keyOf(added.entry) !== keyOf(made.entry) || keyOf(added.value) !== keyOf(made.value)) return null;
  const name = dottedName(added.entry.object);
  return name === null ? null : { name, op: added.op, value: added.value, guards, holders: [...asked, added.entry.object, made.entry.object] };
}

/** The adding stands elsewhere; an entry that is made with nothing in it changes no sum. */
function emptied({ entry, op, value, empty }: Step, asked: Expr[], guards: Guards): EntryIdiom | null {
  const name = dottedName(entry.object);
  return empty !== true || name === null ? null : { name, op, value, guards, holders: [...asked, entry.object] };
}

function addedBy(body: readonly Stmt[]): Step | null {
  const [only, another] = body;
  if (!only || another) return null;
  if (only.kind === 'augment' && only.op === '+' && only.target.kind === 'subscript') return { entry: only.target, op: 'dict', value: only.value };
  const call = only.kind === 'expression' && only.value.kind === 'call' ? only.value : null;
  const [value, more] = call?.args ?? [];
  if (call?.callee.kind !== 'attribute' || call.callee.object.kind !== 'subscript' || !value || more) return null;
  return /^(append|add)$/.test(call.callee.attribute) ? { entry: call.callee.object, op: 'group', value } : null;
}

function madeBy(body: readonly Stmt[]): Step | null {
  const [only, another] = body;
  const [entry] = only?.kind === 'assign' && only.targets.length === 1 ? only.targets : [];
  if (only?.kind !== 'assign' || another || entry?.kind !== 'subscript') return null;
  const { value } = only;
  if (value.kind === 'number' && Number(value.text) === 0) return { entry, op: 'dict', value, empty: true };
  if (value.kind === 'call' && value.args.length === 0 && value.callee.kind === 'name' && /^(list|set)$/.test(value.callee.name)) return { entry, op: 'group', value, empty: true }; // prettier-ignore
  if (value.kind !== 'collection' || value.type === 'tuple') return { entry, op: 'dict', value };
  const [item, more] = value.items;
  if (item === undefined) return { entry, op: 'group', value, empty: true };
  return more || item.kind === 'spread' ? null : { entry, op: 'group', value: item };
}
