import type { Bottleneck, Evidence, Hotspot, Machine, Profile, Verdict } from '../types';
import { bytes, formatBytes, formatCores, formatSeconds, seconds } from '../platform/units';
import { secondsOf, shareOf, splitEvidence, topLine, usageEvidence, waitEvidence } from './evidence';
import { busyInCoroutines, measureHotspot, measureRun, usageOf, type Measures, type Usage } from './measures';

/** Below this a run is mostly start-up, and no sampling tells much. */
const tooShort = seconds(0.3);
/** A part this large decides. */
const dominant = 0.6;
/** More cores than this on average is work done side by side. */
const severalCores = 1.3;
/** A first touch of a page costs about 0.25 s a GiB, so growth at this rate is a quarter of the time or more. */
const growthPerSecond = 1 << 30;
/** Fewer samples than this decide nothing surely. */
const fewSamples = 25;
const waitingSample = seconds(0.02);

/** What holds the whole run back, and why. `machine`: the measured one, where known. */
export function classifyRun(profile: Profile, machine: Machine | null): Verdict {
  const usage = usageOf(profile);
  const measures = measureRun(profile);
  if (usage.seconds < tooShort) return verdict('too-short', 1, [{ text: `The run took ${secondsOf(usage.seconds)}: mostly start-up.` }]);
  const basis =
    classifyTree(usage, measures, machine) ?? classifyCoroutines(profile, null, usage.seconds) ?? classifyMeasures(profile, measures, usage.seconds);
  const outside = Math.max(0, 1 - (measures.python + measures.native + measures.wait) / usage.seconds);
  if (outside > 0.3 && usage.children === 0)
    basis.because.push({ text: `${shareOf(outside, 1)} of the run is outside of your own files: start-up and exit of the interpreter.` });
  return surely(basis, measures);
}

/** What holds one hotspot back. Costs are inclusive: what it calls counts. */
export function classifyHotspot(hotspot: Hotspot, profile: Profile): Verdict {
  const usage = usageOf(profile);
  const measures = measureHotspot(hotspot, profile);
  if (usage.seconds < tooShort) return verdict('too-short', 1, [{ text: `The run took ${secondsOf(usage.seconds)}: mostly start-up.` }]);
  const busy = measures.python + measures.native;
  const tree = classifyTree(usage, measureRun(profile), null);
  const waitsForOwn = measures.wait > busy && usage.children > 0;
  const takesPart = busy > measures.wait && (tree?.bottleneck === 'gil' || hotspot.seconds > severalCores * profile.run.seconds);
  const own = classifyMeasures(profile, measures, hotspot.seconds);
  const basis = (tree && (waitsForOwn || takesPart) ? tree : null) ?? classifyCoroutines(profile, hotspot, hotspot.seconds) ?? own;
  return surely(basis, measures);
}

/** From processes and threads; null where one thread does it all. */
function classifyTree(usage: Usage, measures: Measures, machine: Machine | null): Verdict | null {
  if (usage.children > 0) {
    const children = usage.children === 1 ? '1 child process' : `${usage.children} child processes`;
    const used: Evidence = { text: `${children} used ${secondsOf(usage.childCpu)} of processor time.` };
    // On a busy machine few cores are left for it, so what counts is who does the work.
    const childrenWork = usage.childShare >= dominant && measures.python + measures.native >= 0.5 * usage.seconds;
    if (usage.cores >= severalCores || childrenWork)
      return verdict('parallel-already', usage.cores >= severalCores ? usage.cores / 2 : dominant, [usageEvidence(usage), used]);
    if (usage.children > 1 && usage.childShare < 0.3)
      return verdict('overhead', dominant, [
        used,
        { text: `That is ${shareOf(usage.childShare, 1)} of all processor time: starting and feeding them costs more.` },
      ]);
    return null;
  }
  if (usage.cores >= severalCores) {
    const all = machine ? ` of ${machine.cores}` : '';
    return verdict('parallel-already', usage.cores / 2, [{ text: `Threads kept ${formatCores(usage.cores)}${all} busy on average.` }]);
  }
  if (usage.locked > 0.3)
    return verdict('gil', Math.min(1, 0.5 + usage.locked / 2), [
      { text: `Threads waited ${secondsOf(usage.locked * usage.seconds)} for the interpreter lock in a run of ${secondsOf(usage.seconds)}.` },
      { text: `${usage.threads} threads together kept only ${formatCores(usage.cores)} busy.` },
    ]);
  return null;
}

function classifyCoroutines(profile: Profile, hotspot: Hotspot | null, total: number): Verdict | null {
  const busy = busyInCoroutines(profile, hotspot?.span ?? null);
  if (busy < 0.3 * total) return null;
  return verdict('event-loop', busy / total, [
    { text: `Coroutines compute for ${secondsOf(busy)} without giving way; meanwhile the event loop serves nobody else.` },
  ]);
}

function classifyMeasures(profile: Profile, measures: Measures, total: number): Verdict {
  const { python, native, wait, grown, top } = measures;
  const sum = python + native + wait;
  if (sum <= 0) return verdict('mixed', 0, [{ text: 'No time was seen in your own code.' }]);
  const split = splitEvidence(measures);
  if (wait / sum >= dominant) {
    const waiting = [...profile.lines].sort((a, b) => b.wait - a.wait).find((line) => line.wait > 0) ?? null;
    return verdict('io-wait', wait / sum, [split, ...waitEvidence(profile, top && top.wait > 0.5 * wait ? top : waiting)]);
  }
  const busy = python + native;
  const rate = busy > 0 ? grown / busy : 0;
  if (rate >= growthPerSecond && grown >= growthPerSecond / 4)
    return verdict('memory', rate >= 2 * growthPerSecond ? 0.75 : dominant, [
      { text: `Memory grew by ${formatBytes(bytes(grown))} in ${formatSeconds(seconds(busy))} of work: fetching fresh pages takes much of it.` },
      split,
    ]);
  const lines = topLine(top, { ...measures, python: sum, native: 0, wait: 0 });
  if (python / sum >= dominant) return verdict('cpu-python', python / sum, [split, ...lines]);
  if (native / sum >= dominant) return verdict('cpu-native', native / sum, [split, ...lines]);
  return verdict('mixed', Math.max(python, native, wait) / Math.max(sum, total), [split, ...lines]);
}

/** Three bins: clear, likely, a guess. */
function verdict(bottleneck: Bottleneck, part: number, because: Evidence[]): Verdict {
  return { bottleneck, confidence: part >= 0.85 ? 0.95 : part >= 0.7 ? 0.8 : 0.6, because };
}

function surely(found: Verdict, measures: Measures): Verdict {
  // Waiting is measured by the clock, however few samples tell of it.
  const samples = measures.samples + measures.wait / waitingSample;
  if (found.bottleneck === 'too-short' || samples >= fewSamples) return found;
  return { ...found, confidence: 0.6, because: [...found.because, { text: `Only ${Math.round(measures.samples)} samples were taken there.` }] };
}
