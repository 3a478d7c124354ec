import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatBytes, formatInterval, formatRatio, formatSeconds, formatShare } from '../../analyzers/platform/units';
import type { Report, ReportCandidate } from '../../analyzers/types';
import { inEditor } from '../host';
import { elementId, open, opened } from '../state';
import { Diff, Place, Section, Status } from '../ui/parts';
import { basisWords, equivalenceWords, lineWords, patternWords } from '../ui/words';
import { ApplyButton } from './recommendation';
import { SweepChart } from './sweep-chart';

/** So many that are not possible stand beside the others; more of them would bury what is. */
const MOST_BLOCKED = 3;

export function Candidates({ report }: { report: Report }): JSX.Element {
  const { candidates, depth } = report;
  const blocked = candidates.filter(({ status }) => status === 'blocked');
  const [unfolded, setUnfolded] = useState(false);
  const folded = blocked.length > MOST_BLOCKED ? blocked : [];
  return (
    <Section id="candidates" title="Ways to make it faster">
      {candidates.length === 0 && (
        <p class="muted">
          {depth === 'profile' ? 'This was a profile only: speedups were not looked for.' : 'No refactor that Hotloop knows fits the hot loops.'}
        </p>
      )}
      {candidates
        .filter((candidate) => !folded.includes(candidate))
        .map((candidate) => (
          <Candidate key={candidate.id} candidate={candidate} report={report} />
        ))}
      {folded.length > 0 && (
        <details
          class="folded"
          open={unfolded || folded.some(({ id }) => opened.value.has(id))}
          onToggle={(event) => setUnfolded(event.currentTarget.open)}
        >
          <summary>{folded.length} more ways that are not possible here, and why</summary>
          {folded.map((candidate) => (
            <Candidate key={candidate.id} candidate={candidate} report={report} />
          ))}
        </details>
      )}
    </Section>
  );
}

function Candidate({ candidate, report }: { candidate: ReportCandidate; report: Report }): JSX.Element {
  const { id, title, status, measured, predicted } = candidate;
  const spots = report.hotspots.filter((hotspot) => candidate.hotspots.includes(hotspot.id));
  return (
    <details
      class={`card candidate ${status}`}
      id={elementId(id)}
      open={opened.value.has(id)}
      onToggle={(event) => {
        if (event.currentTarget.open !== opened.value.has(id)) open(id, event.currentTarget.open);
      }}
    >
      <summary>
        <Status status={status} />
        <span class="grow">
          <strong>{title}</strong>
          {spots[0] !== undefined && (
            <span class="muted">
              {' '}
              {lineWords(spots[0].startLine, spots[0].endLine)}, {formatShare(spots[0].share)} of the run
            </span>
          )}
        </span>
        <span class="gain">
          {measured !== null ? (
            <strong>{formatInterval(measured)}</strong>
          ) : predicted !== null ? (
            <span class="muted">predicted {formatInterval(predicted)}</span>
          ) : null}
        </span>
      </summary>
      <div class="details">
        <p>{candidate.reason}</p>
        {candidate.refusal !== null && candidate.refusal.toDo !== '' && (
          <p>
            <strong>What to do:</strong> {candidate.refusal.toDo}
          </p>
        )}
        <Facts candidate={candidate} />
        <List title="Assumes" items={candidate.assumptions} />
        <List title="Not compared, because it differs between two runs of the original too" items={candidate.masked} />
        <List title="Warnings" items={candidate.warnings.map(({ text }) => text)} />
        {spots.length > 0 && (
          <p class="muted">
            {spots.map((spot) => (
              <span key={spot.id}>
                <Place file={spot.file} line={spot.startLine} endLine={spot.endLine} /> {spot.pattern !== null && `${patternWords[spot.pattern]} `}
              </span>
            ))}
          </p>
        )}
        {candidate.sweep.length > 1 && <SweepChart candidate={candidate} />}
        {candidate.diff !== undefined && <Diff text={candidate.diff} label={`Change made by ${title}`} />}
        {inEditor && status === 'proven' && (
          <div class="buttons">
            <ApplyButton candidate={candidate} />
          </div>
        )}
        {!inEditor && status === 'proven' && (
          <p class="muted">
            <code>hotloop apply REPORT.json --candidate '{id}'</code>
          </p>
        )}
      </div>
    </details>
  );
}

function Facts({ candidate }: { candidate: ReportCandidate }): JSX.Element | null {
  const { measured, predicted, predictionError, equivalence, tolerance, peakMemory, requires } = candidate;
  const facts: [string, string][] = [];
  if (measured !== null) {
    facts.push([
      'Whole run',
      `${formatInterval(measured)}: ${formatSeconds(measured.beforeSeconds)} before, ${formatSeconds(measured.afterSeconds)} after`,
    ]);
    if (measured.hot !== null) facts.push(['Hot lines', formatInterval(measured.hot)]);
    if (measured.warm !== null) facts.push(['When warm', formatInterval(measured.warm)]);
    facts.push(['Measured', `${measured.rounds} rounds, ${basisWords[measured.basis]}, 95 % intervals`]);
  }
  if (predicted !== null) facts.push(['Predicted', formatInterval(predicted)]);
  if (predictionError !== undefined)
    facts.push(['Earlier predictions', `off by ${formatRatio(predictionError.typical)} on this machine (${predictionError.proofs} proofs)`]);
  if (equivalence !== null) facts.push(['Results', equivalenceWords[equivalence]]);
  if (equivalence !== null && tolerance !== null) facts.push(['Floats', tolerance === 0 ? 'exactly equal' : `within a relative ${tolerance}`]);
  if (peakMemory !== null) facts.push(['Peak memory', `${formatBytes(peakMemory[0])} before, ${formatBytes(peakMemory[1])} after`]);
  if (requires.length > 0) facts.push(['Needs', requires.join(', ')]);
  if (facts.length === 0) return null;
  return (
    <dl class="table">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function List({ title, items }: { title: string; items: string[] }): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}
