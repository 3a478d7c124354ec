import type { Bottleneck, Evidence, Hotspot, IoKind, Machine, Profile, Verdict } from '../types';
import { bytes, formatBytes, formatCores, seconds } from '../platform/units';
import type { PythonModule } from '../syntax/python-module';
import { kindOfEffects, lineEvidence, secondsOf, shareOf, splitEvidence, topLine, usageEvidence, waitEvidence } from './evidence';
import { blockedByCoroutines, busyOf, Measured, usageOf, type LineMeasure, type Measures, type Usage } from './measures';
import { waitOfLoop } from './waits';

/** Below this a run is mostly start-up, and no sampling tells much. */
const tooShort = seconds(0.3);
/** A part this large decides: without it, the rest is at most two fifths. */
const dominant = 0.6;
/** As `dominant`, of memory: a part of what it costs is seen elsewhere, in lines that find the caches emptied. */
const dominantMemory = 0.5;
/** With this part of the time spent on memory, what else decides is only a guess. */
const unsureMemory = 0.25;
/** More cores than this on average is work done side by side. */
const severalCores = 1.3;
/** Coroutines that keep the loop for this part of the time make everybody else wait. */
const keepsLoop = 0.4;
/** Threads that wait for the interpreter lock this part of the time, all together, run one after another. */
const muchLocked = 0.4;
/** Start of an interpreter where the machine was not measured: seconds. */
const usualStart = 0.05;
/** At which fresh pages come where the machine was not measured: bytes a second. */
const usualFresh = 4 * 2 ** 30;
const leastGrowth = 2 ** 28;
/** Fewer samples than this decide nothing surely. */
const fewSamples = 25;
const waitingSample = seconds(0.02);

/** What holds the whole run back, and why. `machine`: the measured one, where known. `modules`: the user's files, which tell what a line waits for. */
export function classifyRun(profile: Profile, machine: Machine | null, modules: readonly PythonModule[] = []): Verdict {
  const usage = usageOf(profile);
  const measured = Measured.of(profile, modules);
  const measures = measured.run();
  const spent = measures.wait + measures.waitForWorkers + usage.cpu;
  if (Math.min(usage.seconds, Math.max(spent, 0.01)) < tooShort && usage.seconds < 3 * tooShort)
    return { bottleneck: 'too-short', confidence: 0.95, because: [{ text: `The run took ${secondsOf(usage.seconds)}: mostly start-up.` }] };
  const basis =
    classifyTree(usage, measures, machine) ?? classifyCoroutines(measured, null, totalOf(measures)) ?? classifyMeasures(measured, measures, machine);
  const sampled = measures.python + measures.native + measures.memory + measures.machinery + measures.wait + measures.waitForWorkers;
  const outside = Math.max(0, 1 - sampled / Math.max(spent, 1e-9));
  if (outside > 0.3 && usage.children === 0)
    basis.because.push({ text: `${shareOf(outside, 1)} of the run is outside of your own files: start-up and exit of the interpreter.` });
  return surely(basis, measures);
}

/** What holds one hotspot back. Costs are inclusive: what it calls counts. */
export function classifyHotspot(hotspot: Hotspot, profile: Profile, modules: readonly PythonModule[] = [], machine: Machine | null = null): Verdict {
  const usage = usageOf(profile);
  if (usage.seconds < tooShort)
    return { bottleneck: 'too-short', confidence: 0.95, because: [{ text: `The run took ${secondsOf(usage.seconds)}: mostly start-up.` }] };
  const measured = Measured.of(profile, modules);
  const measures = measured.hotspot(hotspot);
  const busy = hotspot.python + hotspot.native;
  const tree = classifyTree(usage, measured.run(), machine);
  const waitsForOwn = hotspot.wait > busy && (usage.children > 0 || measures.waitForWorkers > 0.5 * hotspot.wait);
  const takesPart = busy > hotspot.wait && (tree?.bottleneck === 'gil' || hotspot.seconds > severalCores * profile.run.seconds);
  const place = { file: hotspot.file, span: hotspot.span };
  const basis =
    (tree && (waitsForOwn || takesPart) ? tree : null) ??
    classifyCoroutines(measured, place, totalOf(measures)) ??
    classifyMeasures(measured, measures, machine);
  return surely(basis, measures);
}

const usefulOf = (measures: Measures): number => measures.python + measures.native + measures.memory;
const totalOf = (measures: Measures): number => usefulOf(measures) + measures.machinery + measures.wait + measures.waitForWorkers;

/** From processes and threads; null where one thread does it all. */
function classifyTree(usage: Usage, measures: Measures, machine: Machine | null): Verdict | null {
  return (
    classifyOverhead(usage, measures, machine?.processStart ?? usualStart) ??
    classifyProcesses(usage, measures) ??
    classifyThreads(usage, measures, machine)
  );
}

