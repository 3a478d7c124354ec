import type { Edit, Expr, LoopFacts, Stmt } from '../../types';
import type { Outcome } from '../../platform/result';
import { describeExpr } from '../../syntax/python-print';
import { isSynthetic } from '../../syntax/python-reading';
import { childExprs, eachStmt, spaceExprs, stmtNames } from '../../syntax/python-walk';
import { pickingOf } from './accumulators';
import { uniform } from './arithmetic';
import { checkLoop, withinBounds } from './attempts';
import { binds, Draft, lazyLane, type Env, type Lane, type NestDraft, type Scope } from './draft';
import { lower } from './expressions';
import { Kinds } from './inference';
import { literalInt, withWatched } from './kinds';
import type { ArrayMatch } from './match';
import { Levels, readNest, type Nest } from './nest-levels';
import { Reductions } from './nest-reductions';
import { NestSubscripts, placesKey } from './nest-subscripts';
import { plainTrips } from './plain-trips';
import { findSite, type Site } from './site';
import { indexLane, namesOf, type Axis, type Trips } from './spaces';
import { Body } from './statements';
import { indicesOf, type Store } from './subscripts';
import { unrolled } from './unrolling';
import { writeCode } from './writing';
import type { Context } from '../refactor';

/** Array code for a loop in a loop, or why there is none. undefined: the loop holds no other one, or more than it. */
export function planNest(loop: LoopFacts, cx: Context): Outcome<ArrayMatch> | undefined {
  if (loop.ir.language !== 'python') return undefined;
  const facts = withWatched(loop);
  const kinds = new Kinds(cx, facts, cx.syntax(facts.file));
  // Slices and turned arrays say it better than numbers picked one by one.
  const planned = planLoops(facts, kinds, cx, false);
  if (planned?.ok) return planned;
  const ir = unrolled(facts, kinds, cx);
  const written = ir && planLoops({ ...facts, ir }, kinds, cx, true);
  if (written?.ok) return written;
  const picked = planLoops(facts, kinds, cx, true);
  return picked?.ok ? picked : (planned ?? written ?? picked);
}

function planLoops(facts: LoopFacts, kinds: Kinds, cx: Context, picks: boolean): Outcome<ArrayMatch> | undefined {
  const nest = readNest(facts.ir);
  // A few numbers picked by a few trips are no work for arrays.
  if (!nest || (picks && [nest.outer, nest.inner].every((loop) => loop !== null && plainTrips(loop, kinds) !== null))) return undefined;
  const module = cx.syntax(facts.file);
  const site = findSite(facts, module, cx);
  if (!site || (site.use?.kind === 'reduce' && !nest.flat)) return undefined;
  const numpy = cx.importName(facts.file, 'numpy', { alias: 'np' });
  const planned = withinBounds(facts, (bound) => {
    const attempt = (full: boolean): { draft: Draft; match: ArrayMatch | null } => {
      const draft = new Draft(cx, facts, module, kinds, numpy.written, bound, lower);
      return { draft, match: lowerNest(facts, nest, site, draft, numpy.edit, { full, picks }) };
    };
    // Values that lack an axis broadcast by themselves where they are only stored.
    const sparse = attempt(false);
    return sparse.draft.nest?.wantsFull ? attempt(true) : sparse;
  });
  if (!planned?.ok) return planned;
  const { cost } = planned.value;
  const tables = cost.kind === 'vectorize' && cost.listInputs > 0;
  const searches = [...eachStmt(facts.ir.body)].some((statement) => statement.kind === 'loop' && pickingOf(statement.loop) !== null);
  const products = JSON.stringify(planned.value.edits).includes(' @ ') && nest.inner !== null;
  // An array has its numbers at hand; lists of rows are converted, and their types asked for, which only a product of matrices makes up for many times.
  const [low, high] = products ? [5, 300] : searches ? [2, 60] : !tables ? [3, 80] : nest.inner ? [1, 5] : [0.7, 2];
  return { ...planned, value: { ...planned.value, cost: { kind: 'factor', low, high } } };
}

/** `full`: every array gets the size of all trips. `picks`: numbers may be read at computed indices, one by one. */
interface Ways {
  full: boolean;
  picks: boolean;
}

