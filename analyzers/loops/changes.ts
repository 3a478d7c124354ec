import type { Expr, FunctionIR } from '../types';
import { scopeOfName } from '../syntax/python-names';
import { typeOfSelf } from './classes';
import type { Change } from './effect';
import { assignmentsOf, isLocal, isParameter, ownScope, pathOf, resolveIn, valuesGiven, walkedFor, type Environment } from './environment';
import { freshnessOf, isFresh, ownsPlace } from './freshness';

type Call = Expr & { kind: 'call' };

/** What a call changes, as the code around the call sees it: a place there, or something that lives outside of the called function. */
export type Changed = ({ place: Expr; depth: number; attribute: string | null } | { outside: string | null }) & { why: string; stream?: true };

/** `own`: the user's own function that is called, where it is one. */
export function changedBy(call: Call, change: Change, own: FunctionIR | null, env: Environment): Changed[] {
  const { callee } = call;
  const all = [...call.args, ...call.keywords.map((keyword) => keyword.value)];
  const about = { why: change.why, ...(change.stream ? { stream: true as const } : {}) };
  const attribute = change.of === 'object' && typeof change.name === 'string' ? change.name : null;
  const place = (expr: Expr | undefined): Changed[] =>
    expr ? [{ place: expr.kind === 'spread' ? expr.value : expr, depth: change.depth, attribute, ...about }] : [];
  switch (change.of) {
    case 'outside':
      return [{ outside: typeof change.name === 'string' ? change.name : null, ...about }];
    case 'unknown':
      return [...all, ...(callee.kind === 'attribute' && resolveIn(env, callee) === null ? [callee.object] : [])].flatMap(place);
    case 'object':
      if (callee.kind !== 'attribute') return [{ outside: null, ...about }];
      // `Shop.add(shop, x)`: the object is the first argument.
      if (own?.method === true && isClassName(env, callee.object) && !own.decorators.some((one) => one.startsWith('classmethod')))
        return place(call.args[0]);
      return place(callee.object);
    case 'argument': {
      const { name } = change;
      if (typeof name === 'number') return place(call.args[name]);
      const named = call.keywords.find((keyword) => keyword.name === name);
      if (named) return place(named.value);
      if (!own || name === null) return all.flatMap(place);
      return ofParameter(call, own, { name, why: change.why }, place, env);
    }
  }
}

function ofParameter(
  call: Call,
  own: FunctionIR,
  { name, why }: { name: string; why: string },
  place: (expr: Expr | undefined) => Changed[],
  env: Environment,
): Changed[] {
  const param = own.params.find((one) => one.name === name);
  if (param?.kind !== 'plain') {
    const passed = param?.kind === 'kwargs' ? call.keywords.map((keyword) => keyword.value) : call.args;
    return [...passed.flatMap(place), ...(param?.default ? [{ outside: `the default of ${name}`, why }] : [])];
  }
  const isStatic = own.decorators.some((one) => one.startsWith('staticmethod'));
  const byClass = call.callee.kind === 'attribute' && isClassName(env, call.callee.object) && !own.decorators.some((one) => one.startsWith('classmethod')); // prettier-ignore
  const bound = own.method && !isStatic && !byClass ? 1 : 0;
  const index = own.params.slice(bound).findIndex((one) => one.name === name);
  if (call.args.slice(0, index + 1).some((arg) => arg.kind === 'spread') || call.keywords.some((keyword) => keyword.name === ''))
    return call.args.flatMap(place);
  const given = call.args[index];
  // Nobody gave it: the default is one object for all calls.
  return given ? place(given) : [{ outside: `the default of ${name}`, why }];
}

function isClassName(env: Environment, expr: Expr): boolean {
  const path = resolveIn(env, expr);
  return path !== null && (path.includes(':') || /^builtins\.[a-z]+$/.test(path));
}

/** Where a function's own caller sees a change that its body makes to a place. Empty: it is the function's alone. */
export function changeOf(
  changed: { place: Expr; depth: number; attribute: string | null; stream?: true },
  env: Environment,
  why: (subject: string) => string,
): Change[] {
  const found = changeAt(changed, env, why);
  if (!changed.stream) return found;
  // What a call of this very function returned is taken for its own: a connection, an answer.
  return isResult(env, changed.place) ? [] : found.map((one) => ({ ...one, stream: true as const }));
}

