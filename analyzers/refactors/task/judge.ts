import type { Expr, LoopFacts, Refusal, Span, Stmt } from '../../types';
import { lineOf, sameSpan, within } from '../../platform/span';
import { eachExpr } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { factOf, judgeCall, type Call, type Worker } from './calls';
import { baseName, exprsIn, namesOf, type Code } from './names';
import { continues, leaves, statementsIn } from './flow';

/** Says of code in a loop's body whether a worker may do it for one item without knowing the other items. */
export class TaskJudge {
  readonly #facts: LoopFacts;
  readonly #cx: Context;
  readonly #worker: Worker;
  /** Names that a task has: the loop's own and what earlier steps of the task wrote. */
  readonly #available: Set<string>;
  /** Of those, the ones that hold something made in this very trip: changing it changes nothing else. */
  readonly #fresh = new Set<string>();
  /** Names of objects that a call of this trip returned: what their methods do stays with them. */
  readonly #returned = new Set<string>();
  /** Names that the rest of the loop wrote or changed so far in the trip. */
  readonly #touched = new Set<string>();
  /** Names that the rest of the loop has read so far in the trip: what they hold then is what it has to find. */
  readonly #read = new Set<string>();

  constructor(facts: LoopFacts, cx: Context, worker: Worker) {
    this.#facts = facts;
    this.#cx = cx;
    this.#worker = worker;
    this.#available = new Set(facts.indices);
  }

  whyNot(code: Code): Refusal | null {
    const stmts = 'stmts' in code ? code.stmts : [];
    const exit = stmts.map((stmt) => leaves(stmt)).find((span) => span !== null);
    if (exit)
      return { code: 'early-exit', why: `The loop may end before its last item (${lineOf(exit)}).`, toDo: 'Let the loop go to its end.', span: exit };
    const skip = stmts.find(continues);
    if (skip) return this.#dependent('the rest of the trip', skip.span);
    return this.#names(code) ?? this.#stores(code) ?? this.#calls(code) ?? this.#effects(code);
  }

