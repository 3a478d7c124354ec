import { wrap, type Line, type Update } from './draft';
import type { Init } from './inits';
import { BLOCK, type Parts, wrapMask, zero, typeOfInit } from './parts';
import { extremeOf, pickLines, productOf, sumOf, type Reduced } from './results';
import { isNumpy, isWhole, type Scalar } from './scalars';

/** The lines that reduce one accumulator. */
export function updateLines(update: Update, init: Init | null, first: boolean, parts: Parts): Line[] {
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
  if ((op === 'min' || op === 'max') && update.running !== undefined) {
    if (!facts.liveOut.includes(name)) return [];
    const last = `${update.running}[-1]`;
    const text = `${name} = ${isNumpy(value.scalar) ? last : `${value.scalar}(${last})`}`;
    return some === null ? [line(text)] : [line(`if ${some}:`), line(`    ${text}`)];
  }
  if (op === 'min' || op === 'max') {
    reduced = extremeOf(op, value, mask, draft, from, update.strict);
    const code = update.strict ? `${op}(${name}, ${reduced.code})` : `${op}(${reduced.code}, ${name})`;
    const made = draft.lines.splice(before);
    const body = [...made, line(`${name} = ${code}`)];
    return guarded(body);
  }
  if (update.running !== undefined) {
    if (!init) {
      draft.refuse('carried-dependence', `\`${name}\` does not start right before the loop.`, 'Start it there.', from);
      return [];
    }
    if (!facts.liveOut.includes(name)) return [];
    const last = `${update.running}[-1]`;
    const text = isNumpy(value.scalar) ? last : `${value.scalar}(${last})`;
    return [line(some === null ? `${name} = ${text}` : `${name} = ${text} if ${some} else ${draft.cx.slice(facts.file, init.value.span)}`)];
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
    const bare = sum === '+' && zero(init.value) && (typeOfInit(init.value) === 'int' || !isWhole(reduced.scalar));
    const neutral = sum === '*' && init.value.kind === 'number' && Number(init.value.text) === 1 && !isWhole(reduced.scalar);
    const code = bare || neutral ? reduced.code : `${start} ${sum} ${wrap(reduced, sum === '*' ? 14 : 13)}`;
    return [...made, line(conditional ? `${name} = ${code} if ${some} else ${start}` : `${name} = ${code}`)];
  }
  const code = `${name} ${sum}= ${reduced.code}`;
  return conditional ? [...made, line(`if ${some}:`), line(`    ${code}`)] : [...made, line(code)];
}
