import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { Outcome } from '../../analyzers/platform/result';
import type { Command, Effect, Progress, Report, Seconds } from '../../analyzers/types';
export interface AnalyzeRequest {
  depth: 'profile' | 'advise' | 'prove';
  command: Command;
  python: string | null;
  budget: Seconds;
  limit: Seconds | null;
  workers: number[] | null;
  stdin: string | 'inherit' | null;
  workspace: string | null;
  yes: boolean;
}
export interface ConsentQuestion {
  effects: Effect[];
  text: string;
}
export interface LaunchRequest {
  argv: [string, ...string[]];
  cwd: string;
  environment: Record<string, string>;
}
export const analyze = new RequestType<AnalyzeRequest, Outcome<Report>, void>('analyze');
export const ask = new RequestType<ConsentQuestion, boolean, void>('ask');
export const launch = new RequestType<LaunchRequest, { exitCode: number }, void>('launch');
export const progress = new NotificationType<Progress>('progress');
export const partial = new NotificationType<Report>('partial');
