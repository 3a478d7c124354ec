import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatSeconds, formatShare, seconds, share } from '../../analyzers/platform/units';
import type { Report } from '../../analyzers/types';
import { Place, Section } from '../ui/parts';

const FEW = 8;
const kinds = [
  { kind: 'python', name: 'Python' },
  { kind: 'native', name: 'Native' },
  { kind: 'wait', name: 'Waiting' },
] as const;
type Line = Report['lines'][number];

const total = (line: Line): number => line.python + line.native + line.wait;
/** "80 % Python, 20 % waiting" */
function spent(line: Line): string {
  const whole = total(line);
  const parts = kinds.filter(({ kind }) => whole > 0 && line[kind] / whole >= 0.005);
  return parts.map(({ kind, name }) => `${formatShare(share(line[kind] / whole))} ${name}`).join(', ');
}

export function HotLines({ report: { lines } }: { report: Report }): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? lines.slice(0, 200) : lines.slice(0, FEW);
  const highest = Math.max(1e-9, ...lines.map(total));
  const legend = (
    <ul class="legend">
      {kinds.map(({ kind, name }) => (
        <li key={kind}>
          <span class={`swatch ${kind}`} aria-hidden="true" /> {name}
        </li>
      ))}
    </ul>
  );
  return (
    <Section id="hot-lines" title="Hot lines" aside={lines.length > 0 && legend}>
      {lines.length === 0 ? (
        <p class="muted">No line of your own files took a time that could be measured.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Table of the hot lines">
          <table class="lines">
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col" class="right">
                  Share
                </th>
                <th scope="col" class="right">
                  Time
                </th>
                <th scope="col">Spent in</th>
                <th scope="col">Code</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <tr key={`${line.file}:${line.line}`}>
                  <th scope="row">
                    <Place file={line.file} line={line.line} />
                  </th>
                  <td class="right">{formatShare(line.share)}</td>
                  <td class="right">{formatSeconds(seconds(total(line)))}</td>
                  <td>
                    <div class="meter" title={spent(line)} aria-hidden="true">
                      {kinds.map(({ kind }) => (
                        <span key={kind} class={kind} style={{ width: `${(line[kind] / highest) * 100}%` }} />
                      ))}
                    </div>
                    <span class="hidden">{spent(line)}</span>
                  </td>
                  <td>
                    <code>{line.text ?? ''}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {lines.length > FEW && (
        <button type="button" class="link more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${lines.length}`}
        </button>
      )}
    </Section>
  );
}
