/** Output is compared token by token, so that a float may differ in its last digits while everything else is exact. */
export type TokenKind = 'float' | 'int' | 'hex' | 'word' | 'space' | 'other';
export interface Token {
  kind: TokenKind;
  text: string;
}

const TOKEN = new RegExp(
  [
    '(?<hex>0[xX][0-9a-fA-F]+)',
    // A version or an address in dotted numbers is text.
    '(?<dotted>\\d+(?:\\.\\d+){2,})',
    '(?<float>[-+]?(?:(?:\\d+\\.\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?|\\d+[eE][-+]?\\d+|(?:nan|NaN|inf|Infinity)(?![\\p{L}\\p{N}_])))',
    '(?<word>[\\p{L}_][\\p{L}\\p{N}_.]*)',
    '(?<int>[-+]?\\d+)',
    '(?<space>\\s+)',
    '(?<other>[^])',
  ].join('|'),
  'gu',
);

export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  for (const match of line.matchAll(TOKEN)) {
    const groups = match.groups ?? {};
    const text = match[0];
    if (groups.hex !== undefined) tokens.push({ kind: 'hex', text });
    else if (groups.float !== undefined) tokens.push({ kind: 'float', text });
    else if (groups.int !== undefined) tokens.push({ kind: 'int', text });
    else if (groups.space !== undefined) tokens.push({ kind: 'space', text });
    else if (groups.other !== undefined) tokens.push({ kind: 'other', text });
    else tokens.push({ kind: 'word', text });
  }
  return tokens;
}

/** A progress bar that redraws itself with carriage returns prints lines too. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export const isNumber = (token: Token): boolean => token.kind === 'float' || token.kind === 'int';

const TIME_UNITS = new Set(['s', 'ms', 'us', 'µs', 'μs', 'ns', 'min', 'sec', 'secs', 'second', 'seconds', 'milliseconds', 'microseconds', 'minutes']);
/** 'ms' as in '12 ms': a faster program may print the same time in another unit. */
export const isTimeUnit = (token: Token): boolean => token.kind === 'word' && TIME_UNITS.has(token.text.replace(/\.$/, ''));

function valueOf(text: string): number {
  const bare = text.replace(/^\+/, '');
  if (/^-?inf/.test(bare)) return bare.startsWith('-') ? -Infinity : Infinity;
  return Number(bare);
}

/** The weight of the last printed digit, and how many significant digits are printed. */
function precisionOf(text: string): { unit: number; digits: number } {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const decimals = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0;
  return { unit: 10 ** (Number(exponent) - decimals), digits: mantissa.replace(/[^0-9]/g, '').replace(/^0+/, '').length };
}

/** Relative difference within the tolerance; NaN equals NaN; -0.0 differs from 0.0 only where nothing may differ. */
export function closeFloats(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b)) return true;
  if (tolerance === 0) return false;
  if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a) || !Number.isFinite(b)) return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

// Below this many printed digits, one unit in the last digit is too large a change to be put down to rounding on the text alone.
const DIGITS_FOR_ROUNDING = 7;

/**
 * Whether two printed floats may come from values within the tolerance.
 * @param valuesAgree the values behind the text were compared elsewhere at full precision, so a short print may have flipped its last digit.
 */
export function closePrints(a: string, b: string, tolerance: number, valuesAgree: boolean): boolean {
  if (a === b) return true;
  if (tolerance === 0) return false;
  const x = valueOf(a);
  const y = valueOf(b);
  if (closeFloats(x, y, tolerance)) return true;
  const first = precisionOf(a);
  const second = precisionOf(b);
  const unit = Math.min(first.unit, second.unit);
  const digits = Math.max(first.digits, second.digits);
  const reach = unit * (1 + 1e-6) + tolerance * Math.max(Math.abs(x), Math.abs(y));
  return Math.abs(x - y) <= reach && (digits >= DIGITS_FOR_ROUNDING || (valuesAgree && digits >= 2 && (unit < 1 || /e/i.test(a))));
}
