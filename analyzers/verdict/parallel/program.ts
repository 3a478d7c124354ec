/** All modules of a program as one: what its names hold, which of its functions a call reaches, and what runs side by side. */
import { functionOf, resolveName, scopeAt, scopeOfName } from '../../syntax/python-names';
import type { Scope } from '../../syntax/python-scopes';
import type { ClassIR, PythonModule } from '../../syntax/python-module';
import type { Expr, FunctionIR, Stmt } from '../../types';
import { isGuard, walkModule, type Call, type CallSite, type LoopSite, type Place, type StatementSite } from './walk';
import { kindMadeBy, kindMadeByMethod, type Kind } from './things';

/** An expression in its module. */
export interface Value {
  expr: Expr;
  place: Place;
  /** It is not the value itself that the name holds but each of its items. */
  items?: true;
}
export interface Thing {
  kind: Kind;
  made: Value;
  call: Call | null;
}
export interface OwnClass {
  module: PythonModule;
  ir: ClassIR;
}
/** Deeper chains of names are not followed. */
const DEEPEST = 6;

export class Program {
  readonly calls: CallSite[] = [];
  readonly statements: StatementSite[] = [];
  readonly loops: LoopSite[] = [];
  private readonly values = new Map<string, (Value | null)[]>();
  private readonly added = new Map<string, Value[]>();
  private readonly callers = new Map<FunctionIR, CallSite[]>();
  private readonly callees = new Map<Call, FunctionIR | null>();
  private readonly things = new Map<Expr, Thing | null>();
  private readonly scopes = new Map<object, Scope | null>();
  private readonly owners = new Map<string, FunctionIR>();
  private readonly byOwner = new Map<FunctionIR, { calls: CallSite[]; statements: StatementSite[] }>();
  private handed: (owner: FunctionIR, parameter: number) => Value[] = () => [];

  constructor(readonly modules: readonly PythonModule[]) {
    for (const module of modules) {
      for (const owner of module.functions) {
        const key = `${owner.file}:${owner.qualname}`;
        if (!this.owners.has(key)) this.owners.set(key, owner);
      }
      const { calls, statements, loops } = walkModule(module);
      for (const call of calls) this.calls.push(call);
      for (const statement of statements) this.statements.push(statement);
      for (const loop of loops) this.loops.push(loop);
    }
    for (const { loop, place } of this.loops) {
      const value: Value | null = loop.space.kind === 'sequence' ? { expr: loop.space.value, place, items: true } : null;
      if (loop.target) this.note(loop.target, value, place);
    }
    for (const site of this.statements) {
      this.noteValues(site);
      if (site.owner) this.ofOwner(site.owner).statements.push(site);
    }
    for (const site of this.calls) {
      this.noteAdded(site);
      if (site.owner) this.ofOwner(site.owner).calls.push(site);
    }
    for (const site of this.calls) {
      const callee = this.calleeOf(site);
      if (callee) this.callers.set(callee, [...(this.callers.get(callee) ?? []), site]);
    }
  }

  /** Tells what functions are given by way of threads and pools, once those are known. */
  learn(handed: (owner: FunctionIR, parameter: number) => Value[]): void {
    this.handed = handed;
    this.things.clear();
  }

  private ofOwner(owner: FunctionIR): { calls: CallSite[]; statements: StatementSite[] } {
    let found = this.byOwner.get(owner);
    if (!found) this.byOwner.set(owner, (found = { calls: [], statements: [] }));
    return found;
  }
  callsIn(owner: FunctionIR): readonly CallSite[] {
    return this.byOwner.get(owner)?.calls ?? [];
  }
  statementsIn(owner: FunctionIR): readonly StatementSite[] {
    return this.byOwner.get(owner)?.statements ?? [];
  }
  callersOf(owner: FunctionIR): readonly CallSite[] {
    return this.callers.get(owner) ?? [];
  }
  moduleOf(owner: FunctionIR): PythonModule | undefined {
    return this.modules.find((module) => module.file === owner.file);
  }

