import { named } from './choice';
import { binds, wrap, type Draft, type Lane, type Sink, type Update } from './draft';
import { isInput } from './running';
import type { Trips } from './spaces';
import { fitsInt64, INT64, isBool, isNumpy, isWhole, magnitude, signedZero, type Scalar } from './scalars';

/** Lanes of a value that take part, as array code. */
export function taken(value: Lane, mask: string | null): Lane {
  if (mask === null || !value.varying) return value;
  const chosen = /^\w+$/.test(mask) || mask.startsWith('~') || mask.includes(' & ') ? mask : `(${mask})`;
  return { ...value, code: `${wrap(value, binds.atom)}[${chosen}]`, binds: binds.atom, fresh: true, unchanged: false };
}

export interface Reduced {
  code: string;
  binds: number;
  scalar: Scalar;
}

/** The sum of ints that may not fit in 64 bits together: upper and lower halves are summed apart. */
function exactSum(value: Lane, most: number, draft: Draft): string {
  const { np } = draft;
  if (magnitude(value.range).hi * most <= INT64) return `int(${np}.sum(${value.code}))`;
  const name = named(value, 'values', draft);
  draft.emit('# Summed in two halves: each fits in 64 bits where the whole sum may not.');
  return `(int(${np}.sum(${name} >> 32)) << 32) + int(${np}.sum(${name} & 0xFFFFFFFF))`;
}

/** The sum of a value over all trips. `count`: how many trips there are. */
export function sumOf(value: Lane, mask: string | null, count: string, most: number, draft: Draft, from: Update['from']): Reduced {
  const { np } = draft;
  const chosen = taken(value, mask);
  const refused: Reduced = { code: '0', binds: binds.atom, scalar: 'int' };
  if (!value.varying) {
    const many = mask === null ? count : `int(${np}.count_nonzero(${mask}))`;
    if (isBool(value.scalar) || value.scalar === 'mixed') {
      draft.refuse('not-numeric', 'The loop adds True or False.', 'Add 1 or 0.', from);
      return refused;
    }
    return value.code === '1'
      ? { code: many, binds: binds.atom, scalar: 'int' }
      : { code: `${wrap(value, 13)} * ${many}`, binds: binds.product, scalar: value.scalar };
  }
  switch (value.scalar) {
    case 'int': {
      const code = exactSum(chosen, most, draft);
      return { code, binds: code.startsWith('int(') ? binds.atom : binds.sum, scalar: 'int' };
    }
    case 'bool':
      return { code: `int(${np}.count_nonzero(${chosen.code}))`, binds: binds.atom, scalar: 'int' };
    case 'float':
    case 'mixed':
      if (!(magnitude(value.range).hi * most < 1e300) || value.range.nan) draft.flags.warns = true;
      return { code: `float(${np}.sum(${chosen.code}))`, binds: binds.atom, scalar: value.scalar };
    default:
      return { code: `${np}.sum(${chosen.code})`, binds: binds.atom, scalar: value.scalar === 'np.bool' ? 'np.int64' : value.scalar };
  }
}

/** The product of floats. Partial products in another order may overflow or vanish where the loop's did not: the guard finds that. */
export function productOf(value: Lane, mask: string | null, draft: Draft, from: Update['from']): Reduced {
  if (!value.varying || isWhole(value.scalar) || value.scalar === 'mixed') {
    draft.refuse('int-overflow', 'A product of ints outgrows 64 bits quickly.', 'Use math.prod, or multiply floats.', from);
  }
  draft.flags.raises = true;
  draft.flags.underflow = true;
  const code = `${draft.np}.prod(${taken(value, mask).code})`;
  return { code: isNumpy(value.scalar) ? code : `float(${code})`, binds: binds.atom, scalar: value.scalar };
}

