import type { BinaryOp, Expr, IndexSpace, LoopIR, Span, Stmt } from '../types';
import { LineTable } from './plain-tree';
import { hasOpenBreak, isEnclosed } from './python-brackets';
import { readExpression } from './python-ir';
import { isSynthetic } from './python-reading';
import { childExprs } from './python-walk';

/** How tightly a form binds, after Python's grammar. A child that binds looser than its place asks for is put in parentheses. */
const LOOSEST = 0;
const NAMED = 1;
const LAMBDA = 2;
const CONDITIONAL = 3;
const OR = 4;
const AND = 5;
const NOT = 6;
const COMPARE = 7;
const BIT_OR = 8;
const UNARY = 14;
const POWER = 15;
const AWAIT = 16;
const ATOM = 17;
const BINARY: Record<BinaryOp, number> = {
  '|': BIT_OR, '^': 9, '&': 10, '<<': 11, '>>': 11, '+': 12, '-': 12, '*': 13, '/': 13, '//': 13, '%': 13, '@': 13, '**': POWER,
}; // prettier-ignore

function binding(expr: Expr): number {
  switch (expr.kind) {
    case 'collection':
    case 'yield':
      return LOOSEST;
    case 'named':
      return NAMED;
    case 'lambda':
      return LAMBDA;
    case 'conditional':
      return CONDITIONAL;
    case 'logical':
      return expr.op === 'or' ? OR : AND;
    case 'unary':
      return expr.op === 'not' ? NOT : UNARY;
    case 'compare':
      return COMPARE;
    case 'binary':
      return BINARY[expr.op];
    case 'await':
      return AWAIT;
    case 'opaque':
      return LOOSEST;
    default:
      return ATOM;
  }
}

/**
 * An expression as Python. What did not change keeps the source's own text; parentheses are added only where the grammar needs them.
 * @param source the text that the spans point into
 * @param replace gives the new text of an expression; null leaves it, and its parts are asked for in turn
 */
export function printExpr(expr: Expr, source: string, replace: (expr: Expr) => string | null = () => null): string {
  return new Printer(source, replace).print(expr, LOOSEST);
}

/** An expression in a sentence, without its source; what has no form of its own is an ellipsis. */
export function describeExpr(expr: Expr): string {
  return new Printer(null, () => null).print(expr, LOOSEST);
}

let last: { text: string; lines: LineTable } | null = null;

class Printer {
  readonly #source: string | null;
  readonly #lines: LineTable;
  readonly #replace: (expr: Expr) => string | null;
  readonly #replaced = new Map<Expr, string | null>();
  readonly #changed = new Map<Expr, boolean>();

  constructor(source: string | null, replace: (expr: Expr) => string | null) {
    const text = source ?? '';
    if (last?.text !== text) last = { text, lines: new LineTable(text) };
    this.#lines = last.lines;
    this.#source = source;
    this.#replace = replace;
  }

