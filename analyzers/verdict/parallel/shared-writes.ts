/** Unprotected read-modify-write of what several threads share: updates get lost. */
import { eachExpr } from '../../syntax/python-walk';
import type { Expr, FunctionIR, Stmt } from '../../types';
import type { Program } from './program';
import { isProtected, reachedFrom, type Reached } from './reach';
import { lineOf, once, type Found, type Rule, type Scene } from './rule';
import type { StatementSite } from './walk';
import type { Launch } from './workers';

const names = (expr: Expr): Expr[] => [...eachExpr(expr)].filter((inner) => inner.kind === 'name');
/** The same place, as written. */
const sameText = (a: Expr, b: Expr): boolean => JSON.stringify(a, skipSpans) === JSON.stringify(b, skipSpans);
const skipSpans = (key: string, value: unknown): unknown => (key === 'span' ? undefined : value);

export const unsynchronisedWrite: Rule = (scene) => {
  const { program } = scene;
  const threads = scene.launches.filter((launch) => launch.on === 'thread' && launch.many && launch.worker !== null);
  const found = threads.flatMap((launch) =>
    launch.worker === null
      ? []
      : reachedFrom(program, launch.worker)
          .filter((reached) => !reached.locked)
          .flatMap((reached) => writesIn(scene, launch, reached)),
  );
  return once(found, (one) => `${one.file}:${lineOf(one.span)}`);
};

function writesIn(scene: Scene, launch: Launch, reached: Reached): Found[] {
  const { program } = scene;
  return program.statementsIn(reached.owner).flatMap((site): Found[] => {
    const target = updated(program, reached.owner, site);
    if (!target || isProtected(program, site) || !isShared(program, launch, reached, target, site)) return [];
    const line = lineOf(site.statement.span);
    return [
      {
        file: site.module.file,
        span: site.statement.span,
        why: `Line ${line} reads ${written(target)}, changes it and writes it back without a lock, while several threads started in line ${lineOf(launch.site.call.span)} do the same: updates can get lost.`,
        toDo: 'Put the update under one lock (with lock:), or let each thread return its own part and add them up at the end.',
        certainty: 'likely',
      },
    ];
  });
}

/** A short way to say it, as a person would. */
function written(target: Expr): string {
  if (target.kind === 'name') return target.name;
  if (target.kind === 'attribute') return `${written(target.object)}.${target.attribute}`;
  if (target.kind === 'subscript') return `${written(target.object)}[…]`;
  return 'it';
}

/** The place that a statement reads, changes and writes back: `x += 1`, `d[k] = d.get(k, 0) + 1`, `v = x; x = v + 1`. */
function updated(program: Program, owner: FunctionIR, { statement }: StatementSite): Expr | null {
  if (statement.kind === 'augment') return statement.target;
  if (statement.kind !== 'assign' || statement.targets.length !== 1) return null;
  const [target] = statement.targets;
  if (!target || target.kind === 'collection') return null;
  const reads = (value: Expr, depth: number): boolean =>
    [...eachExpr(value)].some(
      (inner) =>
        sameText(inner, target) ||
        isGetOf(inner, target) ||
        (depth < 2 && inner.kind === 'name' && valueBefore(program, owner, inner.name, statement).some((earlier) => reads(earlier, depth + 1))),
    );
  return reads(statement.value, 0) ? target : null;
}

/** `d.get(k, 0)` for `d[k]`. */
const isGetOf = (expr: Expr, target: Expr): boolean =>
  target.kind === 'subscript' &&
  expr.kind === 'call' &&
  expr.callee.kind === 'attribute' &&
  expr.callee.attribute === 'get' &&
  expr.args[0] !== undefined &&
  sameText(expr.callee.object, target.object) &&
  sameText(expr.args[0], target.index);

/** What a local name was given earlier in the same function. */
function valueBefore(program: Program, owner: FunctionIR, name: string, statement: Stmt): Expr[] {
  return program.statementsIn(owner).flatMap((site) => {
    const { statement: earlier } = site;
    const own = earlier.kind === 'assign' && earlier.targets.some((target) => target.kind === 'name' && target.name === name);
    return own && earlier.span.start.line < statement.span.start.line ? [earlier.value] : [];
  });
}

/** Whether all the threads mean the same place by it. */
function isShared(program: Program, launch: Launch, reached: Reached, target: Expr, site: StatementSite): boolean {
  if (target.kind === 'name') return isOuter(program, target, site, reached.owner);
  const object = target.kind === 'subscript' || target.kind === 'attribute' ? target.object : null;
  if (!object || !isSharedObject(program, launch, reached, object, site, 0)) return false;
  const thing = program.thingOf(object, site);
  if (thing && (thing.kind === 'thread-local' || thing.kind === 'proxy')) return false;
  return target.kind !== 'subscript' || isSameSlot(program, target.index, site, thing?.kind === 'mapping');
}

