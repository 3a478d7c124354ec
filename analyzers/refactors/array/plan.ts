import type { Edit, LoopFacts, Stmt } from '../../types';
import type { Outcome } from '../../platform/result';
import { eachStmt, spaceExprs, stmtNames } from '../../syntax/python-walk';
import { checkLoop, withinBounds } from './attempts';
import { cellLoop, cellRecords, type CellLoop } from './cells';
import { countingRange } from './counting';
import { Draft, type Env, type Scope } from './draft';
import { lower } from './expressions';
import { Kinds } from './inference';
import { findInits } from './inits';
import { withWatched } from './kinds';
import { readNest } from './nest-levels';
import { recordLane } from './records';
import { findSite, type Site } from './site';
import { bindTargets, indexLane, namesOf, tripsOf, type Trips } from './spaces';
import { Body } from './statements';
import { affine, indicesOf, Subscripts, type Store } from './subscripts';
import type { ArrayMatch } from './match';
import type { Context } from '../refactor';
import { writeCode } from './writing';

/** What a loop computes: reductions give one number each, elementwise loops a list or array. */
export type Shape = 'reduction' | 'elementwise';

/** Array code for a loop, or why there is none. undefined: the loop is not of this shape. */
export function planArrays(loop: LoopFacts, cx: Context, shape: Shape): Outcome<ArrayMatch> | undefined {
  if (loop.ir.language !== 'python') return undefined;
  const given = withWatched(loop);
  const module = cx.syntax(given.file);
  const site = findSite(given, module, cx);
  const cells = cellLoop(given);
  if (!site || shapeOf(cells?.facts ?? given, site) !== shape) return undefined;
  const counting = cells ? null : countingRange(given, site, new Kinds(cx, given, module));
  const facts = cells?.facts ?? counting?.facts ?? given;
  const numpy = cx.importName(facts.file, 'numpy', { alias: 'np' });
  const kinds = new Kinds(cx, facts, module);
  return withinBounds(facts, (bound) => {
    const draft = new Draft(cx, facts, module, kinds, numpy.written, bound, lower);
    return { draft, match: lowerLoop(facts, site, draft, numpy.edit, counting?.counter ?? null, cells) };
  });
}

/** Decides by the form alone, so that exactly one of the two refactors answers for a loop. */
function shapeOf(facts: LoopFacts, site: Site): Shape | null {
  if (readNest(facts.ir)) return null;
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

function lowerLoop(
  facts: LoopFacts,
  site: Site,
  draft: Draft,
  importEdit: Edit | null,
  counter: string | null,
  cells: CellLoop | null,
): ArrayMatch | null {
  const { ir } = facts;
  const { cx, kinds } = draft;
  const comprehension = site.holder !== null;
  checkLoop(facts, draft);
  if (draft.stopped() || !ir.target) return null;

  const written = new Set([...stmtNames(ir.body).writes]);
  draft.starts = new Map(comprehension ? [] : findInits(site, written, draft).map((init) => [init.name, init.value]));
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
  const blocks = cells === null && mayBlock(facts, draft, outer);
  const trips = tripsOf(ir.space, ir.target, draft, outer, rename, blocks);
  if (draft.stopped()) return null;
  bindTargets(trips, env);
  if (blocks && trips.range) for (const name of targets) env.set(name, { ...indexLane(trips.range), unchanged: rename(name) === name });
  const stores = storesOf(ir.body, trips, cx, facts.file);
  const subscripts = new Subscripts(draft, trips, stores);
  if (cells) env.set(cells.frame, recordLane(cellRecords(cells, stores, draft)));
  if (cells?.stores === true) subscripts.loaded.add(cells.frame);
  const scope: Scope = { ...outer, env, subscript: subscripts.load };
  new Body(draft, trips, stores, liveOut, blocks).run(ir.body, scope);
  if (draft.stopped()) return null;
  return writeCode({ facts, site, draft, trips, blocks, loaded: subscripts.loaded, stores, importEdit, counter });
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
