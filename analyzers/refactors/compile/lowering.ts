/**
 * Code as a kernel sees it. Fields of `self` are variables named `self.x`, methods are functions that take the fields which they use in front of their
 * other arguments, `float("inf")` is a number and `random.random` a method of a generator. Spans stay those of the text; an argument that is added has an empty span.
 */
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Expr, FunctionIR, Position, Stmt } from '../../types';
import { SHARED } from './random';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };

/** Text of the number that `float("inf")` is. */
export const INFINITE = 'inf';
const HOOKS = /^__(getattr|getattribute|setattr|delattr)__$/;
const PLAIN_BASES = /^(builtins\.object|abc\.ABC|typing\.(Generic|Protocol))$/;

export const isField = (name: string): boolean => name.includes('.');
/** A literal of one character, without escapes. */
export const isCharacter = (text: string): boolean => /^(["'])[^\\\n]\1$/u.test(text);
/** An argument that the text does not have. */
export const isAdded = ({ span: { start, end } }: Expr): boolean => start.line === end.line && start.character === end.character;

export class Lowering {
  readonly #functions = new Map<FunctionIR, FunctionIR>();

  readonly #methods = new WeakMap<Expr, FunctionIR>();

  constructor(private readonly cx: Context) {}

  /** The method that a callee stands for, where a call of one was read. */
  methodOf(callee: Expr): FunctionIR | null {
    return this.#methods.get(callee) ?? null;
  }

  /** Statements of a function, or of the module where there is none. */
  body(body: readonly Stmt[], owner: FunctionIR | null, file: string): readonly Stmt[] {
    const self = owner && this.#selfOf(owner);
    const replace = (expr: Expr): Expr | null => {
      if (expr.kind === 'attribute') return self !== null && this.#isField(expr, self, owner as FunctionIR) ? fieldName(expr, self) : null;
      if (expr.kind !== 'call') return null;
      if (isInfinity(expr) && this.cx.resolve(expr.callee, file, expr.span.start) === 'builtins.float')
        return { kind: 'number', type: 'float', text: INFINITE, span: expr.span };
      if (expr.args.length === 0 && this.cx.resolve(expr.callee, file, expr.span.start) === 'random.random')
        return { ...expr, callee: shared(expr.callee) };
      const method = self === null ? null : this.#methodCalled(expr, self, file);
      if (method === null) return null;
      const at: Position = { line: expr.callee.span.end.line, character: expr.callee.span.end.character + 1 };
      const added = this.#fieldsOf(method).map((name): Expr => ({ kind: 'name', name, span: { start: at, end: at } }));
      const callee: Expr = { kind: 'name', name: `method ${method.name}`, span: expr.callee.span };
      this.#methods.set(callee, method);
      return { ...expr, callee, args: [...added, ...mapNode(expr.args, replace)] };
    };
    return mapNode(body, replace);
  }

  function(fn: FunctionIR): FunctionIR {
    const known = this.#functions.get(fn);
    if (known) return known;
    const body = this.body(fn.body, fn, fn.file);
    const own = this.#selfOf(fn) === null ? fn.params : fn.params.slice(1);
    const fields = this.#fieldsOf(fn).map((name) => ({ name, default: null, kind: 'plain' as const }));
    const lowered = body === fn.body && own === fn.params ? fn : { ...fn, params: [...fields, ...own], body: [...body] };
    this.#functions.set(fn, lowered);
    return lowered;
  }

  #methodCalled({ callee }: Call, self: string, file: string): FunctionIR | null {
    if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || callee.object.name !== self) return null;
    const method = this.cx.functionOf(callee, file);
    return method && this.#selfOf(method) === self ? method : null;
  }

  /** Fields that a method reads, by itself or through other methods, in the order of the text. */
  #fieldsOf(method: FunctionIR, open: ReadonlySet<FunctionIR> = new Set()): string[] {
    const self = this.#selfOf(method);
    if (self === null || open.has(method)) return [];
    const found = new Set<string>();
    for (const statement of eachStmt(method.body)) {
      for (const top of stmtExprs(statement)) {
        for (const expr of eachExpr(top)) {
          const called = expr.kind === 'call' ? this.#methodCalled(expr, self, method.file) : null;
          if (called) this.#fieldsOf(called, new Set([...open, method])).forEach((name) => found.add(name));
          else if (expr.kind === 'attribute' && this.#isField(expr, self, method)) found.add(`${self}.${expr.attribute}`);
        }
      }
    }
    return [...found];
  }

  /** The name of the object that a method works on; null where it has none, or is given another one. */
  #selfOf(fn: FunctionIR): string | null {
    const self = fn.params[0];
    if (!fn.method || fn.qualname.includes('<locals>') || self?.kind !== 'plain' || fn.decorators.length > 0 || !this.#isPlain(fn)) return null;
    const rebound = [...eachStmt(fn.body)].some((statement) => statement.kind === 'assign' && statement.targets.some((one) => one.kind === 'name' && one.name === self.name)); // prettier-ignore
    return rebound ? null : self.name;
  }

  #isPlain({ file, qualname }: FunctionIR): boolean {
    return isPlainClass(this.cx, file, qualname.slice(0, qualname.lastIndexOf('.')));
  }

  #isField({ object, attribute }: Expr & { kind: 'attribute' }, self: string, { file }: FunctionIR): boolean {
    if (object.kind !== 'name' || object.name !== self) return false;
    return !this.cx.syntax(file).functions.some((fn) => fn.method && fn.name === attribute);
  }
}

/** Does reading a field of a class's objects run no code? */
export function isPlainClass(cx: Context, file: string, qualname: string, depth = 0): boolean {
  const { classes, functions } = cx.syntax(file);
  if (functions.some((fn) => fn.method && HOOKS.test(fn.name))) return false;
  const [only, another] = classes.filter((one) => one.qualname === qualname);
  if (!only || another || only.metaclass === true || depth > 8) return false;
  return only.bases.every((base) => {
    const path = cx.resolve(base.kind === 'subscript' ? base.object : base, file, only.span.start);
    const own = path?.startsWith(`${file}:`) === true;
    return path !== null && (PLAIN_BASES.test(path) || (own && isPlainClass(cx, file, path.slice(file.length + 1), depth + 1)));
  });
}

const fieldName = (expr: Expr & { kind: 'attribute' }, self: string): Expr => ({ kind: 'name', name: `${self}.${expr.attribute}`, span: expr.span });

/** `random.random` as a method of the generator that it draws from. */
const shared = ({ span }: Expr): Expr => ({ kind: 'attribute', object: { kind: 'name', name: SHARED, span }, attribute: 'random', span });

/** `float("inf")`, whatever `float` is. */
export const isInfinity = ({ args, keywords }: Call): boolean =>
  keywords.length === 0 && args.length === 1 && args[0]?.kind === 'string' && /^(["'])\+?inf(inity)?\1$/i.test(args[0].text);

/** A copy with some expressions replaced; what has none of them stays the same object. */
function mapNode<T>(node: T, replace: (expr: Expr) => Expr | null): T {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) {
    const items = node.map((item: unknown) => mapNode(item, replace));
    return items.some((item, index) => item !== node[index]) ? (items as T) : node;
  }
  const put = 'kind' in node ? replace(node as unknown as Expr) : null;
  if (put !== null) return put as T;
  const entries = Object.entries(node).map(([key, part]) => [key, mapNode(part as unknown, replace)] as const);
  return entries.some(([key, part]) => part !== (node as Record<string, unknown>)[key]) ? (Object.fromEntries(entries) as T) : node;
}
