import { homedir } from 'node:os';
import type { Report } from '../types';

export const MASKED_ARGUMENT = '•••';

/** Every text of a value, deeply. Keys stay as they are. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts<unknown>(item, change)])) as T;
}

/**
 * The report as it may be given to others: arguments of the command are not shown, and the home folder is `~` wherever it is named.
 * Such a report can be read but not applied: its paths are no paths any more.
 */
export function maskReport(report: Report, home: string = homedir()): Report {
  const args = new Set(report.source.command.args.filter((arg) => arg.length >= 4));
  const folders = home.length > 1 ? [...new Set([home, home.replaceAll('\\', '/')])] : [];
  const hidden = mapTexts(report, (text) =>
    folders.reduce((shown, folder) => shown.replaceAll(new RegExp(`${escapeRegExp(folder)}(?=$|[^\\w.-])`, 'g'), '~'), text),
  );
  const effects = hidden.effects.map((effect, index) =>
    args.has(report.effects[index]?.target ?? '') ? { ...effect, target: MASKED_ARGUMENT } : effect,
  );
  const command = { ...hidden.source.command, args: hidden.source.command.args.map(() => MASKED_ARGUMENT) };
  return { ...hidden, effects, source: { ...hidden.source, command } };
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
