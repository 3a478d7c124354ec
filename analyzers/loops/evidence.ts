/** What one more run of the program shows of its hot loops: the request to the run room, and what came back, checked. */
import { ok, refuse, type Outcome } from '../platform/result';
import type { WatchRequest } from '../run/program';
import type { OpenRerun } from '../run/rerun';
import type { PythonModule } from '../syntax/python-module';
import { functionOf } from '../syntax/python-names';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { FunctionIR, Interpreter, LoopEvidence, LoopFacts, Seconds } from '../types';
import { parseEvidence, type WatchedLoop } from './evidence-record';

// What is less than this of the run is not worth watching, and with more loops the run would be watched more than run.
const LEAST_SHARE = 0.02;
const MOST_LOOPS = 12;
/** Part of the time that trips may take that are watched at every access. */
const SHADOWED = 0.3;
/** A loop is run through twice more, in other orders, where that takes no longer than this each time. */
const LONGEST_REORDERED = 3;
/** Calls within calls within calls. */
const DEEPEST_COUNTED = 3;
const SEED = 20_240_117;

export interface EvidenceRequest {
  facts: readonly LoopFacts[];
  modules: readonly PythonModule[];
  open: OpenRerun;
  interpreter: Interpreter;
  signal: AbortSignal;
  /** Wall time that the run may take before it is ended. */
  limit: Seconds;
  /** May it end as soon as enough was seen? Not where the program has effects on the outside, which would be left half done. */
  endEarly: boolean;
}

/**
 * Runs the original once, in a sandbox, with its hot loops watched. By hotspot id; a loop that was never reached has none.
 * Refuses as the run room does, and with 'no-evidence' where nothing came back.
 */
export async function gatherEvidence(o: EvidenceRequest): Promise<Outcome<Map<string, LoopEvidence>>> {
  const hot = o.facts.filter(({ hotspot, ir }) => hotspot.share >= LEAST_SHARE && ir.language === 'python').slice(0, MOST_LOOPS);
  if (hot.length === 0) return ok(new Map());
  const loops = hot.map((facts, number): WatchedLoop => ({ number, facts, calls: countedCalls(facts, o.modules) }));
  const opened = await o.open([]);
  if (!opened.ok) return opened;
  const rerun = opened.value;
  try {
    const ran = await rerun.run({ regions: [], seed: SEED, startMethod: 'default', environment: {}, limit: null, args: null, signal: o.signal, watch: watchRequest(loops, o) }); // prettier-ignore
    if (!ran.ok) return ran;
    if (o.signal.aborted) return refuse('cancelled', 'The run was cancelled.', 'Start it again when you are ready.');
    const { watched, refused } = ran.value;
    if (refused !== null)
      return refuse('refused-effect', `A rerun was ended because it tried ${refused.kind} on ${refused.target}.`, 'Agree to that effect.');
    const evidence =
      watched === null || watched === undefined ? null : parseEvidence(watched.text, loops, (file) => originalOf(file, loops, rerun.dir));
    return evidence === null ? refuse('no-evidence', 'The run that watches the hot loops told nothing.', 'Try again.') : ok(evidence);
  } finally {
    await rerun.dispose();
  }
}

/** Where a file of the copy is known as: by the end of its path, which both have in common. */
function originalOf(file: string, loops: readonly WatchedLoop[], dir: string): string {
  const inside = file.startsWith(dir) ? file.slice(dir.length) : file;
  const known = loops.flatMap((loop) => [loop.facts.file, ...loop.calls.map((call) => call.file)]);
  return known.find((one) => one === file) ?? known.find((one) => one.endsWith(inside)) ?? file;
}

function watchRequest(loops: readonly WatchedLoop[], o: EvidenceRequest): WatchRequest {
  const functions: Record<string, number[]> = {};
  for (const call of loops.flatMap((loop) => loop.calls)) functions[call.file] = [...new Set([...(functions[call.file] ?? []), call.line])];
  return {
    loops: loops.map((loop) => loopRequest(loop)),
    files: [...new Set([...o.facts.map(({ file }) => file), ...o.modules.map(({ file }) => file)])],
    functions,
    endEarly: o.endEarly,
    seconds: o.limit,
    shadowSeconds: SHADOWED * o.limit,
  };
}

