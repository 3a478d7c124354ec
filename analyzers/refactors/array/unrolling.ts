import type { Expr, FunctionIR, LoopFacts, LoopIR, Stmt } from '../../types';
import { emptySpan } from '../../syntax/python-reading';
import { boundNames, eachExpr, eachStmt, spaceExprs, stmtExprs, stmtNames } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Kinds } from './inference';
import { literalInt } from './kinds';
import { hasStatement, plainTrips } from './plain-trips';
import { intOf, plainTruth, Substitution, type Values } from './substitution';

type Call = Expr & { kind: 'call' };
type Assign = Stmt & { kind: 'assign' };

/** Statements that all of it may become, and terms of one sum. */
const MOST_STATEMENTS = 60;
const MOST_TERMS = 25;

/**
 * The loop with what stands in the way of arrays written out: small loops over plain numbers (`for dx in (-1, 0, 1)`), functions of the file that look
 * at data around an index, and names of indices that follow the loop (`up = (i - 1) % n`). Null where nothing of that is there, or it cannot be done.
 */
export function unrolled(facts: LoopFacts, kinds: Kinds, cx: Context): LoopIR | null {
  const unrolling = new Unrolling(facts, kinds, cx);
  const loop = unrolling.loop(facts.ir, new Map());
  return unrolling.done ? loop : null;
}

class Unrolling {
  private readonly substitution: Substitution;
  /** Names that count the trips of loops that stay, and all names that such loops bind. */
  private axes = new Set<string>();
  private readonly bound = new Set<string>();
  /** Names that stand in an index somewhere. */
  private readonly indices = new Set<string>();
  /** Names that get their value somewhere in the loop, and what it appends to. */
  private written: Set<string>;
  private readonly appended = new Set<string>();
  /** Names whose assignments are gone, and names that were read as they are. */
  private dropped = new Set<string>();
  private read = new Set<string>();
  private readonly inside: FunctionIR[] = [];
  private statements = 0;
  private changed = false;
  /** Where the steps of a function that is called go; null: the call might not happen. */
  private prelude: Stmt[] | null = null;

  constructor(
    private readonly facts: LoopFacts,
    private readonly kinds: Kinds,
    private readonly cx: Context,
  ) {
    this.substitution = new Substitution({
      name: (expr, values) => this.name(expr, values),
      call: (call, values) => this.call(call, values),
      loop: (loop, values) => this.inner(loop, values),
    });
    this.written = stmtNames(facts.ir.body).writes;
    this.look(facts.ir.body);
  }

  get done(): boolean {
    const lost = this.lost() || [...this.dropped].some((name) => this.facts.liveOut.includes(name));
    return this.changed && !lost && !this.substitution.failed && this.statements <= MOST_STATEMENTS;
  }

  /** True where something reads a name whose assignment is gone. */
  private lost(): boolean {
    return [...this.dropped].some((name) => this.read.has(name));
  }

  private fail(): void {
    this.substitution.failed = true;
  }

  private look(body: readonly Stmt[]): void {
    for (const expr of [...eachStmt(body)].flatMap((statement) => stmtExprs(statement).flatMap((top) => [...eachExpr(top)]))) {
      if (expr.kind === 'subscript') for (const part of eachExpr(expr.index)) if (part.kind === 'name') this.indices.add(part.name);
      if (expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.object.kind === 'name') this.appended.add(expr.callee.object.name);
    }
  }

  private name(expr: Expr & { kind: 'name' }, values: Values): Expr {
    const value = values.get(expr.name);
    if (!value) this.read.add(expr.name);
    return value ?? expr;
  }

  private expr(expr: Expr, values: Values): Expr {
    // What stands after a test may not be evaluated: a function's steps must not move out of it.
    const guarded = [...eachExpr(expr)].some((part) => ['conditional', 'logical', 'lambda', 'loop'].includes(part.kind));
    const prelude = this.prelude;
    if (guarded) this.prelude = null;
    const made = this.substitution.expr(expr, values);
    this.prelude = prelude;
    return made;
  }

