import type { Draft, Update } from './draft';

/** Notes an update for after the trips; refuses 'carried-dependence' where another one of the same name cannot be told apart from it. */
export function addUpdate(update: Update, draft: Draft): void {
  const others = draft.updates.filter((other) => other.name === update.name);
  const held = (one: Update): string[] => [one.name, ...(one.picks ?? []).map((pick) => pick.name)];
  const shared = draft.updates.some((other) => held(other).some((name) => held(update).includes(name)));
  if (shared && (update.picks || draft.updates.some((other) => other.picks && held(other).some((name) => held(update).includes(name))))) {
    draft.refuse(
      'carried-dependence',
      `\`${update.name}\` is updated in two ways that cannot be reordered.`,
      'Use one accumulator for each.',
      update.from,
    );
  }
  const linear = (op: string): boolean => op === '+' || op === '-';
  if (others.some((other) => other.op !== update.op && !(linear(other.op) && linear(update.op)))) {
    const why = `\`${update.name}\` is updated in two ways that cannot be reordered.`;
    draft.refuse('carried-dependence', why, 'Use one accumulator for each.', update.from);
  }
  draft.updates.push(update);
}
