/** Kinds of expressions. */
import type { Expr, LoopIR } from '../../types';
import { arrayBinary, arrayCompare, arrayUnary, isArray, picked } from './arrays';
import { CallKinds } from './call-kinds';
import { keyOf, type InferenceQuestion } from './inferred';
import type { KindEnvironment } from './kind-environment';
import { BOOL, COMPLEX, elementOf, FLOAT, INT, isScalar, joined, promoted, type Kind, type ScalarKind } from './kinds';
import { isCharacter } from './lowering';

export class ExpressionKinds {
  readonly #calls: CallKinds;

  /** @param enter gives the target of a comprehension's loop, as it does a statement's. */
  constructor(
    private readonly question: InferenceQuestion,
    private readonly env: KindEnvironment,
    private readonly enter: (loop: LoopIR) => void,
  ) {
    this.#calls = new CallKinds(question, env, this);
  }

  /** What is computed with: where it is None, Python raises, and so does the kernel. Null: not known yet, or (in the last pass) a problem that was said. */
  kindOf(expr: Expr): Kind | null {
    const kind = this.kept(expr);
    if (kind?.kind !== 'optional') return kind;
    if (this.env.last) this.env.notes.unwraps = true;
    return kind.of;
  }

  /** With what may be None left as it is. */
  kept(expr: Expr): Kind | null {
    const found = this.#known(expr);
    if (found === null && this.env.last) this.env.say('kernel-type', expr.span, 'the type of this is not known, or is none that Numba holds.');
    return found;
  }

  quiet(expr: Expr): Kind | null {
    return this.env.quietly(() => this.kindOf(expr));
  }

  /** A test has to be a truth value or a number: Python's empty list is false, a kernel's may not be. */
  test(expr: Expr): void {
    const kind = this.kept(expr);
    if (this.env.last && kind !== null && !isScalar(kind))
      this.env.say('kernel-type', expr.span, 'whether this is true depends on more than a number.');
  }

  /** What a field of a record holds: null where that is no number, undefined where the expression is no field. */
  field(expr: Expr, written: boolean): Kind | null | undefined {
    if (expr.kind !== 'attribute' && expr.kind !== 'subscript') return undefined;
    const name = expr.kind === 'attribute' ? expr.attribute : keyOf(expr.index);
    if (name === null || (expr.kind === 'attribute' && expr.object.kind === 'name' && this.question.resolve(expr) !== null)) return undefined;
    const record = this.quiet(expr.object);
    if (record?.kind !== 'record' || (record.type === null) !== (expr.kind === 'subscript')) return undefined;
    const kind = record.fields[name] ?? null;
    if (kind === null || (written && record.frozen === true)) return null;
    if (this.env.last) this.env.notes.fields.push({ record, name, written });
    return kind;
  }

