import type { Expr, FunctionIR, Refusal, Span, Stmt } from '../types';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { Context } from './refactor';
import { baseName } from './task-names';

export type Call = Expr & { kind: 'call' };
const lineOf = (span: Span): string => `line ${span.start.line + 1}`;

/** Calls that change nothing and are the same whenever they are made. */
const PURE = /^(builtins\.(abs|all|any|bool|bytes|chr|dict|divmod|enumerate|float|frozenset|int|isinstance|len|list|max|min|ord|range|repr|reversed|round|set|sorted|str|sum|tuple|zip|\w+(Error|Exception))|math\.\w+|json\.(loads|dumps)|hashlib\.\w+|re\.\w+|os\.path\.(basename|dirname|join|splitext)|zlib\.\w+|base64\.\w+|statistics\.\w+)$/; // prettier-ignore
/** Calls that wait and leave nothing changed behind. */
const WAITS = /^(asyncio\.(sleep|to_thread|wait_for|gather)|time\.sleep)$/;
/** Calls that ask somebody else, who has to cope with several questions at once. */
const ASKS = /^(asyncio\.open_connection|requests\.(get|head)|urllib\.request\.urlopen|httpx\.(get|head))$/;
const CLIENTS = /^(aiohttp\.client\.ClientSession|httpx\.AsyncClient|httpx\._client\.AsyncClient)$/;
/** Methods of strings, numbers and containers that change nothing; nothing else that is common has a method of such a name with another meaning. */
const HARMLESS = new Set(['capitalize', 'casefold', 'copy', 'count', 'decode', 'digest', 'encode', 'endswith', 'format', 'hexdigest', 'index', 'isalpha', 'isdigit', 'items', 'join', 'keys', 'lower', 'lstrip', 'partition', 'replace', 'rpartition', 'rsplit', 'rstrip', 'split', 'splitlines', 'startswith', 'strip', 'title', 'upper', 'values', 'zfill']); // prettier-ignore

const CHANGES = new Set([
  'add',
  'append',
  'appendleft',
  'clear',
  'discard',
  'extend',
  'insert',
  'pop',
  'popleft',
  'remove',
  'setdefault',
  'sort',
  'update',
]);

/** Says whether calls may be made at the same time, from the text of the functions that they reach. */
export class Independence {
  readonly #cx: Context;
  readonly #seen = new Set<FunctionIR>();
  /** Somebody else is asked, and has to cope with several questions at once. */
  asks = false;

  constructor(cx: Context) {
    this.#cx = cx;
  }

  /** @param types Qualified types of the names around the call, where known. */
  whyNot(expr: Expr, file: string, types: Readonly<Record<string, string | undefined>> = {}): Refusal | null {
    return this.#exprs([expr], file, new Set(), new Set(), types);
  }

  #function(fn: FunctionIR): Refusal | null {
    if (this.#seen.has(fn)) return null;
    this.#seen.add(fn);
    const written = lineOf(fn.span);
    if (fn.decorators.length > 0) return unknown(`\`${fn.name}\` (${written}) is changed by a decorator.`, fn.span);
    const statements = [...eachStmt(fn.body)];
    const odd = statements.find((one) => one.kind === 'opaque' || (one.kind === 'loop' && one.loop.async));
    if (odd) return unknown(`\`${fn.name}\` does something in ${lineOf(odd.span)} that cannot be judged.`, odd.span);
    const scope = statements.find((one) => one.kind === 'scope');
    if (scope) return shared(`\`${fn.name}\` assigns variables of the code around it (${lineOf(scope.span)}).`, scope.span);
    const { fresh, opened } = this.#own(fn, statements);
    for (const one of statements) {
      const targets = one.kind === 'assign' ? one.targets : one.kind === 'augment' ? [one.target] : one.kind === 'with' ? one.items.flatMap(({ target }) => (target ? [target] : [])) : one.kind === 'loop' && one.loop.target ? [one.loop.target] : []; // prettier-ignore
      for (const target of targets.flatMap(parts)) {
        if (target.kind === 'name' && one.kind !== 'augment') continue;
        // What lies in something of its own may be somebody else's.
        const base = target.kind === 'name' ? target.name : target.kind === 'subscript' || target.kind === 'attribute' ? (target.object.kind === 'name' ? target.object.name : null) : null; // prettier-ignore
        if (base === null || !fresh.has(base)) return shared(`\`${fn.name}\` changes \`${baseName(target) ?? 'something'}\` (${lineOf(one.span)}), which other calls can see.`, one.span); // prettier-ignore
      }
      const no = this.#exprs(stmtExprs(one), fn.file, fresh, opened, {});
      if (no) return no;
    }
    return null;
  }

