import { computed, signal } from '@preact/signals';
import type { Progress, Report, ReportCandidate } from '../analyzers/types';
import type { HostMessage } from './protocol';

export const report = signal<Report | null>(null);
/** False while more candidates are still being tried. */
export const complete = signal(true);
/** Files that have changed since they were measured. */
export const stale = signal<string[]>([]);
export const running = signal<{ script: string; progress: Progress } | null>(null);
/** The last thing that went wrong or was done, for the person. */
export const notice = signal<{ kind: 'problem' | 'done'; text: string } | null>(null);
/** Candidate that is being applied: its button waits for the answer. */
export const applying = signal<string | null>(null);
/** Ids of candidates whose details are open. */
export const opened = signal<ReadonlySet<string>>(new Set());
/** Id of the element to scroll to. */
export const revealed = signal<string | null>(null);

export const recommended = computed<ReportCandidate | null>(() => {
  const current = report.value;
  if (current?.recommendation.kind !== 'apply') return null;
  const { candidate } = current.recommendation;
  return current.candidates.find(({ id }) => id === candidate) ?? null;
});

export function open(candidate: string, isOpen: boolean): void {
  const next = new Set(opened.value);
  if (isOpen) next.add(candidate);
  else next.delete(candidate);
  opened.value = next;
}

export const elementId = (id: string): string => `at-${id}`;

export function receive(message: HostMessage): void {
  switch (message.type) {
    case 'report':
      report.value = message.report;
      complete.value = message.complete;
      stale.value = message.stale;
      if (message.complete) running.value = null;
      return;
    case 'progress':
      running.value = { script: message.script, progress: message.progress };
      notice.value = null;
      return;
    case 'ended':
      running.value = null;
      complete.value = true;
      notice.value = message.problem === null ? null : { kind: 'problem', text: message.problem };
      return;
    case 'applied': {
      applying.value = null;
      const title = report.value?.candidates.find(({ id }) => id === message.candidate)?.title ?? message.candidate;
      notice.value =
        message.problem === null
          ? { kind: 'done', text: `Applied: ${title}. Undo in the editor takes it back; save to keep it.` }
          : { kind: 'problem', text: message.problem };
      return;
    }
    case 'reveal': {
      const { candidate, hotspot } = message;
      if (candidate !== undefined) open(candidate, true);
      const about = report.value?.candidates.find(({ hotspots }) => hotspot !== undefined && hotspots.includes(hotspot))?.id;
      const target = candidate ?? about;
      revealed.value = target === undefined ? 'hot-lines' : elementId(target);
      return;
    }
    case 'cleared':
      report.value = null;
      stale.value = [];
      notice.value = null;
      return;
  }
}
