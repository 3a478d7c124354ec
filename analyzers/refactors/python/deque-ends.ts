import type { CallSite, CostModel, Edit, Expr, Hotspot, LoopFacts, Span, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { codeOf, codeOfFunction, inside, stepsTo, type Code } from '../algorithm/code';
import { placesOf, savingCost } from '../algorithm/cost';
import { annotationEdit, finish, type EditMatch } from '../algorithm/edit';
import { tripExprs, waitsForIo } from '../algorithm/loop';
import { afterObject, wholeOf, type Whole } from '../algorithm/retype';
import { LOOKING } from '../algorithm/roles';
import { isNew } from '../algorithm/stays';
import { typeOf } from '../algorithm/types';
import { defineRefactor, type Context } from '../refactor';

/** A list that a hot loop uses as a queue. */
export const refactor = defineRefactor<EditMatch>({
  id: 'deque-ends',
  family: 'algorithm',
  title: 'Use a deque as the queue',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null) return undefined;
    const planned = planQueue(tripExprs(facts.ir), facts.ir.span, facts, code, cx);
    if (!planned?.ok) return planned;
    const { place, edits, assumptions, ends } = planned.value;
    const cost = costOf(facts, ends, facts.values[place]?.length, code, cx);
    return ok(finish(facts, code, { title: `Make \`${place}\` a deque`, edits, cost, assumptions, changed: [place] }));
  },

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript') return undefined;
    const code = codeOfFunction(facts.function, cx);
    const planned = planQueue(exprsIn(facts.function.body), facts.function.span, facts, code, cx);
    if (!planned?.ok) return planned;
    const { place, edits, assumptions, ends } = planned.value;
    const regions = facts.sites.map((site) => ({ file: site.file, span: loopAround(site, cx), captures: [] }));
    const [first] = regions;
    if (!first) return undefined;
    const cost = costOf(facts, ends, undefined, code, cx);
    return ok({ file: first.file, region: first.span, captures: [], title: `Make \`${place}\` a deque`, cost, assumptions, guarded: assumptions.length === 0, tolerance: 0, requires: [], workers: null, regions: [first], edits }); // prettier-ignore
  },

  rewrite: (match) => match.edits,
});

/** The outermost loop that the call stands in, else its statement: it is entered once, and not in every trip. */
function loopAround(site: CallSite, cx: Context): Span {
  const module = cx.syntax(site.file);
  const owner = module.functions.find((fn) => fn.qualname === site.owner && inside(site.statement, fn.span));
  const loop = stepsTo(owner?.body ?? module.body, site.statement).find(({ stmt }) => stmt.kind === 'loop');
  return loop?.stmt.span ?? site.statement;
}

const exprsIn = (body: readonly Stmt[]): Expr[] => [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]));

/** Moving the rest of a list takes about a nanosecond for three items, so that short ones lose nothing. */
const costOf = ({ hotspot }: { hotspot: Hotspot }, ends: readonly Expr[], length: number | undefined, code: Code, cx: Context): CostModel =>
  length !== undefined && length < 200 ? { kind: 'factor', low: 0.95, high: 1.5 } : savingCost(hotspot, placesOf(ends, code), 0.05, cx);

function planQueue(
  exprs: readonly Expr[],
  span: Span,
  facts: Pick<LoopFacts, 'file' | 'values'>,
  code: Code,
  cx: Context,
): Outcome<{ place: string; edits: Edit[]; assumptions: string[]; ends: Expr[] }> | undefined {
  let refusal: Outcome<never> | undefined;
  for (const place of new Set(exprs.flatMap((expr) => frontOf(expr) ?? []))) {
    if (typeOf(placeExpr(place, span, exprs), facts, code, cx)?.type !== 'list') continue;
    const whole = wholeOf(place, code, cx);
    if (!whole.ok) {
      refusal ??= whole;
      continue;
    }
    const deque = cx.importName(code.file, 'collections', { name: 'deque' });
    const edits = retyped(whole.value, deque.written, cx);
    if (!edits.ok) {
      refusal ??= edits;
      continue;
    }
    const assumptions = place.includes('.') ? [`No other file uses \`${place.slice(place.indexOf('.') + 1)}\` as a list.`] : [];
    const ends = exprs.filter((expr) => frontOf(expr) === place);
    return ok({ place, edits: deque.edit ? [deque.edit, ...edits.value] : edits.value, assumptions, ends });
  }
  return refusal;
}

const isZero = (expr: Expr | undefined): boolean => expr?.kind === 'number' && expr.text === '0';