  /** Names that hold what the function itself made, and those that hold a connection of its own. */
  #own(fn: FunctionIR, statements: readonly Stmt[]): { fresh: Set<string>; opened: Set<string> } {
    const given = new Map<string, (Expr | null)[]>();
    const give = (target: Expr, value: Expr | null): void => {
      const whole = target.kind === 'name' || this.#opens(value, fn.file);
      for (const name of boundNames(target)) given.set(name, [...(given.get(name) ?? []), whole ? value : null]);
    };
    for (const one of statements) {
      if (one.kind === 'assign') for (const target of one.targets) give(target, one.value);
      if (one.kind === 'with') for (const { context, target } of one.items) if (target) give(target, context);
      if (one.kind === 'loop' && one.loop.target) give(one.loop.target, null);
      if (one.kind === 'try') for (const { name } of one.handlers) if (name !== null) given.set(name, [null]);
      for (const top of stmtExprs(one)) for (const expr of eachExpr(top)) if (expr.kind === 'named') given.set(expr.name, [null]);
    }
    for (const { name } of fn.params) given.set(name, [null]);
    const all = (test: (value: Expr) => boolean): Set<string> =>
      new Set([...given].flatMap(([name, values]) => (values.every((value) => value !== null && test(value)) ? [name] : [])));
    return { fresh: all((value) => isFresh(value, fn.file, this.#cx)), opened: all((value) => this.#opens(value, fn.file)) };
  }

  #opens(value: Expr | null, file: string): boolean {
    const call = value?.kind === 'await' ? value.value : value;
    if (call?.kind !== 'call') return false;
    const path = this.#cx.resolve(call.callee, file, call.span.start) ?? '';
    return ASKS.test(path) || (path === 'builtins.open' && onlyReads(call));
  }

  #exprs(exprs: readonly Expr[], file: string, fresh: ReadonlySet<string>, opened: ReadonlySet<string>, types: Readonly<Record<string, string | undefined>>): Refusal | null {
    for (const expr of exprs.flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'yield' || expr.kind === 'opaque' || (expr.kind === 'loop' && expr.loop.async)) return unknown(`What ${lineOf(expr.span)} does cannot be judged.`, expr.span);
      if (expr.kind === 'await' && expr.value.kind !== 'call') return unknown(`What is waited for in ${lineOf(expr.span)} was made elsewhere.`, expr.span);
      const no = expr.kind === 'call' ? this.#call(expr, file, fresh, opened, types) : null;
      if (no) return no;
    }
    return null;
  } // prettier-ignore

  #call(call: Call, file: string, fresh: ReadonlySet<string>, opened: ReadonlySet<string>, types: Readonly<Record<string, string | undefined>>): Refusal | null {
    const { callee } = call;
    const own = this.#cx.functionOf(callee, file);
    if (own) return this.#function(own);
    const path = this.#cx.resolve(callee, file, call.span.start);
    const name = `\`${this.#cx.slice(file, callee.span)}\` (${lineOf(call.span)})`;
    if (path !== null && PURE.test(path)) return null;
    if (path === 'asyncio.to_thread') {
      const [first, ...args] = call.args;
      return first ? this.#call({ ...call, callee: first, args }, file, fresh, opened, types) : null;
    }
    if (path !== null && WAITS.test(path)) return null;
    if (path !== null && ASKS.test(path)) {
      this.asks = true;
      if (path === 'urllib.request.urlopen' && (call.args.length > 1 || call.keywords.some(({ name: key }) => key === 'data'))) return ordered(`${name} sends data.`, call.span); // prettier-ignore
      return null;
    }
    if (path === 'builtins.open' && onlyReads(call)) return null;
    if (path !== null && /^builtins\.(print|input|open)$|^logging\./.test(path)) return ordered(`${name} has an effect, and the order of such effects would be lost.`, call.span);
    if (path !== null && /^(random|secrets|numpy\.random)\./.test(path)) return shared(`${name} draws from the shared random generator, whose order would be another.`, call.span);
    if (path === null && callee.kind === 'attribute') {
      const base = callee.object.kind === 'name' ? callee.object.name : null;
      if (HARMLESS.has(callee.attribute)) return null;
      // Judged by itself: `urlopen(url).read()`.
      if (this.#opens(callee.object, file)) return null;
      if (base !== null && (fresh.has(base) || opened.has(base))) return null;
      if (base !== null && CLIENTS.test(types[base] ?? '') && /^(get|head)$/.test(callee.attribute)) {
        this.asks = true;
        return null;
      }
      if (CHANGES.has(callee.attribute)) return shared(`${name} changes its object, which other calls can see.`, call.span);
    }
    return unknown(`What ${name} does is not known.`, call.span);
  } // prettier-ignore
}

