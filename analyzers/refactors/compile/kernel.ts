/** Judges a piece of code: can Numba compile it to the same results, and what has to hold when it is called? */
import { ok, refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, eachStmt, loopExprs, stmtExprs } from '../../syntax/python-walk';
import type { Expr, LoopIR, Stmt } from '../../types';
import { sharedBy } from './aliases';
import { judgeBounds } from './bounds';
import { rootOf } from './changes';
import type { Functions } from './functions';
import type { Callee } from './functions';
import { isArray } from './arrays';
import { inferKinds } from './inference';
import type { Inference, RecordField } from './inferred';
import type { Range } from './intervals';
import { isScalar, kindOfValue, type Kind } from './kinds';
import type { Context } from '../refactor';
import type { Piece } from './piece';
import type { HeadCheck } from './range-question';
import { constantOf, startOfName, type Start } from './start';

export interface KernelParam {
  name: string;
  start: Start;
  /** The piece changes something in it. */
  changed: boolean;
}
export interface Kernel {
  params: KernelParam[];
  inference: Inference;
  /** Functions that it calls, callees first. */
  callees: Callee[];
  /** By record: the fields that the kernel has to get. */
  fields: ReadonlyMap<string, RecordField[]>;
  functions: Functions;
  /** Heads of loops, also of the callees', where an int is checked. */
  checks: HeadCheck[];
  /** What ints from outside have to lie within, by the name of what holds them or by their record's field. */
  bounds: ReadonlyMap<string, Range>;
  /** What the kernel may raise where Python goes on or raises too: then the original runs. */
  raises: string[];
  options: string[];
  /** Statements that change an array in place, and have to be written in another way. */
  updates: ReadonlySet<Stmt>;
  /** Operations on whole arrays. */
  arrays: number;
  /** Scalar products are among them. */
  hasDot: boolean;
  assumptions: string[];
  tolerance: number;
}

/** What conditions and errors are written with. */
const ASKED = [
  'type',
  'int',
  'float',
  'bool',
  'list',
  'tuple',
  'dict',
  'len',
  'abs',
  'min',
  'max',
  'set',
  'map',
  'all',
  'id',
  'zip',
  'OverflowError',
  'ZeroDivisionError',
  'IndexError',
  'TypeError',
  'str',
  'ord',
  'getattr',
];
const EXACT_LIBRARY =
  /^builtins\.|^(math|numpy)\.(sqrt|fabs|floor|ceil|trunc|isnan|isinf|isfinite|gcd|copysign|abs|absolute|float64|int64|copy|square|negative|add|subtract|multiply|divide|minimum|maximum|min|max|argmin|argmax|any|all|where|logical_\w+)$/;

/** @param functionsAnew the functions that the kernel calls, of which nothing is known yet. */
export function planKernel(piece: Piece, body: readonly Stmt[], params: readonly string[], functionsAnew: () => Functions): Outcome<Kernel> {
  const plan = planWith(piece, body, params, functionsAnew());
  if (plan.ok || !params.some((name) => isTable(kindOfValue(piece.values[name])))) return plan;
  const other = planWith({ ...piece, rowsAsTuples: true }, body, params, functionsAnew());
  return other.ok ? other : plan;
}

const isTable = (kind: Kind | null): boolean => kind?.kind === 'list' && kind.of?.kind === 'list';