/** The place of which `pop(0)` or `insert(0, x)` is called. */
function frontOf(expr: Expr): string | null {
  if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || !isZero(expr.args[0])) return null;
  const front = (expr.callee.attribute === 'pop' && expr.args.length === 1) || (expr.callee.attribute === 'insert' && expr.args.length === 2);
  return front ? dottedName(expr.callee.object) : null;
}

const placeExpr = (place: string, span: Span, exprs: readonly Expr[]): Expr =>
  exprs.find((expr) => dottedName(expr) === place) ?? { kind: 'name', name: place, span };

const SAME_METHODS = new Set(['append', 'extend', 'clear', 'remove', 'count', 'reverse', 'index']);

function retyped({ place, uses }: Whole, deque: string, cx: Context): Outcome<Edit[]> {
  const edits: Edit[] = [];
  for (const { use, role, code } of uses) {
    const listOnly = (what: string): ReturnType<typeof refuse> =>
      refuse('needs-list', `\`${place}\` is ${what} in line ${use.expr.span.start.line + 1}, which a deque cannot do as a list does.`, 'Keep a deque for the queue, and make a list of it where one is needed.', use.expr.span); // prettier-ignore
    switch (role.kind) {
      case 'assigned': {
        const { stmt } = role;
        if (stmt.kind !== 'assign' || stmt.targets.length !== 1 || use.parents.length > 0) return listOnly('given its value together with others');
        if (!isNew(stmt.value, code, cx))
          return refuse('shared', `\`${place}\` is another name for something in line ${stmt.span.start.line + 1}, which would no longer change with it.`, 'Copy it first: `list(...)`.', stmt.span); // prettier-ignore
        edits.push(...annotationEdit(stmt, deque, cx, code.file), cx.edit(code.file, stmt.value.span, made(stmt.value, deque, code, cx)));
        break;
      }
      case 'augmented':
        if (role.stmt.op !== '+') return listOnly('multiplied');
        break;
      case 'method': {
        const { method, call } = role;
        const [first, second] = call.args;
        if (call.keywords.length > 0) return listOnly('given keywords');
        if (method === 'pop' && call.args.length === 0) break;
        if (method === 'pop' && isZero(first)) edits.push(afterObject(call, '.popleft()', code, cx));
        else if (method === 'pop' && first?.kind === 'unary' && first.op === '-' && first.operand.kind === 'number' && first.operand.text === '1')
          edits.push(afterObject(call, '.pop()', code, cx));
        else if (method === 'insert' && isZero(first) && second)
          edits.push(afterObject(call, `.appendleft(${cx.slice(code.file, second.span)})`, code, cx));
        else if (!SAME_METHODS.has(method)) return listOnly(`asked for \`${method}\``);
        break;
      }
      case 'subscript': {
        const { index } = role.subscript;
        const end = isZero(index) || (index.kind === 'unary' && index.op === '-' && index.operand.kind === 'number' && index.operand.text === '1');
        if (!end) return listOnly(index.kind === 'slice' ? 'sliced' : 'read in the middle');
        break;
      }
      case 'iterated': {
        const loop = use.stmt.kind === 'loop' ? use.stmt : null;
        const changes = uses.some((other) => loop !== null && other.role.kind === 'method' && inside(other.use.expr.span, loop.span));
        if (changes) return listOnly('changed while it is walked over');
        break;
      }
      case 'argument': {
        const path = cx.resolve(role.call.callee, code.file, role.call.span.start) ?? '';
        if (!LOOKING.has(path) || /\.(print|str|repr|format|type|isinstance|dumps|copy|deepcopy|hash|id|choice|sample|array|asarray)$/.test(path)) return listOnly('handed to a call'); // prettier-ignore
        break;
      }
      case 'member':
      case 'tested':
        break;
      case 'operand':
      case 'compared':
        return listOnly('compared or combined with something');
      case 'returned':
        return listOnly('returned');
      case 'shown':
        return listOnly('shown');
      default:
        return listOnly('handed on');
    }
  }
  return ok(edits);
}

function made(value: Expr, deque: string, code: Code, cx: Context): string {
  const text = cx.slice(code.file, value.span);
  if (value.kind === 'collection' && value.type === 'list' && value.items.length === 0) return `${deque}()`;
  if (value.kind === 'call' && value.callee.kind === 'name' && value.callee.name === 'list' && value.args.length <= 1)
    return `${deque}(${value.args[0] ? cx.slice(code.file, value.args[0].span) : ''})`;
  return `${deque}(${text})`;
}
