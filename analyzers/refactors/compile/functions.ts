/** Functions of the user's own that a kernel calls: whether they compile too, what they give, and that their integers stay within int64. */
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Expr, FunctionIR, Stmt } from '../../types';
import { aliasesIn } from './aliases';
import { elementRange } from './array-ranges';
import { inferKinds } from './inference';
import { fieldPlace, type Inference } from './inferred';
import { fits, join, range, type Range } from './intervals';
import { holdsIntegers, isScalar, type Kind } from './kinds';
import { namesUsed } from './names';
import type { Lowering } from './lowering';
import type { HeadCheck } from './range-question';
import { judgeRanges } from './ranges';
import { Settling } from './settled';
import { constantOf } from './start';
import type { Context } from '../refactor';

/** One function with the kinds of its arguments. */
export interface Callee {
  function: FunctionIR;
  inference: Inference;
  result: Kind;
}

/** What each call may add to a sum that a recursion makes. */
const STEP = 2 ** 16;
/** Arguments that change by a small step in each call do not get further: a stack ends before. */
const DRIFT = 2 ** 40;
const GROWN = range(-(2 ** 60), 2 ** 60);

export class Functions {
  readonly #known = new Map<string, Callee | null>();
  readonly #open = new Map<string, Kind | null>();
  readonly #judged = new Map<string, Range | null | 'overflow'>();
  readonly #judging: FunctionIR[] = [];
  /** Arguments that the function that is judged calls itself with. */
  #again: (Range | null)[] = [];
  /** Of recursive functions: what a call of itself gives while it is judged. */
  #recursive: Range | null = null;
  /** Heads of loops in these functions that have to be checked. */
  checks: HeadCheck[] = [];
  overflow: Expr | null = null;
  /** What was judged before holds no more. */
  judgeAnew(): void {
    this.checks = [];
    this.overflow = null;
    this.fields.clear();
    this.#judged.clear();
  }

  /** Ranges of the fields of records, wherever a function may be called. */
  readonly fields = new Map<string, Range>();
  /** How a function is called in the kernel's own file. */
  readonly written = new Map<FunctionIR, string>();

  constructor(
    private readonly cx: Context,
    private readonly file: string,
    readonly lowering: Lowering,
  ) {}

