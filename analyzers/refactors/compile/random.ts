/** Random numbers in a kernel: Numba draws from NumPy's generators, which give the same stream as Python's own where they start in the same state. */
import { FLOAT, isScalar, type Kind } from './kinds';
import type { KnownCall } from './calls';

/** The generator behind the functions of the module `random`, as a variable of the code that calls them. */
export const SHARED = '.generator';

const NUMPY_FLOATS = new Map([
  ['random', 0],
  ['standard_normal', 0],
  ['normal', 2],
  ['uniform', 2],
  ['exponential', 1],
]);

/** A method of a generator; null: none whose stream is the same in a kernel. */
export function generatorCall(kind: Kind & { kind: 'generator' }, method: string, args: readonly (Kind | null)[]): KnownCall | null {
  if (!args.every(isScalar) || args.some((arg) => isScalar(arg) && arg.kind === 'complex')) return null;
  if (kind.of === 'python') return method === 'random' && args.length === 0 ? { result: FLOAT } : null;
  const most = NUMPY_FLOATS.get(method);
  // With fewer arguments the rest have their defaults, which are the same.
  if (most !== undefined && args.length <= most) return { result: FLOAT };
  const whole = method === 'integers' && args.length === 2 && args.every((arg) => isScalar(arg) && arg.kind === 'int');
  return whole ? { result: { kind: 'int', numpy: 'yes' } } : null;
}

export interface GeneratorNames {
  like: string;
  advance: string;
}

/** Functions that carry the state of one of Python's generators over to NumPy and back. Both are Mersenne Twisters with the same floats. */
export function generatorDefinitions({ like, advance }: GeneratorNames, np: string, unit: string): string[] {
  return [
    [
      `def ${like}(source):`,
      `${unit}"""A generator of NumPy that goes on where this one of Python's is."""`,
      `${unit}_, (*key, position), _ = source.getstate()`,
      `${unit}bits = ${np}.random.MT19937()`,
      `${unit}bits.state = {"bit_generator": "MT19937", "state": {"key": ${np}.array(key, dtype=${np}.uint32), "pos": position}}`,
      `${unit}return ${np}.random.Generator(bits)`,
      '',
    ].join('\n'),
    [
      `def ${advance}(source, generator):`,
      `${unit}"""Brings a generator of Python's to where NumPy's is."""`,
      `${unit}version, _, gauss = source.getstate()`,
      `${unit}state = generator.bit_generator.state["state"]`,
      `${unit}source.setstate((version, (*state["key"].tolist(), state["pos"]), gauss))`,
      '',
    ].join('\n'),
  ];
}