  /** Names the variable, field or global that an expression is, wherever it is written; null for anything that is made on the spot. */
  keyOf(expr: Expr, place: Place): string | null {
    if (expr.kind === 'name') {
      const scope = scopeOfName(place.module, expr.name, this.scopeOf(place));
      return scope ? `${place.module.file}:${scope.qualname}:${expr.name}` : null;
    }
    if (expr.kind !== 'attribute') return null;
    const own = this.selfClass(expr.object, place);
    if (own !== null) return `${place.module.file}:${own}.${expr.attribute}`;
    const resolved = resolveName(place.module, expr, expr.span.start);
    return resolved?.includes(':') === true ? resolved : null;
  }

  private scopeOf({ module, owner, inClass, statement }: Place): Scope | null {
    const around = owner ?? (inClass === null ? null : module.classes.find(({ qualname }) => qualname === inClass)) ?? module;
    let scope = this.scopes.get(around);
    if (scope === undefined)
      this.scopes.set(around, (scope = owner === null && inClass === null ? (module.scopes[0] ?? null) : scopeAt(module, statement.span.start)));
    return scope;
  }

  /** The class of the method whose `self` (or `cls`) an expression is. */
  selfClass(expr: Expr, { owner }: Place): string | null {
    if (expr.kind !== 'name' || !owner?.method || owner.decorators.includes('staticmethod') || owner.params[0]?.name !== expr.name) return null;
    return owner.qualname.slice(0, owner.qualname.lastIndexOf('.'));
  }

  private note(target: Expr, value: Value | null, place: Place): void {
    if (target.kind === 'collection' && value?.expr.kind === 'collection' && value.items === undefined) {
      const { items } = value.expr;
      if (items.length === target.items.length && ![...items, ...target.items].some((item) => item.kind === 'spread')) {
        target.items.forEach((item, index) => items[index] && this.note(item, { expr: items[index], place }, place));
        return;
      }
    }
    if (target.kind === 'collection') target.items.forEach((item) => this.note(item, null, place));
    else if (target.kind === 'spread') this.note(target.value, null, place);
    else {
      const key =
        place.inClass !== null && target.kind === 'name' ? `${place.module.file}:${place.inClass}.${target.name}` : this.keyOf(target, place);
      if (key === null) return;
      const known = this.values.get(key);
      if (known) known.push(value);
      else this.values.set(key, [value]);
    }
  }

  private noteValues(site: StatementSite): void {
    const { statement } = site;
    if (statement.kind === 'assign') for (const target of statement.targets) this.note(target, { expr: statement.value, place: site }, site);
    else if (statement.kind === 'with') {
      for (const { context, target } of statement.items) if (target) this.note(target, { expr: context, place: site }, site);
    } else if (statement.kind === 'augment') this.note(statement.target, null, site);
  }

  private noteAdded(site: CallSite): void {
    const { callee, args } = site.call;
    const [first, second] = args;
    if (callee.kind !== 'attribute' || !['append', 'add', 'appendleft', 'insert'].includes(callee.attribute)) return;
    const item = callee.attribute === 'insert' ? second : first;
    const key = this.keyOf(callee.object, site);
    if (item && key !== null) this.added.set(key, [...(this.added.get(key) ?? []), { expr: item, place: site }]);
  }

  /** What a name or field may hold, parameters followed to the calls; null where that is not known. `None` is left out. */
  valuesOf(expr: Expr, place: Place, depth = 0): Value[] | null {
    const key = this.keyOf(expr, place);
    if (key === null || depth > DEEPEST) return null;
    const found = (this.values.get(key) ?? []).filter((value) => value?.expr.kind !== 'constant' || value.expr.value !== 'None');
    const parameter = expr.kind === 'name' ? this.parameterOf(expr.name, key) : null;
    const given = parameter ? this.argumentsOf(parameter.owner, parameter.index) : [];
    const all = [...found, ...given];
    return all.length === 0 || all.some((value) => value === null) ? null : (all as Value[]);
  }

