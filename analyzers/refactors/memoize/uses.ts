import type { CallSite, Expr, FunctionFacts, Stmt } from '../../types';
import { sameSpan } from '../../platform/span';
import { boundNames, childExprs, eachStmt, nestedBlocks, spaceExprs } from '../../syntax/python-walk';
import { bodyAround } from './sites';
import type { Context } from '../refactor';

/** Take what they are given apart, or make something new of it. */
const CONSUMERS = /^builtins\.(len|sum|min|max|any|all|print|str|repr|format|sorted|list|tuple|set|dict|frozenset|float|int|bool|abs|round|enumerate|zip|reversed|isinstance|hash|range|iter)$/; // prettier-ignore
/** Make something new of arrays. */
const ARRAY_CONSUMERS = /^numpy\.(convolve|correlate|dot|matmul|inner|outer|sum|prod|mean|median|max|min|amax|amin|std|var|abs|sqrt|exp|log|log10|sin|cos|interp|histogram|allclose|array_equal|cumsum|cumprod|diff|argmax|argmin|argsort|sort|any|all|percentile|quantile|where|clip|maximum|minimum|add|subtract|multiply|divide|power|polyfit|polyval|trapezoid|concatenate|stack|vstack|hstack|array|copy|count_nonzero|linalg\.\w+|fft\.\w+)$/; // prettier-ignore
const TAKING_METHODS = /^(extend|join|update|union|intersection|difference|issubset|issuperset|isdisjoint|write|format)$/;
const LOOKING_METHODS = /^(get|items|keys|values|count|index|copy|tolist|sum|mean|min|max|any|all|item|issubset|issuperset|isdisjoint|union|intersection|difference)$/; // prettier-ignore

/** True where every caller only looks at what the function hands out: nobody changes it, keeps it or passes it on to who might. */
export function isOnlyRead(facts: FunctionFacts, cx: Context): boolean {
  const { function: fn } = facts;
  const own = (expr: Expr): boolean => expr.kind === 'call' && cx.functionOf(expr.callee, fn.file)?.qualname === fn.qualname;
  const bodies = new Map<readonly Stmt[], CallSite>();
  for (const site of facts.sites) bodies.set(bodyAround(site, cx), site);
  for (const [body, site] of bodies) {
    const calls = facts.sites.filter((one) => one.owner === site.owner && one.file === site.file).map(({ call }) => call);
    const isResult = (expr: Expr): boolean => expr.kind === 'call' && calls.some((call) => sameSpan(call.span, expr.span));
    const behind = site.owner === '<module>' ? readByFunctions(site.file, cx) : new Set<string>();
    if (!new Uses(isResult, site.file, behind, cx).areReads(body)) return false;
  }
  return new Uses(own, fn.file, new Set(), cx).areReads(fn.body);
}

function readByFunctions(file: string, cx: Context): Set<string> {
  return new Set(cx.module(file).statements.flatMap(({ kind, reads }) => (kind === 'function' || kind === 'class' ? reads : [])));
}

class Uses {
  /** Names that hold the result, or a part of it. */
  readonly #names = new Set<string>();

  constructor(
    private readonly isResult: (expr: Expr) => boolean,
    private readonly file: string,
    /** Names that other code may read. */
    private readonly shared: ReadonlySet<string>,
    private readonly cx: Context,
  ) {}

