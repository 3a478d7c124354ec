import type { Expr, Span } from '../../types';
import { refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt } from '../../syntax/python-walk';
import { codeOfFunction, hiddenUseOfField, moduleCode, type Code } from './code';
import { keyOf } from './edit';
import type { Context } from '../refactor';

/** A store to a field of the key's name, or under its constant key, anywhere but where an object is made; by a text that names the field, too. */
export function fieldChange(key: Expr, cx: Context): Outcome<never> | null {
  const fields = [...eachExpr(key)].flatMap((part) => (part.kind === 'attribute' ? [part.attribute] : []));
  const keys = [...eachExpr(key)].flatMap((part) => (part.kind === 'subscript' ? [keyOf(part.index)] : []));
  for (const file of cx.files) {
    for (const code of [moduleCode(file, cx), ...cx.syntax(file).functions.map((fn) => codeOfFunction(fn, cx))]) {
      const hidden = fields.map((field) => hiddenUseOfField(field, code, cx)).find((span) => span !== null);
      if (hidden) return refused(hidden);
      const self = code.owner?.name === '__init__' ? code.owner.params[0]?.name : undefined;
      for (const target of storedTargets(code)) {
        const made = target.kind === 'attribute' && target.object.kind === 'name' && target.object.name === self;
        const hit = target.kind === 'attribute' ? fields.includes(target.attribute) && !made : target.kind === 'subscript' && keys.includes(keyOf(target.index)); // prettier-ignore
        if (hit) return refused(target.span);
      }
    }
  }
  return null;
}

const refused = (span: Span): Outcome<never> =>
  refuse('key-changes', `A key may be changed in line ${span.start.line + 1}.`, 'Keep the index up to date yourself where you change a key.', span);

function storedTargets({ body }: Code): Expr[] {
  const flat = (target: Expr): Expr[] => (target.kind === 'collection' ? target.items.flatMap(flat) : [target]);
  return [...eachStmt(body)].flatMap((stmt) => (stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : []).flatMap(flat));
}