function lowerNest(facts: LoopFacts, nest: Nest, site: Site, draft: Draft, importEdit: Edit | null, { full, picks }: Ways): ArrayMatch | null {
  const { ir } = facts;
  const { cx, kinds } = draft;
  const { inner } = nest;
  checkLoop(facts, draft);
  if (inner && inner.otherwise.length > 0)
    draft.refuse('early-exit', 'The inner loop has an else branch.', 'Put what it does after the loop.', inner.span);
  if (!nest.outer.target || inner?.target === null) {
    draft.refuse('unsupported-loop', 'One of the loops counts by hand or waits for a condition.', 'Write it as a for loop over a range.', ir.span);
  }
  const comprehension = site.holder !== null;
  const written = new Set([...stmtNames(ir.body).writes]);
  const over = [nest.outer.space, ...(inner ? [inner.space] : [])].flatMap(spaceExprs).flatMap((expr) => [...namesOf(expr)]);
  const own = new Set(
    nest.outer.target ? stmtNames([{ kind: 'assign', targets: [nest.outer.target], value: nest.outer.target, span: ir.span }]).writes : [],
  );
  const changed = over.find((name) => written.has(name) && !own.has(name));
  if (changed !== undefined && !comprehension)
    draft.refuse('carried-dependence', `The loop runs over \`${changed}\` and sets it.`, 'Use another name in the loop.', ir.span);
  const bound = [...own, ...(inner?.target ? namesOf(inner.target) : []), ...(nest.rows ? [nest.rows.row] : [])];
  const last = comprehension ? undefined : bound.find((name) => facts.liveOut.includes(name));
  if (last !== undefined)
    draft.refuse('used-after', `\`${last}\` is read after the loop with the value of its last trip.`, 'Compute that value after the loop.', ir.span);
  if (draft.stopped() || !nest.outer.target) return null;

  const env: Env = new Map();
  const outer: Scope = {
    env: new Map(), file: facts.file, kinds, written, inside: [], mask: null, hold: new Set(),
    subscript: (expr, scope) =>
      expr.object.kind === 'attribute' && expr.object.attribute === 'shape'
        ? uniform(expr, draft, scope)
        : draft.refuse('unsupported-loop', 'The bounds of a loop are read from a list.', 'Give them names.', expr.span),
  }; // prettier-ignore
  const levels = new Levels(draft, outer);
  const hooks: NestDraft = {
    full,
    wantsFull: false,
    shape: '',
    rows: nest.rows,
    flat: nest.flat,
    length: (expr) => levels.length(expr),
    store: () => undefined,
    sum: () => null,
    extreme: () => false,
    some: () => undefined,
  };
  draft.nest = hooks;
  levels.add(nest.outer.space, nest.outer.target);
  if (draft.stopped()) return null;
  for (const name of inner?.target ? namesOf(inner.target) : []) {
    if (own.has(name)) draft.refuse('unsupported-loop', 'Both loops use the same name.', 'Name them apart.', ir.span);
  }
  const [first] = levels.axes;
  const follows = (expr: Expr): boolean => [...namesOf(expr)].some((name) => name === first?.name && !isLength(expr));
  if (inner?.space.kind === 'range' && spaceExprs(inner.space).some(follows))
    draft.refuse('triangular', 'How far the inner loop runs depends on the outer one.', 'The inner loop is looked at by itself.', inner.span);
  if (!draft.stopped() && inner?.target) levels.add(inner.space, inner.target);
  if (draft.stopped()) return null;
  hooks.shape = levels.found.length === 1 ? (levels.found[0]?.count ?? '') : `(${levels.found.map((level) => level.count).join(', ')})`;
  const trips = tripsOf(levels);
  levels.axes.forEach((axis, position) => {
    if (!axis.name.startsWith('<')) env.set(axis.name, lazyLane(once(() => indices(axis, position, levels, draft, comprehension))));
  });
  const text = (expr: Expr): string => (isSynthetic(expr) ? describeExpr(expr) : cx.slice(facts.file, expr.span));
  const stores = storesOf([...nest.before, ...(inner ?? nest.outer).body], levels, text);
  const subscripts = new NestSubscripts(draft, levels, stores, trips, picks);
  const scope: Scope = { ...outer, env, subscript: subscripts.load };
  hooks.store = (target, value, statement, at, sink) => subscripts.store(target, value, statement, at, sink);
  for (const [name, element] of levels.items) {
    const rank = element.places.length;
    if (levels.size(element.base, rank) !== null) continue;
    env.set(name, lazyLane(once(() => subscripts.read(element, ir.span, scope))));
  }
  const terms = new Set<string>();
  const reductions = new Reductions(draft, levels, subscripts);
  hooks.sum = (loop, value, at) => reductions.sum(loop, value, at);
  hooks.extreme = (loop, at, bind) => reductions.extreme(loop, at, bind);
  hooks.some = (axis, count) => {
    for (const test of someTests([axis], subscripts.tablesRead)) terms.add(test);
    if (count === '') terms.add('False');
  };
  const liveOut = new Set(comprehension ? [] : facts.liveOut);
  new Body(draft, trips, stores, liveOut, false).run([...nest.before, ...(inner ?? nest.outer).body], scope);
  if (draft.stopped()) return null;
  const masked = draft.updates.some((update) => update.mask !== null || update.picks) || draft.sinks.some((sink) => sink.mask !== null);
  const stored = draft.sinks.every((sink) => sink.target.kind === 'store' && !sink.target.list);
  const sparse =
    !masked && ((stored && draft.updates.length === 0) || spanned([...nest.before, ...(inner ?? nest.outer).body], levels, cx, facts.file));
  if (!sparse || draft.sinks.some((sink) => sink.target.kind === 'store' && sink.target.scatter)) hooks.wantsFull = true;
  if (hooks.wantsFull && !full) return null;
  // Without a trip a result keeps its start, or the call its error.
  if (full || draft.flags.needsTrips || draft.updates.length > 0 || site.use?.kind === 'reduce') {
    for (const test of someTests(levels.axes, subscripts.tablesRead)) draft.check(test);
    draft.flags.needsTrips = false;
  }
  // What is stored or read has the size of the whole; else a value for each pair would be made only for its sum.
  if (inner && !subscripts.spansAll && stores.length === 0 && !(nest.rows || !nest.flat))
    draft.refuse('all-pairs', 'Every pair of items would be in memory at once.', 'The inner loop is looked at by itself.', ir.span);
  for (const test of terms) draft.check(test);
  subscripts.checkRows();
  return draft.stopped()
    ? null
    : writeCode({ facts, site, draft, trips, blocks: false, loaded: subscripts.loaded, stores, importEdit, counter: null });
}

