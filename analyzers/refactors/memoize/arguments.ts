import { refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { CallSite, Edit, Expr, FunctionFacts, FunctionIR, Stmt, ValueFact } from '../../types';
import { tupleEdits } from './tuples';
import { callsIn } from './recursion-paths';
import { isFixedType, isFixedValue, isNumberType, typesOf } from './results';
import { bodyAround, boundOf } from './sites';
import type { Context } from '../refactor';

export interface ArgumentFacts {
  /** Numbers of several types may come: 1, 1.0 and True are equal, and a cache takes them for one unless it is told not to. */
  typed: boolean;
  /** What is not checked, in plain words. */
  assumptions: string[];
  /** Edits of the calls, where they have to hand over something else. */
  edits: Edit[];
}

const UNHASHABLE = /^(list|dict|set|bytearray|ndarray|deque|defaultdict|Counter|OrderedDict|DataFrame|Series|array)$/;
const toDo = (name: string): string => `Give it \`${name}\` as a tuple or a number, or give it the parts that it needs.`;

/** May a cache be asked by the arguments? Lists of a recursion may become tuples. Refuses 'unhashable-arguments' and 'object-arguments'; null where nothing is known of one. */
export function judgeArguments(facts: FunctionFacts, cx: Context): Outcome<ArgumentFacts> | null {
  const { function: fn, values } = facts;
  const params = fn.params.slice(boundOf(fn));
  if (params.some(({ kind }) => kind === 'kwargs')) return null;
  const kinds = new Map(params.map((param) => [param.name, kindsOf(param.name, facts, cx)]));
  const lists = params.filter(({ name }) => values[name]?.type === 'list').map(({ name }) => name);
  const edits = lists.length > 0 && callsIn(fn.body).some((call) => isCallOf(fn, call, cx)) ? tupleEdits(facts, lists, cx) : null;
  for (const { name } of params) {
    const seen = values[name];
    if (edits !== null && lists.includes(name)) continue;
    if (seen === undefined) {
      if ((kinds.get(name) ?? new Set([null])).has(null)) return null;
      continue;
    }
    if (isFixedValue(seen)) continue;
    const elements = (seen.elements ?? []).filter((type) => !isFixedType(type));
    const what = elements.length > 0 && /^(tuple|frozenset)$/.test(seen.type) ? `${seen.type}s of ${elements.join(' and ')}` : seen.type;
    if (typesOf(seen.type).some((type) => UNHASHABLE.test(last(type))) || elements.some((type) => UNHASHABLE.test(last(type)))) {
      return refuse('unhashable-arguments', `\`${name}\` is given values of type ${what}, which a cache cannot be asked by.`, toDo(name), fn.span);
    }
    return refuse(
      'object-arguments',
      `\`${name}\` is given objects of type ${what}: the cache would keep them alive, and give the old result when one of them changes.`,
      toDo(name),
      fn.span,
    );
  }
  const numeric = params.filter(({ name }) => isNumeric(values[name], kinds.get(name)));
  const typed = numeric.some(({ name }) => kinds.get(name)?.size !== 1 || kinds.get(name)?.has(null) === true);
  // What this run gave says nothing of the next one.
  const zero = numeric.some(({ name }) => [...(kinds.get(name) ?? [null])].some((kind) => kind === null || !/^(int|bool|NoneType|str)$/.test(kind)));
  const nested = params.some(
    ({ name }) => /\b(tuple|list)\b/.test(values[name]?.type ?? '') && values[name]?.elements?.every((type) => type === 'str') !== true,
  );
  return {
    ok: true,
    value: {
      typed,
      edits: edits ?? [],
      assumptions: [
        `\`${fn.name}\` is always called with values that can be hashed, as in this run.`,
        ...(zero ? ['No argument is -0.0 in one call and 0.0 in another.'] : []),
        ...(nested ? ['Tuples that are equal hold numbers of the same types.'] : []),
      ],
    },
  };
}

function isCallOf(fn: FunctionIR, call: Expr & { kind: 'call' }, cx: Context): boolean {
  const callee = cx.functionOf(call.callee, fn.file);
  return callee?.qualname === fn.qualname && callee.file === fn.file;
}

const last = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

function isNumeric(seen: ValueFact | undefined, kinds: ReadonlySet<string | null> | undefined): boolean {
  if (seen !== undefined) return isNumberType(seen.type);
  return [...(kinds ?? [])].some((kind) => kind === null || isNumberType(kind));
}

/** The types that calls give a parameter, as far as their text tells; null among them for one that it does not tell. */
function kindsOf(name: string, facts: FunctionFacts, cx: Context): Set<string | null> {
  const { function: fn } = facts;
  const index = fn.params.findIndex((param) => param.name === name);
  const param = fn.params[index];
  // Who calls a method of an object is not known by the text.
  const found = new Set<string | null>(boundOf(fn) > 0 ? [null] : []);
  const take = (call: Expr & { kind: 'call' }, look: Look): void => {
    const spread = call.args.some((arg) => arg.kind === 'spread') || call.keywords.some((keyword) => keyword.name === '');
    const given = param?.kind === 'plain' && !spread ? call.args[index - boundOf(fn)] : undefined;
    const value = given ?? call.keywords.find((keyword) => keyword.name === name)?.value ?? param?.default ?? null;
    found.add(spread || value === null || param?.kind === 'args' ? null : kindOf(value, look));
  };
  for (const site of facts.sites) if (site.call.kind === 'call') take(site.call, lookAt(site, cx));
  const own: Look = { body: fn.body, file: fn.file, values: facts.values, params: fn.params, module: cx.syntax(fn.file).body, cx };
  for (const call of callsIn(fn.body)) {
    if (isCallOf(fn, call, cx)) take(call, own);
  }
  return found;
}

interface Look {
  body: readonly Stmt[];
  file: string;
  values: Record<string, ValueFact>;
  params: FunctionIR['params'];
  /** Statements of the module, where they are not the body itself. */
  module: readonly Stmt[];
  cx: Context;
}

function lookAt(site: CallSite, cx: Context): Look {
  const module = cx.syntax(site.file);
  const body = bodyAround(site, cx);
  const owner = module.functions.find((fn) => fn.body === body);
  return { body, file: site.file, values: {}, params: owner?.params ?? [], module: body === module.body ? [] : module.body, cx };
}

const TEXT_METHODS = /^(upper|lower|strip|lstrip|rstrip|title|join|replace|format|decode|hexdigest|zfill)$/;

/** The type of an expression where its text tells: literals, ranges, lengths, and arithmetic of those. */
function kindOf(expr: Expr, look: Look, depth = 0): string | null {
  if (depth > 6) return null;
  const inner = (part: Expr): string | null => kindOf(part, look, depth + 1);
  switch (expr.kind) {
    case 'number':
      return expr.type;
    case 'string':
      return /^[a-z]*b/i.test(expr.text) ? 'bytes' : 'str';
    case 'format':
      return 'str';
    case 'constant':
      return expr.value === 'None' ? 'NoneType' : 'bool';
    case 'name':
      return kindOfName(expr.name, look, depth);
    case 'unary':
      return expr.op === 'not' ? 'bool' : ((kind): string | null => (kind === 'bool' ? 'int' : kind))(inner(expr.operand));
    case 'conditional':
      return ((a, b): string | null => (a === b ? a : null))(inner(expr.then), inner(expr.otherwise));
    case 'binary': {
      const [left, right] = [inner(expr.left), inner(expr.right)];
      if (left === 'str' && (expr.op === '+' || expr.op === '%' || expr.op === '*')) return 'str';
      if (left === 'int' && right === 'int') return expr.op === '/' ? 'float' : expr.op === '**' ? null : 'int';
      const floats = [left, right].every((kind) => kind === 'int' || kind === 'float');
      return floats && expr.op !== '**' ? 'float' : null;
    }
    case 'subscript':
      return expr.index.kind === 'slice' ? null : kindOfItem(expr.object, look);
    case 'call': {
      const path = look.cx.resolve(expr.callee, look.file, expr.span.start) ?? '';
      if (/^builtins\.(len|int|ord|round)$/.test(path)) return path.endsWith('round') && expr.args.length > 1 ? null : 'int';
      if (/^builtins\.(str|repr|chr|hex|bin|format|float|bool)$/.test(path)) return /float|bool/.exec(path)?.[0] ?? 'str';
      if (/^math\.(floor|ceil|gcd|isqrt|comb|factorial)$/.test(path)) return 'int';
      if (/^math\.(sqrt|sin|cos|exp|log|log10|log2|atan2|hypot|fabs)$/.test(path)) return 'float';
      return expr.callee.kind === 'attribute' && TEXT_METHODS.test(expr.callee.attribute) && inner(expr.callee.object) === 'str' ? 'str' : null;
    }
    default:
      return null;
  }
}

/** The one type that the items of a list have: as seen, or as written where it is written out. */
function kindOfItem(object: Expr, look: Look): string | null {
  if (object.kind !== 'name') return null;
  const seen = look.values[object.name];
  const [only, ...others] = seen?.elements ?? [];
  if (seen !== undefined) return others.length === 0 && seen.type !== 'ndarray' ? (only ?? null) : null;
  const given = [...namesGiven(look.body, object.name), ...namesGiven(look.module, object.name)];
  const [list, ...more] = given;
  if (list === undefined || list === null || list === 'int' || more.length > 0) return null;
  const kinds = new Set((literalItems(list) ?? []).map((item) => kindOf(item, look, 5)));
  return kinds.size === 1 ? ([...kinds][0] ?? null) : null;
}

function kindOfName(name: string, look: Look, depth: number): string | null {
  const { values, body, module, params } = look;
  const seen = values[name];
  const param = params.some((one) => one.name === name);
  const given = namesGiven(body, name);
  if (given.length === 0 && param) return seen === undefined || seen.type.includes('|') ? null : seen.type;
  if (given.length === 0) {
    const outer = param ? [] : namesGiven(module, name);
    const [first] = outer.length > 0 ? outer : [undefined];
    const constant = look.cx.module(look.file).constants[name];
    if (first === undefined) return constant === undefined ? null : constantKind(constant);
    return same(outer, { ...look, body: module, module: [], params: [], values: {} }, depth);
  }
  return param ? null : same(given, look, depth);
}

const constantKind = (text: string): string | null => (/^-?[\d_]+$/.test(text) ? 'int' : /^-?[\d_.]+(e-?\d+)?$/i.test(text) ? 'float' : /^['"]/.test(text) ? 'str' : null); // prettier-ignore

function same(given: readonly (Expr | 'int' | null)[], look: Look, depth: number): string | null {
  const kinds = new Set(given.map((one) => (one === null || one === 'int' ? one : kindOf(one, look, depth + 1))));
  const [only] = kinds;
  return kinds.size === 1 ? (only ?? null) : null;
}

/** What statements give a name: an expression, 'int' for a counter, null for what does not tell. */
function namesGiven(body: readonly Stmt[], name: string): (Expr | 'int' | null)[] {
  const found: (Expr | 'int' | null)[] = [];
  const loop = (one: Stmt): void => {
    if (one.kind !== 'loop' || one.loop.target === null || !boundNames(one.loop.target).includes(name)) return;
    const { space, target } = one.loop;
    const counts = (space.kind === 'range' && target.kind === 'name') || (space.kind === 'enumerate' && target.kind === 'collection' && target.items[0]?.kind === 'name' && target.items[0].name === name); // prettier-ignore
    const items = space.kind === 'sequence' && target.kind === 'name' ? literalItems(space.value) : null;
    if (items !== null) found.push(...items);
    else found.push(counts ? 'int' : null);
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        if (target.kind === 'name' && target.name === name) found.push(statement.value);
        else if (boundNames(target).includes(name)) found.push(null);
      }
    } else if (statement.kind === 'augment' && statement.target.kind === 'name' && statement.target.name === name) {
      found.push(statement.op === '/' ? null : statement.value);
    } else if (statement.kind === 'with' || statement.kind === 'opaque') {
      const writes = statement.kind === 'opaque' ? statement.writes : statement.items.flatMap(({ target }) => (target ? boundNames(target) : []));
      if (writes.includes(name)) found.push(null);
    } else loop(statement);
    for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      if (expr.kind === 'named' && expr.name === name) found.push(expr.value);
      if (expr.kind === 'loop') {
        loop({ kind: 'loop', loop: expr.loop, span: expr.span });
        for (const inner of eachStmt(expr.loop.body)) loop(inner);
      }
    }
  }
  return found;
}

function literalItems(expr: Expr): Expr[] | null {
  if (expr.kind === 'binary' && expr.op === '*') return literalItems(expr.left);
  if (expr.kind !== 'collection' || expr.items.length === 0) return null;
  return expr.items.every(({ kind }) => kind === 'number' || kind === 'string') ? expr.items : null;
}
