import type { Expr, LoopIR } from '../../types';
import { emptySpan } from '../../syntax/python-reading';
import { eachExpr } from '../../syntax/python-walk';
import { literalInt } from './kinds';

/** What names stand for. */
export type Values = ReadonlyMap<string, Expr>;

/** Builds expressions anew with other ones in the place of their parts. What changed has no text of its own any more: its span is empty. */
export class Substitution {
  /** True once something was met in which nothing can be put. */
  failed = false;

  constructor(
    private readonly hooks: {
      name: (expr: Expr & { kind: 'name' }, values: Values) => Expr;
      call: (expr: Expr & { kind: 'call' }, values: Values) => Expr | null;
      loop: (loop: LoopIR, values: Values) => LoopIR;
      subscript?: (expr: Expr & { kind: 'subscript' }) => Expr | null;
    },
  ) {}

  expr(expr: Expr, values: Values): Expr {
    if (expr.kind === 'name') return this.hooks.name(expr, values);
    const changed = this.rebuilt(expr, values);
    return changed === expr ? expr : folded(changed);
  }

  private all(exprs: readonly Expr[], values: Values): { items: Expr[]; changed: boolean } {
    const items = exprs.map((one) => this.expr(one, values));
    return { items, changed: items.some((one, index) => one !== exprs[index]) };
  }

  private rebuilt(expr: Expr, values: Values): Expr {
    const span = emptySpan(expr.span);
    switch (expr.kind) {
      case 'number':
      case 'string':
      case 'constant':
        return expr;
      case 'attribute': {
        const object = this.expr(expr.object, values);
        return object === expr.object ? expr : { ...expr, object, span };
      }
      case 'subscript': {
        const other = this.hooks.subscript?.(expr);
        if (other) return other;
        const { items, changed } = this.all([expr.object, expr.index], values);
        const [object = expr.object, index = expr.index] = items;
        return changed ? { ...expr, object, index, span } : expr;
      }
      case 'unary': {
        const operand = this.expr(expr.operand, values);
        return operand === expr.operand ? expr : { ...expr, operand, span };
      }
      case 'binary':
      case 'logical': {
        const { items, changed } = this.all([expr.left, expr.right], values);
        const [left = expr.left, right = expr.right] = items;
        return changed ? { ...expr, left, right, span } : expr;
      }
      case 'compare': {
        const { items, changed } = this.all([expr.first, ...expr.rest.map((part) => part.right)], values);
        const [first = expr.first, ...others] = items;
        return changed ? { ...expr, first, rest: expr.rest.map((part, at) => ({ ...part, right: others[at] ?? part.right })), span } : expr;
      }
      case 'conditional': {
        const { items, changed } = this.all([expr.test, expr.then, expr.otherwise], values);
        const [test = expr.test, then = expr.then, otherwise = expr.otherwise] = items;
        return changed ? { ...expr, test, then, otherwise, span } : expr;
      }
      case 'collection': {
        const { items, changed } = this.all(expr.items, values);
        return changed ? { ...expr, items, span } : expr;
      }
      case 'call': {
        const other = this.hooks.call(expr, values);
        if (other) return other;
        this.unchanged(expr.callee, values);
        const { items, changed } = this.all([...expr.args, ...expr.keywords.map((keyword) => keyword.value)], values);
        const keywords = expr.keywords.map((keyword, at) => ({ ...keyword, value: items[expr.args.length + at] ?? keyword.value }));
        return changed ? { ...expr, args: items.slice(0, expr.args.length), keywords, span } : expr;
      }
      case 'loop': {
        const loop = this.hooks.loop(expr.loop, values);
        return loop === expr.loop ? expr : { ...expr, loop };
      }
      default:
        this.unchanged(expr, values);
        return expr;
    }
  }

  /** Parts that stay as they are: nothing in them may change. */
  private unchanged(expr: Expr, values: Values): void {
    for (const part of eachExpr(expr)) {
      if (part.kind === 'name' && this.hooks.name(part, values) !== part) this.failed = true;
      const names = part.kind === 'opaque' ? [...part.reads, ...part.writes] : [];
      if (part.kind === 'named' || part.kind === 'loop' || names.some((name) => values.has(name))) this.failed = true;
    }
  }
}

const constantOf = (value: boolean, expr: Expr): Expr => ({ kind: 'constant', value: value ? 'True' : 'False', span: emptySpan(expr.span) });
const numberOf = (value: number, expr: Expr): Expr => intOf(value, expr.span);

/** A plain whole number. */
export function intOf(value: number, span: Expr['span']): Expr {
  const number: Expr = { kind: 'number', type: 'int', text: String(Math.abs(value)), span: emptySpan(span) };
  return value < 0 ? { kind: 'unary', op: '-', operand: number, span: emptySpan(span) } : number;
}

/** Python's truth of a plain number or of True and False; null: the program tells it. */
export function plainTruth(expr: Expr): boolean | null {
  if (expr.kind === 'constant') return expr.value === 'True' ? true : expr.value === 'False' ? false : null;
  const number = literalInt(expr);
  return number === null ? null : number !== 0;
}

/** What is plain arithmetic or a plain test of whole numbers, as its result. */
function folded(expr: Expr): Expr {
  switch (expr.kind) {
    case 'unary': {
      const truth = expr.op === 'not' ? plainTruth(expr.operand) : null;
      return truth === null ? expr : constantOf(!truth, expr);
    }
    case 'binary': {
      const [left, right] = [literalInt(expr.left), literalInt(expr.right)];
      if (left === null || right === null || Math.abs(left) > 1e6 || Math.abs(right) > 1e6) return expr;
      if (expr.op === '+') return numberOf(left + right, expr);
      if (expr.op === '-') return numberOf(left - right, expr);
      return expr.op === '*' ? numberOf(left * right, expr) : expr;
    }
    case 'logical': {
      const truth = plainTruth(expr.left);
      if (truth === null) return expr;
      return truth === (expr.op === 'and') ? expr.right : expr.left;
    }
    case 'conditional': {
      const truth = plainTruth(expr.test);
      return truth === null ? expr : truth ? expr.then : expr.otherwise;
    }
    case 'compare': {
      const [part, ...more] = expr.rest;
      if (!part || more.length > 0) return expr;
      const order = orderOf(expr.first, part.right);
      if (order === null) return expr;
      const [least, equal] = [order < 0, order === 0];
      if (part.op === '==' || part.op === '!=') return constantOf(equal === (part.op === '=='), expr);
      if (expr.first.kind === 'collection') return expr;
      if (part.op === '<' || part.op === '>=') return constantOf(least === (part.op === '<'), expr);
      if (part.op === '<=' || part.op === '>') return constantOf((least || equal) === (part.op === '<='), expr);
      return expr;
    }
    default:
      return expr;
  }
}

/** Below, at or above zero, as the first plain number is to the second; of tuples only whether they are equal. */
function orderOf(first: Expr, second: Expr): number | null {
  const [left, right] = [literalInt(first), literalInt(second)];
  if (left !== null && right !== null) return left - right;
  if (first.kind !== 'collection' || second.kind !== 'collection' || first.type !== 'tuple' || second.type !== 'tuple') return null;
  if (first.items.length !== second.items.length) return null;
  const orders = first.items.map((item, at) => orderOf(item, second.items[at] ?? item));
  if (orders.includes(null)) return null;
  return orders.every((order) => order === 0) ? 0 : 1;
}
