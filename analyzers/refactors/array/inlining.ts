import type { Expr, FunctionIR, Stmt } from '../../types';
import { stmtNames } from '../../syntax/python-walk';
import { choose } from './choice';
import { binds, type Draft, type Env, type Lane, type Scope } from './draft';
import { arithmetic, truthOf, updated } from './arithmetic';
import { Kinds } from './inference';
import { literalInt } from './kinds';

type Call = Expr & { kind: 'call' };
const DEEPEST = 4;

/** Binds arguments to parameters by position, name and default; null where that is not plain. */
function bindArguments(callee: FunctionIR, call: Call): Map<string, Expr> | null {
  const bound = new Map<string, Expr>();
  if (call.args.some((arg) => arg.kind === 'spread') || call.args.length > callee.params.length) return null;
  for (const [index, param] of callee.params.entries()) {
    if (param.kind !== 'plain') return null;
    const arg = call.args[index] ?? call.keywords.find((keyword) => keyword.name === param.name)?.value;
    const fallback = param.default?.kind === 'number' || literalInt(param.default) !== null ? param.default : null;
    const value = arg ?? fallback;
    if (!value) return null;
    bound.set(param.name, value);
  }
  return call.keywords.every((keyword) => bound.has(keyword.name)) ? bound : null;
}

const isDocstring = (statement: Stmt): boolean => statement.kind === 'expression' && statement.value.kind === 'string';

/**
 * A call of the user's own function with arrays. Where every step of the function means the same on arrays, the call stays as it is;
 * else its steps are written out with array operations. Null: it is not a plain function of numbers, or its source is not at hand.
 */
export function lowerUserCall(call: Call, draft: Draft, scope: Scope): Lane | null {
  const callee = draft.cx.functionOf(call.callee, scope.file);
  if (!callee || call.callee.kind !== 'name') return null;
  if (callee.async || callee.method || callee.decorators.length > 0 || scope.inside.includes(callee) || scope.inside.length >= DEEPEST) {
    const why = `\`${callee.name}\` is ${callee.decorators.length > 0 ? 'decorated' : callee.async ? 'async' : 'a method or calls itself'}, so that its body alone does not say what a call does.`;
    return draft.refuse('unknown-call', why, 'Make it a plain function of numbers.', call.span);
  }
  const values = bindArguments(callee, call);
  if (!values)
    return draft.refuse('unknown-call', `The arguments of \`${callee.name}\` cannot be followed.`, 'Pass every argument plainly.', call.span);
  const module = draft.cx.syntax(callee.file);
  const kinds = new Kinds(draft.cx, { ...draft.facts, file: callee.file, owner: callee, values: {} }, module);
  const lowered = (value: Expr): Lane => {
    const lane = value.kind === 'name' ? scope.env.get(value.name) : undefined;
    return lane?.records ? lane : draft.lower(value, scope);
  };
  const args = new Map([...values].map(([name, value]) => [name, lowered(value)]));
  if (draft.stopped()) return [...args.values()][0] ?? null;
  const body = callee.body.filter((statement) => !isDocstring(statement));
  const written = stmtNames(body).writes;
  const inner = (env: Env): Scope => ({
    ...scope,
    env,
    file: callee.file,
    kinds,
    written,
    inside: [...scope.inside, callee],
    subscript: refuseSubscript(draft),
  });

  // First as it stands: parameters under their own names. If no text has to change, the function takes arrays as it is.
  const before = draft.mark();
  const outerRewrote = draft.flags.rewrote;
  draft.flags.rewrote = false;
  const plain: Env = new Map([...args].map(([name, lane]) => [name, { ...lane, code: name, binds: binds.atom, unchanged: true }]));
  const direct = body.length > 0 ? returned(body, draft, inner(plain), true) : null;
  const rewrote = draft.flag('rewrote');
  if (draft.stopped()) return direct;
  if (!direct) {
    draft.reset(before);
    return draft.refuse(
      'unknown-call',
      `\`${callee.name}\` does more than compute one number from its arguments.`,
      'Keep to assignments, ifs and a return in it.',
      call.span,
    );
  }
  draft.flags.rewrote = outerRewrote || rewrote;
  const varying = [...args.values()].some((lane) => lane.varying);
  if (!rewrote && (direct.varying || !varying)) {
    draft.lines.length = before.lines;
    const unchanged =
      [...args.values()].every((lane) => lane.unchanged) &&
      call.span.start.line === call.span.end.line &&
      scope.file === draft.facts.file &&
      call.span.start.character !== call.span.end.character;
    const positional = call.args.map((arg) => lowered(arg).code);
    const keyed = call.keywords.map((keyword) => `${keyword.name}=${lowered(keyword.value).code}`);
    const code = unchanged ? draft.cx.slice(scope.file, call.span) : `${callee.name}(${[...positional, ...keyed].join(', ')})`;
    draft.flags.rewrote = outerRewrote || !unchanged;
    return { ...direct, code, binds: binds.atom, unchanged, fresh: true };
  }
  if (!varying)
    return draft.refuse(
      'unknown-call',
      `\`${callee.name}\` is called with the same values in every trip.`,
      'Call it once before the loop.',
      call.span,
    );

  draft.reset(before);
  if (callee.file !== scope.file || callee.file !== draft.facts.file)
    return draft.refuse(
      'unknown-call',
      `\`${callee.name}\` lies in another file and does not take arrays as it is.`,
      'Use NumPy functions in it.',
      call.span,
    );
  const hidden = [...stmtNames(body).reads].find(
    (name) => !values.has(name) && !written.has(name) && draft.facts.owner !== null && draft.kinds.shadows(name),
  );
  if (hidden !== undefined)
    return draft.refuse(
      'unknown-call',
      `\`${hidden}\` means another thing in \`${callee.name}\` than here.`,
      'Give one of them another name.',
      call.span,
    );
  const env: Env = new Map();
  for (const [name, lane] of args) env.set(name, lane.binds === binds.atom || !lane.varying ? lane : nameIt(name, lane, draft));
  const inlined = returned(body, draft, inner(env), false);
  return inlined ? { ...inlined, unchanged: false } : null;
}

