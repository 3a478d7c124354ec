import type { Edit, Expr, LoopFacts, Span, Stmt } from '../types';
import { ok, type Outcome } from '../platform/result';
import { readModule, type PythonModule } from '../syntax/python-module';
import { eachExpr, eachStmt, spaceExprs, stmtExprs, stmtNames } from '../syntax/python-walk';
import { countingRange } from './array-counting';
import { Draft, type Env, type Scope } from './array-draft';
import { lower } from './array-expressions';
import { Kinds } from './array-inference';
import { findSite, type Site } from './array-site';
import { bindTargets, indexLane, namesOf, tripsOf, type Trips } from './array-spaces';
import { Body } from './array-statements';
import { affine, indicesOf, Subscripts, type Store } from './array-subscripts';
import type { ArrayMatch } from './array-match';
import type { Context } from './refactor';
import { writeCode } from './array-writing';

/** What a loop computes: reductions give one number each, elementwise loops a list or array. */
export type Shape = 'reduction' | 'elementwise';

const modules = new WeakMap<Context, Map<string, PythonModule>>();
function moduleOf(cx: Context, file: string): PythonModule {
  const known = modules.get(cx) ?? new Map<string, PythonModule>();
  modules.set(cx, known);
  const module = known.get(file) ?? readModule({ path: file, text: cx.text(file), sha256: '', language: 'python' });
  known.set(file, module);
  return module;
}

/** Bounds for unknown ints, tried from wide to narrow until everything fits in 64 bits. */
const limits = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 3 : 1) * 10 ** (18 - Math.floor(index / 2)));

/** Array code for a loop, or why there is none. undefined: the loop is not of this shape. */
export function planArrays(given: LoopFacts, cx: Context, shape: Shape): Outcome<ArrayMatch> | undefined {
  if (given.ir.language !== 'python') return undefined;
  const module = moduleOf(cx, given.file);
  const site = findSite(given, module, cx);
  if (!site || shapeOf(given, site) !== shape) return undefined;
  const counting = countingRange(given, site, new Kinds(cx, given, module));
  const facts = counting?.facts ?? given;
  const numpy = cx.importName(facts.file, 'numpy', { alias: 'np' });
  const kinds = new Kinds(cx, facts, module);
  const attempt = (bound: number | null): { draft: Draft; match: ArrayMatch | null } => {
    const draft = new Draft(cx, facts, module, kinds, numpy.written, bound, lower);
    const match = lowerLoop(facts, site, draft, numpy.edit, counting?.counter ?? null);
    return { draft, match };
  };
  let { draft, match } = attempt(null);
  if (!draft.stopped() && draft.flags.overflow) {
    const seen = facts.trips ?? 0;
    for (const limit of limits.filter((one) => one > seen)) {
      ({ draft, match } = attempt(limit));
      if (draft.stopped() || !draft.flags.overflow) break;
    }
    if (!draft.stopped() && draft.flags.overflow) {
      draft.refuse(
        'int-overflow',
        'Ints of this loop may outgrow 64 bits, where NumPy would wrap around silently.',
        'Compute with floats, or keep the loop.',
        facts.ir.span,
      );
    }
  }
  const refusal = draft.no;
  if (refusal) return { ok: false, refusal };
  return match ? ok(match) : undefined;
}

/** Decides by the form alone, so that exactly one of the two refactors answers for a loop. */
function shapeOf(facts: LoopFacts, site: Site): Shape | null {
  if (site.use) return site.use.kind === 'reduce' ? 'reduction' : 'elementwise';
  const counted = facts.ir.space.kind === 'while' && facts.ir.space.counter !== null;
  if (facts.ir.form !== 'for' && !counted) return null;
  let elementwise = false;
  for (const statement of eachStmt(facts.ir.body)) {
    if (
      statement.kind === 'expression' &&
      statement.value.kind === 'call' &&
      statement.value.callee.kind === 'attribute' &&
      statement.value.callee.attribute === 'append'
    )
      elementwise = true;
    if (statement.kind === 'assign' && statement.targets.some((target) => target.kind === 'subscript')) elementwise = true;
    if (statement.kind === 'augment' && statement.target.kind === 'subscript') elementwise = true;
  }
  return elementwise ? 'elementwise' : 'reduction';
}

