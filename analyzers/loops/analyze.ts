import type { Accumulator, Expr, Hotspot, LoopFacts, LoopIR, Profile, Span, Stmt } from '../types';
import { sameSpan, within } from '../platform/span';
import type { ModuleLoop, PythonModule } from '../syntax/python-module';
import { scopeOfName, scopeAt } from '../syntax/python-names';
import { boundNames, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { accumulatorsOf } from './accumulators';
import { isNamed } from './call-dependences';
import { carriedNames } from './carried-names';
import { storesAndDependences } from './dependences';
import { effectsOf } from './effects';
import { resolveIn, type Environment } from './environment';
import { askedBetween, cutShort, takenMeanwhile } from './surroundings';
import { flowOf, flowOfTrip } from './flow';
import { generatorsOfTrip } from './generators';
import { liveAfter, placeOf } from './liveness';
import { patternOf } from './pattern';
import { roundedSums } from './rounding';
import { meetingsInFiles } from './shared-files';
import { takenFact } from './hidden-calls';
import type { JudgedCall } from './judged-call';
import { PurityJudge } from './purity';
import type { TripNames } from './trip-names';
import { TripOwned } from './trip-owned';
import { tripsOf, valuesOf, valuesOfFunction } from './trips';

/**
 * Facts of every hotspot that is a loop of a known module, in the order of the hotspots; others have none. Nothing is run: what the profile saw
 * (types, lengths) only narrows what the text leaves open.
 */
export function analyzeLoops(hotspots: readonly Hotspot[], modules: readonly PythonModule[], profile: Profile): LoopFacts[] {
  const judge = new PurityJudge((fn, module) => valuesOfFunction(fn, module, profile));
  return hotspots.flatMap((hotspot) => {
    if (hotspot.kind !== 'loop') return [];
    const module = modules.find((one) => one.file === hotspot.file);
    const loop = module && loopOf(hotspot, module);
    return module && loop ? [factsOf(hotspot, loop, module, modules, profile, judge)] : [];
  });
}

/** The loop of an id's ordinal where its place agrees, else the one that stands at the place. */
function loopOf(hotspot: Hotspot, module: PythonModule): ModuleLoop | undefined {
  const ordinal = Number(hotspot.id.slice(hotspot.id.lastIndexOf('#') + 1));
  const named = module.loops.find((loop) => loop.ordinal === ordinal && loop.qualname === hotspot.qualname);
  const stands = (loop: ModuleLoop): boolean => sameSpan(loop.ir.span, hotspot.span) || sameSpan(loop.statement, hotspot.span);
  if (named && stands(named)) return named;
  return module.loops.find((loop) => sameSpan(loop.ir.span, hotspot.span)) ?? module.loops.find(stands) ?? named;
}

function factsOf(
  hotspot: Hotspot,
  { ir, owner, statement, depth, qualname }: ModuleLoop,
  module: PythonModule,
  modules: readonly PythonModule[],
  profile: Profile,
  judge: PurityJudge,
): LoopFacts {
  const body = owner?.body ?? module.body;
  const values = valuesOf({ ir, owner, statement, depth, qualname, ordinal: 0, parent: null }, module, profile);
  const env: Environment = { module, modules, owner, body, values };
  const flow = flowOfTrip(ir);
  const loops = new Set(indicesOf(ir));
  const ofWhole = ownReads(ir, env);
  const live = liveAfter(module, modules, owner, body, ir);
  const written = new Set([...flow.writes]);
  const hidden = ir.sink ? new Set(scopedNames(ir)) : new Set<string>();
  const liveOut = new Set([...written].filter((name) => live.has(name) && !hidden.has(name)));
  const place = placeOf(body, ir);
  const innermost = place?.[place.length - 1];
  const accumulators = accumulatorsOf(ir, env, innermost ? innermost.block.slice(0, innermost.index) : []);
  const gathered = new Set(accumulators.map((one) => one.name));
  const privates = new Set([...written].filter((name) => !loops.has(name) && !flow.exposed.has(name) && !liveOut.has(name) && !gathered.has(name)));
  const owned = new TripOwned(ir, env, privates);
  const ofTrip = { ...env, generators: generatorsOfTrip(env, ir.body, privates), trip: new Set([...written, ...loops]) };
  const calls = withOwners(callsOf(ir, ofTrip, judge), owned, accumulators);
  const names: TripNames = { loop: ir, env, flow, privates, owned, liveOut, accumulators, globalsRead: (call) => judge.globalsRead(call, env) };
  const { stores, carried } = storesAndDependences(names, calls);
  const facts: LoopFacts = {
    hotspot,
    ir,
    file: module.file,
    owner,
    statement,
    depth,
    pattern: 'unknown',
    indices: [...loops],
    reads: [...ofWhole],
    writes: [...written],
    privates: [...privates],
    liveOut: [...liveOut],
    invariants: [...ofWhole].filter((name) => !written.has(name)),
    carried: [
      ...carriedNames(names, loops),
      ...carried,
      ...cutShort(names, place ?? [], live, stores),
      ...takenMeanwhile(names, place ?? []),
      ...askedBetween(names),
      ...roundedSums(ir, accumulators, env),
    ],
    accumulators,
    stores,
    calls: [...calls.values()].map((one) => one.fact),
    effects: [],
    flow: exitsOf(ir),
    values,
    trips: tripsOf(ir.space, values, module.outline.constants),
  };
  // What other trips look at on the way is not only gathered.
  facts.accumulators = accumulators.filter((one) => !facts.carried.some((dependence) => dependence.name === one.name));
  facts.effects = [...effectsOf(facts, env, calls), ...meetingsInFiles(callsOnDisk(calls), ofTrip)];
  facts.pattern = patternOf(facts);
  return facts;
}

function indicesOf(loop: LoopIR): string[] {
  const counter = loop.space.kind === 'while' && loop.space.counter ? [loop.space.counter.name] : [];
  return [...(loop.target ? boundNames(loop.target) : []), ...counter];
}

/** Names that a comprehension's clauses bind; they are gone when it ends. */
function scopedNames(loop: LoopIR): string[] {
  const inner = loop.body.flatMap(function of(statement: Stmt): string[] {
    return statement.kind === 'loop' ? scopedNames(statement.loop) : nestedBlocks(statement).flat().flatMap(of);
  });
  return [...(loop.target ? boundNames(loop.target) : []), ...inner];
}

/** Names that the loop reads from around it or from itself; names of builtins are no names of the program. */
function ownReads(loop: LoopIR, env: Environment): Set<string> {
  const whole = flowOf([
    loop.sink ? { kind: 'expression', value: { kind: 'loop', loop, span: loop.span }, span: loop.span } : { kind: 'loop', loop, span: loop.span },
  ]);
  const inside = loop.sink ? flowOfTrip(loop).reads : whole.reads;
  const scope = scopeAt(env.module, loop.span.start);
  const reads = [...whole.reads, ...inside].filter((name) => {
    if (scopeOfName(env.module, name, scope)) return true;
    const at = { kind: 'name' as const, name, span: loop.span };
    return resolveIn(env, at)?.startsWith('builtins.') !== true;
  });
  return new Set(reads);
}

/** Every call that a trip makes, by its expression; what runs without a call being written stands among them where it does more than look. */
function callsOf(loop: LoopIR, env: Environment, judge: PurityJudge): Map<Expr, JudgedCall> {
  const found = new Map<Expr, JudgedCall>();
  const inExpr = (top: Expr): void => {
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'call') found.set(expr, judge.factOf(expr, env));
      else {
        const hidden = judge.hidden.factOf(expr, env);
        if (hidden) found.set(expr, hidden);
      }
      if (expr.kind === 'loop') inSpace(expr.loop);
    }
  };
  const inSpace = (inner: LoopIR): void => {
    for (const walked of spaceExprs(inner.space)) {
      const taken = inner.space.kind === 'while' ? null : takenFact(walked, env);
      if (taken) found.set(walked, taken);
    }
  };
  const inStmts = (body: readonly Stmt[]): void => {
    for (const statement of body) {
      stmtExprs(statement).forEach(inExpr);
      for (const [place, hidden] of judge.hidden.factsOf(statement, env)) found.set(place, hidden);
      if (statement.kind === 'loop') inSpace(statement.loop);
      nestedBlocks(statement).forEach(inStmts);
    }
  };
  if (loop.space.kind === 'while') inExpr(loop.space.test);
  inStmts(loop.body);
  for (const given of loop.sink?.consumer?.extra ?? []) {
    const taken = judge.consumerFact(given, loop.sink?.consumer?.name ?? '', env);
    if (taken) found.set(given, taken);
  }
  return found;
}

