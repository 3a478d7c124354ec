/** What works by luck: a program that can hang, start itself over, or leave memory behind. */
import { eachExpr, stmtExprs } from '../../syntax/python-walk';
import type { Expr } from '../../types';
import type { Program } from './program';
import { reachedFrom } from './reach';
import { lineOf, once, type Found, type Rule } from './rule';
import { onProcesses } from './things';
import type { CallSite } from './walk';

/** `process.join()` before the queue that the process fills is emptied. */
export const joinBeforeGet: Rule = ({ program, launches }) => {
  const filled = launches.filter((launch) => launch.on === 'process' && launch.by === 'process' && launch.worker !== null);
  const found = program.calls.flatMap((join): Found[] => {
    const { callee, args, keywords } = join.call;
    if (callee.kind !== 'attribute' || callee.attribute !== 'join' || args.length + keywords.length > 0) return [];
    if (program.thingOf(callee.object, join)?.kind !== 'process') return [];
    const same = program.calls.filter((site) => site.owner === join.owner && site.module === join.module);
    const gets = same.filter((site) => methodOn(program, site, 'process-queue', ['get', 'get_nowait']) !== null);
    for (const get of gets) {
      if (get.call.span.start.line <= join.call.span.start.line) continue;
      const queue = methodOn(program, get, 'process-queue', ['get', 'get_nowait']);
      if (queue === null || gets.some((other) => other.call.span.start.line < join.call.span.start.line && methodOn(program, other, 'process-queue', ['get', 'get_nowait']) === queue)) continue; // prettier-ignore
      if (!filled.some((launch) => launch.worker && program.callsIn(launch.worker).some((site) => methodOn(program, site, 'process-queue', ['put']) === queue))) continue; // prettier-ignore
      return [
        {
          file: join.module.file,
          span: join.call.span,
          why: `Line ${lineOf(join.call.span)} waits for the process to end before line ${lineOf(get.call.span)} empties the queue that it fills: a process does not end while its queue holds more than the pipe takes (64 KiB), so both can wait for ever.`,
          toDo: 'Take everything from the queue first and join afterwards.',
          certainty: 'likely',
        },
      ];
    }
    return [];
  });
  return once(found, ({ file, span }) => `${file}:${lineOf(span)}`);
};

/** The call that made the queue whose method is called; null where it is another method or thing. */
function methodOn(program: Program, site: CallSite, kind: string, methods: readonly string[]): Expr | null {
  const { callee } = site.call;
  if (callee.kind !== 'attribute' || !methods.includes(callee.attribute)) return null;
  const thing = program.thingOf(callee.object, site);
  return thing?.kind === kind ? thing.call : null;
}

/** Processes started at the level of the module: where a worker imports the module, it starts them again. */
export const missingGuard: Rule = ({ program, profile }) => {
  const found = program.calls.flatMap((site): Found[] => {
    if (site.owner || site.inClass !== null || site.guarded || site.deferred) return [];
    if (program.guardedByExit(site.module, site.call.span.start.line)) return [];
    const line = startsProcesses(program, site, 0);
    if (line === null) return [];
    const forks = profile.interpreter.startMethod === 'fork' && !choosesStart(program);
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `Line ${lineOf(site.call.span)} starts processes without \`if __name__ == '__main__':\`${forks ? '; that works only where workers are forked: on Windows, on macOS and from Python 3.14 on, each worker runs this file from the top' : ', and each worker runs this file from the top, this line included'}.`,
        toDo: "Put what the program does under `if __name__ == '__main__':`.",
        certainty: forks ? 'likely' : 'measured',
      },
    ];
  });
  return once(found, ({ file }) => file);
};

const choosesStart = (program: Program): boolean =>
  program.calls.some(({ path, call }) => (path === 'multiprocessing.set_start_method' || path === 'multiprocessing.get_context') && call.args[0]?.kind === 'string' && !call.args[0].text.includes('fork')); // prettier-ignore

/** The line that starts a process when the call runs; null where none does. */
function startsProcesses(program: Program, site: CallSite, depth: number): number | null {
  const made = program.thingOf(site.call, site);
  if (made?.call === site.call && onProcesses(made.kind)) return lineOf(site.call.span);
  if (depth > 3) return null;
  const callee = program.calleeOf(site);
  if (!callee) return null;
  for (const inner of program.callsIn(callee)) {
    if (inner.deferred || inner.call === site.call) continue;
    const line = startsProcesses(program, inner, depth + 1);
    if (line !== null) return line;
  }
  return null;
}

/** A block of shared memory outlives the program until somebody unlinks it. */
export const sharedMemoryNotUnlinked: Rule = ({ program }) => {
  if (namesMethod(program, 'unlink')) return [];
  return program.calls.flatMap((site): Found[] => {
    const create = site.call.keywords.find((keyword) => keyword.name === 'create')?.value ?? site.call.args[1];
    if (site.path !== 'multiprocessing.shared_memory.SharedMemory' || create?.kind !== 'constant' || create.value !== 'True') return [];
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `The shared memory made in line ${lineOf(site.call.span)} is never unlinked, so it stays in memory after the program has ended, or until Python's tracker complains and removes it.`,
        toDo: 'Call unlink() once, in a finally of the process that made it, after close().',
        certainty: 'likely',
      },
    ];
  });
};

/** Each process has to give its own view back. */
export const sharedMemoryNotClosed: Rule = ({ program, launches }) => {
  const workers = new Set(
    launches.flatMap(({ worker, on }) => (worker && on === 'process' ? reachedFrom(program, worker).map(({ owner }) => owner) : [])),
  );
  const attached = program.calls.filter(
    (site) => site.path === 'multiprocessing.shared_memory.SharedMemory' && site.owner !== null && workers.has(site.owner),
  );
  return attached.flatMap((site): Found[] => {
    const { owner } = site;
    const create = site.call.keywords.find((keyword) => keyword.name === 'create')?.value;
    const [target] = site.statement.kind === 'assign' ? site.statement.targets : [];
    if (!owner || create?.kind === 'constant' || target?.kind !== 'name' || site.statement.kind !== 'assign' || site.statement.value !== site.call) return []; // prettier-ignore
    // Handed on, it may be closed elsewhere; only its buffer is used here.
    const uses = program.statementsIn(owner).flatMap(({ statement }) => stmtExprs(statement).flatMap((top) => [...eachExpr(top)]));
    const views = uses.flatMap((expr) => (expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === target.name ? [expr.object, ...(expr.attribute === 'close' ? [null] : [])] : [])); // prettier-ignore
    const elsewhere = uses.some((expr) => expr.kind === 'name' && expr.name === target.name && expr !== target && !views.includes(expr));
    const nested = program.modules.some((module) => module.functions.some((inner) => inner.qualname.startsWith(`${owner.qualname}.<locals>`)));
    if (elsewhere || nested || views.includes(null)) return [];
    return [
      {
        file: site.module.file,
        span: site.call.span,
        why: `${owner.name} opens shared memory in line ${lineOf(site.call.span)} and does not close it, so every call keeps one more view of it open in that process.`,
        toDo: 'Call close() in a finally when the function is done with it.',
        certainty: 'likely',
      },
    ];
  });
};

/** A call of the method, or the method handed to somebody who calls it. */
const namesMethod = (program: Program, method: string): boolean =>
  program.statements.some(({ statement }) => stmtExprs(statement).some((top) => [...eachExpr(top)].some((expr) => expr.kind === 'attribute' && expr.attribute === method))); // prettier-ignore