function storesOf(body: readonly Stmt[], trips: Trips, cx: Context, file: string): Store[] {
  const stores: Store[] = [];
  for (const statement of eachStmt(body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    for (const target of targets) {
      if (target.kind !== 'subscript') continue;
      const { object, indices } = indicesOf(target);
      if (object.kind !== 'name') continue;
      const places = indices.map((index) => affine(index, trips.axes));
      const others = indices.filter((_, position) => places[position] === null).map((index) => cx.slice(file, index.span));
      stores.push({ name: object.name, offset: places.find((place) => place !== null)?.offset ?? null, others: others.join(', '), done: false });
    }
  }
  return stores;
}

function lowerLoop(facts: LoopFacts, site: Site, draft: Draft, importEdit: Edit | null, counter: string | null): ArrayMatch | null {
  const { ir } = facts;
  const { cx, kinds } = draft;
  const comprehension = site.holder !== null;
  if (ir.async) draft.refuse('side-effects', 'The loop awaits.', 'Keep it.', ir.span);
  if (ir.otherwise.length > 0) draft.refuse('early-exit', 'The loop has an else branch.', 'Put what it does after the loop.', ir.span);
  if (!ir.target || ir.space.kind === 'while') {
    draft.refuse('unsupported-loop', 'The loop counts by hand or waits for a condition.', 'Write it as a for loop over a range.', ir.span);
  }
  for (const exit of facts.flow) {
    if (exit.kind !== 'raise')
      draft.refuse('early-exit', `The loop has a ${exit.kind} in it.`, 'Compute all trips first and look for the exit in the result.', exit.span);
  }
  const bodies = facts.owner ? [facts.owner.body] : [draft.module.body, ...draft.module.functions.map((one) => one.body)];
  if (bodies.some(looksAtNames))
    draft.refuse('used-after', 'Names are looked up by their text, with eval(), locals() or the like.', 'Pass the values themselves.', ir.span);
  const replaced = patched(draft.module, cx, facts.file);
  if (replaced)
    draft.refuse(
      'unknown-call',
      `\`${cx.slice(facts.file, replaced)}\` replaces what a module gives.`,
      'Give the function a name of its own.',
      replaced,
    );
  const unread = exprOpaque(ir.body);
  if (unread) draft.refuse('not-numeric', 'The loop has a line that cannot be read as numbers.', 'Write it plainly.', unread);
  if (draft.stopped() || !ir.target) return null;

  const written = new Set([...stmtNames(ir.body).writes]);
  const env: Env = new Map();
  const over = spaceExprs(ir.space).flatMap((expr) => [...namesOf(expr)]);
  const changed = comprehension ? undefined : over.find((name) => written.has(name));
  if (changed !== undefined)
    draft.refuse('carried-dependence', `The loop runs over \`${changed}\` and sets it.`, 'Use another name in the loop.', ir.span);
  const outer: Scope = {
    env: new Map(), file: facts.file, kinds, written, inside: [], mask: null, hold: new Set(),
    subscript: (expr, scope) => new Subscripts(draft, emptyTrips, []).load(expr, scope),
  }; // prettier-ignore
  const liveOut = new Set(comprehension ? [] : facts.liveOut);
  const targets = stmtNames([{ kind: 'assign', targets: [ir.target], value: ir.target, span: ir.span }]).writes;
  for (const name of targets) {
    if (liveOut.has(name))
      draft.refuse(
        'used-after',
        `\`${name}\` is read after the loop with the value of its last trip.`,
        'Compute that value after the loop.',
        ir.span,
      );
  }
  // A comprehension's names are its own; an array takes such a name only where nothing else in the scope has it.
  const given = new Map<string, string>();
  const rename = (name: string): string => {
    const known = given.get(name) ?? (comprehension || name.startsWith('_') ? freshFor(name, site, facts, draft) : name);
    given.set(name, known);
    return known;
  };
  const blocks = mayBlock(facts, draft, outer);
  const trips = tripsOf(ir.space, ir.target, draft, outer, rename, blocks);
  if (draft.stopped()) return null;
  bindTargets(trips, env);
  if (blocks && trips.range) for (const name of targets) env.set(name, { ...indexLane(trips.range), unchanged: rename(name) === name });
  const stores = storesOf(ir.body, trips, cx, facts.file);
  const subscripts = new Subscripts(draft, trips, stores);
  const scope: Scope = { ...outer, env, subscript: subscripts.load };
  new Body(draft, trips, stores, liveOut, blocks).run(ir.body, scope);
  if (draft.stopped()) return null;
  return writeCode({ facts, site, draft, trips, blocks, loaded: subscripts.loaded, stores, importEdit, counter });
}

/** True where code looks at names by their text: which names there are, and what they hold, is then part of what it does. */
function looksAtNames(body: readonly Stmt[]): boolean {
  for (const statement of eachStmt(body)) {
    for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      if (expr.kind !== 'call' || expr.callee.kind !== 'name') continue;
      const { name } = expr.callee;
      if (['eval', 'exec', 'locals', 'globals'].includes(name) || (['vars', 'dir'].includes(name) && expr.args.length === 0)) return true;
    }
  }
  return false;
}