const callsOnDisk = (calls: ReadonlyMap<Expr, JudgedCall>): (Expr & { kind: 'call' })[] =>
  [...calls].flatMap(([expr, { fact }]) => (expr.kind === 'call' && fact.io !== null ? [expr] : []));

/** Says of every call that changes something whether that is the trip's own, or what the loop gathers. */
function withOwners(calls: ReadonlyMap<Expr, JudgedCall>, owned: TripOwned, accumulators: readonly Accumulator[]): Map<Expr, JudgedCall> {
  const places = (span: Span): boolean => accumulators.some((one) => within(span, one.statement));
  return new Map(
    [...calls].map(([expr, call]) => {
      const { fact, effect, changed } = call;
      if (changed.length === 0) return [expr, call];
      // What else it does is not known, whoever owns what it is known to change.
      const open: JudgedCall = { ...call, fact: { ...fact, purity: 'unknown' } };
      if (changed.every((one) => owned.ownsChange(one))) {
        if (effect.purity === 'unknown') return [expr, open];
        // A file that the trip opens for itself: it waits, and that is all.
        const purity = effect.io !== null && fact.purity === 'mutates' ? effect.purity : fact.purity;
        return [expr, { ...call, fact: { ...fact, purity, changes: 'trip' } }];
      }
      const gathers =
        places(fact.span) &&
        changed.every((one) => !('outside' in one) && (owned.ownsChange(one) || accumulators.some((each) => isNamed(one.place, each.name))));
      if (gathers && effect.purity === 'unknown') return [expr, open];
      return [expr, gathers ? { ...call, fact: { ...fact, changes: 'accumulator' } } : call];
    }),
  );
}

/** Ways out of the loop or of the trip that are not its end; those of an inner loop's own stay inside. */
function exitsOf(loop: LoopIR): LoopFacts['flow'] {
  const found: LoopFacts['flow'] = loop.async ? [{ kind: 'await', span: loop.span }] : [];
  const inStmts = (body: readonly Stmt[], inner: boolean): void => {
    for (const statement of body) {
      const { kind, span } = statement;
      const leaves = kind === 'break' && (!inner || statement.label !== undefined);
      if (leaves || kind === 'return' || kind === 'raise' || kind === 'try') found.push({ kind, span });
      for (const top of stmtExprs(statement)) {
        for (const expr of eachExpr(top)) if (expr.kind === 'await' || expr.kind === 'yield') found.push({ kind: expr.kind, span: expr.span });
      }
      if (kind === 'loop') {
        if (statement.loop.async) found.push({ kind: 'await', span });
        inStmts(statement.loop.body, true);
        inStmts(statement.loop.otherwise, inner);
      } else for (const block of nestedBlocks(statement)) inStmts(block, inner);
    }
  };
  inStmts(loop.body, false);
  return found;
}
