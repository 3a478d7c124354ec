/** Kinds of what calls give: of the user's own functions, of libraries and of methods. */
import type { Expr } from '../../types';
import { arrayCall, arrayMethod, isArray, madeArray } from './arrays';
import { knownKernelCall, type KnownCall } from './calls';
import type { InferenceQuestion } from './inferred';
import type { KindEnvironment } from './kind-environment';
import { INT, isScalar, type Kind } from './kinds';
import { generatorCall } from './random';

/** Tells the kinds of a call's parts. */
interface Parts {
  kindOf(expr: Expr): Kind | null;
  /** The same without notes. */
  quiet(expr: Expr): Kind | null;
}

export class CallKinds {
  constructor(
    private readonly question: InferenceQuestion,
    private readonly env: KindEnvironment,
    private readonly parts: Parts,
  ) {}

  kindOf(expr: Expr & { kind: 'call' }): Kind | null {
    const made = madeArray(expr, { kindOf: (part) => this.parts.quiet(part), resolve: (part) => this.question.resolve(part) });
    if (made !== null) {
      expr.args.slice(0, 1).forEach((arg) => this.parts.kindOf(arg));
      return this.env.noteArrays(expr, made);
    }
    if (expr.keywords.length > 0) return null;
    const listed = this.#listed(expr);
    if (listed !== null) return listed;
    const args = expr.args.map((arg) => this.parts.kindOf(arg));
    const own = this.question.own(expr.callee);
    if (own !== null) {
      if (args.some((arg) => arg === null)) return null;
      if (this.env.last) this.env.notes.calls.push(expr);
      const result = own.result(args as Kind[]);
      if (result === null && this.env.last) return this.env.say('kernel-call', expr.span, 'the function that is called here does not compile.');
      return result;
    }
    const path = this.question.resolve(expr.callee);
    const object = path === null && expr.callee.kind === 'attribute' ? this.parts.quiet(expr.callee.object) : null;
    const drawn = object?.kind === 'generator' && expr.callee.kind === 'attribute' ? generatorCall(object, expr.callee.attribute, args) : null;
    const known = path === null ? (drawn ?? this.#ofMethod(expr, object, args)) : (knownKernelCall(path, args) ?? this.#ofLibrary(expr, path, args));
    if (known === null) {
      if (this.env.last && args.every((arg) => arg !== null)) return this.env.say('kernel-call', expr.span, 'Numba does not know this call, or gives another result than Python does.'); // prettier-ignore
      return null;
    }
    if (path !== null) this.env.notes.libraries.add(path);
    if (known.domain && this.env.last) this.env.notes.domains.push({ call: expr, domain: known.domain });
    return known.result;
  }

  /** `list(range(n))`, and a copy of a list. */
  #listed({ callee, args }: Expr & { kind: 'call' }): Kind | null {
    const [of] = args;
    if (of === undefined || args.length !== 1 || this.question.resolve(callee) !== 'builtins.list') return null;
    if (of.kind === 'call' && this.question.resolve(of.callee) === 'builtins.range') {
      const bounds = of.args.map((arg) => this.parts.kindOf(arg));
      return bounds.length > 0 && bounds.every((bound) => bound?.kind === 'int') ? { kind: 'list', of: INT } : null;
    }
    const list = this.parts.kindOf(of);
    const copied = list?.kind === 'list' && list.of !== null && isScalar(list.of) ? list.of : null;
    return copied && { kind: 'list', of: copied };
  }

  #ofLibrary(expr: Expr, path: string, args: readonly (Kind | null)[]): KnownCall | null {
    const known = path.startsWith('numpy.') ? arrayCall(path.slice('numpy.'.length), args) : null;
    if (known) this.env.noteArrays(expr, known.result);
    return known;
  }

  #ofMethod(expr: Expr & { kind: 'call' }, object: Kind | null, args: readonly (Kind | null)[]): KnownCall | null {
    const known = isArray(object) && expr.callee.kind === 'attribute' ? arrayMethod(expr.callee.attribute, object, args) : null;
    if (known && expr.callee.kind === 'attribute') {
      this.env.notes.libraries.add(`numpy.${expr.callee.attribute}`);
      this.env.noteArrays(expr, known.result);
    }
    return known;
  }
}