/** Where the file replaces a function of math, NumPy or Python itself: `math.sqrt = ...`. */
function patched(module: PythonModule, cx: Context, file: string): Span | null {
  const known = (expr: Expr): boolean => /^(math|numpy|builtins)(\.|$)/.test(cx.resolve(expr, file, expr.span.start) ?? '');
  for (const body of [module.body, ...module.functions.map((one) => one.body)]) {
    for (const statement of eachStmt(body)) {
      const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
      const target = targets.find((one) => one.kind === 'attribute' && (known(one) || known(one.object)));
      if (target) return target.span;
      for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
        const [first] = expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'setattr' ? expr.args : [];
        if (first && known(first)) return expr.span;
      }
    }
  }
  return null;
}

const emptyTrips: Trips = { some: null, count: '0', most: 0, length: null, axes: [], range: null, lanes: new Map() };

function freshFor(name: string, site: Site, facts: LoopFacts, draft: Draft): string {
  const body = facts.owner?.body ?? draft.module.body;
  const names = stmtNames(body.filter((statement) => statement !== site.statement));
  const own = site.statement.kind === 'assign' ? site.statement.targets : [];
  const taken =
    names.reads.has(name) ||
    names.writes.has(name) ||
    (facts.owner?.params ?? []).some((param) => param.name === name) ||
    own.some((target) => target.kind === 'name' && target.name === name);
  const elsewhere =
    draft.module.functions.some((one) => one.name === name) ||
    name in draft.module.imports ||
    (facts.owner === null && draft.module.functions.some((one) => stmtNames(one.body).reads.has(name)));
  if (!taken && !elsewhere && !name.startsWith('_')) return name;
  const base = facts.ir.space.kind === 'range' ? 'numbers' : name.startsWith('_') ? 'items' : name;
  return draft.local(base);
}

/** Large or unknown ranges without arrays in them are done block by block: little memory, and partial sums that fit. */
function mayBlock(facts: LoopFacts, draft: Draft, scope: Scope): boolean {
  const { space, target, body } = facts.ir;
  if (space.kind !== 'range' || space.step || target?.kind !== 'name') return false;
  const stop = scope.kinds.of(space.stop);
  if (stop?.kind !== 'scalar' || stop.range.hi <= 2_000_000) return false;
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'expression') return false;
    if (statement.kind === 'assign' && statement.targets.some((one) => one.kind !== 'name')) return false;
    if (statement.kind === 'augment' && statement.target.kind !== 'name') return false;
  }
  return !readsByIndex(body, target.name) && facts.ir.sink?.type !== 'list';
}

function readsByIndex(body: readonly Stmt[], name: string): boolean {
  return JSON.stringify(body).includes('"kind":"subscript"') && stmtNames(body).reads.has(name);
}

function exprOpaque(body: readonly Stmt[]): Span | null {
  for (const statement of eachStmt(body)) if (statement.kind === 'opaque') return statement.span;
  return null;
}
