import { spaceExprs } from '../../syntax/python-walk';
import type { Span } from '../../types';
import { commentsIn } from './comments';
import { wrap, type Line, type Sink, type Update } from './draft';
import { takeHoisted, finishMatch } from './edit';
import { guardLines, placeConversions } from './guards';
import { findInits, type Init } from './inits';
import { blockLines, inlineMasks, withComments } from './lines';
import type { ArrayMatch } from './match';
import type { Parts } from './parts';
import { listOf, storeText } from './results';
import { isWhole, magnitude } from './scalars';
import { namesOf } from './spaces';
import { tripTest } from './type-conditions';
import { updateLines } from './updates';

export function writeLoop(given: Parts): ArrayMatch | null {
  const parts = { ...given, trips: { ...given.trips, some: tripTest(given.trips.some, given.draft.typeTests) } };
  const { facts, site, draft, trips, blocks, loaded, stores } = parts;
  const { cx } = draft;
  const { updates, sinks } = draft;
  const hoisted = takeHoisted(parts);
  if (updates.length === 0 && sinks.length === 0) {
    draft.refuse('side-effects', 'The loop computes nothing that is kept.', 'Remove it, or keep its results.', facts.ir.span);
    return null;
  }
  if (updates.length > 0 || sinks.some(({ target }) => target.kind !== 'store' || target.list)) draft.requireExactTypes(facts.ir.span);
  const appended = sinks.flatMap((sink) => (sink.target.kind === 'append' ? [sink.target.name] : []));
  const names = new Set([...updates.flatMap((update) => [update.name, ...(update.picks ?? []).map((pick) => pick.name)]), ...appended]);
  for (const name of names) {
    const space = facts.ir.space;
    if (JSON.stringify(space).includes(`"name":"${name}"`))
      draft.refuse('carried-dependence', `The loop runs over \`${name}\` while it changes it.`, 'Loop over a copy.', facts.ir.span);
  }
  // An extreme goes on from what its name holds.
  const restarted = updates.filter((update) => update.op !== 'min' && update.op !== 'max').map((update) => update.name);
  const inits = findInits(site, new Set([...restarted, ...appended, ...(parts.counter === null ? [] : [parts.counter])]), draft);
  const counted = inits.find((init) => init.name === parts.counter) ?? null;
  if (parts.counter !== null && !counted)
    draft.refuse('unsupported-loop', 'The counter does not start right before the loop.', 'Write it as a for loop over a range.', facts.ir.span);
  const initOf = (name: string): Init | null => inits.find((init) => init.name === name) ?? null;
  for (const name of appended) {
    const init = initOf(name);
    const made = draft.kinds.freshlyMade(name);
    if (init ? init.value.kind === 'collection' : made?.kind === 'collection' && made.type === 'list') continue;
    draft.refuse(
      'side-effects',
      `It is not known that \`${name}\` is a list of this function.`,
      'Start it with [] right before the loop.',
      facts.ir.span,
    );
  }
  for (const store of stores) {
    const fresh = draft.kinds.freshlyMade(store.name);
    const over = spaceExprs(facts.ir.space).flatMap((expr) => [...namesOf(expr)]);
    const others = [...new Set([...loaded, ...over])].filter((name) => name !== store.name);
    const safe = fresh && fresh.kind !== 'name' && fresh.kind !== 'subscript' && fresh.kind !== 'attribute' && fresh.kind !== 'conditional';
    for (const name of others) {
      const definitions = draft.kinds.definitions(name);
      const apart = definitions.every((one) => one.kind === 'parameter' || (one.kind === 'value' && !namesOf(one.value).has(store.name)));
      const kinds = [name, store.name].map((one) => draft.kinds.ofName(one)?.kind);
      if (safe && apart && definitions.length > 0) continue;
      if (kinds.every((kind) => kind === 'array')) draft.check(`not ${draft.np}.may_share_memory(${store.name}, ${name})`);
      else if (kinds.every((kind) => kind === 'list')) draft.check(`${store.name} is not ${name}`);
    }
  }
  if (trips.some !== null && draft.flags.needsTrips) draft.check(trips.some);
  const results: Line[] = [];
  const isRestarted = ({ op, running, name }: Update): boolean =>
    running === undefined ? op !== 'min' && op !== 'max' : facts.liveOut.includes(name);
  // What goes on from before the loop comes last: the rest may be done again after an error.
  const goesOn = (update: Update): boolean => isRestarted(update) && !initOf(update.name);
  const ordered = [...updates.filter((update) => !goesOn(update)), ...updates.filter(goesOn)];
  ordered.forEach((update, index) => {
    const first = ordered.findIndex((other) => other.name === update.name) === index;
    results.push(...updateLines(update, initOf(update.name), first, parts));
  });
  // What is added to places cannot be done again: nothing may fail after it.
  const order = (sink: Sink): number => (sink.key.startsWith('scatter:') ? 2 : sink.target.kind === 'store' ? 1 : 0);
  const sorted = [...sinks].sort((a, b) => order(a) - order(b));
  const stored = new Set<string>();
  const early: Line[] = [];
  const storing: Line[] = [];
  for (const sink of sorted) {
    if (sink.target.kind === 'store') {
      // Both sides of a test store to places of their own.
      const own = sink.chosen ? sink.target.object : null;
      const reads = (text: string): boolean => [...stored].some((name) => name !== own && new RegExp(`\\b${name}\\b`).test(text));
      let { value } = sink;
      if (reads(sink.mask ?? '') || reads(sink.target.scatter?.at.code ?? ''))
        draft.refuse('carried-dependence', 'A test asks for what the loop stores to.', 'Test into a name first.', sink.from);
      if (reads(value.code)) {
        // Computed before the first store, as the trip did.
        const name = draft.fresh('values');
        early.push({ text: `${name} = ${value.fresh ? value.code : `${wrap(value, 17)}.copy()`}`, from: null });
        value = { ...value, code: name, binds: 17 };
      }
      const [text = '', ...more] = storeText({ ...sink, value }, draft).split('\n');
      storing.push({ text, from: sink.from }, ...more.map((line) => ({ text: line, from: null })));
      stored.add(sink.target.object);
    }
    if (sink.target.kind !== 'append') continue;
    const list = listOf(sink, trips.count, draft);
    results.push({ text: initOf(sink.target.name) ? `${sink.target.name} = ${list}` : `${sink.target.name}.extend(${list})`, from: sink.from });
  }
  results.push(...early, ...storing);
  const guarded = draft.flags.raises || draft.flags.uniformRaises || draft.flags.indexes;
  if (
    guarded &&
    results.length > 1 &&
    (updates.filter(goesOn).length > (sinks.length === 0 ? 1 : 0) ||
      appended.some((name) => !initOf(name)) ||
      sinks.some((sink) => sink.target.kind === 'store' && sink.target.scatter) ||
      (stores.length > 0 && stores.some((store) => loaded.has(store.name))))
  ) {
    draft.refuse(
      'side-effects',
      'The loop updates several things that live before it, so that it could not be run again after an error.',
      'Start them right before the loop.',
      facts.ir.span,
    );
  }
  // An overflow would be told after the adding was done.
  const risky = (sink: Sink): boolean =>
    sink.target.kind === 'store' && sink.target.scatter !== undefined && !isWhole(sink.target.scalar) && !(magnitude(sink.value.range).hi < 1e200);
  if (guarded && sinks.some(risky)) {
    draft.refuse(
      'side-effects',
      'Floats are added to places, which could not be done again after an error.',
      'Compute the places first.',
      facts.ir.span,
    );
  }
  if (guarded && blocks && updates.some((update) => update.op !== 'min' && update.op !== 'max' && !initOf(update.name))) {
    draft.refuse(
      'side-effects',
      'The loop adds to something from before it, so that it could not be run again after an error.',
      'Start it right before the loop.',
      facts.ir.span,
    );
  }
  if (draft.stopped()) return null;

  const first = inits[0]?.statement.span.start ?? facts.statement.start;
  const loopSpan = site.statement.span;
  const region: Span = { start: { line: first.line, character: 0 }, end: loopSpan.end };
  const indent = cx.indentAt(facts.file, loopSpan.start.line);
  const unit = cx.indentUnit(facts.file);
  const source = sourceLines(region, facts.file, parts);
  const loopFrom = loopSpan.start.line - region.start.line;
  const linesOf = (init: Init): number[] =>
    range(init.statement.span.start.line - region.start.line, init.statement.span.end.line - region.start.line);
  const initAt = new Set(inits.flatMap(linesOf));
  const countedAt = new Set(counted ? linesOf(counted) : []);
  const between = source.slice(0, loopFrom).filter((_, index) => !initAt.has(index));
  const initLines = source.slice(0, loopFrom).filter((_, index) => initAt.has(index) && !countedAt.has(index));
  const counterLines = source.slice(0, loopFrom).filter((_, index) => countedAt.has(index));
  const original = source.slice(loopFrom);
  const needsFallback = guarded || draft.conditions().length > 0;
  const comments = needsFallback ? [] : commentsIn(loopSpan, facts.file, cx);
  const placed = placeConversions(draft);
  const body = withComments(blocks ? [] : inlineMasks([...placed.body, ...draft.lines, ...results]), comments);
  const blockCode = blocks && trips.range ? withComments(blockLines(parts, results), comments) : null;
  const head = blocks ? [] : placed.head.map((line) => line.text);
  const code = blockCode ?? body;
  const shared = blocks && !guarded ? initLines.map((line) => line.slice(indent.length)) : [];
  const redo = blocks && !guarded ? [] : initLines.map((line) => line.slice(indent.length));
  const vector = blocks && guarded ? [...redo, ...code] : code;
  const fallback = [
    ...redo,
    ...counterLines.map((line) => line.slice(indent.length)),
    ...original.map((line, index) => (index === 0 ? line.trimStart() : line.slice(Math.min(indent.length, line.length - line.trimStart().length)))),
  ];
  const guardedText = guardLines(vector, fallback, draft, unit, false, placed.conditions);
  const text = [...between.map((line) => line.slice(indent.length)), ...shared, ...head, ...guardedText];
  const newText = text.map((line) => (line === '' ? '' : indent + line)).join('\n');
  // A running sum that nobody reads afterwards is not kept.
  const kept = [...names].filter((name) => facts.liveOut.includes(name) || !updates.some((one) => one.name === name && one.running !== undefined));
  const results_ = [...kept, ...stores.map((store) => store.name)];
  return finishMatch(parts, region, newText, [...new Set(results_)], updates.length > 0, hoisted);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function sourceLines(region: Span, file: string, parts: Parts): string[] {
  return parts.draft.cx.slice(file, region).split(/\r?\n/);
}