  /** A loop that stays a loop. */
  loop(loop: LoopIR, values: Values): LoopIR {
    const written = stmtNames(loop.body).writes;
    const bound = loop.target ? boundNames(loop.target) : [];
    for (const name of bound) {
      this.bound.add(name);
      if (loop.space.kind === 'range' && !written.has(name)) this.axes.add(name);
    }
    // Its bounds keep their text.
    for (const part of spaceExprs(loop.space).flatMap((expr) => [...eachExpr(expr)]))
      if (part.kind === 'name' && this.name(part, values) !== part) this.fail();
    const own = new Map(values);
    for (const name of [...written, ...bound]) own.delete(name);
    return { ...loop, body: this.block(loop.body, own) };
  }

  /** A comprehension or generator inside of an expression. */
  private inner(loop: LoopIR, values: Values): LoopIR {
    const prelude = this.prelude;
    const made = this.loop(loop, values);
    this.prelude = prelude;
    return made;
  }

  /** `values` goes along with the statements. */
  private block(body: readonly Stmt[], values: Map<string, Expr>): Stmt[] {
    const made: Stmt[] = [];
    for (const statement of body) made.push(...this.statement(statement, values));
    this.statements += made.length;
    return made;
  }

  private statement(statement: Stmt, values: Map<string, Expr>): Stmt[] {
    if (this.statements > MOST_STATEMENTS) this.fail();
    if (this.substitution.failed) return [statement];
    const before: Stmt[] = [];
    this.prelude = before;
    const made = this.rewritten(statement, values);
    this.prelude = null;
    return [...before, ...made];
  }

  private rewritten(statement: Stmt, values: Map<string, Expr>): Stmt[] {
    switch (statement.kind) {
      case 'assign':
        return this.assign(statement, values);
      case 'augment': {
        if (statement.target.kind === 'name' && values.has(statement.target.name)) this.fail();
        return [{ ...statement, target: this.target(statement.target, values), value: this.expr(statement.value, values) }];
      }
      case 'expression':
      case 'emit':
        return [{ ...statement, value: this.expr(statement.value, values) }];
      case 'if': {
        const test = this.expr(statement.test, values);
        this.prelude = null;
        const truth = test === statement.test ? null : plainTruth(test);
        if (truth !== null) return this.block(truth ? statement.then : statement.otherwise, values);
        return [this.branches({ ...statement, test }, values)];
      }
      case 'loop': {
        const trips = plainTrips(statement.loop, this.kinds);
        this.prelude = null;
        if (!trips) {
          const loop = this.loop(statement.loop, values);
          for (const name of stmtNames([statement]).writes) values.delete(name);
          return [{ ...statement, loop }];
        }
        return this.trips(statement.loop, trips, values);
      }
      case 'pass':
      case 'continue':
      case 'break':
        return [statement];
      default:
        this.fail();
        return [statement];
    }
  }

  /** Both sides of a test. What stands for a name that one of them sets is unknown after it. */
  private branches(statement: Stmt & { kind: 'if' }, values: Map<string, Expr>): Stmt {
    const then = this.block(statement.then, new Map(values));
    const otherwise = this.block(statement.otherwise, new Map(values));
    for (const name of stmtNames([statement]).writes) values.delete(name);
    return { ...statement, then, otherwise };
  }

  private target(target: Expr, values: Values): Expr {
    return target.kind === 'name' ? target : this.expr(target, values);
  }

  private assign(statement: Assign, values: Map<string, Expr>): Stmt[] {
    const [target, ...more] = statement.targets;
    const value = this.expr(statement.value, values);
    const pairs: [Expr, Expr][] =
      target?.kind === 'collection' && value.kind === 'collection' && target.items.length === value.items.length
        ? target.items.map((item, at) => [item, value.items[at] ?? value])
        : target
          ? [[target, value]]
          : [];
    const names = pairs.flatMap(([one]) => (one.kind === 'name' ? [one.name] : []));
    const drops = pairs.every(([one, given]) => one.kind === 'name' && this.drops(one.name, given));
    if (more.length === 0 && drops && names.length > 0 && new Set(names).size === names.length) {
      for (const [one, given] of pairs) if (one.kind === 'name') values.set(one.name, given);
      for (const name of names) this.dropped.add(name);
      this.changed = true;
      return [];
    }
    for (const name of statement.targets.flatMap(boundNames)) values.delete(name);
    return [{ ...statement, targets: statement.targets.map((one) => this.target(one, values)), value }];
  }

  /** True where the name is one of an index that follows a loop at a distance or around the end, or of a size that such an index needs. */
  private drops(name: string, value: Expr): boolean {
    if (this.axes.has(name)) return false;
    if (this.isSize(value)) return this.isSetOnce(name);
    return this.indices.has(name) && this.follows(value);
  }

