/** Small pieces that the views share. */
import type { ComponentChildren, JSX } from 'preact';
import type { CandidateStatus } from '../../analyzers/types';
import { inEditor, post } from '../host';
import { baseName, statusWords } from './words';

/** A mark beside the word, so that the colour alone never tells. */
const marks: Record<CandidateStatus, string> = { proven: '✓', rejected: '✕', blocked: '–', untried: '?' };

export function Status({ status }: { status: CandidateStatus }): JSX.Element {
  return (
    <span class={`status ${status}`}>
      <span aria-hidden="true">{marks[status]}</span> {statusWords[status]}
    </span>
  );
}

/** A place in a file; a button where an editor can show it. */
export function Place({ file, line, endLine }: { file: string; line: number; endLine?: number }): JSX.Element {
  const text = `${baseName(file)}:${line}${endLine !== undefined && endLine !== line ? `–${endLine}` : ''}`;
  if (!inEditor) return <span class="place">{text}</span>;
  return (
    <button type="button" class="place link" onClick={() => post({ type: 'open', file, line })} aria-label={`Show ${text} in the editor`}>
      {text}
    </button>
  );
}

export function Section({
  id,
  title,
  aside,
  children,
}: {
  id: string;
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** The numbers of a chart, for those who read better than they see. */
export function ChartTable({ caption, head, rows }: { caption: string; head: string[]; rows: string[][] }): JSX.Element {
  return (
    <details class="numbers">
      <summary>{caption}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <thead>
            <tr>
              {head.map((cell) => (
                <th scope="col" key={cell}>
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, index) =>
                  index === 0 ? (
                    <th scope="row" key={index}>
                      {cell}
                    </th>
                  ) : (
                    <td key={index}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** A unified diff, one line an element; what a line is can be read by its sign, not only by its colour. */
export function Diff({ text, label }: { text: string; label: string }): JSX.Element {
  const lines = text.replace(/\n$/, '').split('\n');
  const kind = (line: string): string =>
    line.startsWith('+++') || line.startsWith('---')
      ? 'file'
      : line.startsWith('@@')
        ? 'hunk'
        : line.startsWith('+')
          ? 'added'
          : line.startsWith('-')
            ? 'removed'
            : 'same';
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <pre class="diff">
        {lines.map((line, index) => (
          <span key={index} class={kind(line)}>
            {line === '' ? ' ' : line}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  );
}
