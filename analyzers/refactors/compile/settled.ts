/**
 * What a name holds at the end where its type changes on the way: `total = 0` and then floats, or a Python float and then NumPy's.
 * After one trip of the loop the type is the loop's; where there may be none, the generated code asks.
 */
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Expr, LoopIR, Stmt } from '../../types';
import { rootOf } from './changes';
import type { Inference } from './inferred';
import { isScalar, promoted, sameKind, type Kind } from './kinds';
import type { Context } from '../refactor';

export interface Settled {
  kind: Kind;
  /** Conditions under which it does. */
  when: string[];
  /** Where the kernel gives one of these numbers, it may as well be an int that was never replaced; `at` is the place in a tuple. */
  unless?: { at: number | null; value: number }[];
}

export class Settling {
  readonly #derived = new Set<string>();

  constructor(
    private readonly cx: Context,
    private readonly file: string,
    private readonly body: readonly Stmt[],
    private readonly inference: Inference,
    /** Names that hold at the call what they hold before the first statement: they may stand in a condition. */
    private readonly known: ReadonlySet<string>,
  ) {
    for (let size = -1; size < this.#derived.size;) {
      size = this.#derived.size;
      for (const statement of eachStmt(body)) this.#derive(statement);
    }
  }

  /** What is computed from a name of a changing type may change its type with it. */
  #derive(statement: Stmt): void {
    const give = (target: Expr, value: Expr): void => {
      if (target.kind === 'collection') {
        const items = value.kind === 'collection' && value.items.length === target.items.length ? value.items : null;
        target.items.forEach((item, index) => give(item, items?.[index] ?? value));
        return;
      }
      const root = rootOf(target);
      // An array turns what is stored into its own type.
      const kept = target.kind === 'subscript' && root !== null && this.inference.kinds.get(root)?.kind === 'array';
      if (root !== null && !kept && !this.isCertain(value)) this.#derived.add(root);
    };
    if (statement.kind === 'assign') for (const target of statement.targets) give(target, statement.value);
    if (statement.kind === 'augment')
      give(statement.target, { kind: 'binary', op: statement.op, left: statement.target, right: statement.value, span: statement.span });
    if (statement.kind === 'expression' && statement.value.kind === 'call' && statement.value.callee.kind === 'attribute')
      for (const arg of statement.value.args) give(statement.value.callee.object, arg);
  }

  /** Is its type the same on every way that leads here? */
  isCertain(expr: Expr): boolean {
    const clear = (part: Expr): boolean => ![...eachExpr(part)].some((one) => one.kind === 'name' && this.#changes(one.name));
    if (clear(expr)) return true;
    if (expr.kind === 'compare' || (expr.kind === 'unary' && expr.op === 'not')) return true;
    if (expr.kind === 'call') return this.cx.resolve(expr.callee, this.file, expr.span.start)?.startsWith('math.') === true;
    if (expr.kind !== 'binary') return false;
    const isFloat = (part: Expr): boolean =>
      this.isCertain(part) && this.inference.kindOf(part)?.kind === 'float' && !unclear(this.inference.kindOf(part) as Kind);
    const unclearPart = [expr.left, expr.right].some((part) => {
      const kind = this.inference.kindOf(part);
      return kind === null || unclear(kind);
    });
    return !unclearPart && (expr.op === '/' || isFloat(expr.left) || isFloat(expr.right));
  }

  /** Does what is stored in this name, or in its elements, change its type on the way? */
  isDerived(name: string): boolean {
    return this.#derived.has(name);
  }

  /** Null: its type cannot be told. */
  ofExpr(expr: Expr): Settled | null {
    const kind = this.inference.kindOf(expr);
    if (kind === null) return null;
    switch (expr.kind) {
      case 'name':
        return this.ofName(expr.name);
      case 'collection': {
        const items = expr.items.map((item) => this.ofExpr(item));
        if (items.some((item) => item === null) || kind.kind !== 'tuple') return this.#plain(expr, kind);
        const unless = items.flatMap((item, at) => (item?.unless ?? []).map(({ value }) => ({ at, value })));
        if (items.some((item) => item?.kind.kind === 'tuple') && unless.length > 0) return null;
        return { kind: { kind: 'tuple', items: items.map((item) => item?.kind as Kind) }, when: items.flatMap((item) => item?.when ?? []), unless };
      }
      case 'binary': {
        const [left, right] = [this.ofExpr(expr.left), this.ofExpr(expr.right)];
        if (!isScalar(kind) || expr.op === '@') return this.#plain(expr, kind);
        if (left && right && isScalar(left.kind) && isScalar(right.kind)) {
          const wide = promoted([left.kind, right.kind]);
          // What is computed from an int that was never replaced is an int of another size.
          if (expr.op !== '/' && (left.unless?.length || right.unless?.length)) return null;
          return {
            kind: { kind: expr.op === '/' ? 'float' : wide.kind === 'bool' ? kind.kind : wide.kind, numpy: wide.numpy },
            when: [...left.when, ...right.when],
          };
        }
        return null;
      }
      default:
        return this.#plain(expr, kind);
    }
  }

  /** Of an expression in which no name of a changing type has a part. */
  #plain(expr: Expr, kind: Kind): Settled | null {
    const names = [...eachExpr(expr)].flatMap((part) => (part.kind === 'name' ? [part.name] : []));
    return names.some((name) => this.#changes(name)) || unclear(kind) ? null : { kind, when: [] };
  }

  #changes(name: string): boolean {
    const kind = this.inference.kinds.get(name);
    return this.#derived.has(name) || this.inference.mixed.has(name) || (kind !== undefined && unclear(kind));
  }

  ofName(name: string): Settled | null {
    const kind =
      this.inference.kinds.get(name) ??
      this.inference.kindOf({ kind: 'name', name, span: this.body[0]?.span ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } });
    if (kind === null) return null;
    if (!this.#changes(name)) return { kind, when: [] };
    return this.#afterLoops(name) ?? this.#toldApart(name);
  }

  /** A float wherever it is not one of the ints that it is given as literals. */
  #toldApart(name: string): Settled | null {
    const found = this.#valuesOf(name, new Set());
    return found?.kind ? { kind: found.kind, when: [], unless: [...found.ints].map((value) => ({ at: null, value })) } : null;
  }

  #valuesOf(name: string, open: Set<string>): { kind: Kind | null; ints: Set<number> } | null {
    const ints = new Set<number>();
    if (open.has(name)) return { kind: null, ints };
    open.add(name);
    const sources = this.inference.sources.get(name) ?? [];
    if (this.inference.start.has(name) || sources.length !== this.inference.given.filter((one) => one.name === name).length) return null;
    let kind: Kind | null = null;
    const take = (expr: Expr): boolean => {
      const value = literalInt(expr);
      if (value !== null) ints.add(value);
      else if (expr.kind === 'conditional') return take(expr.then) && take(expr.otherwise);
      else if (expr.kind === 'call' && /^builtins\.(min|max)$/.test(this.cx.resolve(expr.callee, this.file, expr.span.start) ?? ''))
        return expr.args.every(take);
      else if (this.isCertain(expr)) return join(this.inference.kindOf(expr));
      else if (expr.kind === 'name') {
        const other = this.#valuesOf(expr.name, open);
        other?.ints.forEach((one) => ints.add(one));
        return other !== null && (other.kind === null || join(other.kind));
      } else return false;
      return true;
    };
    const join = (one: Kind | null): boolean => {
      if (one?.kind !== 'float' || unclear(one) || (kind !== null && !sameKind(kind, one))) return false;
      kind = one;
      return true;
    };
    return sources.every(take) ? { kind, ints } : null;
  }

  /** As the last loop that gives it a value leaves it. */
  #afterLoops(name: string): Settled | null {
    for (const statement of [...this.body].reverse()) {
      if (statement.kind === 'loop') {
        const when = this.#surely(statement.loop, name);
        if (when === null) return null;
        const { start, end } = statement.span;
        const given = this.inference.given.filter(
          ({ name: one, span }) => one === name && span.start.line >= start.line && span.end.line <= end.line,
        );
        const kinds = given.map((one) => one.kind);
        const [first] = kinds;
        const alike =
          first !== undefined &&
          !unclear(first) &&
          kinds.every((one) => isScalar(one) && isScalar(first) && one.kind === first.kind && one.numpy === first.numpy);
        return alike ? { kind: first, when } : null;
      }
      if (statement.kind === 'return' || !writes(statement, name)) continue;
      return null;
    }
    return null;
  }

  /** What has to hold for a loop to give a name a value at all; null: nothing that can be asked. */
  #surely(loop: LoopIR, name: string): string[] | null {
    const some = this.#someTrip(loop);
    if (some === null || loop.otherwise.length > 0) return null;
    for (const statement of loop.body) {
      if (gives(statement, name)) return this.#isCertain(statement, name) ? some : null;
      if (statement.kind === 'loop') {
        const inner = this.#surely(statement.loop, name);
        if (inner !== null) return [...some, ...inner];
      }
      if (leaves(statement)) return null;
    }
    return null;
  }

  /** Is what this statement gives of its own type, whatever the name held before? */
  #isCertain(statement: Stmt, name: string): boolean {
    const clear = (expr: Expr): boolean => ![...eachExpr(expr)].some((part) => part.kind === 'name' && this.#changes(part.name));
    const isFloat = (expr: Expr): boolean => clear(expr) && this.inference.kindOf(expr)?.kind === 'float';
    const { mixed } = this.inference;
    if (statement.kind === 'augment') return clear(statement.value) && (!mixed.has(name) || statement.op === '/' || isFloat(statement.value));
    if (statement.kind !== 'assign') return false;
    const { value, targets } = statement;
    const [target] = targets;
    const at = target?.kind === 'collection' ? target.items.findIndex((item) => isName(item, name)) : -1;
    const given = at < 0 ? value : value.kind === 'collection' ? value.items[at] : undefined;
    if (given === undefined) return false;
    if (clear(given)) return true;
    return given.kind === 'binary' && (given.op === '/' || isFloat(given.left) || isFloat(given.right)) && (clear(given.left) || clear(given.right));
  }

  #someTrip({ space }: LoopIR): string[] | null {
    const text = (expr: Expr): string | null =>
      [...eachExpr(expr)].every((part) =>
        part.kind === 'name'
          ? this.known.has(part.name) || part.name === 'len' || this.cx.module(this.file).constants[part.name] !== undefined
          : /^(number|binary|call|attribute)$/.test(part.kind),
      )
        ? this.cx.slice(this.file, expr.span)
        : null;
    switch (space.kind) {
      case 'range': {
        if (space.step !== null) return null;
        const [start, stop] = [space.start ? text(space.start) : '0', text(space.stop)];
        if (start === null || stop === null) return null;
        if (/^\d+$/.test(start) && /^\d+$/.test(stop) && Number(stop) > Number(start)) return [];
        return [start === '0' ? `${stop} > 0` : `${stop} > ${start}`];
      }
      case 'sequence': {
        const of = text(space.value);
        return of === null || space.value.kind !== 'name' ? null : [`len(${of}) > 0`];
      }
      case 'enumerate':
        return this.#someTrip({ space: space.of } as LoopIR);
      case 'zip': {
        const parts = space.parts.map((part) => this.#someTrip({ space: part } as LoopIR));
        return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? []);
      }
      default:
        return null;
    }
  }
}

