import type { Edit, Expr, Refusal, Span } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachStmt } from '../../syntax/python-walk';
import { codeOfFunction, hiddenUseOfField, isParameter, moduleCode, usesOf, usesOfField, type Code, type Use } from './code';
import { roleOf, type Role } from './roles';
import type { Context } from '../refactor';

/** All uses of a container that is made in one function or module, or of a field that the methods of one class share. */
export interface Whole {
  place: string;
  /** `place`: as it is written there. */
  uses: { use: Use; role: Role; code: Code; place: string }[];
}

/** Every place that names the container; a refusal where others may hold it. */
export function wholeOf(place: string, code: Code, cx: Context): Outcome<Whole> {
  if (place.includes('.')) return wholeField(place, code, cx);
  const { here, hidden } = usesOf(place, code);
  if (isParameter(place, code)) return shared(`\`${place}\` comes from the caller, who goes on using it as a list.`, code.owner?.span);
  if (hidden !== null) return shared(`\`${place}\` is used in line ${hidden.start.line + 1} in a way that cannot be followed.`, hidden);
  if (code.module.globals.includes(place) || (code.owner === null && !cx.isMain(code.file)))
    return shared(`\`${place}\` belongs to the whole module, and others may use it as a list.`, here[0]?.expr.span);
  return ok({ place, uses: here.map((use) => ({ use, role: roleOf(use), code, place })) });
}

/** Of a method: the qualified name of its class with a dot behind it. */
const homeOfMethod = (qualname: string): string => qualname.slice(0, qualname.lastIndexOf('.') + 1);

/**
 * Every place that names a field of one class, in any file.
 * @param mayDo what may be done to a field of that name where it is not known whose it is.
 */
export function wholeField(place: string, code: Code, cx: Context, mayDo: (role: Role, code: Code) => boolean = isAsked): Outcome<Whole> {
  const field = place.slice(place.lastIndexOf('.') + 1);
  const home = homeOfMethod(code.owner?.qualname ?? '');
  const own = code.module.classes.find(({ qualname }) => `${qualname}.` === home);
  const inBody = own && [...eachStmt(own.body)].some((stmt) => stmt.kind === 'assign' && stmt.targets.some((target) => target.kind === 'name' && (target.name === field || target.name === '__slots__'))); // prettier-ignore
  const lost = (): ReturnType<typeof shared> => shared(`Where \`${place}\` gets its value cannot be followed.`, code.owner?.span);
  if (inBody !== false) return lost();
  const uses: Whole['uses'] = [];
  for (const file of cx.files) {
    const module = cx.syntax(file);
    for (const inner of [moduleCode(file, cx), ...module.functions.map((fn) => codeOfFunction(fn, cx))]) {
      const self = inner.owner?.method === true ? inner.owner.params[0]?.name : undefined;
      const inside = self !== undefined && file === code.file && homeOfMethod(inner.owner?.qualname ?? '') === home;
      const hidden = hiddenUseOfField(field, inner, cx);
      if (hidden !== null)
        return shared(`The field \`${field}\` may be used in line ${hidden.start.line + 1} in a way that cannot be followed.`, hidden);
      for (const use of usesOfField(field, inner)) {
        const { expr } = use;
        const bySelf = expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === self;
        if (bySelf && !inside && !mayBeRelated(inner, own?.qualname ?? '', cx)) continue;
        const role = roleOf(use);
        // Of another object than `self` it may be the same field, and may only be asked whether it is empty or how long it is.
        if (!(bySelf && inside) && !mayDo(role, inner)) return shared(`The field \`${field}\` is used in line ${expr.span.start.line + 1} on an object that is not known.`, expr.span); // prettier-ignore
        uses.push({ use, role, code: inner, place: `${self ?? ''}.${field}` });
      }
    }
  }
  return uses.some(({ role }) => role.kind === 'assigned') ? ok({ place, uses }) : lost();
}

export const isAsked = (role: Role): boolean => role.kind === 'tested' || role.kind === 'member' || isLength(role);
export const isLength = (role: Role): boolean => role.kind === 'argument' && role.call.callee.kind === 'name' && role.call.callee.name === 'len';

/** A class that stands above or below the other one, as far as names tell. */
function mayBeRelated({ owner, module }: Code, qualname: string, cx: Context): boolean {
  const name = (text: string): string => text.slice(text.lastIndexOf('.') + 1);
  const here = homeOfMethod(owner?.qualname ?? '').slice(0, -1);
  const basesOf = (wanted: string): string[] =>
    cx.files.flatMap((file) =>
      cx
        .syntax(file)
        .classes.filter((one) => name(one.qualname) === name(wanted))
        .flatMap(({ bases }) => bases.flatMap((base) => (base.kind === 'name' ? [base.name] : base.kind === 'attribute' ? [base.attribute] : []))),
    );
  const above = (wanted: string, from: string, depth = 0): boolean =>
    depth < 8 && basesOf(from).some((base) => base === name(wanted) || above(wanted, base, depth + 1));
  return module.classes.every((one) => one.qualname !== here) || above(here, qualname) || above(qualname, here);
}

const shared = (why: string, span: Span | undefined): { ok: false; refusal: Refusal } =>
  refuse('shared', why, 'Make it in one function, and hand on a list of what it holds.', span);

/** `items.pop(0)` -> `items.popleft()`: what stands after the name of the container. */
export function afterObject(call: Expr & { kind: 'call' }, text: string, code: Code, cx: Context): Edit {
  const start = call.callee.kind === 'attribute' ? call.callee.object.span.end : call.callee.span.end;
  return cx.edit(code.file, { start, end: call.span.end }, text);
}
