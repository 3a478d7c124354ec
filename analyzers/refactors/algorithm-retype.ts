import type { Edit, Expr, Refusal, Span } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { codeOfFunction, fieldValues, isParameter, usesOf, type Code, type Use } from './algorithm-code';
import { roleOf, type Role } from './algorithm-roles';
import type { Context } from './refactor';

/** All uses of a container that is made in one function or module, or of a field that the methods of one class share. */
export interface Whole {
  place: string;
  uses: { use: Use; role: Role; code: Code }[];
}

/** Every place that names the container; a refusal where others may hold it. */
export function wholeOf(place: string, code: Code, cx: Context): Outcome<Whole> {
  if (place.includes('.')) return wholeField(place, code, cx);
  const { here, hidden } = usesOf(place, code);
  if (isParameter(place, code)) return shared(`\`${place}\` comes from the caller, who goes on using it as a list.`, code.owner?.span);
  if (hidden !== null) return shared(`\`${place}\` is used in line ${hidden.start.line + 1} in a way that cannot be followed.`, hidden);
  if (code.module.globals.includes(place) || (code.owner === null && !cx.isMain(code.file)))
    return shared(`\`${place}\` belongs to the whole module, and others may use it as a list.`, here[0]?.expr.span);
  return ok({ place, uses: here.map((use) => ({ use, role: roleOf(use), code })) });
}

function wholeField(place: string, code: Code, cx: Context): Outcome<Whole> {
  const field = place.slice(place.lastIndexOf('.') + 1);
  const home = code.owner?.qualname.slice(0, code.owner.qualname.lastIndexOf('.') + 1) ?? '';
  if (fieldValues(place, code, cx) === null) return shared(`Where \`${place}\` gets its value cannot be followed.`, code.owner?.span);
  const uses: Whole['uses'] = [];
  for (const fn of code.module.functions) {
    const inner = codeOfFunction(fn, cx);
    const self = fn.method && fn.qualname.startsWith(home) && !fn.qualname.slice(home.length).includes('.') ? fn.params[0]?.name : undefined;
    const own = self === undefined ? [] : usesOf(`${self}.${field}`, inner).here;
    const named = countField(field, inner);
    // The same field of another object, or of this one under another name.
    if (named > own.length) return shared(`A field \`${field}\` is used in line ${fn.span.start.line + 1} on an object that is not known.`, fn.span);
    uses.push(...own.map((use) => ({ use, role: roleOf(use), code: inner })));
  }
  const top = { file: code.file, module: code.module, owner: null, body: code.module.body };
  if (countField(field, top) > 0) return shared(`The field \`${field}\` is used from outside of its class.`, code.owner?.span);
  return ok({ place, uses });
}

/** How often a field of that name is named, of whatever object. */
function countField(field: string, code: Code): number {
  return JSON.stringify(code.body).split(`"attribute":${JSON.stringify(field)}`).length - 1;
}

const shared = (why: string, span: Span | undefined): { ok: false; refusal: Refusal } =>
  refuse('shared', why, 'Make it in one function, and hand on a list of what it holds.', span);

/** `items.pop(0)` -> `items.popleft()`: what stands after the name of the container. */
export function afterObject(call: Expr & { kind: 'call' }, text: string, code: Code, cx: Context): Edit {
  const start = call.callee.kind === 'attribute' ? call.callee.object.span.end : call.callee.span.end;
  return cx.edit(code.file, { start, end: call.span.end }, text);
}