  #known(expr: Expr): Kind | null {
    switch (expr.kind) {
      case 'number':
        return expr.type === 'complex' ? COMPLEX : expr.type === 'int' ? INT : FLOAT;
      case 'string':
        return isCharacter(expr.text) ? { kind: 'char' } : null;
      case 'constant':
        return expr.value === 'None' ? { kind: 'none' } : expr.value === 'Ellipsis' ? null : BOOL;
      case 'name':
        return this.env.kinds.get(expr.name) ?? this.question.outer(expr.name);
      case 'attribute':
      case 'subscript': {
        const field = this.field(expr, false);
        if (field !== undefined) return field;
        return expr.kind === 'attribute' ? this.#attribute(expr) : this.#subscript(expr);
      }
      case 'unary': {
        // Numba asks nothing that may be None whether it is true.
        const of = expr.op === 'not' ? this.kept(expr.operand) : this.kindOf(expr.operand);
        if (isArray(of)) return this.env.noteArrays(expr, arrayUnary(expr.op, of));
        if (!isScalar(of)) return null;
        if (expr.op === 'not') return BOOL;
        if (expr.op === '~' && of.kind !== 'int') return null;
        return of.kind === 'bool' ? { kind: 'int', numpy: of.numpy } : of;
      }
      case 'binary':
        return this.#binary(expr);
      case 'compare': {
        const [only, ...others] = expr.rest;
        if (only && others.length === 0 && /^is/.test(only.op) && only.right.kind === 'constant' && only.right.value === 'None') {
          const kind = this.kept(expr.first);
          return kind === null || isScalar(kind) || /^(none|optional|tuple)$/.test(kind.kind) ? BOOL : null;
        }
        const parts = [expr.first, ...expr.rest.map(({ right }) => right)].map((part) => this.kindOf(part));
        const ordered = !expr.rest.every(({ op }) => op === '==' || op === '!=');
        if (ordered && parts.some((part) => part?.kind === 'complex')) return null;
        if (parts.length === 2 && parts.some(isArray))
          return this.env.noteArrays(expr, arrayCompare(expr.rest[0]?.op ?? '==', parts[0] ?? null, parts[1] ?? null));
        if (parts.every((part) => part?.kind === 'char') && expr.rest.every(({ op }) => /^[<>=!]=?$/.test(op))) return BOOL;
        if (expr.rest.length === 1 && /^(not )?in$/.test(expr.rest[0]?.op ?? ''))
          return this.#isMember(parts[0] ?? null, parts[1] ?? null) ? BOOL : null;
        if (parts.some((part) => part !== null && !isScalar(part)) || expr.rest.some(({ op }) => /^(not )?in$|^is/.test(op))) return null;
        return { kind: 'bool', numpy: parts.some((part) => isScalar(part) && part.numpy !== 'no') ? 'maybe' : 'no' };
      }
      case 'logical': {
        const [left, right] = [this.kept(expr.left), this.kept(expr.right)];
        const both = left && right && isScalar(left) && isScalar(right) ? joined(left, right) : null;
        return both && !both.mixed ? both.kind : null;
      }
      case 'conditional': {
        this.test(expr.test);
        const [then, otherwise] = [this.kept(expr.then), this.kept(expr.otherwise)];
        const both = then && otherwise ? joined(then, otherwise) : null;
        return both && !both.mixed ? both.kind : null;
      }
      case 'collection': {
        const items = expr.items.map((item) => this.kept(item));
        if (expr.type === 'set' || items.some((item) => item === null)) return null;
        if (expr.type === 'tuple') return { kind: 'tuple', items: items as Kind[] };
        let of: Kind | null = null;
        for (const item of items as Kind[]) {
          const both: ReturnType<typeof joined> = of ? joined(of, item) : { kind: item, mixed: false };
          if (both === null || both.mixed) return null;
          of = both.kind;
        }
        return { kind: 'list', of };
      }
      case 'loop': {
        if (expr.loop.sink?.type !== 'list' || expr.loop.sink.consumer !== null) return null;
        const of = this.#emitted(expr.loop);
        return of && { kind: 'list', of };
      }
      case 'call':
        return this.#calls.kindOf(expr);
      default:
        return null;
    }
  }

  /** An int among a few ints. */
  #isMember(item: Kind | null, of: Kind | null): boolean {
    return item?.kind === 'int' && of?.kind === 'tuple' && of.items.every(({ kind }) => kind === 'int');
  }

  /** What a comprehension puts into its list, through its further clauses and tests. */
  #emitted(loop: LoopIR): Kind | null {
    this.enter({ ...loop, body: [] });
    let [inner, ...more] = loop.body;
    while (inner?.kind === 'if' && inner.otherwise.length === 0) {
      this.test(inner.test);
      [inner, ...more] = inner.then;
    }
    if (inner === undefined || more.length > 0) return null;
    return inner.kind === 'emit' ? this.kindOf(inner.value) : inner.kind === 'loop' ? this.#emitted(inner.loop) : null;
  }

  #attribute(expr: Expr & { kind: 'attribute' }): Kind | null {
    const path = this.question.resolve(expr);
    if (path !== null && /^(math|numpy)\.(pi|e|tau|inf|nan)$/.test(path)) return FLOAT;
    if ((expr.attribute === 'real' || expr.attribute === 'imag') && this.kindOf(expr.object)?.kind === 'complex') return FLOAT;
    if (expr.object.kind !== 'name') return null;
    const of = this.env.kinds.get(expr.object.name) ?? this.question.outer(expr.object.name);
    if (of?.kind !== 'array') return null;
    if (expr.attribute === 'shape') return { kind: 'tuple', items: Array.from({ length: of.axes }, () => INT) };
    return expr.attribute === 'size' || expr.attribute === 'ndim' ? INT : expr.attribute === 'T' && of.axes === 2 ? of : null;
  }

  #subscript(expr: Expr & { kind: 'subscript' }): Kind | null {
    const of = this.kindOf(expr.object);
    if (of === null) return null;
    const { index } = expr;
    if (of.kind === 'tuple') {
      if (index.kind === 'number') return of.items[Number(index.text)] ?? null;
      if (this.env.last) this.env.notes.subscripts.push(expr);
      return this.kindOf(index)?.kind === 'int' ? elementOf(of) : null;
    }
    if (of.kind !== 'array' && index.kind === 'slice') {
      const plain = [index.lower, index.upper].every((bound) => bound === null || this.kindOf(bound)?.kind === 'int') && index.step === null;
      // Of what the kernel gets as an array a slice is no copy.
      if (of.kind === 'list' && of.rows !== undefined) return plain ? { kind: 'list', of: of.of } : null;
      return plain && (of.kind === 'text' || (of.kind === 'list' && of.given !== true && of.of !== null && isScalar(of.of))) ? of : null;
    }
    if (of.kind !== 'array' && of.kind !== 'list' && of.kind !== 'text') return null;
    const parts = index.kind === 'collection' && index.type === 'tuple' ? index.items : [index];
    if (of.kind !== 'array' && (parts.length !== 1 || index.kind === 'slice')) return null;
    if (this.env.last) this.env.notes.subscripts.push(expr);
    let left: Kind = of;
    let kept = 0;
    for (const part of parts) {
      if (part.kind === 'slice') {
        for (const bound of [part.lower, part.upper, part.step]) if (bound && this.kindOf(bound)?.kind !== 'int') return null;
        kept += 1;
        continue;
      }
      const kind = this.kindOf(part);
      if (isArray(kind)) return isArray(of) && parts.length === 1 ? picked(of, kind) : null;
      if (kind !== null && kind.kind !== 'int') return null;
      const inner: Kind | null = left.kind === 'array' && kept > 0 ? (left.axes > 1 ? { ...left, axes: left.axes - 1 } : null) : elementOf(left);
      if (inner === null) return null;
      left = inner;
    }
    return left;
  }

  #binary(expr: Expr & { kind: 'binary' }): Kind | null {
    const [left, right] = [this.kindOf(expr.left), this.kindOf(expr.right)];
    if (left === null || right === null) return null;
    // `[0] * n`
    // Rows that are one and the same list would be two to a kernel.
    if (left.kind === 'list' && left.given !== true && right.kind === 'int' && expr.op === '*')
      return left.of === null || isScalar(left.of) ? left : null;
    if (isArray(left) || isArray(right)) {
      if (this.env.last && expr.op === '**') this.env.notes.powers.push(expr);
      if (expr.op === '@') this.env.notes.libraries.add('numpy.dot');
      return this.env.noteArrays(expr, arrayBinary(expr.op, left, right));
    }
    if (!isScalar(left) || !isScalar(right)) return null;
    const wide = promoted([left, right]);
    if (wide.kind === 'complex' && !/^([-+*/]|\*\*)$/.test(expr.op)) return null;
    if (
      this.env.last &&
      (expr.op === '/' || expr.op === '//' || expr.op === '%') &&
      !(expr.right.kind === 'number' && Number(expr.right.text.replaceAll('_', '')) !== 0)
    )
      this.env.notes.divisions.push({ expr, numpy: wide.numpy });
    if (this.env.last && expr.op === '**' && (wide.kind === 'float' || wide.kind === 'complex')) this.env.notes.powers.push(expr);
    const number: ScalarKind = wide.kind === 'bool' ? { ...wide, kind: 'int' } : wide;
    switch (expr.op) {
      case '/':
        return number.kind === 'complex' ? number : { ...number, kind: 'float' };
      case '**': {
        // A negative exponent turns ints into floats; only one that is plain to see is not.
        const plain = expr.right.kind === 'number' && expr.right.type === 'int';
        // A negative float to a broken power is complex in Python.
        const real =
          plain || expr.left.kind === 'number' || right.kind !== 'float' || /^[\d._]+$/.test(expr.right.kind === 'number' ? expr.right.text : '');
        return (number.kind === 'float' && real) || number.kind === 'complex' || plain ? number : null;
      }
      case '@':
        return null;
      case '&':
      case '|':
      case '^':
        return wide.kind === 'float' ? null : wide.kind === 'bool' && left.kind === right.kind ? wide : number;
      case '<<':
      case '>>':
        return number.kind === 'int' ? number : null;
      default:
        return number;
    }
  }
}
