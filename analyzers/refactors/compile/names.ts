/** Which names a piece of code needs from before, and which have a value at its end on every way. */
import type { Expr, LoopIR, Stmt } from '../../types';
import { boundNames, childExprs, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';

export interface NameUse {
  /** Read where some way has not given them a value: they come from before. */
  needed: Set<string>;
  /** Given a value, or (containers) changed. */
  written: Set<string>;
  /** Have a value on every way that reaches the end; null: no way does. */
  always: Set<string> | null;
}

/** Walks statements as they run. `given`: names that have a value before. */
export function namesUsed(body: readonly Stmt[], given: Iterable<string> = []): NameUse {
  const walk = new NameWalk();
  const always = walk.block(body, new Set(given));
  return { needed: walk.needed, written: walk.written, always };
}

type Names = Set<string>;
const both = (a: Names | null, b: Names | null): Names | null =>
  a === null || b === null ? (a ?? b) : new Set([...a].filter((name) => b.has(name)));

class NameWalk {
  readonly needed: Names = new Set();
  readonly written: Names = new Set();
  readonly #breaks: (Names | null)[] = [];

  block(body: readonly Stmt[], given: Names): Names | null {
    let names: Names | null = given;
    for (const statement of body) {
      if (names === null) return null;
      names = this.#statement(statement, names);
    }
    return names;
  }

  #statement(statement: Stmt, names: Names): Names | null {
    switch (statement.kind) {
      case 'assign':
        this.#read(statement.value, names);
        for (const target of statement.targets) this.#give(target, names);
        return names;
      case 'augment':
        this.#read(statement.target, names);
        this.#read(statement.value, names);
        this.#give(statement.target, names);
        return names;
      case 'if': {
        this.#read(statement.test, names);
        const then = this.block(statement.then, new Set(names));
        return both(then, this.block(statement.otherwise, new Set(names)));
      }
      case 'loop':
        return this.#loop(statement.loop, names);
      case 'break': {
        const at = this.#breaks.length - 1;
        this.#breaks[at] = both(this.#breaks[at] ?? null, new Set(names));
        return null;
      }
      case 'continue':
        return null;
      case 'return':
      case 'raise':
        if (statement.value) this.#read(statement.value, names);
        return null;
      default:
        if (statement.kind === 'opaque') this.#readAll(statement.reads, names);
        for (const expr of stmtExprs(statement)) this.#read(expr, names);
        for (const block of nestedBlocks(statement)) this.block(block, new Set(names));
        return names;
    }
  }

  #loop(loop: LoopIR, names: Names): Names | null {
    for (const expr of spaceExprs(loop.space)) this.#read(expr, names);
    const inside = new Set(names);
    if (loop.target) this.#give(loop.target, inside);
    this.#breaks.push(null);
    this.block(loop.body, inside);
    const broken = this.#breaks.pop() ?? null;
    const endless = loop.space.kind === 'while' && isTrue(loop.space.test);
    const through = endless ? null : this.block(loop.otherwise, new Set(names));
    return both(through, broken);
  }

  #give(target: Expr, names: Names): void {
    for (const name of boundNames(target)) {
      names.add(name);
      this.written.add(name);
    }
    const parts = target.kind === 'collection' ? target.items : [target];
    for (const part of parts) {
      if (part.kind !== 'subscript' && part.kind !== 'attribute') continue;
      this.#read(part, names);
      let root: Expr = part;
      while (root.kind === 'subscript' || root.kind === 'attribute') root = root.object;
      if (root.kind === 'name') this.written.add(root.name);
    }
  }

  #readAll(read: readonly string[], names: Names): void {
    for (const name of read) if (!names.has(name)) this.needed.add(name);
  }

  #read(expr: Expr, names: Names): void {
    if (expr.kind === 'name') {
      if (!names.has(expr.name)) this.needed.add(expr.name);
      return;
    }
    if (expr.kind === 'opaque') this.#readAll(expr.reads, names);
    if (expr.kind === 'loop') {
      // A comprehension's own names live in it alone.
      const own = new NameWalk();
      own.#loop(expr.loop, new Set(names));
      for (const name of own.needed) this.needed.add(name);
      return;
    }
    // A callee that is a plain name is a function, and none of the values that are passed.
    for (const child of childExprs(expr)) if (!(expr.kind === 'call' && child === expr.callee && child.kind === 'name')) this.#read(child, names);
    if (expr.kind === 'named') {
      names.add(expr.name);
      this.written.add(expr.name);
    }
  }
}

/** `while True`, `while 1`. */
const isTrue = (test: Expr): boolean =>
  (test.kind === 'constant' && test.value === 'True') || (test.kind === 'number' && /^[1-9]\d*$/.test(test.text));
