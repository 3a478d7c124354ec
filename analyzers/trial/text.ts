import { closePrints, isNumber, isTimeUnit, linesOf, tokensOf } from './tokens';
import type { Token } from './tokens';

/** What changes in one line between two runs of the original: single tokens, or everything between a common start and a common end. */
export type LineMask = { kind: 'tokens'; at: Set<number> } | { kind: 'stretch'; before: number; after: number };
export interface TextMask {
  /** 'unordered': the same lines in any order; 'ignored': nothing of the text can be compared. */
  mode: 'lines' | 'unordered' | 'ignored';
  lines: Map<number, LineMask>;
}
export interface TextRules {
  tolerance: number;
  /** See `closePrints`. */
  valuesAgree: boolean;
}
export interface TextComparison {
  difference: string | null;
  /** Lines that say something and were compared. */
  evidence: number;
}

export const noMask = (): TextMask => ({ mode: 'lines', lines: new Map() });

const clip = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);
const quote = (text: string): string => `"${clip(text)}"`;

/** Nothing of a line like "done in 0.5 s" but its time depends on the work: it proves nothing. */
function speaks(tokens: readonly Token[], mask: LineMask | undefined): boolean {
  if (mask === undefined) return tokens.some((token) => token.kind !== 'space');
  if (mask.kind === 'stretch') return tokens.some((token, index) => isNumber(token) && (index < mask.before || index >= tokens.length - mask.after));
  return tokens.some((token, index) => isNumber(token) && !mask.at.has(index));
}

function sameToken(a: Token, b: Token, rules: TextRules, loose: boolean): boolean {
  if (a.kind === 'space' && b.kind === 'space') return loose || a.text === b.text;
  if (a.kind === 'float' && b.kind === 'float') return closePrints(a.text, b.text, rules.tolerance, rules.valuesAgree);
  return a.kind === b.kind && a.text === b.text;
}

function sameLine(a: readonly Token[], b: readonly Token[], rules: TextRules, mask: LineMask | undefined): boolean {
  if (mask?.kind === 'stretch') {
    if (b.length < mask.before + mask.after) return false;
    const tail = (tokens: readonly Token[]): Token[] => tokens.slice(tokens.length - mask.after);
    return sameLine(a.slice(0, mask.before), b.slice(0, mask.before), rules, undefined) && sameLine(tail(a), tail(b), rules, undefined);
  }
  if (a.length !== b.length) return false;
  // A float of another length moves the padding of aligned columns.
  const loose = mask !== undefined || a.some((token, index) => token.kind === 'float' && token.text.length !== b[index]?.text.length);
  return a.every((token, index) => {
    const other = b[index];
    if (other === undefined) return false;
    if (mask?.at.has(index) === true) return token.kind === other.kind || (isNumber(token) && isNumber(other));
    if (mask !== undefined && isTimeUnit(token) && isTimeUnit(other) && follows(mask, a, index)) return true;
    return sameToken(token, other, rules, loose);
  });
}

function follows(mask: { at: Set<number> }, tokens: readonly Token[], index: number): boolean {
  const previous = tokens[index - 1]?.kind === 'space' ? index - 2 : index - 1;
  return mask.at.has(previous);
}

/** @param channel how the text is named in the sentence: 'stdout', 'file out.csv'. */
export function compareText(channel: string, original: string, candidate: string, rules: TextRules, mask: TextMask): TextComparison {
  if (mask.mode === 'ignored') return { difference: null, evidence: 0 };
  const a = linesOf(original);
  const b = linesOf(candidate);
  if (mask.mode === 'unordered') {
    a.sort();
    b.sort();
  }
  let evidence = 0;
  for (let index = 0; index < a.length; index += 1) {
    const left = a[index] ?? '';
    const right = b[index];
    const where = mask.mode === 'unordered' ? channel : `${channel} line ${index + 1}`;
    if (right === undefined) return { difference: `${where}: the original has ${quote(left)}, the candidate ends before it.`, evidence };
    const lineMask = mask.lines.get(index);
    const tokens = tokensOf(left);
    if (left !== right && !sameLine(tokens, tokensOf(right), rules, lineMask)) {
      return { difference: `${where}: the original has ${quote(left)}, the candidate has ${quote(right)}.`, evidence };
    }
    if (speaks(tokens, lineMask)) evidence += 1;
  }
  const extra = b[a.length];
  if (extra !== undefined)
    return { difference: `${channel} line ${a.length + 1}: the candidate has ${quote(extra)}, the original ends before it.`, evidence };
  // Line ends are part of a file, and of what another program reads from a pipe.
  if (mask.lines.size === 0 && mask.mode === 'lines' && original !== candidate && endings(original) !== endings(candidate)) {
    return { difference: `${channel}: the line ends differ.`, evidence };
  }
  return { difference: null, evidence };
}

