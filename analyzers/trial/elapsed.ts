import type { Outputs } from './outputs';
import { mergeMasks, noMask } from './text';
import type { TextMask } from './text';
import { isNumber, isTimeUnit, linesOf, tokensOf } from './tokens';
import type { Token } from './tokens';

const TIME_WORD = /\b(?:took|takes|time|times|timing|elapsed|duration|runtime|wall|seconds|secs)\b/i;
const SCALES: [RegExp, number][] = [
  [/^(?:ms|milliseconds)$/, 1e-3],
  [/^(?:us|µs|μs|microseconds)$/, 1e-6],
  [/^ns$/, 1e-9],
  [/^(?:min|minutes)$/, 60],
];

/** Seconds that a printed number would stand for, by the unit after it. */
function secondsOf(tokens: readonly Token[], index: number): { seconds: number; unit: boolean } {
  const next = tokens[index + 1]?.kind === 'space' ? tokens[index + 2] : tokens[index + 1];
  const unit = next !== undefined && isTimeUnit(next);
  const scale = unit ? (SCALES.find(([pattern]) => pattern.test(next.text.replace(/\.$/, '')))?.[1] ?? 1) : 1;
  return { seconds: Number(tokens[index]?.text) * scale, unit };
}

/**
 * A time printed as "2.1 s" may agree in two runs of the original and still be a time: a faster candidate prints less.
 * Such a number is masked where the line speaks of time and the number fits into the wall time of the run that printed it, in both versions.
 * Only for a caller that has compared the values behind the lines: on the text alone this would excuse a wrong result.
 */
export function maskElapsed(channel: string, original: Outputs, candidate: Outputs, known: TextMask): { mask: TextMask; described: string[] } {
  const found = noMask();
  const described: string[] = [];
  const a = linesOf(original.stdout);
  const b = linesOf(candidate.stdout);
  if (known.mode !== 'lines' || a.length !== b.length) return { mask: known, described };
  a.forEach((line, row) => {
    if (line === b[row]) return;
    const left = tokensOf(line);
    const right = tokensOf(b[row] ?? '');
    if (left.length !== right.length) return;
    const at = new Set<number>();
    left.forEach((token, index) => {
      const other = right[index];
      if (other === undefined || !isNumber(token) || !isNumber(other) || token.text === other.text) return;
      const before = secondsOf(left, index);
      const after = secondsOf(right, index);
      const fits = (value: number, wall: number): boolean => value >= 0 && value <= 1.1 * wall + 0.1;
      if (!(before.unit || TIME_WORD.test(line)) || !fits(before.seconds, original.run.seconds) || !fits(after.seconds, candidate.run.seconds))
        return;
      at.add(index);
      described.push(`${channel} line ${row + 1}: a number that looks like an elapsed time (${token.text} / ${other.text})`);
    });
    if (at.size > 0) found.lines.set(row, { kind: 'tokens', at });
  });
  return { mask: mergeMasks(known, found), described };
}
