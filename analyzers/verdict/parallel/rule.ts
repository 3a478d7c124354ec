import type { Finding, Profile, Span } from '../../types';
import type { PythonModule } from '../../syntax/python-module';
import type { Program } from './program';
import { type Weight } from './weight';
import type { Launch } from './workers';

/** All that a rule looks at. */
export interface Scene {
  program: Program;
  launches: readonly Launch[];
  weight: Weight;
  profile: Profile;
  /** Names of the environment variables that the program was started with. */
  environment: ReadonlySet<string>;
}
/** A finding before it has its code. */
export type Found = Omit<Finding, 'code'>;
export type Rule = (scene: Scene) => Found[];

export const lineOf = (span: Span): number => span.start.line + 1;
export const stretchOf = (module: PythonModule, span: Span): { file: string; span: Span } => ({ file: module.file, span });
/** The line that a call starts in: what the profile charges it to. */
export const firstLine = (module: PythonModule, span: Span): { file: string; span: Span } => ({
  file: module.file,
  span: { start: span.start, end: span.start },
});

/** One finding for each thing found, the first place that it is found in. */
export function once<T>(items: readonly T[], key: (item: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const of = key(item);
    if (seen.has(of)) return false;
    seen.add(of);
    return true;
  });
}
