import type { CallFact, Expr, FunctionIR, IoKind, LoopFacts, Refusal } from '../../types';
import { lineOf, sameSpan, within } from '../../platform/span';
import type { Context } from '../refactor';
import { isSaid, ownConnections } from './conversations';
import { mayMeet } from './files';
import { exprsIn } from './names';

export type Call = Expr & { kind: 'call' };
/** Where a task runs decides what it may do: a process shares nothing with the parent, a thread everything. */
export type Worker = 'process' | 'thread';

export function factOf(call: Call, facts: LoopFacts): CallFact | null {
  return facts.calls.find((fact) => sameSpan(fact.span, call.span) && fact.written !== '') ?? null;
}

const writingNames = /^(requests|httpx|aiohttp)\.(post|put|patch|delete|request)$|^(os\.(remove|unlink|rename|replace|mkdir|makedirs|rmdir|removedirs|kill|system)|shutil\.\w+|json\.dump|pickle\.dump|csv\.writer|numpy\.(save|savez|savetxt|savez_compressed)|builtins\.(print|input)|logging\.\w+|sys\.std(out|err)\.write)$/; // prettier-ignore
const writingMethods = new Set(['write', 'writelines', 'write_text', 'write_bytes', 'writerow', 'writerows', 'post', 'put', 'patch', 'delete', 'send', 'sendall', 'commit', 'execute', 'executemany', 'unlink', 'rename', 'mkdir', 'rmdir', 'touch', 'flush', 'to_csv', 'savefig']); // prettier-ignore
/** Of those, what only changes a file or folder. */
const filesOnly = /^calls (json\.dump|pickle\.dump|csv\.writer|os\.(mkdir|makedirs)|numpy\.\w+|\.(write|writelines|write_text|write_bytes|writerow|writerows|touch|mkdir|flush|to_csv|savefig)\(\)) |^opens a file /; // prettier-ignore
const opensFiles = new Set(['builtins.open', 'io.open', 'gzip.open', 'bz2.open', 'lzma.open', 'codecs.open']);

/** What an I/O call does beside reading. */
interface Written {
  /** In words. */
  writes: string[];
  /** It speaks on a connection of its own. */
  speaks: boolean;
}

/** Functions of the user's own are followed. `connections`: those that the code around the call opened for itself. */
function writtenBy(call: Call, file: string, cx: Context, connections: ReadonlySet<string>, seen = new Set<FunctionIR>()): Written {
  const own = cx.functionOf(call.callee, file);
  if (!own) {
    const speaks = isSaid(call, connections);
    return { writes: speaks ? [] : [writtenByCall(call, file, cx) ?? []].flat(), speaks };
  }
  if (seen.has(own)) return { writes: [], speaks: false };
  seen.add(own);
  const opened = ownConnections(own.body, own.file, cx);
  const inside = own.body
    .flatMap((stmt) => [...exprsIn(stmt)])
    .flatMap((expr) => (expr.kind === 'call' ? [writtenBy(expr, own.file, cx, opened, seen)] : []));
  return { writes: inside.flatMap(({ writes }) => writes), speaks: inside.some(({ speaks }) => speaks) };
}

function writtenByCall(call: Call, file: string, cx: Context): string | null {
  const resolved = cx.resolve(call.callee, file, call.span.start);
  const where = `(${lineOf(call.span)})`;
  if (resolved !== null && writingNames.test(resolved)) return `calls ${resolved.replace('builtins.', '')} ${where}`;
  if (resolved !== null && opensFiles.has(resolved)) {
    const mode = call.args[1] ?? call.keywords.find((keyword) => keyword.name === 'mode')?.value;
    if (mode && (mode.kind !== 'string' || /[wax+]/.test(mode.text.slice(1)))) return `opens a file to write ${where}`;
  }
  if (resolved === 'urllib.request.urlopen' && (call.args.length > 1 || call.keywords.some((keyword) => keyword.name === 'data'))) {
    return `sends data with urlopen ${where}`;
  }
  if (resolved === null && call.callee.kind === 'attribute' && writingMethods.has(call.callee.attribute)) {
    return `calls .${call.callee.attribute}() ${where}`;
  }
  return null;
}

/** Taken for granted wherever somebody else is asked. */
export const ANSWERED = 'Who is asked answers several questions at once, in any order.';

/** Third-party and user code that nobody has read is taken at its word, and the word is shown. */
export interface CallVerdict {
  refusal: Refusal | null;
  assumption: string | null;
}
const fine: CallVerdict = { refusal: null, assumption: null };
const no = (code: string, why: string, toDo: string, call: Call): CallVerdict => ({
  refusal: { code, why, toDo, span: call.span },
  assumption: null,
});

