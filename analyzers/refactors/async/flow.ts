/** What the statements of one trip read from outside and what they surely leave behind. */
import type { Stmt } from '../../types';
import { boundNames, stmtExprs } from '../../syntax/python-walk';
import { namesOf } from '../task/names';

export interface TripFlow {
  /** Names that are read, on some way through, before the trip has given them a value. */
  exposed: Set<string>;
  /** Names that have a value whichever way the trip takes. */
  given: Set<string>;
}

/** @param bound names of the loop's own target. */
export function flowOf(statements: readonly Stmt[], bound: Iterable<string>): TripFlow {
  const exposed = new Set<string>();
  return { exposed, given: follow(statements, new Set(bound), exposed) };
}

function follow(statements: readonly Stmt[], before: ReadonlySet<string>, exposed: Set<string>): Set<string> {
  let given = new Set(before);
  for (const stmt of statements) given = step(stmt, given, exposed);
  return given;
}

function step(stmt: Stmt, given: Set<string>, exposed: Set<string>): Set<string> {
  const read = (names: Iterable<string>, known: ReadonlySet<string> = given): void => {
    for (const name of names) if (!known.has(name)) exposed.add(name);
  };
  const compound = stmt.kind === 'if' || stmt.kind === 'loop' || stmt.kind === 'with' || stmt.kind === 'try';
  const { reads, writes } = compound ? namesOf({ exprs: stmtExprs(stmt) }) : namesOf({ stmts: [stmt] });
  if (stmt.kind === 'with') {
    for (const { context, target } of stmt.items) {
      read(namesOf({ exprs: [context] }).reads);
      for (const name of target ? boundNames(target) : []) given.add(name);
    }
    return follow(stmt.body, given, exposed);
  }
  if (stmt.kind === 'loop') {
    const { loop } = stmt;
    const targets = loop.target ? boundNames(loop.target) : [];
    read([...reads].filter((name) => !targets.includes(name)));
    follow(loop.body, new Set([...given, ...targets]), exposed);
    follow(loop.otherwise, given, exposed);
    return given;
  }
  read(reads);
  if (stmt.kind === 'if') return common([follow(stmt.then, given, exposed), follow(stmt.otherwise, given, exposed)]);
  if (stmt.kind === 'try') {
    const tried = follow(stmt.otherwise, follow(stmt.body, given, exposed), exposed);
    const caught = stmt.handlers.map(({ name, body }) => follow(body, new Set([...given, ...(name === null ? [] : [name])]), exposed));
    return new Set([...common([tried, ...caught]), ...follow(stmt.finally, given, exposed)]);
  }
  for (const name of writes) given.add(name);
  return given;
}

const common = ([first, ...others]: readonly Set<string>[]): Set<string> =>
  new Set([...(first ?? [])].filter((name) => others.every((other) => other.has(name))));
