import type { Expr, Position, Profile, Span, Stmt, ValueFact } from '../types';
import type { PythonModule } from '../syntax/python-module';
import { functionOf, resolveName, scopeAt } from '../syntax/python-names';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';

/** What stands on one line, and what its names held when they were sampled. */
export interface Site {
  calls: SiteCall[];
  /** Arithmetic, `x += y` included. */
  operations: { op: string; left: Expr; right: Expr; span: Span }[];
  subscripts: (Expr & { kind: 'subscript' })[];
  /** What `*xs` and `**d` take all items of. */
  spreads: Expr[];
  values: Record<string, ValueFact>;
}
export interface SiteCall {
  call: Expr & { kind: 'call' };
  /** `time.sleep`, `builtins.sorted`; null for methods of values. */
  path: string | null;
  /** The method's name, where it is one. */
  method: string | null;
  /** A function of the user's own: its time is on its own lines. */
  own: boolean;
  receiver: ValueFact | null;
}

const nowhere: Site = { calls: [], operations: [], subscripts: [], spreads: [], values: {} };

/** The code behind the lines of a profile. */
export class Sites {
  readonly #modules: readonly PythonModule[];
  readonly #profile: Profile;
  readonly #lines = new Map<string, Map<number, { exprs: Expr[]; operations: Site['operations'] }>>();
  readonly #sites = new Map<string, Site>();

  constructor(modules: readonly PythonModule[], profile: Profile) {
    this.#modules = modules;
    this.#profile = profile;
  }

  /** @param line 1-based. */
  at(file: string, line: number): Site {
    const key = `${line}:${file}`;
    let site = this.#sites.get(key);
    if (!site) {
      site = this.#read(file, line);
      this.#sites.set(key, site);
    }
    return site;
  }

  /** The nearest line above with anything on it. */
  above(file: string, line: number): Site {
    for (let at = line - 1; at >= Math.max(1, line - 3); at -= 1) {
      const site = this.at(file, at);
      if (site.calls.length + site.operations.length + site.subscripts.length > 0) return site;
    }
    return nowhere;
  }

  /** Is this the name of a coroutine of the user's own? */
  isCoroutine(file: string, qualname: string): boolean {
    return this.#modules.some((module) => module.file === file && module.functions.some((fn) => fn.async && fn.qualname === qualname));
  }

  /** Every call that coroutines wait for. */
  awaited(): SiteCall[] {
    return this.#modules.flatMap((module) =>
      module.functions.flatMap((fn) => {
        if (!fn.async) return [];
        const values = this.#valuesAt(module, fn.body[0]?.span.start ?? fn.span.start);
        return exprsOf(fn.body).flatMap((expr) => {
          const value = expr.kind === 'await' ? expr.value : null;
          return value?.kind === 'call' ? [this.#call(value, module, values)] : [];
        });
      }),
    );
  }

  #read(file: string, line: number): Site {
    const module = this.#modules.find((one) => one.file === file);
    if (!module) return nowhere;
    const found = this.#index(module).get(line);
    if (!found) return nowhere;
    const [place] = [...found.exprs, ...found.operations];
    const values = this.#valuesAt(module, place?.span.start ?? { line: line - 1, character: 0 });
    return {
      calls: found.exprs.flatMap((expr) => (expr.kind === 'call' ? [this.#call(expr, module, values)] : [])),
      operations: [
        ...found.operations,
        ...found.exprs.flatMap((expr) => (expr.kind === 'binary' ? [{ op: expr.op, left: expr.left, right: expr.right, span: expr.span }] : [])),
      ],
      subscripts: found.exprs.filter((expr) => expr.kind === 'subscript'),
      spreads: found.exprs.flatMap((expr) => (expr.kind === 'spread' ? [expr.value] : expr.kind === 'opaque' ? dictionariesIn(expr, values) : [])),
      values,
    };
  }

  #call(call: Expr & { kind: 'call' }, module: PythonModule, values: Record<string, ValueFact>): SiteCall {
    const { callee } = call;
    const path = resolveName(module, callee, callee.span.start);
    const receiver = callee.kind === 'attribute' ? valueOf(callee.object, values) : null;
    return {
      call,
      path: path !== null && path.startsWith(`${module.file}:`) ? null : path,
      method: callee.kind === 'attribute' ? callee.attribute : null,
      own: functionOf(this.#modules, module, callee) !== null || (path !== null && path.includes(':')),
      receiver,
    };
  }

  #valuesAt(module: PythonModule, at: Position): Record<string, ValueFact> {
    const own = scopeAt(module, at)?.qualname ?? '<module>';
    // Before 3.12 a comprehension is a function of its own.
    const inside = (name: string): boolean => name === '<module>' || name === own || name.startsWith(`${own}.<locals>.<`);
    const constants = Object.entries(module.outline.constants).flatMap(([name, text]): [string, ValueFact][] => {
      const value = Number(text.replaceAll('_', ''));
      return Number.isFinite(value) && text !== '' ? [[name, { type: 'int', value }]] : [];
    });
    const frames = this.#profile.frames.filter((frame) => frame.file === module.file && inside(frame.name));
    return Object.assign(Object.fromEntries(constants), ...frames.sort((a, b) => a.firstLine - b.firstLine).map((frame) => frame.values)) as Record<string, ValueFact>; // prettier-ignore
  }

  #index(module: PythonModule): Map<number, { exprs: Expr[]; operations: Site['operations'] }> {
    let lines = this.#lines.get(module.file);
    if (lines) return lines;
    const made = new Map<number, { exprs: Expr[]; operations: Site['operations'] }>();
    lines = made;
    const entry = (line: number): { exprs: Expr[]; operations: Site['operations'] } => {
      const known = made.get(line) ?? { exprs: [], operations: [] };
      made.set(line, known);
      return known;
    };
    for (const body of [module.body, ...module.functions.map((fn) => fn.body)]) {
      for (const statement of eachStmt(body)) {
        if (statement.kind === 'augment')
          entry(statement.span.start.line + 1).operations.push({
            op: statement.op,
            left: statement.target,
            right: statement.value,
            span: statement.span,
          });
      }
      for (const expr of exprsOf(body)) {
        if (expr.kind !== 'call' && expr.kind !== 'binary' && expr.kind !== 'subscript' && expr.kind !== 'spread' && !isUnpacking(expr)) continue;
        const first = expr.span.start.line + 1;
        entry(first).exprs.push(expr);
        // The time of a method call that is written over several lines is on the line of the method's name.
        const last = expr.kind === 'call' ? expr.callee.span.end.line + 1 : first;
        if (last !== first) entry(last).exprs.push(expr);
      }
    }
    this.#lines.set(module.file, lines);
    return lines;
  }
}

