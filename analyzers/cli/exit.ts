import type { Refusal } from '../types';

/** The command line's exit codes; other programs depend on them. */
export const exitCodes = { done: 0, scriptFailed: 1, wrongUse: 2, refused: 3, bug: 70, cancelled: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Wrong use, told in one line that says what to do. */
export class UsageError extends Error {}

/** Prints why it was refused. */
export function tellRefusal({ code, why, toDo }: Refusal): ExitCode {
  process.stderr.write(`hotloop: ${oneLine(why)} ${oneLine(toDo)}\n`.replace(/ +\n$/, '\n'));
  return code === 'cancelled' ? exitCodes.cancelled : exitCodes.refused;
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');
