import type { Effect, EffectKind, Evidence, LineCost, Profile } from '../types';
import { formatCores, formatSeconds, formatShare, seconds, share } from '../platform/units';
import type { Measures, Usage } from './measures';

const words: Partial<Record<EffectKind, string>> = {
  network: 'the network',
  subprocess: 'another program',
  database: 'a database',
  sleep: 'a sleep',
  'file-read': 'a file',
  'file-write': 'a file',
  'native-io': 'a library with its own input and output',
};

export const shareOf = (part: number, whole: number): string => formatShare(share(whole > 0 ? part / whole : 0));
export const secondsOf = (value: number): string => formatSeconds(seconds(value));

/** "96 % of the measured time is Python code, 3 % native code, 1 % waiting." */
export function splitEvidence(measures: Measures): Evidence {
  const total = measures.python + measures.native + measures.wait;
  const parts = [
    { text: 'Python code', value: measures.python },
    { text: 'native code', value: measures.native },
    { text: 'waiting', value: measures.wait },
  ].sort((a, b) => b.value - a.value);
  const [first, ...others] = parts.filter((part, index) => index === 0 || part.value > 0);
  const rest = others.map((part) => `, ${shareOf(part.value, total)} ${part.text}`).join('');
  return { text: `${shareOf(first?.value ?? 0, total)} of the measured time is ${first?.text ?? 'idle'}${rest}.` };
}

export function topLine(line: LineCost | null, measures: Measures): Evidence[] {
  if (!line) return [];
  const total = measures.python + measures.native + measures.wait;
  const own = line.python + line.native + line.wait;
  return [{ text: `Line ${line.line} takes ${secondsOf(own)}, ${shareOf(own, total)} of it.`, file: line.file, line: line.line }];
}

export function usageEvidence(usage: Usage): Evidence {
  return { text: `The run kept ${formatCores(usage.cores)} busy on average over ${secondsOf(usage.seconds)}.` };
}

/** What the program waits for, as far as the seen effects and the line's own text tell. */
export function waitEvidence(profile: Profile, line: LineCost | null): Evidence[] {
  if (!line) return [];
  const place = { file: line.file, line: line.line };
  const text = line.file === profile.source.path ? (profile.source.text.split(/\r\n|\n|\r/)[line.line - 1] ?? '') : '';
  if (/\bsleep\s*\(/.test(text)) return [{ text: `Line ${line.line} waits ${secondsOf(line.wait)}: it sleeps.`, ...place }];
  const there = profile.effects.filter((effect) => effect.file === line.file && effect.line === line.line);
  const seen = mostTelling(there.length > 0 ? there : profile.effects);
  if (!seen) return [{ text: `Line ${line.line} waits ${secondsOf(line.wait)}; what for could not be seen.`, ...place }];
  const how = there.length > 0 ? 'It uses' : 'The program uses';
  const times = seen.count === 1 ? 'once' : `${seen.count} times`;
  return [{ text: `Line ${line.line} waits ${secondsOf(line.wait)}. ${how} ${words[seen.kind] ?? seen.kind}: ${seen.target}, ${times}.`, ...place }];
}

const order: EffectKind[] = ['network', 'subprocess', 'database', 'sleep', 'native-io', 'file-write', 'file-read'];

function mostTelling(effects: readonly Effect[]): Effect | undefined {
  return effects
    .filter((effect) => order.includes(effect.kind))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.count - a.count)[0];
}