/** May this call of the loop run in a task? `isMethodOfPrivate`: it changes only what the task itself made. */
export function judgeCall(call: Call, facts: LoopFacts, cx: Context, worker: Worker): CallVerdict {
  const fact = factOf(call, facts);
  if (!fact) return fine;
  const name = `\`${fact.written}\``;
  switch (fact.purity) {
    case 'pure':
      return fine;
    case 'reads':
      return fine;
    case 'rng':
      // Threads share the generator that each of them would seed.
      if (fact.reseeds && worker === 'process') return fine;
      return no(
        'shared-rng',
        fact.why,
        'Give each task its own generator from numpy.random.SeedSequence(seed).spawn(n); the stream of random numbers changes with it.',
        call,
      );
    case 'mutates':
      if (fact.why.includes('its own object')) {
        return no('self-state', fact.why, 'Return what the method finds and store it after the call.', call);
      }
      if (/global/.test(fact.why)) {
        return no('global-write', fact.why, 'Return the value and store it in the loop.', call);
      }
      return no(
        'mutates-arguments',
        fact.why,
        worker === 'process'
          ? 'A worker process changes only its own copy. Return the result and store it in the loop.'
          : 'Return the result and store it in the loop.',
        call,
      );
    case 'io':
      return judgeEffects(call, fact, facts, cx);
    case 'unknown': {
      const effects = judgeEffects(call, fact, facts, cx);
      if (effects.refusal) return effects;
      if (fact.resolved === null) {
        return no('unknown-call', fact.why, 'Call a function of this project or of a library by its name.', call);
      }
      return { refusal: null, assumption: `${name} has no effect that another trip sees: ${fact.why}` };
    }
  }
}

function judgeEffects(call: Call, fact: CallFact, facts: LoopFacts, cx: Context): CallVerdict {
  const { writes, speaks } = writtenBy(call, facts.file, cx, ownConnections(facts.ir.body, facts.file, cx));
  const [wrote] = writes;
  const seenByOthers = facts.effects.some(({ span }) => within(span, call.span) || within(call.span, span));
  if (wrote !== undefined && fact.io === 'disk' && !seenByOthers && writes.every((one) => filesOnly.test(one)) && !mayMeet(facts, cx)) {
    return { refusal: null, assumption: `\`${fact.written}\` (${lineOf(call.span)}) writes a file of its own for each item; where one fails, those of later items may be there already.` }; // prettier-ignore
  }
  if (wrote !== undefined || fact.io === 'console' || fact.io === 'database') {
    const why = wrote === undefined ? fact.why : `\`${fact.written}\` (${lineOf(call.span)}) ${wrote}.`;
    return no('ordered-effects', why, 'Keep what has to happen in order in the loop, and let the task only compute or read.', call);
  }
  if (speaks) return { refusal: null, assumption: ANSWERED };
  return fact.io === 'subprocess' ? { refusal: null, assumption: `The programs that \`${fact.written}\` starts do not depend on each other.` } : fine;
}

const cheapBuiltins = new Set(['sum', 'sorted', 'max', 'min', 'any', 'all', 'list', 'tuple', 'set', 'dict', 'map', 'filter']);
const heavyMath = new Set(['math.factorial', 'math.comb', 'math.perm', 'builtins.pow']);
const cheapMethods = new Set(['append', 'extend', 'add', 'get', 'items', 'keys', 'values', 'strip', 'lstrip', 'rstrip', 'split', 'rsplit', 'join', 'startswith', 'endswith', 'lower', 'upper', 'title', 'replace', 'format', 'update', 'setdefault', 'pop', 'copy', 'index', 'count', 'encode', 'decode', 'isdigit', 'isalpha', 'sum', 'mean', 'item', 'insert', 'popleft', 'appendleft', 'most_common', 'read', 'total_seconds', 'exists', 'remove', 'discard', 'partition', 'zfill', 'splitlines', 'group', 'close']); // prettier-ignore

/** Is this expression by itself worth a worker? Cheap built-in calls and arithmetic are not; user functions, library calls and inner loops are. */
export function isHeavy(expr: Expr, facts: LoopFacts, cx: Context): boolean {
  if (expr.kind === 'loop') return expr.loop.form !== 'map' || expr.loop.sink?.consumer !== null;
  if (expr.kind !== 'call') return false;
  if (cx.functionOf(expr.callee, facts.file)) return true;
  const { callee } = expr;
  // Making an object is not what a worker is for.
  if (callee.kind === 'name' && cx.module(facts.file).statements.some((one) => one.kind === 'class' && one.names.includes(callee.name))) return false;
  const resolved = cx.resolve(callee, facts.file, expr.span.start);
  if (resolved === null) return expr.callee.kind === 'attribute' ? !cheapMethods.has(expr.callee.attribute) : expr.callee.kind === 'name';
  if (heavyMath.has(resolved)) return resolved !== 'builtins.pow' || expr.args.length === 3;
  if (resolved.startsWith('builtins.')) {
    return (
      cheapBuiltins.has(resolved.slice(9)) && expr.args.length === 1 && !expr.args.some((arg) => arg.kind === 'collection' || arg.kind === 'loop')
    );
  }
  return !/^(math|operator|cmath|functools|itertools|collections|os\.path|builtins|time|datetime)\./.test(resolved);
}

/** What an expression waits for, by itself or through the functions that it calls; null where it only computes. */
export function waitingOf(expr: Expr, facts: LoopFacts): IoKind | null {
  const io = expr.kind === 'call' ? (factOf(expr, facts)?.io ?? null) : null;
  return io === 'console' ? null : io;
}

export const isWaiting = (expr: Expr, facts: LoopFacts): boolean => waitingOf(expr, facts) !== null;
