import type { Expr, LoopIR, Stmt } from '../types';
import { boundNames, childExprs, spaceExprs } from '../syntax/python-walk';

/** What a stretch of code does to names, in the order that it runs. */
export interface NameFlow {
  /** Read before every path has written it: the value comes from before. The first such place. */
  exposed: Map<string, Expr | Stmt>;
  reads: Set<string>;
  writes: Set<string>;
  /** Written on every path that reaches the end; null when no path does. */
  always: Set<string> | null;
}

/** Walks statements as they run. `assigned` are the names that are known to be written before. */
export function flowOf(body: readonly Stmt[], assigned: Iterable<string> = []): NameFlow {
  const walk = new FlowWalk();
  const always = walk.block(body, new Set(assigned));
  return { exposed: walk.exposed, reads: walk.reads, writes: walk.writes, always };
}

/** One trip of a loop: the target is written first; a `while` tests first. */
export function flowOfTrip(loop: LoopIR): NameFlow {
  const walk = new FlowWalk();
  const always = walk.trip(loop, new Set());
  return { exposed: walk.exposed, reads: walk.reads, writes: walk.writes, always };
}

/** Names that an expression reads from around it. */
export function namesRead(expr: Expr): Set<string> {
  const walk = new FlowWalk();
  walk.expr(expr, new Set(), expr);
  return walk.reads;
}

type Assigned = Set<string>;

class FlowWalk {
  readonly exposed = new Map<string, Expr | Stmt>();
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  /** Names of comprehensions and lambdas around the place: they are nobody else's. */
  readonly #hidden: Set<string>[] = [];
  /** What was written where a trip was left by break or continue. */
  #left: Assigned[] = [];

  block(body: readonly Stmt[], before: Assigned): Assigned | null {
    let assigned: Assigned | null = before;
    let ended = false;
    for (const statement of body) {
      // What follows a break or return never runs, but its names are still the function's.
      assigned = this.#statement(statement, assigned ?? new Set(before));
      ended ||= assigned === null;
    }
    return ended ? null : assigned;
  }

  trip(loop: LoopIR, before: Assigned): Assigned | null {
    const assigned = new Set(before);
    if (loop.space.kind === 'while') for (const expr of spaceExprs(loop.space)) this.expr(expr, assigned, expr);
    if (loop.target) this.#write(loop.target, assigned);
    const around = this.#left;
    this.#left = [];
    const end = this.block(loop.body, assigned);
    const after = meet([end, ...this.#left]);
    this.#left = around;
    return after;
  }

  expr(expr: Expr, assigned: Assigned, at: Expr | Stmt): void {
    switch (expr.kind) {
      case 'name':
        this.#read(expr.name, assigned, expr);
        return;
      case 'opaque':
        for (const name of expr.reads) this.#read(name, assigned, expr);
        for (const name of expr.writes) this.#bind(name, null);
        return;
      case 'named':
        this.expr(expr.value, assigned, at);
        this.#bind(expr.name, assigned);
        return;
      case 'logical':
      case 'conditional': {
        const [first, ...rest] = childExprs(expr);
        if (first) this.expr(first, assigned, at);
        for (const child of rest) this.expr(child, new Set(assigned), at);
        return;
      }
      case 'lambda':
        this.#hidden.push(new Set(expr.params));
        this.expr(expr.body, new Set(assigned), at);
        this.#hidden.pop();
        return;
      case 'loop':
        this.#comprehension(expr.loop, assigned);
        return;
      default:
        for (const child of childExprs(expr)) this.expr(child, assigned, at);
    }
  }

  #comprehension(loop: LoopIR, assigned: Assigned): void {
    for (const expr of spaceExprs(loop.space)) this.expr(expr, assigned, expr);
    this.#hidden.push(new Set(loop.target ? boundNames(loop.target) : []));
    const inner = new Set(assigned);
    for (const statement of loop.body) {
      if (statement.kind === 'loop') this.#comprehension(statement.loop, inner);
      else this.#statement(statement, inner);
    }
    this.#hidden.pop();
  }

  #isHidden(name: string): boolean {
    return this.#hidden.some((names) => names.has(name));
  }

