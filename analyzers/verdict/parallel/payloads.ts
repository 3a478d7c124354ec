/** Data that travels between processes more often than it has to. */
import { resolveName } from '../../syntax/python-names';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { bytes, formatBytes } from '../../platform/units';
import type { Expr, FrameFact, ValueFact } from '../../types';
import { firstLine, lineOf, once, type Found, type Rule, type Scene } from './rule';
import { isPool } from './things';
import type { Place } from './walk';
import { busyOf, timeText, type Stretch } from './weight';
import type { Launch } from './workers';

/** Smaller things are cheap to send. */
const LARGE = 1 << 20;
/** Pickled size of an item of a list, and of an entry of a dict: an order of size. */
const ITEM = 5;
const ENTRY = 15;

/** The same large thing is pickled for every task. */
export const largeArguments: Rule = (scene) =>
  once(
    scene.launches.filter((launch) => launch.on === 'process' && launch.by !== 'process' && launch.many),
    (launch) => launch.site.call,
  ).flatMap((launch): Found[] => {
    const { weight } = scene;
    const [largest] = commonOf(launch)
      .flatMap(({ name, place }) => {
        const size = sizeIn(scene, name, place);
        return size !== null && size >= LARGE ? [{ name, size }] : [];
      })
      .sort((a, b) => b.size - a.size);
    const moving = busyOf(weight.at(linesOf(scene, launch)));
    if (!largest || !weight.matters(moving)) return [];
    const often = isPool(launch.pool?.kind ?? 'other') && (launch.by === 'map' || launch.by === 'starmap') ? 'chunk of tasks' : 'task';
    return [
      {
        file: launch.site.module.file,
        span: launch.site.call.span,
        why: `Line ${lineOf(launch.site.call.span)} sends ${largest.name}, about ${formatBytes(bytes(largest.size))}, to the workers with every ${often}: handing over took ${timeText(moving)} of processor time.`,
        toDo: `Give ${largest.name} to each worker once, by the pool's initializer or in shared memory.`,
        certainty: 'measured',
        share: weight.share(moving),
      },
    ];
  });

/** Each task sends a large thing back. */
export const largeResults: Rule = (scene) =>
  once(
    scene.launches.filter((launch) => launch.on === 'process' && launch.pool !== null && launch.worker !== null),
    (launch) => launch.worker,
  ).flatMap((launch): Found[] => {
    const { weight, program } = scene;
    const { worker } = launch;
    const module = worker && program.moduleOf(worker);
    if (!worker || !module) return [];
    const returned = [...eachStmt(worker.body)].flatMap((statement) => (statement.kind === 'return' && statement.value?.kind === 'name' ? [{ name: statement.value.name, span: statement.span }] : [])); // prettier-ignore
    const frames = framesOf(scene, { module, owner: worker });
    const [largest] = returned
      .map((one) => ({ ...one, size: sizeOfValue(frames.map((frame) => frame.values[one.name]).find((value) => value !== undefined)) ?? 0 }))
      .sort((a, b) => b.size - a.size);
    const moving = busyOf(weight.at(linesOf(scene, launch)));
    if (!largest || largest.size < LARGE || !weight.matters(moving, 0.1)) return [];
    return [
      {
        file: module.file,
        span: largest.span,
        why: `Every task of ${worker.name} sends back ${largest.name}, about ${formatBytes(bytes(largest.size))} (line ${lineOf(largest.span)}): handing over took ${timeText(moving)} of processor time.`,
        toDo: 'Send back only what the caller needs, or write it to shared memory that the caller made.',
        certainty: 'measured',
        share: weight.share(moving),
      },
    ];
  });

function linesOf({ program }: Scene, launch: Launch): Stretch[] {
  const made = program.calls.find((site) => site.call === launch.pool?.made);
  return [firstLine(launch.site.module, launch.site.call.span), ...(made ? [firstLine(made.module, made.call.span)] : [])];
}

