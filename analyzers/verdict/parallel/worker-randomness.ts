/** Workers that draw the same random numbers as each other. */
import type { Expr, FunctionIR } from '../../types';
import type { Program } from './program';
import { reachedFrom } from './reach';
import { lineOf, once, type Found, type Rule, type Scene } from './rule';
import type { CallSite, Place } from './walk';
import type { Launch } from './workers';

/** Of NumPy's one shared generator: not its classes, not the seeding. */
const SHARED_DRAW =
  /^numpy\.random\.(?!(seed|default_rng|Generator|RandomState|SeedSequence|PCG64|PCG64DXSM|MT19937|Philox|SFC64|BitGenerator|get_state|set_state)\b)[a-z_]+$/;
const SEEDS = ['numpy.random.seed', 'numpy.random.set_state', 'random.seed'];

export const sameRandomNumbers: Rule = (scene) => {
  const { program } = scene;
  const workers = once(scene.launches.filter((launch) => launch.on === 'process' && launch.many && launch.worker !== null), (launch) => launch.worker); // prettier-ignore
  return workers.flatMap((launch): Found[] => {
    if (!launch.worker) return [];
    const reached = reachedFrom(program, launch.worker).map(({ owner }) => owner);
    const started = [...reached, ...initializersOf(scene, launch).flatMap((owner) => reachedFrom(program, owner).map((one) => one.owner))];
    // Who seeds in the worker has thought of it.
    if (started.some((owner) => program.callsIn(owner).some((site) => seeds(program, site)))) return [];
    for (const owner of reached) {
      for (const site of program.callsIn(owner)) {
        const why = drawsAlike(scene, launch, site);
        if (why === null) continue;
        return [
          {
            file: site.module.file,
            span: site.call.span,
            why: `Line ${lineOf(site.call.span)} draws from ${why}, so different workers of line ${lineOf(launch.site.call.span)} draw the same numbers.`,
            toDo: 'Give every task a generator of its own: numpy.random.SeedSequence(seed).spawn(n), one child for each, to default_rng.',
            certainty: 'likely',
          },
        ];
      }
    }
    return [];
  });
};

function seeds(program: Program, site: CallSite): boolean {
  if (site.path !== null && SEEDS.includes(site.path)) return true;
  return site.call.callee.kind === 'attribute' && site.call.callee.attribute === 'seed' && program.thingOf(site.call.callee.object, site)?.kind === 'random-generator'; // prettier-ignore
}

/** Functions that each worker runs first. */
function initializersOf({ program }: Scene, launch: Launch): FunctionIR[] {
  const made = program.calls.find((site) => site.call === launch.pool?.made);
  const given = made?.call.keywords.find((keyword) => keyword.name === 'initializer')?.value ?? (made ? made.call.args[1] : undefined);
  const found = made && given ? program.functionNamed(given, made) : null;
  return found ? [found] : [];
}

/** What it draws from, where all workers have the same copy of that; null otherwise. */
function drawsAlike(scene: Scene, launch: Launch, site: CallSite): string | null {
  const { program, profile } = scene;
  const forks = profile.interpreter.startMethod === 'fork' && !program.calls.some(({ path }) => path === 'multiprocessing.set_start_method' || path === 'multiprocessing.get_context'); // prettier-ignore
  // Python's own `random` is seeded anew in a forked child; NumPy's is not.
  if (site.path !== null && SHARED_DRAW.test(site.path))
    return forks ? "NumPy's shared generator, which each worker takes over in the same state" : null;
  const { callee } = site.call;
  if (callee.kind !== 'attribute') return null;
  const thing = program.thingOf(callee.object, site);
  if (thing?.kind !== 'random-generator' || !thing.call) return null;
  const { place } = thing.made;
  const seeded = thing.call.args.length + thing.call.keywords.length > 0 && !isNone(thing.call.args[0]);
  const name = callee.object.kind === 'name' ? callee.object.name : 'a generator';
  // A module's generator: copied by a fork, or made again with the same seed.
  if (
    place.owner === null &&
    place.inClass === null &&
    callee.object.kind === 'name' &&
    program.keyOf(callee.object, site)?.includes(':<module>:') === true
  ) {
    return forks || (seeded && !place.guarded) ? `${name}, of which each worker has a copy in the same state` : null; // prettier-ignore
  }
  return isHandedAlike(program, launch, callee.object, site) ? `${name}, which is copied with every task in the same state` : null;
}

const isNone = (expr: Expr | undefined): boolean => expr?.kind === 'constant' && expr.value === 'None';

/** A parameter of the worker that every task is given alike. */
function isHandedAlike(_program: Program, launch: Launch, object: Expr, place: Place): boolean {
  if (object.kind !== 'name' || place.owner !== launch.worker || !launch.worker) return false;
  const index = launch.worker.params.findIndex((param) => param.name === object.name);
  const given = index < 0 ? null : launch.given[index];
  return given !== null && given !== undefined && !given.each && given.value.expr.kind === 'name';
}
