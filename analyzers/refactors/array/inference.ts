import type { Expr, LoopFacts } from '../../types';
import type { PythonModule } from '../../syntax/python-module';
import { dottedName } from '../../syntax/python-loops';
import { inferCall } from './call-kinds';
import { Definitions, type Definition, type Uses } from './definitions';
import { arrayKind, fullRange, listKind, literalInt, numberOf, plus, scalarKind, seenKind, type Kind, type Linear } from './kinds';
import {
  anyFloat,
  anyInt,
  arithmeticRange,
  arithmeticType,
  between,
  eitherType,
  exactly,
  isWhole,
  negate,
  powerRange,
  truth,
  unite,
  wholeQuotient,
  type Range,
  type Scalar,
} from './scalars';
import type { Context } from '../refactor';

const DEEPEST = 12;

/**
 * What names hold where the loop starts: proved from how they are made, else as the sampled frames saw them.
 * Only names with one definition in their scope are proved, so that the order of statements does not matter.
 */
export class Kinds {
  private readonly own: Definitions;
  private readonly outer: Definitions | null;
  private readonly functions: Definitions[];
  private readonly known = new Map<string, Kind | null>();
  private readonly open = new Set<string>();

  constructor(
    readonly cx: Context,
    readonly facts: LoopFacts,
    private readonly module: PythonModule,
  ) {
    this.own = new Definitions(facts.owner?.body ?? module.body, facts.owner);
    this.outer = facts.owner ? new Definitions(module.body, null) : null;
    this.functions = module.functions.map((one) => new Definitions(one.body, one));
  }

  /** Definitions of a name where the loop reads it: those of its function, else those of its module. */
  definitions(name: string): readonly Definition[] {
    const own = this.own.of(name);
    if (own.length > 0 || !this.outer) return this.module.globals.includes(name) && !this.facts.owner ? [] : own;
    return this.module.globals.includes(name) || !this.facts.owner?.topLevel ? [] : this.outer.of(name);
  }

  private usesOf(name: string): Uses {
    if (this.facts.owner && this.own.of(name).length > 0) return this.own.usesOf(name);
    const all = [this.own, ...(this.outer ? [this.outer] : []), ...this.functions.filter((one) => one.of(name).length === 0)];
    const uses = all.map((one) => one.usesOf(name));
    return {
      appended: uses[0]?.appended ?? [],
      changed: uses.some((use, index) => use.changed || (index > 0 && use.appended.length > 0)),
      resized: uses.some((use, index) => use.resized || (index > 0 && use.appended.length > 0)),
    };
  }

  /** True where the name gets its value once, so that its text means the same everywhere in its scope. */
  stable(name: string): boolean {
    return this.definitions(name).length === 1;
  }

  /** The value that the name gets once, and that nobody else can hold: a new list or array. */
  freshlyMade(name: string): Expr | null {
    const [only, ...others] = this.own.of(name);
    return only?.kind === 'value' && others.length === 0 ? only.value : null;
  }

  /** The tuple or list that a name gets once and that nobody changes. */
  constant(name: string): Expr | null {
    const [only, ...others] = this.definitions(name);
    const { changed, resized, appended } = this.usesOf(name);
    return only?.kind === 'value' && others.length === 0 && !changed && !resized && appended.length === 0 ? only.value : null;
  }

  /** True where the function of the loop has a name of its own that hides the module's. */
  shadows(name: string): boolean {
    return this.own.of(name).length > 0;
  }

  ofName(name: string): Kind | null {
    const cached = this.known.get(name);
    if (cached !== undefined) return cached;
    if (this.open.has(name)) return null;
    this.open.add(name);
    const kind = this.proved(name) ?? seenKind(this.facts.values[name]);
    this.open.delete(name);
    this.known.set(name, kind);
    return kind;
  }

  private proved(name: string): Kind | null {
    if (this.open.size > DEEPEST) return null;
    const [only, ...others] = this.definitions(name);
    if (!only || others.length > 0) return null;
    const kind = this.ofDefinition(name, only);
    if (kind?.kind !== 'list' && kind?.kind !== 'array') return kind;
    const uses = this.usesOf(name);
    if (kind.kind === 'array') return uses.changed ? { ...kind, range: kind.scalar === 'np.bool' ? truth : anyOf(kind.scalar) } : kind;
    const grown = only.kind === 'value' && isEmptyList(only.value);
    if (!uses.changed && (grown || uses.appended.length === 0)) return kind;
    // Stores change what a list holds, not how long it is.
    const seen = seenKind(this.facts.values[name]);
    return !uses.resized && uses.appended.length === 0 && seen?.kind === 'list' ? { ...seen, length: kind.length } : null;
  }

