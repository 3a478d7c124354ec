import type { Expr, IndexSpace } from '../types';
import type { Container, Reading } from './javascript-reading';

const PARTS: Record<string, 'keys' | 'values' | 'items'> = { keys: 'keys', values: 'values', entries: 'items' };

/** What a for-of runs over. Entries mean a Map's where the file shows that it is one, positions where it shows an array, else just a sequence. */
export function indexSpace(value: Expr, reading: Reading): IndexSpace {
  const { span } = value;
  const sequence: IndexSpace = { kind: 'sequence', value, span };
  if (reading.container(value) === 'map') return { kind: 'dict', mapping: value, yields: 'items', span };
  if (value.kind !== 'call' || value.callee.kind !== 'attribute') return sequence;
  const { object, attribute } = value.callee;
  const [first, ...others] = value.args;
  const yields = Object.hasOwn(PARTS, attribute) ? PARTS[attribute] : undefined;
  if (object.kind === 'name' && object.name === 'Object' && yields && first && others.length === 0 && first.kind !== 'spread') {
    return { kind: 'dict', mapping: first, yields, span };
  }
  if (first) return sequence;
  if (attribute === 'toReversed') return { kind: 'reversed', of: { kind: 'sequence', value: object, span: object.span }, span };
  const kind = reading.container(object);
  if (!yields || kind === null) return sequence;
  if (kind === 'map') return { kind: 'dict', mapping: object, yields, span };
  const of: IndexSpace = { kind: 'sequence', value: object, span: object.span };
  if (kind === 'set') return yields === 'items' ? sequence : of;
  if (yields === 'values') return of;
  const stop: Expr = { kind: 'attribute', object, attribute: 'length', span: { start: object.span.start, end: object.span.start } };
  return yields === 'keys' ? { kind: 'range', start: null, stop, step: null, span } : { kind: 'enumerate', of, start: null, span };
}

const MADE: Record<string, Container> = { Map: 'map', WeakMap: 'map', Set: 'set', WeakSet: 'set', Array: 'array' };
const ARRAYS = /^((Ui|I)nt(8|16|32)|Uint8Clamped|Float(32|64)|Big(Ui|I)nt64)Array$/;
export const containerNamed = (type: string): Container | null =>
  ARRAYS.test(type) ? 'array' : Object.hasOwn(MADE, type.replace(/^Readonly/, '')) ? (MADE[type.replace(/^Readonly/, '')] ?? null) : null;

/** Methods that give an array, whatever they are called on. */
const TO_ARRAY = new Set(['split', 'slice', 'concat', 'toSorted', 'toReversed', 'sort', 'fill', 'splice', 'flat']);

export function containerOf(expr: Expr, names: ReadonlyMap<string, Container | null>): Container | null {
  switch (expr.kind) {
    case 'name':
      return names.get(expr.name) ?? null;
    case 'collection':
      return 'array';
    case 'loop':
      return expr.loop.sink?.type === 'list' ? 'array' : null;
    case 'await':
      return null;
    case 'call': {
      const { callee } = expr;
      if (callee.kind === 'name') return containerNamed(callee.name);
      if (callee.kind !== 'attribute') return null;
      if (callee.object.kind === 'name' && (callee.object.name === 'Array' || (callee.object.name === 'Object' && Object.hasOwn(PARTS, callee.attribute)))) return 'array'; // prettier-ignore
      return TO_ARRAY.has(callee.attribute) && containerOf(callee.object, names) !== 'set' ? 'array' : null;
    }
    default:
      return null;
  }
}
