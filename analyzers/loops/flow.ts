import type { Expr, LoopIR, Stmt } from '../types';
import { boundNames, childExprs, eachStmt, spaceExprs } from '../syntax/python-walk';

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
  const always = walk.block(body, new Assigned(null, assigned))?.names() ?? null;
  return { exposed: walk.exposed, reads: walk.reads, writes: walk.writes, always };
}

/** One trip of a loop: the target is written first; a `while` tests first. */
export function flowOfTrip(loop: LoopIR): NameFlow {
  const walk = new FlowWalk();
  const always = walk.trip(loop);
  return { exposed: walk.exposed, reads: walk.reads, writes: walk.writes, always };
}

/** Names surely written so far. A branch lies over the names before it, so that to branch costs nothing, however many names there are. */
class Assigned {
  readonly #own = new Map<string, boolean>();
  readonly #below: Assigned | null;

  constructor(below: Assigned | null, names: Iterable<string> = []) {
    this.#below = below;
    for (const name of names) this.add(name);
  }

  has(name: string): boolean {
    let known: boolean | undefined;
    for (let layer: Assigned | null = this; layer && known === undefined; layer = layer.#below) known = layer.#own.get(name); // eslint-disable-line @typescript-eslint/no-this-alias
    return known === true;
  }

  add(name: string): void {
    this.#own.set(name, true);
  }

  delete(name: string): void {
    this.#own.set(name, false);
  }

  branch(): Assigned {
    return new Assigned(this);
  }

  /** Goes on where branches of this one meet: with what each that comes so far has written; null when none does. */
  meet(branches: readonly (Assigned | null)[]): this | null {
    const live = branches.filter((branch) => branch !== null);
    if (live.length === 0) return null;
    const touched = new Set(live.flatMap((branch) => [...branch.#own.keys()]));
    const sure = [...touched].map((name) => [name, live.every((branch) => branch.has(name))] as const);
    for (const [name, written] of sure) this.#own.set(name, written);
    return this;
  }

  /** Takes over what a branch of it has written. */
  take(branch: Assigned): void {
    for (const [name, written] of branch.#own) if (written) this.add(name);
  }

  names(): Set<string> {
    const below = this.#below?.names() ?? new Set<string>();
    for (const [name, written] of this.#own) {
      if (written) below.add(name);
      else below.delete(name);
    }
    return below;
  }
}

class FlowWalk {
  readonly exposed = new Map<string, Expr | Stmt>();
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  /** Names of comprehensions and lambdas around the place: they are nobody else's. */
  readonly #hidden: Set<string>[] = [];
  /** What was surely written wherever the outermost trip was left by break or continue; null before the first such place. */
  #left: Set<string> | null = null;
  #inner = 0;

  block(body: readonly Stmt[], before: Assigned): Assigned | null {
    let assigned: Assigned | null = before;
    let ended = false;
    for (const statement of body) {
      // What follows a break or return never runs, but its names are still the function's.
      assigned = this.#statement(statement, assigned ?? before.branch());
      ended ||= assigned === null;
    }
    return ended ? null : assigned;
  }

  /** One trip of the outermost loop: what it surely writes. */
  trip(loop: LoopIR): Set<string> | null {
    const end = this.#trip(loop, new Assigned(null))?.names() ?? null;
    const left = this.#left;
    return end && left ? new Set([...end].filter((name) => left.has(name))) : (end ?? left);
  }

  #trip(loop: LoopIR, assigned: Assigned): Assigned | null {
    const { space } = loop;
    const after = space.kind === 'while' && space.after === true;
    if (space.kind === 'while' && !after) this.expr(space.test, assigned, space.test);
    if (loop.target) this.#write(loop.target, assigned);
    const trip = after ? assigned.branch() : assigned;
    const end = this.block(loop.body, trip);
    // A trip that is cut short comes to the test too, without what it had still to write.
    const whole = end !== null && ![...eachStmt(loop.body)].some((statement) => statement.kind === 'continue');
    if (space.kind === 'while' && after) this.expr(space.test, whole ? end : assigned, space.test);
    return end;
  }

  #leave(assigned: Assigned): void {
    if (this.#inner > 0) return;
    const before = this.#left;
    this.#left = before ? new Set([...before].filter((name) => assigned.has(name))) : assigned.names();
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
        for (const child of rest) this.expr(child, assigned.branch(), at);
        return;
      }
      case 'lambda':
        this.#hidden.push(new Set(expr.params));
        this.expr(expr.body, assigned.branch(), at);
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
    this.#hidden.push(new Set([...(loop.target ? boundNames(loop.target) : []), ...(loop.locals ?? [])]));
    this.#inner += 1;
    let inner = assigned.branch();
    for (const statement of loop.body) {
      if (statement.kind === 'loop' && statement.loop.form === loop.form) this.#comprehension(statement.loop, inner);
      else inner = this.#statement(statement, inner) ?? inner.branch();
    }
    this.#inner -= 1;
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
        return assigned.meet([this.block(statement.then, assigned.branch()), this.block(statement.otherwise, assigned.branch())]);
      }
      case 'loop': {
        const { loop } = statement;
        if (loop.space.kind !== 'while') for (const expr of spaceExprs(loop.space)) this.expr(expr, assigned, expr);
        this.#inner += 1;
        this.#trip(loop, assigned.branch());
        this.#inner -= 1;
        // The loop may end before its first trip, and by break without its else.
        this.block(loop.otherwise, assigned.branch());
        return assigned;
      }
      case 'return':
      case 'raise':
        if (statement.value) this.expr(statement.value, assigned, statement);
        return null;
      case 'break':
      case 'continue':
        this.#leave(assigned);
        return null;
      case 'try': {
        const tried = this.block(statement.body, assigned.branch());
        const done = tried ? this.block(statement.otherwise, tried) : null;
        const handled = statement.handlers.map((handler) => {
          const inner = assigned.branch();
          if (handler.type) this.expr(handler.type, inner, statement);
          if (handler.name !== null) this.#bind(handler.name, inner);
          return this.block(handler.body, inner);
        });
        const final = this.block(statement.finally, assigned.branch());
        const after = assigned.meet([done, ...handled]);
        if (!after || !final) return null;
        after.take(final);
        return after;
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