  areReads(body: readonly Stmt[]): boolean {
    for (let size = -1; size !== this.#names.size;) {
      size = this.#names.size;
      if (!body.every((statement) => this.#statement(statement))) return false;
    }
    return [...this.#names].every((name) => !this.shared.has(name));
  }

  #statement(statement: Stmt): boolean {
    const inside = nestedBlocks(statement)
      .flat()
      .every((inner) => this.#statement(inner));
    return inside && this.#own(statement);
  }

  #own(statement: Stmt): boolean {
    switch (statement.kind) {
      case 'assign':
        return statement.targets.every((target) => this.#bind(target, statement.value)) && statement.targets.every((target) => this.#stores(target));
      case 'augment':
        if (statement.target.kind === 'name' && this.#names.has(statement.target.name)) return false;
        return this.#stores(statement.target) && this.#expr(statement.value, true);
      case 'expression':
        return this.#expr(statement.value, true);
      case 'if':
        return this.#expr(statement.test, true);
      case 'loop':
        return this.#space(statement.loop.target, spaceExprs(statement.loop.space));
      case 'emit':
        return this.#expr(statement.value, false) && (statement.key === null || this.#expr(statement.key, true));
      case 'return':
      case 'raise':
        return statement.value === null || this.#expr(statement.value, false);
      case 'with':
        return statement.items.every(({ context }) => this.#expr(context, false));
      case 'opaque':
        return !statement.reads.some((name) => this.#names.has(name));
      default:
        return true;
    }
  }

  /** Names that are given the result hold it from then on; into anything else it escapes. */
  #bind(target: Expr, value: Expr): boolean {
    const plain = target.kind === 'name' || (target.kind === 'collection' && target.items.every((item) => item.kind === 'name'));
    if (this.#holds(value)) {
      if (!plain) return false;
      boundNames(target).forEach((name) => this.#names.add(name));
    }
    return this.#expr(value, plain);
  }

  #space(target: Expr | null, spaces: readonly Expr[]): boolean {
    if (target !== null && spaces.some((expr) => this.#holds(expr))) boundNames(target).forEach((name) => this.#names.add(name));
    return spaces.every((expr) => this.#expr(expr, true));
  }

  /** Is the value, or a part of it, the result itself? */
  #holds(expr: Expr): boolean {
    if (this.isResult(expr)) return true;
    if (expr.kind === 'name') return this.#names.has(expr.name);
    if (expr.kind === 'subscript') return this.#holds(expr.object);
    if (expr.kind === 'conditional') return this.#holds(expr.then) || this.#holds(expr.otherwise);
    if (expr.kind === 'logical') return this.#holds(expr.left) || this.#holds(expr.right);
    if (expr.kind === 'named') return this.#holds(expr.value);
    if (expr.kind === 'call')
      return [...expr.args, ...(expr.callee.kind === 'attribute' ? [expr.callee.object] : [])].some((part) => this.#holds(part));
    return false;
  }

  #stores(target: Expr): boolean {
    if (target.kind === 'collection') return target.items.every((item) => this.#stores(item));
    return target.kind !== 'subscript' && target.kind !== 'attribute' ? true : !this.#holds(target.object);
  }

  /** `read`: what stands there is only looked at. */
  #expr(expr: Expr, read: boolean): boolean {
    const result = this.isResult(expr) || (expr.kind === 'name' && this.#names.has(expr.name));
    if (result && !read) return false;
    switch (expr.kind) {
      case 'unary':
      case 'binary':
      case 'compare':
      case 'format':
        return childExprs(expr).every((child) => this.#expr(child, true));
      case 'logical':
        return this.#expr(expr.left, read) && this.#expr(expr.right, read);
      case 'conditional':
        return this.#expr(expr.test, true) && this.#expr(expr.then, read) && this.#expr(expr.otherwise, read);
      case 'subscript':
        return this.#expr(expr.object, read) && this.#expr(expr.index, true);
      case 'slice':
        return childExprs(expr).every((child) => this.#expr(child, true));
      case 'call':
        return this.#call(expr);
      case 'loop': {
        const consumer = expr.loop.sink?.consumer;
        const taken = consumer !== null && consumer !== undefined && /^(sum|min|max|any|all|len|sorted|''\.join)$/.test(consumer.name);
        const emits = (statements: readonly Stmt[]): boolean =>
          [...eachStmt(statements)].every((one) => (one.kind === 'emit' ? this.#expr(one.value, taken) && (one.key === null || this.#expr(one.key, true)) : this.#own(one))); // prettier-ignore
        return this.#space(expr.loop.target, spaceExprs(expr.loop.space)) && emits(expr.loop.body);
      }
      default:
        return childExprs(expr).every((child) => this.#expr(child, false));
    }
  }

  #call(call: Expr & { kind: 'call' }): boolean {
    const { callee } = call;
    const path = this.cx.resolve(callee, this.file, call.span.start) ?? '';
    const writes = call.keywords.some(({ name }) => name === 'out' || name === 'copy' || name === '');
    const taking =
      CONSUMERS.test(path) || (ARRAY_CONSUMERS.test(path) && !writes) || (callee.kind === 'attribute' && TAKING_METHODS.test(callee.attribute));
    const object = callee.kind === 'attribute' ? this.#expr(callee.object, LOOKING_METHODS.test(callee.attribute)) : this.#expr(callee, false);
    const given = [...call.args, ...call.keywords.map(({ value }) => value)];
    return object && given.every((arg) => this.#expr(arg, taking));
  }
}