/** The smallest or largest value. NaN has no place in an order: where it may occur, the loop decides as before. */
export function extremeOf(op: 'min' | 'max', value: Lane, mask: string | null, draft: Draft, from: Update['from'], strict = true): Reduced {
  if (value.scalar === 'mixed' || isBool(value.scalar)) {
    draft.refuse('mixed-types', 'The smallest of ints and floats keeps its own type, which an array does not.', 'Use floats only.', from);
  }
  if (!value.varying) {
    draft.refuse('not-numeric', 'The compared value is the same in every trip.', 'Compare once, outside the loop.', from);
  }
  // Input arrays are asked for NaN before anything is computed.
  if (value.range.nan && isInput(value.code, draft)) {
    draft.check(`not ${draft.np}.isnan(${value.code}).any()`);
    return extremeOf(op, { ...value, range: { ...value.range, nan: false } }, mask, draft, from, strict);
  }
  let chosen = taken(value, mask);
  let raw = `${draft.np}.${op}(${chosen.code})`;
  if (signedZero(value.scalar, value.range)) {
    // Of 0.0 and -0.0, which are equal, the first one counts.
    const text = named(chosen, 'values', draft);
    chosen = { ...chosen, code: text, binds: binds.atom };
    if (draft.nest && !strict) draft.refuse('nested-loop', 'Of equal values the last one counts, over two loops.', 'Compare with < or >.', from);
    raw = strict ? `${text}${draft.nest ? '.flat' : ''}[${draft.np}.arg${op}(${text})]` : `${text}[::-1][${draft.np}.arg${op}(${text}[::-1])]`;
  }
  const code = value.scalar === 'int' ? `int(${raw})` : value.scalar === 'float' ? `float(${raw})` : raw;
  if (!value.range.nan) return { code, binds: binds.atom, scalar: value.scalar };
  const name = draft.fresh(op === 'min' ? 'lowest' : 'highest');
  draft.flags.raises = true;
  draft.emit(`${name} = ${code}`);
  draft.emit(`if ${draft.np}.isnan(${name}):`);
  draft.emit('    raise FloatingPointError("NaN has no place in an order")');
  return { code: name, binds: binds.atom, scalar: value.scalar };
}

/** One element of an array as what the loop had in that trip. */
function element(lane: Lane, at: string, draft: Draft): string {
  const code = `${wrap(lane, binds.atom)}${draft.nest ? '.flat' : ''}[${at}]`;
  return isNumpy(lane.scalar) ? code : `${lane.scalar}(${code})`;
}

/** The trip that has the extreme, and what is kept of it. The first of equals wins where the loop compares strictly, else the last. */
export function pickLines(update: Update, op: 'min' | 'max', trips: Trips, blocks: boolean, draft: Draft): string[] {
  const { name, strict, from } = update;
  const lanes = [update.value, ...(update.picks ?? []).flatMap((pick) => pick.value ?? [])];
  if (!update.value.varying || isBool(update.value.scalar) || lanes.some((lane) => lane.scalar === 'mixed')) {
    draft.refuse('mixed-types', 'What is compared or kept is not one kind of number.', 'Use floats only.', from);
    return [];
  }
  const text = named(update.value, 'values', draft);
  const value = { ...update.value, code: text, binds: binds.atom };
  const at = draft.local('at');
  const { np } = draft;
  const lines: string[] = [];
  if (value.range.nan) {
    // NaN has no place in an order: what the loop finds then depends on where it stands.
    if (isInput(text, draft)) draft.check(`not ${np}.isnan(${text}).any()`);
    else {
      draft.flags.raises = true;
      lines.push(`if ${np}.isnan(${text}).any():`, '    raise FloatingPointError("NaN has no place in an order")');
    }
  }
  if (draft.nest && !strict) draft.refuse('nested-loop', 'Of equal values the last one counts, over two loops.', 'Compare with < or >.', from);
  lines.push(`${at} = ${strict ? `int(${np}.arg${op}(${text}))` : `len(${text}) - 1 - int(${np}.arg${op}(${text}[::-1]))`}`);
  const best = element(value, at, draft);
  const sign = `${op === 'max' ? '>' : '<'}${strict ? '' : '='}`;
  lines.push(`if ${best} ${sign} ${name}:`, `    ${name} = ${best}`);
  for (const pick of update.picks ?? []) {
    const placeOf = (index: string | null): string | null => {
      const axis = blocks || draft.nest ? undefined : trips.axes.find((one) => one.step === 1 && one.name === index);
      return axis ? (axis.startCode === '0' ? at : `${axis.startCode} + ${at}`) : null;
    };
    const tuple = pick.tuple?.map(({ index, code }) => placeOf(index) ?? code);
    const place = tuple ? `(${tuple.join(', ')}${tuple.length === 1 ? ',' : ''})` : placeOf(pick.source);
    lines.push(`    ${pick.name} = ${place ?? (pick.value?.varying ? element(pick.value, at, draft) : (pick.value?.code ?? 'None'))}`);
  }
  return lines;
}

