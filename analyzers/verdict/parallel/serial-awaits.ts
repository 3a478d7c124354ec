/** One request after another where they could wait together. */
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Expr, FunctionIR, LoopIR, Stmt } from '../../types';
import { firstLine, lineOf, type Found, type Rule, type Scene } from './rule';
import type { CallSite, Place } from './walk';
import { timeText } from './weight';

/** What asks another machine, by the path of what is called or of what the object was made from. */
const CLIENTS = /^(aiohttp|httpx|asyncpg|aiofiles|aiomysql|motor|aiobotocore)\./;
/** Part of the run that the event loop has to have waited. */
const WAITED = 0.3;

export const serialAwaits: Rule = (scene) => {
  const { program, weight } = scene;
  const runs = program.calls.filter(({ path, call }) => path === 'asyncio.run' || path === 'asyncio.runners.run' || (call.callee.kind === 'attribute' && call.callee.attribute === 'run_until_complete')); // prettier-ignore
  const waited = weight.at(runs.map((site) => firstLine(site.module, site.call.span))).wait;
  if (!weight.matters(waited, WAITED)) return [];
  return program.loops.flatMap(({ loop, place }): Found[] => {
    if (loop.space.kind === 'while' || loop.async || place.owner?.async !== true || loop.form === 'generator') return [];
    const inside = program.calls.filter((site) => site.loops.at(-1) === loop && awaits(site));
    const asked = inside.filter((site) => asksAnother(scene, site));
    const [first] = asked;
    if (!first || asked.length !== inside.length || !isIndependent(scene, loop, asked)) return [];
    return [
      {
        file: place.module.file,
        span: first.call.span,
        why: `Line ${lineOf(first.call.span)} waits for one answer before the loop in line ${lineOf(loop.span)} asks for the next, though the trips do not need each other; the event loop waited ${timeText(waited)} in all.`,
        toDo: 'Start them together with asyncio.gather, a semaphore around each if there are many.',
        certainty: 'likely',
        share: weight.share(waited),
      },
    ];
  });
};

/** `await f()`, or the context of an `async with`. */
const awaits = (site: CallSite): boolean => site.awaited || (site.statement.kind === 'with' && site.statement.items.some(({ context }) => context.kind === 'await' && context.value === site.call)); // prettier-ignore

/** A coroutine of the program's own that changes nothing around it, or a known client. */
function asksAnother(scene: Scene, site: CallSite): boolean {
  const { program } = scene;
  const own = program.calleeOf(site);
  if (own) return own.async && changesNothing(own.body) && [...eachStmt(own.body)].every((statement) => statement.kind !== 'scope') && !holdsLock(scene, own); // prettier-ignore
  if (site.path !== null) return CLIENTS.test(site.path) || site.path === 'asyncio.to_thread';
  const { callee } = site.call;
  if (callee.kind !== 'attribute') return false;
  const made = originOf(program, callee.object, site, 0);
  return made !== null && CLIENTS.test(made);
}

/** A lock lets one through at a time, whoever asks. */
function holdsLock({ program }: Scene, owner: FunctionIR): boolean {
  return program.statementsIn(owner).some((place) => place.statement.kind === 'with' && place.statement.items.some(({ context }) => {
    const thing = context.kind === 'await' ? program.thingOf(context.value, place) : null;
    const made = thing?.call && program.calls.find((site) => site.call === thing.call)?.path;
    return made === 'asyncio.Lock';
  })); // prettier-ignore
}

/** Stores into things that were not made in the function make the order of the calls count. */
function changesNothing(body: readonly Stmt[]): boolean {
  const own = new Set([...eachStmt(body)].flatMap((statement) => (statement.kind === 'assign' ? statement.targets.flatMap(boundNames) : [])));
  return [...eachStmt(body)].every((statement) => {
    const adds = stmtExprs(statement).flatMap((top) => [...eachExpr(top)]).find((expr) => expr.kind === 'call' && expr.callee.kind === 'attribute' && GATHERS.has(expr.callee.attribute)); // prettier-ignore
    if (adds?.kind === 'call' && adds.callee.kind === 'attribute' && !(adds.callee.object.kind === 'name' && own.has(adds.callee.object.name))) return false; // prettier-ignore
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    return targets.every((target) => target.kind === 'name' || (target.kind === 'collection' && target.items.every((item) => item.kind === 'name')));
  });
}

/** The dotted path of what an object was made by: `async with aiohttp.ClientSession() as session`. */
function originOf(program: Scene['program'], expr: Expr, place: Place, depth: number): string | null {
  if (depth > 4) return null;
  if (expr.kind === 'await') return originOf(program, expr.value, place, depth + 1);
  if (expr.kind === 'call') {
    const site = program.calls.find((one) => one.call === expr);
    if (site && site.path !== null) return site.path;
    return expr.callee.kind === 'attribute' ? originOf(program, expr.callee.object, place, depth + 1) : null;
  }
  const [only, ...others] = program.valuesOf(expr, place) ?? [];
  return only && others.length === 0 && !only.items ? originOf(program, only.expr, only.place, depth + 1) : null;
}