  private ofDefinition(name: string, definition: Definition): Kind | null {
    if (definition.kind === 'value') {
      const { value } = definition;
      if (isEmptyList(value)) return this.ofAppends(name);
      return this.of(value);
    }
    if (definition.kind === 'item') return this.ofItem(definition, name);
    if (definition.kind === 'part') {
      const array = definition.value.kind === 'attribute' && definition.value.attribute === 'shape' ? this.of(definition.value.object) : null;
      return array?.kind === 'array' ? scalarKind('int', between(0, 1e12)) : null;
    }
    return null;
  }

  /** A list that starts empty and only has items appended. */
  private ofAppends(name: string): Kind | null {
    const uses = this.usesOf(name);
    const items = uses.appended.map((one) => this.of(one.value));
    this.known.set(name, null);
    if (uses.changed || items.length === 0) return null;
    const joined = join(items);
    return joined ? listKind(joined.scalar, joined.range, null, joined.proven) : null;
  }

  private ofItem(definition: Definition & { kind: 'item' }, name: string): Kind | null {
    const { space } = definition.loop;
    if (definition.target.kind !== 'name' || definition.target.name !== name) return null;
    if (space.kind === 'range') return this.ofRange(space.start, space.stop, space.step);
    if (space.kind !== 'sequence') return null;
    const items = this.of(space.value);
    if (items?.kind === 'list') return { ...scalarKind(items.element, items.range), proven: items.proven };
    if (items?.kind === 'array' && items.shape.length === 1) return { ...scalarKind(items.scalar, items.range), proven: items.proven };
    return null;
  }

  /** Bounds of a range's numbers. */
  ofRange(start: Expr | null, stop: Expr, step: Expr | null): Kind | null {
    const by = step ? literalInt(step) : 1;
    const first = start ? this.of(start) : scalarKind('int', exactly(0));
    const last = this.of(stop);
    if (by === null || by === 0 || first?.kind !== 'scalar' || last?.kind !== 'scalar') return scalarKind('int', anyInt);
    return by > 0
      ? scalarKind('int', between(first.range.lo, Math.max(first.range.lo, last.range.hi - 1)))
      : scalarKind('int', between(Math.min(first.range.hi, last.range.lo + 1), first.range.hi));
  }

  of(expr: Expr): Kind | null {
    switch (expr.kind) {
      case 'number':
        return expr.type === 'complex' ? null : scalarKind(expr.type, exactly(numberOf(expr.text)));
      case 'constant':
        return expr.value === 'True' || expr.value === 'False' ? scalarKind('bool', truth) : null;
      case 'name':
        return this.ofName(expr.name);
      case 'unary': {
        const operand = this.of(expr.operand);
        if (expr.op === 'not') return operand?.kind === 'scalar' ? scalarKind('bool', truth) : null;
        if (expr.op !== '-' || operand?.kind === 'list' || operand?.kind === 'generator') return null;
        return operand && { ...operand, range: negate(operand.range) };
      }
      case 'binary':
        return this.ofBinary(expr);
      case 'compare': {
        const sides = [expr.first, ...expr.rest.map((part) => part.right)].map((side) => this.of(side));
        return sides.every((side) => side?.kind === 'scalar' && !side.scalar.startsWith('np.')) ? scalarKind('bool', truth) : null;
      }
      case 'conditional': {
        const joined = join([this.of(expr.then), this.of(expr.otherwise)]);
        return joined && scalarKind(joined.scalar, joined.range, joined.proven);
      }
      case 'collection': {
        const joined = expr.type === 'set' ? null : join(expr.items.map((item) => this.of(item)));
        return joined && listKind(joined.scalar, joined.range, { base: null, offset: expr.items.length }, joined.proven);
      }
      case 'subscript':
        return this.ofSubscript(expr);
      case 'loop':
        return this.ofComprehension(expr);
      case 'attribute':
        return this.ofAttribute(expr);
      case 'call':
        return inferCall(expr, this);
      default:
        return null;
    }
  }

  private ofAttribute(expr: Expr & { kind: 'attribute' }): Kind | null {
    const path = this.cx.resolve(expr, this.facts.file, expr.span.start);
    if (path !== null && /^(math|numpy)\.(pi|e|tau)$/.test(path)) {
      return scalarKind('float', exactly(path.endsWith('.pi') ? Math.PI : path.endsWith('.e') ? Math.E : 2 * Math.PI));
    }
    if (path === 'numpy.nan' || path === 'math.nan') return scalarKind('float', anyFloat);
    if (path === 'numpy.inf' || path === 'math.inf') return scalarKind('float', exactly(Infinity));
    const object = expr.attribute === 'size' ? this.of(expr.object) : null;
    if (object?.kind === 'array') return scalarKind('int', between(0, 1e12));
    // No line that array code is written for sets an attribute, so a number stays what it is.
    const written = dottedName(expr);
    const seen = written === null ? null : seenKind(this.facts.values[written]);
    return this.ofField(expr.object, expr.attribute) ?? (seen?.kind === 'scalar' ? seen : null);
  }

