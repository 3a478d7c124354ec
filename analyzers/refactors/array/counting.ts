import type { LoopFacts, Stmt } from '../../types';
import { stmtNames } from '../../syntax/python-walk';
import type { Kinds } from './inference';
import { literalInt } from './kinds';
import type { Site } from './site';

/** A `while` that only counts, read as a `for` over a range. */
export interface Counting {
  facts: LoopFacts;
  /** Name of the counter; its start stands before the loop, which alone needs it. */
  counter: string;
}

/** `i = 0` before `while i < n: ...; i += 1`. Null: the loop does not count like that from a plain start. */
export function countingRange(facts: LoopFacts, site: Site, kinds: Kinds): Counting | null {
  const { ir } = facts;
  if (ir.space.kind !== 'while' || !ir.space.counter || ir.otherwise.length > 0) return null;
  const { name, stop, step, inclusive } = ir.space.counter;
  const by = literalInt(step);
  const bound = kinds.of(stop);
  if (by === null || by <= 0 || inclusive || bound?.kind !== 'scalar' || bound.scalar !== 'int') return null;
  const start = startOf(site, name);
  if (start?.kind !== 'assign') return null;
  const target = { kind: 'name' as const, name, span: ir.space.test.span };
  return {
    counter: name,
    facts: {
      ...facts,
      ir: {
        ...ir,
        form: 'for',
        target,
        space: { kind: 'range', start: start.value, stop, step: by === 1 ? null : step, span: ir.space.span },
        body: ir.body.slice(0, -1),
      },
    },
  };
}

/** The statement before the loop that sets the counter, with nothing between that looks at it. */
function startOf(site: Site, name: string): Stmt | null {
  for (let index = site.index - 1; index >= 0; index -= 1) {
    const statement = site.block[index];
    if (statement?.kind !== 'assign') return null;
    const used = stmtNames([statement]);
    const [target, ...more] = statement.targets;
    if (target?.kind === 'name' && target.name === name && more.length === 0) return literalInt(statement.value) === null ? null : statement;
    if (used.reads.has(name) || used.writes.has(name)) return null;
  }
  return null;
}
