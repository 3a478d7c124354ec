/** Objects and dicts of numbers: which of their fields a kernel may keep in an array of records, where reading one runs no code and none can be missing. */
import type { ClassIR, PythonModule } from '../../syntax/python-module';
import { classOf } from '../../syntax/python-names';
import { eachStmt } from '../../syntax/python-walk';
import type { Expr, Stmt, ValueFact } from '../../types';
import { plainScalar, type RecordKind, type ScalarKind } from './kinds';
import { isPlainClass } from './lowering';
import type { Piece } from './piece';

const FIELD = /^[A-Za-z]\w*$/;

/** What the items of a list are as records; null where they are none. */
export function recordOf(piece: Piece, name: string, fact: ValueFact | undefined): RecordKind | null {
  const [only, ...others] = fact?.elements ?? [];
  if (fact?.type !== 'list' || only === undefined || others.length > 0 || !fact.fields) return null;
  const seen = Object.entries(fact.fields).flatMap(([field, types]): [string, ScalarKind][] => {
    const scalar = FIELD.test(field) ? plainScalar(types) : null;
    return scalar ? [[field, scalar]] : [];
  });
  if (seen.length === 0) return null;
  if (only === 'dict') return { kind: 'record', id: name, type: null, fields: Object.fromEntries(seen) };
  const found = classNamed(piece, only);
  if (found === null) return null;
  const always = new Set(fieldsOf(piece, found.module, found.ir));
  const fields = Object.fromEntries(seen.filter(([field]) => always.has(field)));
  if (Object.keys(fields).length === 0) return null;
  const frozen = found.ir.decorators?.some((one) => one.includes('frozen')) === true;
  return { kind: 'record', id: `${found.module.file}:${found.ir.qualname}`, type: found.name, fields, ...(frozen ? { frozen: true } : {}) };
}

interface Found {
  /** How the file of the piece calls it. */
  name: string;
  module: PythonModule;
  ir: ClassIR;
}

/** The user's own class that a sampled type is, where the piece's file has a name for it. */
function classNamed({ cx, module, span }: Piece, type: string): Found | null {
  const modules = cx.files.map((file) => cx.syntax(file));
  const found = [...(module.scopes[0]?.bindings.keys() ?? [])].flatMap((name): Found[] => {
    const home = classOf(modules, module, { kind: 'name', name, span });
    return home && (type === home.ir.qualname || type.endsWith(`.${home.ir.qualname}`)) ? [{ name, module: home.module, ir: home.ir }] : [];
  });
  const [only, ...others] = found;
  return only && others.every(({ ir }) => ir === only.ir) ? only : null;
}

/** Fields that every object of a class has from its start, and that are no more than values in it. */
function fieldsOf({ cx }: Piece, module: PythonModule, ir: ClassIR): string[] {
  if (!isPlainClass(cx, module.file, ir.qualname)) return [];
  const isData = ir.decorators?.some((one) => /^(dataclasses\.)?dataclass\b/.test(one)) === true;
  // Any other decorator may put another class in its place.
  if ((ir.decorators?.length ?? 0) > (isData ? 1 : 0)) return [];
  const chain = classesOf(cx, module, ir);
  const bound = new Set(chain.flatMap((one) => [...(module.scopes.find((scope) => scope.kind === 'class' && scope.qualname === one.qualname)?.bindings.keys() ?? [])])); // prettier-ignore
  const deleted = (field: string): boolean => cx.files.some((file) => cx.syntax(file).functions.some(({ body }) => deletes(body, field, (one) => cx.slice(file, one.span)))); // prettier-ignore
  const declared = isData
    ? chain.flatMap((one) => one.body.flatMap((statement) => declaredIn(statement, cx.slice(module.file, statement.span))))
    : [];
  const made = isData ? declared : initialFields(module, chain).filter((field) => !bound.has(field));
  return made.filter((field) => !module.functions.some((fn) => fn.method && fn.name === field) && !deleted(field));
}

function classesOf(cx: Piece['cx'], module: PythonModule, ir: ClassIR): ClassIR[] {
  const bases = ir.bases.flatMap((base) => {
    const path = cx.resolve(base, module.file, ir.span.start);
    return module.classes.filter((one) => path === `${module.file}:${one.qualname}`);
  });
  return [ir, ...bases.flatMap((base) => classesOf(cx, module, base))];
}

/** `x: float`, `x: float = 0.0`: what a data class makes for each object. */
function declaredIn(statement: Stmt, text: string): string[] {
  const name = /^(\w+)\s*:(?!\s*(typing\.)?ClassVar\b)/.exec(text)?.[1];
  if (name === undefined || (statement.kind !== 'pass' && statement.kind !== 'assign')) return [];
  // A default that is an object of its own class may take over how the field is read.
  const { value } = statement.kind === 'assign' ? statement : { value: null };
  return value === null || /^(number|constant|unary)$/.test(value.kind) || (value.kind === 'call' && isField(value.callee)) ? [name] : [];
}

const isField = (callee: Expr): boolean => callee.kind === 'name' && callee.name === 'field';

/** Fields that `__init__` gives a value on its only way, with those of the base's where it is called. */
function initialFields(module: PythonModule, [ir, ...bases]: readonly ClassIR[]): string[] {
  if (!ir) return [];
  const [init, another] = module.functions.filter((fn) => fn.method && fn.qualname === `${ir.qualname}.__init__`);
  if (another || module.functions.some((fn) => fn.method && fn.qualname === `${ir.qualname}.__new__`)) return [];
  if (!init) return initialFields(module, bases);
  const self = init.params[0]?.name;
  const found: string[] = [];
  const take = (target: Expr): void => {
    if (target.kind === 'collection') target.items.forEach(take);
    else if (target.kind === 'attribute' && target.object.kind === 'name' && target.object.name === self) found.push(target.attribute);
  };
  for (const statement of init.body) {
    if (statement.kind === 'assign') statement.targets.forEach(take);
    else if (statement.kind === 'expression' && isInit(statement.value)) found.push(...initialFields(module, bases));
    // After a return the rest may be left out.
    else if ([...eachStmt([statement])].some((one) => one.kind === 'return')) break;
  }
  return found;
}

const isInit = (expr: Expr): boolean => expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.attribute === '__init__';

/** Is a field of that name taken away from any object? */
const deletes = (body: readonly Stmt[], field: string, text: (statement: Stmt) => string): boolean =>
  [...eachStmt(body)].some((one) => one.kind === 'opaque' && one.what.startsWith('del') && new RegExp(`\\.${field}\\b`).test(text(one)));
