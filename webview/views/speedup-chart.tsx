/** Every candidate on one logarithmic axis: predicted range, measured value with its interval, and the line of the original. */
import type { JSX } from 'preact';
import { formatInterval, formatRatio, ratio } from '../../analyzers/platform/units';
import type { Interval, Report } from '../../analyzers/types';
import { ChartTable, Section } from '../ui/parts';
import { logScale } from '../ui/scale';
import { statusWords } from '../ui/words';

export function SpeedupChart({ report }: { report: Report }): JSX.Element | null {
  const shown = report.candidates.filter(({ measured, predicted }) => measured !== null || predicted !== null).slice(0, 12);
  if (shown.length === 0) return null;
  const scale = logScale(shown.flatMap(({ measured, predicted }) => [measured, predicted].flatMap((of) => (of === null ? [] : [of.low, of.high]))));
  const band = ({ low, high }: Interval): { left: string; width: string } => ({
    left: `${scale.at(low)}%`,
    width: `${Math.max(0.3, scale.at(high) - scale.at(low))}%`,
  });
  const text = (of: Interval | null): string => (of === null ? '–' : formatInterval(of));
  return (
    <Section
      id="speedups"
      title="Speedup of the whole run"
      aside={
        <ul class="legend">
          <li>
            <span class="swatch mark-measured" aria-hidden="true" /> Measured, 95 % interval
          </li>
          <li>
            <span class="swatch mark-predicted" aria-hidden="true" /> Predicted
          </li>
        </ul>
      }
    >
      <div class="dots" aria-hidden="true">
        {shown.map(({ id, title, status, measured, predicted }) => (
          <div class="row" key={id}>
            <span class="label">{title}</span>
            <span class="track">
              <span class="one" style={{ left: `${scale.at(1)}%` }} />
              {predicted !== null && <span class="predicted" style={band(predicted)} />}
              {measured !== null && (
                <>
                  <span class={`interval ${status}`} style={band(measured)} />
                  <span class={`dot ${status}`} style={{ left: `${scale.at(measured.mid)}%` }} />
                </>
              )}
            </span>
            <span class="value">{measured !== null ? formatRatio(measured.mid) : ''}</span>
          </div>
        ))}
        <div class="row axis">
          <span class="label" />
          <span class="track">
            {scale.ticks.map((tick) => (
              <span class={tick === 1 ? 'tick original' : 'tick'} key={tick} style={{ left: `${scale.at(tick)}%` }}>
                {formatRatio(ratio(tick))}
              </span>
            ))}
          </span>
          <span class="value" />
        </div>
        <p class="muted axis-note">1x is the original: left of it is slower, right of it is faster.</p>
      </div>
      <ChartTable
        caption="Speedups as a table"
        head={['Candidate', 'Status', 'Predicted', 'Measured']}
        rows={shown.map(({ title, status, predicted, measured }) => [title, statusWords[status], text(predicted), text(measured)])}
      />
    </Section>
  );
}
