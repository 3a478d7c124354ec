import type { Expr, LoopFacts, LoopIR, Refusal, Span, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { boundNames, childExprs, eachExpr, spaceExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { factOf, isHeavy, isWaiting, type Worker } from './calls';
import { TaskJudge } from './judge';
import { readsWhatRestWrites } from './files';
import { continues, leaves, statementsIn } from './flow';
import { alwaysEvaluated, conditional, isGenerator, isStable, plainHoist, type Hoist } from './hoist';
import { releasesLock } from './native';
import { exprsIn, namesOf } from './names';
import { copiesReturned } from './pickling';

/** A statement that moves into the task, or `if test: continue`, which stays in the loop and ends the task early as well. */
export interface TaskStep {
  kind: 'run' | 'skip';
  stmt: Stmt;
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
  /** Where the rest may end the loop: what was done for later items is thrown away. */
  exit: Span | null;
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
  readonly #names = new Set<string>();
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
      this.#judge.leave(stmt, new Set(found.map((hoist) => hoist.origin)));
    }
    const heavySteps = this.#steps.filter((step) => step.kind === 'run' && this.#heavyIn(step.stmt));
    if (heavySteps.length === 0 && this.#hoists.length === 0) return this.#firstNo ? { ok: false, refusal: this.#firstNo } : undefined;
    this.#keepNeeded(heavySteps);
    const caught = this.#hoists.find((hoist) => hoist.awaited);
    // What is cheap is done twice: in the task, and where it stands, so that its errors stay outside of the `try`.
    if (caught && (this.#hoists.length > 1 || heavySteps.length > 0)) {
      return refuse(
        'caught-errors',
        `The loop catches the errors of \`${this.#cx.slice(this.#facts.file, caught.origin.span)}\` (${lineOf(caught.origin.span)}), but other work of the task would fail outside of that \`try\`.`,
        'Put what belongs to one item into one function, and call that in the `try`.',
        caught.origin.span,
      );
    }
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
      // What a step sets on some of its ways only, it leaves as it was on the others.
      for (const name of [...reads, ...names.writes]) needed.add(name);
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
        this.#hoists.push({ ...plainHoist(only.value, name), tests: [], statement: only, at: this.#steps[0]?.at ?? 0 });
        this.#steps = [];
        run.pop();
      }
    }
    const twice = this.#hoists.some((hoist) => hoist.awaited);
    const removed = [...(twice ? [] : run), ...this.#hoists.flatMap((hoist) => (hoist.statement ? [hoist.statement] : []))];
    const rest = this.#facts.ir.body.filter((stmt) => !removed.includes(stmt));
    if (readsWhatRestWrites(this.#facts, rest, this.#cx)) {
      return refuse(
        'ordered-effects',
        'The task reads a file that the loop may have written in another trip: which one it is cannot be told from its name.',
        'Read what the trips need before the loop, or keep it in memory.',
        this.#facts.ir.span,
      );
    }
    const overtaken = this.#overtaken(twice ? [] : run, rest);
    if (overtaken !== null) {
      return refuse(
        'carried-dependence',
        `\`${overtaken.name}\` gets a value in a line that stays in the loop (${lineOf(overtaken.stmt.span)}), and another one in what would be done before it.`,
        'Give the two values different names.',
        overtaken.stmt.span,
      );
    }
    const hoisted = new Set(this.#hoists.map((hoist) => hoist.origin));
    const restNames = namesOf({ stmts: rest }, hoisted);
    const exit = rest.map((stmt) => leaves(stmt)).find((span) => span !== null) ?? null;
    if (exit && !this.#mayBeWasted(run)) {
      return refuse(
        'early-exit',
        `The loop may end before its last item (${lineOf(exit)}); a pool would have done the later items already.`,
        'Let the loop go to its end, or let the task only compute and the loop only search.',
        exit,
      );
    }
    const written = namesOf({ stmts: twice ? [] : run }).writes;
    return ok({
      steps: this.#steps,
      hoists: this.#hoists,
      outputs: [...written].filter((name) => restNames.reads.has(name)),
      removed,
      restReads: restNames.reads,
      restWrites: new Set([...restNames.writes, ...restNames.stores, ...this.#judge.mutatedBy(rest, hoisted)]),
      assumptions: [
        ...this.#assumptions(run),
        ...(exit ? [`The task ends without an error for every item, also for those behind the one that ends the loop (${lineOf(exit)}).`] : []),
      ],
      exit,
    });
  }

  /** A line that stays behind what moves, though it came first, must set nothing that what moves sets. */
  #overtaken(run: readonly Stmt[], rest: readonly Stmt[]): { name: string; stmt: Stmt } | null {
    const { body } = this.#facts.ir;
    const last = Math.max(-1, ...run.map((stmt) => body.indexOf(stmt)));
    const set = namesOf({ stmts: [...run] }).writes;
    for (const stmt of rest.filter((one) => body.indexOf(one) < last)) {
      const name = [...namesOf({ stmts: [stmt] }).writes].find((one) => set.has(one));
      if (name !== undefined) return { name, stmt };
    }
    return null;
  }

  /** May the task be done for items that the loop never comes to? Only where it computes and nothing else. */
  #mayBeWasted(run: readonly Stmt[]): boolean {
    if (this.#worker === 'thread' || this.#facts.flow.some((flow) => flow.kind === 'yield')) return false;
    const exprs = [...run.flatMap((stmt) => [...exprsIn(stmt)]), ...this.#hoists.flatMap((hoist) => [...eachExpr(hoist.expr)])];
    const calls = exprs.flatMap((expr) => (expr.kind === 'call' ? (factOf(expr, this.#facts) ?? []) : []));
    return calls.every((fact) => fact.io === null && fact.purity !== 'unknown') && !this.#hoists.some((hoist) => hoist.awaited);
  }

  #assumptions(run: readonly Stmt[]): string[] {
    const exprs = [...run.flatMap((stmt) => [...exprsIn(stmt)]), ...this.#hoists.flatMap((hoist) => [...eachExpr(hoist.expr)])];
    const copies = this.#worker === 'process' ? copiesReturned(exprs, this.#facts, this.#cx) : [];
    return [...new Set([...this.#judge.assumptionsOf(exprs), ...copies])];
  }

  #isHot = (expr: Expr): boolean => {
    if (this.#worker === 'process') return isHeavy(expr, this.#facts, this.#cx);
    return isWaiting(expr, this.#facts) || releasesLock(expr, this.#facts.file, this.#cx);
  };

  #heavyIn(stmt: Stmt): boolean {
    if (this.#worker === 'process' && [...statementsIn(stmt)].some((inner) => inner.kind === 'loop')) return true;
    return [...exprsIn(stmt)].some(this.#isHot);
  }

  /** Where the cost lies, why that cannot be a task: nearer to the truth than the first thing that is wrong with the whole statement. */
  #reasonOf(stmt: Stmt, no: Refusal): Refusal | null {
    const inner = namesOf({ stmts: [stmt] }).writes;
    for (const expr of exprsIn(stmt)) {
      // What an inner loop binds is no dependence between the trips of this one.
      if ([...namesOf({ exprs: [expr] }).reads].some((name) => inner.has(name) && !this.#facts.carried.some((one) => one.name === name))) continue;
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
      case 'try':
        return this.#hoistOfTry(stmt.body, tests, at);
      case 'loop':
        return this.#hoistOfInner(stmt.loop, tests, at);
      default:
        return [];
    }
  }

  /** The call's error is caught item by item: the loop asks a future for its result where the call stood. */
  #hoistOfTry(body: readonly Stmt[], tests: Hoist['tests'], at: number): Hoist[] {
    const [only, another] = body.flatMap((stmt) => this.#hoistsOf(stmt, [], at));
    if (!only || another || tests.length > 0 || only.tests.length > 0 || only.written !== null || only.awaited) return [];
    const name = this.#fresh('future', 'pending', 'promise');
    return [{ ...only, name, inLoop: `${name}.result()`, awaited: true, statement: null }];
  }

  /** `for j in js: out[i][j] = f(i, j)`: the task makes the list of all f(i, j), and the inner loop takes them one by one. */
  #hoistOfInner(loop: LoopIR, tests: Hoist['tests'], at: number): Hoist[] {
    const { target, space } = loop;
    const ends = loop.body.some((stmt) => leaves(stmt) !== null || continues(stmt));
    if (loop.form !== 'for' || !target || ends || loop.otherwise.length > 0 || !isStable(space)) return [];
    if (this.#judge.whyNot({ exprs: spaceExprs(space) }) !== null) return [];
    const names = boundNames(target);
    const found = this.#judge.inside(names, () => loop.body.flatMap((stmt) => this.#hoistsOf(stmt, [], at)));
    const [inner, another] = found;
    if (!inner || another || (inner.statement && loop.body.length < 2)) return [];
    const { file } = this.#facts;
    const text = (part: { span: Span }): string => this.#cx.slice(file, part.span);
    const item = target.kind === 'collection' ? `(${text(target).replace(/^\((.*)\)$/s, '$1')})` : text(target);
    const list = inner.written === null ? this.#fresh('results', 'values', 'parts', 'answers') : this.#fresh('rows', 'groups', 'tables', 'blocks');
    const value = conditional(inner.written ?? text(inner.expr), inner.tests, text);
    const emit: Stmt = { kind: 'emit', value: inner.expr, key: null, span: inner.expr.span };
    const body = inner.tests.reduceRight<Stmt>((then, { test }) => ({ kind: 'if', test, then: [then], otherwise: [], span: then.span }), emit);
    const made: LoopIR = { ...loop, form: 'list-comprehension', body: [body], sink: { type: 'list', consumer: null } };
    const header = { span: { start: target.span.start, end: space.span.end }, text: `${item}, ${inner.name} in zip(${text(space)}, ${list})` };
    return [
      {
        expr: { kind: 'loop', loop: made, span: loop.span },
        origin: inner.origin,
        written: `[${value} for ${text(target)} in ${text(space)}]`,
        headers: [...inner.headers, header],
        inLoop: inner.inLoop,
        name: list,
        awaited: false,
        tests,
        statement: inner.statement,
        at,
      },
    ];
  }

  #findIn(expr: Expr, stmt: Stmt, tests: Hoist['tests'], at: number): Hoist[] {
    if (isGenerator(expr) || ![...eachExpr(expr)].some(this.#isHot)) return [];
    if (this.#judge.whyNot({ exprs: [expr] }) === null) {
      const narrow = this.#narrow(expr);
      const { name, statement } = this.#nameFor(narrow, stmt, tests);
      return [{ ...plainHoist(narrow, name), statement, tests, at }];
    }
    return alwaysEvaluated(expr).flatMap((child) => this.#findIn(child, stmt, tests, at));
  }

  /** `round(f(x), 2)` -> `f(x)`: then the function itself can be mapped. */
  #narrow(expr: Expr): Expr {
    if (this.#isHot(expr)) return expr;
    const hot = childExprs(expr).filter((child) => [...eachExpr(child)].some(this.#isHot));
    const [only] = hot;
    return hot.length === 1 && only && !isGenerator(only) && alwaysEvaluated(expr).includes(only) ? this.#narrow(only) : expr;
  }

  /** The first of the names that the file does not use yet. */
  #fresh(...bases: string[]): string {
    const free = (name: string): boolean => !this.#names.has(name) && this.#cx.freshName(name, this.#facts.file) === name;
    let name = bases.find(free);
    for (let count = 2; name === undefined; count += 1) name = bases.map((base) => `${base}${count}`).find(free);
    this.#names.add(name);
    return name;
  }

  #nameFor(expr: Expr, stmt: Stmt, tests: Hoist['tests']): { name: string; statement: Stmt | null } {
    const target = stmt.kind === 'assign' && stmt.targets.length === 1 && stmt.value === expr ? stmt.targets[0] : undefined;
    const free = target?.kind === 'name' && !this.#judge.isUsed(target.name);
    if (free && tests.length === 0 && !this.#facts.carried.some((one) => one.name === target.name)) {
      return { name: target.name, statement: stmt };
    }
    return { name: this.#fresh('result', 'value', 'found', 'answer'), statement: null };
  }
}

/** Stands for "this statement is the loop's own", which is nobody's fault and never shown. */
const unspoken: Refusal = { code: 'rest', why: '', toDo: '' };

function isSkip(stmt: Stmt): stmt is Stmt & { kind: 'if' } {
  return stmt.kind === 'if' && stmt.otherwise.length === 0 && stmt.then.length === 1 && stmt.then[0]?.kind === 'continue';
}