function nameIt(name: string, lane: Lane, draft: Draft): Lane {
  const given = draft.local(name);
  draft.emit(`${given} = ${lane.code}`);
  return { ...lane, code: given, binds: binds.atom, unchanged: false };
}

const refuseSubscript =
  (draft: Draft): Scope['subscript'] =>
  (expr) =>
    draft.refuse('unknown-call', 'A function that the loop calls indexes a list or array.', 'Pass it the numbers themselves.', expr.span);

const endsInReturn = (body: readonly Stmt[]): boolean => {
  const last = body[body.length - 1];
  if (last?.kind === 'if') return endsInReturn(last.then) && endsInReturn(last.otherwise);
  return last?.kind === 'return';
};

/** The value that a function's body gives back; null where it has other steps than assignments, ifs and a return. `plain`: no text is made. */
function returned(body: readonly Stmt[], draft: Draft, scope: Scope, plain: boolean): Lane | null {
  const env: Env = new Map(scope.env);
  const here: Scope = { ...scope, env };
  for (const [position, statement] of body.entries()) {
    const rest = body.slice(position + 1);
    if (statement.kind === 'pass') continue;
    if (statement.kind === 'return') return statement.value ? draft.lower(statement.value, here) : null;
    if (statement.kind === 'if') {
      if (plain) draft.flags.rewrote = true;
      const then = endsInReturn(statement.then) ? statement.then : [...statement.then, ...rest];
      const test = truthOf(draft.lower(statement.test, here), statement.test, draft, here);
      const missing: Stmt[] = [];
      const side =
        (branch: readonly Stmt[]) =>
        (inner: Scope): Lane => {
          const lane = returned(branch, draft, inner, plain);
          if (!lane) missing.push(statement);
          return lane ?? test;
        };
      const value = choose(test, side(then), side([...statement.otherwise, ...rest]), statement.test, draft, here);
      return missing.length > 0 ? null : value;
    }
    if (assignedTogether(statement, draft, here, plain)) continue;
    if (draft.stopped()) return null;
    const [target, ...more] = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (target?.kind !== 'name' || more.length > 0) return null;
    let value: Lane;
    if (statement.kind === 'assign') value = draft.lower(statement.value, here);
    else if (statement.kind === 'augment') {
      // `y += e` on an array would change the caller's array.
      draft.flags.rewrote = true;
      value = arithmetic(
        statement.op,
        draft.lower(target, here),
        draft.lower(statement.value, here),
        updated(statement),
        draft,
        { ...here, file: scope.file },
        literalInt(statement.value),
      );
      value = { ...value, unchanged: false };
    } else return null;
    if (draft.stopped()) return value;
    bindLocal(target.name, value, env, draft, plain);
  }
  return null;
}

function bindLocal(name: string, value: Lane, env: Env, draft: Draft, plain: boolean): void {
  if (plain) env.set(name, { ...value, code: name, binds: binds.atom, unchanged: true });
  else if (value.binds === binds.atom && /^\w+$/.test(value.code)) env.set(name, value);
  else env.set(name, nameIt(name, value, draft));
}

/** `a, b = x, y`: all values before the first name. */
function assignedTogether(statement: Stmt, draft: Draft, scope: Scope, plain: boolean): boolean {
  const [target, ...more] = statement.kind === 'assign' ? statement.targets : [];
  if (statement.kind !== 'assign' || target?.kind !== 'collection' || statement.value.kind !== 'collection' || more.length > 0) return false;
  const names = target.items.flatMap((item) => (item.kind === 'name' ? [item.name] : []));
  if (names.length !== target.items.length || names.length !== statement.value.items.length) return false;
  const values = statement.value.items.map((item) => draft.lower(item, scope));
  if (draft.stopped()) return false;
  names.forEach((name, index) => bindLocal(name, values[index] as Lane, scope.env, draft, plain));
  return true;
}
