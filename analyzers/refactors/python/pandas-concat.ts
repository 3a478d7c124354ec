import { ok, refuse, type Outcome } from '../../platform/result';
import type { Edit, Expr, LoopFacts, Position, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs, stmtNames } from '../../syntax/python-walk';
import { isFixedType } from '../memoize/results';
import { defineRefactor, type Context, type Match } from '../refactor';

interface ConcatMatch extends Match {
  edits: Edit[];
}
type Assign = Stmt & { kind: 'assign' };
/** `whole = pd.concat([whole, part])` */
interface Growth {
  statement: Assign;
  name: string;
  call: Expr & { kind: 'call' };
  parts: Expr[];
}

export const refactor = defineRefactor<ConcatMatch>({
  id: 'pandas-concat',
  family: 'algorithm',
  title: 'Put the parts together once, after the loop',

  match(facts, _verdict, cx): Outcome<ConcatMatch> | undefined {
    const { ir, file } = facts;
    if (ir.language !== 'python' || (ir.form !== 'for' && ir.form !== 'while') || ir.async || ir.otherwise.length > 0) return undefined;
    const growths = [...eachStmt(ir.body)].flatMap((statement) => growthIn(statement, file, cx) ?? []);
    const [growth, another] = growths;
    if (growth === undefined || another !== undefined) return undefined;
    const no = whyNot(growth, facts, cx);
    return no ?? ok(lower(growth, facts, cx));
  },

  rewrite: (match) => match.edits,
});

function growthIn(statement: Stmt, file: string, cx: Context): Growth | null {
  if (statement.kind !== 'assign' || statement.targets.length !== 1) return null;
  const [target] = statement.targets;
  const { value: call } = statement;
  if (target?.kind !== 'name' || call.kind !== 'call' || cx.resolve(call.callee, file, call.span.start) !== 'pandas.concat') return null;
  const [list, more] = call.args;
  if (list?.kind !== 'collection' || list.type === 'set' || more !== undefined) return null;
  const [first, ...parts] = list.items;
  const plain = call.keywords.every(({ name, value }) => (name === 'ignore_index' && value.kind === 'constant') || (name === 'axis' && value.kind === 'number' && value.text === '0')); // prettier-ignore
  if (!plain || first?.kind !== 'name' || first.name !== target.name || parts.length === 0 || parts.some(({ kind }) => kind === 'spread'))
    return null;
  return { statement, name: target.name, call, parts };
}

const starts = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.character < b.character);

function whyNot({ statement, name, parts }: Growth, facts: LoopFacts, cx: Context): Outcome<ConcatMatch> | undefined {
  const { ir, owner, file } = facts;
  const others = [...eachStmt(ir.body)].filter((one) => one !== statement);
  const used = others.find((one) => {
    const names = one.kind === 'opaque' ? [...one.reads, ...one.writes] : [];
    const bound = one.kind === 'assign' ? one.targets.flatMap(boundNames) : one.kind === 'augment' ? boundNames(one.target) : one.kind === 'loop' && one.loop.target ? boundNames(one.loop.target) : []; // prettier-ignore
    return names.includes(name) || bound.includes(name) || reads(stmtExprs(one), name);
  });
  if (used !== undefined || reads(parts, name) || facts.indices.includes(name) || (ir.space.kind === 'while' && reads([ir.space.test], name))) {
    return refuse('read-in-loop', `\`${name}\` is also read or given in the loop, where it has to hold what was gathered so far.`, 'Gather the parts in a list, and keep what the loop needs to know of them beside it.', used?.span ?? statement.span); // prettier-ignore
  }
  const module = cx.syntax(file);
  const body = owner?.body ?? module.body;
  const guarded = [...eachStmt(body)].find((one) => one.kind === 'try' && one.body.some(({ span }) => within(ir.span, span)));
  if (guarded !== undefined) {
    return refuse('caught', `The loop stands in a \`try\` (line ${guarded.span.start.line + 1}): where it ends early, \`${name}\` has to hold what was gathered so far.`, 'Handle the errors of each part inside of the loop.', guarded.span); // prettier-ignore
  }
  const watching = module.outline.statements.find(({ kind, reads: read }) => (kind === 'function' || kind === 'class') && read.includes(name));
  const inner = [...eachStmt(body)].some((one) => one.kind === 'opaque' && /^(function_def|decorated_def|class_def)/.test(one.what) && one.reads.includes(name)); // prettier-ignore
  const global = owner === null || [...eachStmt(owner.body)].some((one) => one.kind === 'scope' && one.names.includes(name));
  if (inner || (global && watching !== undefined)) {
    return refuse('shared-name', `Other functions read \`${name}\`, perhaps while the loop runs.`, 'Gather in a local name, and give it to them when the loop is done.', watching?.span ?? statement.span); // prettier-ignore
  }
  const stale = parts.map((part) => changedLater(part, statement, facts, cx)).find((why) => why !== null);
  if (typeof stale === 'string') {
    return refuse(
      'changed-later',
      `${stale}, so that a list would hold it as it is later.`,
      'Put a copy into the list: `part.copy()`.',
      statement.span,
    );
  }
  return undefined;
}