/** Names that go with every task: bound by a partial, repeated, or the same in every tuple. */
function commonOf({ common, site, by }: Launch): { name: string; place: Place }[] {
  const named = (expr: Expr, place: Place): { name: string; place: Place }[] => (expr.kind === 'name' ? [{ name: expr.name, place }] : []);
  const found = common.flatMap((value) => named(value.expr, value.place));
  for (const arg of site.call.args.slice(1)) {
    if (arg.kind === 'call' && resolveName(site.module, arg.callee, arg.callee.span.start) === 'itertools.repeat' && arg.args[0]) found.push(...named(arg.args[0], site)); // prettier-ignore
    if (by !== 'starmap' && by !== 'map' && by !== 'imap') continue;
    // `[(data, i) for i in ...]`
    const loop = arg.kind === 'loop' ? arg.loop : null;
    const emit = loop?.body.find((statement) => statement.kind === 'emit');
    if (!loop || emit?.kind !== 'emit' || emit.value.kind !== 'collection') continue;
    const own = new Set(loop.target ? [...eachExpr(loop.target)].flatMap((expr) => (expr.kind === 'name' ? [expr.name] : [])) : []);
    for (const item of emit.value.items) if (item.kind === 'name' && !own.has(item.name)) found.push({ name: item.name, place: site });
  }
  return found;
}

function framesOf({ profile }: Scene, { module, owner }: Pick<Place, 'module' | 'owner'>): FrameFact[] {
  return profile.frames.filter(
    (frame) =>
      frame.file === module.file &&
      (owner === null
        ? frame.name === '<module>'
        : frame.name.split('.').at(-1) === owner.name &&
          frame.firstLine <= owner.span.end.line + 1 &&
          Math.abs(frame.firstLine - 1 - owner.span.start.line) <= owner.decorators.length),
  );
}

function sizeIn(scene: Scene, name: string, place: Place): number | null {
  const local = place.owner ? framesOf(scene, place) : [];
  const frames = [...local, ...framesOf(scene, { module: place.module, owner: null })];
  return sizeOfValue(frames.map((frame) => frame.values[name]).find((value) => value !== undefined));
}

/** About what it weighs when pickled; null where that cannot be told. */
function sizeOfValue(value: ValueFact | undefined): number | null {
  if (!value) return null;
  if (value.shape) return value.shape.reduce((product, extent) => product * extent, 1) * (Number(/(\d+)$/.exec(value.dtype ?? '')?.[1] ?? 64) / 8);
  if (value.length === undefined) return null;
  if (value.type === 'bytes' || value.type === 'bytearray' || value.type === 'str') return value.length;
  return (
    value.length * (value.type === 'dict' ? ENTRY : value.elements?.some((type) => type !== 'int' && type !== 'bool') === true ? 2 * ITEM : ITEM)
  );
}

/** Each look at what a manager holds is a message to its process and back. */
export const managerInHotLoop: Rule = ({ program, weight }) => {
  const used = program.statements.flatMap((site) => {
    if (site.loops.length === 0) return [];
    for (const top of stmtExprs(site.statement)) {
      for (const expr of eachExpr(top)) {
        const object = expr.kind === 'subscript' || expr.kind === 'attribute' ? expr.object : null;
        if (object && (object.kind === 'name' || object.kind === 'attribute') && program.thingOf(object, site)?.kind === 'proxy') {
          const name = object.kind === 'name' ? object.name : object.attribute;
          return [{ site, name, cost: weight.at([firstLine(site.module, site.statement.span)]) }];
        }
      }
    }
    return [];
  });
  const hot = used.filter(({ cost }) => weight.matters(cost.seconds)).sort((a, b) => b.cost.seconds - a.cost.seconds);
  return once(hot, ({ name }) => name).map(({ site, name, cost }): Found => ({
    file: site.module.file,
    span: site.statement.span,
    why: `Line ${lineOf(site.statement.span)} uses ${name} of a manager in a loop, and every use is a message to the manager's process and back: ${timeText(cost.seconds)} there.`,
    toDo: 'Work on a plain local value and give it to the manager, or return it, once at the end.',
    certainty: 'measured',
    share: weight.share(cost.seconds),
  }));
};
