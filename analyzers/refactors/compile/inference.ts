/** One kind for every name of a piece of code, or the first place where that does not hold. */
import type { Expr, LoopIR, Span, Stmt } from '../../types';
import { arrayBinary, arrayCall, arrayCompare, arrayMethod, arrayUnary, isArray, madeArray, picked, storesInto } from './arrays';
import { knownKernelCall, type KnownCall } from './calls';
import { keyOf, type Inference, type InferenceQuestion, type Problem } from './inferred';
import { isCharacter } from './lowering';
import { generatorCall } from './random';
import { BOOL, COMPLEX, elementKind, FLOAT, INT, isScalar, joined, promoted, sameKind, type Kind, type ScalarKind } from './kinds';

const MOST_PASSES = 12;

/** `partial`: what the returns give that could be told, for functions that call themselves. */
export function inferKinds(question: InferenceQuestion): { ok: true; value: Inference } | { ok: false; problem: Problem; partial: Kind | null } {
  const run = new Inferrer(question);
  return run.run();
}

class Inferrer {
  readonly #kinds: Map<string, Kind>;
  readonly #mixed = new Set<string>();
  #result: Kind | null = null;
  #domains: Inference['domains'] = [];
  #divisions: Inference['divisions'] = [];
  #powers: Inference['powers'] = [];
  #subscripts: Inference['subscripts'] = [];
  #given: Inference['given'] = [];
  #calls: Inference['calls'] = [];
  #fields: Inference['fields'] = [];
  #unwraps = false;
  #arrays: Inference['arrays'] = [];
  #updates: Inference['updates'] = [];
  readonly #sources = new Map<string, Expr[]>();
  readonly #libraries = new Set<string>();
  #problem: Problem | null = null;
  #last = false;
  #changes = 0;

  constructor(private readonly question: InferenceQuestion) {
    this.#kinds = new Map(question.start);
  }

  run(): ReturnType<typeof inferKinds> {
    for (let pass = 0; pass < MOST_PASSES && this.#problem === null; pass += 1) {
      const before = this.#changes;
      this.#statements(this.question.body);
      if (this.#changes === before) break;
    }
    // What was not known on the way may have become known; what is not known now never will.
    this.#last = true;
    this.#statements(this.question.body);
    if (this.#problem !== null) return { ok: false, problem: this.#problem, partial: this.#result };
    const value: Inference = {
      start: this.question.start,
      kinds: this.#kinds,
      mixed: this.#mixed,
      result: this.#result,
      domains: this.#domains,
      divisions: this.#divisions,
      powers: this.#powers,
      subscripts: this.#subscripts,
      given: this.#given,
      calls: this.#calls,
      arrays: this.#arrays,
      updates: this.#updates,
      libraries: this.#libraries,
      fields: this.#fields,
      unwraps: this.#unwraps,
      sources: this.#sources,
      kindOf: (expr) => this.#quietly(() => this.#kept(expr)),
    };
    return { ok: true, value };
  }

  #quiet(expr: Expr): Kind | null {
    return this.#quietly(() => this.#expr(expr));
  }

  #quietly(ask: () => Kind | null): Kind | null {
    const last = this.#last;
    this.#last = false;
    const kind = ask();
    this.#last = last;
    return kind;
  }