function loopRequest({ number, facts, calls }: WatchedLoop): WatchRequest['loops'][number] {
  const { ir, file, accumulators } = facts;
  const names = [...new Set([...facts.reads, ...facts.writes, ...facts.indices])];
  const outside = new Set([...facts.reads, ...facts.invariants, ...facts.liveOut]);
  const gathers = accumulators.map(({ name, op, statement }) => ({ name, op, startLine: statement.start.line + 1, endLine: statement.end.line + 1 }));
  const request = {
    number,
    file,
    form: ir.form,
    line: ir.span.start.line + 1,
    column: ir.span.start.character,
    names,
    writes: facts.writes,
    outside: [...outside],
    last: accumulators.filter(({ op }) => op === 'append').map(({ name }) => name),
    gathers,
    calls: [...new Set(calls.map(({ name }) => name))],
    privates: [...facts.privates, ...facts.indices, ...(ir.target === null ? [] : boundNames(ir.target))],
    shadow: true,
    order: orderRequest(facts),
  };
  return request;
}

/** The names that tell two orders apart; null where another order is not to be tried: effects, draws, or a way out of the loop. */
function orderRequest(facts: LoopFacts): { names: string[]; sums: string[]; appends: string[] } | null {
  const { ir, effects, flow, calls, carried, accumulators, hotspot } = facts;
  if (hotspot.seconds > LONGEST_REORDERED) return null;
  const plain = ir.form === 'for' && !ir.async && ir.space.kind !== 'while';
  if (!plain || effects.length > 0 || carried.length > 0 || flow.some(({ kind }) => kind !== 'try' && kind !== 'raise')) return null;
  if (calls.some(({ io, purity }) => io !== null || purity === 'io' || purity === 'rng')) return null;
  // What the last trip leaves in a plain name is another thing in another order, and says nothing.
  const names = [...accumulators.map(({ name }) => name), ...facts.stores.map(({ name }) => name), ...facts.invariants];
  const own = new Set([...facts.privates, ...facts.indices]);
  return {
    names: [...new Set(names)].filter((name) => !own.has(name)),
    sums: accumulators.map(({ name }) => name),
    appends: accumulators.filter(({ op }) => op === 'append' || op === 'extend').map(({ name }) => name),
  };
}

/** Functions of the program's own that only compute, and those that they call in turn: repeated arguments of those may be remembered. */
function countedCalls(facts: LoopFacts, modules: readonly PythonModule[]): WatchedLoop['calls'] {
  const found: WatchedLoop['calls'] = [];
  const add = (fn: FunctionIR, callee: string, depth: number): void => {
    if (found.some((one) => one.callee === callee)) return;
    found.push({ name: fn.name, file: fn.file, line: fn.span.start.line + 1, callee });
    const module = modules.find(({ file }) => file === fn.file);
    if (module === undefined || depth >= DEEPEST_COUNTED) return;
    for (const stmt of eachStmt(fn.body))
      for (const top of stmtExprs(stmt))
        for (const expr of eachExpr(top)) {
          const inner = expr.kind === 'call' ? functionOf(modules, module, expr.callee) : null;
          if (inner !== null && inner !== fn) add(inner, `${inner.file}:${inner.qualname}`, depth + 1);
        }
  };
  for (const { resolved, purity } of facts.calls) {
    if (resolved === null || !resolved.includes(':') || (purity !== 'pure' && purity !== 'reads')) continue;
    const qualname = resolved.slice(resolved.lastIndexOf(':') + 1);
    const named = modules.flatMap(({ functions }) => functions.filter((fn) => fn.qualname === qualname));
    const own = named.filter((fn) => fn.file === facts.file);
    const [fn, another] = named.length === 1 ? named : own;
    if (fn !== undefined && another === undefined) add(fn, resolved, 0);
  }
  return found;
}