  print(expr: Expr, least: number): string {
    const replacement = this.#replacementOf(expr);
    if (replacement !== null) return bindingOf(replacement) < least ? `(${replacement})` : replacement;
    const own = this.#isChanged(expr) ? this.#build(expr) : this.#slice(expr.span);
    const enclosed = expr.kind === 'collection' ? /^[([{]/.test(own) && isEnclosed(own) : binding(expr) >= least;
    // A line break that brackets of the expression itself do not hold would end the statement.
    return enclosed && !hasOpenBreak(own) ? own : `(${own})`;
  }

  #replacementOf(expr: Expr): string | null {
    const known = this.#replaced.get(expr);
    if (known !== undefined) return known;
    const fresh = this.#replace(expr);
    this.#replaced.set(expr, fresh);
    return fresh;
  }

  #isChanged(expr: Expr): boolean {
    if (this.#source === null) return true;
    const known = this.#changed.get(expr);
    if (known !== undefined) return known;
    const changed = isSynthetic(expr) || childExprs(expr).some((child) => this.#replacementOf(child) !== null || this.#isChanged(child));
    // The names that `map` is read with stand nowhere in its text.
    const whole = expr.kind === 'loop' && expr.loop.form === 'map' && !isSynthetic(expr) ? this.#isMapChanged(expr.loop) : changed;
    this.#changed.set(expr, whole);
    return whole;
  }

  #isMapChanged(loop: LoopIR): boolean {
    const written = childExprs({ kind: 'loop', loop, span: loop.span }).filter((child) => !isSynthetic(child));
    const deep = (expr: Expr): boolean => this.#replacementOf(expr) !== null || childExprs(expr).some((child) => !isSynthetic(child) && deep(child));
    return written.some(deep) || loop.body.some((statement) => statement.kind === 'emit' && childExprs(statement.value).some(deep));
  }

  #slice(span: Span): string {
    if (this.#source === null) return '…';
    return this.#source.slice(this.#lines.offsetAt(span.start), this.#lines.offsetAt(span.end));
  }

  #list(items: readonly Expr[], least = NAMED): string {
    return items.map((item) => this.print(item, least)).join(', ');
  }

  #build(expr: Expr): string {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return expr.text;
      case 'constant':
        return expr.value === 'Ellipsis' ? '...' : expr.value;
      case 'name':
        return expr.name;
      case 'attribute': {
        const object = this.print(expr.object, ATOM);
        return /^\d/.test(object) ? `(${object}).${expr.attribute}` : `${object}.${expr.attribute}`;
      }
      case 'subscript': {
        const { index } = expr;
        const bare = index.kind === 'collection' && index.type === 'tuple' && index.items.length > 0 && this.#replacementOf(index) === null;
        const inside = bare ? this.#list(index.items) + (index.items.length === 1 ? ',' : '') : this.print(index, NAMED);
        return `${this.print(expr.object, ATOM)}[${inside}]`;
      }
      case 'slice': {
        const part = (bound: Expr | null): string => (bound ? this.print(bound, CONDITIONAL) : '');
        return `${part(expr.lower)}:${part(expr.upper)}${expr.step ? `:${part(expr.step)}` : ''}`;
      }
      case 'call': {
        const [only] = expr.args;
        const callee = this.print(expr.callee, ATOM);
        if (only?.kind === 'loop' && only.loop.form === 'generator' && expr.args.length === 1 && expr.keywords.length === 0) {
          const generator = this.print(only, NAMED);
          return callee + (generator.startsWith('(') && isEnclosed(generator) ? generator : `(${generator})`);
        }
        const keywords = expr.keywords.map((keyword) => `${keyword.name}=${this.print(keyword.value, LAMBDA)}`);
        return `${callee}(${[...expr.args.map((arg) => this.print(arg, NAMED)), ...keywords].join(', ')})`;
      }
      case 'unary':
        return expr.op === 'not' ? `not ${this.print(expr.operand, NOT)}` : expr.op + this.print(expr.operand, UNARY);
      case 'binary': {
        const level = BINARY[expr.op];
        const power = expr.op === '**';
        return `${this.print(expr.left, power ? AWAIT : level)} ${expr.op} ${this.print(expr.right, power ? UNARY : level + 1)}`;
      }
      case 'compare':
        return [this.print(expr.first, BIT_OR), ...expr.rest.map(({ op, right }) => `${op} ${this.print(right, BIT_OR)}`)].join(' ');
      case 'logical': {
        const level = expr.op === 'or' ? OR : AND;
        return `${this.print(expr.left, level)} ${expr.op} ${this.print(expr.right, level + 1)}`;
      }
      case 'conditional':
        return `${this.print(expr.then, OR)} if ${this.print(expr.test, OR)} else ${this.print(expr.otherwise, LAMBDA)}`;
      case 'collection': {
        const items = this.#list(expr.items);
        if (expr.type === 'list') return `[${items}]`;
        if (expr.type === 'set') return `{${items}}`;
        return expr.items.length === 1 ? `(${items},)` : `(${items})`;
      }
      case 'dict':
        return `{${expr.entries.map(({ key, value }) => `${this.print(key, LAMBDA)}: ${this.print(value, LAMBDA)}`).join(', ')}}`;
      case 'named':
        return `${expr.name} := ${this.print(expr.value, LAMBDA)}`;
      case 'lambda':
        return `lambda${expr.params.length > 0 ? ` ${expr.params.join(', ')}` : ''}: ${this.print(expr.body, LAMBDA)}`;
      case 'spread':
        return (expr.double ? '**' : '*') + this.print(expr.value, BIT_OR);
      case 'await':
        return `await ${this.print(expr.value, ATOM)}`;
      case 'yield':
        if (!expr.value) return 'yield';
        return expr.value.kind === 'spread' ? `yield from ${this.print(expr.value.value, LAMBDA)}` : `yield ${this.print(expr.value, LAMBDA)}`;
      case 'loop':
        return this.#comprehension(expr.loop);
      case 'format':
        return this.#source === null ? "f'…'" : this.#splice(expr.span, expr.parts);
      case 'opaque':
        return this.#slice(expr.span);
    }
  }

  /** The source of a span with some expressions in it printed anew. */
  #splice(span: Span, parts: readonly Expr[]): string {
    if (this.#source === null) return parts.map((part) => this.print(part, NAMED)).join(', ') + '…';
    const source = this.#source;
    let at = this.#lines.offsetAt(span.start);
    let text = '';
    const written = parts.filter((part) => !isSynthetic(part)).map((part) => ({ part, start: this.#lines.offsetAt(part.span.start) }));
    for (const { part, start } of written.sort((a, b) => a.start - b.start)) {
      if (start < at) continue;
      text += source.slice(at, start) + this.print(part, LAMBDA);
      at = this.#lines.offsetAt(part.span.end);
    }
    return text + source.slice(at, this.#lines.offsetAt(span.end));
  }

  #comprehension(loop: LoopIR): string {
    const clauses: string[] = [];
    let emitted: (Stmt & { kind: 'emit' }) | null = null;
    let next: Stmt | undefined = { kind: 'loop', loop, span: loop.span };
    while (next) {
      const statement: Stmt = next;
      next = undefined;
      if (statement.kind === 'loop') {
        const { target, space, body, async }: LoopIR = statement.loop;
        const bound = target?.kind === 'collection' ? this.#list(target.items) : target ? this.print(target, ATOM) : '_';
        clauses.push(`${async ? 'async ' : ''}for ${bound} in ${this.#space(space)}`);
        next = body[0];
      } else if (statement.kind === 'if') {
        clauses.push(`if ${this.print(statement.test, OR)}`);
        next = statement.then[0];
      } else if (statement.kind === 'emit') {
        emitted = statement;
      }
    }
    if (!emitted) throw new Error('a comprehension without an element');
    const { key, value } = emitted;
    const inside = [key ? `${this.print(key, LAMBDA)}: ${this.print(value, LAMBDA)}` : this.print(value, NAMED), ...clauses].join(' ');
    const sink = loop.sink?.type ?? 'generator';
    return sink === 'list' ? `[${inside}]` : sink === 'generator' ? `(${inside})` : `{${inside}}`;
  }

  #space(space: IndexSpace): string {
    switch (space.kind) {
      case 'range':
        return `range(${this.#list([space.start, space.stop, space.step].filter((part) => part !== null))})`;
      case 'sequence':
        return this.print(space.value, OR);
      case 'enumerate':
        return `enumerate(${this.#space(space.of)}${space.start ? `, ${this.print(space.start, NAMED)}` : ''})`;
      case 'zip':
        return `zip(${space.parts.map((part) => this.#space(part)).join(', ')}${space.strict ? ', strict=True' : ''})`;
      case 'dict':
        return `${this.print(space.mapping, ATOM)}.${space.yields}()`;
      case 'rows':
        // itertuples may have been given arguments, which only the source knows.
        return this.#splice(space.span, [space.frame]);
      case 'reversed':
        return `reversed(${this.#space(space.of)})`;
      case 'while':
        throw new Error('a while loop is no expression');
    }
  }
}

/** How tightly a replacement binds: plain names, numbers, calls and subscripts are seen at once, the rest is read. */
function bindingOf(text: string): number {
  if (/^[\w.]+$/.test(text)) return ATOM;
  const expr = readExpression(text);
  if (!expr) return LOOSEST;
  return isEnclosed(text) ? ATOM : binding(expr);
}
