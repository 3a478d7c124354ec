import type { Edit, Expr, FunctionFacts, Stmt } from '../../types';
import { within } from '../../platform/span';
import { boundNames, childExprs, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import { callersOf } from '../algorithm/callers';
import { isFixedType } from './results';
import { boundOf } from './sites';
import type { Context } from '../refactor';

/** Give the same for a tuple as for a list of the same items. */
const ALIKE = /^builtins\.(len|sum|min|max|any|all|sorted|enumerate|zip|reversed|list|tuple|set|frozenset|range)$/;

/**
 * Edits that hand a recursion its lists as tuples, so that a cache can be asked by them; null where the function does more with one than read its items.
 * Every call from outside is changed; calls of itself hand on what they were given.
 */
export function tupleEdits(facts: FunctionFacts, names: readonly string[], cx: Context): Edit[] | null {
  const { function: fn, values } = facts;
  const edits: Edit[] = [];
  const namesakes = cx.files.flatMap((file) => cx.syntax(file).functions).filter((other) => other.method && other.name === fn.name);
  if (fn.method && namesakes.length > 1) return null;
  const sites = fn.method ? callersOf(fn, cx).map(({ call, code }) => ({ call, file: code.file })) : facts.sites;
  for (const name of names) {
    const index = fn.params.findIndex((param) => param.name === name);
    const seen = values[name];
    if (index < 0 || fn.params[index]?.kind !== 'plain' || fn.params[index].default !== null) return null;
    if (seen?.type !== 'list' || seen.elements === undefined || !seen.elements.every(isFixedType)) return null;
    if (!new ListUses(name, index, facts, cx).areAlike()) return null;
    for (const { call, file } of sites) {
      if (call.kind !== 'call' || call.args.some(({ kind }) => kind === 'spread')) return null;
      const given = call.args[index - boundOf(fn)] ?? call.keywords.find((keyword) => keyword.name === name)?.value;
      if (given === undefined) return null;
      edits.push(cx.edit(file, given.span, asTuple(given, cx.slice(file, given.span))));
    }
  }
  const nested = edits.some((one) => edits.some((other) => one !== other && one.file === other.file && within(one, other)));
  return nested ? null : edits;
}

function asTuple(expr: Expr, text: string): string {
  if (expr.kind !== 'collection' || expr.type !== 'list') return expr.kind === 'loop' && expr.loop.form === 'list-comprehension' ? `tuple(${text.slice(1, -1)})` : `tuple(${text})`; // prettier-ignore
  const inner = text.slice(1, -1);
  return expr.items.length === 1 && !/,\s*$/.test(inner) ? `(${inner},)` : `(${inner})`;
}

/** Looks at every use of a parameter: each has to mean the same for a tuple. */
class ListUses {
  constructor(
    private readonly name: string,
    private readonly index: number,
    private readonly facts: FunctionFacts,
    private readonly cx: Context,
  ) {}

  areAlike(): boolean {
    const { body } = this.facts.function;
    const kept = [...eachStmt(body)].every((statement) => {
      const writes = statement.kind === 'assign' ? statement.targets.flatMap(boundNames) : statement.kind === 'augment' ? boundNames(statement.target) : statement.kind === 'opaque' ? [...statement.writes, ...statement.reads] : []; // prettier-ignore
      return !writes.includes(this.name);
    });
    return kept && body.every((statement) => this.#statement(statement));
  }

  #statement(statement: Stmt): boolean {
    const { body } = { body: nestedBlocks(statement).flat() };
    const tests = statement.kind === 'if' || (statement.kind === 'loop' && statement.loop.space.kind === 'while');
    const walked = statement.kind === 'loop';
    return body.every((inner) => this.#statement(inner)) && stmtExprs(statement).every((top) => this.#expr(top, tests || walked));
  }

  /** `alike`: a tuple does as well there. */
  #expr(expr: Expr, alike: boolean): boolean {
    switch (expr.kind) {
      case 'name':
        return alike || expr.name !== this.name;
      case 'subscript': {
        // An item is an item; a part of a list is a list.
        const part = expr.index.kind === 'slice' && !alike;
        return this.#expr(expr.object, !part) && this.#expr(expr.index, false);
      }
      case 'unary':
        return this.#expr(expr.operand, expr.op === 'not');
      case 'conditional':
        return this.#expr(expr.test, true) && this.#expr(expr.then, alike) && this.#expr(expr.otherwise, alike);
      case 'logical':
        return this.#expr(expr.left, alike) && this.#expr(expr.right, alike);
      case 'compare':
        return this.#expr(expr.first, false) && expr.rest.every(({ op, right }) => this.#expr(right, op === 'in' || op === 'not in'));
      case 'call':
        return this.#call(expr);
      case 'loop': {
        const inner = [...eachStmt(expr.loop.body)];
        const spaces = [...spaceExprs(expr.loop.space), ...inner.flatMap((one) => (one.kind === 'loop' ? spaceExprs(one.loop.space) : []))];
        const others = inner.flatMap((one) => (one.kind === 'loop' ? [] : stmtExprs(one)));
        return spaces.every((space) => this.#expr(space, true)) && others.every((other) => this.#expr(other, false));
      }
      case 'opaque':
        return !expr.reads.includes(this.name);
      default:
        return childExprs(expr).every((child) => this.#expr(child, false));
    }
  }

  #call(call: Expr & { kind: 'call' }): boolean {
    const { function: fn } = this.facts;
    const callee = this.cx.functionOf(call.callee, fn.file);
    const own = callee?.qualname === fn.qualname && callee.file === fn.file;
    const path = this.cx.resolve(call.callee, fn.file, call.span.start) ?? '';
    const looks = call.callee.kind === 'attribute' && /^(index|count)$/.test(call.callee.attribute);
    const alike = (index: number | string): boolean => (own ? index === this.index - boundOf(fn) || index === this.name : ALIKE.test(path));
    return (
      (call.callee.kind === 'attribute' ? this.#expr(call.callee.object, looks) : this.#expr(call.callee, false)) &&
      call.args.every((arg, index) => this.#expr(arg, alike(index))) &&
      call.keywords.every(({ name, value }) => this.#expr(value, alike(name)))
    );
  }
}