const reads = (exprs: readonly Expr[], name: string): boolean =>
  exprs.some((top) => [...eachExpr(top)].some((expr) => (expr.kind === 'name' && expr.name === name) || (expr.kind === 'opaque' && expr.reads.includes(name)))); // prettier-ignore

const CHANGING = /^(append|extend|insert|add|update|pop|remove|clear|sort|reverse|drop_duplicates|sort_values|sort_index|fillna|rename|drop|reset_index|set_index|replace)$/; // prettier-ignore

/** A part is copied when it is put in; in a list it must still be what it was then. Null: it is. */
function changedLater(part: Expr, at: Assign, facts: LoopFacts, cx: Context): string | null {
  const { ir, file } = facts;
  const all = [...eachStmt(ir.body)];
  const givenTo = (name: string): Stmt[] =>
    all.filter((one) => one.kind === 'assign' && one.targets.some((target) => boundNames(target).includes(name)));
  if (part.kind === 'name' && !facts.indices.includes(part.name)) {
    const given = givenTo(part.name);
    if (given.length === 0) return `\`${part.name}\` is the same object in every trip`;
    const fresh = given.every((one) => one.kind === 'assign' && one.value.kind !== 'name' && starts(one.span.start, at.span.start));
    if (!fresh) return `\`${part.name}\` is not made anew right before it is added`;
  }
  // Everything that the part is made from may be what it still looks at.
  const sources = new Set<string>();
  const made: Expr[] = [];
  const pending: Expr[] = [part];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    made.push(next);
    for (const expr of eachExpr(next)) {
      if (expr.kind !== 'name' || sources.has(expr.name)) continue;
      sources.add(expr.name);
      for (const one of givenTo(expr.name)) if (one.kind === 'assign') pending.push(one.value);
    }
  }
  const makes = (span: Span): boolean => made.some((expr) => within(span, expr.span));
  const call = facts.calls.find(({ span, purity, changes: what }) => makes(span) && purity === 'mutates' && what !== 'trip');
  if (call !== undefined) return `A part comes from a call that changes something: ${call.why.replace(/\.$/, '')}`;
  const own = made.flatMap((expr) => [...eachExpr(expr)]).find((expr) => expr.kind === 'call' && cx.functionOf(expr.callee, file) !== null);
  const [store] = facts.stores;
  if (own !== undefined && store !== undefined) return `A part comes from a function of yours, and the loop changes \`${store.name}\``;
  for (const name of sources) {
    const mine = givenTo(name).length > 0;
    for (const one of all) {
      // Before it is added, only what was made in this trip may be changed: another trip would change what was added already.
      const before = mine && starts(one.span.start, at.span.start);
      const counts = one.kind === 'augment' && isFixedType(facts.values[name]?.type ?? '');
      if (!before && !counts && one !== at && changes(one, name)) return `\`${name}\` is changed in the loop (line ${one.span.start.line + 1})`;
    }
  }
  return null;
}