  /** A field of an item of a list, where a loop around this one goes over the list. */
  private ofField(object: Expr, field: string): Kind | null {
    const [only, ...others] = object.kind === 'name' ? this.definitions(object.name) : [];
    if (only?.kind !== 'item' || others.length > 0 || object.kind !== 'name') return null;
    const { space } = only.loop;
    const item = space.kind === 'enumerate' && only.target.kind === 'collection' ? only.target.items[1] : only.target;
    const over = space.kind === 'enumerate' ? space.of : space;
    const list = over.kind === 'sequence' && item?.kind === 'name' && item.name === object.name ? dottedName(over.value) : null;
    const [type, ...types] = (list === null ? undefined : this.facts.values[list]?.fields?.[field]) ?? [];
    return (type === 'float' || type === 'int') && types.length === 0 ? scalarKind(type, fullRange(type), false) : null;
  }

  private ofSubscript(expr: Expr & { kind: 'subscript' }): Kind | null {
    if (expr.object.kind === 'attribute' && expr.object.attribute === 'shape') {
      const array = this.of(expr.object.object);
      return array?.kind === 'array' ? scalarKind('int', between(0, 1e12)) : null;
    }
    if (expr.index.kind === 'string') return this.ofField(expr.object, expr.index.text.slice(1, -1));
    const object = this.of(expr.object);
    const indices = expr.index.kind === 'collection' && expr.index.type === 'tuple' ? expr.index.items : [expr.index];
    if (indices.some((index) => index.kind === 'slice')) {
      const [only] = indices;
      if (object?.kind === 'list') return { ...object, length: null };
      return object?.kind === 'array' && object.shape.length === 1 && only ? { ...object, shape: [null] } : null;
    }
    const kinds = indices.map((index) => this.of(index));
    if (!kinds.every((kind) => kind?.kind === 'scalar' && isWhole(kind.scalar) && kind.scalar !== 'bool')) return null;
    const proven = (object?.proven ?? false) && kinds.every((kind) => kind?.proven);
    if (object?.kind === 'list' && indices.length === 1) return scalarKind(object.element, object.range, proven);
    if (object?.kind !== 'array' || indices.length > object.shape.length) return null;
    const shape = object.shape.slice(indices.length);
    return shape.length === 0 ? scalarKind(object.scalar, object.range, proven) : arrayKind(object.scalar, object.range, shape, proven);
  }

  private ofComprehension(expr: Expr & { kind: 'loop' }): Kind | null {
    const { loop } = expr;
    const [only, ...others] = loop.body;
    if (loop.form !== 'list-comprehension' || only?.kind !== 'emit' || others.length > 0 || loop.target?.kind !== 'name') return null;
    const { name } = loop.target;
    const before = this.known.get(name);
    const item = this.ofItem({ kind: 'item', loop, target: loop.target }, name);
    this.known.set(name, item);
    const element = this.of(only.value);
    if (before === undefined) this.known.delete(name);
    else this.known.set(name, before);
    return element?.kind === 'scalar' ? listKind(element.scalar, element.range, this.lengthOf(loop.space), element.proven) : null;
  }

  private lengthOf(space: (Expr & { kind: 'loop' })['loop']['space']): Linear | null {
    if (space.kind === 'range' && !space.step && (!space.start || literalInt(space.start) === 0)) {
      const stop = this.of(space.stop);
      return stop?.kind === 'scalar' && stop.range.lo >= 0 ? this.linear(space.stop) : null;
    }
    return space.kind === 'sequence' ? this.length(space.value) : null;
  }

