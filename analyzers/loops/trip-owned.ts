import type { Expr, LoopIR } from '../types';
import { isResult, type Changed } from './changes';
import { assignmentsOf, pathOf, walkedFor, type Environment, type Path } from './environment';
import { freshnessOf, ownsPlace } from './freshness';

/** Tells what a trip of a loop made for itself: changing that changes nothing that another trip sees. */
export class TripOwned {
  readonly #loop: LoopIR;
  readonly #env: Environment;
  readonly #privates: ReadonlySet<string>;

  constructor(loop: LoopIR, env: Environment, privates: ReadonlySet<string>) {
    this.#loop = loop;
    this.#env = env;
    this.#privates = privates;
  }

  /** `depth` 1: the object at the place itself is changed; 2: something right inside it. */
  owns(place: Expr, depth: number, attribute: string | null = null): boolean {
    const path = pathOf(place);
    if (path && (this.#privates.has(path.root) || !this.#isCall(place))) {
      return this.#ownsBelow({ ...path, attribute: path.steps === 0 ? attribute : path.attribute }, depth, 0);
    }
    return freshnessOf(this.#env, place) >= (depth > 1 ? 2 : 1);
  }

  ownsChange(changed: Changed): boolean {
    if ('outside' in changed) return false;
    if (changed.stream && isResult({ ...this.#env, body: this.#loop.body, trip: this.#privates }, changed.place)) return true;
    return this.owns(changed.place, changed.depth, changed.attribute);
  }

  #isCall(place: Expr): boolean {
    let at = place;
    while (at.kind === 'attribute' || at.kind === 'subscript') at = at.object;
    return at.kind === 'call';
  }

  #ownsBelow({ root, steps, attribute }: Path, depth: number, hops: number): boolean {
    if (!this.#privates.has(root) || hops > 4) return false;
    const { body } = this.#loop;
    const given = assignmentsOf(body).get(root) ?? [];
    if (ownsPlace(this.#env, { root, steps: steps + depth - 1, attribute }, given, body)) return true;
    // An element of something that the trip made throughout, or another name for a part of it.
    const sources = [
      ...given.flatMap((value) => (value ? [{ value, below: steps + depth }] : [])),
      ...walkedFor(body, root).map((value) => ({ value, below: steps + depth + 1 })),
    ];
    return (
      sources.length > 0 &&
      sources.every(({ value, below }) => {
        if (freshnessOf(this.#env, value) >= (below > 1 ? 2 : 1)) return true;
        const path = pathOf(value);
        return path !== null && path.root !== root && this.#ownsBelow(path, below, hops + 1);
      })
    );
  }
}
