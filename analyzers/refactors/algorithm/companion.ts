import type { Edit, Expr, Span, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { codeOfFunction, definitionsThatUse, homeOf, isParameter, moduleCode, sameSpan, usesHere, usesOf, type Code } from './code';
import { endsLine, linesAfter, linesBefore, startsLine, statementAfter } from './edit';
import { standsAlone } from './gather';
import { wholeField, type Whole } from './retype';
import { LIST_LOOKS, LOOKING, roleOf, type Role } from './roles';
import { changeFree, isNew, keepsNothing } from './stays';
import type { Context } from '../refactor';

type Place = { code: Code; place: string };
/** A list that outlives the loop - a field of an object, or a variable of the module - with everything that is done to it. */
export interface Lifetime {
  /** Statements that give it its value. */
  made: (Place & { stmt: Stmt & { kind: 'assign' } })[];
  /** `items.append(item)` as statements of their own. */
  grown: (Place & { stmt: Stmt; item: Expr })[];
  cleared: (Place & { stmt: Stmt })[];
  /** Where it is only looked at. */
  seen: Whole['uses'];
  assumptions: string[];
}

/** Null where the place is neither a field nor a variable of the module. Refuses 'shared' and 'list-changes'. */
export function lifetimeOf(place: string, code: Code, cx: Context): Outcome<Lifetime> | null {
  const whole = place.includes('.') ? wholeField(place, code, cx, (role, inner) => isLook(role, inner, cx)) : wholeVariable(place, code, cx);
  if (whole === null || !whole.ok) return whole;
  const life: Lifetime = { made: [], grown: [], cleared: [], seen: [], assumptions: [] };
  for (const each of whole.value.uses) {
    const { use, role, code: inner, place: written } = each;
    const { stmt } = use;
    const changes = (): ReturnType<typeof refuse> => refuse('list-changes', `\`${place}\` is changed in line ${use.expr.span.start.line + 1}, other than by \`append\`.`, 'Keep what is looked up up to date yourself where you change the list.', use.expr.span); // prettier-ignore
    if (role.kind === 'assigned') {
      if (stmt.kind !== 'assign' || stmt.targets.length !== 1 || use.parents.length > 0 || !startsLine(stmt, cx, inner.file) || !endsLine(stmt, cx, inner.file)) return changes(); // prettier-ignore
      life.made.push({ code: inner, place: written, stmt });
      if (!isNew(stmt.value, inner, cx)) life.assumptions.push(`The list that \`${place}\` is given is not changed under another name.`);
    } else if (role.kind === 'method' && !LIST_LOOKS.has(role.method)) {
      const [item, another] = role.call.args;
      const alone = stmt.kind === 'expression' && stmt.value === role.call;
      if (alone && role.method === 'append' && item && !another) life.grown.push({ code: inner, place: written, stmt, item });
      else if (alone && role.method === 'clear' && !item) life.cleared.push({ code: inner, place: written, stmt });
      else return changes();
    } else if (role.kind === 'returned') {
      life.assumptions.push(`Nobody who is handed \`${place}\` changes it.`);
    } else if (!isLook(role, inner, cx)) return changes();
    else life.seen.push(each);
  }
  if (life.made.length === 0) return null;
  return ok(life);
}

function isLook(role: Role, code: Code, cx: Context): boolean {
  if (role.kind === 'value') return false;
  if (role.kind === 'argument') return LOOKING.has(cx.resolve(role.call.callee, code.file, role.call.span.start) ?? '') || keepsNothing(role, cx, code); // prettier-ignore
  return changeFree(role);
}

/** A variable of the module that its functions only read, or append to. */
function wholeVariable(place: string, code: Code, cx: Context): Outcome<Whole> | null {
  const home = homeOf(place, code, cx);
  if (home === null || home.owner !== null || code.owner === null) return null;
  const shared = (why: string, span: Span): Outcome<never> =>
    refuse('shared', why, 'Make it in one function, and hand on a list of what it holds.', span);
  if (home.module.globals.includes(place))
    return shared(`\`${place}\` is given its value by a function that declares it \`global\`.`, code.owner.span);
  const importer = cx.files.find((file) => Object.values(cx.syntax(file).imports).some((path) => path === place || path.endsWith(`.${place}`)));
  if (importer !== undefined) return shared(`\`${place}\` is used by other files, too.`, code.owner.span);
  const inner = definitionsThatUse(place, home).map((scope) => home.module.functions.find((fn) => sameSpan(fn.span, scope.span)));
  const codes = [moduleCode(home.file, cx), ...inner.map((fn) => fn && codeOfFunction(fn, cx))];
  const uses: Whole['uses'] = [];
  for (const each of codes) {
    if (each === undefined) return shared(`\`${place}\` is used in the body of a class.`, code.owner.span);
    const { here, hidden } = usesHere(place, each);
    if (hidden !== null) return shared(`\`${place}\` is used in line ${hidden.start.line + 1} in a way that cannot be followed.`, hidden);
    uses.push(...here.map((use) => ({ use, role: roleOf(use), code: each, place })));
  }
  return ok({ place, uses });
}

/** What keeps something beside a list: how it is made of the list, what is done where an item comes to it, how it is emptied. */
export interface Companion {
  /** Lines that make it, after the list got its value. */
  made: (at: Lifetime['made'][number]) => string[];
  /** One statement. */
  grown: (at: Lifetime['grown'][number]) => string;
  cleared: (at: Lifetime['cleared'][number]) => string;
}

export function companionEdits(life: Lifetime, companion: Companion, cx: Context): Edit[] {
  return [
    ...life.made.map((at) => linesAfter(at.stmt, companion.made(at), cx, at.code.file)),
    ...life.grown.map((at) => statementAfter(at.stmt, companion.grown(at), cx, at.code.file)),
    ...life.cleared.map((at) => statementAfter(at.stmt, companion.cleared(at), cx, at.code.file)),
  ];
}

/** `self.seen` -> `self.seen_set`, `STOP_WORDS` -> `STOP_WORDS_SET`, as it is written in that code. */
export function companionName(place: string, suffix: string, written: string, cx: Context, file: string): string {
  const last = place.slice(place.lastIndexOf('.') + 1);
  const name = last === last.toUpperCase() && !place.includes('.') ? `${last}_${suffix.toUpperCase()}` : `${last}_${suffix}`;
  return `${written.slice(0, written.lastIndexOf('.') + 1)}${cx.freshName(name, file)}`;
}

/** What is appended, under a name by which its key can be asked for; null where no line for that can be put before. */
export function namedItem(
  { item, stmt, code }: Pick<Lifetime['grown'][number], 'item' | 'stmt' | 'code'>,
  place: string,
  cx: Context,
): { name: string; edits: Edit[] } | null {
  const { file } = code;
  if (item.kind === 'name') return { name: item.name, edits: [] };
  if (!standsAlone(stmt, cx, file)) return null;
  const name = nameOfOne(place, code, cx);
  const made = linesBefore({ stmt, block: [], index: 0 }, [`${name} = ${cx.slice(file, item.span)}`], cx, file);
  return { name, edits: [made, cx.edit(file, item.span, name)] };
}

/** `self._products` -> `product`, where the code has no other use for that name. */
function nameOfOne(place: string, code: Code, cx: Context): string {
  const plural = place
    .slice(place.lastIndexOf('.') + 1)
    .replace(/^_+/, '')
    .toLowerCase();
  const name = /[^s]s$/.test(plural) ? plural.slice(0, -1) : 'item';
  const { here, hidden } = usesOf(name, code);
  const free = code.owner !== null && here.length === 0 && hidden === null && cx.syntax(code.file).scopes[0]?.bindings.has(name) !== true;
  return free && !isParameter(name, code) ? name : cx.freshName(name, code.file);
}
