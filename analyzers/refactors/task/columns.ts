import type { Expr, IndexSpace, LoopFacts } from '../../types';
import { boundNames } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { typeMade, writtenType } from './lengths';
import type { TaskModule } from './module';

/** One thing that the loop's header binds for each trip, and where it comes from. */
export interface Column {
  /** As written: `x`, `a, b`. */
  target: string;
  names: string[];
  /** What a pool maps over to get it; may be evaluated twice. */
  iterable: string;
  /** For the rest of the loop: the counter of `enumerate`, the keys or values of a mapping, or the items of a sequence. */
  role: 'counter' | 'key' | 'value' | 'item';
}
export interface Columns {
  columns: Column[];
  /** Statements before the loop: `items = list(xs)`. */
  prelude: string[];
  /** How many items there are, as an expression. */
  length: string;
  /** Of `enumerate`: the start, where it is given. */
  start: string | null;
  /** Of `d.items()`. */
  mapping: string | null;
}

const sized = new Set(['list', 'tuple', 'range', 'dict', 'set', 'frozenset', 'str', 'bytes', 'ndarray', 'collections.deque', 'deque', 'array.array']); // prettier-ignore

/** Do all the items exist before the loop starts? A generator may go on for ever, or do something for each item. */
export function areThere(facts: LoopFacts, cx: Context, module: TaskModule): boolean {
  return new ColumnReader(facts, cx, module, true).areThere(facts.ir.space);
}

/** `once`: the results are all that the rest of the loop needs. undefined: the loop has no items that could be handed out. */
export function columnsOf(facts: LoopFacts, cx: Context, module: TaskModule, options: { filter: string | null; once: boolean }): Columns | undefined {
  const { space, target } = facts.ir;
  if (!target || space.kind === 'while' || space.kind === 'rows') return undefined;
  const { filter, once } = options;
  const reader = new ColumnReader(facts, cx, module, once);
  const targetText = facts.ir.form === 'map' ? boundNames(target).join(', ') : cx.slice(facts.file, target.span);
  if (filter !== null) return reader.filtered(space, target, targetText, filter);
  return reader.read(space, target, targetText);
}

class ColumnReader {
  readonly #facts: LoopFacts;
  readonly #cx: Context;
  readonly #module: TaskModule;
  /** The iterable is only mapped over, and nobody asks for its length. */
  readonly #once: boolean;
  readonly #prelude: string[] = [];

  constructor(facts: LoopFacts, cx: Context, module: TaskModule, once: boolean) {
    this.#facts = facts;
    this.#cx = cx;
    this.#module = module;
    this.#once = once;
  }

