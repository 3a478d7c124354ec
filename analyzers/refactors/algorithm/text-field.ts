import type { Edit, Expr, FunctionFacts, FunctionIR, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachStmt } from '../../syntax/python-walk';
import { finishFunction } from './callers';
import { codeOfFunction, type Code } from './code';
import { companionName } from './companion';
import { placesOf, savingCost } from './cost';
import type { EditMatch } from './edit';
import { addedText, growthOf, standsAlone } from './gather';
import { wholeField, type Whole } from './retype';
import type { Role } from './roles';
import { typeOf } from './types';
import type { Context } from '../refactor';

type TextType = 'str' | 'bytes';

/**
 * A field of text that a method makes longer each time: its pieces are kept in a list, and a property of the field's name joins them for whoever reads it.
 * Refuses 'looked-at', 'both-ends' and 'seen-elsewhere'.
 */
export function planTextField(facts: FunctionFacts, cx: Context): Outcome<EditMatch> | undefined {
  const { function: fn } = facts;
  const [self] = fn.params;
  if (!fn.method || self === undefined) return undefined;
  const code = codeOfFunction(fn, cx);
  let refusal: Outcome<never> | undefined;
  for (const { place, stmts } of grownFields(fn, self.name)) {
    const whole = wholeField(place, code, cx, isRead);
    if (!whole.ok) continue;
    if (asksForFields(cx)) {
      refusal ??= refuse('seen-elsewhere', `The program asks objects for all their fields, and \`${place}\` would be none.`, 'Keep the pieces in a list yourself.', fn.span); // prettier-ignore
      continue;
    }
    const plan = planPieces(place, whole.value, code, cx);
    if (plan === null) continue;
    if (!plan.ok) {
      refusal ??= plan;
      continue;
    }
    const cost = savingCost(facts.hotspot, placesOf(stmts, code), 0.1, cx);
    return finishFunction(fn, { title: `Keep the pieces of \`${place}\`, and join them when it is read`, cost, ...plan.value }, cx);
  }
  return refusal;
}

/** Text cannot be changed by whoever reads it. */
const isRead = (role: Role): boolean => role.kind !== 'assigned' && role.kind !== 'augmented' && !(role.kind === 'field' && role.store);

/** `vars(self)` or `self.__dict__`, which hold what was stored and no properties. */
const asksForFields = (cx: Context): boolean =>
  cx.files.some((file) => cx.syntax(file).scopes.some(({ reads }) => ['vars', '__dict__', 'setattr'].some((name) => reads.has(name))));

function grownFields(fn: FunctionIR, self: string): { place: string; stmts: Stmt[] }[] {
  const found = new Map<string, Stmt[]>();
  for (const stmt of eachStmt(fn.body)) {
    const target = stmt.kind === 'augment' ? stmt.target : stmt.kind === 'assign' ? stmt.targets[0] : undefined;
    const place = target ? dottedName(target) : null;
    if (place === null || place.split('.').length !== 2 || !place.startsWith(`${self}.`) || growthOf(stmt, place) === null) continue;
    found.set(place, [...(found.get(place) ?? []), stmt]);
  }
  return [...found].map(([place, stmts]) => ({ place, stmts }));
}

/** Null where it is no text, or where its first value is not plain to see. */
function planPieces(place: string, { uses }: Whole, code: Code, cx: Context): Outcome<{ edits: Edit[]; assumptions: string[] }> | null {
  const fresh = companionName(place, 'parts', '', cx, code.file);
  const edits: Edit[] = [];
  const assumptions = [`Nobody outside the files of the program asks for the fields of the object.`];
  let type: TextType | null = null;
  let maker: FunctionIR | null = null;
  for (const { use, role, code: inner, place: written } of uses) {
    const { stmt } = use;
    if (isRead(role)) {
      // What makes the text longer reads it, too; any other reader in the same method would join it each time.
      if (growthOf(stmt, written) === null && inner.owner !== null && inner.owner === code.owner)
        return refuse('looked-at', `\`${place}\` is looked at in line ${use.expr.span.start.line + 1}, where it grows, so it has to be whole each time.`, 'Look at the pieces instead, or at a count of their lengths.', use.expr.span); // prettier-ignore
      continue;
    }
    const growth = growthOf(stmt, written);
    const parts = `${written.slice(0, written.lastIndexOf('.') + 1)}${fresh}`;
    if (!standsAlone(stmt, cx, inner.file)) return null;
    if (growth !== null) {
      if (growth.form === 'prepend') return refuse('both-ends', `\`${place}\` grows in front.`, 'Keep the pieces in a list, and join them the other way round.', stmt.span); // prettier-ignore
      if (!growth.added.every((part) => textTypeOf(part, inner, cx) !== null)) assumptions.push(`Everything that is added to \`${place}\` is text, or all of it bytes.`); // prettier-ignore
      edits.push(cx.edit(inner.file, stmt.span, `${parts}.append(${addedText(growth, cx, inner.file)})`));
    } else {
      const value = stmt.kind === 'assign' && stmt.targets.length === 1 && use.parents.length === 0 ? stmt.value : null;
      const given = value === null ? null : textTypeOf(value, inner, cx);
      if (value === null || inner.owner === null || given === null || (type !== null && given !== type)) return null;
      type = given;
      if (inner.owner.name === '__init__') maker = inner.owner;
      edits.push(cx.edit(inner.file, stmt.span, `${parts} = [${isEmptyText(value) ? '' : cx.slice(inner.file, value.span)}]`));
    }
  }
  if (type === null || maker === null) return null;
  edits.push(property(place.slice(place.lastIndexOf('.') + 1), fresh, type, maker, cx));
  return ok({ edits, assumptions: [...new Set(assumptions)] });
}

/** What is added to text is text, or an error. */
function textTypeOf(expr: Expr, code: Code, cx: Context): TextType | null {
  if (expr.kind === 'binary' && expr.op === '+') return textTypeOf(expr.left, code, cx) ?? textTypeOf(expr.right, code, cx);
  const type = typeOf(expr, { file: code.file, values: {} }, code, cx)?.type;
  return type === 'str' || type === 'bytes' ? type : null;
}

const isEmptyText = (value: Expr): boolean => value.kind === 'string' && /^[bB]?(''|"")$/.test(value.text);

/** What gives the whole text to whoever reads the field, right behind the method that makes the object. */
function property(field: string, parts: string, type: TextType, maker: FunctionIR, cx: Context): Edit {
  const { file, span } = maker;
  const indent = cx.indentAt(file, span.start.line);
  const self = maker.params[0]?.name ?? 'self';
  const unit = cx.indentUnit(file);
  const last = maker.body[maker.body.length - 1]?.span.end ?? span.end;
  const line = last.character === 0 ? last.line - 1 : last.line;
  const text = (cx.text(file).split('\n')[line] ?? '').replace(/\r$/, '');
  const lines = ['', `${indent}@property`, `${indent}def ${field}(${self}):`, `${indent}${unit}return ${type === 'bytes' ? 'b' : ''}"".join(${self}.${parts})`]; // prettier-ignore
  return cx.insert(file, { line, character: text.length }, lines.map((one) => `\n${one}`).join(''));
}
