import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { CostModel, Edit, FunctionFacts, FunctionIR } from '../../types';
import { callerRegions } from '../algorithm/callers';
import { judgeArguments, type ArgumentFacts } from './arguments';
import { closureEdits, movingFacts, recursionOf } from './closure';
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
  /** Calls of itself repeat within one call from outside: a cache that lives as long as that does will do. */
  within?: boolean;
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
  const judged = boundOf(fn) > 0 ? judgeObject(fn, cx) : ok([]);
  const asked = judged.ok ? judgeArguments(facts, cx) : judged;
  const closure = wish.within === true && asked?.ok === false ? closureFor(facts, cx, wish) : null;
  const object = closure === null ? judged : ok([]);
  if (!object.ok) return object;
  if (facts.purity !== 'pure' && facts.purity !== 'reads') {
    return refuse('not-pure', `\`${fn.name}\` ${facts.why}, which a remembered result would leave out.`, `Keep what only computes in a function of its own.`, fn.span); // prettier-ignore
  }
  const [unsettled] = facts.unsettled;
  if (unsettled !== undefined) {
    return refuse('changing-surroundings', `The result may change between calls: ${unsettled.why}.`, `Give \`${fn.name}\` that value as an argument.`, unsettled.span); // prettier-ignore
  }
  const args = closure === null ? asked : ok(closure);
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
    assumptions: [
      ...args.value.assumptions,
      ...object.value,
      ...wish.assumptions.map((one) => (closure === null ? one : one.replace('until the program ends', 'until that call ends'))),
    ],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: [...(closure === null ? decorate(facts, cx, wish.size, args.value.typed) : []), ...args.value.edits],
  });
}

/** A cache within the function, for what moves from call to call; null where nothing else stays, or where that cannot be looked up either. */
function closureFor(facts: FunctionFacts, cx: Context, wish: MemoWish): ArgumentFacts | null {
  const { function: fn } = facts;
  const recursion = recursionOf(fn, cx);
  const moving = recursion === null ? null : judgeArguments(movingFacts(facts, recursion), cx);
  if (recursion === null || moving?.ok !== true || moving.value.edits.length > 0) return null;
  const { text, imported } = decoratorFor(fn, cx, wish.size, moving.value.typed);
  const edits = closureEdits(recursion, text, cx);
  const [, ...others] = moving.value.assumptions;
  const hashed = `What changes from call to call of \`${fn.name}\` can be hashed, as in this run.`;
  return edits === null ? null : { typed: moving.value.typed, assumptions: [hashed, ...others], edits: [...imported, ...edits] };
}

function decorate({ function: fn }: FunctionFacts, cx: Context, size: number | null, typed: boolean): Edit[] {
  const { text, imported } = decoratorFor(fn, cx, size, typed);
  const { line } = fn.span.start;
  return [...imported, cx.insert(fn.file, { line, character: 0 }, `${cx.indentAt(fn.file, line)}${text}\n`)];
}

function decoratorFor(fn: FunctionIR, cx: Context, size: number | null, typed: boolean): { text: string; imported: Edit[] } {
  const [major, minor] = cx.interpreter.version;
  const plain = size === null && !typed && (major > 3 || minor >= 9) && hasName(fn.file, 'cache', cx);
  const { written, edit } = cx.importName(fn.file, 'functools', { name: plain ? 'cache' : 'lru_cache' });
  const options = plain ? '' : `(maxsize=${size ?? 'None'}${typed ? ', typed=True' : ''})`;
  return { text: `@${written}${options}`, imported: edit === null ? [] : [edit] };
}

/** `cache` is a name that many programs use for something of their own. */
const hasName = (file: string, name: string, cx: Context): boolean =>
  cx.freshName(name, file) === name || /(^|\.)cache$/.test(cx.importName(file, 'functools', { name }).written);
