import type { CapturedValue, RegionObservation } from '../run/program';
import { closeFloats } from './tokens';

export const captureKey = (region: string, name: string): string => `${region}\n${name}`;

/** The calls of a watched function, as if they were entries of a region of their own. */
export const callsKey = (region: string, name: string): string => `${region}\n${name}()`;
const callNames = (name: string): string[] => [`${name}()`, `${name}() arguments`];

export interface CaptureComparison {
  difference: string | null;
  /** Values compared in full. */
  evidence: number;
  /** Floats among them. */
  floats: number;
}

function floatsOf(value: CapturedValue): Float64Array {
  const bytes = Buffer.from(value.floats, 'base64');
  // A copy of its own: the pooled buffer is not aligned to 8 bytes.
  return new Float64Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 8));
}

/** One sentence when the values differ, null when they are the same within the tolerance. */
export function compareValues(a: CapturedValue, b: CapturedValue, tolerance: number): string | null {
  if (a.type !== b.type) return `\`${a.name}\` is of type ${a.type} in the original and ${b.type} in the candidate.`;
  if (a.type === 'calls' && (a.structure !== b.structure || a.floatCount !== b.floatCount))
    return `\`${a.name}\` is something else in the candidate, in one of ${a.preview}.`;
  const previews = `${a.preview} in the original, ${b.preview} in the candidate`;
  if (!b.comparable) return `\`${a.name}\` holds something in the candidate that cannot be compared: ${previews}.`;
  if (a.structure !== b.structure || a.floatCount !== b.floatCount) return `\`${a.name}\` is ${previews}.`;
  if (a.floats === b.floats) return null;
  const left = floatsOf(a);
  const right = floatsOf(b);
  if (left.length !== right.length) return `\`${a.name}\` is ${previews}.`;
  for (let index = 0; index < left.length; index += 1) {
    const x = left[index] ?? 0;
    const y = right[index] ?? 0;
    if (!closeFloats(x, y, tolerance)) {
      const which = left.length === 1 ? '' : a.sampled ? ` (sampled float ${index + 1})` : ` (float ${index + 1} of ${a.floatCount})`;
      return `\`${a.name}\`${which} is ${printed(x)} in the original and ${printed(y)} in the candidate.`;
    }
  }
  return null;
}

const printed = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

export interface CaptureRules {
  /** The values that this candidate promises; others of a shared region are not its own. */
  names: readonly string[];
  tolerance: number;
  /** `captureKey`s that change between two runs of the original. */
  masked: ReadonlySet<string>;
  where: string;
}

/**
 * Compares what two runs held when they left the same region.
 */
export function compareRegion(original: RegionObservation, candidate: RegionObservation, rules: CaptureRules): CaptureComparison {
  const found: CaptureComparison = { difference: null, evidence: 0, floats: 0 };
  if (original.entries !== candidate.entries) {
    found.difference = `${rules.where} is entered ${times(original.entries)} in the original and ${times(candidate.entries)} in the candidate.`;
    return found;
  }
  for (const exit of original.exits) {
    const other = candidate.exits.find((item) => item.entry === exit.entry);
    const when = original.entries > 1 ? ` after entry ${exit.entry}` : '';
    if (other === undefined) {
      found.difference = `${rules.where} is not left${when} in the candidate.`;
      return found;
    }
    if (errorType(exit.error) !== errorType(other.error)) {
      found.difference = `${rules.where} ends${when} with ${exit.error ?? 'no exception'} in the original and with ${other.error ?? 'no exception'} in the candidate.`;
      return found;
    }
    // What a region left by an exception had done so far is nobody's promise.
    if (exit.error !== null) continue;
    for (const name of rules.names) {
      if (rules.masked.has(captureKey(original.id, name))) continue;
      const value = exit.values.find((item) => item.name === name);
      if (value?.comparable !== true) continue;
      const counterpart = other.values.find((item) => item.name === name);
      const why = counterpart === undefined ? `\`${name}\` does not exist in the candidate.` : compareValues(value, counterpart, rules.tolerance);
      if (why !== null) {
        found.difference = `At the end of ${rules.where.replace(/^T/, 't')}${when}, ${why}`;
        return found;
      }
      found.evidence += 1;
      found.floats += value.floatCount;
    }
  }
  return found;
}

/**
 * Compares the calls of the functions that a region of definitions holds. An edit may well call a function less often, or have it under another name, or on
 * other types: that is neither a difference nor evidence.
 */
export function compareCalls(
  original: RegionObservation,
  candidate: RegionObservation,
  rules: Omit<CaptureRules, 'names' | 'where'>,
): CaptureComparison {
  const found: CaptureComparison = { difference: null, evidence: 0, floats: 0 };
  for (const { name, takes, ...log } of original.calls ?? []) {
    const other = candidate.calls?.find((item) => item.name === name);
    if (other?.entries !== log.entries || other.takes !== takes) continue;
    const id = callsKey(original.id, name);
    const where = `The body of \`${name}\``;
    const compared = compareRegion({ id, ...log }, { id, ...other }, { ...rules, names: callNames(name), where });
    if (compared.difference !== null) return compared;
    found.evidence += compared.evidence;
    found.floats += compared.floats;
  }
  return found;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
/** 'ValueError: no such key' -> 'ValueError'; messages may name other objects. */
const errorType = (error: string | null): string | null => (error === null ? null : (/^[\w.]+/.exec(error)?.[0] ?? error));