function planWith(piece: Piece, body: readonly Stmt[], params: readonly string[], functions: Functions): Outcome<Kernel> {
  const { cx, file } = piece;
  const taken = ASKED.find((name) => cx.resolve({ kind: 'name', name, span: piece.span }, file, piece.span.start) !== `builtins.${name}`);
  if (taken !== undefined)
    return refuse(
      'shadowed-name',
      `\`${taken}\` is not Python's own here, but what is asked before a kernel is called needs it.`,
      'Give that name to nothing else.',
      piece.span,
    );
  const starts = new Map<string, Start>();
  for (const name of params) {
    if (constantOf(piece, name) !== null) continue;
    const start = startOfName(piece, name);
    if (start === null) {
      const why = `\`${name}\` holds nothing that a kernel can take: it takes numbers, and lists or arrays of numbers of one type.`;
      return refuse('kernel-input', why, 'Pass numbers, or lists and arrays of one type of number.', placeOf(body, name) ?? piece.span);
    }
    starts.set(name, start);
  }
  const answer = inferKinds({
    body,
    start: new Map([...starts].map(([name, { kind }]) => [name, kind])),
    outer: (name) => constantOf(piece, name)?.kind ?? null,
    resolve: (expr) => cx.resolve(expr, file, expr.span.start),
    own: (callee) => {
      const fn = functions.own(callee);
      return fn && { function: fn, result: (args) => functions.result(fn, args) };
    },
  });
  if (!answer.ok)
    return refuse(answer.problem.code, answer.problem.why, 'Keep this part out of the loop, or leave the loop to Python.', answer.problem.span);
  const inference = answer.value;
  const huge = [...inference.kinds.keys()].find((name) => piece.values[name]?.large === true);
  if (huge !== undefined) {
    const why = `\`${huge}\` was seen as an int of more than 64 bits, where a kernel would give up and leave the work to Python.`;
    return refuse('int64-overflow', why, 'Take a remainder in each step, compute with floats, or vectorize.', placeOf(body, huge) ?? piece.span);
  }
  const far = functions.all().find(({ function: fn, inference: { calls } }) => fn.file !== file && (calls.length > 0 || !functions.written.has(fn)));
  if (far !== undefined)
    return refuse(
      'kernel-call',
      `\`${far.function.name}\` of another file calls further functions there.`,
      'Move what the loop calls into one file.',
      piece.span,
    );
  const changed = changedContainers(body, new Set(starts.keys()), inference);
  const parts = [...changed].find((name) => {
    const kind = starts.get(name)?.kind;
    return kind?.kind === 'list' && kind.rows === 'parts';
  });
  if (parts !== undefined)
    return refuse(
      'kernel-type',
      `\`${parts}\` has rows of several lengths, which a kernel can read but not change.`,
      'Make its rows as long as each other.',
      placeOf(body, parts) ?? piece.span,
    );
  const fields = fieldsUsed([inference, ...functions.all().map((one) => one.inference)], starts);
  const ranges = judgeBounds({ piece, body, starts, inference, functions, fields });
  if (!ranges.ok) {
    const why = `Line ${ranges.at.start.line + 1}: ints may outgrow 64 bits here, where a kernel would wrap around silently.`;
    return refuse('int64-overflow', why, 'Take a remainder in each step, compute with floats, or leave the loop to Python.', ranges.at);
  }
  const all = [inference, ...functions.all().map((one) => one.inference)];
  const divisions = all.flatMap((one) => one.divisions);
  // NumPy's numbers may be divided by zero, Python's not: where both are divided, such a kernel gives up and the original does what each does.
  const ruled = new Set(divisions.map(({ numpy }) => numpy));
  const raises: string[] = [];
  // What is cached is not made anew where another file changes.
  const options = functions.all().some(({ function: fn }) => fn.file !== file) ? [] : ['cache=True'];
  if (ranges.checks.length > 0) raises.push('OverflowError');
  if (ruled.has('no') || ruled.has('maybe')) raises.push('ZeroDivisionError');
  else if (ruled.has('yes')) options.push('error_model="numpy"');
  if (all.some(({ arrays }) => arrays.length > 0)) raises.push('ValueError');
  if (all.some((one) => one.unwraps)) raises.push('TypeError');
  const unproven = unprovenSubscripts(body, inference);
  const inCallees = functions.all().some((one) => one.inference.subscripts.length > 0);
  if (unproven.length > 0 || inCallees) raises.push('IndexError');
  if (inCallees || unproven.some((one) => /^(array|text)$/.test(inference.kindOf(one.object)?.kind ?? '') || isGiven(inference.kindOf(one.object))))
    options.push('boundscheck=True');
  const assumptions = assumptionsOf(
    [{ inference, file }, ...functions.all().map((one) => ({ inference: one.inference, file: one.function.file }))],
    cx,
  );
  const exact = all.every((one) => one.powers.length === 0 && [...one.libraries].every((path) => EXACT_LIBRARY.test(path)));
  return ok({
    params: [...starts].map(([name, start]) => ({ name, start, changed: changed.has(name) })),
    inference,
    callees: functions.all(),
    fields,
    functions,
    checks: ranges.checks,
    bounds: ranges.bounds,
    raises,
    options,
    updates: new Set(all.flatMap(({ updates }) => updates)),
    arrays: all.reduce((sum, one) => sum + one.arrays.length, 0),
    hasDot: all.some(({ libraries }) => libraries.has('numpy.dot')),
    assumptions,
    tolerance: exact ? 0 : 1e-9,
  });
}

