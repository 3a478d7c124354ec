import type { Expr, LoopFacts, Refusal, Stmt } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { childExprs, eachExpr } from '../syntax/python-walk';
import type { Context } from './refactor';
import { isHeavy, isWaiting, lineOf, type Worker } from './task-calls';
import { TaskJudge } from './task-judge';
import { leaves, statementsIn } from './task-flow';
import { exprsIn, namesOf } from './task-names';

/** A statement that moves into the task, or `if test: continue`, which stays in the loop and ends the task early as well. */
export interface TaskStep {
  kind: 'run' | 'skip';
  stmt: Stmt;
  at: number;
}
/** An expression that the task computes and the loop finds under a name. */
export interface Hoist {
  expr: Expr;
  name: string;
  /** The tests that it stands under in the loop, outermost first. */
  tests: { test: Expr; negated: boolean }[];
  /** `y = f(x)`: the whole statement goes, because the loop's own header binds y. */
  statement: Stmt | null;
  at: number;
}
/** A loop's body in two: what a worker may do by itself for each item, and the rest, which the loop still does in order. */
export interface TaskSplit {
  steps: TaskStep[];
  hoists: Hoist[];
  /** Names that steps write and the rest reads. */
  outputs: string[];
  /** Statements that leave the loop's body. */
  removed: Stmt[];
  /** What the rest of the body reads. */
  restReads: Set<string>;
  /** What the rest of the body binds or stores to. */
  restWrites: Set<string>;
  assumptions: string[];
}

/** undefined: nothing in the loop is worth a worker. A refusal: something is, but it cannot run by itself, and why. */
export function splitLoop(facts: LoopFacts, cx: Context, worker: Worker): Outcome<TaskSplit> | undefined {
  return new Splitter(facts, cx, worker).split();
}

class Splitter {
  readonly #facts: LoopFacts;
  readonly #cx: Context;
  readonly #worker: Worker;
  readonly #judge: TaskJudge;
  readonly #hoists: Hoist[] = [];
  #steps: TaskStep[] = [];
  #firstNo: Refusal | null = null;

  constructor(facts: LoopFacts, cx: Context, worker: Worker) {
    this.#facts = facts;
    this.#cx = cx;
    this.#worker = worker;
    this.#judge = new TaskJudge(facts, cx, worker);
  }

