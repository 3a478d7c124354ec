/**
 * What the engine (`hotloop serve`) and its client say to each other: JSON-RPC over the engine's stdin and stdout.
 * Every request can be cancelled by its token; a cancelled analysis answers with the refusal `cancelled`. Only types and the message names: both sides import it.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { Outcome } from '../platform/result';
import type { Interpreter, Progress, Report } from '../types';
import type { ConsentQuestion, PipelineRequest } from '../pipeline';

export type AnalyzeRequest = PipelineRequest;
export type { ConsentQuestion };

/** The profiled run, to be started where the person can type to it. `environment` comes on top of the client's own. */
export interface LaunchRequest {
  argv: [string, ...string[]];
  cwd: string;
  environment: Record<string, string>;
}
export interface EnvironmentRequest {
  python: string | null;
  cwd: string;
}

// client -> engine
/** One analysis at a time; a second one while one runs is refused as `busy`. */
export const analyze = new RequestType<AnalyzeRequest, Outcome<Report>, void>('analyze');
/** The interpreter that an analysis with these choices would take. */
export const environment = new RequestType<EnvironmentRequest, Outcome<Interpreter>, void>('environment');

// engine -> client, while an analysis runs
/** True: reruns may repeat these effects. */
export const ask = new RequestType<ConsentQuestion, boolean, void>('ask');
/** Answered when the run has ended. */
export const launch = new RequestType<LaunchRequest, { exitCode: number }, void>('launch');
export const progress = new NotificationType<Progress>('progress');
/** The report so far, each time that a candidate is decided. */
export const partial = new NotificationType<Report>('partial');
