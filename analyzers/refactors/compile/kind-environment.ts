/** What the inference of kinds knows on its way: the kinds of names, the first problem, and what the last pass notes. */
import type { Expr, Span } from '../../types';
import type { Inference, Problem } from './inferred';
import { isScalar, joined, sameKind, type Kind } from './kinds';

type Notes = Pick<
  Inference,
  'domains' | 'divisions' | 'powers' | 'subscripts' | 'given' | 'calls' | 'fields' | 'unwraps' | 'arrays' | 'updates' | 'libraries' | 'sources'
>;

export class KindEnvironment {
  readonly kinds: Map<string, Kind>;
  readonly mixed = new Set<string>();
  readonly notes: Notes = {
    domains: [],
    divisions: [],
    powers: [],
    subscripts: [],
    given: [],
    calls: [],
    fields: [],
    unwraps: false,
    arrays: [],
    updates: [],
    libraries: new Set(),
    sources: new Map(),
  };
  problem: Problem | null = null;
  /** In the last pass what is not known is a problem. */
  last = false;
  /** How often a kind was learned: no more of them end the passes. */
  changes = 0;

  constructor(start: ReadonlyMap<string, Kind>) {
    this.kinds = new Map(start);
  }

  /** Asked as before the last pass, which alone takes notes. */
  quietly(ask: () => Kind | null): Kind | null {
    const last = this.last;
    this.last = false;
    const kind = ask();
    this.last = last;
    return kind;
  }

  say(code: Problem['code'], span: Span, why: string): null {
    this.problem ??= { code, span, why: `Line ${span.start.line + 1}: ${why}` };
    return null;
  }

  set(name: string, value: Kind, span: Span, from: Expr | null = null): void {
    if (this.last) {
      this.notes.given.push({ name, span, kind: value });
      if (from) this.notes.sources.set(name, [...(this.notes.sources.get(name) ?? []), from]);
    }
    const known = this.kinds.get(name);
    const both = known ? joined(known, value) : { kind: value, mixed: false };
    if (both === null) return void this.say('kernel-type', span, `\`${name}\` holds values of different types.`);
    if (both.mixed) {
      const literal = from?.kind === 'number' || (known && isScalar(known) && known.kind === 'int');
      if (literal) this.mixed.add(name);
      else return void this.say('kernel-type', span, `\`${name}\` holds values of different types.`);
    }
    if (!sameKind(known, both.kind)) {
      this.kinds.set(name, both.kind);
      this.changes += 1;
    }
  }

  /** Of an operation on whole arrays. */
  noteArrays(expr: Expr, result: Kind | null): Kind | null {
    if (this.last && result !== null) this.notes.arrays.push(expr);
    return result;
  }
}
