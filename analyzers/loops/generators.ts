import type { Expr, FunctionIR, Stmt } from '../types';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { scopeAt, scopeOfName } from '../syntax/python-names';
import { sharedDraw, type Effectfulness } from './effect';
import { assignmentsOf, functionIn, resolveIn, valuesGiven, type Environment } from './environment';

type Call = Expr & { kind: 'call' };

const MADE_BY = /^(random\.Random|numpy\.random\.(default_rng|RandomState))$/;
const BIT_GENERATORS = /^numpy\.random\.(PCG64|PCG64DXSM|Philox|MT19937|SFC64|SeedSequence)$/;
/** `default_rng(rng)` hands the same generator back: whatever may be one is no seed. */
const MAY_BE_GENERATOR = /rng|gen|random|state|bit/i;
const DRAWS =
  /^(random|shuffle|permuted|uniform|normal|standard_\w+|integers|randint|randrange|randn|rand|choices?|sample|permutation|gauss|\w+variate|poisson|exponential|beta|gamma|binomial|multivariate_normal|lognormal|triangular|weibull|bytes|getrandbits|random_sample|laplace|geometric|chisquare|dirichlet|multinomial|rayleigh|logistic|gumbel|pareto|power|zipf)$/;
const SHARED = /^(numpy\.)?random\.[a-z]\w*$|\.rvs$/;
const SHARED_SEEDS = /^(numpy\.)?random\.seed$/;

const isSeed = (expr: Expr | undefined): boolean => expr !== undefined && !(expr.kind === 'constant' && expr.value === 'None');

/** A generator made from a seed that is written down: whoever holds it draws from nothing that others draw from. */
export function isSeededGenerator(env: Environment, value: Expr | null): boolean {
  if (value?.kind !== 'call') return false;
  const path = resolveIn(env, value.callee) ?? '';
  const seed = value.args[0] ?? value.keywords.find((keyword) => keyword.name === 'seed')?.value;
  if (path === 'numpy.random.Generator')
    return seed?.kind === 'call' && BIT_GENERATORS.test(resolveIn(env, seed.callee) ?? '') && isSeed(seed.args[0]);
  if (!MADE_BY.test(path) || seed === undefined || !isSeed(seed)) return false;
  const names = [...eachExpr(seed)].map((expr) => (expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? expr.attribute : ''));
  return path === 'random.Random' || !names.some((name) => MAY_BE_GENERATOR.test(name));
}

/** Does the name hold nothing but a generator that this trip (or, in a function, this call) made from a seed? */
function isOwnGenerator(env: Environment, name: string): boolean {
  if (env.generators) return env.generators.has(name);
  const scope = env.owner && scopeOfName(env.module, name, scopeAt(env.module, env.owner.span.start));
  if (scope?.kind !== 'function' || scope.qualname !== env.owner?.qualname) return false;
  const given = valuesGiven(env, name) ?? [];
  return given.length > 0 && given.every((value) => isSeededGenerator(env, value));
}

const isParameter = (env: Environment, name: string): boolean =>
  env.generators === undefined && env.owner?.params.some((param) => param.name === name) === true && !assignmentsOf(env.body).has(name);

/** What drawing from this generator does: nothing that others see where it is the trip's own. null: it is not known to be anybody's own. */
function drawFrom(env: Environment, generator: Expr): Effectfulness | null {
  if (isSeededGenerator(env, generator)) return { purity: 'pure', io: null, why: 'draws from a generator that it seeds itself' };
  if (generator.kind !== 'name') return null;
  const { name } = generator;
  if (isOwnGenerator(env, name)) return { purity: 'pure', io: null, why: `draws from \`${name}\`, which is seeded for it alone`, advances: name };
  if (isParameter(env, name)) return { purity: 'rng', io: null, why: `draws from its argument \`${name}\``, draws: { from: 'parameter', name } };
  return null;
}