const isGiven = (kind: Kind | null): boolean => kind?.kind === 'list' && kind.given === true && kind.rows === undefined;

/** The fields of each record that the code uses; of one that is only counted, the first that it has. */
function fieldsUsed(all: readonly Inference[], starts: ReadonlyMap<string, Start>): Map<string, RecordField[]> {
  const found = new Map<string, RecordField[]>();
  for (const { record, name, written } of all.flatMap((one) => one.fields)) {
    const fields = found.get(record.id) ?? [];
    const known = fields.find((one) => one.name === name);
    const kind = record.fields[name];
    if (known) known.written ||= written;
    else if (kind) fields.push({ name, kind, written });
    found.set(record.id, fields);
  }
  for (const { kind } of starts.values()) {
    if (kind.kind !== 'list' || kind.of?.kind !== 'record' || found.has(kind.of.id)) continue;
    const [first] = Object.entries(kind.of.fields);
    if (first) found.set(kind.of.id, [{ name: first[0], kind: first[1], written: false }]);
  }
  return found;
}

function placeOf(body: readonly Stmt[], name: string): Stmt['span'] | null {
  for (const statement of eachStmt(body))
    for (const top of stmtExprs(statement)) for (const expr of eachExpr(top)) if (expr.kind === 'name' && expr.name === name) return expr.span;
  return null;
}

/** Containers from outside that the piece changes something in, also through other names for them or for their rows. */
function changedContainers(body: readonly Stmt[], given: ReadonlySet<string>, inference: Inference): Set<string> {
  const holds = new Map<string, Set<string>>([...given].map((name) => [name, new Set([name])]));
  const isContainer = (name: string): boolean => !isScalar(inference.kinds.get(name) ?? null);
  // What is computed, and what a call gives, is made anew.
  const from = (expr: Expr): string[] =>
    isArray(inference.kindOf(expr)) && /^(call|binary|unary|compare)$/.test(expr.kind)
      ? []
      : sharedBy(expr, inference).flatMap((name) => (isContainer(name) ? [...(holds.get(name) ?? [])] : []));
  const pairs: [string[], Expr[]][] = [];
  const loopPairs = (loop: LoopIR): void => {
    if (loop.target) pairs.push([boundNames(loop.target), loopExprs({ ...loop, body: [], otherwise: [], target: null })]);
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') for (const target of statement.targets) pairs.push([boundNames(target), [statement.value]]);
    if (statement.kind === 'loop') loopPairs(statement.loop);
  }
  for (let again = true; again;) {
    again = false;
    for (const [names, exprs] of pairs) {
      for (const name of names.filter(isContainer)) {
        const known = holds.get(name) ?? new Set<string>();
        const size = known.size;
        for (const one of exprs.flatMap(from)) known.add(one);
        holds.set(name, known);
        if (known.size > size) again = true;
      }
    }
  }
  const changed = new Set<string>();
  const store = (target: Expr): void => {
    if (target.kind === 'collection') target.items.forEach(store);
    else if (target.kind === 'subscript' || target.kind === 'attribute') {
      const root = rootOf(target);
      for (const name of holds.get(root ?? '') ?? []) changed.add(name);
    }
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') statement.targets.forEach(store);
    if (statement.kind === 'augment') store(statement.target);
    // `a += 1` changes the array itself.
    if (statement.kind === 'augment' && statement.target.kind === 'name' && isArray(inference.kinds.get(statement.target.name)))
      for (const name of holds.get(statement.target.name) ?? []) changed.add(name);
    if (statement.kind === 'loop' && statement.loop.target) store(statement.loop.target);
  }
  return changed;
}