  private parameterOf(name: string, key: string): { owner: FunctionIR; index: number } | null {
    const owner = this.owners.get(key.slice(0, -name.length - 1));
    const index = owner?.params.findIndex((param) => param.name === name) ?? -1;
    return owner && index >= 0 ? { owner, index } : null;
  }

  /** What the calls of a function give for one of its parameters. */
  argumentsOf(owner: FunctionIR, index: number): Value[] {
    const param = owner.params[index];
    if (!param) return [];
    const given = this.callersOf(owner).flatMap((site): Value[] => {
      const bound = owner.method && !owner.decorators.includes('staticmethod') ? 1 : 0;
      const expr = site.call.keywords.find((keyword) => keyword.name === param.name)?.value ?? site.call.args[index - bound];
      return expr && expr.kind !== 'spread' ? [{ expr, place: site }] : [];
    });
    return [...given, ...this.handed(owner, index)];
  }

  /** The one kind of thing that an expression can be; null where it is not known. */
  thingOf(expr: Expr, place: Place, depth = 0): Thing | null {
    const known = this.things.get(expr);
    if (known !== undefined) return known;
    if (depth > DEEPEST) return null;
    // A name that is made from itself is nothing known, and long chains are walked once.
    this.things.set(expr, null);
    const thing = this.lookAt(expr, place, depth);
    this.things.set(expr, thing);
    return thing;
  }

  private lookAt(expr: Expr, place: Place, depth: number): Thing | null {
    if (expr.kind === 'await' || expr.kind === 'named') return this.thingOf(expr.value, place, depth + 1);
    if (expr.kind === 'dict') return { kind: 'mapping', made: { expr, place }, call: null };
    if (expr.kind === 'call') return this.madeBy(expr, place, depth);
    const values = this.valuesOf(expr, place, depth);
    if (!values) return null;
    const things = values.map((value) => (value.items ? this.itemOf(value, depth + 1) : this.thingOf(value.expr, value.place, depth + 1)));
    const [first] = things;
    if (!first || !things.every((thing) => thing?.kind === first.kind)) return null;
    // Of several the one that was made last before it, in the order of the text.
    const before = values.findLastIndex(
      (value) => value.place.owner === place.owner && value.place.module === place.module && value.expr.span.start.line <= expr.span.start.line,
    );
    return things[before] ?? first;
  }

  private madeBy(call: Call, place: Place, depth: number): Thing | null {
    const thing = (kind: Kind | null): Thing | null => (kind === null ? null : { kind, made: { expr: call, place }, call });
    const path = resolveName(place.module, call.callee, call.callee.span.start);
    if (path !== null) {
      const known = kindMadeBy(path);
      if (known !== null) return thing(known);
      const own = this.classAt(path);
      if (own) return thing(this.baseKind(own) ?? 'other');
    }
    if (call.callee.kind !== 'attribute') return null;
    const of = this.thingOf(call.callee.object, place, depth + 1);
    return of ? thing(kindMadeByMethod(of.kind, call.callee.attribute)) : null;
  }

  /** What the items of a collection are. */
  private itemOf(value: Value, depth: number): Thing | null {
    const things = this.itemsOf(value, depth).map((item) => (item ? this.thingOf(item.expr, item.place, depth + 1) : null));
    const [first] = things;
    return first && things.every((thing) => thing?.kind === first.kind) ? first : null;
  }