  /** True of a name of the function that is being written out, where only one statement sets it. */
  private isSetOnce(name: string): boolean {
    const body = this.inside.at(-1)?.body ?? [];
    return [...eachStmt(body)].filter((statement) => stmtNames([statement]).writes.has(name)).length === 1;
  }

  private follows(value: Expr): boolean {
    if (value.kind !== 'binary') return false;
    if (value.op === '%') return this.isSize(value.right) && (this.follows(value.left) || this.isAxis(value.left));
    if (value.op !== '+' && value.op !== '-') return false;
    const sides = value.op === '+' ? [value.left, value.right] : [value.left];
    return sides.some((side) => this.isAxis(side) || this.follows(side)) && [value.left, value.right].some((side) => this.isSize(side));
  }

  private isAxis(expr: Expr): boolean {
    return expr.kind === 'name' && this.axes.has(expr.name);
  }

  /** A whole number that no trip changes: a name, a length or a plain number. */
  private isSize(expr: Expr): boolean {
    if (literalInt(expr) !== null) return true;
    if (expr.kind === 'attribute') return this.isSize(expr.object);
    if (expr.kind === 'name') return !this.written.has(expr.name) && !this.bound.has(expr.name);
    const shape = expr.kind === 'subscript' && expr.object.kind === 'attribute' && expr.object.attribute === 'shape' ? expr.object.object : null;
    const [of, ...others] = expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' ? expr.args : [];
    const data = shape ?? (others.length === 0 && of?.kind === 'subscript' && literalInt(of.index) !== null ? of.object : of);
    return data?.kind === 'name' && !this.written.has(data.name) && !this.appended.has(data.name);
  }

  /** The trips of a loop over plain numbers, one after the other. */
  private trips(loop: LoopIR, trips: readonly Values[], values: Map<string, Expr>): Stmt[] {
    this.changed = true;
    const made: Stmt[] = [];
    for (const trip of trips) {
      for (const [name, value] of trip) {
        values.set(name, value);
        this.dropped.add(name);
      }
      made.push(...this.trip(loop.body, values));
    }
    return made;
  }

  /** One trip, where `continue` ends it. */
  private trip(body: readonly Stmt[], values: Map<string, Expr>): Stmt[] {
    const [first, ...rest] = body;
    if (!first) return [];
    if (first.kind === 'continue') return [];
    if (first.kind !== 'if' || ![...eachStmt([first])].some((one) => one.kind === 'continue')) {
      return [...this.statement(first, values), ...this.trip(rest, values)];
    }
    const test = this.expr(first.test, values);
    const truth = plainTruth(test);
    if (truth !== null) return this.trip([...(truth ? first.then : first.otherwise), ...rest], values);
    // `if test: continue`: the rest runs where the test does not hold.
    const then = first.then.at(-1)?.kind === 'continue' ? first.then.slice(0, -1) : [...first.then, ...rest];
    const otherwise = first.otherwise.at(-1)?.kind === 'continue' ? first.otherwise.slice(0, -1) : [...first.otherwise, ...rest];
    if (hasStatement([...then, ...otherwise], 'continue')) this.fail();
    const negated: Expr = { kind: 'unary', op: 'not', operand: test, span: emptySpan(test.span) };
    const turned = then.length === 0;
    return [this.branches({ ...first, test: turned ? negated : test, then: turned ? otherwise : then, otherwise: turned ? [] : otherwise }, values)];
  }

  /** `sum(... for dx in (-1, 0, 1))` as its terms, and a call of a function as its steps and its value. Null: it stays a call. */
  private call(call: Call, values: Values): Expr | null {
    const [of, ...others] = call.args;
    const isSum = of?.kind === 'loop' && others.length === 0 && call.keywords.length === 0 && of.loop.sink?.consumer?.name === 'sum';
    if (isSum) return this.terms(of.loop, values);
    return this.stepsOf(call, values);
  }

  private terms(loop: LoopIR, values: Values): Expr | null {
    const terms = this.termsOf(loop, values);
    if (!terms || terms.length === 0 || terms.length > MOST_TERMS) return null;
    this.changed = true;
    // sum() starts at 0.
    return terms.reduce((left, right): Expr => ({ kind: 'binary', op: '+', left, right, span: emptySpan(loop.span) }), intOf(0, loop.span));
  }

