import type { CallSite, Expr, FunctionFacts, FunctionIR, Hotspot, LoopFacts, Profile, Stmt, ValueFact } from '../types';
import { within } from '../platform/span';
import type { PythonModule } from '../syntax/python-module';
import { functionOf, scopeAt, scopeOfName } from '../syntax/python-names';
import { eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../syntax/python-walk';
import { functionsCalled } from './called-values';
import { purityOf } from './effect';
import { unsettledValues } from './outer-values';
import { PurityJudge } from './purity';

/**
 * Facts of hot functions, in the order in which they are given. Nothing is run.
 * @param functions hotspots of kind 'function'. @param hotspots those of the report, to name what lies inside.
 */
export function analyzeFunctions(
  functions: readonly Hotspot[],
  hotspots: readonly Hotspot[],
  modules: readonly PythonModule[],
  profile: Profile,
): FunctionFacts[] {
  const judge = new PurityJudge();
  const graph = new CallGraph(modules);
  return functions.flatMap((hotspot) => {
    const module = modules.find(({ file }) => file === hotspot.file);
    const fn = module?.functions.find(({ qualname, span }) => qualname === hotspot.qualname && span.start.line === hotspot.span.start.line);
    if (module === undefined || fn === undefined) return [];
    const effect = judge.ofFunction(fn, { module, modules, owner: fn, body: fn.body, values: {} });
    const reached = graph.reachedFrom(fn);
    const facts: FunctionFacts = {
      hotspot,
      hotspots: hotspots.filter(({ file, span }) => file === fn.file && within(span, fn.span)).map(({ id }) => id),
      file: fn.file,
      function: fn,
      recursive: reached.has(fn),
      purity: purityOf(effect),
      io: effect.io,
      why: effect.why,
      globals: [...new Set([fn, ...reached].flatMap((one) => variablesRead(one, modules)))],
      sites: graph.sitesOf(fn).filter(({ file, statement }) => file !== fn.file || !within(statement, fn.span)),
      values: valuesIn(fn, profile),
      unsettled: unsettledValues([fn, ...reached], modules, judge),
    };
    return [facts];
  });
}

/** Gives functions what a run that watched the loops saw of calls with the same arguments. */
export function addRepeats(functions: readonly FunctionFacts[], loops: readonly LoopFacts[]): void {
  const seen = loops.flatMap(({ file, evidence }) => (evidence?.repeats ?? []).map((row) => ({ file, row })));
  for (const facts of functions) {
    const { qualname, file } = facts.function;
    const own = seen.filter(({ row: { callee }, ...loop }) => {
      const at = callee.lastIndexOf(':');
      const home = callee.slice(0, at);
      const elsewhere = `${home.split('.').at(-1) ?? ''}.py`;
      return callee.slice(at + 1) === qualname && (home === file || (loop.file !== file && file.endsWith(elsewhere)));
    });
    // Several loops may have been watched: each tells of all calls of the function.
    const most = own.map(({ row }) => row).sort((a, b) => b.sampled - a.sampled)[0];
    if (most !== undefined) facts.repeats = { calls: most.calls, sampled: most.sampled, distinct: most.distinct };
  }
}

function valuesIn(fn: FunctionIR, profile: Profile): Record<string, ValueFact> {
  const values = Object.create(null) as Record<string, ValueFact>;
  for (const frame of profile.frames) if (frame.file === fn.file && frame.name === fn.qualname) Object.assign(values, frame.values);
  return values;
}

/** Names of module variables, not of imports, functions or classes, that a function reads. */
function variablesRead(fn: FunctionIR, modules: readonly PythonModule[]): string[] {
  const module = modules.find(({ file }) => file === fn.file);
  const found = new Set<string>();
  if (module === undefined) return [];
  const scope = scopeAt(module, fn.body[0]?.span.start ?? fn.span.start);
  for (const statement of eachStmt(fn.body)) {
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind !== 'name') continue;
        const home = scopeOfName(module, expr.name, scope);
        if (home?.kind === 'module' && home.bindings.get(expr.name)?.some(({ kind }) => kind === 'assignment') === true) found.add(expr.name);
      }
    }
  }
  return [...found];
}

/** Which function of the user's own calls which, where that is plain from names. */
class CallGraph {
  readonly #sites = new Map<FunctionIR, CallSite[]>();
  readonly #callees = new Map<FunctionIR, Set<FunctionIR>>();

  constructor(private readonly modules: readonly PythonModule[]) {
    for (const module of modules) {
      this.#read(module, module.body, null);
      for (const fn of module.functions) this.#read(module, fn.body, fn);
    }
  }

  sitesOf(fn: FunctionIR): CallSite[] {
    return this.#sites.get(fn) ?? [];
  }

  /** Everything that a call of the function may call, the function itself only where it comes back to it. */
  reachedFrom(fn: FunctionIR): Set<FunctionIR> {
    const reached = new Set<FunctionIR>();
    const pending = [fn];
    for (let next = pending.pop(); next; next = pending.pop()) {
      for (const callee of this.#callees.get(next) ?? []) {
        if (reached.has(callee)) continue;
        reached.add(callee);
        pending.push(callee);
      }
    }
    return reached;
  }

  #read(module: PythonModule, body: readonly Stmt[], owner: FunctionIR | null, repeated = false): void {
    for (const statement of body) {
      const loop = statement.kind === 'loop';
      for (const top of stmtExprs(statement)) {
        const loops = [...eachExpr(top)].filter((expr) => expr.kind === 'loop');
        for (const expr of eachExpr(top)) {
          if (expr.kind !== 'call') continue;
          const callee = functionOf(this.modules, module, expr.callee);
          if (owner !== null) this.#reach(owner, callee ? [callee] : functionsCalled(expr.callee, { module, modules: this.modules, owner, body: owner.body, values: {} })); // prettier-ignore
          if (callee === null) continue;
          const again = repeated || loops.some(({ span }) => within(expr.span, span));
          this.#add(callee, {
            file: module.file,
            owner: owner?.qualname ?? '<module>',
            statement: statement.span,
            call: expr,
            repeated: again,
          });
        }
      }
      for (const block of nestedBlocks(statement)) this.#read(module, block, owner, repeated || loop);
    }
  }

  #reach(owner: FunctionIR, callees: readonly FunctionIR[]): void {
    const known = this.#callees.get(owner) ?? new Set<FunctionIR>();
    for (const callee of callees) known.add(callee);
    this.#callees.set(owner, known);
  }

  #add(callee: FunctionIR, site: CallSite & { call: Expr }): void {
    this.#sites.set(callee, [...(this.#sites.get(callee) ?? []), site]);
  }
}
