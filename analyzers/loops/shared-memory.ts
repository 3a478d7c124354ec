import type { Expr, FunctionIR } from '../types';
import type { PythonModule } from '../syntax/python-module';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { functionIn, isParameter, resolveIn, rootName, valuesGiven, type Environment } from './environment';
import { typeOf } from './value-types';

/** What a name's array may be a part of: the name that the memory came with, and whether places may have moved on the way. */
interface Memory {
  owner: string;
  moved: boolean;
}

const VIEWS = new Set('T cast reshape ravel view transpose swapaxes squeeze diagonal flat real imag'.split(' '));
const VIEWING = /^builtins\.memoryview$|^numpy\.(asarray|reshape|ravel|transpose|swapaxes|squeeze|flip|flipud|fliplr|rot90|broadcast_to|atleast_\dd|expand_dims|moveaxis|rollaxis|lib\.stride_tricks\.\w+|frombuffer|split|array_split)$/; // prettier-ignore

/** May two names hold overlapping parts of one array, so that equal indexes are different places and different ones the same? */
export function mayOverlap(env: Environment, a: string, b: string): boolean {
  const [first, second] = [memoryOf(env, a, 0), memoryOf(env, b, 0)];
  if (first.some((one) => second.some((other) => one.owner === other.owner && (one.moved || other.moved)))) return true;
  // Two parameters: what the calls in these files give them.
  const { owner } = env;
  if (!owner || !isParameter(env, a) || !isParameter(env, b)) return false;
  return callsOf(env.modules, owner, env).some(({ call, env: there }) => {
    const [given, other] = [argumentOf(call, owner, a), argumentOf(call, owner, b)];
    if (!given || !other) return false;
    const [mine, theirs] = [memoryOfValue(there, given, 1), memoryOfValue(there, other, 1)];
    return mine.some((one) => theirs.some((two) => one.owner === two.owner && (one.moved || two.moved)));
  });
}

function memoryOf(env: Environment, name: string, depth: number): Memory[] {
  const itself = [{ owner: name, moved: false }];
  if (depth > 5) return itself;
  const given = valuesGiven(env, name) ?? [];
  const found = given.flatMap((value) => (value ? memoryOfValue(env, value, depth + 1) : []));
  return [...itself, ...found];
}

function memoryOfValue(env: Environment, value: Expr, depth: number): Memory[] {
  if (depth > 6) return [];
  const moved = (inner: Expr): Memory[] => memoryOfValue(env, inner, depth + 1).map((one) => ({ ...one, moved: true }));
  switch (value.kind) {
    case 'name':
      return memoryOf(env, value.name, depth + 1);
    case 'subscript':
      // A slice of a list is a copy.
      return value.index.kind === 'slice' && /^(list|str|tuple|bytes)$/.test(typeOf(env, value.object) ?? '') ? [] : moved(value.object);
    case 'attribute':
      return VIEWS.has(value.attribute) ? moved(value.object) : [{ owner: rootName(value) ?? '', moved: false }];
    case 'conditional':
      return [...memoryOfValue(env, value.then, depth + 1), ...memoryOfValue(env, value.otherwise, depth + 1)];
    case 'call': {
      const path = resolveIn(env, value.callee);
      if (path !== null && VIEWING.test(path) && value.args[0]) return moved(value.args[0]);
      if (path === null && value.callee.kind === 'attribute' && VIEWS.has(value.callee.attribute)) return moved(value.callee.object);
      return [];
    }
    default:
      return [];
  }
}

type Call = Expr & { kind: 'call' };
interface Site {
  call: Call;
  env: Environment;
}
const sites = new WeakMap<readonly PythonModule[], Map<FunctionIR, Site[]>>();

/** Every call of a function in the given files. */
function callsOf(modules: readonly PythonModule[], fn: FunctionIR, like: Environment): readonly Site[] {
  let all = sites.get(modules);
  if (!all) {
    all = new Map();
    for (const module of modules) {
      for (const owner of [null, ...module.functions]) {
        const body = owner?.body ?? module.body;
        const env: Environment = { ...like, module, owner, body, values: {} };
        for (const statement of eachStmt(body)) {
          for (const top of stmtExprs(statement)) {
            for (const expr of eachExpr(top)) {
              const called = expr.kind === 'call' ? functionIn(env, expr.callee) : null;
              if (called && expr.kind === 'call') all.set(called, [...(all.get(called) ?? []), { call: expr, env }]);
            }
          }
        }
      }
    }
    sites.set(modules, all);
  }
  return all.get(fn) ?? [];
}

function argumentOf(call: Call, fn: FunctionIR, name: string): Expr | null {
  const named = call.keywords.find((keyword) => keyword.name === name);
  if (named) return named.value;
  const bound = fn.method && call.callee.kind === 'attribute' && !fn.decorators.some((one) => one.startsWith('staticmethod')) ? 1 : 0;
  return call.args[fn.params.slice(bound).findIndex((param) => param.name === name)] ?? null;
}
