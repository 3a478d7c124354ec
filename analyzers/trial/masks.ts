import { callsKey, captureKey, compareValues } from './captures';
import { compareFile, namePattern } from './files';
import { decode, foldSourceLines } from './outputs';
import type { Outputs, WrittenFile } from './outputs';
import { maskBetween, mergeMasks, noMask } from './text';
import type { TextMask } from './text';

/** What two runs of the original do not agree on, and what is therefore not asked of a candidate. */
export interface Mask {
  stdout: TextMask;
  stderr: TextMask;
  files: Map<string, TextMask>;
  /** Patterns of file names that are new in every run. */
  unsteadyNames: Set<string>;
  /** `captureKey`s of values that change. */
  captures: Set<string>;
  /** Each mask in words, for the report. */
  described: string[];
}

export const emptyMask = (): Mask => ({
  stdout: noMask(),
  stderr: noMask(),
  files: new Map(),
  unsteadyNames: new Set(),
  captures: new Set(),
  described: [],
});

/** @param runs two or more runs of the original, alike in seeds, arguments and input. */
export function maskOf(runs: readonly Outputs[]): Mask {
  const mask = emptyMask();
  const [first, ...others] = runs;
  if (first === undefined) return mask;
  for (const other of others) {
    const stdout = maskBetween('stdout', first.stdout, other.stdout);
    const stderr = maskBetween('stderr', foldSourceLines(first.stderr), foldSourceLines(other.stderr));
    mask.stdout = mergeMasks(mask.stdout, stdout.mask);
    mask.stderr = mergeMasks(mask.stderr, stderr.mask);
    mask.described.push(...stdout.described, ...stderr.described);
    maskFiles(mask, first, other);
    maskCaptures(mask, first, other);
  }
  mask.described = [...new Set(mask.described)];
  return mask;
}

function maskFiles(mask: Mask, first: Outputs, other: Outputs): void {
  const byPath = new Map(other.files.map((file) => [file.path, file]));
  for (const file of first.files) {
    const twin = byPath.get(file.path);
    if (twin === undefined) markUnsteady(mask, file);
    else {
      byPath.delete(file.path);
      if (compareFile(file, twin, { tolerance: 0, valuesAgree: false }, undefined).difference === null) continue;
      const texts = file.bytes !== null && twin.bytes !== null && !file.bytes.includes(0) && !twin.bytes.includes(0);
      const found =
        texts && file.bytes !== null && twin.bytes !== null
          ? maskBetween(`file ${file.path}`, decode(file.bytes), decode(twin.bytes))
          : {
              mask: { mode: 'ignored' as const, lines: new Map() },
              described: [`file ${file.path}: not compared, its bytes change from run to run`],
            };
      mask.files.set(file.path, mergeMasks(mask.files.get(file.path) ?? noMask(), found.mask));
      mask.described.push(...found.described);
    }
  }
  for (const file of byPath.values()) markUnsteady(mask, file);
}

function markUnsteady(mask: Mask, file: WrittenFile): void {
  const pattern = namePattern(file.path);
  if (!mask.unsteadyNames.has(pattern)) mask.described.push(`files named like ${pattern}: their names change from run to run`);
  mask.unsteadyNames.add(pattern);
}

function maskCaptures(mask: Mask, first: Outputs, other: Outputs): void {
  for (const region of first.regions) {
    const twin = other.regions.find((item) => item.id === region.id);
    maskExits(mask, region.id, region.exits, twin?.exits);
    for (const log of region.calls ?? []) {
      maskExits(mask, callsKey(region.id, log.name), log.exits, twin?.calls?.find((item) => item.name === log.name)?.exits);
    }
  }
}

type Exits = Outputs['regions'][number]['exits'];

function maskExits(mask: Mask, id: string, exits: Exits, others: Exits | undefined): void {
  for (const exit of exits) {
    const counterpart = others?.find((item) => item.entry === exit.entry);
    for (const value of exit.values) {
      const key = captureKey(id, value.name);
      if (mask.captures.has(key) || !value.comparable) continue;
      const same = counterpart?.values.find((item) => item.name === value.name);
      if (same !== undefined && compareValues(value, same, 0) === null) continue;
      mask.captures.add(key);
      mask.described.push(`the value of \`${value.name}\`: it changes from run to run`);
    }
  }
}
