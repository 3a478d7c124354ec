import type { Effect, EffectKind, Evidence, IoKind, Profile } from '../types';
import { formatCores, formatSeconds, formatShare, seconds, share } from '../platform/units';
import { busyOf, type LineMeasure, type Measures, type Usage } from './measures';

const words: Partial<Record<EffectKind, string>> = {
  network: 'the network',
  subprocess: 'another program',
  database: 'a database',
  sleep: 'a sleep',
  'file-read': 'a file',
  'file-write': 'a file',
  'native-io': 'a library with its own input and output',
};
const waitWords: Record<IoKind, string> = {
  network: 'the network',
  disk: 'the disk',
  subprocess: 'another program',
  database: 'a database',
  sleep: 'a sleep to end',
  console: 'the console',
};

export const shareOf = (part: number, whole: number): string => formatShare(share(whole > 0 ? part / whole : 0));
export const secondsOf = (value: number): string => formatSeconds(seconds(value));

/** "96 % of the measured time is Python code, 3 % native code, 1 % waiting." */
export function splitEvidence(measures: Measures): Evidence {
  const parts = [
    { text: 'Python code', value: measures.python },
    { text: 'native code', value: measures.native },
    { text: 'waiting', value: measures.wait + measures.waitForWorkers },
    { text: 'memory traffic', value: measures.memory },
    { text: 'starting and feeding workers', value: measures.machinery },
  ].sort((a, b) => b.value - a.value);
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const [first, ...others] = parts.filter((part, index) => index === 0 || part.value >= 0.005 * total);
  const rest = others.map((part) => `, ${shareOf(part.value, total)} ${part.text}`).join('');
  return { text: `${shareOf(first?.value ?? 0, total)} of the measured time is ${first?.text ?? 'idle'}${rest}.` };
}

/** The line with most of what is asked for. */
export function topLine(measures: Measures, of: (line: LineMeasure) => number = (line) => busyOf(line) + line.wait): LineMeasure | null {
  let top: LineMeasure | null = null;
  for (const line of measures.lines) if (of(line) > (top ? of(top) : 0)) top = line;
  return top;
}

export function lineEvidence(line: LineMeasure | null, total: number): Evidence[] {
  if (!line) return [];
  const own = busyOf(line) + line.wait;
  return [{ text: `Line ${line.line} takes ${secondsOf(own)}, ${shareOf(own, total)} of it.`, file: line.file, line: line.line }];
}

export function usageEvidence(usage: Usage): Evidence {
  return { text: `The run kept ${formatCores(usage.cores)} busy on average over ${secondsOf(usage.seconds)}.` };
}

/** What the program waits for, as far as what ran, the seen effects and the line's own code tell. */
export function waitEvidence(profile: Profile, line: LineMeasure | null, kind: IoKind | null): Evidence[] {
  if (!line) return [];
  const place = { file: line.file, line: line.line };
  const waits = `Line ${line.line} waits ${secondsOf(line.wait)}`;
  if (kind === 'sleep') return [{ text: `${waits}: it sleeps.`, ...place }];
  const there = profile.effects.filter((effect) => effect.file === line.file && effect.line === line.line);
  const seen = mostTelling(there.length > 0 ? there : profile.effects, kind);
  const target = seen ? `${there.length > 0 ? 'It uses' : 'The program uses'} ${words[seen.kind] ?? seen.kind}: ${seen.target}, ${seen.count === 1 ? 'once' : `${seen.count} times`}.` : ''; // prettier-ignore
  if (kind !== null) return [{ text: `${waits} for ${waitWords[kind]}.${target === '' ? '' : ` ${target}`}`, ...place }];
  return [{ text: target === '' ? `${waits}; what for could not be seen.` : `${waits}. ${target}`, ...place }];
}

const order: EffectKind[] = ['network', 'subprocess', 'database', 'sleep', 'native-io', 'file-write', 'file-read'];
const matching: Partial<Record<IoKind, EffectKind[]>> = {
  network: ['network'],
  disk: ['file-write', 'file-read'],
  subprocess: ['subprocess'],
  database: ['database'],
};

function mostTelling(effects: readonly Effect[], kind: IoKind | null): Effect | undefined {
  const wanted = kind === null ? order : (matching[kind] ?? []);
  return effects.filter((effect) => wanted.includes(effect.kind)).sort((a, b) => wanted.indexOf(a.kind) - wanted.indexOf(b.kind) || b.count - a.count)[0]; // prettier-ignore
}

/** For a run without a line that says it: the kind of effect that was seen most. */
export function kindOfEffects(profile: Profile): IoKind | null {
  const seen = mostTelling(profile.effects, null);
  switch (seen?.kind) {
    case 'network':
    case 'subprocess':
    case 'database':
    case 'sleep':
      return seen.kind;
    case 'file-write':
    case 'file-read':
      return 'disk';
    default:
      return null;
  }
}