/** A list that is equal, types included, to the one that the loop filled. */
export function listOf(sink: Pick<Sink, 'value' | 'mask' | 'from'>, count: string, draft: Draft): string {
  const { value, mask, from } = sink;
  if (!value.varying && draft.nest?.flat === false)
    draft.refuse('mixed-types', 'Every item of the rows is the same.', 'Build the rows with [value] * n.', from);
  if (!value.varying) return `[${value.code}] * ${mask === null ? count : `int(${draft.np}.count_nonzero(${mask}))`}`;
  if (value.scalar === 'mixed') {
    draft.refuse('mixed-types', 'The list gets ints and floats, which one array cannot hold apart.', 'Make every item a float.', from);
  }
  if (value.scalar === 'int' && !fitsInt64(value.range)) draft.flags.overflow = true;
  const chosen = taken(value, mask);
  const flat =
    draft.nest?.flat === true && draft.nest.shape.startsWith('(') && mask === null
      ? { ...chosen, code: `${wrap(chosen, binds.atom)}.ravel()`, binds: binds.atom }
      : chosen;
  if (isNumpy(value.scalar) && draft.nest?.flat === false)
    draft.refuse('mixed-types', 'The rows would hold numbers of NumPy one by one.', 'Make an array of them.', from);
  return isNumpy(value.scalar) ? `list(${flat.code})` : `${wrap(flat, binds.atom)}.tolist()`;
}

/** An array of the values, that nobody else holds. */
export function arrayOf(sink: Pick<Sink, 'value' | 'mask'>, count: string, draft: Draft): string {
  const { value, mask } = sink;
  if (!value.varying) return `${draft.np}.full(${mask === null ? count : `${draft.np}.count_nonzero(${mask})`}, ${value.code})`;
  const chosen = taken(value, mask);
  return chosen.fresh ? chosen.code : `${wrap(chosen, binds.atom)}.copy()`;
}

/** `out[i] = e` for all trips. */
export function storeText(sink: Sink, draft: Draft): string {
  const { target, value, mask } = sink;
  if (target.kind !== 'store') return '';
  if (target.scatter) {
    const [at, added] = [target.scatter.at, value].map((lane) => (sink.chosen ? lane : taken(lane, mask)).code);
    return `${draft.np}.${target.scatter.ufunc}.at(${target.object}, ${at ?? ''}, ${added ?? ''})`;
  }
  if (target.rows) {
    // One side of a test alone leaves places as they are, which a list of rows has no operation for.
    const plain = mask === null && value.varying && !isNumpy(value.scalar) && value.scalar !== 'mixed';
    if (!plain) {
      const why = 'The loops store to lists under a test, or numbers of NumPy, or the same number everywhere.';
      draft.refuse('mixed-types', why, 'Store to a NumPy array, or in both branches.', sink.from);
    }
    return target.rows(value);
  }
  if (target.cell) return target.cell(mask === null || sink.chosen === true || !value.varying ? value : taken(value, mask), mask);
  if (target.statement) return target.code;
  if (target.list) {
    const code = value.varying ? (isNumpy(value.scalar) ? `list(${value.code})` : `${wrap(value, binds.atom)}.tolist()`) : null;
    if (code === null || value.scalar === 'mixed') {
      draft.refuse(
        'mixed-types',
        'The loop stores the same value, or ints and floats, in every place of a list.',
        'Build the list with [value] * n.',
        sink.from,
      );
    }
    return `${target.code} = ${code ?? ''}`;
  }
  if (mask === null) return `${target.code} = ${value.code}`;
  const place = target.code.endsWith('[:]') ? target.object : target.code;
  return `${place}[${mask}] = ${sink.chosen ? value.code : taken(value, mask).code}`;
}