/** A method of a random generator, or a function that draws from the one that it is given. `effect`: what is known of the call so far. */
export function drawOf(call: Call, effect: Effectfulness, env: Environment): Effectfulness | null {
  const own = functionIn(env, call.callee);
  if (own) {
    if (effect.draws?.from !== 'parameter') return null;
    const given = argumentFor(call, own, effect.draws.name);
    const drawn = given && drawFrom(env, given);
    return drawn ? withChanges(drawn, effect) : sharedDraw(effect);
  }
  const { callee } = call;
  if (callee.kind !== 'attribute' || resolveIn(env, callee) !== null || !DRAWS.test(callee.attribute)) return null;
  const known = effect.purity === 'rng' || (callee.object.kind === 'name' && /rng|random|gen/i.test(callee.object.name));
  // `out=` and `random=` of some draws write elsewhere or call what they are given.
  if (!known || call.keywords.some((keyword) => keyword.name === 'out')) return null;
  const drawn = drawFrom(env, callee.object);
  return drawn && withChanges(drawn, effect);
}

function withChanges(drawn: Effectfulness, { changes, io, ordered }: Effectfulness): Effectfulness {
  const [first] = changes ?? [];
  return { ...drawn, io, ...(ordered ? { ordered } : {}), ...(first ? { changes, why: first.why } : {}) };
}

function argumentFor(call: Call, fn: FunctionIR, parameter: string): Expr | null {
  const named = call.keywords.find((keyword) => keyword.name === parameter);
  if (named) return named.value;
  const bound = fn.method && !fn.decorators.includes('staticmethod') ? 1 : 0;
  const index = fn.params.slice(bound).findIndex((param) => param.name === parameter && param.kind === 'plain');
  const before = call.args.slice(0, index + 1);
  return index < 0 || before.some((arg) => arg.kind === 'spread') ? null : (call.args[index] ?? null);
}

/** Generators that every trip makes and seeds for itself. */
export function generatorsOfTrip(env: Environment, body: readonly Stmt[], privates: ReadonlySet<string>): Set<string> {
  const given = assignmentsOf(body);
  return new Set(
    [...privates].filter((name) => {
      const values = given.get(name) ?? [];
      return values.length > 0 && values.every((value) => isSeededGenerator(env, value));
    }),
  );
}

/** Some functions seed the shared generator before they draw from it: then their draws do not depend on others. Nobody else may draw from it, who would find it changed. */
export class SharedGenerator {
  readonly #others = new WeakMap<Environment['modules'], boolean>();

  /** Does the function begin with `random.seed(k)`, and does every other draw of the program stand in a function that does as well? */
  seeds(fn: FunctionIR, env: Environment): boolean {
    return this.#beginsWithSeed(fn, env) && !this.#drawnElsewhere(env);
  }

  #beginsWithSeed(fn: FunctionIR, env: Environment): boolean {
    const top = fn.body.findIndex((stmt) => this.#drawsIn([stmt], env, true));
    const stmt = fn.body[top];
    if (stmt?.kind !== 'expression' || stmt.value.kind !== 'call') return false;
    const path = resolveIn(env, stmt.value.callee) ?? '';
    // Draws of NumPy and of `random` have each their own state: only one of them may be used.
    const package_ = path.startsWith('numpy.') ? 'numpy.random.' : 'random.';
    const rest = fn.body.flatMap((one) => this.#paths([one], env)).filter((one) => SHARED.test(one));
    return SHARED_SEEDS.test(path) && isSeed(stmt.value.args[0]) && rest.every((one) => one.startsWith(package_));
  }

  #drawnElsewhere(env: Environment): boolean {
    const known = this.#others.get(env.modules);
    if (known !== undefined) return known;
    const found = env.modules.some((module) => {
      const at = (owner: FunctionIR | null, body: readonly Stmt[]): Environment => ({ module, modules: env.modules, owner, body, values: {} });
      if (this.#drawsIn(module.body, at(null, module.body), false)) return true;
      return module.functions.some((fn) => {
        const inside = at(fn, fn.body);
        return this.#drawsIn(fn.body, inside, false) && !this.#beginsWithSeed(fn, inside);
      });
    });
    this.#others.set(env.modules, found);
    return found;
  }

  #drawsIn(body: readonly Stmt[], env: Environment, seedsToo: boolean): boolean {
    return this.#paths(body, env).some((path) => SHARED.test(path) && (seedsToo || !SHARED_SEEDS.test(path)) && path !== 'numpy.random.default_rng');
  }

  /** Every call, and every function passed on by its name. */
  #paths(body: readonly Stmt[], env: Environment): string[] {
    const exprs = [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]));
    return exprs.flatMap((expr) => (expr.kind === 'name' || expr.kind === 'attribute' ? (resolveIn(env, expr) ?? []) : []));
  }
}