/** More processor time goes into workers than into their work. `start`: seconds that an interpreter takes to start. */
function classifyOverhead(usage: Usage, measures: Measures, start: number): Verdict | null {
  const useful = usefulOf(measures);
  // Processes that live too briefly to be sampled, and what their start costs the one that starts them; its own start, imports included, is none of it.
  const unseen = usage.children > 2 ? Math.max(0, usage.cpu - useful - measures.machinery - usage.feeding - 2 * start) : 0;
  const overhead = measures.machinery + usage.feeding + unseen;
  if (overhead < 0.15 || overhead < 0.15 * (useful + measures.wait)) return null;
  const part = overhead / (overhead + useful);
  if (part < 0.5 || measures.wait > overhead + useful) return null;
  const line = topLine(measures, (one) => one.machinery);
  const because: Evidence[] = [
    { text: `${secondsOf(overhead)} of processor time went into starting, feeding and joining workers, ${secondsOf(useful)} into their work.` },
  ];
  if (line && line.machinery > 0)
    because.push({ text: `Line ${line.line} spends ${secondsOf(line.machinery)} on that.`, file: line.file, line: line.line });
  if (usage.children > 2) because.push({ text: `${usage.children} processes were started.` });
  return verdict('overhead', 0.25 + 0.75 * part, because);
}

function classifyProcesses(usage: Usage, measures: Measures): Verdict | null {
  if (usage.children === 0) return null;
  const children = usage.children === 1 ? '1 child process' : `${usage.children} child processes`;
  const used: Evidence = { text: `${children} used ${secondsOf(usage.childCpu)} of processor time.` };
  // On a busy machine few cores are left for it, so what counts is who does the work.
  const shared = usage.children > 1 && usage.busiest < 0.8;
  const childrenWork = usage.childShare >= dominant && usefulOf(measures) >= measures.wait && shared;
  if (childrenWork || (usage.cores >= severalCores && usage.childShare > 0.3))
    return verdict('parallel-already', Math.max(usage.cores / 2, usage.childShare), [usageEvidence(usage), used]);
  if (usage.children > 1 && usage.childShare < 0.3 && measures.waitForWorkers > measures.wait && usefulOf(measures) < 0.3 * usage.seconds)
    return verdict('overhead', dominant, [
      used,
      { text: `That is ${shareOf(usage.childShare, 1)} of all processor time: starting and feeding them costs more.` },
    ]);
  return null;
}

function classifyThreads(usage: Usage, measures: Measures, machine: Machine | null): Verdict | null {
  if (usage.children > 0) return null;
  const useful = usefulOf(measures);
  const python = useful > 0 ? measures.python / useful : 0;
  const locked: Evidence[] = [
    { text: `Threads waited ${secondsOf(usage.locked * usage.seconds)} for the interpreter lock in a run of ${secondsOf(usage.seconds)}.` },
    { text: `${usage.threads} threads together kept only ${formatCores(usage.cores)} busy.` },
  ];
  const oneCore = usage.cores < severalCores;
  if (oneCore && usage.locked > muchLocked && python > 0.4) return verdict('gil', Math.min(1, 0.5 + usage.locked / 2), locked);
  const all = machine ? ` of ${machine.cores}` : '';
  if (usage.cores >= severalCores)
    return verdict('parallel-already', usage.cores / 2, [{ text: `Threads kept ${formatCores(usage.cores)}${all} busy on average.` }]);
  // Not by the wall time: on a busy machine both get little of it.
  const workersWork = usage.threads > 2 && measures.waitForWorkers > 0.3 * usage.seconds && useful > measures.wait;
  if (workersWork && python > 0.6) return verdict('gil', 0.7, locked);
  if (workersWork && measures.native > 0.5 * useful)
    return verdict('parallel-already', 0.7, [
      {
        text: `${usage.threads - 1} threads share the work, which is native code that gives the interpreter lock back; other programs had a part of the cores.`,
      },
    ]);
  return usage.locked > muchLocked && python > 0.4 ? verdict('gil', 0.6, locked) : null;
}

function classifyCoroutines(measured: Measured, place: { file: string; span: Hotspot['span'] } | null, total: number): Verdict | null {
  const { seconds: kept, line } = blockedByCoroutines(measured, place);
  if (total <= 0 || kept < keepsLoop * total) return null;
  const because: Evidence[] = [
    { text: `Coroutines keep the event loop for ${secondsOf(kept)} without giving way; meanwhile it serves nobody else.` },
  ];
  if (line) {
    const what = line.wait > busyOf(line) ? 'waits without `await`' : 'computes';
    because.push({ text: `Line ${line.line} ${what} for ${secondsOf(line.wait + busyOf(line))} of it.`, file: line.file, line: line.line });
  }
  return verdict('event-loop', 0.4 + 0.6 * (kept / total), because);
}

