import type { JSX } from 'preact';
import { formatShare } from '../../analyzers/platform/units';
import type { Finding, Report } from '../../analyzers/types';
import { Place, Section } from '../ui/parts';

/** What is wrong with how the program already works in parallel; nothing where there is nothing to say. */
export function ParallelCode({ report: { findings = [] } }: { report: Report }): JSX.Element | null {
  if (findings.length === 0) return null;
  return (
    <Section id="parallel-code" title="Parallel code">
      <ul class="findings">
        {findings.map((finding) => (
          <Item key={`${finding.code}:${finding.file}:${finding.span.start.line}`} finding={finding} />
        ))}
      </ul>
    </Section>
  );
}

function Item({ finding: { file, span, why, toDo, certainty, share } }: { finding: Finding }): JSX.Element {
  return (
    <li class="card">
      <p class="finding-head">
        <Place file={file} line={span.start.line + 1} /> {share !== undefined && <span class="chip">{formatShare(share)} of the run</span>}{' '}
        {certainty === 'likely' && <span class="chip">likely</span>}
      </p>
      <p>{why}</p>
      <p class="muted">{toDo}</p>
    </li>
  );
}
