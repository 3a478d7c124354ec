import type { Expr, Stmt } from '../types';

/** A special method that runs without being called by its name, and on what. */
export interface Special {
  method: string;
  of: Expr;
}

const words = (text: string): string[] => text.split(' ');
const of = (expr: Expr, methods: readonly string[]): Special[] => methods.map((method) => ({ method, of: expr }));
const NUMBER = words('__int__ __float__ __index__ __complex__ __abs__ __round__ __trunc__ __floor__ __ceil__ __neg__ __pow__ __divmod__');
const TEXT = words('__str__ __repr__ __format__ __bytes__');
const TRUTH = words('__bool__ __len__');
const WALK = words('__iter__ __next__ __reversed__ __getitem__ __len__');
const ORDER = words('__lt__ __gt__ __le__ __ge__ __eq__ __add__ __radd__ __hash__ __bool__');
const ACCESS = words('__getattr__ __getattribute__ __get__');
/** What code of others may run of an object that it is given. */
const ANYTHING = [...NUMBER, ...TEXT, ...WALK, ...ORDER, ...ACCESS, '__call__', '__contains__', '__array__'];
const NONE: readonly string[] = [];

/** Special methods that a call of a function which is not the user's own may run of its arguments. */
export function specialsOfArguments(path: string | null): readonly string[] {
  if (path === null) return ANYTHING;
  const builtin = path.startsWith('builtins.') ? path.slice('builtins.'.length) : null;
  switch (builtin) {
    case 'len':
      return ['__len__'];
    case 'str':
    case 'repr':
    case 'ascii':
    case 'format':
    case 'print':
      return [...TEXT, ...ACCESS];
    case 'hash':
      return ['__hash__'];
    case 'bool':
      return TRUTH;
    case 'isinstance':
    case 'issubclass':
    case 'id':
    case 'callable':
    case 'super':
    case 'type':
      return NONE;
    default:
      return builtin !== null && /^(int|float|complex|abs|round|divmod|pow|ord|chr|hex|bin|oct|range)$/.test(builtin)
        ? NUMBER
        : /^c?math\./.test(path)
          ? NUMBER
          : ANYTHING;
  }
}

/** Special methods that an expression runs by itself. */
export function specialsOf(expr: Expr): Special[] {
  switch (expr.kind) {
    case 'attribute':
      return of(expr.object, [expr.attribute, ...ACCESS]);
    case 'subscript':
      return [...of(expr.object, ['__getitem__', '__missing__']), ...of(expr.index, ['__hash__', '__eq__', '__index__'])];
    case 'binary':
      return (BINARY[expr.op] ?? []).flatMap((name) => [
        { method: `__${name}__`, of: expr.left },
        { method: `__r${name}__`, of: expr.right },
      ]);
    case 'unary':
      return expr.op === 'not' ? of(expr.operand, TRUTH) : of(expr.operand, [expr.op === '-' ? '__neg__' : expr.op === '~' ? '__invert__' : '__pos__']); // prettier-ignore
    case 'compare':
      return expr.rest.flatMap((part) => {
        const method = COMPARE[part.op];
        return method === undefined ? [] : [{ method, of: method === '__contains__' ? part.right : expr.first }];
      });
    case 'conditional':
      return of(expr.test, TRUTH);
    case 'logical':
      return of(expr.left, TRUTH);
    case 'format':
      return expr.parts.flatMap((part) => of(part, TEXT));
    case 'spread':
      return of(expr.value, WALK);
    default:
      return [];
  }
}

/** Those that a statement runs: what is stored to, entered, walked over, taken apart, asked for its truth. */
export function specialsOfStatement(statement: Stmt): Special[] {
  switch (statement.kind) {
    case 'assign': {
      const unpacks = statement.targets.some((target) => target.kind === 'collection') && statement.value.kind !== 'collection';
      return [...statement.targets.flatMap(specialsOfStore), ...(unpacks ? of(statement.value, WALK) : [])];
    }
    case 'augment':
      return [...specialsOfStore(statement.target), ...(BINARY[statement.op] ?? []).flatMap((name) => of(statement.target, [`__i${name}__`, `__${name}__`]))]; // prettier-ignore
    case 'with':
      return statement.items.flatMap((item) => of(item.context, ['__enter__', '__exit__', '__aenter__', '__aexit__']));
    case 'loop': {
      const { space } = statement.loop;
      const walked = space.kind === 'sequence' ? space.value : space.kind === 'enumerate' && space.of.kind === 'sequence' ? space.of.value : null;
      return walked ? of(walked, WALK) : [];
    }
    case 'if':
      return of(statement.test, TRUTH);
    default:
      return [];
  }
}

function specialsOfStore(target: Expr): Special[] {
  switch (target.kind) {
    case 'collection':
      return target.items.flatMap(specialsOfStore);
    case 'spread':
      return specialsOfStore(target.value);
    case 'attribute':
      return of(target.object, ['__setattr__', '__set__']);
    case 'subscript':
      return of(target.object, ['__setitem__']);
    default:
      return [];
  }
}

const BINARY: Record<string, string[]> = { '+': ['add'], '-': ['sub'], '*': ['mul'], '/': ['truediv'], '//': ['floordiv'], '%': ['mod'], '**': ['pow'], '@': ['matmul'], '&': ['and'], '|': ['or'], '^': ['xor'], '<<': ['lshift'], '>>': ['rshift'] }; // prettier-ignore
const COMPARE: Record<string, string> = { '<': '__lt__', '<=': '__le__', '>': '__gt__', '>=': '__ge__', '==': '__eq__', '!=': '__ne__', in: '__contains__', 'not in': '__contains__' }; // prettier-ignore