/** True where every value that the loops keep plainly has a part that follows each of the loops. */
function spanned(body: readonly Stmt[], levels: Levels, cx: Context, file: string): boolean {
  const known = new Map<string, ReadonlySet<Axis>>();
  for (const axis of levels.axes) known.set(axis.name, new Set([axis]));
  for (const [name, { places }] of levels.items) known.set(name, new Set(places.flatMap((place) => ('axis' in place ? [place.axis] : []))));
  const spans = (expr: Expr): Axis[] | null => {
    if (expr.kind === 'number' || (expr.kind === 'call' && expr.args[0]?.kind === 'string')) return [];
    if (expr.kind === 'attribute' && /^(math|numpy)\./.test(cx.resolve(expr, file, expr.span.start) ?? '')) return [];
    if (expr.kind === 'name') return [...(known.get(expr.name) ?? [])];
    if (expr.kind === 'call' && !/^(math|numpy|builtins)\./.test(cx.resolve(expr.callee, file, expr.span.start) ?? '')) return null;
    if (!['unary', 'binary', 'call', 'subscript'].includes(expr.kind) || expr.kind === 'attribute') return null;
    const parts = expr.kind === 'call' ? expr.args : expr.kind === 'subscript' ? [expr.object, ...indicesOf(expr).indices] : childExprs(expr);
    const found = parts.map(spans);
    return found.includes(null) ? null : found.flatMap((one) => one ?? []);
  };
  const all = (expr: Expr): boolean => new Set(spans(expr) ?? []).size === levels.axes.length;
  return body.every((statement) => {
    const picking = statement.kind === 'loop' ? pickingOf(statement.loop) : null;
    if (picking) {
      // Its values have both loops' size.
      for (const name of stmtNames([picking.statement]).writes) known.set(name, new Set(levels.axes));
      return true;
    }
    if (statement.kind === 'assign') {
      const [target] = statement.targets;
      const values = target?.kind === 'collection' && statement.value.kind === 'collection' ? statement.value.items : null;
      if (target?.kind === 'collection' && values?.length === target.items.length) {
        const axes = values.map(spans);
        target.items.forEach((item, index) => item.kind === 'name' && known.set(item.name, new Set(axes[index] ?? [])));
        return !axes.includes(null) && target.items.every((item) => item.kind === 'name');
      }
      if (target?.kind !== 'name') return all(statement.value);
      const axes = known.has(target.name) ? null : spans(statement.value);
      known.set(target.name, new Set(axes ?? []));
      return axes !== null;
    }
    if (statement.kind === 'augment') return all(statement.value);
    if (statement.kind === 'emit') return all(statement.value);
    const [item] = statement.kind === 'expression' && statement.value.kind === 'call' ? statement.value.args : [];
    return item !== undefined && all(item);
  });
}

