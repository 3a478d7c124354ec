import type { Expr, FunctionIR, Refusal, Span, Stmt } from '../../types';
import { lineOf } from '../../platform/span';
import { classOf } from '../../syntax/python-names';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { isClient, isDelay, knownCall, knownMethod, opens, takesTime, type Call } from './known-calls';
import { isFresh, isQueue, lastName, limitOf, valuesNamed } from './ownership';
import type { Context } from '../refactor';
import { baseName } from '../task/names';

/** What the code around a call has for its own: containers and objects that it made, and connections, files and tasks that it opened. */
interface Own {
  fresh: ReadonlySet<string>;
  opened: ReadonlySet<string>;
  /** Qualified types of names, where known. */
  types: Readonly<Record<string, string | undefined>>;
}
const NOTHING: Own = { fresh: new Set(), opened: new Set(), types: {} };

/** Says whether calls may be made at the same time, from the text of the functions that they reach. */
export class Independence {
  readonly #cx: Context;
  readonly #takesTurns: boolean;
  readonly #seen = new Set<FunctionIR>();
  readonly #counters = new Map<Expr, string>();
  readonly #attributes = new Map<Expr, string>();
  readonly #assumed = new Set<string>();
  /** The calls reach a semaphore that the program has already. */
  limited = false;
  readonly #texts = new Set<string>();
  #locked: Expr | null = null;
  #waits = false;

  /** @param takesTurns The calls already run side by side on one thread: only what one does between two awaits is whole. */
  constructor(cx: Context, takesTurns = false) {
    this.#cx = cx;
    this.#takesTurns = takesTurns;
  }