  /** Every function that was asked for and compiles, callees first. */
  all(): Callee[] {
    return [...this.#known.values()].filter((one) => one !== null);
  }

  /** The user's own function that is called, as a kernel sees it. */
  own(callee: Expr, file: string = this.file): FunctionIR | null {
    const method = this.lowering.methodOf(callee);
    if (method) return method.async ? null : this.lowering.function(method);
    const found = this.cx.functionOf(callee, file);
    if (!found?.topLevel || found.async || found.decorators.length > 0) return null;
    const lowered = this.lowering.function(found);
    if (file === this.file) this.written.set(lowered, this.cx.slice(file, callee.span));
    return lowered;
  }

  outer(name: string, file: string): Kind | null {
    const module = this.cx.syntax(file);
    return constantOf({ cx: this.cx, file, module, owner: null, values: {}, span: endOf(module.body) }, name)?.kind ?? null;
  }

  /** Null: it does not compile for such arguments. */
  result(fn: FunctionIR, args: readonly Kind[]): Kind | null {
    const key = `${fn.qualname}(${JSON.stringify(args)})`;
    const known = this.#known.get(key);
    if (known !== undefined) return known?.result ?? null;
    if (this.#open.has(key)) return this.#open.get(key) ?? null;
    // A function that is called with two kinds of arguments has two sets of facts: one is all that is kept.
    if ([...this.#known.keys()].some((other) => other.startsWith(`${fn.qualname}(`))) return null;
    const start = bound(fn, args);
    if (start === null || namesUsed(fn.body, start.keys()).needed.size > this.#constantsIn(fn, start).size) return null;
    let provisional: Kind | null = null;
    for (let pass = 0; pass < 4; pass += 1) {
      this.#open.set(key, provisional);
      const answer = inferKinds({
        body: fn.body,
        start,
        outer: (name) => this.outer(name, fn.file),
        resolve: (expr) => this.cx.resolve(expr, fn.file, expr.span.start),
        own: (callee) => this.#ownResult(callee, fn.file),
      });
      const result: Kind | null = answer.ok ? answer.value.result : answer.partial;
      const settled = JSON.stringify(result) === JSON.stringify(provisional);
      if (answer.ok && result !== null && (settled || pass === 0) && isScalar(result) && result.numpy !== 'maybe') {
        this.#open.delete(key);
        // A callee that is not a plain computation is left to Python.
        if (!this.#isSettled(fn, answer.value) || [...start.values()].some((kind) => !isScalar(kind) && writes(fn))) break;
        this.#known.set(key, { function: fn, inference: answer.value, result });
        return result;
      }
      if (result === null || settled) break;
      provisional = result;
    }
    this.#open.delete(key);
    this.#known.set(key, null);
    return null;
  }

  /** Is what it returns of one type, whatever way was taken? */
  #isSettled(fn: FunctionIR, inference: Inference): boolean {
    if (inference.mixed.size === 0) return true;
    const settling = new Settling(this.cx, fn.file, fn.body, inference, new Set());
    return [...eachStmt(fn.body)].every((one) => {
      const settled = one.kind === 'return' && one.value !== null ? settling.ofExpr(one.value) : { when: [], unless: [] };
      return settled !== null && settled.when.length === 0 && !settled.unless?.length;
    });
  }

  #ownResult(callee: Expr, file: string): { function: FunctionIR; result: (args: readonly Kind[]) => Kind | null } | null {
    const fn = this.own(callee, file);
    return fn && { function: fn, result: (args) => this.result(fn, args) };
  }

  #constantsIn(fn: FunctionIR, start: ReadonlyMap<string, Kind>): Set<string> {
    return new Set([...namesUsed(fn.body, start.keys()).needed].filter((name) => this.outer(name, fn.file) !== null || this.#resolves(fn, name)));
  }

  #resolves(fn: FunctionIR, name: string): boolean {
    return this.cx.resolve({ kind: 'name', name, span: fn.span }, fn.file, fn.body[0]?.span.start ?? fn.span.start) !== null;
  }

  /** What a call gives for such arguments; what may overflow in it is noted. */
  callRange(call: Expr & { kind: 'call' }, args: readonly (Range | null)[], object: Range | null): Range | null {
    const file = this.#judging.at(-1)?.file ?? this.file;
    const fn = this.own(call.callee, file);
    if (!fn && call.callee.kind === 'attribute') {
      const path = this.cx.resolve(call.callee, file, call.span.start);
      return path === null || path.startsWith('numpy.') ? elementRange(call.callee.attribute, args, object) : null;
    }
    const known = fn && this.all().find((one) => one.function === fn);
    if (!fn || !known) return null;
    if (this.#judging.includes(fn)) {
      this.#again = fn.params.map((_, index) => joinMaybe(this.#again[index], args[index]));
      return this.#recursive ?? GROWN;
    }
    const key = `${fn.qualname}(${JSON.stringify(args)})`;
    const judged = this.#judged.get(key);
    const found = judged ?? this.#judge(fn, known, args);
    this.#judged.set(key, found ?? null);
    if (found === 'overflow') this.overflow ??= call;
    return found === 'overflow' ? null : (found ?? null);
  }

  #judge(fn: FunctionIR, { inference }: Callee, args: readonly (Range | null)[]): Range | null | 'overflow' {
    const integers = new Set([...inference.kinds].flatMap(([name, kind]) => (holdsIntegers(kind) && !inference.mixed.has(name) ? [name] : [])));
    const recursive = callsItself(fn, (callee) => this.own(callee, fn.file) === fn);
    const start = new Map<string, Range>();
    const given = (drift: number): void =>
      fn.params.forEach(({ name }, index) => {
        const { lo, hi } = args[index] ?? range(-Infinity, Infinity);
        if (integers.has(name)) start.set(name, range(lo - drift, hi + drift));
      });
    given(0);
    for (const [place, known] of this.fields) {
      integers.add(place);
      start.set(place, known);
    }
    const question = {
      body: fn.body,
      start,
      integers,
      containers: new Set([...[...inference.kinds].flatMap(([name, kind]) => (isScalar(kind) ? [] : [name])), ...this.fields.keys()]),
      aliases: aliasesIn(fn.body, inference),
      fieldOf: (expr: Expr) => fieldPlace(inference, expr),
      isInteger: (call: Expr) => isInteger(inference, call),
      callRange: (call: Expr & { kind: 'call' }, given: readonly (Range | null)[], object: Range | null) => this.callRange(call, given, object),
    };
    this.#judging.push(fn);
    const before = this.#recursive;
    try {
      if (recursive) {
        if (!isAdditive(fn, (callee) => this.own(callee, fn.file) === fn) || !this.#steps(fn, args)) return 'overflow';
        this.#recursive = range(0, 0);
        const before = this.#again;
        // Mostly its own calls are within what it was called with, or a little beside it; else they drift away step by step.
        let stays = false;
        for (let pass = 0; pass < 3 && !stays; pass += 1) {
          this.#again = [];
          judgeRanges(question);
          stays = fn.params.every(({ name }, index) => !integers.has(name) || coversMaybe(start.get(name), this.#again[index]));
          fn.params.forEach(({ name }, index) => {
            const all = joinMaybe(start.get(name), this.#again[index]);
            if (integers.has(name) && all) start.set(name, all);
          });
        }
        this.#again = before;
        if (!stays) given(DRIFT);
        const alone = judgeRanges(question);
        if (!alone.ok || !alone.returned || alone.returned.hi > STEP || alone.returned.lo < -STEP) return 'overflow';
        this.#recursive = GROWN;
      }
      const answer = judgeRanges(question);
      if (!answer.ok) return 'overflow';
      this.checks.push(...answer.checks.filter((check) => !this.checks.some((one) => one.loop === check.loop && one.name === check.name)));
      return answer.returned && fits(answer.returned) ? (recursive ? GROWN : answer.returned) : answer.returned;
    } finally {
      this.#judging.pop();
      this.#recursive = before;
    }
  }

  /** Are the arguments of its own calls its parameters, changed by a small step or made smaller? */
  #steps(fn: FunctionIR, args: readonly (Range | null)[]): boolean {
    const params = new Set(fn.params.map(({ name }) => name));
    const small = (expr: Expr): boolean => {
      if (expr.kind === 'number') return Number(expr.text.replaceAll('_', '')) <= STEP;
      if (expr.kind === 'name') return params.has(expr.name) || (constant(this.outer(expr.name, fn.file)) && args.length > 0);
      if (expr.kind !== 'binary') return false;
      if (expr.op === '+' || expr.op === '-') return small(expr.left) && expr.right.kind === 'number' && small(expr.right);
      return (expr.op === '//' || expr.op === '%') && small(expr.left) && expr.right.kind === 'number' && Number(expr.right.text) > 0;
    };
    return selfCalls(fn, (callee) => this.own(callee, fn.file) === fn).every((call) => call.args.every(small));
  }
}

const joinMaybe = (a: Range | null | undefined, b: Range | null | undefined): Range | null => (a && b ? join(a, b) : (a ?? b ?? null));
const coversMaybe = (a: Range | undefined, b: Range | null | undefined): boolean => !b || (a !== undefined && a.lo <= b.lo && a.hi >= b.hi);

const constant = (kind: Kind | null): boolean => kind !== null;

function bound(fn: FunctionIR, args: readonly Kind[]): Map<string, Kind> | null {
  if (fn.params.length !== args.length || fn.params.some(({ kind }) => kind !== 'plain')) return null;
  return new Map(fn.params.map(({ name }, index) => [name, args[index] as Kind]));
}

function endOf(body: readonly Stmt[]): Stmt['span'] {
  const end = body.at(-1)?.span.end ?? { line: 0, character: 0 };
  return { start: end, end };
}

const writes = (fn: FunctionIR): boolean => {
  const params = new Set(fn.params.map(({ name }) => name));
  return [...namesUsed(fn.body).written].some((name) => params.has(name));
};

/** Does this expression give integers, or something that holds some? */
export function isInteger(inference: Inference, expr: Expr): boolean {
  const kind = inference.kindOf(expr);
  return kind !== null && holdsIntegers(kind);
}

function selfCalls(fn: FunctionIR, isSelf: (callee: Expr) => boolean): (Expr & { kind: 'call' })[] {
  return [...eachStmt(fn.body)]
    .flatMap(stmtExprs)
    .flatMap((expr) => [...eachExpr(expr)])
    .filter((expr): expr is Expr & { kind: 'call' } => expr.kind === 'call' && isSelf(expr.callee));
}

export const callsItself = (fn: FunctionIR, isSelf: (callee: Expr) => boolean): boolean => selfCalls(fn, isSelf).length > 0;

/** Its results are sums of the results of its own calls: they grow no faster than the number of calls that were made. */
function isAdditive(fn: FunctionIR, isSelf: (callee: Expr) => boolean): boolean {
  const has = (expr: Expr): boolean => [...eachExpr(expr)].some((part) => part.kind === 'call' && isSelf(part.callee));
  const sums = (expr: Expr): boolean => {
    if (!has(expr)) return true;
    if (expr.kind === 'call' && isSelf(expr.callee)) return !expr.args.some(has);
    if (expr.kind === 'binary') return (expr.op === '+' || expr.op === '-') && sums(expr.left) && sums(expr.right);
    if (expr.kind === 'conditional') return !has(expr.test) && sums(expr.then) && sums(expr.otherwise);
    return expr.kind === 'call' && expr.callee.kind === 'name' && /^(min|max)$/.test(expr.callee.name) && expr.args.every(sums);
  };
  return [...eachStmt(fn.body)].every((statement) => {
    if (statement.kind === 'return') return statement.value === null || sums(statement.value);
    return !stmtExprs(statement).some(has);
  });
}
