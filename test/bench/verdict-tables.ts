/** Tables of the bench of verdicts, from its answers. */
export interface BottleneckAnswer {
  script: string;
  label: string;
  answer: string;
  confidence: number;
  /** Of those that have one. */
  detail: { right: boolean } | null;
}
export interface LegalityAnswer {
  script: string;
  legal: boolean;
  pattern: string;
  verdict: string;
  accepted: boolean;
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${Math.round((1000 * part) / whole) / 10} %`);
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

/** Harmonic mean of precision and recall; 1 for a class that is neither there nor answered. */
function f1(answers: readonly BottleneckAnswer[], kind: string): number {
  const hit = answers.filter((one) => one.label === kind && one.answer === kind).length;
  const there = answers.filter((one) => one.label === kind).length;
  const said = answers.filter((one) => one.answer === kind).length;
  return there + said === 0 ? 1 : (2 * hit) / (there + said);
}

export function bottleneckTables(answers: readonly BottleneckAnswer[]): string {
  const kinds = [...new Set(answers.map((one) => one.label))].sort();
  const columns = [...new Set([...kinds, ...answers.map((one) => one.answer)])];
  const scores = kinds.map((kind) => f1(answers, kind));
  const macro = scores.reduce((sum, one) => sum + one, 0) / Math.max(1, scores.length);
  const right = answers.filter((one) => one.answer === one.label).length;
  const details = answers.flatMap((one) => one.detail ?? []);
  const count = (label: string, answer: string): number => answers.filter((one) => one.label === label && one.answer === answer).length;
  const rows = kinds.map((kind, index) => [kind, ...columns.map((answer) => count(kind, answer) || ''), (scores[index] ?? 0).toFixed(2)]);
  const bins = [0.95, 0.8, 0.6].map((bin) => {
    const of = answers.filter((one) => one.confidence === bin);
    const hits = of.filter((one) => one.answer === one.label).length;
    return [bin, of.length, hits, percent(hits, of.length)];
  });
  const wrong = answers.filter((one) => one.answer !== one.label).map((one) => `- ${one.script}: ${one.label}, taken for ${one.answer} (${one.confidence})\n`); // prettier-ignore
  return [
    `## Bottlenecks\n\n${right} of ${answers.length} right. Macro-F1 ${macro.toFixed(3)}. Details: ${details.filter((one) => one.right).length} of ${details.length} right.\n`,
    `Rows are labels, columns are answers.\n\n${table(['', ...columns, 'F1'], rows)}`,
    `What confidence is worth:\n\n${table(['says', 'answers', 'right', 'share'], bins)}`,
    ...(wrong.length > 0 ? [`Wrong:\n\n${wrong.join('')}`] : []),
  ].join('\n');
}

export function legalityTables(answers: readonly LegalityAnswer[]): string {
  const legal = answers.filter((one) => one.legal);
  const illegal = answers.filter((one) => !one.legal);
  const verdicts = ['independent', 'observed', 'unknown', 'blocked', 'not hot'];
  const rows = [['legal', legal] as const, ['illegal', illegal] as const].map(([name, of]) => [name, ...verdicts.map((verdict) => of.filter((one) => one.verdict === verdict).length || '')]); // prettier-ignore
  const accepted = legal.filter((one) => one.accepted).length;
  const mistakes = illegal.filter((one) => one.accepted);
  const missed = legal.filter((one) => !one.accepted);
  return [
    `## Loops\n\nIllegal loops accepted: ${mistakes.length} of ${illegal.length}. Legal loops accepted: ${accepted} of ${legal.length} (${percent(accepted, legal.length)}).\n`,
    table(['', ...verdicts], rows),
    ...(mistakes.length > 0
      ? [`Accepted and illegal:\n\n${mistakes.map((one) => `- ${one.script} (${one.pattern}): ${one.verdict}\n`).join('')}`]
      : []),
    ...(missed.length > 0
      ? [`Legal and not accepted:\n\n${missed.map((one) => `- ${one.script} (${one.pattern}): ${one.verdict}\n`).join('')}`]
      : []),
  ].join('\n');
}
