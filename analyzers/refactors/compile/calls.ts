/** Calls that a kernel may make: what Numba compiles to the same result as Python's. */
import { BOOL, COMPLEX, FLOAT, INT, isScalar, promoted, type Kind, type ScalarKind } from './kinds';

export interface KnownCall {
  result: Kind;
  /** Where Python raises and a kernel gives nan or inf instead: which argument, and what it has to be. */
  domain?: { argument: number; has: 'not negative' | 'positive' | 'within 1' | 'not large' | 'finite' };
}

const everywhere = 'atan tanh asinh fabs erf erfc degrees radians copysign atan2 hypot'.split(' ');
const NUMPY_SAME: Record<string, string> = { abs: 'fabs', absolute: 'fabs', arctan: 'atan', arctan2: 'atan2' };

const DOMAINS: Record<string, NonNullable<KnownCall['domain']>> = {
  sqrt: { argument: 0, has: 'not negative' },
  log: { argument: 0, has: 'positive' },
  log2: { argument: 0, has: 'positive' },
  log10: { argument: 0, has: 'positive' },
  asin: { argument: 0, has: 'within 1' },
  acos: { argument: 0, has: 'within 1' },
  sin: { argument: 0, has: 'finite' },
  cos: { argument: 0, has: 'finite' },
  tan: { argument: 0, has: 'finite' },
  sinh: { argument: 0, has: 'not large' },
  exp: { argument: 0, has: 'not large' },
  cosh: { argument: 0, has: 'not large' },
  expm1: { argument: 0, has: 'not large' },
};

/** Null: not all of them are numbers on a line. */
const scalars = (args: readonly (Kind | null)[]): ScalarKind[] | null =>
  args.every((arg) => isScalar(arg) && arg.kind !== 'complex') ? (args as ScalarKind[]) : null;

/**
 * Null: not among them. `path` is what the name resolves to: `math.sqrt`, `builtins.abs`, `numpy.sqrt`.
 * @param args kinds of the positional arguments; null is one that is not known.
 */
export function knownKernelCall(path: string, args: readonly (Kind | null)[]): KnownCall | null {
  const dot = path.lastIndexOf('.');
  const [module, name] = [path.slice(0, dot), path.slice(dot + 1)];
  if (module === 'builtins') return builtin(name, args);
  const numbers = scalars(args);
  if (numbers === null || numbers.length === 0) return null;
  if (module === 'math') {
    if (everywhere.includes(name)) return { result: FLOAT };
    const domain = DOMAINS[name];
    // math.log(x, base) divides two logarithms.
    if (domain && numbers.length === 1) return { result: FLOAT, domain };
    if (name === 'floor' || name === 'ceil' || name === 'trunc') return { result: INT };
    if (name === 'isnan' || name === 'isinf' || name === 'isfinite') return { result: BOOL };
    return name === 'gcd' && numbers.length === 2 && numbers.every(({ kind }) => kind === 'int') ? { result: INT } : null;
  }
  if (module === 'numpy') {
    const same = NUMPY_SAME[name] ?? (name.startsWith('arc') ? `a${name.slice(3)}` : name);
    // NumPy gives nan and inf itself, as the kernel does; only the type is its own.
    if (everywhere.includes(same) || same in DOMAINS) {
      const whole = same === 'fabs' && name !== 'fabs' && numbers.every(({ kind }) => kind === 'int');
      return { result: { kind: whole ? 'int' : 'float', numpy: 'yes' } };
    }
    return name === 'float64' ? { result: { kind: 'float', numpy: 'yes' } } : name === 'int64' ? { result: { kind: 'int', numpy: 'yes' } } : null;
  }
  return null;
}

function builtin(name: string, args: readonly (Kind | null)[]): KnownCall | null {
  const numbers = scalars(args);
  const [first = null] = args;
  switch (name) {
    case 'len':
      return first !== null && /^(list|array|tuple|text)$/.test(first.kind) ? { result: INT } : null;
    case 'ord':
      return first?.kind === 'char' ? { result: INT } : null;
    case 'complex':
      // Python's own, also of NumPy's numbers.
      return args.length > 0 && args.every(isScalar) ? { result: COMPLEX } : null;
    case 'abs':
      if (args.length === 1 && first?.kind === 'complex') return { result: { ...first, kind: 'float' } };
      return numbers?.length === 1 ? { result: promoted(numbers) } : null;
    case 'min':
    case 'max': {
      // Of an int and a float Python gives the one that it is; a kernel gives a float.
      const [one, ...others] = numbers ?? [];
      if (!one || others.length === 0 || others.some(({ kind }) => kind !== one.kind)) return null;
      return { result: others.every(({ numpy }) => numpy === one.numpy) ? one : { kind: one.kind, numpy: 'maybe' } };
    }
    case 'float':
      return numbers?.length === 1 ? { result: FLOAT } : null;
    case 'int':
      return numbers?.length === 1 ? { result: INT } : null;
    case 'bool':
      return numbers?.length === 1 ? { result: BOOL } : null;
    case 'round':
      // Both round half to even; with digits they differ in the last place.
      return numbers?.length === 1 ? { result: INT } : null;
    default:
      return null;
  }
}
