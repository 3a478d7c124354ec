import type { Edit, Expr, Span } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { inside, rootOf, type Code } from './code';
import { aboveComments } from '../import-edit';
import type { Context } from '../refactor';

/** Lines of the module level, put above the statement of that level that something stands in: two empty lines behind them before a function or class. */
export function definitionAbove({ span }: { span: Span }, written: readonly string[], { file }: Code, cx: Context): Edit {
  const holder = cx.module(file).statements.find((statement) => inside(span, statement.span));
  const lines = cx.text(file).split('\n');
  const line = aboveComments(lines, (holder?.span ?? span).start.line);
  const apart = holder?.kind === 'function' || holder?.kind === 'class' || (written[0] ?? '').startsWith('def ');
  return cx.insert(file, { line, character: 0 }, `${written.join('\n')}${apart ? '\n\n\n' : '\n'}`);
}

/** Means the same at the module's level as where it stands: an import of a function's own does not. */
export const isKnownAbove = (expr: Expr, { module }: Code): boolean => module.scopes[0]?.bindings.has(rootOf(dottedName(expr) ?? '')) === true;