  private termsOf(loop: LoopIR, values: Values): Expr[] | null {
    const trips = plainTrips(loop, this.kinds);
    if (!trips) return null;
    const terms: Expr[] = [];
    for (const trip of trips) {
      const more = this.termsIn(loop.body, new Map([...values, ...trip]));
      if (more === null) return null;
      terms.push(...more);
    }
    return terms;
  }

  private termsIn(body: readonly Stmt[], values: Values): Expr[] | null {
    const [only, ...others] = body;
    if (!only || others.length > 0) return null;
    if (only.kind === 'emit') return only.key ? null : [this.expr(only.value, values)];
    if (only.kind === 'loop') return this.termsOf(only.loop, values);
    if (only.kind !== 'if' || only.otherwise.length > 0) return null;
    const test = this.expr(only.test, values);
    const truth = plainTruth(test);
    if (truth === false) return [];
    const terms = this.termsIn(only.then, values);
    if (truth === true || terms === null) return terms;
    const nothing = intOf(0, only.span);
    return terms.map((then): Expr => ({ kind: 'conditional', test, then, otherwise: nothing, span: emptySpan(only.span) }));
  }

  /** Puts the steps of a function before the statement that calls it, and its value in the place of the call. */
  private stepsOf(call: Call, values: Values): Expr | null {
    const callee = this.cx.functionOf(call.callee, this.facts.file);
    const prelude = this.prelude;
    if (!callee || call.callee.kind !== 'name' || this.inside.includes(callee) || this.inside.length > 1) return null;
    const last = callee.body.at(-1);
    if (!looksAtData(callee) || last?.kind !== 'return' || !last.value) return null;
    const body = callee.body.slice(0, -1).filter((step) => step.kind !== 'expression' || step.value.kind !== 'string');
    const plain = callee.file === this.facts.file && !callee.async && !callee.method && callee.decorators.length === 0 && callee.topLevel;
    const params = callee.params.filter((param) => param.kind === 'plain' && param.default === null).map((param) => param.name);
    const names = stmtNames(callee.body);
    const outside = [...names.reads].filter((name) => !params.includes(name) && !names.writes.has(name));
    if (
      !plain ||
      !prelude ||
      hasStatement(body, 'return') ||
      params.length !== callee.params.length ||
      call.args.length !== params.length ||
      call.keywords.length > 0 ||
      params.some((name) => names.writes.has(name)) ||
      (this.facts.owner !== null && outside.some((name) => this.kinds.shadows(name)))
    )
      return null;
    const within = new Map<string, Expr>();
    for (const [at, param] of params.entries()) {
      const given = call.args[at];
      if (!given) return null;
      const arg = this.expr(given, values);
      if (arg.kind !== 'name' && literalInt(arg) === null && !this.follows(arg)) return null;
      if (arg.kind !== 'name' || arg.name !== param) within.set(param, arg);
    }
    const outer = { axes: this.axes, dropped: this.dropped, read: this.read, written: this.written };
    this.axes = new Set(outer.axes);
    this.dropped = new Set();
    this.read = new Set();
    this.written = new Set([...outer.written, ...names.writes]);
    this.inside.push(callee);
    this.look(callee.body);
    const steps = this.block(body, within);
    const value = this.expr(last.value, within);
    const kept = stmtNames(steps).writes;
    if (this.lost() || [...kept].some((name) => this.taken.has(name) || this.bound.has(name))) this.fail();
    this.inside.pop();
    Object.assign(this, outer);
    this.prelude = prelude;
    prelude.push(...steps);
    this.changed = true;
    return value;
  }

  /** Names of the scope that the loop stands in. */
  private get taken(): Set<string> {
    const { owner, file } = this.facts;
    const { reads, writes } = stmtNames(owner?.body ?? this.cx.syntax(file).body);
    return new Set([...reads, ...writes, ...(owner?.params ?? []).map((param) => param.name)]);
  }
}

/** A function that reads by index or loops: what only computes from its arguments is called as it is. */
const looksAtData = (callee: FunctionIR): boolean =>
  [...eachStmt(callee.body)].some(
    (statement) => statement.kind === 'loop' || stmtExprs(statement).some((top) => [...eachExpr(top)].some((expr) => expr.kind === 'subscript')),
  );