  private ofBinary(expr: Expr & { kind: 'binary' }): Kind | null {
    const left = this.of(expr.left);
    const right = this.of(expr.right);
    if (expr.op === '*' && expr.left.kind === 'collection' && expr.left.type === 'list' && left?.kind === 'list' && left.length?.offset === 1) {
      return right?.kind === 'scalar' && isWhole(right.scalar)
        ? { ...left, length: right.range.lo >= 0 ? this.linear(expr.right) : null, proven: left.proven && right.proven }
        : null;
    }
    if (!left || !right || left.kind === 'list' || right.kind === 'list' || left.kind === 'generator' || right.kind === 'generator') return null;
    const scalar = arithmeticType(expr.op, left.scalar, right.scalar);
    if (!scalar) return null;
    const whole = isWhole(scalar);
    const exponent = literalInt(expr.right);
    if (expr.op === '**' && whole && !(exponent !== null && exponent >= 0)) return null;
    const same = expr.left.kind === 'name' && expr.right.kind === 'name' && expr.left.name === expr.right.name;
    const range =
      expr.op === '**' && exponent !== null && exponent >= 0
        ? powerRange(left.range, exponent, whole)
        : expr.op === '/' && scalar === 'float' && isWhole(right.scalar)
          ? wholeQuotient(left.range, arithmeticRange(expr.op, left.range, right.range, whole, same))
          : arithmeticRange(expr.op, left.range, right.range, whole, same);
    const wrapped = scalar === 'np.int64' && !(range.lo >= -9.2e18 && range.hi <= 9.2e18) ? between(-(2 ** 63), 2 ** 63) : range;
    const proven = left.proven && right.proven;
    const shaped = left.kind === 'array' ? left : right.kind === 'array' ? right : null;
    if (expr.op === '**' && !whole && scalar === 'float' && !(exponent !== null && exponent >= 0) && left.range.lo < 0) return null;
    return shaped ? arrayKind(scalar, wrapped, shaped.shape, proven) : scalarKind(scalar, wrapped, proven);
  }

  /** A whole number as far as names tell: what it adds to which length, constant or name. Null where its text may mean different numbers. */
  linear(expr: Expr, depth = 0): Linear | null {
    if (depth > DEEPEST) return null;
    const literal = literalInt(expr);
    if (literal !== null) return { base: null, offset: literal };
    if (expr.kind === 'binary' && (expr.op === '+' || expr.op === '-')) {
      const by = literalInt(expr.right);
      if (by !== null) return plus(this.linear(expr.left, depth + 1), expr.op === '+' ? by : -by);
      const first = literalInt(expr.left);
      return expr.op === '+' && first !== null ? plus(this.linear(expr.right, depth + 1), first) : null;
    }
    if (expr.kind === 'name') {
      const [only, ...others] = this.definitions(expr.name);
      if (!only || others.length > 0) return null;
      const through = only.kind === 'value' ? this.linear(only.value, depth + 1) : null;
      if (only.kind === 'part' && only.value.kind === 'attribute' && only.value.attribute === 'shape') {
        return this.shapeOf(only.value.object, only.index);
      }
      return through ?? { base: expr.name, offset: 0 };
    }
    if (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args.length === 1) {
      const [sequence] = expr.args;
      return sequence ? this.length(sequence) : null;
    }
    if (expr.kind === 'attribute' && expr.attribute === 'size') {
      const array = this.of(expr.object);
      return array?.kind === 'array' && array.shape.length === 1 ? this.shapeOf(expr.object, 0) : null;
    }
    const axis = expr.kind === 'subscript' && expr.object.kind === 'attribute' && expr.object.attribute === 'shape' ? literalInt(expr.index) : null;
    return axis !== null && axis >= 0 && expr.kind === 'subscript' && expr.object.kind === 'attribute'
      ? this.shapeOf(expr.object.object, axis)
      : null;
  }

  /** How many items a list or array has along its first axis. */
  length(expr: Expr): Linear | null {
    return this.shapeOf(expr, 0);
  }

  shapeOf(expr: Expr, axis: number): Linear | null {
    const kind = this.of(expr);
    const known = kind?.kind === 'array' ? kind.shape[axis] : kind?.kind === 'list' && axis === 0 ? kind.length : null;
    if (known) return known;
    if (expr.kind === 'subscript' && expr.index.kind !== 'slice' && expr.index.kind !== 'collection') return this.shapeOf(expr.object, axis + 1);
    if (expr.kind !== 'name' || !this.stable(expr.name)) return null;
    if (kind?.kind === 'list' && (this.usesOf(expr.name).resized || this.usesOf(expr.name).appended.length > 0)) return null;
    return { base: axis === 0 ? `len(${expr.name})` : `${expr.name}.shape[${axis}]`, offset: 0 };
  }
}

const isEmptyList = (value: Expr): boolean => value.kind === 'collection' && value.type === 'list' && value.items.length === 0;
const anyOf = (scalar: Scalar): Range => (isWhole(scalar) ? between(-(2 ** 63), 2 ** 63) : anyFloat);

function join(kinds: readonly (Kind | null)[]): { scalar: Scalar; range: Range; proven: boolean } | null {
  let joined: { scalar: Scalar; range: Range; proven: boolean } | null = null;
  for (const kind of kinds) {
    if (kind?.kind !== 'scalar') return null;
    if (!joined) joined = kind;
    else {
      const scalar = eitherType(joined.scalar, kind.scalar);
      if (!scalar) return null;
      joined = { scalar, range: unite(joined.range, kind.range), proven: joined.proven && kind.proven };
    }
  }
  return joined;
}