  #say(code: Problem['code'], span: Span, why: string): null {
    this.#problem ??= { code, span, why: `Line ${span.start.line + 1}: ${why}` };
    return null;
  }

  #statements(body: readonly Stmt[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'assign': {
        const value = this.#kept(statement.value);
        for (const target of statement.targets) this.#give(target, value, statement.value);
        return;
      }
      case 'augment': {
        const { target, op, value, span } = statement;
        if (op === '@') return void this.#say('kernel-statement', span, 'matrix products of slices are left to NumPy.');
        const sum: Expr = { kind: 'binary', op, left: target, right: value, span };
        const into = this.#quiet(target);
        if (isArray(into)) this.#augmentArray(statement, into, this.#expr(sum));
        else this.#give(target, this.#expr(sum), sum);
        return;
      }
      case 'expression':
        if (!this.#appends(statement.value) && statement.value.kind !== 'string') {
          const { span } = statement.value;
          if (statement.value.kind === 'call' && this.question.own(statement.value.callee) !== null) this.#expr(statement.value);
          else this.#say('kernel-call', span, 'a kernel cannot do this: it only computes.');
        }
        return;
      case 'if':
        this.#test(statement.test);
        this.#statements(statement.then);
        this.#statements(statement.otherwise);
        return;
      case 'loop':
        this.#loop(statement.loop);
        return;
      case 'return': {
        const value: Kind | null = statement.value ? this.#kept(statement.value) : { kind: 'none' };
        if (value === null) return;
        const both = this.#result ? joined(this.#result, value) : { kind: value, mixed: false };
        if (both === null || both.mixed) return void this.#say('kernel-type', statement.span, 'the results of the returns have different types.');
        if (!sameKind(this.#result ?? undefined, both.kind)) this.#changes += 1;
        this.#result = both.kind;
        return;
      }
      case 'break':
      case 'continue':
      case 'pass':
        return;
      default:
        this.#say('kernel-statement', statement.span, `a kernel cannot hold such a statement (${statement.kind}).`);
    }
  }

  /** `xs.append(x)`: the one method that changes what it is called on. */
  #appends(expr: Expr): boolean {
    if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.callee.attribute !== 'append') return false;
    const [item] = expr.args;
    const { object } = expr.callee;
    if (object.kind !== 'name' || item === undefined || expr.args.length !== 1) return false;
    const list = this.#expr(object);
    const of = this.#expr(item);
    if (list?.kind !== 'list' || of === null) return list === null && !this.#last;
    this.#set(object.name, { kind: 'list', of }, expr.span);
    return true;
  }

  #loop(loop: LoopIR): void {
    if (loop.async) return void this.#say('kernel-statement', loop.span, 'a kernel cannot wait.');
    if (loop.space.kind === 'while') this.#test(loop.space.test);
    else if (loop.target) {
      const item = this.#itemOf(loop.space);
      if (item !== null) this.#give(loop.target, item, null);
      else if (this.#last) this.#say('kernel-type', loop.space.span, 'what this loop walks over is not known to be numbers.');
    }
    this.#statements(loop.body);
    this.#statements(loop.otherwise);
  }

  #itemOf(space: LoopIR['space']): Kind | null {
    switch (space.kind) {
      case 'range': {
        for (const bound of [space.start, space.stop, space.step]) {
          const kind = bound ? this.#expr(bound) : INT;
          if (kind !== null && kind.kind !== 'int') return null;
        }
        return INT;
      }
      case 'sequence': {
        const of = this.#walked(space.value);
        return of === null ? null : this.#elementOf(of);
      }
      case 'enumerate': {
        const of = this.#itemOf(space.of);
        return of && { kind: 'tuple', items: [INT, of] };
      }
      case 'zip': {
        const items = space.parts.map((part) => this.#itemOf(part));
        return items.some((item) => item === null) ? null : { kind: 'tuple', items: items as Kind[] };
      }
      case 'reversed':
        return space.of.kind === 'range' ? this.#itemOf(space.of) : null;
      default:
        return null;
    }
  }

  /** What a loop walks over: a slice of a list that nothing is done to needs no copy. */
  #walked(value: Expr): Kind | null {
    if (value.kind !== 'subscript' || value.index.kind !== 'slice' || value.index.step !== null) return this.#expr(value);
    const of = this.#expr(value.object);
    if (of?.kind !== 'list' || of.given !== true || of.of === null || (!isScalar(of.of) && of.of.kind !== 'record')) return this.#expr(value);
    return [value.index.lower, value.index.upper].every((bound) => bound === null || this.#expr(bound)?.kind === 'int') ? of : null;
  }

  #elementOf(kind: Kind): Kind | null {
    if (kind.kind === 'list') return kind.of;
    if (kind.kind === 'text') return { kind: 'char' };
    if (kind.kind === 'tuple') return kind.items.every((item) => sameKind(kind.items[0], item)) ? (kind.items[0] ?? null) : null;
    if (kind.kind === 'array') return kind.axes === 1 ? elementKind(kind.of) : { ...kind, axes: kind.axes - 1 };
    return null;
  }

  /** A test has to be a truth value or a number: Python's empty list is false, a kernel's may not be. */
  #test(expr: Expr): void {
    const kind = this.#kept(expr);
    if (this.#last && kind !== null && !isScalar(kind)) this.#say('kernel-type', expr.span, 'whether this is true depends on more than a number.');
  }

  #give(target: Expr, value: Kind | null, from: Expr | null): void {
    if (target.kind === 'name') {
      if (value !== null) this.#set(target.name, value, target.span, from);
      return;
    }
    if (target.kind === 'collection') {
      if (value !== null && value.kind !== 'tuple')
        return void this.#say('kernel-type', target.span, 'a kernel takes only tuples apart, whose length it knows.');
      target.items.forEach((item, index) => {
        const part = value === null ? null : (value.items[index] ?? null);
        this.#give(item, part, from?.kind === 'collection' && from.items.length === target.items.length ? (from.items[index] ?? null) : null);
      });
      return;
    }
    if (this.#field(target, true) !== undefined) {
      this.#giveField(target, value);
      return;
    }
    if (target.kind === 'subscript') {
      const into = this.#expr(target.object);
      if (!isArray(into)) this.#expr(target.index);
      if (into === null || value === null) return;
      if (into.kind === 'text') return void this.#say('kernel-type', target.span, 'a text cannot be changed.');
      const element = this.#expr(target);
      if (element === null) return;
      if (isArray(element)) {
        if (isArray(this.#quiet(target.index)))
          return void this.#say('kernel-statement', target.span, 'items that are picked out by an array are changed.');
        if (this.#last) this.#arrays.push(target);
        if (!storesInto(element, value)) this.#say('kernel-type', target.span, 'what is stored has another type or more axes than what is there.');
        return;
      }
      if (into.kind === 'list' && into.given === true && !isScalar(element))
        return void this.#say('kernel-type', target.span, 'a row is put in the place of another; a kernel would copy it.');
      const both = joined(element, value);
      const same = both !== null && isScalar(element) && isScalar(value) && element.kind === value.kind;
      // A list keeps whose number it is; an array turns what is stored into its own type.
      if (into.kind === 'list' && isScalar(element) && isScalar(value) && element.numpy !== value.numpy)
        this.#say('kernel-type', target.span, 'a NumPy number is stored in a list of Python numbers.');
      const turned = into.kind === 'array' && isScalar(element) && isScalar(value) && element.kind === 'float';
      if (!same && !turned && !(both !== null && !isScalar(element)))
        this.#say('kernel-type', target.span, 'what is stored has another type than what is there.');
      return;
    }
    this.#say('kernel-statement', target.span, 'a kernel cannot change an attribute.');
  }

  /** A field of a record holds numbers of one type, as what it is in Python does after it. */
  #giveField(target: Expr, value: Kind | null): void {
    const field = this.#expr(target);
    if (field === null || value === null) return;
    if (!isScalar(value) || !isScalar(field) || value.kind !== field.kind || value.numpy !== field.numpy)
      this.#say('kernel-type', target.span, 'what is stored has another type than what is there.');
  }

  /** What a field of a record holds: null where that is no number, undefined where the expression is no field. */
  #field(expr: Expr, written: boolean): Kind | null | undefined {
    if (expr.kind !== 'attribute' && expr.kind !== 'subscript') return undefined;
    const name = expr.kind === 'attribute' ? expr.attribute : keyOf(expr.index);
    if (name === null || (expr.kind === 'attribute' && expr.object.kind === 'name' && this.question.resolve(expr) !== null)) return undefined;
    const record = this.#quiet(expr.object);
    if (record?.kind !== 'record' || (record.type === null) !== (expr.kind === 'subscript')) return undefined;
    const kind = record.fields[name] ?? null;
    if (kind === null || (written && record.frozen === true)) return null;
    if (this.#last) this.#fields.push({ record, name, written });
    return kind;
  }

  /** Changed in place, into the type that it has. */
  #augmentArray(statement: Stmt & { kind: 'augment' }, into: Kind & { kind: 'array' }, sum: Kind | null): void {
    if (sum === null) return;
    const { target } = statement;
    if (target.kind === 'subscript' && isArray(this.#quiet(target.index)))
      return void this.#say('kernel-statement', target.span, 'items that are picked out by an array are changed.');
    if (!isArray(sum) || sum.axes !== into.axes || sum.of !== into.of)
      return void this.#say('kernel-type', statement.span, 'what is stored has another type or more axes than what is there.');
    if (this.#last && isArray(this.#quiet(statement.value))) this.#updates.push(statement);
  }

  #set(name: string, value: Kind, span: Span, from: Expr | null = null): void {
    if (this.#last) {
      this.#given.push({ name, span, kind: value });
      if (from) this.#sources.set(name, [...(this.#sources.get(name) ?? []), from]);
    }
    const known = this.#kinds.get(name);
    const both = known ? joined(known, value) : { kind: value, mixed: false };
    if (both === null) return void this.#say('kernel-type', span, `\`${name}\` holds values of different types.`);
    if (both.mixed) {
      const literal = from?.kind === 'number' || (known && isScalar(known) && known.kind === 'int');
      if (literal) this.#mixed.add(name);
      else return void this.#say('kernel-type', span, `\`${name}\` holds values of different types.`);
    }
    if (!sameKind(known, both.kind)) {
      this.#kinds.set(name, both.kind);
      this.#changes += 1;
    }
  }

  /** What is computed with: where it is None, Python raises, and so does the kernel. Null: not known yet, or (in the last pass) a problem that was said. */
  #expr(expr: Expr): Kind | null {
    const kind = this.#kept(expr);
    if (kind?.kind !== 'optional') return kind;
    if (this.#last) this.#unwraps = true;
    return kind.of;
  }

  /** With what may be None left as it is. */
  #kept(expr: Expr): Kind | null {
    const found = this.#known(expr);
    if (found === null && this.#last) this.#say('kernel-type', expr.span, 'the type of this is not known, or is none that Numba holds.');
    return found;
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
        return this.#kinds.get(expr.name) ?? this.question.outer(expr.name);
      case 'attribute':
      case 'subscript': {
        const field = this.#field(expr, false);
        if (field !== undefined) return field;
        return expr.kind === 'attribute' ? this.#attribute(expr) : this.#subscript(expr);
      }
      case 'unary': {
        // Numba asks nothing that may be None whether it is true.
        const of = expr.op === 'not' ? this.#kept(expr.operand) : this.#expr(expr.operand);
        if (isArray(of)) return this.#ofArrays(expr, arrayUnary(expr.op, of));
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
          const kind = this.#kept(expr.first);
          return kind === null || isScalar(kind) || /^(none|optional|tuple)$/.test(kind.kind) ? BOOL : null;
        }
        const parts = [expr.first, ...expr.rest.map(({ right }) => right)].map((part) => this.#expr(part));
        const ordered = !expr.rest.every(({ op }) => op === '==' || op === '!=');
        if (ordered && parts.some((part) => part?.kind === 'complex')) return null;
        if (parts.length === 2 && parts.some(isArray))
          return this.#ofArrays(expr, arrayCompare(expr.rest[0]?.op ?? '==', parts[0] ?? null, parts[1] ?? null));
        if (parts.every((part) => part?.kind === 'char') && expr.rest.every(({ op }) => /^[<>=!]=?$/.test(op))) return BOOL;
        if (expr.rest.length === 1 && /^(not )?in$/.test(expr.rest[0]?.op ?? ''))
          return this.#isMember(parts[0] ?? null, parts[1] ?? null) ? BOOL : null;
        if (parts.some((part) => part !== null && !isScalar(part)) || expr.rest.some(({ op }) => /^(not )?in$|^is/.test(op))) return null;
        return { kind: 'bool', numpy: parts.some((part) => isScalar(part) && part.numpy !== 'no') ? 'maybe' : 'no' };
      }
      case 'logical': {
        const [left, right] = [this.#kept(expr.left), this.#kept(expr.right)];
        const both = left && right && isScalar(left) && isScalar(right) ? joined(left, right) : null;
        return both && !both.mixed ? both.kind : null;
      }
      case 'conditional': {
        this.#test(expr.test);
        const [then, otherwise] = [this.#kept(expr.then), this.#kept(expr.otherwise)];
        const both = then && otherwise ? joined(then, otherwise) : null;
        return both && !both.mixed ? both.kind : null;
      }
      case 'collection': {
        const items = expr.items.map((item) => this.#kept(item));
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
        return this.#call(expr);
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
    this.#loop({ ...loop, body: [] });
    let [inner, ...more] = loop.body;
    while (inner?.kind === 'if' && inner.otherwise.length === 0) {
      this.#test(inner.test);
      [inner, ...more] = inner.then;
    }
    if (inner === undefined || more.length > 0) return null;
    return inner.kind === 'emit' ? this.#expr(inner.value) : inner.kind === 'loop' ? this.#emitted(inner.loop) : null;
  }

  #attribute(expr: Expr & { kind: 'attribute' }): Kind | null {
    const path = this.question.resolve(expr);
    if (path !== null && /^(math|numpy)\.(pi|e|tau|inf|nan)$/.test(path)) return FLOAT;
    if ((expr.attribute === 'real' || expr.attribute === 'imag') && this.#expr(expr.object)?.kind === 'complex') return FLOAT;
    if (expr.object.kind !== 'name') return null;
    const of = this.#kinds.get(expr.object.name) ?? this.question.outer(expr.object.name);
    if (of?.kind !== 'array') return null;
    if (expr.attribute === 'shape') return { kind: 'tuple', items: Array.from({ length: of.axes }, () => INT) };
    return expr.attribute === 'size' || expr.attribute === 'ndim' ? INT : expr.attribute === 'T' && of.axes === 2 ? of : null;
  }

  #subscript(expr: Expr & { kind: 'subscript' }): Kind | null {
    const of = this.#expr(expr.object);
    if (of === null) return null;
    const { index } = expr;
    if (of.kind === 'tuple') {
      if (index.kind === 'number') return of.items[Number(index.text)] ?? null;
      if (this.#last) this.#subscripts.push(expr);
      return this.#expr(index)?.kind === 'int' ? this.#elementOf(of) : null;
    }
    if (of.kind !== 'array' && index.kind === 'slice') {
      const plain = [index.lower, index.upper].every((bound) => bound === null || this.#expr(bound)?.kind === 'int') && index.step === null;
      // Of what the kernel gets as an array a slice is no copy.
      if (of.kind === 'list' && of.rows !== undefined) return plain ? { kind: 'list', of: of.of } : null;
      return plain && (of.kind === 'text' || (of.kind === 'list' && of.given !== true && of.of !== null && isScalar(of.of))) ? of : null;
    }
    if (of.kind !== 'array' && of.kind !== 'list' && of.kind !== 'text') return null;
    const parts = index.kind === 'collection' && index.type === 'tuple' ? index.items : [index];
    if (of.kind !== 'array' && (parts.length !== 1 || index.kind === 'slice')) return null;
    if (this.#last) this.#subscripts.push(expr);
    let left: Kind = of;
    let kept = 0;
    for (const part of parts) {
      if (part.kind === 'slice') {
        for (const bound of [part.lower, part.upper, part.step]) if (bound && this.#expr(bound)?.kind !== 'int') return null;
        kept += 1;
        continue;
      }
      const kind = this.#expr(part);
      if (isArray(kind)) return isArray(of) && parts.length === 1 ? picked(of, kind) : null;
      if (kind !== null && kind.kind !== 'int') return null;
      const inner: Kind | null =
        left.kind === 'array' && kept > 0 ? (left.axes > 1 ? { ...left, axes: left.axes - 1 } : null) : this.#elementOf(left);
      if (inner === null) return null;
      left = inner;
    }
    return left;
  }

  #binary(expr: Expr & { kind: 'binary' }): Kind | null {
    const [left, right] = [this.#expr(expr.left), this.#expr(expr.right)];
    if (left === null || right === null) return null;
    // `[0] * n`
    // Rows that are one and the same list would be two to a kernel.
    if (left.kind === 'list' && left.given !== true && right.kind === 'int' && expr.op === '*')
      return left.of === null || isScalar(left.of) ? left : null;
    if (isArray(left) || isArray(right)) {
      if (this.#last && expr.op === '**') this.#powers.push(expr);
      if (expr.op === '@') this.#libraries.add('numpy.dot');
      return this.#ofArrays(expr, arrayBinary(expr.op, left, right));
    }
    if (!isScalar(left) || !isScalar(right)) return null;
    const wide = promoted([left, right]);
    if (wide.kind === 'complex' && !/^([-+*/]|\*\*)$/.test(expr.op)) return null;
    if (
      this.#last &&
      (expr.op === '/' || expr.op === '//' || expr.op === '%') &&
      !(expr.right.kind === 'number' && Number(expr.right.text.replaceAll('_', '')) !== 0)
    )
      this.#divisions.push({ expr, numpy: wide.numpy });
    if (this.#last && expr.op === '**' && (wide.kind === 'float' || wide.kind === 'complex')) this.#powers.push(expr);
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

  #ofArrays(expr: Expr, result: Kind | null): Kind | null {
    if (this.#last && result !== null) this.#arrays.push(expr);
    return result;
  }

  /** `list(range(n))`, and a copy of a list. */
  #listed({ callee, args }: Expr & { kind: 'call' }): Kind | null {
    const [of] = args;
    if (of === undefined || args.length !== 1 || this.question.resolve(callee) !== 'builtins.list') return null;
    if (of.kind === 'call' && this.question.resolve(of.callee) === 'builtins.range') {
      const bounds = of.args.map((arg) => this.#expr(arg));
      return bounds.length > 0 && bounds.every((bound) => bound?.kind === 'int') ? { kind: 'list', of: INT } : null;
    }
    const list = this.#expr(of);
    const copied = list?.kind === 'list' && list.of !== null && isScalar(list.of) ? list.of : null;
    return copied && { kind: 'list', of: copied };
  }

  #call(expr: Expr & { kind: 'call' }): Kind | null {
    const made = madeArray(expr, { kindOf: (part) => this.#quiet(part), resolve: (part) => this.question.resolve(part) });
    if (made !== null) {
      expr.args.slice(0, 1).forEach((arg) => this.#expr(arg));
      return this.#ofArrays(expr, made);
    }
    if (expr.keywords.length > 0) return null;
    const listed = this.#listed(expr);
    if (listed !== null) return listed;
    const args = expr.args.map((arg) => this.#expr(arg));
    const own = this.question.own(expr.callee);
    if (own !== null) {
      if (args.some((arg) => arg === null)) return null;
      if (this.#last) this.#calls.push(expr);
      const result = own.result(args as Kind[]);
      if (result === null && this.#last) return this.#say('kernel-call', expr.span, 'the function that is called here does not compile.');
      return result;
    }
    const path = this.question.resolve(expr.callee);
    const object = path === null && expr.callee.kind === 'attribute' ? this.#quiet(expr.callee.object) : null;
    const drawn = object?.kind === 'generator' && expr.callee.kind === 'attribute' ? generatorCall(object, expr.callee.attribute, args) : null;
    const known = path === null ? (drawn ?? this.#ofMethod(expr, object, args)) : (knownKernelCall(path, args) ?? this.#ofLibrary(expr, path, args));
    if (known === null) {
      if (this.#last && args.every((arg) => arg !== null)) return this.#say('kernel-call', expr.span, 'Numba does not know this call, or gives another result than Python does.'); // prettier-ignore
      return null;
    }
    if (path !== null) this.#libraries.add(path);
    if (known.domain && this.#last) this.#domains.push({ call: expr, domain: known.domain });
    return known.result;
  }

  #ofLibrary(expr: Expr, path: string, args: readonly (Kind | null)[]): KnownCall | null {
    const known = path.startsWith('numpy.') ? arrayCall(path.slice('numpy.'.length), args) : null;
    if (known) this.#ofArrays(expr, known.result);
    return known;
  }

  #ofMethod(expr: Expr & { kind: 'call' }, object: Kind | null, args: readonly (Kind | null)[]): KnownCall | null {
    const known = isArray(object) && expr.callee.kind === 'attribute' ? arrayMethod(expr.callee.attribute, object, args) : null;
    if (known && expr.callee.kind === 'attribute') {
      this.#libraries.add(`numpy.${expr.callee.attribute}`);
      this.#ofArrays(expr, known.result);
    }
    return known;
  }
}
