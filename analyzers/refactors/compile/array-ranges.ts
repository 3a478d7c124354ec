/** Ranges of the ints in arrays that are made or computed as a whole. */
import { add, BIT, join, LONGEST, multiply, negated, range, type Range } from './intervals';

/** Of what a function or method of NumPy's gives; null: not known. `object`: the elements of the array whose method it is. */
export function elementRange(name: string, args: readonly (Range | null)[], object: Range | null): Range | null {
  const [first = null, second = null, third = null] = args;
  const one = object ?? first;
  switch (name) {
    // What lies in an empty array is read by no one.
    case 'zeros':
    case 'zeros_like':
    case 'empty':
    case 'empty_like':
      return range(0, 0);
    case 'ones':
    case 'ones_like':
      return range(1, 1);
    case 'full':
    case 'full_like':
      return second;
    case 'arange':
      return args.reduce<Range | null>((all, arg) => all && arg && join(all, arg), range(0, 0));
    case 'copy':
    case 'min':
    case 'max':
      return one;
    case 'sum':
      return one && multiply(one, range(0, LONGEST));
    case 'argmin':
    case 'argmax':
      return range(0, LONGEST);
    case 'any':
    case 'all':
      return BIT;
    case 'abs':
    case 'absolute':
      return first && range(0, Math.max(Math.abs(first.lo), Math.abs(first.hi)));
    case 'negative':
      return first && negated(first);
    case 'square':
      return first && multiply(first, first);
    case 'where':
      return second && third && join(second, third);
    case 'minimum':
    case 'maximum':
      return first && second && join(first, second);
    case 'add':
      return first && second && add(first, second);
    case 'subtract':
      return first && second && add(first, negated(second));
    case 'multiply':
      return first && second && multiply(first, second);
    default:
      return null;
  }
}