  private itemsOf({ expr, place }: Value, depth: number): (Value | null)[] {
    if (depth > DEEPEST) return [null];
    if (expr.kind === 'loop') {
      const emits: Value[] = [];
      const look = (body: readonly Stmt[]): void => {
        for (const statement of body) {
          if (statement.kind === 'emit') emits.push({ expr: statement.value, place });
          else if (statement.kind === 'if') look(statement.then);
          else if (statement.kind === 'loop') look(statement.loop.body);
        }
      };
      look(expr.loop.body);
      return emits;
    }
    if (expr.kind === 'collection') return expr.items.map((item) => ({ expr: item, place }));
    if (expr.kind === 'binary' && expr.op === '*') return this.itemsOf({ expr: expr.left, place }, depth + 1);
    const key = this.keyOf(expr, place);
    const held = key === null ? null : this.valuesOf(expr, place, depth);
    if (key === null || held === null) return [null];
    return [...held.flatMap((value) => this.itemsOf(value, depth + 1)), ...(this.added.get(key) ?? [])];
  }

  /** Of a resolved name: `<file>:Class`. */
  classAt(path: string): OwnClass | null {
    const at = path.lastIndexOf(':');
    if (at < 0) return null;
    const module = this.modules.find((one) => one.file === path.slice(0, at));
    const ir = module?.classes.find((one) => one.qualname === path.slice(at + 1));
    return module && ir ? { module, ir } : null;
  }

  /** Whether a class of the program's own is a thread or a process. */
  baseKind({ module, ir }: OwnClass, depth = 0): Kind | null {
    if (depth > DEEPEST) return null;
    for (const base of ir.bases) {
      const path = resolveName(module, base, base.span.start);
      if (path === null) continue;
      const kind = kindMadeBy(path);
      if (kind !== null) return kind;
      const own = this.classAt(path);
      const inherited = own ? this.baseKind(own, depth + 1) : null;
      if (inherited !== null) return inherited;
    }
    return null;
  }

  methodOf({ module, ir }: OwnClass, name: string, depth = 0): FunctionIR | null {
    const own = module.functions.filter((each) => each.qualname === `${ir.qualname}.${name}`);
    if (own.length > 0 || depth > DEEPEST) return own.length === 1 ? (own[0] ?? null) : null;
    for (const base of ir.bases) {
      const path = resolveName(module, base, base.span.start);
      const parent = path === null ? null : this.classAt(path);
      const found = parent && this.methodOf(parent, name, depth + 1);
      if (found) return found;
    }
    return null;
  }

  /** The class of the program's own that an object was made from. */
  classOf(expr: Expr, place: Place): OwnClass | null {
    const self = this.selfClass(expr, place);
    if (self !== null) return this.classAt(`${place.module.file}:${self}`);
    const made = this.thingOf(expr, place);
    if (!made?.call) return null;
    const path = resolveName(made.made.place.module, made.call.callee, made.call.callee.span.start);
    return path === null ? null : this.classAt(path);
  }

  /** The program's own function that an expression names: a function, a method of a known object. */
  functionNamed(expr: Expr, place: Place): FunctionIR | null {
    const direct = functionOf(this.modules, place.module, expr);
    if (direct || expr.kind !== 'attribute') return direct;
    const own = this.classOf(expr.object, place);
    return own && this.methodOf(own, expr.attribute);
  }

  /** The program's own function that a call runs; the initialiser for a class. */
  calleeOf(site: CallSite): FunctionIR | null {
    const known = this.callees.get(site.call);
    if (known !== undefined) return known;
    const own = site.path === null ? null : this.classAt(site.path);
    const found = own ? this.methodOf(own, '__init__') : this.functionNamed(site.call.callee, site);
    this.callees.set(site.call, found);
    return found;
  }

  /** True when the statement runs only in the main program, or the module has no level of its own that matters. */
  guardedByExit(module: PythonModule, line: number): boolean {
    return module.body.some((statement) => {
      if (statement.span.start.line >= line || statement.kind !== 'if') return false;
      const { test } = statement;
      const not = test.kind === 'unary' && test.op === 'not' ? isGuard(test.operand) : test.kind === 'compare' && test.rest[0]?.op === '!=' && isGuard({ ...test, rest: [{ ...test.rest[0], op: '==' }] }); // prettier-ignore
      return not && statement.then.some((inner) => inner.kind === 'raise' || inner.kind === 'expression');
    });
  }
}
