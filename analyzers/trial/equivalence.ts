import type { Region } from '../types';
import { compareCalls, compareRegion } from './captures';
import { maskElapsed } from './elapsed';
import { compareFile, namePattern } from './files';
import type { FileComparison } from './files';
import type { Mask } from './masks';
import { exceptionOf, foldSourceLines } from './outputs';
import type { Outputs } from './outputs';
import { compareText } from './text';

export interface EquivalenceRules {
  /** Relative tolerance of floats; 0: exact. */
  tolerance: number;
  mask: Mask;
  /** The candidate's regions, with the id under which both runs observed each. */
  regions: { id: string; region: Region }[];
  /** 'type': of an exception only its type is compared and warnings are not, as for inputs that nobody has asked for. */
  errors: 'text' | 'type';
  /** Several edits at once: one may make the lines of another run less often, as where the calls of a function around them are remembered. */
  combined?: boolean;
}
export interface Equivalence {
  /** One sentence; null: the runs are the same. */
  difference: string | null;
  /** How many things that say something were compared; 0: nothing is proven. */
  evidence: number;
  /** What was left out beyond the mask that was given. */
  masked: string[];
}

const ended = (outputs: Outputs): string => {
  const { exitCode, signal, stopped } = outputs.run;
  if (stopped !== undefined) return `is stopped (${stopped})`;
  if (signal !== undefined) return `ends by ${signal}`;
  const exception = exceptionOf(outputs.stderr);
  return exception === null || exitCode === 0 ? `ends with exit code ${exitCode}` : `ends with exit code ${exitCode} (${exception})`;
};

/** Compares all that two runs show to the world, and the values with which they left the edited regions. The first difference wins. */
export function compareRuns(original: Outputs, candidate: Outputs, rules: EquivalenceRules): Equivalence {
  if (ended(original) !== ended(candidate)) {
    return { difference: `The original ${ended(original)}, the candidate ${ended(candidate)}.`, evidence: 0, masked: [] };
  }
  let evidence = 0;
  let floats = 0;
  for (const { id, region } of rules.regions) {
    const before = original.regions.find((item) => item.id === id);
    const after = candidate.regions.find((item) => item.id === id);
    if (before === undefined || after === undefined) continue;
    if (before.entries !== after.entries && (rules.combined === true || withinWatched(region, original, rules))) continue;
    const where = `The region at line ${region.before.startLine}`;
    const shared = { tolerance: rules.tolerance, masked: rules.mask.captures };
    for (const found of [compareRegion(before, after, { ...shared, names: region.captures, where }), compareCalls(before, after, shared)]) {
      if (found.difference !== null) return { difference: found.difference, evidence, masked: [] };
      evidence += found.evidence;
      floats += found.floats;
    }
  }
  const text = { tolerance: rules.tolerance, valuesAgree: floats > 0 };
  let stdout = compareText('stdout', original.stdout, candidate.stdout, text, rules.mask.stdout);
  let masked: string[] = [];
  if (stdout.difference !== null && evidence > 0) {
    const elapsed = maskElapsed('stdout', original, candidate, rules.mask.stdout);
    stdout = compareText('stdout', original.stdout, candidate.stdout, text, elapsed.mask);
    masked = elapsed.described;
  }
  if (stdout.difference !== null) return { difference: stdout.difference, evidence, masked };
  evidence += stdout.evidence;
  const files = compareFiles(original, candidate, text, rules.mask);
  if (files.difference !== null) return { difference: files.difference, evidence, masked };
  evidence += files.evidence;
  if (rules.errors === 'text') {
    const stderr = compareText('stderr', foldSourceLines(original.stderr), foldSourceLines(candidate.stderr), text, rules.mask.stderr);
    // Warnings and logs must agree, but they are no result: they add no evidence.
    if (stderr.difference !== null) return { difference: stderr.difference, evidence, masked };
  }
  return { difference: null, evidence, masked };
}

/** Lines of a function that is itself changed may run less often, as where its calls are remembered: what its calls give back is compared instead. */
function withinWatched(region: Region, original: Outputs, rules: EquivalenceRules): boolean {
  return rules.regions.some(({ id, region: other }) => {
    const around = other.file === region.file && other.before.startLine <= region.before.startLine && other.before.endLine >= region.before.endLine;
    const calls = original.regions.find((item) => item.id === id)?.calls ?? [];
    return other !== region && around && calls.some(({ entries }) => entries > 0);
  });
}

function compareFiles(original: Outputs, candidate: Outputs, text: { tolerance: number; valuesAgree: boolean }, mask: Mask): FileComparison {
  let evidence = 0;
  const steady = (path: string): boolean => !mask.unsteadyNames.has(namePattern(path));
  const byPath = new Map(candidate.files.map((file) => [file.path, file]));
  for (const file of original.files) {
    const other = byPath.get(file.path);
    byPath.delete(file.path);
    if (other === undefined) {
      if (!steady(file.path)) continue;
      return { difference: `file ${file.path}: ${file.change} by the original, left alone by the candidate.`, evidence };
    }
    const found = compareFile(file, other, text, mask.files.get(file.path));
    if (found.difference !== null) return { difference: found.difference, evidence };
    evidence += found.evidence;
  }
  for (const file of byPath.values()) {
    if (steady(file.path)) return { difference: `file ${file.path}: ${file.change} by the candidate, not by the original.`, evidence };
  }
  return { difference: null, evidence };
}