function changes(statement: Stmt, name: string): boolean {
  const root = (expr: Expr): string | null => (expr.kind === 'name' ? expr.name : expr.kind === 'subscript' || expr.kind === 'attribute' ? root(expr.object) : null); // prettier-ignore
  const stored = (target: Expr): boolean =>
    target.kind !== 'name' && (target.kind === 'collection' ? target.items.some(stored) : root(target) === name);
  if (statement.kind === 'assign' && statement.targets.some(stored)) return true;
  if (statement.kind === 'augment' && root(statement.target) === name) return true;
  if (statement.kind === 'opaque' && statement.reads.includes(name)) return true;
  return stmtExprs(statement).some((top) =>
    [...eachExpr(top)].some((expr) => {
      if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || root(expr.callee.object) !== name) return false;
      return expr.keywords.some((keyword) => keyword.name === 'inplace') || (CHANGING.test(expr.callee.attribute) && statement.kind === 'expression');
    }),
  );
}

function lower({ statement, name, call, parts }: Growth, facts: LoopFacts, cx: Context): ConcatMatch {
  const { file, ir } = facts;
  const [list] = call.args as [Expr & { kind: 'collection' }];
  const gathered = cx.freshName(/s$/.test(name) ? `${name}_parts` : 'frames', file);
  const indent = cx.indentAt(file, ir.span.start.line);
  const items = parts.map((part) => cx.slice(file, part.span));
  const added = items.length === 1 ? `${gathered}.append(${items[0] ?? ''})` : `${gathered}.extend([${items.join(', ')}])`;
  const text = cx.slice(file, call.span);
  const at = offsetIn(cx.slice(file, { start: call.span.start, end: list.span.start }));
  const whole = `${text.slice(0, at)}${gathered}${text.slice(at + cx.slice(file, list.span).length)}`;
  const end = endOf(ir.body) ?? ir.span.end;
  // Where the loop makes no trip, the name keeps what it had, its index too.
  const unit = cx.indentUnit(file);
  const isFrame = startsAsFrame(name, facts, cx);
  const after = isFrame ? `\n${indent}${name} = ${whole}` : `\n${indent}if len(${gathered}) > 1:\n${indent}${unit}${name} = ${whole}`;
  return {
    file,
    region: ir.span,
    captures: [name],
    title: `Put the parts of \`${name}\` together once, after the loop`,
    cost: { kind: 'factor', low: 1.2, high: 40 },
    assumptions: [
      `The parts have the same columns with values of the same types: otherwise putting them together at once may choose other types than one after the other.`,
      `Memory holds all parts at the same time.`,
    ],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: [
      cx.insert(file, { line: ir.span.start.line, character: 0 }, `${indent}${gathered} = [${name}]\n`),
      cx.edit(file, statement.span, added),
      cx.insert(file, lineEnd(cx, file, end), after),
    ],
  };
}

const offsetIn = (before: string): number => before.length;

function endOf(body: readonly Stmt[]): Position | null {
  const last = body.at(-1);
  if (last === undefined) return null;
  const inner = nestedBlocks(last).flat();
  return inner.reduce<Position>((latest, { span }) => (starts(latest, span.end) ? span.end : latest), last.span.end);
}

/** The end of the line's text, a comment behind the statement included. */
function lineEnd(cx: Context, file: string, { line, character }: Position): Position {
  const at = character === 0 ? line - 1 : line;
  const text = (cx.text(file).split('\n')[at] ?? '').replace(/\r$/, '');
  return { line: at, character: text.length };
}

/** Begun as a new data frame with rows numbered from 0: `pd.DataFrame(...)` right before the loop. */
function startsAsFrame(name: string, { ir, owner, file }: LoopFacts, cx: Context): boolean {
  const body = owner?.body ?? cx.syntax(file).body;
  const block = blockOf(body, ir.span);
  const index = block.findIndex(({ span }) => within(ir.span, span));
  const given = block.slice(0, Math.max(0, index)).reverse().find((one) => stmtNames([one]).writes.has(name)); // prettier-ignore
  if (given?.kind !== 'assign' || given.value.kind !== 'call') return false;
  const { callee, keywords, args } = given.value;
  const plain = cx.resolve(callee, file, given.span.start) === 'pandas.DataFrame';
  return plain && args.length <= 1 && keywords.every((keyword) => keyword.name === 'columns' || keyword.name === 'dtype');
}

function blockOf(body: readonly Stmt[], span: Span): readonly Stmt[] {
  for (const statement of body) {
    for (const block of nestedBlocks(statement)) if (block.some((one) => within(span, one.span))) return blockOf(block, span);
  }
  return body;
}
