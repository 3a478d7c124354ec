/** A progress bar around the items: it goes around the results, so that it still moves as the work is done. */
import type { Expr, IndexSpace, LoopFacts } from '../../types';
import type { Context } from '../refactor';

const bars = /^tqdm\.(tqdm|auto\.tqdm|autonotebook\.tqdm|notebook\.tqdm|std\.tqdm|asyncio\.tqdm)$/;

export interface Progress {
  /** The loop without the bar. */
  facts: LoopFacts;
  /** The same bar around something else, `length` items of it. */
  around: (iterable: string, length: string) => string;
}

/** null: nothing shows how far the loop is. */
export function progressOf(facts: LoopFacts, cx: Context): Progress | null {
  const { ir, file } = facts;
  const outer = ir.space.kind === 'enumerate' ? ir.space.of : ir.space;
  if (outer.kind !== 'sequence' || outer.value.kind !== 'call') return null;
  const call = outer.value;
  const [items, ...others] = call.args;
  if (!bars.test(cx.resolve(call.callee, file, call.span.start) ?? '') || !items || others.length > 0 || items.kind === 'spread') return null;
  if (call.keywords.some(({ name }) => name === '' || name === 'iterable')) return null;
  const bare: IndexSpace = spaceOf(items, file, cx);
  const space: IndexSpace = ir.space.kind === 'enumerate' ? { ...ir.space, of: bare } : bare;
  const callee = cx.slice(file, call.callee.span);
  const options = call.keywords.map(({ name, value }) => `${name}=${cx.slice(file, value.span)}`);
  const total = call.keywords.some(({ name }) => name === 'total');
  return {
    // Where the header ends is still where the bar does.
    facts: { ...facts, ir: { ...ir, space } },
    around: (iterable, length) => `${callee}(${[iterable, ...(total ? [] : [`total=${length}`]), ...options].join(', ')})`,
  };
}

function spaceOf(items: Expr, file: string, cx: Context): IndexSpace {
  const [start, stop, step] = items.kind === 'call' ? items.args : [];
  if (items.kind === 'call' && start && cx.resolve(items.callee, file, items.span.start) === 'builtins.range') {
    return { kind: 'range', start: stop ? start : null, stop: stop ?? start, step: step ?? null, span: items.span };
  }
  return { kind: 'sequence', value: items, span: items.span };
}
