import type { Expr, Span } from '../../types';
import { stmtNames } from '../../syntax/python-walk';
import { wrap, type Lane, type Line, type Update } from './draft';
import { takeHoisted, finishMatch } from './edit';
import { guardLines, placeConversions } from './guards';
import { blockLines, inlineMasks } from './lines';
import type { ArrayMatch } from './match';
import { type Parts, wrapMask, zero } from './parts';
import { arrayOf, extremeOf, listOf, productOf, sumOf, taken } from './results';
import { isNumpy, isWhole, type Scalar } from './scalars';
import { tripTest } from './type-conditions';
import { updateLines } from './updates';

/** The value of a comprehension or of the call around it, as lines and one expression. */
function valueOf(parts: Parts): { lines: Line[]; code: string; binds: number } | null {
  const { draft, site, trips } = parts;
  const { use } = site;
  const [sink] = draft.sinks;
  if (!use || !sink || draft.sinks.length !== 1 || draft.updates.length > 0) return null;
  const before = draft.lines.length;
  if (use.kind === 'list' || use.kind === 'reduce') draft.requireExactTypes(sink.from);
  const take = (code: string, binds = 17): { lines: Line[]; code: string; binds: number } => ({ lines: draft.lines.splice(before), code, binds });
  if (use.kind === 'list') {
    const code = listOf(sink, trips.count, draft);
    return take(code, sink.value.varying ? 17 : 13);
  }
  if (use.kind === 'array') return take(arrayOf(sink, trips.count, draft));
  if (use.kind === 'series') {
    const array = arrayOf(sink, trips.count, draft);
    const index = `${draft.cx.slice(parts.facts.file, use.frame.span)}.index`;
    return take(use.column ? array : `${draft.cx.importName(parts.facts.file, 'pandas', { alias: 'pd' }).written}.Series(${array}, index=${index})`);
  }
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
      // The loop stops at the first answer; what comes after it must not warn.
      if (draft.flags.scalarWarns) draft.flags.warns = true;
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

export function writeValue(given: Parts, holder: Expr): ArrayMatch | null {
  const parts = { ...given, trips: { ...given.trips, some: tripTest(given.trips.some, given.draft.typeTests) } };
  const { facts, site, draft, trips } = parts;
  const { cx } = draft;
  const { statement } = site;
  if (parts.blocks) return writeBlockedValue(parts, holder);
  if (trips.some !== null && draft.flags.needsTrips) draft.check(trips.some);
  const hoisted = takeHoisted(parts);
  const value = valueOf(parts);
  // Fields that are only read out of a list make a list or an array as fast as one another.
  if (!value || draft.stopped() || (draft.operations === 0 && draft.prologue.some((line) => line.gathers !== undefined))) return null;
  const placed = placeConversions(draft);
  const all = inlineMasks([...placed.body, ...draft.lines, ...value.lines, { text: value.code, from: null }]).map((line) => line.text);
  const lines = all.slice(0, -1);
  value.code = all[all.length - 1] ?? value.code;
  const needsFallback = draft.flags.raises || draft.flags.uniformRaises || draft.flags.indexes || draft.flags.warns || placed.conditions.length > 0;
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
    const first = placed.head.map((line) => line.text);
    const rest = lines;
    if (site.direct)
      text = [
        ...first,
        ...guardLines([...rest, `${head}${value.code}${tail}`], original, draft, unit, site.direct.kind === 'return', placed.conditions),
      ];
    else {
      const name = draft.local(site.use?.kind === 'reduce' ? 'total' : 'values');
      const held = cx.slice(facts.file, holder.span).split(/\r?\n/);
      const bare = holder.kind === 'loop' && site.use?.kind === 'array' ? held : held;
      text = [
        ...first,
        ...guardLines([...rest, `${name} = ${value.code}`], [`${name} = ${bare.join('\n')}`], draft, unit, false, placed.conditions),
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
  const guarded = draft.flags.raises || draft.flags.uniformRaises || draft.flags.warns;
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
