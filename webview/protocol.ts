/**
 * What the editor and the report panel say to each other. Both sides import this file, and both check what they receive: `hostMessage` in the panel,
 * `panelMessage` in the editor. Lines count from 1.
 */
import * as v from 'valibot';
import type { Progress, Report } from '../analyzers/types';

/** Editor -> panel. The editor answers `ready` with `report` and `progress`, as far as there are any. */
export type HostMessage =
  /** `complete` is false while more candidates are still being tried. `stale`: files of the report that have changed since; nothing of them can be applied. */
  | { type: 'report'; report: Report; complete: boolean; stale: string[] }
  /** An analysis runs, of the script that is named by its path. */
  | { type: 'progress'; script: string; progress: Progress }
  /** The analysis has ended. `problem` says why there is no new report; null: all went well. */
  | { type: 'ended'; problem: string | null }
  /** Answer to `apply`. `problem` null: the change is made. */
  | { type: 'applied'; candidate: string; problem: string | null }
  /** Scrolls there and opens it. */
  | { type: 'reveal'; candidate?: string; hotspot?: string }
  /** There is no report any more. */
  | { type: 'cleared' };

/** Panel -> editor. */
export type PanelMessage =
  | { type: 'ready' }
  | { type: 'apply'; candidate: string }
  /** Shows the line in an editor. */
  | { type: 'open'; file: string; line: number }
  | { type: 'cancel' }
  /** Starts an analysis of the report's script, or of the active one where there is no report. */
  | { type: 'find-speedups' };

const report = v.custom<Report>((value) => typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'hotloop/1');
const stages = ['profile', 'hotspots', 'loops', 'verdict', 'refactors', 'trial', 'benchmark', 'report'] as const satisfies Progress['stage'][];
const progress = v.object({ stage: v.picklist(stages), text: v.string(), fraction: v.optional(v.number()) });

/** The report itself was made by our own engine: only that it is one is checked here. */
export const hostMessage = v.variant('type', [
  v.object({ type: v.literal('report'), report, complete: v.boolean(), stale: v.array(v.string()) }),
  v.object({ type: v.literal('progress'), script: v.string(), progress }),
  v.object({ type: v.literal('ended'), problem: v.nullable(v.string()) }),
  v.object({ type: v.literal('applied'), candidate: v.string(), problem: v.nullable(v.string()) }),
  v.object({ type: v.literal('reveal'), candidate: v.optional(v.string()), hotspot: v.optional(v.string()) }),
  v.object({ type: v.literal('cleared') }),
]) satisfies v.GenericSchema<unknown, HostMessage>;

export const panelMessage = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('apply'), candidate: v.string() }),
  v.object({ type: v.literal('open'), file: v.string(), line: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  v.object({ type: v.literal('cancel') }),
  v.object({ type: v.literal('find-speedups') }),
]) satisfies v.GenericSchema<unknown, PanelMessage>;

/** null for what is no message of ours: developer tools and other extensions post to webviews too. */
export function readHostMessage(data: unknown): HostMessage | null {
  const read = v.safeParse(hostMessage, data);
  return read.success ? read.output : null;
}

export function readPanelMessage(data: unknown): PanelMessage | null {
  const read = v.safeParse(panelMessage, data);
  return read.success ? read.output : null;
}
