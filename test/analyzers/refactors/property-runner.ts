import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { python } from './page-runner';

const helper = fileURLToPath(new URL('page_properties.py', import.meta.url));
/** Calls of each function. */
export const EXAMPLES = 150;

/** `functions`: how many could be called; `tried`: calls of both versions. */
export interface Compared {
  functions: number;
  tried: number;
  problems: string[];
  skipped: string | null;
}

/** One interpreter that calls the functions of two texts with generated arguments. */
export class Comparer {
  readonly #child: ChildProcessWithoutNullStreams = spawn(python, [helper], { stdio: ['pipe', 'pipe', 'pipe'] });
  readonly #waiting: ((answer: Compared) => void)[] = [];
  #errors = '';

  constructor() {
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line) as Compared));
    this.#child.on('exit', () =>
      this.#waiting.splice(0).forEach((answer) => answer({ functions: 0, tried: 0, problems: [this.#errors], skipped: null })),
    );
  }

  compare(setup: string, before: string, after: string, tolerance: number, examples = EXAMPLES): Promise<Compared> {
    const request = { setup, before, after, tolerance, examples };
    this.#child.stdin.write(JSON.stringify(request) + '\n');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#child.stdin.end();
  }
}
