import type { Progress } from '../types';
import { formatShare, share } from '../platform/units';

export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/**
 * Progress for a person: one line that is rewritten on a terminal, else a line for each new thing.
 * While the script itself runs in the same terminal nothing is rewritten: its own output stands there.
 */
export class ProgressLine {
  private shown = '';
  private last = '';
  constructor(
    private readonly output: ProgressOutput,
    private readonly quiet: boolean,
  ) {}

  update({ stage, text, fraction }: Progress): void {
    if (this.quiet) return;
    const line = fraction === undefined ? text : `${text} (${formatShare(share(fraction))})`;
    // Counters in a text are no new thing to tell.
    const thing = stage === 'profile' ? stage : `${stage} ${text.replace(/\d+([.,]\d+)?/g, '#')}`;
    if (this.output.isTTY === true && stage !== 'profile') {
      this.shown = line.slice(0, (this.output.columns ?? 80) - 1);
      this.output.write(`\r\u001b[K${this.shown}`);
    } else if (thing !== this.last) {
      this.clear();
      this.output.write(`hotloop: ${text}\n`);
    }
    this.last = thing;
  }

  /** Takes the line away, before something else is written. */
  clear(): void {
    if (this.shown !== '') this.output.write('\r\u001b[K');
    this.shown = '';
  }
}