const endings = (text: string): string => (text.match(/\r\n|\n|\r/g) ?? []).join('');

const KINDS: Record<Token['kind'], string> = {
  float: 'a number',
  int: 'a number',
  hex: 'an address',
  word: 'a word',
  space: 'white space',
  other: 'a character',
};

/** What differs between two runs of the original, to be left out of every comparison, and the sentences that say so. */
export function maskBetween(channel: string, first: string, second: string): { mask: TextMask; described: string[] } {
  const mask = noMask();
  const described: string[] = [];
  if (first === second) return { mask, described };
  const a = linesOf(first);
  const b = linesOf(second);
  if (a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n')) {
    return { mask: { mode: 'unordered', lines: new Map() }, described: [`${channel}: the order of its lines changes from run to run`] };
  }
  if (a.length !== b.length) {
    return { mask: { mode: 'ignored', lines: new Map() }, described: [`${channel}: not compared, its lines change from run to run`] };
  }
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] === b[index]) continue;
    const left = tokensOf(a[index] ?? '');
    const right = tokensOf(b[index] ?? '');
    const lineMask = lineMaskBetween(left, right);
    mask.lines.set(index, lineMask);
    const where = `${channel} line ${index + 1}`;
    if (lineMask.kind === 'stretch') {
      described.push(`${where}: a part that changes from run to run (${quote(a[index] ?? '')} / ${quote(b[index] ?? '')})`);
      continue;
    }
    for (const at of lineMask.at) {
      const token = left[at];
      if (token === undefined || token.kind === 'space') continue;
      described.push(`${where}: ${KINDS[token.kind]} that changes from run to run (${clip(token.text)} / ${clip(right[at]?.text ?? '')})`);
    }
  }
  return { mask, described };
}

function lineMaskBetween(a: readonly Token[], b: readonly Token[]): LineMask {
  const alike = (x: Token | undefined, y: Token | undefined): boolean => x !== undefined && y !== undefined && x.kind === y.kind && x.text === y.text;
  const shaped =
    a.length === b.length &&
    a.every((token, index) => token.kind === b[index]?.kind || (isNumber(token) && b[index] !== undefined && isNumber(b[index])));
  if (shaped) return { kind: 'tokens', at: new Set(a.flatMap((token, index) => (alike(token, b[index]) ? [] : [index]))) };
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && alike(a[before], b[before])) before += 1;
  let after = 0;
  while (after < shorter - before && alike(a[a.length - 1 - after], b[b.length - 1 - after])) after += 1;
  return { kind: 'stretch', before, after };
}

/** Leaves out what either mask leaves out. */
export function mergeMasks(a: TextMask, b: TextMask): TextMask {
  if (a.mode === 'ignored' || b.mode === 'ignored') return { mode: 'ignored', lines: new Map() };
  if (a.mode !== b.mode) {
    // Lines of unsteady order with unsteady words in them: line numbers mean nothing any more.
    const other = a.mode === 'unordered' ? b : a;
    return { mode: other.lines.size === 0 ? 'unordered' : 'ignored', lines: new Map() };
  }
  const lines = new Map(a.lines);
  for (const [index, mask] of b.lines) {
    const known = lines.get(index);
    if (known === undefined) lines.set(index, mask);
    else if (known.kind === 'tokens' && mask.kind === 'tokens') lines.set(index, { kind: 'tokens', at: new Set([...known.at, ...mask.at]) });
    else if (known.kind === 'stretch' && mask.kind === 'stretch') {
      lines.set(index, { kind: 'stretch', before: Math.min(known.before, mask.before), after: Math.min(known.after, mask.after) });
    } else lines.set(index, { kind: 'stretch', before: 0, after: 0 });
  }
  return { mode: a.mode, lines };
}
