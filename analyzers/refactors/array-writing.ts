import type { Edit, Expr, LoopFacts, Span, Stmt } from '../types';
import { spaceExprs, stmtNames } from '../syntax/python-walk';
import { Definitions } from './array-definitions';
import { commentsIn } from './array-comments';
import { wrap, type Draft, type Lane, type Line, type Sink, type Update } from './array-draft';
import { guardLines } from './array-guards';
import { findInits, type Init } from './array-inits';
import type { ArrayMatch } from './array-match';
import { arrayOf, extremeOf, listOf, pickLines, productOf, storeText, sumOf, taken, type Reduced } from './array-results';
import { isNumpy, isWhole, magnitude, type Scalar } from './array-scalars';
import type { Site } from './array-site';
import { namesOf, type Trips } from './array-spaces';
import type { Store } from './array-subscripts';

export interface Parts {
  facts: LoopFacts;
  site: Site;
  draft: Draft;
  trips: Trips;
  blocks: boolean;
  loaded: ReadonlySet<string>;
  stores: readonly Store[];
  importEdit: Edit | null;
  /** A name that the loop counts by hand; null: none. */
  counter: string | null;
}

const BLOCK = 65_536;

/** Puts the array code together: results, guards with the loop as their other side, comments, and the edit. */
export function writeCode(parts: Parts): ArrayMatch | null {
  return parts.site.holder === null ? writeLoop(parts) : writeValue(parts, parts.site.holder);
}

const zero = (value: Expr): boolean => value.kind === 'number' && Number(value.text) === 0;
const typeOfInit = (value: Expr): Scalar => (value.kind === 'number' ? (value.type === 'int' ? 'int' : 'float') : 'float');

/** The lines that reduce one accumulator. */
function updateLines(update: Update, init: Init | null, first: boolean, parts: Parts): Line[] {
  const { draft, trips, blocks, facts } = parts;
  const { name, op, value, mask, from } = update;
  const line = (text: string): Line => ({ text, from });
  const before = draft.lines.length;
  const kind = draft.kinds.definitions(name).flatMap((one) => (one.kind === 'value' ? [draft.kinds.of(one.value)] : []));
  const startType: Scalar | null = init
    ? typeOfInit(init.value)
    : kind.every((one) => one?.kind === 'scalar' && one.scalar === 'float') && kind.length > 0
      ? 'float'
      : null;
  const under = mask ?? update.chosen ?? null;
  const some = blocks ? null : under === null ? trips.some : `${wrapMask(under)}.any()`;
  let reduced: Reduced;
  const empty = under === null ? (blocks ? null : trips.some) : `${wrapMask(under)}.any()`;
  const guarded = (body: Line[]): Line[] =>
    empty === null ? body : [line(`if ${empty}:`), ...body.map((one) => ({ ...one, text: `    ${one.text}` }))];
  if ((op === 'min' || op === 'max') && update.picks) {
    const code = pickLines(update, op, trips, blocks, draft);
    return guarded([...draft.lines.splice(before), ...code.map(line)]);
  }
  if (op === 'min' || op === 'max') {
    reduced = extremeOf(op, value, mask, draft, from);
    const code = update.strict ? `${op}(${name}, ${reduced.code})` : `${op}(${reduced.code}, ${name})`;
    const made = draft.lines.splice(before);
    const body = [...made, line(`${name} = ${code}`)];
    return guarded(body);
  }
  if (op === '*') reduced = productOf(value, mask, draft, from);
  else reduced = sumOf(value, mask, blocks ? 'None' : trips.count, blocks ? BLOCK : trips.most, draft, from);
  const made = draft.lines.splice(before);
  if (blocks && !value.varying) {
    // A count inside a block counts the block.
    reduced = { ...reduced, code: reduced.code.replace('None', `len(${parts.trips.range?.name ?? ''})`) };
  }
  if (reduced.scalar === 'mixed' && startType !== 'float') {
    draft.refuse(
      'mixed-types',
      `\`${name}\` starts as an int and gets ints and floats: its type would depend on the data.`,
      'Start it at 0.0.',
      from,
    );
  }
  // Without a trip the name keeps its start, whose type may be another than that of a sum.
  const sameType = startType === reduced.scalar || (startType === 'float' && (reduced.scalar === 'int' || reduced.scalar === 'mixed'));
  const conditional = some !== null && !sameType && !(startType === null && reduced.scalar === 'int' && kind.every((one) => one?.kind === 'scalar'));
  const sum = op === '*' ? '*' : op === '-' ? '-' : '+';
  if (init && first && !blocks) {
    const start = draft.cx.slice(facts.file, init.value.span);
    const bare =
      sum === '+' && zero(init.value) && (typeOfInit(init.value) === 'int' || !isWhole(reduced.scalar)) && (reduced.scalar !== 'float' || true);
    const neutral = sum === '*' && init.value.kind === 'number' && Number(init.value.text) === 1 && !isWhole(reduced.scalar);
    const code = bare || neutral ? reduced.code : `${start} ${sum} ${wrap(reduced, sum === '*' ? 14 : 13)}`;
    return [...made, line(conditional ? `${name} = ${code} if ${some} else ${start}` : `${name} = ${code}`)];
  }
  const code = `${name} ${sum}= ${reduced.code}`;
  return conditional ? [...made, line(`if ${some}:`), line(`    ${code}`)] : [...made, line(code)];
}