/** Elements that may be outside of what they are taken from. */
function unprovenSubscripts(body: readonly Stmt[], inference: Inference): Inference['subscripts'] {
  const within = new Map<string, string>();
  const written = new Map<string, number>();
  const count = (name: string): void => void written.set(name, (written.get(name) ?? 0) + 1);
  for (const { name } of inference.given) count(name);
  for (const statement of eachStmt(body)) {
    if (statement.kind !== 'loop') continue;
    const { target, space } = statement.loop;
    const stop = space.kind === 'range' && space.step === null && (space.start === null || space.start.kind === 'number') ? space.stop : null;
    const measured =
      stop?.kind === 'call' && stop.callee.kind === 'name' && stop.callee.name === 'len' && stop.args[0]?.kind === 'name' ? stop.args[0].name : null;
    if (target?.kind === 'name' && measured !== null) within.set(target.name, measured);
  }
  return inference.subscripts.filter(({ object, index }) => {
    // A slice ends where its array ends.
    if (index.kind === 'slice' || (index.kind === 'collection' && index.items.every(({ kind }) => kind === 'slice'))) return false;
    if (object.kind !== 'name' || index.kind !== 'name' || within.get(index.name) !== object.name) return true;
    return written.get(index.name) !== 1 || (written.get(object.name) ?? 0) > 0;
  });
}

const DOMAIN_WORDS = {
  finite: 'is finite',
  'not negative': 'is not negative',
  positive: 'is positive',
  'within 1': 'is between -1 and 1',
  'not large': 'is below 709',
};

function assumptionsOf(all: readonly { inference: Inference; file: string }[], cx: Context): string[] {
  const found = new Set<string>();
  for (const { inference: one, file } of all) {
    for (const { call, domain } of one.domains) {
      const argument = call.args[domain.argument];
      if (argument && !isFine(argument, domain.has, one)) found.add(`\`${cx.slice(file, argument.span)}\` ${DOMAIN_WORDS[domain.has]}: elsewhere \`${cx.slice(file, call.callee.span)}\` raises an error in Python and gives nan or inf here.`); // prettier-ignore
    }
    // NumPy gives what does not fit as inf and nan, as a kernel does.
    for (const power of one.powers.filter((power) => !isArray(one.kindOf(power))))
      found.add(
        `\`${cx.slice(file, power.span)}\` stays within the range of floats, and its base is not negative or its exponent is a whole number.`,
      );
    if (['builtins.int', 'builtins.round', 'math.floor', 'math.ceil', 'math.trunc'].some((path) => one.libraries.has(path)))
      found.add('Floats that are turned into ints are neither NaN nor beyond 64 bits.');
  }
  return [...found];
}

/** Plainly within the domain: a sum of squares, an absolute value, a positive literal, an int that a loop counts from 0. */
function isFine(expr: Expr, has: keyof typeof DOMAIN_WORDS, inference: Inference): boolean {
  if (expr.kind === 'number') {
    const value = Number(expr.text.replaceAll('_', ''));
    return has === 'not negative' || (has === 'positive' && value > 0) || (has === 'within 1' && value <= 1) || (has === 'not large' && value < 700);
  }
  if (has === 'not negative') return isNotNegative(expr, inference);
  if (has === 'positive')
    return expr.kind === 'binary' && expr.op === '+' && isNotNegative(expr.left, inference) && isFine(expr.right, 'positive', inference);
  // exp of a negative square is small.
  return has === 'not large' && expr.kind === 'unary' && expr.op === '-' && isNotNegative(expr.operand, inference);
}

function isNotNegative(expr: Expr, inference: Inference): boolean {
  switch (expr.kind) {
    case 'number':
      return true;
    case 'binary': {
      if (expr.op === '**') return expr.right.kind === 'number' && expr.right.type === 'int' && Number(expr.right.text) % 2 === 0;
      if (expr.op === '*' && expr.left.kind === 'name' && expr.right.kind === 'name' && expr.left.name === expr.right.name) return true;
      return /^[+*/]$/.test(expr.op) && isNotNegative(expr.left, inference) && isNotNegative(expr.right, inference);
    }
    case 'call':
      return expr.callee.kind === 'name' && /^(abs|len)$/.test(expr.callee.name);
    case 'name': {
      // A name that is given one thing alone, and that is not negative.
      const given = inference.given.filter(({ name }) => name === expr.name);
      return (
        !inference.start.has(expr.name) &&
        given.length === 1 &&
        inference.sources.get(expr.name)?.length === 1 &&
        isNotNegative(inference.sources.get(expr.name)?.[0] as Expr, inference)
      );
    }
    default:
      return false;
  }
}
