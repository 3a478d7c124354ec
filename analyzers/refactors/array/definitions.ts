import type { Expr, FunctionIR, LoopIR, Stmt } from '../../types';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';

/** How a name of one scope gets its value. */
export type Definition =
  | { kind: 'value'; value: Expr }
  /** One place of an unpacked tuple. */
  | { kind: 'part'; value: Expr; index: number; count: number }
  | { kind: 'item'; loop: LoopIR; target: Expr }
  | { kind: 'parameter' }
  | { kind: 'other' };

/** What happens to a name's object besides being read. */
export interface Uses {
  appended: { value: Expr; statement: Stmt }[];
  /** Its elements may change in another way: stored to, passed on, aliased, a method called. */
  changed: boolean;
  /** It may also get longer or shorter. */
  resized: boolean;
}

const readingMethods = new Set(['count', 'index', 'copy', 'tolist', 'sum', 'mean', 'std', 'var', 'min', 'max', 'astype', 'dot', 'reshape', 'any', 'all', 'argmax', 'argmin', 'cumsum', 'ravel', 'flatten', 'item']); // prettier-ignore
const readingCalls = new Set(['len', 'sum', 'min', 'max', 'sorted', 'list', 'tuple', 'set', 'enumerate', 'zip', 'range', 'print', 'any', 'all', 'map', 'filter', 'reversed', 'abs', 'round', 'str', 'repr', 'isinstance', 'type', 'float', 'int', 'bool', 'id']); // prettier-ignore
const readingModules = /^(np|numpy|math|statistics|plt|json)\./;

/** Definitions and uses of the names of one scope: a function's body or a module's. Nested functions are scopes of their own. */
export class Definitions {
  private readonly found = new Map<string, Definition[]>();
  private readonly uses = new Map<string, Uses>();

  constructor(
    readonly body: readonly Stmt[],
    owner: FunctionIR | null,
  ) {
    for (const param of owner?.params ?? []) this.add(param.name, { kind: 'parameter' });
    for (const statement of eachStmt(body)) {
      this.define(statement);
      for (const expr of stmtExprs(statement)) this.use(expr, statement);
    }
  }

  of(name: string): readonly Definition[] {
    return this.found.get(name) ?? [];
  }

  usesOf(name: string): Uses {
    return this.uses.get(name) ?? { appended: [], changed: false, resized: false };
  }

  private add(name: string, definition: Definition): void {
    this.found.set(name, [...this.of(name), definition]);
  }

  private define(statement: Stmt): void {
    const other = (names: readonly string[]): void => names.forEach((name) => this.add(name, { kind: 'other' }));
    if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        if (target.kind === 'name') this.add(target.name, { kind: 'value', value: statement.value });
        else if (target.kind === 'collection' && target.items.every((item) => item.kind === 'name')) this.unpack(target.items, statement.value);
        else other(boundNames(target));
      }
    }
    if (statement.kind === 'augment') other(boundNames(statement.target));
    if (statement.kind === 'loop' && statement.loop.target) {
      for (const name of boundNames(statement.loop.target)) this.add(name, { kind: 'item', loop: statement.loop, target: statement.loop.target });
    }
    if (statement.kind === 'with') statement.items.forEach((item) => other(item.target ? boundNames(item.target) : []));
    if (statement.kind === 'try') statement.handlers.forEach((handler) => other(handler.name === null ? [] : [handler.name]));
    if (statement.kind === 'opaque') other(statement.writes);
    if (statement.kind === 'scope') other(statement.names);
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind === 'named') this.add(expr.name, { kind: 'other' });
        else if (expr.kind === 'opaque') other(expr.writes);
      }
    }
  }

  private unpack(targets: readonly Expr[], value: Expr): void {
    const items = value.kind === 'collection' && value.items.length === targets.length ? value.items : null;
    targets.forEach((target, index) => {
      if (target.kind !== 'name') return;
      const item = items?.[index];
      this.add(target.name, item ? { kind: 'value', value: item } : { kind: 'part', value, index, count: targets.length });
    });
  }

  private change(name: string, resized = true): void {
    const uses = this.usesOf(name);
    this.uses.set(name, { ...uses, changed: true, resized: uses.resized || resized });
  }

  private use(top: Expr, statement: Stmt): void {
    if (statement.kind === 'assign' && statement.value.kind === 'name') this.change(statement.value.name);
    if (statement.kind === 'return' && top.kind === 'name') return;
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (targets.includes(top)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind === 'subscript' && expr.object.kind === 'name') this.change(expr.object.name, expr.index.kind === 'slice');
        else if (expr.kind === 'subscript' && expr.object.kind === 'subscript' && expr.object.object.kind === 'name')
          this.change(expr.object.object.name, false);
      }
      if (statement.kind === 'augment' && top.kind === 'name') this.change(top.name);
    }
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'opaque') expr.reads.forEach((name) => this.change(name));
      if (expr.kind === 'collection' || expr.kind === 'dict') {
        const items = expr.kind === 'dict' ? expr.entries.map((entry) => entry.value) : expr.items;
        if (!targets.includes(expr)) items.forEach((item) => item.kind === 'name' && this.change(item.name));
      }
      if (expr.kind === 'call') this.useInCall(expr, top, statement);
    }
  }

  private useInCall(call: Expr & { kind: 'call' }, top: Expr, statement: Stmt): void {
    const { callee, args } = call;
    if (callee.kind === 'attribute' && callee.object.kind === 'name') {
      const { name } = callee.object;
      const [value] = args;
      if (callee.attribute === 'append' && value && args.length === 1 && top === call && statement.kind === 'expression') {
        const uses = this.usesOf(name);
        this.uses.set(name, { ...uses, appended: [...uses.appended, { value, statement }] });
      } else if (!readingMethods.has(callee.attribute)) this.change(name);
    }
    const written =
      callee.kind === 'name' ? callee.name : callee.kind === 'attribute' && callee.object.kind === 'name' ? `${callee.object.name}.` : '';
    if (readingCalls.has(written) || readingModules.test(written)) return;
    for (const arg of [...args, ...call.keywords.map((keyword) => keyword.value)]) if (arg.kind === 'name') this.change(arg.name);
  }
}
