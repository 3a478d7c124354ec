/** Processor and memory over the run. 100 % is one core. */
import type { JSX } from 'preact';
import { bytes, formatBytes, formatSeconds, seconds } from '../../analyzers/platform/units';
import type { Report, Sample } from '../../analyzers/types';
import { ChartTable, Section } from '../ui/parts';
import { linearScale } from '../ui/scale';
import { useWidth } from '../ui/width';

const HEIGHT = 110;
const LEFT = 64;
const RIGHT = 12;
const TOP = 8;
const BOTTOM = 22;

const percent = (value: number): string => `${Math.round(value * 100)} %`;

export function Timeline({ report: { timeline } }: { report: Report }): JSX.Element | null {
  if (timeline.length < 3) return null;
  const every = Math.max(1, Math.ceil(timeline.length / 12));
  return (
    <Section id="timeline" title="Over the run">
      <Strip name="Processor" kind="python" samples={timeline} of={({ cpu }) => cpu} format={percent} least={1} />
      <Strip
        name="Memory"
        kind="native"
        samples={timeline}
        of={({ rss }) => rss / 2 ** 20}
        format={(value) => formatBytes(bytes(value * 2 ** 20))}
        least={1}
      />
      <p class="muted axis-note">100 % of processor is one core busy.</p>
      <ChartTable
        caption="Processor and memory as a table"
        head={['At', 'Processor', 'Memory', 'Threads', 'Processes']}
        rows={timeline
          .filter((_, index) => index % every === 0)
          .map(({ at, cpu, rss, threads, processes }) => [formatSeconds(at), percent(cpu), formatBytes(rss), String(threads), String(processes)])}
      />
    </Section>
  );
}

interface StripProps {
  name: string;
  kind: string;
  samples: readonly Sample[];
  of: (sample: Sample) => number;
  format: (value: number) => string;
  least: number;
}

function Strip({ name, kind, samples, of, format, least }: StripProps): JSX.Element {
  const [element, width] = useWidth<HTMLDivElement>(900);
  const scale = linearScale(Math.max(least, ...samples.map(of)));
  const end = Math.max(1e-9, samples.at(-1)?.at ?? 0);
  const inner = { width: Math.max(80, width - LEFT - RIGHT), height: HEIGHT - TOP - BOTTOM };
  const x = (at: number): number => LEFT + (at / end) * inner.width;
  const y = (value: number): number => TOP + inner.height * (1 - value / scale.top);
  const line = samples.map((sample, index) => `${index === 0 ? 'M' : 'L'}${x(sample.at)} ${y(of(sample))}`).join(' ');
  const first = samples[0]?.at ?? 0;
  const time = linearScale(end);
  return (
    <div ref={element} class="strip">
      <h3>{name}</h3>
      <svg width={width} height={HEIGHT} aria-hidden="true">
        {[0, scale.top / 2, scale.top].map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={LEFT + inner.width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {time.ticks
          .filter((tick) => tick <= end)
          .map((tick) => (
            <text key={tick} x={x(tick)} y={HEIGHT - 4} text-anchor={tick === 0 ? 'start' : 'middle'}>
              {formatSeconds(seconds(tick))}
            </text>
          ))}
        <path class={`area ${kind}`} d={`${line} L${x(end)} ${y(0)} L${x(first)} ${y(0)} Z`} />
        <path class={`edge ${kind}`} d={line} />
      </svg>
    </div>
  );
}
