import type { Expr, FunctionIR, LoopIR, Stmt } from '../types';
import { within } from '../platform/span';
import type { PythonModule } from '../syntax/python-module';
import { eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../syntax/python-walk';
import { flowOf, flowOfTrip } from './flow';

/** Where a loop stands: the blocks around it, outermost first, with the place in each. */
interface Place {
  block: readonly Stmt[];
  index: number;
}

/** The way to the statement that is the loop, or that holds it as an expression. */
export function placeOf(body: readonly Stmt[], loop: LoopIR): Place[] | null {
  for (const [index, statement] of body.entries()) {
    if (!within(loop.span, statement.span)) continue;
    if (statement.kind === 'loop' && statement.loop === loop) return [{ block: body, index }];
    if (stmtExprs(statement).some((expr) => holds(expr, loop))) return [{ block: body, index }];
    for (const block of nestedBlocks(statement)) {
      const inner = placeOf(block, loop);
      if (inner) return [{ block: body, index }, ...inner];
    }
  }
  return null;
}

function holds(expr: Expr, loop: LoopIR): boolean {
  for (const part of eachExpr(expr)) {
    if (part.kind !== 'loop') continue;
    if (part.loop === loop) return true;
    for (const statement of eachStmt(part.loop.body)) {
      if (statement.kind === 'loop' && statement.loop === loop) return true;
    }
  }
  return false;
}

/** Names whose value at the loop's end is read afterwards, as far as the text tells; at module level whatever other code of the file reads counts. */
export function liveAfter(
  module: PythonModule,
  modules: readonly PythonModule[],
  owner: FunctionIR | null,
  body: readonly Stmt[],
  loop: LoopIR,
): Set<string> {
  const live = new Set<string>();
  const place = placeOf(body, loop);
  if (!place) return new Set(flowOf(body).reads);
  const expose = (names: Iterable<string>, assigned: ReadonlySet<string>): void => {
    for (const name of names) if (!assigned.has(name)) live.add(name);
  };
  const last = place[place.length - 1];
  const holder = last?.block[last.index];
  if (holder && holder.kind !== 'loop') expose(flowOf([holder]).reads, new Set());
  let assigned = new Set<string>();
  for (const { block, index } of [...place].reverse()) {
    const around = block[index];
    const outer = place.some((one) => one.block === block && one.index === index && one !== last);
    if (around && outer) {
      if (around.kind === 'loop') {
        // The next trip of the loop around starts with what this one left.
        const trip = flowOfTrip(around.loop);
        expose(trip.exposed.keys(), assigned);
        expose(flowOf(around.loop.otherwise).exposed.keys(), new Set());
        assigned = new Set();
      } else if (around.kind === 'try') {
        for (const handler of [...around.handlers.map((one) => one.body), around.otherwise, around.finally])
          expose(flowOf(handler).exposed.keys(), new Set());
        assigned = new Set();
      }
    }
    const rest = flowOf(block.slice(index + 1), assigned);
    expose(rest.exposed.keys(), assigned);
    // A path that ended by break or continue goes on after or at a loop around; one that returned is over, and reading on is the careful way.
    assigned = rest.always ?? new Set();
  }
  for (const name of closureReads(owner, body)) live.add(name);
  for (const name of declaredOutside(body)) live.add(name);
  if (!owner) for (const name of readElsewhere(module, modules)) live.add(name);
  return live;
}

/** Of one body every loop in it asks the same. */
function once<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, T>();
  return (key) => {
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const fresh = make(key);
    known.set(key, fresh);
    return fresh;
  };
}

/** Names that nested functions and lambdas read whenever they are called. */
const closureReads = (owner: FunctionIR | null, body: readonly Stmt[]): Set<string> => (owner ? readByInner : readByLambdas)(body);
const readByInner = once((body: readonly Stmt[]) => laterReads(body, true));
const readByLambdas = once((body: readonly Stmt[]) => laterReads(body, false));

function laterReads(body: readonly Stmt[], inFunction: boolean): Set<string> {
  const names = new Set<string>();
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'opaque' && inFunction && /^(function|class|decorated)_def/.test(statement.what))
      statement.reads.forEach((name) => names.add(name));
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind === 'lambda') for (const name of flowOf([{ kind: 'expression', value: expr, span: expr.span }]).reads) names.add(name);
      }
    }
  }
  return names;
}

const declaredOutside = once((body: readonly Stmt[]): string[] =>
  [...eachStmt(body)].flatMap((statement) => (statement.kind === 'scope' ? statement.names : [])),
);

/** Names that functions and classes of the module read, and that other modules import from it. */
function readElsewhere(module: PythonModule, modules: readonly PythonModule[]): Set<string> {
  const names = new Set(readInside(module));
  for (const other of modules) {
    if (other === module) continue;
    for (const path of Object.values(other.imports)) names.add(path.slice(path.lastIndexOf('.') + 1));
  }
  return names;
}

const readInside = once((module: PythonModule): Set<string> => {
  const names = new Set<string>();
  for (const scope of module.scopes) {
    if (scope.kind === 'module') continue;
    for (const name of scope.reads)
      if (scope.globals.has(name) || !scope.bindings.get(name)?.some((binding) => binding.kind !== 'clause')) names.add(name);
  }
  return names;
});