const unknown = (why: string, span: Span): Refusal => ({ code: 'unknown-call', why, toDo: 'Check that the calls do not need each other, and gather them by hand.', span }); // prettier-ignore
const shared = (why: string, span: Span): Refusal => ({ code: 'shared-state', why, toDo: 'Return what the call finds, and store it in the loop.', span }); // prettier-ignore
const ordered = (why: string, span: Span): Refusal => ({ code: 'ordered-effects', why, toDo: 'Keep what has to happen in order in the loop, and let the coroutine only ask.', span }); // prettier-ignore

function onlyReads({ args, keywords }: Call): boolean {
  const mode = args[1] ?? keywords.find(({ name }) => name === 'mode')?.value;
  const plain = args.every(({ kind }) => kind !== 'spread') && keywords.every(({ value }) => value.kind !== 'spread');
  return plain && (mode === undefined || (mode.kind === 'string' && /^['"]r?b?t?['"]$/.test(mode.text)));
}

const parts = (target: Expr): Expr[] =>
  target.kind === 'collection' ? target.items.flatMap(parts) : target.kind === 'spread' ? parts(target.value) : [target];

/** A value that nothing else has a name for. */
export function isFresh(value: Expr, file: string, cx: Context): boolean {
  if (['number', 'string', 'format', 'collection', 'dict', 'constant', 'loop'].includes(value.kind)) return true;
  if (value.kind !== 'call') return false;
  const path = cx.resolve(value.callee, file, value.span.start) ?? '';
  return /^(builtins\.(list|dict|set|bytearray)|collections\.(defaultdict|Counter|deque|OrderedDict))$/.test(path);
}

/** Methods that hand out no second way to the container, as a view of a dictionary is one. */
const PLAIN = new Set(['add', 'append', 'clear', 'count', 'extend', 'get', 'index', 'insert', 'pop', 'setdefault', 'sort', 'update']);

/** Does the name hold, from its first use to the end of the loop, only what this function made, under this name alone? */
export function isOwn(name: string, owner: FunctionIR, loop: Span, nested: boolean, cx: Context): boolean {
  if (owner.params.some((param) => param.name === name)) return false;
  const allowed = new Set<Expr>();
  let made = 0;
  for (const one of eachStmt(owner.body)) {
    if ((one.kind === 'opaque' && [...one.reads, ...one.writes].includes(name)) || (one.kind === 'scope' && one.names.includes(name))) return false;
    if (one.kind === 'assign') {
      for (const target of one.targets.filter((each) => boundNames(each).includes(name))) {
        if (target.kind !== 'name' || one.targets.length > 1 || !isFresh(one.value, owner.file, cx)) return false;
        allowed.add(target);
        made += 1;
      }
    }
    if (one.kind === 'augment') allowed.add(one.target);
    if (one.kind === 'return' && one.value) allowed.add(one.value);
    for (const expr of stmtExprs(one).flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'lambda' && [...eachExpr(expr)].some((each) => each.kind === 'name' && each.name === name)) return false;
      if (expr.kind === 'call' && expr.callee.kind === 'attribute' && PLAIN.has(expr.callee.attribute)) allowed.add(expr.callee.object);
      if (expr.kind === 'call' && cx.resolve(expr.callee, owner.file, expr.span.start) === 'builtins.len') expr.args.forEach((arg) => allowed.add(arg));
      if (expr.kind === 'subscript') allowed.add(expr.object);
    }
  } // prettier-ignore
  const after = (span: Span): boolean => !nested && span.start.line > loop.end.line;
  for (const one of eachStmt(owner.body)) {
    for (const expr of stmtExprs(one).flatMap((each) => [...eachExpr(each)])) {
      if (expr.kind === 'name' && expr.name === name && !allowed.has(expr) && !after(expr.span)) return false;
    }
  }
  return made > 0;
}