/** No trip needs what another leaves behind, as far as names tell; what is gathered may stay in order. */
function isIndependent(scene: Scene, loop: LoopIR, asked: readonly CallSite[]): boolean {
  const own = new Set(loop.target ? boundNames(loop.target) : []);
  const statements = [...eachStmt(loop.body)];
  if (statements.some(({ kind }) => kind === 'break' || kind === 'return' || kind === 'raise' || kind === 'scope' || kind === 'opaque')) return false;
  // What does not depend on the trip is the same question again: a poll, a pause, a queue.
  const local = new Set(own);
  for (const statement of loop.body) if (statement.kind === 'assign') for (const target of statement.targets) for (const name of boundNames(target)) local.add(name); // prettier-ignore
  const mentions = (expr: Expr): boolean => [...eachExpr(expr)].some((inner) => inner.kind === 'name' && local.has(inner.name));
  if (!asked.every(({ call }) => [...call.args, ...call.keywords.map((keyword) => keyword.value)].some(mentions))) return false;
  return !carries(loop.body, own) && !readsGathered(statements) && !storesShared(statements, local);
}

/** A name that is read before it is written in a trip and written later in one. */
function carries(body: readonly Stmt[], bound: ReadonlySet<string>): boolean {
  const written = new Set<string>();
  const counted = new Set<string>();
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') for (const target of statement.targets) for (const name of boundNames(target)) written.add(name);
    if (statement.kind === 'augment') for (const name of boundNames(statement.target)) counted.add(name);
    if (statement.kind === 'with') for (const { target } of statement.items) if (target) for (const name of boundNames(target)) written.add(name);
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'named') written.add(expr.name);
  }
  const known = new Set(bound);
  let exposed = false;
  const read = (expr: Expr): void => {
    for (const inner of eachExpr(expr))
      if (inner.kind === 'name' && !known.has(inner.name) && (written.has(inner.name) || counted.has(inner.name))) exposed = true;
  };
  const visit = (statements: readonly Stmt[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'assign') {
        read(statement.value);
        for (const target of statement.targets) {
          if (target.kind === 'subscript' || target.kind === 'attribute') read(target);
          for (const name of boundNames(target)) known.add(name);
        }
      } else if (statement.kind === 'augment') {
        read(statement.value);
        // `total += ...` gathers; it must not be read otherwise.
        if (statement.target.kind !== 'name') read(statement.target);
        else if (written.has(statement.target.name) && !known.has(statement.target.name)) exposed = true;
      } else if (statement.kind === 'with') {
        for (const { context, target } of statement.items) {
          read(context);
          if (target) for (const name of boundNames(target)) known.add(name);
        }
        visit(statement.body);
      } else if (statement.kind === 'if') {
        read(statement.test);
        visit(statement.then);
        visit(statement.otherwise);
      } else if (statement.kind === 'try') {
        visit(statement.body);
        for (const handler of statement.handlers) visit(handler.body);
        visit(statement.otherwise);
        visit(statement.finally);
      } else for (const expr of stmtExprs(statement)) read(expr);
    }
  };
  visit(body);
  return exposed;
}

/** What the trips gather (by a method or an element) is read in the loop too, so a trip may see what the last one left. */
function readsGathered(statements: readonly Stmt[]): boolean {
  const all: Expr[] = statements.flatMap((statement) => stmtExprs(statement).flatMap((top) => [...eachExpr(top)]));
  const gathered: Expr[] = all.flatMap((expr) =>
    expr.kind === 'call' && expr.callee.kind === 'attribute' && GATHERS.has(expr.callee.attribute) ? [expr.callee.object] : [],
  );
  for (const statement of statements) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    for (const target of targets) if (target.kind === 'subscript') gathered.push(target.object);
  }
  const names = new Set(gathered.flatMap((expr) => (expr.kind === 'name' ? [expr.name] : [])));
  return all.some((expr) => expr.kind === 'name' && names.has(expr.name) && !gathered.includes(expr));
}
const GATHERS = new Set(['append', 'add', 'extend', 'update', 'insert', 'setdefault', 'put_nowait']);

/** Stores into fields, or into elements that are not the trip's own; appending in order is no hindrance. */
function storesShared(statements: readonly Stmt[], local: ReadonlySet<string>): boolean {
  return statements.some((statement) => {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    return targets.some(
      (target) =>
        target.kind === 'attribute' ||
        (target.kind === 'subscript' && ![...eachExpr(target.index)].some((inner) => inner.kind === 'name' && local.has(inner.name))),
    );
  });
}