  #read(name: string, assigned: Assigned, at: Expr | Stmt): void {
    if (this.#isHidden(name)) return;
    this.reads.add(name);
    if (!assigned.has(name) && !this.exposed.has(name)) this.exposed.set(name, at);
  }

  /** `assigned` null: it may be written, but not surely. */
  #bind(name: string, assigned: Assigned | null): void {
    this.writes.add(name);
    assigned?.add(name);
  }

  #write(target: Expr, assigned: Assigned): void {
    if (target.kind === 'name') this.#bind(target.name, assigned);
    else if (target.kind === 'collection') for (const item of target.items) this.#write(item, assigned);
    else if (target.kind === 'spread') this.#write(target.value, assigned);
    else if (target.kind === 'opaque') this.expr(target, assigned, target);
    else for (const child of childExprs(target)) this.expr(child, assigned, target);
  }

  #statement(statement: Stmt, assigned: Assigned): Assigned | null {
    switch (statement.kind) {
      case 'assign':
        this.expr(statement.value, assigned, statement);
        for (const target of statement.targets) this.#write(target, assigned);
        return assigned;
      case 'augment':
        this.expr(statement.target, assigned, statement);
        this.expr(statement.value, assigned, statement);
        this.#write(statement.target, assigned);
        return assigned;
      case 'expression':
        this.expr(statement.value, assigned, statement);
        return assigned;
      case 'emit':
        if (statement.key) this.expr(statement.key, assigned, statement);
        this.expr(statement.value, assigned, statement);
        return assigned;
      case 'if': {
        this.expr(statement.test, assigned, statement);
        return meet([this.block(statement.then, new Set(assigned)), this.block(statement.otherwise, new Set(assigned))]);
      }
      case 'loop': {
        const { loop } = statement;
        if (loop.space.kind !== 'while') for (const expr of spaceExprs(loop.space)) this.expr(expr, assigned, expr);
        this.trip(loop, assigned);
        // The loop may end before its first trip, and by break without its else.
        this.block(loop.otherwise, new Set(assigned));
        return assigned;
      }
      case 'return':
      case 'raise':
        if (statement.value) this.expr(statement.value, assigned, statement);
        return null;
      case 'break':
      case 'continue':
        this.#left.push(new Set(assigned));
        return null;
      case 'try': {
        const tried = this.block(statement.body, new Set(assigned));
        const done = tried ? this.block(statement.otherwise, tried) : null;
        const handled = statement.handlers.map((handler) => {
          const inner = new Set(assigned);
          if (handler.type) this.expr(handler.type, inner, statement);
          if (handler.name !== null) this.#bind(handler.name, inner);
          return this.block(handler.body, inner);
        });
        const after = meet([done, ...handled]);
        const final = this.block(statement.finally, new Set(assigned));
        return after && final ? new Set([...after, ...final]) : null;
      }
      case 'with':
        for (const item of statement.items) {
          this.expr(item.context, assigned, statement);
          if (item.target) this.#write(item.target, assigned);
        }
        return this.block(statement.body, assigned);
      case 'opaque': {
        for (const name of statement.reads) this.#read(name, assigned, statement);
        const sure = /^(import_|function_def|class_def|decorated_def)/.test(statement.what);
        for (const name of statement.writes) this.#bind(name, sure ? assigned : null);
        if (statement.what === 'delete_statement') for (const name of statement.writes) assigned.delete(name);
        return assigned;
      }
      case 'scope':
      case 'pass':
        return assigned;
    }
  }
}

function meet(paths: readonly (Assigned | null)[]): Assigned | null {
  const live = paths.filter((path) => path !== null);
  const [first, ...rest] = live;
  return first ? new Set([...first].filter((name) => rest.every((path) => path.has(name)))) : null;
}