  /** What the work finds out while the task has these names as well: an inner loop's own. */
  inside<T>(names: readonly string[], work: () => T): T {
    const added = names.filter((name) => !this.#available.has(name));
    for (const name of added) this.#available.add(name);
    try {
      return work();
    } finally {
      for (const name of added) this.#available.delete(name);
    }
  }

  /** From now on the task has what this statement writes. */
  take(stmt: Stmt): void {
    const names = namesOf({ stmts: [stmt] });
    for (const name of names.writes) {
      this.#available.add(name);
      if (this.#makes(name, [stmt])) this.#fresh.add(name);
      else this.#fresh.delete(name);
      if (this.#returns(name, [stmt])) this.#returned.add(name);
      else this.#returned.delete(name);
    }
  }

  /** The statement stays in the loop: what it writes or changes is not the task's to read. */
  leave(stmt: Stmt, hoisted: ReadonlySet<Expr>): void {
    const names = namesOf({ stmts: [stmt] }, hoisted);
    for (const name of [...names.writes, ...names.stores, ...this.mutatedBy([stmt], hoisted)]) this.#touched.add(name);
    for (const name of names.reads) this.#read.add(name);
  }

  /** Has the name a value that the rest of the trip reads, or that the task makes? It cannot get another one at the trip's start. */
  isUsed(name: string): boolean {
    return this.#read.has(name) || this.#available.has(name);
  }

  /** Names whose objects are changed by a method or by a call that may change its arguments. */
  mutatedBy(stmts: readonly Stmt[], except: ReadonlySet<Expr> = new Set()): Set<string> {
    const names = new Set<string>();
    for (const expr of stmts.flatMap((stmt) => [...exprsIn(stmt)])) {
      if (expr.kind !== 'call') continue;
      const fact = factOf(expr, this.#facts);
      if (fact?.advances !== undefined) names.add(fact.advances);
      if (fact?.purity !== 'mutates' && fact?.purity !== 'unknown') continue;
      const receiver = expr.callee.kind === 'attribute' ? baseName(expr.callee.object) : null;
      if (receiver !== null) names.add(receiver);
      // A method of a built-in container changes the container, not what is put in.
      if (receiver !== null && fact.resolved === null && fact.purity === 'mutates' && this.#fresh.has(receiver)) continue;
      if (receiver !== null && this.#facts.stores.some((store) => store.kind === 'method' && within(store.span, expr.span))) continue;
      for (const arg of [...expr.args, ...expr.keywords.map((keyword) => keyword.value)])
        for (const name of namesOf({ exprs: [arg] }, except).reads) names.add(name);
    }
    return names;
  }

  assumptionsOf(exprs: readonly Expr[]): string[] {
    return exprs.flatMap((expr) => {
      const { assumption } = expr.kind === 'call' ? judgeCall(expr, this.#facts, this.#cx, this.#worker) : { assumption: null };
      return assumption === null ? [] : [assumption];
    });
  }

  #names(code: Code): Refusal | null {
    const { reads, writes } = namesOf(code);
    const privates = new Set(this.#facts.privates);
    const written = new Set(this.#facts.writes);
    for (const name of writes) if (!privates.has(name)) return this.#dependent(name, spanOf(code));
    for (const name of reads) {
      const known = this.#available.has(name) || writes.has(name) || !written.has(name);
      if (!known || this.#touched.has(name)) return this.#dependent(name, spanOf(code));
    }
    const changed = [...writes, ...namesOf(code).stores, ...this.mutatedBy(statementsOf(code))].find((name) => this.#read.has(name));
    if (changed !== undefined) {
      return {
        code: 'changed-later',
        why: `The trip uses \`${changed}\` and changes it afterwards (${lineOf(spanOf(code))}); a task would have changed it before.`,
        toDo: 'Give the later value a name of its own.',
        span: spanOf(code),
      };
    }
    return null;
  }

  #dependent(name: string, span: Span): Refusal {
    const carried = this.#facts.carried.find((dependence) => dependence.name === name);
    return {
      code: 'carried-dependence',
      why: carried?.why ?? `\`${name}\` links the trips of the loop (${lineOf(span)}): one trip needs what another one left there.`,
      toDo: `Compute what does not need \`${name}\` in a function of its own first; the pool can then do that part.`,
      span: carried?.span ?? span,
    };
  }

  #stores(code: Code): Refusal | null {
    const stmts = 'stmts' in code ? code.stmts : [];
    for (const name of namesOf(code).stores) {
      if (this.#fresh.has(name) || this.#makes(name, stmts)) continue;
      return {
        code: 'mutates-arguments',
        why: `The loop changes \`${name}\` (${lineOf(spanOf(code))}), which lives outside the trip.`,
        toDo: 'Let a function return the new value and store it in the loop.',
        span: spanOf(code),
      };
    }
    return null;
  }

  #calls(code: Code): Refusal | null {
    const stmts = 'stmts' in code ? code.stmts : [];
    for (const expr of exprsOf(code)) {
      if (expr.kind !== 'call' || this.#changesFresh(expr, stmts)) continue;
      const { refusal } = judgeCall(expr, this.#facts, this.#cx, this.#worker);
      if (refusal && !(refusal.code === 'unknown-call' && this.#ownMethod(expr, stmts))) return refusal;
    }
    return null;
  }

  /** `answer.json()` where the trip itself got `answer` from a call. */
  #ownMethod(call: Call, stmts: readonly Stmt[]): boolean {
    const base = call.callee.kind === 'attribute' ? baseName(call.callee.object) : null;
    return base !== null && (this.#returned.has(base) || this.#returns(base, stmts));
  }

  #returns(name: string, stmts: readonly Stmt[]): boolean {
    const values = stmts
      .flatMap((stmt) => [...statementsIn(stmt)])
      .flatMap((stmt): (Expr | null)[] => {
        if (stmt.kind === 'with')
          return stmt.items.flatMap((item) => (item.target?.kind === 'name' && item.target.name === name ? [item.context] : []));
        return stmt.kind === 'assign' ? assignedTo(name, stmt) : [];
      });
    return values.length > 0 && values.every((value) => value?.kind === 'call' && factOf(value, this.#facts)?.resolved !== null);
  }

  /** `row.append(v)` where the trip itself made `row`. */
  #changesFresh(call: Call, stmts: readonly Stmt[]): boolean {
    const base = call.callee.kind === 'attribute' && call.callee.object.kind === 'name' ? call.callee.object.name : null;
    return base !== null && (this.#fresh.has(base) || this.#makes(base, stmts)) && factOf(call, this.#facts)?.purity === 'mutates';
  }

  #effects(code: Code): Refusal | null {
    const stmts = 'stmts' in code ? code.stmts : [];
    const calls = [...exprsOf(code)].flatMap((expr) => (expr.kind === 'call' ? [expr] : []));
    for (const effect of this.#facts.effects) {
      if (!within(effect.span, spanOf(code))) continue;
      // Stores were judged by what they change.
      if (this.#facts.stores.some((one) => sameSpan(one.span, effect.span))) continue;
      const call = calls.find((one) => sameSpan(one.span, effect.span));
      if (call && this.#changesFresh(call, stmts)) continue;
      return {
        code: 'ordered-effects',
        why: `${effect.why} In tasks, the order of that would be lost.`,
        toDo: 'Keep what has to happen in order in the loop, and let the task only compute or read.',
        span: effect.span,
      };
    }
    return null;
  }

  /** Does every assignment of the name in these statements give it something new? */
  #makes(name: string, stmts: readonly Stmt[]): boolean {
    const values = stmts.flatMap((stmt) => assignedTo(name, stmt));
    return values.length > 0 && values.every((value) => value !== null && this.#isNew(value));
  }

  #isNew(value: Expr): boolean {
    switch (value.kind) {
      case 'collection':
      case 'dict':
      case 'loop':
      case 'number':
      case 'string':
      case 'format':
      case 'binary':
      case 'constant':
        return true;
      case 'call': {
        const resolved = this.#cx.resolve(value.callee, this.#facts.file, value.span.start) ?? '';
        return /^(builtins\.(list|dict|set|sorted|bytearray)|collections\.\w+|numpy\.(zeros|ones|empty|full|array|arange|linspace)|copy\.(copy|deepcopy))$/.test(
          resolved,
        );
      }
      default:
        return false;
    }
  }
}

/** The values that a statement gives a name; null for one that is not a plain value (a loop's target, an unpacked part). */
function assignedTo(name: string, stmt: Stmt): (Expr | null)[] {
  if (stmt.kind === 'assign') {
    return stmt.targets.flatMap((target) => {
      if (target.kind === 'name') return target.name === name ? [stmt.value] : [];
      return namesOf({ stmts: [stmt] }).writes.has(name) ? [null] : [];
    });
  }
  if (stmt.kind === 'loop' && stmt.loop.target && namesOf({ stmts: [{ ...stmt, loop: { ...stmt.loop, body: [], otherwise: [] } }] }).writes.has(name))
    return [null];
  const inner = 'body' in stmt ? stmt.body : stmt.kind === 'if' ? [...stmt.then, ...stmt.otherwise] : stmt.kind === 'loop' ? stmt.loop.body : [];
  return inner.flatMap((child) => assignedTo(name, child));
}

function* exprsOf(code: Code): Generator<Expr> {
  if ('stmts' in code) for (const stmt of code.stmts) yield* exprsIn(stmt);
  else for (const expr of code.exprs) yield* eachExpr(expr);
}

const statementsOf = (code: Code): readonly Stmt[] =>
  'stmts' in code ? code.stmts : code.exprs.map((value) => ({ kind: 'expression', value, span: value.span }));

function spanOf(code: Code): Span {
  const spans = 'stmts' in code ? code.stmts.map((stmt) => stmt.span) : code.exprs.map((expr) => expr.span);
  const [first] = spans;
  const last = spans[spans.length - 1];
  return first && last ? { start: first.start, end: last.end } : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
}