/** `{**d, key: value}`, for which the IR has no form. */
const isUnpacking = (expr: Expr): expr is Expr & { kind: 'opaque' } => expr.kind === 'opaque' && expr.what === 'dictionary';

const dictionariesIn = ({ reads, span }: Expr & { kind: 'opaque' }, values: Record<string, ValueFact>): Expr[] =>
  reads.filter((name) => /(^|\.)(dict|Counter|defaultdict|OrderedDict)$/.test(values[name]?.type ?? '')).map((name): Expr => ({ kind: 'name', name, span })); // prettier-ignore

function exprsOf(body: readonly Stmt[]): Expr[] {
  const found: Expr[] = [];
  const inStatements = (statements: readonly Stmt[]): void => {
    for (const statement of eachStmt(statements)) for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) found.push(expr);
  };
  inStatements(body);
  return found;
}

/** What a name, or an attribute of the object that a method belongs to, held; null where it was not sampled. */
export function valueOf(expr: Expr, values: Record<string, ValueFact>): ValueFact | null {
  if (expr.kind === 'attribute' && expr.object.kind === 'name') return values[`${expr.object.name}.${expr.attribute}`] ?? null;
  return expr.kind === 'name' ? (values[expr.name] ?? null) : null;
}

export function lengthOf(fact: ValueFact | null): number {
  if (!fact) return 0;
  return fact.shape ? fact.shape.reduce((product, each) => product * each, 1) : (fact.length ?? 0);
}

/** Elements of what an expression stands for: a length, or all elements of an array. 0 where that is not known. */
export function sizeOf(expr: Expr, values: Record<string, ValueFact>): number {
  const known = lengthOf(valueOf(expr, values));
  if (known > 0) return known;
  switch (expr.kind) {
    case 'spread':
      return sizeOf(expr.value, values);
    case 'binary':
      return Math.max(sizeOf(expr.left, values), sizeOf(expr.right, values));
    case 'unary':
      return sizeOf(expr.operand, values);
    case 'attribute':
      return /^(T|real|imag|flat)$/.test(expr.attribute) ? sizeOf(expr.object, values) : 0;
    // What is made from something large by a method is taken to be as large: `picture.ravel()`, `text.encode()`.
    case 'call':
      return expr.callee.kind === 'attribute' ? sizeOf(expr.callee.object, values) : 0;
    default:
      return 0;
  }
}

/** Bytes of an array; 0 for anything else. */
export function arrayBytes(expr: Expr, values: Record<string, ValueFact>): number {
  const fact = valueOf(expr, values);
  if (fact) return fact.type === 'ndarray' ? lengthOf(fact) * itemBytes(fact.dtype ?? '') : 0;
  switch (expr.kind) {
    case 'binary':
      return Math.max(arrayBytes(expr.left, values), arrayBytes(expr.right, values));
    case 'unary':
      return arrayBytes(expr.operand, values);
    case 'attribute':
      return arrayBytes(expr.object, values);
    // A part of it; how large, only the run knows.
    case 'subscript':
      return expr.index.kind === 'slice' ? arrayBytes(expr.object, values) / 2 : 0;
    default:
      return 0;
  }
}

/** A number that is written out, a constant or was sampled; a tuple of them is their product. 0 where it is not known. */
export function numberOf(expr: Expr, values: Record<string, ValueFact>): number {
  if (expr.kind === 'number') return Number(expr.text.replaceAll('_', '')) || 0;
  if (expr.kind === 'collection') return expr.items.reduce((product, item) => product * numberOf(item, values), 1);
  if (expr.kind === 'binary') {
    const [left, right] = [numberOf(expr.left, values), numberOf(expr.right, values)];
    return expr.op === '*' ? left * right : expr.op === '<<' ? left * 2 ** right : expr.op === '**' ? left ** right : expr.op === '+' ? left + right : expr.op === '//' ? Math.floor(left / right) : 0; // prettier-ignore
  }
  return valueOf(expr, values)?.value ?? 0;
}

function itemBytes(dtype: string): number {
  const bits = /(\d+)$/.exec(dtype)?.[1];
  if (dtype.startsWith('bool') || dtype.startsWith('bytes')) return 1;
  return bits === undefined ? 8 : Number(bits) / 8;
}