const wrapMask = (mask: string): string => (/^\w+$/.test(mask) ? mask : `(${mask})`);

function writeLoop(parts: Parts): ArrayMatch | null {
  const { facts, site, draft, trips, blocks, loaded, stores } = parts;
  const { cx } = draft;
  const { updates, sinks } = draft;
  const hoisted = takeHoisted(parts);
  if (updates.length === 0 && sinks.length === 0) {
    draft.refuse('side-effects', 'The loop computes nothing that is kept.', 'Remove it, or keep its results.', facts.ir.span);
    return null;
  }
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
  updates.forEach((update, index) => {
    const first = updates.findIndex((other) => other.name === update.name) === index;
    results.push(...updateLines(update, initOf(update.name), first, parts));
  });
  const sorted = [...sinks].sort((a, b) => Number(a.target.kind === 'store') - Number(b.target.kind === 'store'));
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
      storing.push({ text: storeText({ ...sink, value }, draft), from: sink.from });
      stored.add(sink.target.object);
    }
    if (sink.target.kind !== 'append') continue;
    const list = listOf(sink, trips.count, draft);
    results.push({ text: initOf(sink.target.name) ? `${sink.target.name} = ${list}` : `${sink.target.name}.extend(${list})`, from: sink.from });
  }
  results.push(...early, ...storing);
  const guarded = draft.flags.raises || draft.flags.uniformRaises;
  if (
    guarded &&
    results.length > 1 &&
    (updates.some((update) => update.op !== 'min' && update.op !== 'max' && !initOf(update.name)) ||
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
  const body = withComments(blocks ? [] : inlineMasks([...draft.prologue, ...draft.lines, ...results]), comments);
  const blockCode = blocks && trips.range ? withComments(blockLines(parts, results), comments) : null;
  const checkedFirst = draft.prologue.filter((line) => draft.conditions().some((check) => check.includes(`${line.text.split(' ')[0] ?? ''}.`)));
  const head = needsFallback && !blocks ? checkedFirst.map((line) => line.text) : [];
  const code = blockCode ?? body.filter((text) => !head.includes(text));
  const shared = blocks && !guarded ? initLines.map((line) => line.slice(indent.length)) : [];
  const redo = blocks && !guarded ? [] : initLines.map((line) => line.slice(indent.length));
  const vector = blocks && guarded ? [...redo, ...code] : code;
  const fallback = [
    ...redo,
    ...counterLines.map((line) => line.slice(indent.length)),
    ...original.map((line, index) => (index === 0 ? line.trimStart() : line.slice(Math.min(indent.length, line.length - line.trimStart().length)))),
  ];
  const guardedText = guardLines(vector, fallback, draft, unit, false);
  const text = [...between.map((line) => line.slice(indent.length)), ...shared, ...head, ...guardedText];
  const newText = text.map((line) => (line === '' ? '' : indent + line)).join('\n');
  const results_ = [...names, ...stores.map((store) => store.name)];
  return finishMatch(parts, region, newText, [...new Set(results_)], updates.length > 0, hoisted);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function sourceLines(region: Span, file: string, parts: Parts): string[] {
  return parts.draft.cx.slice(file, region).split(/\r?\n/);
}

function blockLines(parts: Parts, results: readonly Line[]): Line[] {
  const { draft, trips, facts } = parts;
  const axis = trips.range;
  if (!axis) return [];
  const unit = draft.cx.indentUnit(facts.file);
  const start = draft.local('start');
  const size = '65_536';
  const reads = [...draft.lines, ...results].some((line) => new RegExp(`\\b${axis.name}\\b`).test(line.text));
  const inner: Line[] = [
    ...(reads ? [{ text: `${axis.name} = ${draft.np}.arange(${start}, min(${start} + ${size}, ${axis.stopCode}))`, from: null }] : []),
    ...inlineMasks([...draft.lines, ...results]),
  ];
  return [
    { text: `for ${start} in range(${axis.startCode}, ${axis.stopCode}, ${size}):`, from: null },
    ...inner.map((line) => ({ ...line, text: unit + line.text })),
  ];
}

/** A mask that is used once stands where it is used. */
function inlineMasks(lines: readonly Line[]): Line[] {
  const left = [...lines];
  for (let index = 0; index < left.length; index += 1) {
    const [, name, test] = /^(mask\w*) = (.+)$/.exec(left[index]?.text ?? '') ?? [];
    if (name === undefined || test === undefined) continue;
    const word = new RegExp(`\\b${name}\\b`, 'g');
    const uses = left.filter((_, other) => other !== index).flatMap((line) => line.text.match(word) ?? []).length;
    const place = new RegExp(`([([])${name}([,)\\]])`);
    const at = left.findIndex((line, other) => other > index && place.test(line.text));
    const user = left[at];
    const changed = left.slice(index + 1, Math.max(at, index + 1)).some((line) => {
      const target = /^\s*(\w+)(\[.*\])? [-+*]?= /.exec(line.text)?.[1];
      return target !== undefined && new RegExp(`\\b${target}\\b`).test(test);
    });
    if (uses !== 1 || !user || changed) continue;
    left[at] = { ...user, text: user.text.replace(place, (_, before: string, after: string) => before + test + after) };
    left.splice(index, 1);
    index -= 1;
  }
  return left;
}

/** Comments before the statements that they stood before or beside. */
function withComments(lines: readonly Line[], comments: ReturnType<typeof commentsIn>): string[] {
  const left = [...comments];
  const text: string[] = [];
  for (const line of lines) {
    const indent = /^\s*/.exec(line.text)?.[0] ?? '';
    if (line.from) {
      const { end } = line.from;
      while (left[0] && (left[0].alone ? left[0].line < end.line : left[0].line <= end.line)) {
        const comment = left.shift();
        if (!comment) break;
        if (comment.alone || comment.line < line.from.start.line) text.push(indent + comment.text);
        else {
          text.push(`${line.text}  ${comment.text}`);
        }
      }
    }
    if (!text[text.length - 1]?.startsWith(`${line.text}  #`)) text.push(line.text);
  }
  return [...text, ...left.map((comment) => comment.text)];
}

/** The value of a comprehension or of the call around it, as lines and one expression. */
function valueOf(parts: Parts): { lines: Line[]; code: string; binds: number } | null {
  const { draft, site, trips } = parts;
  const { use } = site;
  const [sink] = draft.sinks;
  if (!use || !sink || draft.sinks.length !== 1 || draft.updates.length > 0) return null;
  const before = draft.lines.length;
  const take = (code: string, binds = 17): { lines: Line[]; code: string; binds: number } => ({ lines: draft.lines.splice(before), code, binds });
  if (use.kind === 'list') {
    const code = listOf(sink, trips.count, draft);
    return take(code, sink.value.varying ? 17 : 13);
  }
  if (use.kind === 'array') return take(arrayOf(sink, trips.count, draft));
  const { value, mask, from } = sink;
  const some = mask === null ? trips.some : `${wrapMask(mask)}.any()`;
  switch (use.op) {
    case 'len':
      return take(mask === null ? trips.count : `int(${draft.np}.count_nonzero(${mask}))`);
    case 'any':
    case 'all': {
      if (!value.varying) {
        draft.refuse('not-numeric', 'The test is the same in every trip.', 'Test once.', from);
        return null;
      }
      return take(`bool(${draft.np}.${use.op}(${taken(value, mask).code}))`);
    }
    case 'min':
    case 'max':
      // The error for no items at all is Python's.
      if (trips.some !== null) draft.check(trips.some);
      return take(extremeOf(use.op, value, mask, draft, from).code);
    case 'prod':
    case 'sum': {
      const reduced = use.op === 'sum' ? sumOf(value, mask, trips.count, trips.most, draft, from) : productOf(value, mask, draft, from);
      const given = use.start;
      if (given && given.kind !== 'number') {
        draft.refuse('unknown-type', 'The start of the sum is not a plain number.', 'Add it after the sum.', from);
        return null;
      }
      const start = given?.kind === 'number' ? given.text : use.op === 'sum' ? '0' : '1';
      const startType: Scalar = given?.kind === 'number' && given.type === 'float' ? 'float' : 'int';
      if (reduced.scalar === 'mixed' && startType !== 'float') {
        draft.refuse('mixed-types', 'The sum gets ints and floats: its type depends on the data.', 'Start the sum at 0.0.', from);
      }
      const bare = given ? zero(given) && (startType === 'int' || !isWhole(reduced.scalar)) : true;
      const code = bare ? reduced.code : `${start} + ${wrap(reduced, 13)}`;
      const level = bare ? reduced.binds : 12;
      if (some === null || startType === reduced.scalar || (startType === 'float' && !isNumpy(reduced.scalar))) return take(code, level);
      return take(`${code} if ${some} else ${start}`, 3);
    }
  }
}

function writeValue(parts: Parts, holder: Expr): ArrayMatch | null {
  const { facts, site, draft, trips } = parts;
  const { cx } = draft;
  const { statement } = site;
  if (parts.blocks) return writeBlockedValue(parts, holder);
  if (trips.some !== null && draft.flags.needsTrips) draft.check(trips.some);
  const hoisted = takeHoisted(parts);
  const value = valueOf(parts);
  if (!value || draft.stopped()) return null;
  const all = inlineMasks([...draft.prologue, ...draft.lines, ...value.lines, { text: value.code, from: null }]).map((line) => line.text);
  const lines = all.slice(0, -1);
  value.code = all[all.length - 1] ?? value.code;
  const needsFallback = draft.flags.raises || draft.flags.uniformRaises || draft.conditions().length > 0;
  const indent = cx.indentAt(facts.file, statement.span.start.line);
  const unit = cx.indentUnit(facts.file);
  const ownLine = indent.length === statement.span.start.character;
  if ((lines.length > 0 || needsFallback) && (!site.hoistable || !ownLine)) {
    draft.refuse(
      'no-place',
      'The comprehension stands where no statement can be put before it.',
      'Give its value a name in a line of its own.',
      holder.span,
    );
    return null;
  }
  const region: Span = { start: { line: statement.span.start.line, character: 0 }, end: statement.span.end };
  const slice = (from: Span['start'], to: Span['start']): string => cx.slice(facts.file, { start: from, end: to });
  const head = slice(statement.span.start, holder.span.start);
  const tail = slice(holder.span.end, statement.span.end);
  // A conditional expression or sum in a larger expression needs its parentheses.
  const inside = site.direct === null && value.binds < 17 ? `(${value.code})` : value.code;
  let text: string[];
  const original = slice(statement.span.start, statement.span.end)
    .split(/\r?\n/)
    .map((line, index) => (index === 0 ? line : line.startsWith(indent) ? line.slice(indent.length) : line));
  if (!needsFallback)
    text = [
      ...lines,
      ...`${head}${inside}${tail}`.split(/\r?\n/).map((line, index) => (index === 0 || !line.startsWith(indent) ? line : line.slice(indent.length))),
    ];
  else {
    const first = lines.filter((line) => draft.conditions().some((check) => /^\w+ = /.test(line) && check.includes(`${line.split(' ')[0] ?? ''}.`)));
    const rest = lines.filter((line) => !first.includes(line));
    if (site.direct) text = [...first, ...guardLines([...rest, `${head}${value.code}${tail}`], original, draft, unit, site.direct.kind === 'return')];
    else {
      const name = draft.local(site.use?.kind === 'reduce' ? 'total' : 'values');
      const held = cx.slice(facts.file, holder.span).split(/\r?\n/);
      const bare = holder.kind === 'loop' && site.use?.kind === 'array' ? held : held;
      text = [
        ...first,
        ...guardLines([...rest, `${name} = ${value.code}`], [`${name} = ${bare.join('\n')}`], draft, unit, false),
        `${head}${name}${tail}`,
      ];
    }
  }
  const newText = text.map((line) => (line === '' ? '' : indent + line)).join('\n');
  return finishMatch(
    parts,
    region,
    newText,
    site.direct?.kind === 'assign' ? [site.direct.name] : [...stmtNames([statement]).writes],
    site.use?.kind === 'reduce',
    hoisted,
  );
}

/** sum(... for i in range(n)) over a long range: an accumulator over blocks. */
function writeBlockedValue(parts: Parts, holder: Expr): ArrayMatch | null {
  const { facts, site, draft } = parts;
  const { cx } = draft;
  const { use, statement } = site;
  const [sink] = draft.sinks;
  if (!use || use.kind !== 'reduce' || use.op !== 'sum' || use.start || !sink) {
    draft.refuse(
      'too-long',
      'The range may be very long, and all its values would be in memory at once.',
      'Use a sum, which is done in blocks.',
      holder.span,
    );
    return null;
  }
  const indent = cx.indentAt(facts.file, statement.span.start.line);
  const unit = cx.indentUnit(facts.file);
  if (!site.hoistable || indent.length !== statement.span.start.character) {
    draft.refuse(
      'no-place',
      'The comprehension stands where no statement can be put before it.',
      'Give its value a name in a line of its own.',
      holder.span,
    );
    return null;
  }
  const name = site.direct?.kind === 'assign' ? site.direct.name : draft.local('total');
  const value: Lane = sink.value;
  const update: Update = { name, op: '+', value, mask: sink.mask, from: statement.span, strict: true };
  const results = updateLines(update, null, false, { ...parts, blocks: true });
  if (draft.stopped()) return null;
  const guarded = draft.flags.raises || draft.flags.uniformRaises;
  const block = blockLines(parts, results).map((line) => line.text);
  const start = `${name} = 0`;
  const other = `${name} = ${cx.slice(facts.file, holder.span)}`;
  const plain = draft.conditions().length === 0 && !guarded;
  const code = plain ? [start, ...block] : guardLines([start, ...block], [other], draft, unit, false);
  const head = cx.slice(facts.file, { start: statement.span.start, end: holder.span.start });
  const tail = cx.slice(facts.file, { start: holder.span.end, end: statement.span.end });
  const text = site.direct?.kind === 'assign' ? code : [...code, `${head}${name}${tail}`];
  const region: Span = { start: { line: statement.span.start.line, character: 0 }, end: statement.span.end };
  return finishMatch(
    parts,
    region,
    text.map((line) => (line === '' ? '' : indent + line)).join('\n'),
    site.direct?.kind === 'assign' ? [name] : [...stmtNames([statement]).writes],
    true,
  );
}

/** Conversions of lists that an outer loop leaves alone are done once, before that loop. They leave the draft's prologue. */
function takeHoisted({ site, draft }: Parts): { outer: Stmt; lines: string[] } | null {
  for (const outer of site.outers) {
    const inside = new Definitions([outer], null);
    const free = (line: Line): boolean => {
      const name = line.converts ?? '';
      const uses = inside.usesOf(name);
      return /^[A-Za-z_]\w*$/.test(name) && inside.of(name).length === 0 && !uses.changed && uses.appended.length === 0;
    };
    const lines = draft.prologue.filter(free);
    if (lines.length === 0) continue;
    draft.prologue = draft.prologue.filter((line) => !lines.includes(line));
    return { outer, lines: lines.map((line) => line.text) };
  }
  return null;
}

function finishMatch(
  parts: Parts,
  inner: Span,
  innerText: string,
  captures: string[],
  reduction: boolean,
  hoisted: ReturnType<typeof takeHoisted> = null,
): ArrayMatch {
  const { facts, site, draft, importEdit } = parts;
  let [region, newText] = [inner, innerText];
  if (hoisted) {
    const { span } = hoisted.outer;
    const start = { line: span.start.line, character: 0 };
    const indent = draft.cx.indentAt(facts.file, start.line);
    const slice = (from: Span['start'], to: Span['start']): string => draft.cx.slice(facts.file, { start: from, end: to });
    region = { start, end: span.end };
    newText = [...hoisted.lines.map((line) => indent + line), ''].join('\n') + slice(start, inner.start) + innerText + slice(inner.end, span.end);
  }
  const main = draft.cx.edit(facts.file, region, newText);
  const lists = draft.sinks.some((sink) => sink.target.kind === 'append' || (sink.target.kind === 'emit' && site.use?.kind === 'list'));
  const floats = [...draft.updates.map((update) => update.value), ...draft.sinks.map((sink) => sink.value)].some((lane) => !isWhole(lane.scalar));
  const assumptions = [...draft.assumptions];
  return {
    file: facts.file,
    region,
    captures,
    title: 'Vectorize with NumPy',
    cost: {
      kind: 'vectorize',
      operations: Math.max(1, draft.operations),
      listInputs: draft.listInputs,
      listOutput: lists,
      importsNumpy: importEdit !== null,
    },
    assumptions,
    guarded: assumptions.length === 0,
    tolerance: floats ? (reduction ? 1e-9 : 1e-12) : 0,
    requires: ['numpy'],
    workers: null,
    edits: importEdit ? [importEdit, main] : [main],
  };
}
