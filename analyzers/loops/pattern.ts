import type { Expr, LoopFacts, LoopIR, Pattern, Stmt } from '../types';
import { eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { positionsOf } from './positions';
import { affineOf } from './affine';

/** The shape of a loop's work, for the person and for the order in which refactors are tried. */
export function patternOf(facts: LoopFacts): Pattern {
  const { ir } = facts;
  const queue = facts.calls.filter((call) => /(^|\.)(put|put_nowait|get_nowait|task_done)$/.test(call.written) || /queue/i.test(call.resolved ?? ''));
  if (queue.length > 0 && facts.calls.some((call) => /\.(put|get|put_nowait|get_nowait)$/.test(call.written))) return 'producer-consumer';
  if (takesAndPuts(facts)) return 'producer-consumer';
  if (facts.flow.some((exit) => exit.kind === 'yield')) return 'pipeline';
  const leaves = facts.flow.some((exit) => exit.kind === 'break' || exit.kind === 'return');
  if (leaves || /^(any|all)$/.test(ir.sink?.consumer?.name ?? '')) return 'search';
  const subscriptFlow = facts.carried.filter((one) => one.via === 'subscript' && one.kind !== 'output');
  if (subscriptFlow.length > 0) {
    const table = facts.stores.some((store) => store.kind === 'subscript' && store.target.kind === 'subscript' && dimensions(store.target) > 1);
    if (table) return 'table-filling';
    if (facts.stores.some((store) => store.index === 'same' || store.index === 'shifted')) return 'scan';
  }
  if (isPairwise(ir)) return 'pairwise';
  const gathersValues = facts.accumulators.some((one) => one.op === 'append' || one.op === 'extend' || one.op === 'add');
  if (facts.carried.some((one) => one.via === 'name' && one.kind === 'flow')) {
    return 'scan';
  }
  const stored = facts.stores.some(
    (store) => store.kind === 'subscript' && (store.index === 'same' || store.index === 'shifted' || store.index === 'permuted'),
  );
  const builds = stored || gathersValues || (ir.sink !== null && !isReducing(ir));
  const work = facts.calls.some((call) => call.purity === 'io' || call.resolved?.includes(':') === true || call.io !== null);
  // What ties such trips together is what the work itself does.
  if ((builds || work) && work && facts.carried.length > 0 && facts.carried.every((one) => one.via === 'call')) return 'task-map';
  const byKey = new Set(facts.accumulators.filter((one) => one.init?.kind === 'dict' || one.init?.kind === 'call').map((one) => one.name));
  if (facts.stores.some((store) => store.kind === 'subscript' && store.index === 'indirect' && !byKey.has(store.name))) return 'gather';
  if (builds && facts.carried.length === 0) {
    if (work) return 'task-map';
    const reads = readShapes(ir, facts);
    if (reads.shifted) return 'stencil';
    if (reads.indirect) return 'gather';
    return 'elementwise';
  }
  if (facts.accumulators.length > 0 || isReducing(ir)) return facts.carried.length === 0 ? 'reduction' : 'unknown';
  if (facts.carried.some((one) => one.kind === 'flow' && one.via !== 'call')) return 'scan';
  return work && facts.carried.length === 0 && facts.stores.length === 0 ? 'task-map' : 'unknown';
}

/** Work that is taken from one end of a container and put to it again: a stack, a queue. */
function takesAndPuts(facts: LoopFacts): boolean {
  const named = (pattern: RegExp): Set<string> =>
    new Set(
      facts.calls
        .filter((call) => pattern.test(call.written))
        .map((call) => (call.written.includes('.') ? call.written.slice(0, call.written.lastIndexOf('.')) : '')),
    );
  const taken = named(/\.(pop|popleft)$/);
  return [...named(/\.(append|appendleft|extend|push|add|insert)$/)].some((name) => taken.has(name));
}

const isReducing = (loop: LoopIR): boolean => /^(sum|min|max|prod|fsum|math\.prod|math\.fsum)$/.test(loop.sink?.consumer?.name ?? '');

function dimensions(target: Expr): number {
  if (target.kind !== 'subscript') return 0;
  return dimensions(target.object) + (target.index.kind === 'collection' ? target.index.items.length : 1);
}

/** Every item against every item of the same thing. */
function isPairwise(loop: LoopIR): boolean {
  const [first] = spaceExprs(loop.space);
  if (first?.kind === 'call' && /combinations|permutations|product/.test(JSON.stringify(first.callee))) return true;
  const outer = sourcesOf(loop);
  for (const statement of eachStmt(loop.body)) {
    if (statement.kind !== 'loop') continue;
    const inner = sourcesOf(statement.loop);
    if ([...inner.over].some((name) => outer.over.has(name))) return true;
    const mine = new Set(outer.indices);
    const theirs = new Set(inner.indices);
    const seen = new Map<string, Set<string>>();
    for (const stmt of eachStmt(statement.loop.body)) {
      for (const top of stmtExprs(stmt)) {
        for (const expr of eachExpr(top)) {
          if (expr.kind !== 'subscript' || expr.object.kind !== 'name' || expr.index.kind !== 'name') continue;
          const known = seen.get(expr.object.name) ?? new Set();
          seen.set(expr.object.name, known.add(expr.index.name));
        }
      }
    }
    if ([...seen.values()].some((names) => [...names].some((name) => mine.has(name)) && [...names].some((name) => theirs.has(name)))) return true;
  }
  return false;
}

function sourcesOf(loop: LoopIR): { over: Set<string>; indices: string[] } {
  const positions = positionsOf(loop);
  const over = positions.walked.flatMap((expr) =>
    expr.kind === 'name' ? [expr.name] : expr.kind === 'subscript' && expr.object.kind === 'name' ? [expr.object.name] : [],
  );
  return { over: new Set(over), indices: [...positions.index] };
}

/** Whether elements beside the trip's own are read, or elements that another element points to. */
function readShapes(loop: LoopIR, facts: LoopFacts): { shifted: boolean; indirect: boolean } {
  const positions = positionsOf(loop);
  const written = new Set(facts.writes);
  const scope = { meaning: () => null, fixed: (name: string) => !written.has(name), counts: (name: string) => positions.index.has(name) };
  let shifted = false;
  let indirect = false;
  const look = (body: readonly Stmt[]): void => {
    for (const statement of eachStmt(body)) {
      for (const top of stmtExprs(statement)) {
        for (const expr of eachExpr(top)) {
          if (expr.kind !== 'subscript') continue;
          for (const index of expr.index.kind === 'collection' ? expr.index.items : [expr.index]) {
            if (index.kind === 'slice') continue;
            const affine = affineOf(index, scope);
            if (!affine)
              indirect ||= [...eachExpr(index)].some(
                (part) => part.kind === 'subscript' || (part.kind === 'name' && positions.elements.has(part.name)),
              );
            else if (affine.constant !== 0 && [...affine.terms.keys()].some((name) => positions.index.has(name))) shifted = true;
          }
        }
      }
    }
  };
  look(loop.body);
  return { shifted, indirect };
}
