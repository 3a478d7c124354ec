/** Trips that meet in the file system: one looks for what another has left there. */
import type { Expr, FunctionIR, LoopFacts, Stmt } from '../types';
import { lineOf } from '../platform/span';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { methodIn } from './callables';
import { functionIn, isLocal, isParameter, resolveIn, valuesGiven, varies, type Environment } from './environment';
import { keyOf } from './expression-key';
import { typeOf } from './value-types';

type Call = Expr & { kind: 'call' };
/** `lists` what is in a folder, `asks` whether a file is there or what it is like, `writes` one. */
type Doing = 'lists' | 'asks' | 'writes';
interface FileUse {
  does: Doing;
  /** Alike for paths that are written alike in one function. */
  place: string;
  /** As the function that is looked at has it. */
  path: Expr | undefined;
  /** It is another one in another trip. */
  varies: boolean;
  written: string;
  call: Call;
}

const FUNCTIONS: readonly [Doing, RegExp][] = [
  ['lists', /^(os\.(listdir|scandir|walk|fwalk)|glob\.i?glob)$/],
  ['asks', /^os\.(path\.(exists|lexists|isfile|isdir|islink|getsize|getmtime)|stat|lstat|access)$/],
  ['writes', /^os\.(remove|unlink|mkdir|makedirs|truncate|mkfifo|utime)$/],
];
const METHODS: readonly [Doing, RegExp][] = [
  ['lists', /^(iterdir|glob|rglob|walk)$/],
  ['asks', /^(exists|is_file|is_dir|stat|lstat)$/],
  ['writes', /^(write_text|write_bytes|touch|mkdir|unlink)$/],
];
const DEEPEST = 4;

/** `called`: the calls of a trip that reach the disk, by themselves or through others. */
export function meetingsInFiles(called: readonly Call[], env: Environment): LoopFacts['effects'] {
  const uses = called.flatMap((call) => usesOf(call, env, (expr) => varies(env, expr), 0));
  const writes = uses.filter(({ does }) => does === 'writes');
  if (writes.length === 0) return [];
  const places = new Set(writes.map(({ place }) => place));
  return uses.flatMap(({ does, place, varies: moves, written, call }): LoopFacts['effects'] => {
    const sees = does === 'lists' ? !moves : does === 'asks' && places.has(place);
    if (!sees) return [];
    const what = does === 'lists' ? 'looks through a folder' : 'asks for a file';
    const [write] = writes;
    const why = `\`${written}\` (${lineOf(call.span)}) ${what}, and what it finds may be what another trip left there by \`${write?.written ?? ''}\`.`;
    return [{ why, io: 'disk', span: call.span }];
  });
}

function usesOf(call: Call, env: Environment, moves: (expr: Expr) => boolean, depth: number): FileUse[] {
  const { callee, args } = call;
  const written = callee.kind === 'name' ? callee.name : callee.kind === 'attribute' ? callee.attribute : '';
  const own = functionIn(env, callee) ?? methodIn(env, callee);
  if (own !== null) return depth < DEEPEST ? usesInside(own, call, env, moves, depth + 1) : [];
  const path = resolveIn(env, callee);
  const use = (does: Doing, given: Expr | undefined): FileUse[] => {
    const at = given && named(env, given);
    return [{ does, place: placeOf(env, at), path: at, varies: given !== undefined && moves(given), written, call }];
  };
  if (path !== null) {
    if (/(^|\.)open$/.test(path)) return opensToWrite(args[1] ?? call.keywords.find(({ name }) => name === 'mode')?.value) ? use('writes', args[0]) : []; // prettier-ignore
    const found = FUNCTIONS.find(([, names]) => names.test(path));
    return found ? use(found[0], args[0]) : [];
  }
  if (callee.kind !== 'attribute') return [];
  const found = METHODS.find(([, names]) => names.test(callee.attribute));
  if (found && /^(Path|PosixPath|pathlib\.\w+)$/.test(typeOf(env, callee.object) ?? 'Path')) return use(found[0], callee.object);
  return callee.attribute === 'open' && opensToWrite(args[0]) ? use('writes', callee.object) : [];
}

const opensToWrite = (mode: Expr | undefined): boolean => mode !== undefined && (mode.kind !== 'string' || /[wax+]/.test(mode.text));

const placeOf = ({ owner }: Environment, path: Expr | undefined): string => `${owner?.qualname ?? ''} ${path ? keyOf(path) : ''}`;

/** Through a local that is given one value: what is named there. */
function named(env: Environment, path: Expr, hops = 0): Expr {
  if (path.kind !== 'name' || hops > 3 || isParameter(env, path.name)) return path;
  const [only, ...others] = valuesGiven(env, path.name) ?? [];
  return only && others.length === 0 ? named(env, only, hops + 1) : path;
}

/** What a function of the user's own does to files, as its caller sees it. */
function usesInside(fn: FunctionIR, call: Call, from: Environment, moves: (expr: Expr) => boolean, depth: number): FileUse[] {
  const module = from.modules.find(({ file }) => file === fn.file) ?? from.module;
  const env: Environment = { module, modules: from.modules, owner: fn, body: fn.body, values: {} };
  const given = argumentsOf(fn, call);
  const movesInside = (expr: Expr, hops = 0): boolean =>
    [...eachExpr(expr)].some((part) => {
      if (part.kind === 'opaque' || part.kind === 'await') return true;
      if (part.kind !== 'name' || !isLocal(env, part.name)) return false;
      if (isParameter(env, part.name)) {
        const value = given.get(part.name);
        return value !== undefined && moves(value);
      }
      return hops > 6 || (valuesGiven(env, part.name) ?? [null]).some((value) => value === null || movesInside(value, hops + 1));
    });
  return callsIn(fn.body).flatMap((inner) =>
    usesOf(inner, env, movesInside, depth).map((use) => {
      const handed = use.path?.kind === 'name' ? given.get(use.path.name) : undefined;
      const path = handed && named(from, handed);
      return { ...use, place: path ? placeOf(from, path) : use.place, path, call };
    }),
  );
}

/** By parameter; those that the call leaves to their defaults are not among them. */
function argumentsOf(fn: FunctionIR, { callee, args, keywords }: Call): Map<string, Expr> {
  const bound = fn.method && callee.kind === 'attribute' ? [callee.object, ...args] : args;
  const plain = fn.params.filter(({ kind }) => kind === 'plain');
  return new Map([
    ...plain.flatMap(({ name }, index) => (bound[index] === undefined ? [] : [[name, bound[index]] as const])),
    ...keywords.map(({ name, value }) => [name, value] as const),
  ]);
}

const callsIn = (body: readonly Stmt[]): Call[] =>
  [...eachStmt(body)]
    .flatMap((statement) => stmtExprs(statement))
    .flatMap((top) => [...eachExpr(top)])
    .filter((expr) => expr.kind === 'call');
