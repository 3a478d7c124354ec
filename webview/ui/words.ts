/** Plain words for the report's terms. */
import type { Bottleneck, CandidateStatus, EquivalenceLevel, Pattern, ReportCandidate } from '../../analyzers/types';

export const bottleneckWords: Record<Bottleneck, string> = {
  'cpu-python': 'Busy in Python code',
  'cpu-native': 'Busy in native code',
  'io-wait': 'Waiting for input or output',
  memory: 'Limited by memory',
  gil: 'Threads waiting for the interpreter lock',
  overhead: 'Overhead of its own parallel code',
  'event-loop': 'Work that blocks the event loop',
  'parallel-already': 'Parallel already',
  mixed: 'A mix of costs',
  'too-short': 'Too short to judge',
};
export const statusWords: Record<CandidateStatus, string> = { proven: 'Proven', rejected: 'Don’t', blocked: 'Not possible', untried: 'Untried' };
export const equivalenceWords: Record<EquivalenceLevel, string> = {
  guarded: 'Same results, every assumption checked',
  observed: 'Same results on this input',
  statistical: 'Other random numbers, like results',
  different: 'Other results',
};
export const basisWords: Record<NonNullable<ReportCandidate['measured']>['basis'], string> = {
  wall: 'wall time',
  'corrected-wall': 'wall time, waiting for a busy machine taken off',
  cpu: 'CPU time',
};
export const patternWords: Record<Pattern, string> = {
  elementwise: 'each item on its own',
  reduction: 'adds up to one value',
  scan: 'running total',
  stencil: 'neighbours of each item',
  pairwise: 'every pair',
  gather: 'looks items up',
  'table-filling': 'fills a table',
  search: 'search',
  'task-map': 'independent tasks',
  'producer-consumer': 'producer and consumer',
  pipeline: 'pipeline',
  unknown: 'no known pattern',
};
export const confidenceWords = (confidence: number): string => (confidence >= 0.9 ? 'clear' : confidence >= 0.75 ? 'likely' : 'uncertain');
export const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
export const lineWords = (start: number, end: number): string => (start === end ? `line ${start}` : `lines ${start}–${end}`);
