/** What the pipeline is asked, and what whoever asks provides. */
import type { ProofEvidence } from './report/bundle';
import type { Candidate, Command, Effect, Progress, Report, Seconds } from './types';

export interface PipelineRequest {
  depth: 'profile' | 'advise' | 'prove';
  command: Command;
  /** Interpreter chosen by the person; null: found as a shell in the script's folder would. */
  python: string | null;
  /** Wall seconds for reruns: trials and benchmarks. */
  budget: Seconds;
  /** Stops the profiled run after this long and analyses what was seen; null: runs to its end. */
  limit: Seconds | null;
  /** Worker counts of the sweep; null: 1, 2, 4 .. cores. */
  workers: number[] | null;
  /** A file with the program's standard input; 'inherit': ours; null: empty. */
  // eslint-disable-next-line @typescript-eslint/no-redundant-type-constituents -- the word says what no path says
  stdin: string | 'inherit' | null;
  /** Opened folder, where an editor knows it. */
  workspace: string | null;
  /** A unified diff of the person's own, to be proven in place of Hotloop's candidates; null: none. It is code, so each time asks for a yes. */
  patch: string | null;
  /** Candidates of an earlier proof, to be proven again in place of Hotloop's own. They are code from a file, so each time asks for a yes. */
  given?: readonly Candidate[];
  /** `--yes`: reruns are consented to without a question. */
  yes: boolean;
}

export interface ConsentQuestion {
  /** The effects that a rerun would repeat, and why it is asked. */
  effects: Effect[];
  text: string;
}

/** What the command line or the editor provides. Nothing here may throw. */
export interface PipelineHost {
  signal: AbortSignal;
  progress(progress: Progress): void;
  /** The report as it is so far, each time that a candidate is decided. */
  partial(report: Report): void;
  /** Once, when a proof has ended: what its report leaves out. */
  proved?(evidence: ProofEvidence): void;
  /** Null: there is nobody to ask, so the answer is no and candidates stay untried. */
  ask: ((question: ConsentQuestion) => Promise<boolean>) | null;
  /** Where the profiled run's output goes. */
  output: { stdout(chunk: Uint8Array): void; stderr(chunk: Uint8Array): void } | 'inherit';
  /** Starts the profiled run where the person can type to it (an editor's terminal); null: the engine starts it itself. */
  launch: ((argv: [string, ...string[]], cwd: string, environment: Record<string, string>) => Promise<{ exitCode: number }>) | null;
}
