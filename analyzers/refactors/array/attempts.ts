import type { Expr, LoopFacts, Span, Stmt } from '../../types';
import { ok, type Outcome } from '../../platform/result';
import { type PythonModule } from '../../syntax/python-module';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { Draft } from './draft';
import type { ArrayMatch } from './match';
import type { Context } from '../refactor';

/** Bounds for unknown ints, tried from wide to narrow until everything fits in 64 bits. */
const limits = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 3 : 1) * 10 ** (18 - Math.floor(index / 2)));

/** Array code from the first of the attempts in which every int fits in 64 bits, or why there is none. */
export function withinBounds(
  facts: LoopFacts,
  attempt: (bound: number | null) => { draft: Draft; match: ArrayMatch | null },
): Outcome<ArrayMatch> | undefined {
  let { draft, match } = attempt(null);
  if (!draft.stopped() && draft.flags.overflow) {
    const seen = facts.trips ?? 0;
    for (const limit of limits.filter((one) => one > seen)) {
      ({ draft, match } = attempt(limit));
      if (draft.stopped() || !draft.flags.overflow) break;
    }
    if (!draft.stopped() && draft.flags.overflow) {
      draft.refuse(
        'int-overflow',
        'Ints of this loop may outgrow 64 bits, where NumPy would wrap around silently.',
        'Compute with floats, or keep the loop.',
        facts.ir.span,
      );
    }
  }
  const refusal = draft.no;
  if (refusal) return { ok: false, refusal };
  return match ? ok(match) : undefined;
}

/** What no loop may do that array code is written for. Refusals are left in the draft. */
export function checkLoop(facts: LoopFacts, draft: Draft): void {
  const { ir } = facts;
  const { cx } = draft;
  if (ir.async) draft.refuse('side-effects', 'The loop awaits.', 'Keep it.', ir.span);
  if (ir.otherwise.length > 0) draft.refuse('early-exit', 'The loop has an else branch.', 'Put what it does after the loop.', ir.span);
  if (!ir.target || ir.space.kind === 'while') {
    draft.refuse('unsupported-loop', 'The loop counts by hand or waits for a condition.', 'Write it as a for loop over a range.', ir.span);
  }
  for (const exit of facts.flow) {
    if (exit.kind !== 'raise')
      draft.refuse('early-exit', `The loop has a ${exit.kind} in it.`, 'Compute all trips first and look for the exit in the result.', exit.span);
  }
  const bodies = facts.owner ? [facts.owner.body] : [draft.module.body, ...draft.module.functions.map((one) => one.body)];
  if (bodies.some(looksAtNames))
    draft.refuse('used-after', 'Names are looked up by their text, with eval(), locals() or the like.', 'Pass the values themselves.', ir.span);
  const replaced = patched(draft.module, cx, facts.file);
  if (replaced)
    draft.refuse(
      'unknown-call',
      `\`${cx.slice(facts.file, replaced)}\` replaces what a module gives.`,
      'Give the function a name of its own.',
      replaced,
    );
  const unread = exprOpaque(ir.body);
  if (unread) draft.refuse('not-numeric', 'The loop has a line that cannot be read as numbers.', 'Write it plainly.', unread);
}

/** True where code looks at names by their text: which names there are, and what they hold, is then part of what it does. */
function looksAtNames(body: readonly Stmt[]): boolean {
  for (const statement of eachStmt(body)) {
    for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      if (expr.kind !== 'call' || expr.callee.kind !== 'name') continue;
      const { name } = expr.callee;
      if (['eval', 'exec', 'locals', 'globals'].includes(name) || (['vars', 'dir'].includes(name) && expr.args.length === 0)) return true;
    }
  }
  return false;
}

/** Where the file replaces a function of math, NumPy or Python itself: `math.sqrt = ...`. */
function patched(module: PythonModule, cx: Context, file: string): Span | null {
  const known = (expr: Expr): boolean => /^(math|numpy|builtins)(\.|$)/.test(cx.resolve(expr, file, expr.span.start) ?? '');
  for (const body of [module.body, ...module.functions.map((one) => one.body)]) {
    for (const statement of eachStmt(body)) {
      const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
      const target = targets.find((one) => one.kind === 'attribute' && (known(one) || known(one.object)));
      if (target) return target.span;
      for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
        const [first] = expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'setattr' ? expr.args : [];
        if (first && known(first)) return expr.span;
      }
    }
  }
  return null;
}

function exprOpaque(body: readonly Stmt[]): Span | null {
  for (const statement of eachStmt(body)) if (statement.kind === 'opaque') return statement.span;
  return null;
}