/** Does a place lie in what a call returned, not in what it was called on? */
export function isResult(env: Environment, place: Expr, depth = 0): boolean {
  let at = place;
  while (at.kind === 'attribute' || at.kind === 'subscript') at = at.object;
  if (at.kind === 'await') return isResult(env, at.value, depth);
  if (at.kind === 'call') return !(at.callee.kind === 'attribute' && /^(get|setdefault|values|items|keys|pop)$/.test(at.callee.attribute));
  if (at.kind !== 'name' || depth > 3 || (env.trip ? !env.trip.has(at.name) : !isLocal(env, at.name) || isParameter(env, at.name))) return false;
  const given = assignmentsOf(env.body).get(at.name) ?? [];
  return given.length > 0 && given.every((value) => value !== null && isResult(env, value, depth + 1));
}

function changeAt(changed: { place: Expr; depth: number; attribute: string | null }, env: Environment, why: (subject: string) => string): Change[] {
  const { place, depth } = changed;
  const path = pathOf(place);
  if (path === null || isImported(env, path.root)) {
    if (freshnessOf(env, place) >= (depth > 1 ? 2 : 1)) return [];
    if (path === null) return [{ of: 'unknown', name: null, depth, why: why('an object that it is given') }];
  }
  const { root, steps } = path;
  const attribute = steps === 0 ? changed.attribute : path.attribute;
  const below = steps + depth;
  if (isLocal(env, root) && !isParameter(env, root)) {
    if (ownsPlace(env, { root, steps: below - 1, attribute }, valuesGiven(env, root) ?? [], env.body)) return [];
    return throughLocal(root, below, env, why);
  }
  if (isParameter(env, root)) {
    if (isRemade(env, root)) return [];
    const self = typeOfSelf(env, root) !== null || isClassParameter(env, root);
    if (!self) return [{ of: 'argument', name: root, depth: below, why: why(`its argument \`${root}\``) }];
    const shown = attribute !== null && steps + (place.kind === 'attribute' ? 0 : 1) <= 1 ? `\`${root}.${attribute}\`` : `\`${root}.\``;
    return [{ of: 'object', name: attribute, depth: below, why: why(`its own object, ${shown}`) }];
  }
  const scope = scopeOfName(env.module, root, ownScope(env));
  const around = scope?.kind === 'function';
  return [{ of: 'outside', name: root, depth: below, why: why(around ? `what \`${root}\` holds` : `the global \`${root}\``) }];
}

/** Another name for something, or an element of it: the change is one of that. */
function throughLocal(
  root: string,
  depth: number,
  env: Environment,
  why: (subject: string) => string,
  seen: ReadonlySet<string> = new Set(),
): Change[] {
  if (seen.has(root) || seen.size > 4) return [{ of: 'unknown', name: null, depth, why: why(`what \`${root}\` holds`) }];
  const sources = [
    ...(assignmentsOf(env.body).get(root) ?? []).flatMap((value) => (value ? [{ value, depth }] : [])),
    ...walkedFor(env.body, root).map((value) => ({ value, depth: depth + 1 })),
  ];
  const found = sources.flatMap(({ value, depth: down }): Change[] => {
    if (isFresh(env, value) && (down === 1 || freshnessOf(env, value) === 2)) return [];
    const path = pathOf(value);
    if (path === null) return [{ of: 'unknown', name: null, depth: down, why: why(`what \`${root}\` holds`) }];
    const local = isLocal(env, path.root) && !isParameter(env, path.root);
    if (!local) return changeOf({ place: value, depth: down, attribute: null }, env, why);
    if (ownsPlace(env, { ...path, steps: path.steps + down - 1 }, valuesGiven(env, path.root) ?? [], env.body)) return [];
    return throughLocal(path.root, path.steps + down, env, why, new Set([...seen, root]));
  });
  return found.length > 0 || sources.length > 0 ? found : [{ of: 'unknown', name: null, depth, why: why(`what \`${root}\` holds`) }];
}

/** `xs = list(xs)` as the first thing that is done with a parameter: from then on it is the function's own. */
function isRemade(env: Environment, name: string): boolean {
  const given = assignmentsOf(env.body).get(name) ?? [];
  if (given.length === 0 || !given.every((value) => value !== null && freshnessOf(env, value) > 0)) return false;
  const first = env.body.find((statement) => !(statement.kind === 'expression' && statement.value.kind === 'string'));
  return first?.kind === 'assign' && first.targets.some((target) => target.kind === 'name' && target.name === name);
}

const isImported = (env: Environment, name: string): boolean =>
  scopeOfName(env.module, name, ownScope(env))?.bindings.get(name)?.[0]?.kind === 'import';

const isClassParameter = (env: Environment, name: string): boolean =>
  env.owner?.method === true && env.owner.params[0]?.name === name && env.owner.decorators.some((one) => one.startsWith('classmethod'));
