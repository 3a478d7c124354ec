/** Threads that cannot help, and waits that only burn time. */
import { resolveName } from '../../syntax/python-names';
import { eachExpr } from '../../syntax/python-walk';
import type { Expr, Stmt } from '../../types';
import { reachedFrom } from './reach';
import { lineOf, once, stretchOf, type Found, type Rule, type Scene } from './rule';
import type { Place } from './walk';
import { busyOf, shareText, timeText, type Stretch } from './weight';
import type { Launch } from './workers';

/** Below this part of Python code threads may still overlap. */
const MOSTLY_PYTHON = 0.6;
const MOSTLY_INSIDE = 0.8;
const LARGE = 0.1;

/** Launches of several workers at a time, one for each worker. */
const sideBySide = (scene: Scene, on: Launch['on'] | null): Launch[] =>
  once(
    scene.launches.filter((launch) => launch.many && launch.worker !== null && (on === null || launch.on === on)),
    (launch) => launch.worker,
  );
const spanOfWorker = (scene: Scene, launch: Launch): Stretch | null => {
  const module = launch.worker && scene.program.moduleOf(launch.worker);
  return module && launch.worker ? stretchOf(module, launch.worker.span) : null;
};

/** Python code holds the interpreter lock: threads take turns at it. */
export const threadsOnCpuWork: Rule = (scene) =>
  sideBySide(scene, 'thread').flatMap((launch): Found[] => {
    const { weight, profile } = scene;
    const stretch = spanOfWorker(scene, launch);
    if (!stretch || !launch.worker || !profile.interpreter.gil) return [];
    const cost = weight.through([stretch]);
    if (cost.python < MOSTLY_PYTHON * cost.seconds || !weight.matters(cost.python, LARGE)) return [];
    const locked = profile.locked ?? 0;
    const waited = weight.matters(locked, LARGE) ? `; threads waited ${timeText(locked)} for it in all` : '';
    return [
      {
        file: launch.site.module.file,
        span: launch.site.call.span,
        why: `Line ${lineOf(launch.site.call.span)} runs ${launch.worker.name} on several threads, but ${shareText(cost.python, cost.seconds)} of its ${timeText(cost.seconds)} is Python code, which the interpreter lock lets one thread at a time run${waited}.`,
        toDo: 'Run it on processes (ProcessPoolExecutor), vectorize it, or do it without threads.',
        certainty: 'measured',
        share: weight.share(cost.python),
      },
    ];
  });

/** Every worker does almost all of its work while it holds the same lock. */
export const lockAroundEverything: Rule = (scene) =>
  sideBySide(scene, null).flatMap((launch): Found[] => {
    const { program, weight, profile } = scene;
    const stretch = spanOfWorker(scene, launch);
    if (!stretch || !launch.worker) return [];
    const whole = weight.through([stretch]);
    // Where Python code is what takes the time, the interpreter lock is in the way anyway.
    if (launch.on === 'thread' && profile.interpreter.gil && whole.python >= MOSTLY_PYTHON * whole.seconds) return [];
    for (const { owner } of reachedFrom(program, launch.worker)) {
      for (const site of program.statementsIn(owner)) {
        const { statement } = site;
        if (statement.kind !== 'with' || !statement.items.some((item) => isOneLock(scene, item.context, site))) continue;
        const [first] = statement.body;
        const last = statement.body.at(-1);
        if (!first || !last) continue;
        const inside = weight.through([stretchOf(site.module, { start: first.span.start, end: last.span.end })]);
        const waiting = weight.at([stretchOf(site.module, { start: statement.span.start, end: statement.span.start })]);
        const work = whole.seconds - waiting.seconds;
        if (inside.seconds < MOSTLY_INSIDE * work || !weight.matters(inside.seconds, LARGE)) continue;
        const line = lineOf(statement.span);
        const waited = waiting.wait > 0 ? ` Workers waited ${timeText(waiting.wait)} for it.` : '';
        return [
          {
            file: site.module.file,
            span: { start: statement.span.start, end: first.span.start },
            why: `The lock of line ${line} is held for ${shareText(inside.seconds, work)} of the work of ${launch.worker.name}, so only one worker works at a time.${waited}`,
            toDo: 'Do the work outside of the lock and hold it only for the lines that touch what is shared.',
            certainty: 'measured',
            share: weight.share(inside.seconds),
          },
        ];
      }
    }
    return [];
  });

function isOneLock({ program }: Scene, context: Expr, place: Place): boolean {
  const thing = program.thingOf(context, place);
  return thing !== null && (thing.kind === 'lock' || thing.kind === 'reentrant-lock' || thing.kind === 'condition');
}

const ASKED: Record<string, readonly string[]> = {
  ready: ['async-result'],
  done: ['future'],
  running: ['future'],
  is_alive: ['thread', 'process'],
  empty: ['thread-queue', 'process-queue'],
};

/** `while not result.ready(): pass`. */
export const busyWaiting: Rule = ({ program, weight }) =>
  program.loops.flatMap(({ loop, place }): Found[] => {
    if (loop.space.kind !== 'while' || !loop.body.every((statement) => isIdle(statement, place))) return [];
    const asked = [...eachExpr(loop.space.test)].find(
      (expr) =>
        expr.kind === 'call' &&
        expr.callee.kind === 'attribute' &&
        ASKED[expr.callee.attribute]?.includes(program.thingOf(expr.callee.object, place)?.kind ?? '') === true,
    );
    if (asked?.kind !== 'call' || asked.callee.kind !== 'attribute') return [];
    const cost = weight.at([stretchOf(place.module, loop.span)]);
    if (!weight.matters(busyOf(cost))) return [];
    return [
      {
        file: place.module.file,
        span: loop.span,
        why: `The loop in line ${lineOf(loop.span)} asks ${asked.callee.attribute}() over and over while it waits: that kept a processor busy for ${timeText(busyOf(cost))}.`,
        toDo: 'Wait for it: result(), get(), join() or concurrent.futures.wait() sleep until it is there.',
        certainty: 'measured',
        share: weight.share(busyOf(cost)),
      },
    ];
  });

/** Nothing but going round: `pass`, counting, `time.sleep(0)`. */
function isIdle(statement: Stmt, place: Place): boolean {
  if (statement.kind === 'pass' || statement.kind === 'continue') return true;
  if (statement.kind === 'augment') return statement.value.kind === 'number';
  if (statement.kind !== 'expression' || statement.value.kind !== 'call') return false;
  const { callee, args } = statement.value;
  const [first] = args;
  return first?.kind === 'number' && Number(first.text) === 0 && resolveName(place.module, callee, callee.span.start) === 'time.sleep';
}
