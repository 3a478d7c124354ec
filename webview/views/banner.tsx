/** What is going on now: a running analysis, a problem, or files that changed. */
import type { JSX } from 'preact';
import { inEditor, post } from '../host';
import { complete, notice, report, running, stale } from '../state';
import { baseName } from '../ui/words';

export function Banner(): JSX.Element {
  const now = running.value;
  const said = notice.value;
  const changed = stale.value;
  return (
    <div class="banners" role="status" aria-live="polite">
      {now !== null && (
        <div class="banner running">
          <div class="grow">
            <strong>{baseName(now.script)}</strong> <span>{now.progress.text}</span>
            <progress aria-label="Progress of the analysis" max={1} value={now.progress.fraction} />
          </div>
          {inEditor && (
            <button type="button" onClick={() => post({ type: 'cancel' })}>
              Cancel
            </button>
          )}
        </div>
      )}
      {now === null && !complete.value && report.value !== null && <p class="banner">Not all candidates were decided.</p>}
      {said !== null && <p class={`banner ${said.kind}`}>{said.text}</p>}
      {changed.length > 0 && now === null && (
        <div class="banner problem">
          <div class="grow">
            {changed.map(baseName).join(', ')} {changed.length === 1 ? 'has' : 'have'} changed since this was measured: prove again before anything is
            applied.
          </div>
          {inEditor && (
            <button type="button" onClick={() => post({ type: 'find-speedups' })}>
              Prove again
            </button>
          )}
        </div>
      )}
    </div>
  );
}
