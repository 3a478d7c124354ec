/** Why waiting for several items at once would change what a loop is for, though its trips are independent. */
import type { IndexSpace, Refusal, Span } from '../../types';
import { lineOf, within } from '../../platform/span';
import { eachStmt } from '../../syntax/python-walk';
import type { TaskMap } from './task';

/** Of the standard library: what the other side writes while the loop runs. */
const LIVE = /^(rfile|stdin|stdout)$/;

export function whyKeepPace({ facts, cx, split }: TaskMap): Refusal | null {
  const { file, ir } = facts;
  const pause = [...eachStmt(ir.body)].find((stmt) => stmt.kind === 'expression' && stmt.value.kind === 'call' && cx.resolve(stmt.value.callee, file, stmt.span.start) === 'time.sleep'); // prettier-ignore
  if (pause) {
    return { code: 'paced', why: `The loop pauses in its trips (${lineOf(pause.span)}), as one does so as not to ask too often; several at once would not keep to that.`, toDo: 'Take the pause out of the loop if nobody needs it.', span: pause.span }; // prettier-ignore
  }
  const moved = [...split.hoists.map(({ origin }) => origin.span), ...split.steps.map(({ stmt }) => stmt.span)];
  const answer = facts.calls.find(({ io, span }) => io !== null && io !== 'console' && !moved.some((one) => within(span, one)));
  const live = answer ? liveItems(ir.space) : null;
  if (!answer || live === null) return null;
  return { code: 'live-items', why: `The next item may come only after the answer to the one before it (${lineOf(answer.span)}), and a pool asks for all items first.`, toDo: 'Let each item be handled by a thread of its own, if the other side sends several at once.', span: live }; // prettier-ignore
}

function liveItems(space: IndexSpace): Span | null {
  if (space.kind === 'enumerate') return liveItems(space.of);
  return space.kind === 'sequence' && space.value.kind === 'attribute' && LIVE.test(space.value.attribute) ? space.value.span : null;
}
