/** Plain words for the report's terms, for the text formats. */
import { formatRatio, formatShare } from '../platform/units';
import type { Bottleneck, CandidateStatus, EquivalenceLevel, PredictionError, Report, Share, Verdict } from '../types';

export const bottleneckWords: Record<Bottleneck, string> = {
  'cpu-python': 'busy in Python code',
  'cpu-native': 'busy in native code',
  'io-wait': 'waiting for input or output',
  memory: 'limited by memory',
  gil: 'threads waiting for the interpreter lock',
  overhead: 'overhead of its own parallel code',
  'event-loop': 'work that blocks the event loop',
  'parallel-already': 'parallel already',
  mixed: 'a mix of costs',
  'too-short': 'too short to judge',
};
/** What it waits for, or what memory costs it, after the words for the bottleneck. */
export const detailWords: Record<NonNullable<Verdict['detail']>, string> = {
  network: 'the network',
  disk: 'files',
  subprocess: 'other programs',
  database: 'a database',
  sleep: 'sleeping',
  console: 'the console',
  allocation: 'allocation',
  copies: 'copies',
  swapping: 'swapping',
  bandwidth: 'bandwidth',
};
export const verdictWords = ({ bottleneck, detail }: Pick<Verdict, 'bottleneck' | 'detail'>): string =>
  detail === undefined ? bottleneckWords[bottleneck] : `${bottleneckWords[bottleneck]}: ${detailWords[detail]}`;
export const statusWords: Record<CandidateStatus, string> = { proven: 'proven', rejected: "don't", blocked: 'not possible', untried: 'untried' };
export const equivalenceWords: Record<EquivalenceLevel, string> = {
  guarded: 'same results, every assumption checked',
  observed: 'same results on this input',
  statistical: 'other random numbers, like results',
  different: 'other results',
};
/** How far earlier predictions of the same refactor were off. */
export const predictionErrorWords = ({ typical, proofs }: PredictionError): string =>
  `Predictions of this kind have been off by ${formatRatio(typical)} on this machine (${proofs} proofs).`;
export const basisWords = {
  wall: 'wall time',
  'corrected-wall': 'wall time, waiting for a busy machine taken off',
  cpu: 'CPU time',
} as const;

/** 0.95, 0.8 and 0.6 are the bins of a verdict. */
export const confidenceWords = (confidence: number): string => (confidence >= 0.9 ? 'clear' : confidence >= 0.75 ? 'likely' : 'uncertain');

export function commandWords({ source: { command } }: Report): string {
  const program = command.kind === 'module' ? `-m ${command.target}` : command.target;
  return [program, ...command.args.map((arg) => (/^[\w./:=@%+,-]+$/.test(arg) ? arg : JSON.stringify(arg)))].join(' ');
}

/** "62 % Python, 30 % native, 8 % waiting" of the hot lines' time. */
export function kindsOfTime(lines: Report['lines']): string {
  const sum = (of: (line: Report['lines'][number]) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const parts = { Python: sum((line) => line.python), native: sum((line) => line.native), waiting: sum((line) => line.wait) };
  const whole = parts.Python + parts.native + parts.waiting;
  if (whole === 0) return '';
  return Object.entries(parts)
    .filter(([, part]) => part / whole >= 0.01)
    .map(([name, part]) => `${formatShare((part / whole) as Share)} ${name}`)
    .join(', ');
}