/** Whose number it is depends on the way that was taken. */
function unclear(kind: Kind): boolean {
  if (isScalar(kind)) return kind.numpy === 'maybe';
  if (kind.kind === 'list') return kind.of !== null && unclear(kind.of);
  return kind.kind === 'tuple' && kind.items.some(unclear);
}

/** `0`, `-1`. */
function literalInt(expr: Expr): number | null {
  if (expr.kind === 'unary' && expr.op === '-') {
    const of = literalInt(expr.operand);
    return of === null ? null : -of;
  }
  return expr.kind === 'number' && expr.type === 'int' ? Number(expr.text.replaceAll('_', '')) : null;
}

const isName = (target: Expr, name: string): boolean =>
  target.kind === 'collection' ? target.items.some((item) => isName(item, name)) : target.kind === 'name' && target.name === name;

function gives(statement: Stmt, name: string): boolean {
  return statement.kind === 'assign'
    ? statement.targets.some((target) => isName(target, name))
    : statement.kind === 'augment' && isName(statement.target, name);
}

function writes(statement: Stmt, name: string): boolean {
  if (gives(statement, name)) return true;
  return statement.kind === 'if' && [...statement.then, ...statement.otherwise].some((one) => writes(one, name) || one.kind === 'loop');
}

/** May the trip end here? */
function leaves(statement: Stmt): boolean {
  if (statement.kind === 'break' || statement.kind === 'continue' || statement.kind === 'return') return true;
  if (statement.kind === 'if') return [...statement.then, ...statement.otherwise].some(leaves);
  if (statement.kind === 'loop') return statement.loop.body.some((one) => one.kind === 'return' || (one.kind === 'if' && leaves(one)));
  return stmtExprs(statement).some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'yield'));
}
