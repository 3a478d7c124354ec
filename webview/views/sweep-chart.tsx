/** Speedup by number of workers: measured with intervals, predicted, and what it would be if nothing were lost. */
import type { JSX } from 'preact';
import { formatInterval, formatRatio, ratio } from '../../analyzers/platform/units';
import type { ReportCandidate } from '../../analyzers/types';
import { ChartTable } from '../ui/parts';
import { linearScale } from '../ui/scale';
import { useWidth } from '../ui/width';

const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 40;

export function SweepChart({ candidate: { sweep, title } }: { candidate: ReportCandidate }): JSX.Element {
  const [element, width] = useWidth<HTMLDivElement>(560);
  const points = [...sweep].sort((a, b) => a.workers - b.workers);
  const most = points.at(-1)?.workers ?? 1;
  const highest = Math.max(1, ...points.flatMap(({ measured, predicted }) => [measured?.high ?? 0, predicted ?? 0]));
  // The ideal line must not press the real ones to the floor.
  const scale = linearScale(Math.min(most, highest * 1.6) > highest ? Math.min(most, highest * 1.6) : highest);
  const inner = { width: Math.max(80, Math.min(width, 720) - LEFT - RIGHT), height: HEIGHT - TOP - BOTTOM };
  const least = points[0]?.workers ?? 1;
  const x = (workers: number): number => LEFT + (most === least ? 0.5 : (workers - least) / (most - least)) * inner.width;
  const y = (value: number): number => TOP + inner.height * (1 - value / scale.top);
  const path = (values: [number, number][]): string =>
    values.map(([workers, value], index) => `${index === 0 ? 'M' : 'L'}${x(workers)} ${y(value)}`).join(' ');
  const measured = points.flatMap((point) => (point.measured === null ? [] : [{ ...point, measured: point.measured }]));
  const predicted = points.flatMap(({ workers, predicted: value }) => (value === null ? [] : [[workers, value] as [number, number]]));
  const idealEnd = Math.min(most, scale.top);
  return (
    <figure>
      <figcaption>
        <h3>Speedup by number of workers</h3>
        <ul class="legend">
          <li>
            <span class="swatch line-measured" aria-hidden="true" /> Measured, 95 % interval
          </li>
          <li>
            <span class="swatch line-predicted" aria-hidden="true" /> Predicted
          </li>
          <li>
            <span class="swatch line-ideal" aria-hidden="true" /> Nothing lost
          </li>
        </ul>
      </figcaption>
      <div ref={element}>
        <svg width={Math.min(width, 720)} height={HEIGHT} aria-hidden="true" class="sweep">
          {scale.ticks.map((tick) => (
            <g key={tick}>
              <line class="grid" x1={LEFT} x2={LEFT + inner.width} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
                {formatRatio(ratio(tick))}
              </text>
            </g>
          ))}
          {points.map(({ workers }) => (
            <text key={workers} x={x(workers)} y={HEIGHT - BOTTOM + 18} text-anchor="middle">
              {workers}
            </text>
          ))}
          <text x={LEFT + inner.width / 2} y={HEIGHT - 4} text-anchor="middle">
            workers
          </text>
          <path
            class="ideal"
            d={path([
              [least, least],
              [idealEnd, idealEnd],
            ])}
          />
          <path class="predicted" d={path(predicted)} />
          <path class="measured" d={path(measured.map(({ workers, measured: of }) => [workers, of.mid]))} />
          {measured.map(({ workers, measured: of, projected }) => (
            <g key={workers} class={projected ? 'point projected' : 'point'}>
              <line x1={x(workers)} x2={x(workers)} y1={y(Math.min(of.high, scale.top))} y2={y(of.low)} />
              <circle cx={x(workers)} cy={y(of.mid)} r={4} />
            </g>
          ))}
        </svg>
      </div>
      <ChartTable
        caption={`Speedup of ${title} by workers as a table`}
        head={['Workers', 'Measured', 'Predicted', 'Nothing lost']}
        rows={points.map((point) => [
          `${point.workers}${point.projected ? ' (projected)' : ''}`,
          point.measured === null ? '–' : formatInterval(point.measured),
          point.predicted === null ? '–' : formatRatio(point.predicted),
          formatRatio(ratio(point.workers)),
        ])}
      />
    </figure>
  );
}