  areThere(space: IndexSpace): boolean {
    if (space.kind === 'range') return true;
    if (space.kind === 'enumerate' || space.kind === 'reversed') return this.areThere(space.of);
    if (space.kind === 'zip') return space.parts.every((part) => this.areThere(part));
    const value = space.kind === 'sequence' ? space.value : space.kind === 'dict' ? space.mapping : null;
    return value !== null && sized.has(this.#typeOf(value) ?? '');
  }

  /** A comprehension's own filter runs first, in the parent: `items = [x for x in xs if x > 0]`. */
  filtered(space: IndexSpace, target: Expr, text: string, filter: string): Columns {
    const item = target.kind === 'collection' ? `(${bare(text)})` : text;
    const name = this.#bind(`[${item} for ${text} in ${this.#text(space)} if ${filter}]`, target);
    return this.#single(name, target, text, `len(${name})`);
  }

  read(space: IndexSpace, target: Expr, text: string): Columns {
    const parts = target.kind === 'collection' ? target.items : null;
    const textOf = (expr: Expr): string =>
      this.#facts.ir.form === 'map' ? boundNames(expr).join(', ') : this.#cx.slice(this.#facts.file, expr.span);
    if (space.kind === 'enumerate' && parts?.length === 2 && parts[0]?.kind === 'name' && parts[1]) {
      const inner = this.#plain(space.of, parts[1]);
      const start = space.start ? this.#text(space.start) : null;
      const counter = start === null ? `range(${inner.length})` : `range(${start}, ${start} + ${inner.length})`;
      return {
        columns: [
          { target: parts[0].name, names: [parts[0].name], iterable: counter, role: 'counter' },
          { target: textOf(parts[1]), names: boundNames(parts[1]), iterable: inner.iterable, role: 'item' },
        ],
        prelude: this.#prelude,
        length: inner.length,
        start,
        mapping: null,
      };
    }
    if (space.kind === 'zip' && !space.strict && parts && parts.length === space.parts.length && parts.every((part) => part.kind !== 'spread')) {
      const columns = space.parts.map((part, index) => {
        const bound = parts[index] ?? target;
        return { ...this.#plain(part, bound), target: textOf(bound), names: boundNames(bound), role: 'item' as const };
      });
      return { columns, prelude: this.#prelude, length: columns[0]?.length ?? '0', start: null, mapping: null };
    }
    const isMapping = space.kind === 'dict' && this.#reusable(space.mapping) && this.#typeOf(space.mapping) === 'dict';
    if (isMapping && space.yields === 'items' && parts?.length === 2 && parts[0] && parts[1]) {
      const mapping = this.#text(space.mapping);
      return {
        columns: [
          { target: textOf(parts[0]), names: boundNames(parts[0]), iterable: mapping, role: 'key' },
          { target: textOf(parts[1]), names: boundNames(parts[1]), iterable: `${mapping}.values()`, role: 'value' },
        ],
        prelude: this.#prelude,
        length: `len(${mapping})`,
        start: null,
        mapping,
      };
    }
    const plain = this.#plain(space, target);
    return this.#single(plain.iterable, target, text, plain.length);
  }

  #single(iterable: string, target: Expr, text: string, length: string): Columns {
    const column: Column = { target: text, names: boundNames(target), iterable, role: 'item' };
    return { columns: [column], prelude: this.#prelude, length, start: null, mapping: null };
  }

  /** An iterable that may be evaluated twice, bound to a name first where it may not. */
  #plain(space: IndexSpace, target: Expr): { iterable: string; length: string } {
    const text = this.#text(space);
    if (this.#once) return { iterable: text, length: '' };
    if (space.kind === 'range') {
      const { stop } = space;
      const lone = space.start === null && space.step === null;
      const bound = stop.kind === 'call' ? stop.args.every((arg) => this.#reusable(arg)) && isLen(stop) : this.#reusable(stop);
      if (lone && bound) return { iterable: text, length: this.#text(stop) };
      const name = this.#bind(text, target);
      return { iterable: name, length: `len(${name})` };
    }
    if (space.kind === 'dict' && space.yields !== 'items' && this.#reusable(space.mapping) && this.#typeOf(space.mapping) === 'dict') {
      const mapping = this.#text(space.mapping);
      return { iterable: space.yields === 'keys' ? mapping : text, length: `len(${mapping})` };
    }
    const type = space.kind === 'sequence' ? this.#typeOf(space.value) : null;
    const known = type !== null && sized.has(type);
    if (space.kind === 'sequence' && known && this.#reusable(space.value)) return { iterable: text, length: `len(${text})` };
    const display = space.kind === 'sequence' && space.value.kind === 'collection';
    const listed = space.kind === 'sequence' && space.value.kind === 'loop' && text.startsWith('(') ? `list${text}` : `list(${text})`;
    const name = this.#bind(known || display ? text : listed, target);
    return { iterable: name, length: `len(${name})` };
  }

  /** A name or an attribute of one: evaluating it again gives the same object. */
  #reusable(expr: Expr): boolean {
    if (expr.kind === 'attribute') return this.#reusable(expr.object);
    return expr.kind === 'name' || expr.kind === 'number';
  }

  #typeOf(expr: Expr): string | null {
    return (
      this.#cx.valueOf(expr, this.#facts)?.type ??
      (expr.kind === 'name' ? writtenType(expr.name, this.#facts, this.#cx) : typeMade(expr, this.#facts.file, this.#cx))
    );
  }

  #text(part: { span: IndexSpace['span'] }): string {
    return this.#cx.slice(this.#facts.file, part.span);
  }

  #bind(text: string, target: Expr): string {
    const plural = target.kind === 'name' && target.name.length > 1 && !target.name.startsWith('_') ? `${target.name}s` : 'items';
    const name = this.#module.fresh(plural, 'items');
    this.#prelude.push(`${name} = ${text}`);
    return name;
  }
}

const isLen = (call: Expr & { kind: 'call' }): boolean => call.callee.kind === 'name' && call.callee.name === 'len' && call.args.length === 1;
export const bare = (target: string): string => (target.startsWith('(') && target.endsWith(')') ? target.slice(1, -1) : target);

/** The part of a `for` header after `for`: what the rest of the loop needs, beside the results. */
export function headerOf(columns: Columns, needed: (column: Column) => boolean, results: string[], mapped: string): string {
  const used = columns.columns.filter(needed);
  const many = results.length > 1;
  const flat = results.join(', ');
  const grouped = many ? `(${flat})` : flat;
  const wrap = (column: Column): string => (column.names.length === 1 && !column.target.includes(',') ? column.target : `(${bare(column.target)})`);
  const counter = used.find((column) => column.role === 'counter');
  if (counter) {
    const others = used.filter((column) => column !== counter);
    const start = columns.start === null ? '' : `, ${columns.start}`;
    if (others.length === 0) return `${counter.target}, ${grouped} in enumerate(${mapped}${start})`;
    const inner = [...others.map(wrap), grouped].join(', ');
    return `${counter.target}, (${inner}) in enumerate(zip(${others.map((column) => column.iterable).join(', ')}, ${mapped})${start})`;
  }
  if (used.length === 0) return `${flat} in ${mapped}`;
  const [key, value] = used;
  if (key?.role === 'key' && value && columns.mapping !== null) {
    return `(${wrap(key)}, ${wrap(value)}), ${grouped} in zip(${columns.mapping}.items(), ${mapped})`;
  }
  return `${[...used.map(wrap), grouped].join(', ')} in zip(${used.map((column) => column.iterable).join(', ')}, ${mapped})`;
}