function classifyMeasures(measured: Measured, measures: Measures, machine: Machine | null): Verdict {
  const { python, native, memory, machinery, wait, waitForWorkers } = measures;
  // What is done while somebody waits for it counts once.
  const sum = python + native + memory + machinery + wait + (usefulOf(measures) > 0.25 * waitForWorkers ? 0 : waitForWorkers);
  if (sum <= 0) return verdict('mixed', 0, [{ text: 'No time was seen in your own code.' }]);
  const split = splitEvidence(measures);
  const waits = sum - python - native - memory - machinery;
  if (waits / sum >= dominant) return waiting(measured, measures, waits / sum, split);
  const grown = growing(measures, split, machine?.freshBytesPerSecond ?? usualFresh);
  if (memory / sum >= dominantMemory) return remembering(measures, memory / sum, split);
  if (grown) return grown;
  const because = [split, ...lineEvidence(topLine(measures), sum)];
  const most = memory / sum >= unsureMemory ? dominant : 1;
  if (python / sum >= dominant) return verdict('cpu-python', Math.min(most, python / sum), because);
  if (native / sum >= dominant) return verdict('cpu-native', Math.min(most, native / sum), because);
  // What is neither, but on a processor all the same.
  return verdict('mixed', Math.min(most, 0.6 + 1.5 * (dominant - Math.max(python, native, memory, waits) / sum)), because);
}

function waiting(measured: Measured, measures: Measures, part: number, split: Evidence): Verdict {
  const line = topLine(measures, (one) => (one.waitsFor === 'workers' && measures.wait > measures.waitForWorkers ? 0 : one.wait));
  const kinds = [...measures.waits].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
  const told = kinds.find((kind) => kind !== 'workers' && kind !== 'unknown') ?? kinds[0] ?? 'unknown';
  const kind: IoKind | null =
    told === 'loop'
      ? waitOfLoop(measured.profile, measured.sites)
      : told === 'workers' || told === 'unknown'
        ? kindOfEffects(measured.profile)
        : told;
  const found = verdict('io-wait', part, [split, ...waitEvidence(measured.profile, line, kind)]);
  return kind === null ? found : { ...found, detail: kind };
}

/** Where the system does not count pages, their cost is what they cost on this machine. */
function growing(measures: Measures, split: Evidence, fresh: number): Verdict | null {
  const busy = usefulOf(measures);
  const grown = measures.lines.reduce((sum, line) => sum + line.grown, 0);
  if (busy <= 0 || grown < leastGrowth || measures.lines.some((line) => line.faults > 0)) return null;
  const part = grown / fresh / busy;
  if (part < dominant) return null;
  const line = topLine(measures, (one) => one.grown);
  const text = `Memory grew by ${formatBytes(bytes(grown))} in ${secondsOf(busy)} of work: fetching fresh pages takes about ${secondsOf(grown / fresh)} of that.`;
  return { ...verdict('memory', Math.min(part, 0.75), [{ text, ...placeOf(line) }, split]), detail: 'allocation' };
}

function remembering(measures: Measures, part: number, split: Evidence): Verdict {
  const line = topLine(measures, (one) => one.memory);
  const pages = measures.lines.reduce((sum, one) => sum + one.pages, 0);
  const by = (kind: string): number => measures.lines.reduce((sum, one) => sum + ((one.traffic?.kind ?? 'allocation') === kind ? one.memory : 0), 0);
  const detail = by('copies') > 0.25 * measures.memory ? 'copies' : by('bandwidth') > 0.5 * measures.memory && pages < 0.5 * measures.memory ? 'bandwidth' : 'allocation'; // prettier-ignore
  const because: Evidence[] = [split];
  if (line?.traffic) because.push({ text: `Line ${line.line} ${line.traffic.how}: ${secondsOf(line.memory)}.`, ...placeOf(line) });
  if (pages > 0.3 * measures.memory)
    because.push({ text: `${secondsOf(pages)} went into fetching fresh pages from the system.`, ...placeOf(topLine(measures, (one) => one.pages)) });
  return { ...verdict('memory', part, because), detail };
}

const placeOf = (line: LineMeasure | null): { file?: string; line?: number } => (line ? { file: line.file, line: line.line } : {});

/** Three bins: clear, likely, a guess. The limits were set on labelled programs; `npm run bench -- verdicts` prints how often each bin is right. */
function verdict(bottleneck: Bottleneck, part: number, because: Evidence[]): Verdict {
  return { bottleneck, confidence: part >= 0.85 ? 0.95 : part >= 0.7 ? 0.8 : 0.6, because };
}

function surely(found: Verdict, measures: Measures): Verdict {
  // Waiting is measured by the clock, however few samples tell of it.
  const samples = measures.samples + (measures.wait + measures.waitForWorkers) / waitingSample;
  if (found.bottleneck === 'too-short' || samples >= fewSamples) return found;
  return { ...found, confidence: 0.6, because: [...found.because, { text: `Only ${Math.round(measures.samples)} samples were taken there.` }] };
}
