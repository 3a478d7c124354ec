/** One kind for every name of a piece of code, or the first place where that does not hold. */
import type { Expr, LoopIR, Stmt } from '../../types';
import { isArray } from './arrays';
import { AssignmentKinds } from './assignment-kinds';
import { ExpressionKinds } from './expression-kinds';
import type { Inference, InferenceQuestion, Problem } from './inferred';
import { KindEnvironment } from './kind-environment';
import { elementOf, INT, isScalar, joined, sameKind, type Kind } from './kinds';

const MOST_PASSES = 12;

/** `partial`: what the returns give that could be told, for functions that call themselves. */
export function inferKinds(question: InferenceQuestion): { ok: true; value: Inference } | { ok: false; problem: Problem; partial: Kind | null } {
  const run = new Inferrer(question);
  return run.run();
}

class Inferrer {
  readonly #env: KindEnvironment;
  readonly #expressions: ExpressionKinds;
  readonly #assignments: AssignmentKinds;
  #result: Kind | null = null;

  constructor(private readonly question: InferenceQuestion) {
    this.#env = new KindEnvironment(question.start);
    this.#expressions = new ExpressionKinds(question, this.#env, (loop) => this.#loop(loop));
    this.#assignments = new AssignmentKinds(this.#env, this.#expressions);
  }

  run(): ReturnType<typeof inferKinds> {
    for (let pass = 0; pass < MOST_PASSES && this.#env.problem === null; pass += 1) {
      const before = this.#env.changes;
      this.#statements(this.question.body);
      if (this.#env.changes === before) break;
    }
    // What was not known on the way may have become known; what is not known now never will.
    this.#env.last = true;
    this.#statements(this.question.body);
    if (this.#env.problem !== null) return { ok: false, problem: this.#env.problem, partial: this.#result };
    const value: Inference = {
      start: this.question.start,
      kinds: this.#env.kinds,
      mixed: this.#env.mixed,
      result: this.#result,
      ...this.#env.notes,
      kindOf: (expr) => this.#env.quietly(() => this.#expressions.kept(expr)),
    };
    return { ok: true, value };
  }

  #statements(body: readonly Stmt[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'assign': {
        const value = this.#expressions.kept(statement.value);
        for (const target of statement.targets) this.#assignments.give(target, value, statement.value);
        return;
      }
      case 'augment': {
        const { target, op, value, span } = statement;
        if (op === '@') return void this.#env.say('kernel-statement', span, 'matrix products of slices are left to NumPy.');
        const sum: Expr = { kind: 'binary', op, left: target, right: value, span };
        const into = this.#expressions.quiet(target);
        if (isArray(into)) this.#assignments.augmentArray(statement, into, this.#expressions.kindOf(sum));
        else this.#assignments.give(target, this.#expressions.kindOf(sum), sum);
        return;
      }
      case 'expression':
        if (!this.#appends(statement.value) && statement.value.kind !== 'string') {
          const { span } = statement.value;
          if (statement.value.kind === 'call' && this.question.own(statement.value.callee) !== null) this.#expressions.kindOf(statement.value);
          else this.#env.say('kernel-call', span, 'a kernel cannot do this: it only computes.');
        }
        return;
      case 'if':
        this.#expressions.test(statement.test);
        this.#statements(statement.then);
        this.#statements(statement.otherwise);
        return;
      case 'loop':
        this.#loop(statement.loop);
        return;
      case 'return': {
        const value: Kind | null = statement.value ? this.#expressions.kept(statement.value) : { kind: 'none' };
        if (value === null) return;
        const both = this.#result ? joined(this.#result, value) : { kind: value, mixed: false };
        if (both === null || both.mixed) return void this.#env.say('kernel-type', statement.span, 'the results of the returns have different types.');
        if (!sameKind(this.#result ?? undefined, both.kind)) this.#env.changes += 1;
        this.#result = both.kind;
        return;
      }
      case 'break':
      case 'continue':
      case 'pass':
        return;
      default:
        this.#env.say('kernel-statement', statement.span, `a kernel cannot hold such a statement (${statement.kind}).`);
    }
  }

  /** `xs.append(x)`: the one method that changes what it is called on. */
  #appends(expr: Expr): boolean {
    if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || expr.callee.attribute !== 'append') return false;
    const [item] = expr.args;
    const { object } = expr.callee;
    if (object.kind !== 'name' || item === undefined || expr.args.length !== 1) return false;
    const list = this.#expressions.kindOf(object);
    const of = this.#expressions.kindOf(item);
    if (list?.kind !== 'list' || of === null) return list === null && !this.#env.last;
    this.#env.set(object.name, { kind: 'list', of }, expr.span);
    return true;
  }

  #loop(loop: LoopIR): void {
    if (loop.async) return void this.#env.say('kernel-statement', loop.span, 'a kernel cannot wait.');
    if (loop.space.kind === 'while') this.#expressions.test(loop.space.test);
    else if (loop.target) {
      const item = this.#itemOf(loop.space);
      if (item !== null) this.#assignments.give(loop.target, item, null);
      else if (this.#env.last) this.#env.say('kernel-type', loop.space.span, 'what this loop walks over is not known to be numbers.');
    }
    this.#statements(loop.body);
    this.#statements(loop.otherwise);
  }

  #itemOf(space: LoopIR['space']): Kind | null {
    switch (space.kind) {
      case 'range': {
        for (const bound of [space.start, space.stop, space.step]) {
          const kind = bound ? this.#expressions.kindOf(bound) : INT;
          if (kind !== null && kind.kind !== 'int') return null;
        }
        return INT;
      }
      case 'sequence': {
        const of = this.#walked(space.value);
        return of === null ? null : elementOf(of);
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
    if (value.kind !== 'subscript' || value.index.kind !== 'slice' || value.index.step !== null) return this.#expressions.kindOf(value);
    const of = this.#expressions.kindOf(value.object);
    if (of?.kind !== 'list' || of.given !== true || of.of === null || (!isScalar(of.of) && of.of.kind !== 'record'))
      return this.#expressions.kindOf(value);
    return [value.index.lower, value.index.upper].every((bound) => bound === null || this.#expressions.kindOf(bound)?.kind === 'int') ? of : null;
  }
}
