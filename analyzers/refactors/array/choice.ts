import type { Expr } from '../../types';
import { binds, lazyLane, wrap, type Draft, type Env, type Lane, type Scope } from './draft';
import { isWhole, isBool, unite } from './scalars';

/** Text that names an array: a name stays, anything longer gets a name first. */
export function named(lane: Lane, base: string, draft: Draft): string {
  if (/^\w+$/.test(lane.code)) return lane.code;
  const name = draft.fresh(base);
  draft.emit(`${name} = ${lane.code}`);
  return name;
}

/**
 * The trips for which a test holds, as arrays of their own: every varying name is replaced by its chosen elements, when it is first read.
 */
export function chosenTrips(mask: string, scope: Scope, draft: Draft): Scope {
  if (draft.nest) draft.nest.wantsFull = true;
  const env: Env = new Map();
  for (const [name, lane] of scope.env) {
    if (!lane.varying) {
      env.set(name, lane);
      continue;
    }
    if (lane.records) {
      env.set(name, { ...lane, records: { ...lane.records, masks: [...lane.records.masks, mask] } });
      continue;
    }
    env.set(
      name,
      lazyLane(() => ({ ...lane, code: `${wrap(lane, binds.atom)}[${mask}]`, binds: binds.atom, unchanged: false, fresh: true })),
    );
  }
  const subscript: Scope['subscript'] = (expr, inner) => {
    const lane = scope.subscript(expr, inner);
    return lane.varying && !lane.gathered
      ? { ...lane, code: `${wrap(lane, binds.atom)}[${mask}]`, binds: binds.atom, unchanged: false, fresh: true }
      : lane;
  };
  draft.flags.rewrote = true;
  return { ...scope, env, mask: null, subscript };
}

/** Array code of `then if test else otherwise`; where a side cannot be computed for all trips, it is computed for its own trips only. */
export function choose(test: Lane, then: (scope: Scope) => Lane, otherwise: (scope: Scope) => Lane, expr: Expr, draft: Draft, scope: Scope): Lane {
  const before = draft.mark();
  const left = then(scope);
  const right = otherwise(scope);
  if (draft.stopped()) return left;
  const scalar = left.scalar === right.scalar ? left.scalar : draft.either(left.scalar, right.scalar);
  if (!scalar) {
    return draft.refuse(
      'mixed-types',
      'The two branches give values of different types, which one array cannot hold.',
      'Give both branches the same type.',
      expr.span,
    );
  }
  const range = unite(left.range, right.range);
  if (!test.varying) {
    draft.flags.rewrote = true;
    if (draft.flags.unsafe && !before.flags.unsafe) {
      return draft.refuse('unsafe-lane', 'A branch that is not taken could fail if it were computed.', 'Take the test out of the loop.', expr.span);
    }
    const code = `${wrap(left, 4)} if ${wrap(test, 4)} else ${wrap(right, 3)}`;
    return { code, binds: binds.conditional, varying: left.varying || right.varying, scalar, range, unchanged: false, fresh: false };
  }
  const failed = draft.flags.unsafe && !before.flags.unsafe;
  draft.flags.rewrote = true;
  if (!failed && draft.flags.scalarWarns && !before.flags.scalarWarns) draft.flags.warns = true;
  if (!failed) {
    draft.operations += 1;
    const code = `${draft.np}.where(${test.code}, ${left.code}, ${right.code})`;
    return { code, binds: binds.atom, varying: true, scalar, range, unchanged: false, fresh: true };
  }
  draft.reset(before);
  return fill(test, then, otherwise, draft, scope);
}

function fill(test: Lane, then: (scope: Scope) => Lane, otherwise: (scope: Scope) => Lane, draft: Draft, scope: Scope): Lane {
  const mask = named(test, 'mask', draft);
  const left = then(chosenTrips(mask, scope, draft));
  const right = otherwise(chosenTrips(`~${mask}`, scope, draft));
  const scalar = left.scalar === right.scalar ? left.scalar : (draft.either(left.scalar, right.scalar) ?? left.scalar);
  if (draft.stopped()) return left;
  const name = draft.fresh('values');
  const dtype = isBool(scalar) ? ', dtype=bool' : isWhole(scalar) ? `, dtype=${draft.np}.int64` : '';
  draft.emit(`${name} = ${draft.np}.empty(${mask}.shape${dtype})`);
  draft.emit(`${name}[${mask}] = ${left.code}`);
  draft.emit(`${name}[~${mask}] = ${right.code}`);
  draft.operations += 4;
  return { code: name, binds: binds.atom, varying: true, scalar, range: unite(left.range, right.range), unchanged: false, fresh: true };
}
