/** What is left to do where no change of the code is proven, in plain words. */
import { formatRatio, formatShare, ratio } from '../platform/units';
import type { IoKind, LoopFacts, Report, ReportHotspot, ValueFact, Verdict } from '../types';

/** Below this part of a run a rewrite of the hottest place in another language is not worth its upkeep. */
const LEAST_SHARE = 0.3;
/** In seconds: who waits less than this for a script does not rewrite it. */
const LEAST_SECONDS = 1;
/** How much faster compiled code commonly is than the interpreter: arithmetic on plain numbers, and work on texts, tables and objects. */
const NUMERIC_GAIN = [10, 100] as const;
const STRUCTURAL_GAIN = [2, 10] as const;

const WAITING: Record<IoKind, string> = {
  network:
    'It waits for the network, which faster code does not shorten; fewer or larger requests do, or several at once where the server allows it.',
  disk: 'It waits for files, which faster code does not shorten; fewer and larger reads and writes do.',
  database: 'It waits for the database, which faster code does not shorten; an index does, or fewer queries in one transaction.',
  subprocess: 'It waits for other programs: only those can be made faster, or run side by side where they do not need each other.',
  sleep: 'It waits in pauses that the program itself makes: only shorter ones help.',
  console: 'It waits for the console: only less input and output helps.',
};
const REMEMBERING: Record<'allocation' | 'copies' | 'swapping' | 'bandwidth', string> = {
  allocation: 'use the same arrays again in place of making new ones',
  copies: 'change the data where it is in place of copying it',
  swapping: 'hold less at once: go through the data in pieces',
  bandwidth: 'use a smaller type, or go over the data once in place of several times',
};

/** @param facts of the report's loops. Empty where there is nothing to say. */
export function nextStep(report: Pick<Report, 'run' | 'verdict' | 'hotspots' | 'findings' | 'source'>, facts: readonly LoopFacts[]): string {
  const { run, verdict, hotspots, findings = [], source } = report;
  switch (verdict.bottleneck) {
    case 'too-short':
      return hotspots.some(({ share }) => share >= 0.5) ? 'So short a run is hardly worth a change.' : 'Most of that is the start of the interpreter: a change of the code would not be felt.'; // prettier-ignore
    case 'io-wait':
      return waiting(verdict);
    case 'memory':
      return `Memory holds it back, which all cores share, so more workers or compiled code gain little${verdict.detail !== undefined && verdict.detail in REMEMBERING ? `: ${REMEMBERING[verdict.detail as keyof typeof REMEMBERING]}` : ''}.`; // prettier-ignore
    case 'parallel-already':
      return 'It keeps several cores busy already: more workers would wait for the same ones.';
    case 'gil':
    case 'overhead':
    case 'event-loop':
      return findings.length > 0 ? 'What holds it back is listed under "Parallel code".' : '';
    case 'cpu-native':
      return 'The time goes into libraries that are machine code already: what is left is a better method, a smaller type, or a library that uses all cores or the graphics card.'; // prettier-ignore
    case 'cpu-python':
    case 'mixed': {
      const [hottest] = [...hotspots].sort((a, b) => b.share - a.share);
      return source.language === 'python' && hottest !== undefined && run.seconds >= LEAST_SECONDS ? otherLanguage(hottest, facts) : '';
    }
  }
}

function waiting({ detail }: Verdict): string {
  return detail !== undefined && detail in WAITING ? WAITING[detail as IoKind] : '';
}

function otherLanguage(hottest: ReportHotspot, facts: readonly LoopFacts[]): string {
  const whole = formatShare(hottest.share);
  const most = wholeRun(hottest, Infinity);
  if (hottest.share < LEAST_SHARE) {
    return `No place takes more than ${whole} of it: were the hottest one free, the whole run would be ${formatRatio(ratio(most))} as fast (an estimate by Amdahl's law).`; // prettier-ignore
  }
  const loop = facts.find((one) => one.hotspot.id === hottest.id);
  const numeric = loop !== undefined && isNumeric(loop);
  const [low, high] = numeric ? NUMERIC_GAIN : STRUCTURAL_GAIN;
  const free = numeric && (hottest.legality?.verdict === 'independent' || hottest.legality?.verdict === 'observed');
  const languages = numeric ? `Cython or C++ with pybind11${free ? ', or a CUDA kernel, as its trips do not need each other' : ''}` : 'Rust with maturin, C++ with pybind11 or Cython'; // prettier-ignore
  const where = numeric ? 'arithmetic on plain numbers' : 'work on texts, tables and objects';
  const range = `${formatRatio(ratio(wholeRun(hottest, low)))} to ${formatRatio(ratio(wholeRun(hottest, high)))}`;
  return (
    `The next step would be to write that part in ${languages}: ${where} commonly runs ${low} to ${high} times as fast there, which would make the whole run ${range} as fast, ` +
    `and never more than ${formatRatio(ratio(most))} (an estimate by Amdahl's law from its ${whole} of the run; nothing of it was measured).`
  );
}

/** Amdahl: the whole run's ratio where the hot part becomes so many times as fast. */
const wholeRun = ({ share }: ReportHotspot, gain: number): number => 1 / Math.max(1 - share + share / gain, 0.005);

const NUMBERS = /^(int|float|bool|complex|u?int(8|16|32|64)|float(16|32|64)|complex(64|128)|range)$/;

/** What the loop's names held are numbers, and lists and arrays of them. */
function isNumeric({ values, reads, writes }: LoopFacts): boolean {
  const used = Object.entries(values).filter(([name]) => reads.includes(name) || writes.includes(name));
  return used.length > 0 && used.every(([, value]) => isNumber(value));
}

function isNumber({ type, dtype, elements, rows }: ValueFact): boolean {
  if (type === 'ndarray') return dtype !== undefined && NUMBERS.test(dtype);
  if (type !== 'list' && type !== 'tuple') return NUMBERS.test(type);
  const items = rows?.elements ?? elements ?? [];
  return items.length > 0 && items.every((item) => NUMBERS.test(item));
}
