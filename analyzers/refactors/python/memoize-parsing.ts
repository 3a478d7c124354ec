import type { CostModel, Edit, Expr, FunctionFacts, LoopFacts } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { finishFunction } from '../algorithm/callers';
import { codeOf, codeOfFunction, type Code } from '../algorithm/code';
import { placesOf } from '../algorithm/cost';
import { definitionAbove, isKnownAbove } from '../algorithm/definition';
import { finish, type Draft, type EditMatch } from '../algorithm/edit';
import { exprsIn } from '../algorithm/first-items';
import { isLazy, tripExprs, waitsForIo } from '../algorithm/loop';
import { typeOf } from '../algorithm/types';
import { defineRefactor, type Context } from '../refactor';

type Call = Expr & { kind: 'call' };

/** Readers of the standard library that take microseconds, and give what nobody can change, by the text alone. */
const READERS = /^(datetime\.datetime\.strptime|time\.strptime|ipaddress\.ip_(address|network|interface)|fractions\.Fraction|uuid\.UUID)$/;
/** Room for every minute of a month, or for every day of a century. */
const ENTRIES = 1 << 16;
/** The part of a hot loop's time that is thought to be worth a cache. */
const LEAST_SHARE = 0.1;

/** Texts such as dates and addresses that a hot loop, or a function that it calls, reads again and again. */
export const refactor = defineRefactor<EditMatch>({
  id: 'memoize-parsing',
  family: 'memoize',
  title: 'Remember what texts were read as',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    const draft = draftOf(tripExprs(facts.ir), facts, code, cx);
    return draft?.ok === true ? ok(finish(facts, code, draft.value)) : draft;
  },

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript') return undefined;
    const code = codeOfFunction(facts.function, cx);
    const draft = draftOf(exprsIn(code.body), facts, code, cx);
    return draft?.ok === true ? finishFunction(facts.function, draft.value, cx) : draft;
  },

  rewrite: (match) => match.edits,
});

function draftOf(exprs: readonly Expr[], facts: LoopFacts | FunctionFacts, code: Code, cx: Context): Outcome<Draft> | undefined {
  const pathOf = (call: Call): string => cx.resolve(call.callee, code.file, call.span.start) ?? '';
  const calls = exprs.filter(
    (expr) => expr.kind === 'call' && expr.args.length > 0 && READERS.test(pathOf(expr)) && isKnownAbove(expr.callee, code),
  ) as Call[];
  const [first] = calls;
  if (first === undefined) return undefined;
  const path = pathOf(first);
  const alike = calls.filter((call) => pathOf(call) === path);
  const named = alike.find(({ args, keywords }) => keywords.length > 0 || args.some(({ kind }) => kind === 'spread'));
  if (named) return refuse('by-name', `\`${path}\` is called with more than plain arguments.`, 'Give it its arguments by position.', named.span);
  const types = alike.map(({ args }) => (args[0] ? typeOf(args[0], facts, code, cx)?.type : undefined));
  // Anything but text is an error for `strptime`; the others read numbers, too.
  const dated = path.endsWith('strptime');
  const other = types.map((type) => type ?? (dated ? 'str' : 'unknown type')).find((type) => type !== 'str');
  if (other !== undefined) return refuse('no-text', `\`${path}\` is given values of ${other === 'unknown type' ? other : `type ${other}`}, of which equal ones may be read differently.`, 'Give it text.', first.span); // prettier-ignore
  const share = shareOf(alike, facts, code, cx);
  if (share !== null && share < LEAST_SHARE) return undefined;
  const called = path.slice(path.lastIndexOf('.') + 1);
  const name = cx.freshName(`cached_${called.toLowerCase()}`, code.file);
  const cache = cx.importName(code.file, 'functools', { name: 'lru_cache' });
  const made = `${name} = ${cache.written}(maxsize=${ENTRIES})(${cx.slice(code.file, first.callee.span)})`;
  const edits: Edit[] = [...(cache.edit ? [cache.edit] : []), definitionAbove(first, [made], code, cx)];
  edits.push(...alike.map(({ callee }) => cx.edit(code.file, callee.span, name)));
  const cost: CostModel = share === null ? { kind: 'factor', low: 0.95, high: 6 } : { kind: 'factor', low: 0.97, high: 1 / (1 - 0.95 * share) };
  return ok({
    title: `Remember what \`${called}\` gave for a text`,
    edits,
    cost,
    assumptions: dated ? ['The locale stays the same while the program runs.'] : [],
  });
}

/** The part of the hot time that the calls take; null where nothing was measured. */
function shareOf(calls: readonly Call[], { hotspot }: LoopFacts | FunctionFacts, code: Code, cx: Context): number | null {
  const seconds = cx.secondsIn?.(placesOf(calls, code)) ?? null;
  return seconds === null || !(hotspot.seconds > 0) ? null : Math.min(1, seconds / hotspot.seconds);
}
