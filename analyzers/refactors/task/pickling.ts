import type { Expr, FunctionIR, LoopFacts, Refusal } from '../../types';
import { lineOf } from '../../platform/span';
import { eachStmt } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Columns } from './columns';
import { namesOf } from './names';

/** Types that cannot cross into another process. */
const unpicklable = /^(function|lambda|generator|coroutine|module|map|filter|zip|enumerate|_io\.\w+|TextIOWrapper|BufferedReader|BufferedWriter|lock|_thread\.\w+|threading\.\w+|sqlite3\.\w+|socket\.\w+|ssl\.\w+|requests\.sessions\.Session|http\.client\.\w+)$/; // prettier-ignore

/** What of a task cannot be sent to another process: what the parent gives it, an item, or a function that is found nowhere by its name. */
export function whyUnpicklable(task: {
  facts: LoopFacts;
  cx: Context;
  columns: Columns;
  locals: readonly string[];
  free: ReadonlySet<string>;
}): Refusal | null {
  const { facts, cx, columns, locals, free } = task;
  for (const name of locals) {
    const value = facts.values[name];
    const seen = facts.evidence?.pickled[name];
    if (seen && 'problem' in seen) return refusal(facts, `\`${name}\` (${seen.problem})`);
    if (value && unpicklable.test(value.type)) return refusal(facts, `\`${name}\` is a ${value.type}`);
    if (importedInside(name, facts)) return refusal(facts, `\`${name}\` is a module that is imported inside the function`);
  }
  for (const column of columns.columns) {
    const element = facts.values[column.iterable]?.elements?.find((type) => unpicklable.test(type));
    if (element !== undefined) return refusal(facts, `\`${column.iterable}\` holds a ${element}`);
  }
  for (const name of free) {
    const own = cx.functionOf({ kind: 'name', name, span: facts.ir.span }, facts.file);
    if (own && !own.topLevel && !own.method) return refusal(facts, `the function \`${name}\` (${lineOf(own.span)}) is defined inside another one`);
  }
  return null;
}

const UNCHANGEABLE = /^(int|float|bool|complex|str|bytes|NoneType|range|(datetime\.)?(date|datetime|timedelta|time)|Decimal|decimal\.Decimal|Fraction|fractions\.Fraction|tuple|frozenset)$/; // prettier-ignore

/** What must hold where a task hands back an object that it was given: another process hands back a copy. */
export function copiesReturned(exprs: readonly Expr[], facts: LoopFacts, cx: Context): string[] {
  return exprs.flatMap((expr) => {
    const own = expr.kind === 'call' ? cx.functionOf(expr.callee, facts.file) : null;
    if (own === null || expr.kind !== 'call') return [];
    const back = handedBack(own);
    const copied = back.some((name) => {
      const at = own.params.findIndex((param) => param.name === name) - (own.method ? 1 : 0);
      const given = expr.args[at] ?? expr.keywords.find((keyword) => keyword.name === name)?.value;
      const type = given && cx.valueOf(given, facts)?.type;
      return type === undefined || !UNCHANGEABLE.test(type);
    });
    return copied ? [copiesBack(own)] : [];
  });
}

/** Parameters whose objects a function returns, by themselves or in a tuple or list. */
export function handedBack({ body, params }: Pick<FunctionIR, 'body' | 'params'>): string[] {
  const written = namesOf({ stmts: body }).writes;
  const returned = new Set([...eachStmt(body)].flatMap((stmt) => (stmt.kind === 'return' && stmt.value ? namesIn(stmt.value) : [])));
  return params.flatMap(({ name }) => (returned.has(name) && !written.has(name) ? [name] : []));
}

/** What has to be taken for granted of a function that hands back what it was given, once processes run it. */
export const copiesBack = ({ name }: Pick<FunctionIR, 'name'>): string =>
  `It makes no difference that \`${name}\` hands back copies of what it is given, not the same objects.`;

/** Names whose objects a value is or holds. */
function namesIn(value: Expr): string[] {
  if (value.kind === 'name') return [value.name];
  if (value.kind === 'collection') return value.items.flatMap(namesIn);
  if (value.kind === 'conditional') return [value.then, value.otherwise].flatMap(namesIn);
  return value.kind === 'logical' ? [value.left, value.right].flatMap(namesIn) : [];
}

const importedInside = (name: string, { owner }: LoopFacts): boolean =>
  [...eachStmt(owner?.body ?? [])].some((stmt) => stmt.kind === 'opaque' && stmt.what.startsWith('import') && stmt.writes.includes(name));

const refusal = (facts: LoopFacts, what: string): Refusal => ({
  code: 'unpicklable',
  why: `The task (${lineOf(facts.ir.span)}) needs something that cannot be sent to another process: ${what}.`,
  toDo: 'Open or make it inside the function that does the work, and define that function at the top level of its module.',
  span: facts.ir.span,
});
