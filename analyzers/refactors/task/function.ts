import type { Expr, LoopFacts, Refusal, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { eachExpr } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { type Call, type Worker } from './calls';
import { bare, type Column, type Columns } from './columns';
import type { TaskModule } from './module';
import { namesOf } from './names';
import { changedAround } from './nest';
import { conditional } from './hoist';
import { isOnlyCalled, liftOf, type Lift } from './lift';
import { whyUnpicklable } from './pickling';
import type { TaskSplit } from './split';
import { LineBlock } from './text';

/** How a worker is told what to do: the callable that the pool maps, what it maps over, and the functions to be written for it. */
export interface Handoff {
  callable: string;
  sent: Column[];
  /** Functions to write, each a list of lines from column 0. */
  functions: string[][];
  /** Names that every worker process is given once when it starts. */
  shared: string[];
  initializer: string | null;
  usesPartial: boolean;
  /** Names of the parent that go to the workers. */
  given: string[];
  /** Functions that move to the top level. */
  lifts: Lift[];
}

/** From here on it is worth an initializer to send something to each worker once, and not with every message. */
const manyItems = 10_000;
const manyBytes = 50_000;

function isLarge(name: string, { values, evidence }: LoopFacts): boolean {
  const value = values[name];
  const inRow = value?.rows?.lengths[1] ?? 1;
  const items = value?.shape ? value.shape.reduce((product, extent) => product * extent, 1) : (value?.length ?? 0) * inRow;
  const pickled = evidence?.pickled[name];
  return items >= manyItems || (pickled !== undefined && 'bytes' in pickled && pickled.bytes >= manyBytes);
}

export class TaskFunction {
  readonly #facts: LoopFacts;
  readonly #cx: Context;
  readonly #split: TaskSplit;
  readonly #columns: Columns;
  readonly #module: TaskModule;
  readonly #worker: Worker;
  readonly #filtered: boolean;
  readonly #around: Stmt | null;
  readonly #lifts: Lift[] = [];

  constructor(parts: {
    facts: LoopFacts;
    cx: Context;
    split: TaskSplit;
    columns: Columns;
    module: TaskModule;
    worker: Worker;
    filtered: boolean;
    around: Stmt | null;
  }) {
    this.#facts = parts.facts;
    this.#cx = parts.cx;
    this.#split = parts.split;
    this.#columns = parts.columns;
    this.#module = parts.module;
    this.#worker = parts.worker;
    this.#filtered = parts.filtered;
    this.#around = parts.around;
  }

  /** Names that the task reads and does not make itself. */
  freeNames(): Set<string> {
    const steps = namesOf({ stmts: this.#split.steps.filter((step) => step.kind === 'run').map((step) => step.stmt) });
    const skips = this.#split.steps.flatMap((step) => (step.kind === 'skip' && step.stmt.kind === 'if' ? [step.stmt.test] : []));
    const tests = this.#filtered ? [] : this.#split.hoists.flatMap((hoist) => hoist.tests.map((one) => one.test));
    const others = namesOf({ exprs: [...skips, ...this.#split.hoists.map((hoist) => hoist.expr), ...tests] });
    return new Set([...steps.reads, ...others.reads].filter((name) => !steps.writes.has(name)));
  }

  /** Local names and module variables that the task cannot find by importing the module. */
  #locals(free: ReadonlySet<string>): string[] {
    const ofColumns = new Set(this.#columns.columns.flatMap((column) => column.names));
    const { owner } = this.#facts;
    const bound = this.#ownNames();
    return [...free].filter((name) => {
      if (ofColumns.has(name)) return false;
      const local = bound.has(name);
      if (!local && this.#module.binds(name)) return owner === null && this.#module.variablesBehind([name]).includes(name);
      if (local) return true;
      const at = this.#facts.ir.span.start;
      const builtin = this.#cx.resolve({ kind: 'name', name, span: this.#facts.ir.span }, this.#facts.file, at)?.startsWith('builtins.') === true;
      return !builtin;
    });
  }

  /** Names that are the function's own, those that it declares global left out. */
  #ownNames(): Set<string> {
    const { owner } = this.#facts;
    if (!owner) return new Set();
    const globals = new Set(owner.body.flatMap((stmt) => (stmt.kind === 'scope' && stmt.type === 'global' ? stmt.names : [])));
    const names = [...owner.params.map((param) => param.name), ...namesOf({ stmts: owner.body }).writes];
    return new Set(names.filter((name) => !globals.has(name)));
  }

  build(): Handoff | Refusal {
    const all = this.freeNames();
    const lifted = this.#worker === 'process' ? this.#lift(all) : null;
    if (lifted) return lifted;
    const free = new Set([...all].filter((name) => !this.#lifts.some((lift) => lift.name === name)));
    const locals = [...new Set([...this.#locals(free), ...this.#lifts.flatMap((lift) => lift.extras)])];
    const ofColumns = this.#columns.columns.flatMap((column) => column.names);
    const found = [...free].filter((name) => !locals.includes(name) && !ofColumns.includes(name));
    const reached = new Set<string>();
    const behind = this.#worker === 'process' ? this.#module.variablesBehind(found, reached) : [];
    const no = this.#worker === 'process' ? whyUnpicklable({ facts: this.#facts, cx: this.#cx, columns: this.#columns, locals, free }) : null;
    if (no) return no;
    const hidden = behind.find((name) => this.#ownNames().has(name));
    if (hidden !== undefined) return this.#hiddenGlobal(hidden);
    const changes = this.#around ? changedAround(this.#around, this.#facts, this.#module) : () => false;
    const changedInLoop = this.#around && this.#worker === 'process' ? namesOf({ stmts: [this.#around] }).stores : new Set<string>();
    const stale = behind.find(changes) ?? [...reached].find((name) => changedInLoop.has(name));
    if (stale !== undefined) return this.#staleWorkers(stale);
    const lifts = this.#lifts;
    const sent = this.#worker === 'process' && lifts.length === 0 ? locals : [];
    const large = sent.filter((name) => isLarge(name, this.#facts) && this.#mayBeShared(name) && !changes(name));
    const shared = [...new Set([...behind, ...large])];
    const direct = large.length === 0 ? this.#direct(locals) : null;
    const initializer = shared.length > 0 ? this.#module.fresh('_init_worker') : null;
    const functions = [...(initializer === null ? [] : [this.#initializerText(initializer, shared)]), ...lifts.map((lift) => lift.lines)];
    if (direct) return { ...direct, functions, shared, initializer, given: locals, lifts };
    const bound = lifts.find((lift) => lift.extras.length > 0);
    if (bound) {
      return {
        code: 'unpicklable',
        why: `The task (${lineOf(this.#facts.ir.span)}) does more than call \`${bound.name}\`, which is defined inside another function and reads \`${bound.extras[0] ?? ''}\` there.`,
        toDo: 'Define it at the top level of its module and give it what it needs as arguments.',
        span: this.#facts.ir.span,
      };
    }
    const written = this.#written(
      locals.filter((name) => !large.includes(name)),
      free,
    );
    return { ...written, functions: [...functions, written.lines], shared, initializer, given: locals, lifts };
  }

  #lift(free: ReadonlySet<string>): Refusal | null {
    for (const name of free) {
      const lift = this.#ownNames().has(name) || this.#facts.owner !== null ? liftOf(name, this.#facts, this.#cx) : undefined;
      if (!lift) continue;
      if ('code' in lift) return lift;
      if (!isOnlyCalled(name, this.#facts) || this.#module.binds(name)) continue;
      this.#lifts.push(lift);
    }
    return null;
  }

  /** In a worker the value becomes a module variable, so the module must not have a function or an import of that name. */
  #mayBeShared(name: string): boolean {
    return this.#facts.owner === null || !this.#module.defines(name);
  }

  #staleWorkers(name: string): Refusal {
    return {
      code: 'stale-workers',
      why: `The task reads the module's \`${name}\`, which changes between two runs of the loop (${lineOf(this.#facts.ir.span)}): workers that are started once would keep its first value.`,
      toDo: `Give \`${name}\` to the function as an argument.`,
      span: this.#facts.ir.span,
    };
  }

  #hiddenGlobal(name: string): Refusal {
    return {
      code: 'hidden-global',
      why: `The task reads the module's \`${name}\`, which workers have to be given, but here (${lineOf(this.#facts.ir.span)}) that name means something else.`,
      toDo: `Give the local \`${name}\` another name, or pass the value to the function as an argument.`,
      span: this.#facts.ir.span,
    };
  }

  /** One call of one function: the pool maps the function itself. */
  #direct(locals: readonly string[]): Pick<Handoff, 'callable' | 'sent' | 'usesPartial'> | null {
    const [hoist, another] = this.#split.hoists;
    if (!hoist || another || this.#split.steps.length > 0 || (hoist.tests.length > 0 && !this.#filtered)) return null;
    const { expr } = hoist;
    if (expr.kind !== 'call') return null;
    const { callee: called } = expr;
    const lift = this.#lifts.find((one) => called.kind === 'name' && called.name === one.name);
    if (!lift && !this.#importable(called, locals)) return null;
    const sent: Column[] = [];
    const leading: string[] = [];
    const named: string[] = [];
    const own = this.#cx.functionOf(expr.callee, this.#facts.file);
    const params = (own?.params ?? []).filter((param) => param.kind === 'plain').slice(own?.method === true ? 1 : 0);
    for (const [index, arg] of expr.args.entries()) {
      const column = arg.kind === 'name' ? this.#columns.columns.find((one) => one.names.length === 1 && one.target === arg.name) : undefined;
      if (column && !sent.includes(column)) sent.push(column);
      else if (!this.#constant(arg)) return null;
      else if (sent.length === 0) leading.push(this.#text(arg));
      else {
        const name = lift ? lift.params[index] : params[index]?.name;
        if (name === undefined) return null;
        named.push(`${name}=${this.#text(arg)}`);
      }
    }
    for (const { name, value } of expr.keywords) {
      if (!this.#constant(value) || name === '') return null;
      named.push(`${name}=${this.#text(value)}`);
    }
    if (sent.length === 0) return null;
    named.push(...(lift?.extras ?? []).map((name) => `${name}=${name}`));
    const callee = this.#text(expr.callee);
    const given = [callee, ...leading, ...named];
    return given.length === 1 ? { callable: callee, sent, usesPartial: false } : { callable: given.join(', '), sent, usesPartial: true };
  }

  /** Is the callable found by name in a worker? */
  #importable(callee: Expr, locals: readonly string[]): boolean {
    if (callee.kind !== 'name' && callee.kind !== 'attribute') return false;
    if (this.#worker === 'thread')
      return !this.#usesColumn(callee) && [...eachExpr(callee)].every((expr) => expr.kind === 'name' || expr.kind === 'attribute');
    const own = this.#cx.functionOf(callee, this.#facts.file);
    if (own) return own.topLevel || (own.method && callee.kind === 'attribute' && callee.object.kind === 'name' && callee.object.name === 'self');
    const base = namesOf({ exprs: [callee] }).reads;
    return this.#cx.resolve(callee, this.#facts.file, callee.span.start) !== null && [...base].every((name) => !locals.includes(name));
  }

  #usesColumn(expr: Expr): boolean {
    const reads = namesOf({ exprs: [expr] }).reads;
    return this.#columns.columns.some((column) => column.names.some((name) => reads.has(name)));
  }

  /** The same in every trip and cheap to send. */
  #constant(expr: Expr): boolean {
    if (
      this.#usesColumn(expr) ||
      [...eachExpr(expr)].some((one) => one.kind === 'call' || one.kind === 'loop' || one.kind === 'spread' || one.kind === 'lambda')
    )
      return false;
    return [...namesOf({ exprs: [expr] }).reads].every((name) => !isLarge(name, this.#facts));
  }

  #initializerText(name: string, shared: readonly string[]): string[] {
    const unit = this.#cx.indentUnit(this.#facts.file);
    const given = shared.map((one) => `shared_${one.replace(/^_+/, '').toLowerCase()}`);
    return [
      `def ${name}(${given.join(', ')}):`,
      `${unit}global ${shared.join(', ')}`,
      ...shared.map((one, index) => `${unit}${one} = ${given[index] ?? ''}`),
    ];
  }

  #written(locals: readonly string[], free: ReadonlySet<string>): Pick<Handoff, 'callable' | 'sent' | 'usesPartial'> & { lines: string[] } {
    const unit = this.#cx.indentUnit(this.#facts.file);
    const used = this.#columns.columns.filter((column) => column.names.some((name) => free.has(name)));
    const sent = used.length > 0 ? used : this.#columns.columns.slice(0, 1);
    const name = this.#module.fresh(this.#verb(sent));
    const params: string[] = [];
    const unpacked: string[] = [];
    for (const column of sent) {
      if (column.names.length === 1 && !column.target.includes(',')) params.push(column.target);
      else {
        const item = this.#module.fresh('item');
        params.push(item);
        unpacked.push(`${unit}${bare(column.target)} = ${item}`);
      }
    }
    // A thread sees the variables around it; a process is given them.
    const extra = this.#worker === 'process' ? locals : [];
    const lines = [`def ${name}(${[...params, ...extra].join(', ')}):`, ...unpacked, ...this.#bodyLines(unit)];
    const callable = extra.length === 0 ? name : [name, ...extra.map((one) => `${one}=${one}`)].join(', ');
    return { callable, sent, usesPartial: extra.length > 0, lines };
  }

  #bodyLines(unit: string): string[] {
    const { steps, outputs, hoists } = this.#split;
    const last = steps[steps.length - 1]?.stmt;
    // `area = width * height` and `return area` is `return width * height`.
    const only = last?.kind === 'assign' && last.targets.length === 1 && last.targets[0]?.kind === 'name' ? last.targets[0].name : null;
    if (last?.kind === 'assign' && hoists.length === 0 && outputs.length === 1 && outputs[0] === only) {
      return [...this.#stepLines(unit, steps.slice(0, -1)), `${unit}return ${this.#text(last.value)}`];
    }
    const returned = this.#returned();
    return [...this.#stepLines(unit, steps), ...(returned === '' ? [] : [`${unit}return ${returned}`])];
  }

  #stepLines(unit: string, steps: TaskSplit['steps']): string[] {
    const { file } = this.#facts;
    const text = this.#cx.text(file);
    const assigned = new Set<string>();
    return steps.flatMap(({ kind, stmt }) => {
      if (kind === 'skip' && stmt.kind === 'if') {
        const early = [...this.#split.outputs.map((name) => (assigned.has(name) ? name : 'None')), ...this.#split.hoists.map(() => 'None')];
        return [`${unit}if ${this.#text(stmt.test)}:`, `${unit}${unit}return ${early.join(', ')}`.trimEnd()];
      }
      for (const name of namesOf({ stmts: [stmt] }).writes) assigned.add(name);
      const { fixed } = this.#module;
      const indent = this.#cx.indentAt(file, stmt.span.start.line);
      const alone = text.split('\n')[stmt.span.start.line]?.slice(0, stmt.span.start.character).trim() === '';
      if (!alone) return [unit + this.#cx.slice(file, stmt.span)];
      const comments = this.#commentsAbove(stmt.span.start.line);
      return LineBlock.of(text, { start: { line: comments, character: 0 }, end: stmt.span.end }, [], fixed).moved(indent, unit);
    });
  }

  #commentsAbove(line: number): number {
    const lines = this.#cx.text(this.#facts.file).split('\n');
    let at = line;
    while (at - 1 > this.#facts.ir.span.start.line && (lines[at - 1] ?? '').trim().startsWith('#')) at -= 1;
    return at;
  }

  #returned(): string {
    const hoists = this.#split.hoists.map((hoist) => {
      const text = hoist.written ?? this.#text(hoist.expr);
      if (hoist.tests.length === 0 || this.#filtered) return text;
      const guarded = conditional(text, hoist.tests, (expr) => this.#text(expr));
      return this.#split.hoists.length + this.#split.outputs.length > 1 ? `(${guarded})` : guarded;
    });
    return [...this.#split.outputs, ...hoists].join(', ');
  }

  #verb(sent: readonly Column[]): string {
    const called = [
      ...this.#split.hoists.flatMap((hoist) => [...eachExpr(hoist.expr)]),
      ...this.#split.steps.flatMap((step) => (step.stmt.kind === 'assign' ? [...eachExpr(step.stmt.value)] : [])),
    ].find((expr): expr is Call => expr.kind === 'call' && this.#cx.functionOf(expr.callee, this.#facts.file) !== null);
    const name = called?.callee.kind === 'name' ? called.callee.name : called?.callee.kind === 'attribute' ? called.callee.attribute : null;
    const item = sent.map((column) => column.target).find((target) => /^[a-z]\w+$/i.test(target) && target !== '_item') ?? 'item';
    const base = name === null ? `process_${item}` : `${name.replace(/^_+/, '')}_one`;
    return this.#worker === 'process' ? `_${base}` : base;
  }

  /** Text of an expression on one line where it can be: an expression over several lines keeps them in parentheses. */
  #text(expr: Expr): string {
    const text = this.#cx.slice(this.#facts.file, expr.span);
    return text.includes('\n') && !/^[\w.]*[([{]/.test(text) ? `(${text})` : text;
  }
}
