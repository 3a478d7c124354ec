import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { CostModel, Edit, FunctionFacts } from '../../types';
import { callerRegions } from '../algorithm/callers';
import { judgeArguments } from './arguments';
import { judgeObject } from './objects';
import { resultOf } from './results';
import { boundOf, regionsOf } from './sites';
import { isOnlyRead } from './uses';
import type { Context, Match } from '../refactor';

export interface MemoMatch extends Match {
  edits: Edit[];
}
export interface MemoWish {
  /** Entries that the cache keeps; null: all of them. */
  size: number | null;
  cost: CostModel;
  assumptions: readonly string[];
}

/** A function that could be wrapped at all: one that no decorator has made something else of, and that does not run piecemeal. */
export function isPlainFunction({ function: fn, sites }: FunctionFacts): boolean {
  const yields = [...eachStmt(fn.body)].flatMap(stmtExprs).some((top) => [...eachExpr(top)].some(({ kind }) => kind === 'yield'));
  // A call of a method is not known by the text, as its object is not, nor that of a function which is handed out.
  const handedOut = fn.method || fn.qualname.includes('.<locals>.');
  return !fn.async && !yields && (sites.length > 0 || handedOut) && fn.decorators.every((decorator) => decorator === 'staticmethod');
}

/**
 * Puts a cache before a function whose result depends on its arguments alone.
 * Refuses 'not-pure', 'method', 'changing-surroundings', 'unhashable-arguments', 'object-arguments', 'used-up-result' and 'shared-result';
 * undefined where the text says too little of it.
 */
export function planMemo(facts: FunctionFacts, cx: Context, wish: MemoWish): Outcome<MemoMatch> | undefined {
  const { function: fn } = facts;
  const object = boundOf(fn) > 0 ? judgeObject(fn, cx) : ok([]);
  if (!object.ok) return object;
  if (facts.purity !== 'pure' && facts.purity !== 'reads') {
    return refuse('not-pure', `\`${fn.name}\` ${facts.why}, which a remembered result would leave out.`, `Keep what only computes in a function of its own.`, fn.span); // prettier-ignore
  }
  const [unsettled] = facts.unsettled;
  if (unsettled !== undefined) {
    return refuse('changing-surroundings', `The result may change between calls: ${unsettled.why}.`, `Give \`${fn.name}\` that value as an argument.`, unsettled.span); // prettier-ignore
  }
  const args = judgeArguments(facts, cx);
  if (!args?.ok) return args ?? undefined;
  const result = resultOf(facts, cx);
  if (result === 'once') return refuse('used-up-result', `\`${fn.name}\` hands out an iterator, and the first caller would use it up for all others.`, 'Return a tuple of what it holds.', fn.span); // prettier-ignore
  // Who calls a method, and changes what it gets, is not known by the text.
  if (result !== 'fixed' && (facts.sites.length === 0 || boundOf(fn) > 0 || !isOnlyRead(facts, cx))) {
    const what =
      result === 'new' ? 'hands out a list, a dictionary or another object that can be changed' : 'hands out something that may be changed';
    return refuse('shared-result', `\`${fn.name}\` ${what}, and all callers would share one.`, 'Return a tuple, or change a copy of what it returns.', fn.span); // prettier-ignore
  }
  const regions = regionsOf(facts, cx).length > 0 ? regionsOf(facts, cx) : callerRegions(fn, cx);
  const [first] = regions;
  if (first === undefined) return undefined;
  return ok({
    file: fn.file,
    region: first.span,
    captures: first.captures,
    regions,
    title: `Remember the results of \`${fn.name}\``,
    cost: wish.cost,
    assumptions: [...args.value.assumptions, ...object.value, ...wish.assumptions],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: [...decorate(facts, cx, wish.size, args.value.typed), ...args.value.edits],
  });
}

function decorate({ function: fn }: FunctionFacts, cx: Context, size: number | null, typed: boolean): Edit[] {
  const [major, minor] = cx.interpreter.version;
  const plain = size === null && !typed && (major > 3 || minor >= 9) && hasName(fn.file, 'cache', cx);
  const { written, edit } = cx.importName(fn.file, 'functools', { name: plain ? 'cache' : 'lru_cache' });
  const options = plain ? '' : `(maxsize=${size ?? 'None'}${typed ? ', typed=True' : ''})`;
  const { line } = fn.span.start;
  const decorator = cx.insert(fn.file, { line, character: 0 }, `${cx.indentAt(fn.file, line)}@${written}${options}\n`);
  return edit === null ? [decorator] : [edit, decorator];
}

/** `cache` is a name that many programs use for something of their own. */
const hasName = (file: string, name: string, cx: Context): boolean =>
  cx.freshName(name, file) === name || /(^|\.)cache$/.test(cx.importName(file, 'functools', { name }).written);
