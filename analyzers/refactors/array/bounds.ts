/** `code` + `by` as a person writes it. */
export function shifted(code: string, by: number): string {
  if (by === 0) return code;
  if (/^-?[\d_]+$/.test(code)) return grouped(Number(code.replaceAll('_', '')) + by);
  const ending = /^(.+) ([+-]) (\d+)$/.exec(code);
  if (ending?.[1] !== undefined && ending[3] !== undefined) {
    const sum = (ending[2] === '-' ? -1 : 1) * Number(ending[3]) + by;
    return sum === 0 ? ending[1] : `${ending[1]} ${sum < 0 ? '-' : '+'} ${Math.abs(sum)}`;
  }
  const whole = /^[\w.[\]()]+$/.test(code) ? code : `(${code})`;
  return `${whole} ${by < 0 ? '-' : '+'} ${Math.abs(by)}`;
}

/** 10_000_000, as people write it. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '_');

/** True for a bound of an array that another check makes narrower. */
export function weaker(check: string, all: readonly string[]): boolean {
  const read = (text: string): { of: string; by: number } | null => {
    const [, low, least, most, high] = /^-([\d_]+) <= (\w+\.min\(\))$|^(\w+\.max\(\)) <= ([\d_]+)$/.exec(text) ?? [];
    const [of, by] = [least ?? most, low ?? high];
    return of === undefined || by === undefined ? null : { of, by: Number(by.replaceAll('_', '')) };
  };
  const own = read(check);
  return own !== null && all.map(read).some((other) => other?.of === own.of && other.by < own.by);
}
