/** What making an object of a class of the user's own does. */
import type { FunctionIR, Stmt } from '../types';
import { HARMLESS_CLASS_DECORATORS, hasPlainBases, makesAttribute, pathOfDecorator } from './callables';
import { basesOf, methodNamed, ownClassType } from './classes';
import { isChanging, PURE, together, unchanging, unknownEffect, type Effectfulness } from './effect';
import type { Environment } from './environment';
import type { FunctionJudge } from './judged-call';

/** @param qualname: of a class of the module that `env` looks at. */
export function effectOfClass(qualname: string, env: Environment, judge: FunctionJudge): Effectfulness {
  const scope = env.module.scopes.find((one) => one.kind === 'class' && one.qualname === qualname);
  const own = env.module.classes.find((one) => one.qualname === qualname);
  if (!scope || !own) return unknownEffect('is defined more than once or made at run time');
  if (own.metaclass === true) return unknownEffect('is a class whose metaclass makes its objects');
  const inside: Environment = { module: env.module, modules: env.modules, owner: null, body: own.body, values: {} };
  const strange = (own.decorators ?? []).find((decorator) => !HARMLESS_CLASS_DECORATORS.test(pathOfDecorator(decorator, own.span, inside)));
  if (strange !== undefined) return unknownEffect(`is decorated with @${strange.split('(')[0] ?? strange}, which may do anything`);
  const type = ownClassType(env, `${env.module.file}:${qualname}`);
  const makers = ['__new__', '__init__', '__post_init__'].flatMap((method) => (type === null ? [] : (methodNamed(env, type, method) ?? [])));
  const bases = own.bases.length === 0 || hasPlainBases(qualname, env) || (type !== null && basesOf(env, { module: env.module, qualname, scope }).length === own.bases.length); // prettier-ignore
  if (!bases && !makers.some((fn) => fn.qualname === `${qualname}.__init__`)) return unknownEffect('is a class whose base Hotloop has not read');
  const parts = [...makers.map((fn) => effectOfMaker(fn, env, judge)), ...effectsOfFactories(own.body, inside, judge)];
  return parts.length === 0 ? PURE : together(parts);
}

function effectOfMaker(fn: FunctionIR, env: Environment, judge: FunctionJudge): Effectfulness {
  const effect = judge.ofFunction(fn, env);
  // What a new object writes to itself nobody else can see, and what its own attributes hold only where it made that.
  const changes = (effect.changes ?? []).filter(
    ({ of, name, depth }) => of !== 'object' || (depth > 1 && (typeof name !== 'string' || !makesAttribute(fn, name, depth, env))),
  );
  const rest = unchanging(effect);
  const [first] = changes;
  if (first)
    return {
      ...rest,
      why: first.why,
      changes: changes.map((change) => (change.of === 'object' ? { ...change, of: 'outside', name: null } : change)),
    };
  return isChanging(effect) && rest.purity === 'pure' ? { ...rest, why: 'makes an object' } : rest;
}

/** `id: int = field(default_factory=make)`: called for every new object. */
function effectsOfFactories(body: readonly Stmt[], env: Environment, judge: FunctionJudge): Effectfulness[] {
  return body.flatMap((statement) => {
    if (statement.kind !== 'assign' || statement.value.kind !== 'call') return [];
    const factory = statement.value.keywords.find((keyword) => /^(default_)?factory$/.test(keyword.name))?.value;
    return factory ? [judge.ofCallable(factory, env)] : [];
  });
}
