import type { JSX } from 'preact';
import { formatSeconds, formatShare, seconds, share } from '../../analyzers/platform/units';
import type { Report } from '../../analyzers/types';
import { Place } from '../ui/parts';
import { bottleneckWords, confidenceWords } from '../ui/words';

export function Verdict({ report: { verdict, lines, run } }: { report: Report }): JSX.Element {
  const sum = (of: 'python' | 'native' | 'wait'): number => lines.reduce((total, line) => total + line[of], 0);
  const parts = [
    { kind: 'python', name: 'Python', value: sum('python') },
    { kind: 'native', name: 'Native', value: sum('native') },
    { kind: 'wait', name: 'Waiting', value: sum('wait') },
  ];
  const inLines = parts.reduce((total, { value }) => total + value, 0);
  const whole = Math.max(inLines, run.seconds);
  const rest = whole - inLines;
  const all = [...parts, { kind: 'rest', name: 'Start and other', value: rest }].filter(({ value }) => whole > 0 && value / whole >= 0.005);
  return (
    <section class="card" aria-labelledby="verdict">
      <p class="eyebrow">What holds it up</p>
      <h2 id="verdict" class="headline">
        {bottleneckWords[verdict.bottleneck]} <span class="chip">{confidenceWords(verdict.confidence)}</span>
      </h2>
      <div class="meter large" aria-hidden="true">
        {all.map(({ kind, value }) => (
          <span key={kind} class={kind} style={{ width: `${(value / whole) * 100}%` }} />
        ))}
      </div>
      <ul class="legend">
        {all.map(({ kind, name, value }) => (
          <li key={kind}>
            <span class={`swatch ${kind}`} aria-hidden="true" /> {name}{' '}
            <span class="muted">{`${formatShare(share(value / whole))}, ${formatSeconds(seconds(value))}`}</span>
          </li>
        ))}
      </ul>
      <ul class="plain">
        {verdict.because.map(({ text, file, line }) => (
          <li key={text}>
            {text} {file !== undefined && line !== undefined && <Place file={file} line={line} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
