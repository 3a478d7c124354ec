/** Kinds of what names and places are given: each keeps the one that it has. */
import type { Expr, Stmt } from '../../types';
import { isArray, storesInto } from './arrays';
import type { ExpressionKinds } from './expression-kinds';
import type { KindEnvironment } from './kind-environment';
import { isScalar, joined, type Kind } from './kinds';

export class AssignmentKinds {
  constructor(
    private readonly env: KindEnvironment,
    private readonly expressions: ExpressionKinds,
  ) {}

  give(target: Expr, value: Kind | null, from: Expr | null): void {
    if (target.kind === 'name') {
      if (value !== null) this.env.set(target.name, value, target.span, from);
      return;
    }
    if (target.kind === 'collection') {
      if (value !== null && value.kind !== 'tuple')
        return void this.env.say('kernel-type', target.span, 'a kernel takes only tuples apart, whose length it knows.');
      target.items.forEach((item, index) => {
        const part = value === null ? null : (value.items[index] ?? null);
        this.give(item, part, from?.kind === 'collection' && from.items.length === target.items.length ? (from.items[index] ?? null) : null);
      });
      return;
    }
    if (this.expressions.field(target, true) !== undefined) {
      this.#giveField(target, value);
      return;
    }
    if (target.kind === 'subscript') {
      const into = this.expressions.kindOf(target.object);
      if (!isArray(into)) this.expressions.kindOf(target.index);
      if (into === null || value === null) return;
      if (into.kind === 'text') return void this.env.say('kernel-type', target.span, 'a text cannot be changed.');
      const element = this.expressions.kindOf(target);
      if (element === null) return;
      if (isArray(element)) {
        if (isArray(this.expressions.quiet(target.index)))
          return void this.env.say('kernel-statement', target.span, 'items that are picked out by an array are changed.');
        if (this.env.last) this.env.notes.arrays.push(target);
        if (!storesInto(element, value)) this.env.say('kernel-type', target.span, 'what is stored has another type or more axes than what is there.');
        return;
      }
      if (into.kind === 'list' && into.given === true && !isScalar(element))
        return void this.env.say('kernel-type', target.span, 'a row is put in the place of another; a kernel would copy it.');
      const both = joined(element, value);
      const same = both !== null && isScalar(element) && isScalar(value) && element.kind === value.kind;
      // A list keeps whose number it is; an array turns what is stored into its own type.
      if (into.kind === 'list' && isScalar(element) && isScalar(value) && element.numpy !== value.numpy)
        this.env.say('kernel-type', target.span, 'a NumPy number is stored in a list of Python numbers.');
      const turned = into.kind === 'array' && isScalar(element) && isScalar(value) && element.kind === 'float';
      if (!same && !turned && !(both !== null && !isScalar(element)))
        this.env.say('kernel-type', target.span, 'what is stored has another type than what is there.');
      return;
    }
    this.env.say('kernel-statement', target.span, 'a kernel cannot change an attribute.');
  }

  /** A field of a record holds numbers of one type, as what it is in Python does after it. */
  #giveField(target: Expr, value: Kind | null): void {
    const field = this.expressions.kindOf(target);
    if (field === null || value === null) return;
    if (!isScalar(value) || !isScalar(field) || value.kind !== field.kind || value.numpy !== field.numpy)
      this.env.say('kernel-type', target.span, 'what is stored has another type than what is there.');
  }

  /** Changed in place, into the type that it has. */
  augmentArray(statement: Stmt & { kind: 'augment' }, into: Kind & { kind: 'array' }, sum: Kind | null): void {
    if (sum === null) return;
    const { target } = statement;
    if (target.kind === 'subscript' && isArray(this.expressions.quiet(target.index)))
      return void this.env.say('kernel-statement', target.span, 'items that are picked out by an array are changed.');
    if (!isArray(sum) || sum.axes !== into.axes || sum.of !== into.of)
      return void this.env.say('kernel-type', statement.span, 'what is stored has another type or more axes than what is there.');
    if (this.env.last && isArray(this.expressions.quiet(statement.value))) this.env.notes.updates.push(statement);
  }
}