  split(): Outcome<TaskSplit> | undefined {
    const { body } = this.#facts.ir;
    for (const [at, stmt] of body.entries()) {
      if (isSkip(stmt) && this.#judge.whyNot({ exprs: [stmt.test] }) === null && !this.#heavyIn(stmt)) {
        this.#steps.push({ kind: 'skip', stmt, at });
        continue;
      }
      const no = [...statementsIn(stmt)].some((inner) => inner.kind === 'emit') ? unspoken : this.#judge.whyNot({ stmts: [stmt] });
      if (no === null) {
        this.#judge.take(stmt);
        this.#steps.push({ kind: 'run', stmt, at });
        continue;
      }
      const found = this.#hoistsOf(stmt, [], at);
      if (found.length === 0 && this.#heavyIn(stmt)) this.#firstNo ??= this.#reasonOf(stmt, no);
      this.#hoists.push(...found);
      this.#judge.leave(stmt, new Set(found.map((hoist) => hoist.expr)));
    }
    const heavySteps = this.#steps.filter((step) => step.kind === 'run' && this.#heavyIn(step.stmt));
    if (heavySteps.length === 0 && this.#hoists.length === 0) return this.#firstNo ? { ok: false, refusal: this.#firstNo } : undefined;
    this.#keepNeeded(heavySteps);
    return this.#result();
  }

  /** Only what the costly parts need moves; what is cheap and not needed stays where the person wrote it. */
  #keepNeeded(heavy: readonly TaskStep[]): void {
    const last = Math.max(...heavy.map((step) => step.at), ...this.#hoists.map((hoist) => hoist.at));
    const needed = namesOf({ exprs: this.#hoists.flatMap((hoist) => [hoist.expr, ...hoist.tests.map((one) => one.test)]) }).reads;
    const kept: TaskStep[] = [];
    for (const step of this.#steps.filter((one) => one.at <= last).reverse()) {
      const names = namesOf({ stmts: [step.stmt] });
      const gives = [...names.writes, ...names.stores, ...this.#judge.mutatedBy([step.stmt])].some((name) => needed.has(name));
      const raises = [...statementsIn(step.stmt)].some((stmt) => stmt.kind === 'raise');
      if (step.kind === 'run' && !gives && !raises && !heavy.includes(step)) continue;
      kept.unshift(step);
      const reads = step.kind === 'skip' && step.stmt.kind === 'if' ? namesOf({ exprs: [step.stmt.test] }).reads : names.reads;
      for (const name of reads) needed.add(name);
    }
    this.#steps = kept;
  }

  #result(): Outcome<TaskSplit> {
    const run = this.#steps.filter((step) => step.kind === 'run').map((step) => step.stmt);
    // One statement `y = f(x)` is the call itself: no task function has to be written for it.
    const [only] = run;
    if (this.#hoists.length === 0 && this.#steps.length === 1 && only?.kind === 'assign') {
      const name = only.targets.length === 1 && only.targets[0]?.kind === 'name' ? only.targets[0].name : null;
      if (name !== null && only.value.kind === 'call' && isHeavy(only.value, this.#facts, this.#cx)) {
        this.#hoists.push({ expr: only.value, name, tests: [], statement: only, at: 0 });
        this.#steps = [];
        run.pop();
      }
    }
    const removed = [...run, ...this.#hoists.flatMap((hoist) => (hoist.statement ? [hoist.statement] : []))];
    const rest = this.#facts.ir.body.filter((stmt) => !removed.includes(stmt));
    const hoisted = new Set(this.#hoists.map((hoist) => hoist.expr));
    const restNames = namesOf({ stmts: rest }, hoisted);
    const exit = rest.map((stmt) => leaves(stmt)).find((span) => span !== null);
    if (exit) {
      return refuse(
        'early-exit',
        `The loop may end before its last item (${lineOf(exit)}); a pool would have done the later items already.`,
        'Let the loop go to its end, or search in slices of the items and stop between two slices.',
        exit,
      );
    }
    const written = namesOf({ stmts: run }).writes;
    return ok({
      steps: this.#steps,
      hoists: this.#hoists,
      outputs: [...written].filter((name) => restNames.reads.has(name)),
      removed,
      restReads: restNames.reads,
      restWrites: new Set([...restNames.writes, ...restNames.stores, ...this.#judge.mutatedBy(rest)]),
      assumptions: this.#assumptions(run),
    });
  }

  #assumptions(run: readonly Stmt[]): string[] {
    const exprs = [...run.flatMap((stmt) => [...exprsIn(stmt)]), ...this.#hoists.flatMap((hoist) => [...eachExpr(hoist.expr)])];
    return [...new Set(this.#judge.assumptionsOf(exprs))];
  }

  #isHot = (expr: Expr): boolean => (this.#worker === 'thread' ? isWaiting(expr, this.#facts) : isHeavy(expr, this.#facts, this.#cx));

  #heavyIn(stmt: Stmt): boolean {
    if (this.#worker === 'process' && [...statementsIn(stmt)].some((inner) => inner.kind === 'loop')) return true;
    return [...exprsIn(stmt)].some(this.#isHot);
  }

  /** Where the cost lies, why that cannot be a task: nearer to the truth than the first thing that is wrong with the whole statement. */
  #reasonOf(stmt: Stmt, no: Refusal): Refusal | null {
    for (const expr of exprsIn(stmt)) {
      const why = this.#isHot(expr) ? this.#judge.whyNot({ exprs: [expr] }) : null;
      if (why !== null) return why;
    }
    return no === unspoken ? null : no;
  }

  #hoistsOf(stmt: Stmt, tests: Hoist['tests'], at: number): Hoist[] {
    const find = (expr: Expr): Hoist[] => this.#findIn(expr, stmt, tests, at);
    switch (stmt.kind) {
      case 'assign':
      case 'augment':
      case 'expression':
        return find(stmt.value);
      case 'emit':
        return [...(stmt.key ? find(stmt.key) : []), ...find(stmt.value)];
      case 'if': {
        const inTest = find(stmt.test);
        if (inTest.length > 0 || this.#judge.whyNot({ exprs: [stmt.test] }) !== null) return inTest;
        const branch = (block: readonly Stmt[], negated: boolean): Hoist[] => {
          const [first] = block
            .flatMap((inner) => [this.#hoistsOf(inner, [...tests, { test: stmt.test, negated }], at)])
            .filter((found) => found.length > 0);
          // Later statements of a branch may depend on what the earlier ones left behind: only a branch that starts with the call is taken.
          return first && block[0] && this.#heavyIn(block[0]) ? first : [];
        };
        return [...branch(stmt.then, false), ...branch(stmt.otherwise, true)];
      }
      default:
        return [];
    }
  }

  #findIn(expr: Expr, stmt: Stmt, tests: Hoist['tests'], at: number): Hoist[] {
    if (![...eachExpr(expr)].some(this.#isHot)) return [];
    if (this.#judge.whyNot({ exprs: [expr] }) === null) {
      const narrow = this.#narrow(expr);
      return [{ expr: narrow, ...this.#nameFor(narrow, stmt, tests), tests, at }];
    }
    return alwaysEvaluated(expr).flatMap((child) => this.#findIn(child, stmt, tests, at));
  }

  /** `round(f(x), 2)` -> `f(x)`: then the function itself can be mapped. */
  #narrow(expr: Expr): Expr {
    if (this.#isHot(expr)) return expr;
    const hot = childExprs(expr).filter((child) => [...eachExpr(child)].some(this.#isHot));
    const [only] = hot;
    return hot.length === 1 && only && alwaysEvaluated(expr).includes(only) ? this.#narrow(only) : expr;
  }

  #nameFor(expr: Expr, stmt: Stmt, tests: Hoist['tests']): { name: string; statement: Stmt | null } {
    const target = stmt.kind === 'assign' && stmt.targets.length === 1 && stmt.value === expr ? stmt.targets[0] : undefined;
    if (target?.kind === 'name' && tests.length === 0 && !this.#facts.carried.some((one) => one.name === target.name)) {
      return { name: target.name, statement: stmt };
    }
    const taken = this.#hoists.length;
    return { name: this.#cx.freshName(taken === 0 ? 'result' : `result${taken + 1}`, this.#facts.file), statement: null };
  }
}

/** Stands for "this statement is the loop's own", which is nobody's fault and never shown. */
const unspoken: Refusal = { code: 'rest', why: '', toDo: '' };

/** Children that are evaluated whenever the expression is. */
function alwaysEvaluated(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'logical':
      return [expr.left];
    case 'conditional':
      return [expr.test];
    case 'compare':
      return [expr.first, ...expr.rest.slice(0, 1).map((part) => part.right)];
    case 'loop':
    case 'lambda':
      return [];
    default:
      return childExprs(expr);
  }
}

function isSkip(stmt: Stmt): stmt is Stmt & { kind: 'if' } {
  return stmt.kind === 'if' && stmt.otherwise.length === 0 && stmt.then.length === 1 && stmt.then[0]?.kind === 'continue';
}