  /** What is taken on trust, each a sentence. */
  get assumptions(): string[] {
    return [...this.#assumed];
  }

  /** A field or a key of that name is named in what was judged. */
  mentions(field: string): boolean {
    return this.#texts.has(field) || [...this.#attributes.values()].includes(field);
  }

  /** @param types Qualified types of the names around the call, where known. */
  whyNot(expr: Expr, file: string, types: Own['types'] = {}): Refusal | null {
    return this.#exprs([expr], file, { ...NOTHING, types }) ?? this.#countersRead();
  }

  /** The same for statements that become the body of a function of their own. */
  whyNotStatements(body: readonly Stmt[], owner: FunctionIR, types: Own['types'] = {}): Refusal | null {
    return this.#body(body, [], owner.file, owner.name, { types }) ?? this.#countersRead();
  }

  /** Why nothing would overlap, though nothing speaks against it; asked after the calls were judged. */
  whyVain(place: Span): Refusal | null {
    if (this.#locked) return vain(`The lock of ${lineOf(this.#locked.span)} lets only one through at a time.`, this.#locked.span);
    return this.#waits ? null : vain(`What is called in ${lineOf(place)} never waits, so nothing would overlap.`, place);
  }

  #function(fn: FunctionIR, makes = false): Refusal | null {
    if (this.#seen.has(fn)) return null;
    this.#seen.add(fn);
    if (fn.decorators.some((one) => !/^(staticmethod|classmethod|property|override|typing\.override)$/.test(one)))
      return unknown(`\`${fn.name}\` (${lineOf(fn.span)}) is changed by a decorator.`, fn.span);
    const made = makes ? fn.params[0]?.name : undefined;
    return this.#body(fn.body, fn.params.map(({ name }) => name), fn.file, fn.name, made === undefined ? {} : { made }); // prettier-ignore
  }

  /** @param made The name of the object that a constructor makes. */
  #body(body: readonly Stmt[], params: readonly string[], file: string, name: string, more: { made?: string; types?: Own['types'] }): Refusal | null {
    const statements = [...eachStmt(body)];
    const odd = statements.find((one) => one.kind === 'opaque' || (one.kind === 'loop' && one.loop.async));
    if (odd) return unknown(`\`${name}\` does something in ${lineOf(odd.span)} that cannot be judged.`, odd.span);
    const scope = statements.find((one) => one.kind === 'scope');
    if (scope) return shared(`\`${name}\` assigns variables of the code around it (${lineOf(scope.span)}).`, scope.span);
    const own: Own = { ...this.#own(params, statements, file, more.made), types: more.types ?? {} };
    for (const one of statements) {
      if (this.#isCounter(one)) continue;
      for (const target of targetsOf(one).flatMap(parts)) {
        if (target.kind === 'name' && one.kind !== 'augment') continue;
        // What lies in something of its own may be somebody else's.
        const base = target.kind === 'name' ? target.name : target.kind === 'subscript' || target.kind === 'attribute' ? (target.object.kind === 'name' ? target.object.name : null) : null; // prettier-ignore
        if (this.#isEntry(target, one, statements)) continue;
        if (base === null || !own.fresh.has(base)) return shared(`\`${name}\` changes \`${baseName(target) ?? 'something'}\` (${lineOf(one.span)}), which other calls can see.`, one.span); // prettier-ignore
      }
    }
    for (const one of statements) {
      const no = this.#exprs(stmtExprs(one), file, own);
      if (no) return no;
    }
    return null;
  }

  /** `results[key] = value`, where nothing else is done to the container. */
  #isEntry(target: Expr, stmt: Stmt, statements: readonly Stmt[]): boolean {
    if (!this.#takesTurns || stmt.kind !== 'assign' || target.kind !== 'subscript' || target.object.kind !== 'name') return false;
    const { object } = target;
    const uses = statements.flatMap((one) => stmtExprs(one).flatMap((top) => [...eachExpr(top)])).filter((expr) => expr.kind === 'name' && expr.name === object.name); // prettier-ignore
    if (uses.some((use) => use !== object)) return false;
    this.#assumed.add(`No two tasks store under the same key of \`${object.name}\`, and the order of its entries makes no difference.`);
    return true;
  }

  /** `self.requests += 1`: the sum is the same in any order, as long as nobody looks at it on the way. */
  #isCounter(stmt: Stmt): boolean {
    if (stmt.kind !== 'augment' || stmt.op !== '+' || stmt.target.kind !== 'attribute' || stmt.value.kind !== 'number' || stmt.value.type !== 'int') return false; // prettier-ignore
    this.#counters.set(stmt.target, stmt.target.attribute);
    return true;
  }

  #countersRead(): Refusal | null {
    const counted = new Set(this.#counters.values());
    const read = [...this.#attributes].find(([expr, name]) => counted.has(name) && !this.#counters.has(expr));
    return read ? shared(`\`.${read[1]}\` is counted by the calls and read in ${lineOf(read[0].span)}.`, read[0].span) : null;
  }

  /** Names that hold what the function itself made, and those that hold a connection of its own. */
  #own(params: readonly string[], statements: readonly Stmt[], file: string, made: string | undefined): Pick<Own, 'fresh' | 'opened'> {
    const given = new Map<string, (Expr | null)[]>();
    const give = (target: Expr, value: Expr | null): void => {
      const whole = target.kind === 'name' || opens(value, file, this.#cx);
      for (const name of boundNames(target)) given.set(name, [...(given.get(name) ?? []), whole ? value : null]);
    };
    for (const one of statements) {
      if (one.kind === 'assign') for (const target of one.targets) give(target, one.value);
      if (one.kind === 'with') for (const { context, target } of one.items) if (target) give(target, context);
      if (one.kind === 'loop' && one.loop.target) give(one.loop.target, null);
      if (one.kind === 'try') for (const { name } of one.handlers) if (name !== null) given.set(name, [null]);
      for (const top of stmtExprs(one)) for (const expr of eachExpr(top)) if (expr.kind === 'named') given.set(expr.name, [null]);
    }
    for (const name of params) given.set(name, [null]);
    const all = (test: (value: Expr) => boolean): Set<string> =>
      new Set([...given].flatMap(([name, values]) => (values.every((value) => value !== null && test(value)) ? [name] : [])));
    const fresh = all((value) => isFresh(value, file, this.#cx));
    if (made !== undefined) fresh.add(made);
    return { fresh, opened: all((value) => opens(value, file, this.#cx)) };
  }

  #exprs(exprs: readonly Expr[], file: string, own: Own): Refusal | null {
    const delays = new Set<Expr>();
    for (const expr of exprs.flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'attribute') this.#attributes.set(expr, expr.attribute);
      if (expr.kind === 'string') this.#texts.add(expr.text.slice(1, -1));
      if (expr.kind === 'yield' || expr.kind === 'opaque' || (expr.kind === 'loop' && expr.loop.async)) return unknown(`What ${lineOf(expr.span)} does cannot be judged.`, expr.span); // prettier-ignore
      if (expr.kind === 'await' && expr.value.kind !== 'call' && !this.#mayWaitFor(expr.value, file, own)) return unknown(`What is waited for in ${lineOf(expr.span)} was made elsewhere.`, expr.span); // prettier-ignore
      if (expr.kind !== 'call') continue;
      // How long a random pause takes is no result.
      if (isDelay(this.#cx.resolve(expr.callee, file, expr.span.start)))
        for (const arg of expr.args) for (const part of eachExpr(arg)) delays.add(part);
      const no = this.#call(expr, file, own, delays.has(expr));
      if (no) return no;
    }
    return null;
  }

  #mayWaitFor(expr: Expr, file: string, own: Own): boolean {
    if (expr.kind === 'name' && own.opened.has(expr.name)) return true;
    const limit = limitOf(expr, file, this.#cx);
    if (limit === 'semaphore') this.limited = true;
    if (limit === 'lock') this.#locked = expr;
    return limit !== null;
  }

  #call(call: Call, file: string, own: Own, delay = false): Refusal | null {
    const { callee } = call;
    const cx = this.#cx;
    const handed = call.args.flatMap((arg) => (arg.kind === 'name' || arg.kind === 'attribute' ? (cx.functionOf(arg, file) ?? []) : []));
    for (const each of handed) {
      const no = this.#function(each);
      if (no) return no;
    }
    const known = cx.functionOf(callee, file);
    if (known) return this.#function(known);
    const path = cx.resolve(callee, file, call.span.start);
    const name = `\`${cx.slice(file, callee.span)}\` (${lineOf(call.span)})`;
    if (path === 'asyncio.to_thread') {
      this.#waits = true;
      const [first, ...args] = call.args;
      return first ? this.#call({ ...call, callee: first, args }, file, own) : null;
    }
    switch (knownCall(call, path)) {
      case 'pure':
        return null;
      case 'waits':
        if (takesTime(call, path)) this.#waits = true;
        return null;
      case 'asks':
        this.#waits = true;
        this.#assumed.add('Who is asked answers several questions at once, in any order.');
        return null;
      case 'runs':
        this.#waits = true;
        this.#assumed.add('The programs that are started do not depend on each other.');
        return null;
      case 'ordered':
        return ordered(`${name} has an effect, and the order of such effects would be lost.`, call.span);
      case 'draws':
        return delay ? null : shared(`${name} draws from the shared random generator, whose order would be another.`, call.span);
      case null:
        return path === null && callee.kind === 'attribute' ? this.#method(call, callee, file, own, name) : this.#construction(call, file, name);
    }
  }

  #method(call: Call, callee: Expr & { kind: 'attribute' }, file: string, own: Own, name: string): Refusal | null {
    const { object, attribute } = callee;
    const base = object.kind === 'name' ? object.name : null;
    const known = knownMethod(attribute);
    // Judged by itself: `urlopen(url).read()`.
    if (known === 'harmless' || opens(object, file, this.#cx)) return null;
    if (base !== null && (own.fresh.has(base) || own.opened.has(base))) return null;
    if (base !== null && isClient(own.types[base]) && /^(get|head)$/.test(attribute)) {
      this.#waits = true;
      this.#assumed.add('Who is asked answers several questions at once, in any order.');
      return null;
    }
    if (known === 'changes') return shared(`${name} changes its object, which other calls can see.`, call.span);
    if (this.#takesTurns && isQueue(callee, file, this.#cx)) {
      this.#assumed.add('It makes no difference which task takes which item of a queue.');
      return null;
    }
    const method = this.#methodOf(callee);
    return method ? this.#function(method) : unknown(`What ${name} does is not known.`, call.span);
  }

  /** The method of the class that everything of the object's name is made from; where nothing tells that, the only one of its name in the program. */
  #methodOf({ object, attribute }: Expr & { kind: 'attribute' }): FunctionIR | null {
    const cx = this.#cx;
    const modules = cx.files.map((file) => cx.syntax(file));
    const name = lastName(object);
    const made = name === null ? [] : modules.flatMap((module) => valuesNamed(name, module.file, cx).map((value) => {
      const call = value.kind === 'await' ? value.value : value;
      const own = call.kind === 'call' ? classOf(modules, module, call.callee) : null;
      return own?.module.functions.find((fn) => fn.qualname === `${own.ir.qualname}.${attribute}`) ?? null;
    })); // prettier-ignore
    const [first] = made;
    if (made.length > 0) return first && made.every((fn) => fn === first) ? first : null;
    const [only, another] = modules.flatMap(({ functions }) => functions.filter((fn) => fn.method && fn.name === attribute));
    if (!only || another || COMMON.has(attribute)) return null;
    this.#assumed.add(`\`${name ?? 'the object'}.${attribute}\` is the method of \`${only.qualname.slice(0, only.qualname.lastIndexOf('.'))}\`.`);
    return only;
  }

  /** An object of one of the program's own classes is made: what its class says is done. */
  #construction(call: Call, file: string, name: string): Refusal | null {
    const modules = this.#cx.files.map((each) => this.#cx.syntax(each));
    const own = classOf(modules, this.#cx.syntax(file), call.callee);
    const methods = own ? own.module.functions.filter((fn) => fn.method && fn.qualname.startsWith(`${own.ir.qualname}.`)) : [];
    const special = methods.filter((fn) => fn.qualname === `${own?.ir.qualname}.${fn.name}` && /^__(init|post_init|new|init_subclass|setattr)__$/.test(fn.name));
    if (!own || own.ir.metaclass === true || special.some((fn) => fn.name !== '__init__' && fn.name !== '__post_init__')) return unknown(`What ${name} does is not known.`, call.span);
    const plain = own.ir.bases.every((base) => /^(builtins\.(object|\w*Error|Exception)|typing\.(NamedTuple|Generic|Protocol)|enum\.\w+)$/.test(this.#cx.resolve(base, own.module.file, base.span.start) ?? ''));
    if (!plain) return unknown(`What ${name} does is not known: the class has others above it.`, call.span);
    for (const fn of special) {
      const no = this.#function(fn, true);
      if (no) return no;
    }
    return null;
  } // prettier-ignore
}

/** Methods that things of the standard library have too. */
const COMMON = new Set(['acquire', 'close', 'drain', 'execute', 'get', 'join', 'put', 'read', 'readline', 'recv', 'release', 'run', 'send', 'wait', 'write']); // prettier-ignore

const unknown = (why: string, span: Span): Refusal => ({ code: 'unknown-call', why, toDo: 'Check that the calls do not need each other, and gather them by hand.', span }); // prettier-ignore
const shared = (why: string, span: Span): Refusal => ({ code: 'shared-state', why, toDo: 'Return what the call finds, and store it in the loop.', span }); // prettier-ignore
const ordered = (why: string, span: Span): Refusal => ({ code: 'ordered-effects', why, toDo: 'Keep what has to happen in order in the loop, and let the coroutine only ask.', span }); // prettier-ignore

const vain = (why: string, span: Span): Refusal => ({ code: 'nothing-overlaps', why, toDo: 'Leave it as it is: asking together would gain nothing.', span }); // prettier-ignore

function targetsOf(stmt: Stmt): Expr[] {
  if (stmt.kind === 'assign') return stmt.targets;
  if (stmt.kind === 'augment') return [stmt.target];
  if (stmt.kind === 'with') return stmt.items.flatMap(({ target }) => (target ? [target] : []));
  return stmt.kind === 'loop' && stmt.loop.target ? [stmt.loop.target] : [];
}

const parts = (target: Expr): Expr[] =>
  target.kind === 'collection' ? target.items.flatMap(parts) : target.kind === 'spread' ? parts(target.value) : [target];