function once(make: () => Lane): () => Lane {
  let lane: Lane | null = null;
  return () => (lane ??= make());
}

/** `len(row)`, or that and a plain number: the same for all rows of one length. */
function isLength(expr: Expr): boolean {
  if (expr.kind === 'binary' && (expr.op === '+' || expr.op === '-') && literalInt(expr.right) !== null) return isLength(expr.left);
  return expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args.length === 1;
}

/** The numbers of one axis, along it. */
function indices(axis: Axis, position: number, levels: Levels, draft: Draft, comprehension: boolean): Lane {
  const name = comprehension ? draft.local(axis.name) : axis.name;
  const bounds = axis.startCode === '0' && axis.step === 1 ? axis.stopCode : `${axis.startCode}, ${axis.stopCode}`;
  const step = axis.step === 1 ? '' : `, ${axis.step}`;
  const column = position < levels.axes.length - 1 ? '[:, None]' : '';
  const numbers = `${draft.np}.arange(${bounds}${step}${draft.wide})${column}`;
  const text = draft.nest?.full ? `${draft.np}.broadcast_to(${numbers}, ${draft.nest.shape})` : numbers;
  draft.prologue.push({ text: `${name} = ${text}`, from: null });
  return { ...indexLane(axis), code: name, binds: binds.atom, unchanged: name === axis.name, fresh: false };
}

function tripsOf(levels: Levels): Trips {
  const counts = levels.found.map(({ count }) => (/^[\w.]+$|^[\w.]+[([][^ ]*[)\]]$/.test(count) ? count : `(${count})`));
  const most = levels.axes.map((axis) => Math.max(0, (axis.stopRange.hi - axis.startLo) / axis.step));
  // More than 1e12 trips would take a day in Python.
  const product = Math.min(
    1e12,
    most.reduce((all, one) => all * one, 1),
  );
  return { some: null, count: counts.join(' * '), most: product, length: null, axes: levels.axes, range: null, lanes: new Map() };
}

/** What is true where every loop has a trip. */
function someTests(axes: readonly Axis[], tables: readonly string[]): string[] {
  return axes.flatMap((axis) => {
    const [, of] = /^len\((\w+)(?:\[0\])?\)$/.exec(axis.stopCode) ?? [];
    if (of !== undefined && tables.includes(of) && axis.startCode === '0') return [];
    if (axis.start?.base === null && axis.stop?.base === null && axis.stop.offset > axis.start.offset) return [];
    return axis.startCode === '0' ? [`${axis.stopCode} > 0`] : [`${axis.startCode} < ${axis.stopCode}`];
  });
}

function storesOf(body: readonly Stmt[], levels: Levels, text: (expr: Expr) => string): Store[] {
  const stores: Store[] = [];
  for (const statement of eachStmt(body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    for (const target of targets) {
      const element = target.kind === 'subscript' ? levels.element(target) : null;
      if (element?.base.kind === 'name') stores.push({ name: element.base.name, offset: 0, others: placesKey(element.places, text), done: false });
    }
  }
  return stores;
}
