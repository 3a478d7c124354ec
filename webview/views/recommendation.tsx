import type { JSX } from 'preact';
import { formatInterval, formatRatio, formatSeconds } from '../../analyzers/platform/units';
import type { Report, ReportCandidate } from '../../analyzers/types';
import { inEditor, post } from '../host';
import { applying, complete, open, recommended, revealed, elementId, running, stale } from '../state';
import { basisWords, equivalenceWords } from '../ui/words';

export function Recommendation({ report }: { report: Report }): JSX.Element {
  const chosen = recommended.value;
  if (chosen !== null) return <Apply candidate={chosen} />;
  const { recommendation, candidates } = report;
  const open = running.value !== null || !complete.value;
  const untried = candidates.filter(({ status }) => status === 'untried').length;
  return (
    <section class="card recommendation leave" aria-labelledby="recommendation">
      <p class="eyebrow">Recommendation</p>
      <h2 id="recommendation" class="headline">
        {open ? 'Still being tried' : untried > 0 && report.depth !== 'profile' ? 'Nothing is proven yet' : 'Leave it as it is'}
      </h2>
      {open ? (
        <p>Each candidate appears here as soon as it is proven.</p>
      ) : (
        <p>{recommendation.kind === 'leave' ? recommendation.why : `${recommendation.candidate} is not in this report.`}</p>
      )}
      {!open && inEditor && report.depth !== 'prove' && (
        <button type="button" class="primary" onClick={() => post({ type: 'find-speedups' })}>
          Find speedups
        </button>
      )}
    </section>
  );
}

function Apply({ candidate }: { candidate: ReportCandidate }): JSX.Element {
  const { measured, equivalence, tolerance } = candidate;
  const show = (): void => {
    open(candidate.id, true);
    revealed.value = elementId(candidate.id);
  };
  return (
    <section class="card recommendation apply" aria-labelledby="recommendation">
      <p class="eyebrow">Recommendation</p>
      <h2 id="recommendation" class="headline">
        {candidate.title}
      </h2>
      {measured !== null && (
        <>
          <p class="speedup">
            <span class="number">{formatRatio(measured.mid)}</span>
            <span>
              as fast on the whole run
              <br />
              <span class="muted">
                95 % interval {formatInterval(measured).replace(/^[^[]*/, '')}, {measured.rounds} rounds, {basisWords[measured.basis]}
              </span>
            </span>
          </p>
          <div class="before-after">
            {(['before', 'after'] as const).map((when) => {
              const value = when === 'before' ? measured.beforeSeconds : measured.afterSeconds;
              const most = Math.max(measured.beforeSeconds, measured.afterSeconds);
              return (
                <div key={when}>
                  <span>{when === 'before' ? 'Before' : 'After'}</span>
                  <span class="track" aria-hidden="true">
                    <span class={when} style={{ width: `${most > 0 ? Math.max(0.5, (value / most) * 100) : 0}%` }} />
                  </span>
                  <span class="value">{formatSeconds(value)}</span>
                </div>
              );
            })}
          </div>
          {measured.hot !== null && <p>Hot lines alone: {formatInterval(measured.hot)}.</p>}
        </>
      )}
      {equivalence !== null && (
        <p>
          {equivalenceWords[equivalence]}
          {tolerance !== null && tolerance > 0 && `; floats may differ by a relative ${String(tolerance).replace('-', '\u2011')}`}.
        </p>
      )}
      {candidate.warnings.length > 0 && (
        <ul class="plain muted" aria-label="Warnings">
          {candidate.warnings.map(({ code, text }) => (
            <li key={code}>{text}</li>
          ))}
        </ul>
      )}
      <div class="buttons">
        {inEditor && <ApplyButton candidate={candidate} />}
        <button type="button" onClick={show}>
          Show the change
        </button>
      </div>
    </section>
  );
}

export function ApplyButton({ candidate }: { candidate: ReportCandidate }): JSX.Element {
  const why =
    candidate.status !== 'proven'
      ? 'Only what is proven can be applied'
      : candidate.edits.some(({ file }) => stale.value.includes(file))
        ? 'The file has changed since: prove again'
        : running.value !== null
          ? 'Wait for the end of the analysis'
          : null;
  const apply = (): void => {
    if (why !== null || applying.value !== null) return;
    applying.value = candidate.id;
    post({ type: 'apply', candidate: candidate.id });
  };
  return (
    <button
      type="button"
      class="primary"
      aria-disabled={why !== null}
      title={why ?? undefined}
      onClick={apply}
      aria-label={`Apply: ${candidate.title}`}
    >
      {applying.value === candidate.id ? 'Applying…' : 'Apply'}
    </button>
  );
}