/** A name of the module or of a function around it, declared so. */
function isOuter(program: Program, target: Expr & { kind: 'name' }, site: StatementSite, owner: FunctionIR): boolean {
  const key = program.keyOf(target, site);
  return key !== null && key !== `${owner.file}:${owner.qualname}:${target.name}`;
}

function isSharedObject(program: Program, launch: Launch, reached: Reached, object: Expr, site: StatementSite, depth: number): boolean {
  const { owner } = reached;
  if (depth > 4) return false;
  if (object.kind === 'subscript' || (object.kind === 'attribute' && program.selfClass(object.object, site) === null)) {
    const own = object.kind === 'subscript' ? isSameSlot(program, object.index, site, false) : true;
    return own && isSharedObject(program, launch, reached, object.object, site, depth + 1);
  }
  if (object.kind === 'attribute') {
    // A field of self: shared with self, or where every object was given the same thing.
    if (isSharedObject(program, launch, reached, object.object, site, depth + 1)) return true;
    return givenAlike(program, object, site);
  }
  if (object.kind !== 'name') return false;
  if (program.selfClass(object, site) !== null) {
    if (owner === launch.worker) return launch.receiver !== null;
    return isSharedReceiver(program, launch, reached);
  }
  const parameter = owner.params.findIndex((param) => param.name === object.name);
  if (parameter >= 0) return owner === launch.worker ? isGivenAlike(launch, parameter) : false;
  return isOuter(program, object, site, owner) && isVariable(program, object, site);
}

/** A module or class that a name stands for has no updates of its own. */
const isVariable = (program: Program, name: Expr, site: StatementSite): boolean => program.valuesOf(name, site) !== null;

const isGivenAlike = (launch: Launch, parameter: number): boolean => {
  const given = launch.given[parameter];
  return given !== null && given !== undefined && !given.each && given.value.expr.kind === 'name';
};

/** The method was called on an object that all threads have: `counter.add()` of a global counter, `self.add()` of a shared self. */
function isSharedReceiver(program: Program, launch: Launch, reached: Reached): boolean {
  const last = reached.via.at(-1);
  if (!last || last.call.callee.kind !== 'attribute') return false;
  const { object } = last.call.callee;
  const before: Reached = { owner: last.owner ?? reached.owner, via: reached.via.slice(0, -1), locked: false };
  if (object.kind === 'name' && last.owner && program.selfClass(object, last) !== null) {
    return last.owner === launch.worker ? launch.receiver !== null : isSharedReceiver(program, launch, before);
  }
  return isSharedObject(program, launch, before, object, last, 1);
}

/** `self.counter` of thread objects that were all made with the same counter. */
function givenAlike(program: Program, field: Expr, site: StatementSite): boolean {
  const key = program.keyOf(field, site);
  const set = program.statements.filter(({ statement, owner, ...rest }) => statement.kind === 'assign' && statement.targets.some((target) => target.kind === 'attribute' && program.keyOf(target, { statement, owner, ...rest }) === key)); // prettier-ignore
  const [only, ...others] = set;
  if (!only?.owner || others.length > 0 || only.statement.kind !== 'assign' || only.statement.value.kind !== 'name' || only.owner.name !== '__init__') return false; // prettier-ignore
  const parameter = only.owner.params.findIndex((param) => only.statement.kind === 'assign' && only.statement.value.kind === 'name' && param.name === only.statement.value.name); // prettier-ignore
  const given = parameter < 0 ? [] : program.argumentsOf(only.owner, parameter);
  return given.length > 0 && given.every(({ expr, place }) => expr.kind === 'name' && !place.loops.some((loop) => loop.target !== null && names(loop.target).some((one) => one.kind === 'name' && one.name === expr.name)) && program.thingOf(expr, place)?.kind !== 'thread-local'); // prettier-ignore
}

/** Two threads can mean the same element: a constant, a key from the data, a number cut down to a few. */
function isSameSlot(program: Program, index: Expr, site: StatementSite, mapping: boolean): boolean {
  const local = names(index).filter((name) => name.kind === 'name' && !isOuterName(program, name, site));
  if (local.length === 0) return index.kind !== 'slice';
  if (scatters(index)) return true;
  return local.every((name) => {
    if (name.kind !== 'name' || !site.owner) return false;
    if (site.owner.params.some((param) => param.name === name.name)) return false;
    const values = valueBefore(program, site.owner, name.name, site.statement);
    if (values.length > 0) return values.every(scatters);
    // A key that comes from the items: the same key may come to two threads.
    return mapping && site.loops.some((loop) => loop.space.kind === 'sequence' && loop.target?.kind === 'name' && loop.target.name === name.name);
  });
}

const isOuterName = (program: Program, name: Expr, site: StatementSite): boolean => {
  if (name.kind !== 'name' || !site.owner) return true;
  const key = program.keyOf(name, site);
  return key !== null && key !== `${site.owner.file}:${site.owner.qualname}:${name.name}`;
};

/** Many numbers to few: different items meet in the same element. */
const scatters = (expr: Expr): boolean => expr.kind === 'binary' && expr.op === '%';
