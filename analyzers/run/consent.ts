import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Effect, EffectKind } from '../types';
import { stateFolder } from './project';

const MOST_REMEMBERED = 500;
const MOST_LISTED = 6;
/** What each kind of effect is called in the question, in the order in which it is listed. */
const WORDS: [EffectKind, string][] = [
  ['network', 'connected to'],
  ['database', 'used the database'],
  ['subprocess', 'started'],
  ['file-delete', 'deleted or renamed'],
  ['file-write', 'wrote'],
  ['kill', 'sent'],
  ['native-io', 'used a library whose reading and writing cannot be seen:'],
];

/** Effects that a rerun would repeat on things outside the project's own folder and the temp folder. Reading, and waiting, change nothing. */
const outside = (effects: readonly Effect[]): Effect[] =>
  effects.filter((effect) => !effect.inside && effect.kind !== 'file-read' && effect.kind !== 'sleep');

const key = (effect: Effect): string => `${effect.kind} ${effect.target}`;

/** The question to ask before the program may be run again; null where reruns stay inside the copy of its own folder. */
export function consentNeeded(effects: readonly Effect[], root: string): { effects: Effect[]; text: string } | null {
  const asked = outside(effects);
  if (asked.length === 0) return null;
  const lines = WORDS.flatMap(([kind, words]) => {
    const own = asked.filter((effect) => effect.kind === kind);
    const listed = own.slice(0, MOST_LISTED).map((effect) => {
      const place = effect.file === undefined || effect.line === undefined ? '' : ` (${path.relative(root, effect.file)}, line ${effect.line})`;
      return `  - ${words} ${effect.target}${effect.count > 1 ? `, ${effect.count} times` : ''}${place}`;
    });
    return own.length > MOST_LISTED ? [...listed, `  - and ${own.length - MOST_LISTED} more of that kind`] : listed;
  });
  const text = [
    'To prove a speedup the program is run again, several times, on a copy of its folder. In its first run it also reached outside that folder:',
    ...lines,
    'Each rerun would do this again. Anything else outside is refused. Run it again?',
  ].join('\n');
  return { effects: asked, text };
}

/** What the gate lets through once the person agreed: the kinds and things that were seen outside, and the temp files that the program names itself. */
export function allowedEffects(effects: readonly Effect[]): { kinds: EffectKind[]; targets: string[] } {
  const seen = [...outside(effects), ...effects.filter((effect) => effect.inside && /^file-(write|delete)$|^database$/.test(effect.kind))];
  return { kinds: [...new Set(seen.map((effect) => effect.kind))], targets: [...new Set(seen.map((effect) => effect.target))] };
}

const file = (): string => path.join(stateFolder(), 'consents.json');

async function remembered(): Promise<Record<string, string[]>> {
  try {
    const read: unknown = JSON.parse(await readFile(file(), 'utf8'));
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return {};
    return Object.fromEntries(Object.entries(read).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
  } catch {
    return {};
  }
}

/** True when the person agreed, for exactly this content, to each of these effects. */
export async function consentRemembered(sha256: string, effects: readonly Effect[]): Promise<boolean> {
  const agreed = new Set((await remembered())[sha256] ?? []);
  return outside(effects).every((effect) => agreed.has(key(effect)));
}

/** Remembers a yes for this content and these effects. A state folder that cannot be written means to be asked again. */
export async function rememberConsent(sha256: string, effects: readonly Effect[]): Promise<void> {
  const known = await remembered();
  const agreed = new Set([...(known[sha256] ?? []), ...outside(effects).map(key)]);
  const others = Object.entries(known).filter(([content]) => content !== sha256);
  const kept = Object.fromEntries([...others.slice(-MOST_REMEMBERED + 1), [sha256, [...agreed]]]);
  try {
    await mkdir(stateFolder(), { recursive: true });
    const partial = `${file()}.${process.pid}`;
    await writeFile(partial, JSON.stringify(kept), { mode: 0o600 });
    await rename(partial, file());
  } catch {
    // asked again next time
  }
}
