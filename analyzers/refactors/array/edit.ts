import type { Span, Stmt } from '../../types';
import { Definitions } from './definitions';
import type { Draft, Line } from './draft';
import type { ArrayMatch } from './match';
import type { Parts } from './parts';
import { isWhole } from './scalars';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { listTest } from './type-conditions';

/** Conversions of lists that an outer loop leaves alone are done once, before that loop. They leave the draft's prologue. */
export function takeHoisted(parts: Parts): { outer: Stmt; lines: string[] } | null {
  const taken = hoistable(parts);
  // What is not hoisted asks where it stands.
  const asks = parts.draft.prologue.flatMap((line) => line.asks ?? []);
  parts.draft.checks.unshift(...asks.filter((ask) => !parts.draft.checks.includes(ask)));
  return taken;
}

function hoistable({ site, draft }: Parts): { outer: Stmt; lines: string[] } | null {
  for (const outer of site.outers) {
    const inside = new Definitions([outer], null);
    const disturbed = mayChangeOthers(outer, draft);
    const free = (line: Line): boolean => {
      const name = line.converts ?? line.gathers ?? '';
      if (line.gathers !== undefined && disturbed) return false;
      const uses = inside.usesOf(name);
      if (disturbed && !isFresh(name, draft)) return false;
      return /^[A-Za-z_]\w*$/.test(name) && inside.of(name).length === 0 && !uses.changed && uses.appended.length === 0;
    };
    const lines = draft.prologue.filter(free);
    if (lines.length === 0) continue;
    draft.prologue = draft.prologue.filter((line) => !lines.includes(line));
    // Done once, they cost next to nothing.
    if (!draft.prologue.some((line) => line.converts ?? line.gathers)) draft.listInputs = 0;
    return { outer, lines: lines.map((line) => hoisted(line, draft)) };
  }
  return null;
}

/** A list that this function made, so that no parameter is the same list. */
function isFresh(name: string, draft: Draft): boolean {
  const made = draft.kinds.freshlyMade(name);
  return made !== null && ['collection', 'loop', 'binary'].includes(made.kind);
}

/** True where a loop stores through a name that may stand for another list too, or calls what may do so. */
function mayChangeOthers(outer: Stmt, draft: Draft): boolean {
  for (const statement of eachStmt([outer])) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    for (const target of targets) {
      if (target.kind === 'attribute') return true;
      const object = target.kind === 'subscript' ? target.object : null;
      if (object && !(object.kind === 'name' && (isFresh(object.name, draft) || draft.kinds.ofName(object.name)?.kind === 'array'))) return true;
    }
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind !== 'call') continue;
        const { callee } = expr;
        if (callee.kind === 'attribute' && callee.object.kind === 'name' && callee.attribute === 'append' && isFresh(callee.object.name, draft))
          continue;
        if (draft.cx.resolve(callee, draft.facts.file, callee.span.start) === null) return true;
      }
    }
  }
  return false;
}

/** A conversion outside of the guard: None where the list does not hold what was seen. */
function hoisted(line: Line, draft: Draft): string {
  const test = draft.typeTests.find((one) => one.text === line.converts && (one.holds === 'list' || one.holds === 'tuple'));
  const name = /^\w+/.exec(line.text)?.[0];
  if (line.asks && name) {
    draft.checks.unshift(`${name} is not None`);
    return `${line.text} if ${line.asks.join(' and ')} else None`;
  }
  if (line.tested !== true || !test || !name || test.holds === 'number' || test.holds === 'array') return line.text;
  draft.converted.set(test.text, name);
  return `${line.text} if ${listTest(test, draft.np)} else None`;
}

export function finishMatch(
  parts: Parts,
  inner: Span,
  innerText: string,
  captures: string[],
  reduction: boolean,
  outside: ReturnType<typeof takeHoisted> = null,
): ArrayMatch {
  const { facts, site, draft, importEdit } = parts;
  let [region, newText] = [inner, innerText];
  if (outside) {
    const { span } = outside.outer;
    const start = { line: span.start.line, character: 0 };
    const indent = draft.cx.indentAt(facts.file, start.line);
    const slice = (from: Span['start'], to: Span['start']): string => draft.cx.slice(facts.file, { start: from, end: to });
    region = { start, end: span.end };
    newText = [...outside.lines.map((line) => indent + line), ''].join('\n') + slice(start, inner.start) + innerText + slice(inner.end, span.end);
  }
  // A comment at the end of a loop takes the \r of its line along.
  if (draft.cx.slice(facts.file, region).endsWith('\r'))
    region = { start: region.start, end: { ...region.end, character: region.end.character - 1 } };
  const main = draft.cx.edit(facts.file, region, newText.replace(/\r$/, ''));
  const lists = draft.sinks.some((sink) => sink.target.kind === 'append' || (sink.target.kind === 'emit' && site.use?.kind === 'list'));
  const floats = [...draft.updates.map((update) => update.value), ...draft.sinks.map((sink) => sink.value)].some((lane) => !isWhole(lane.scalar));
  const assumptions = [...draft.assumptions];
  return {
    file: facts.file,
    region,
    captures,
    title: 'Vectorize with NumPy',
    cost: {
      kind: 'vectorize',
      operations: Math.max(1, draft.operations),
      listInputs: draft.listInputs,
      listOutput: lists,
      importsNumpy: importEdit !== null,
    },
    assumptions,
    guarded: assumptions.length === 0,
    tolerance: floats ? (reduction ? 1e-9 : 1e-12) : 0,
    requires: ['numpy'],
    workers: null,
    edits: importEdit ? [importEdit, main] : [main],
  };
}
