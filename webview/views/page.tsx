import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatBytes, formatSeconds } from '../../analyzers/platform/units';
import type { Report } from '../../analyzers/types';
import { inEditor, post } from '../host';
import { report, revealed, running } from '../state';
import { baseName, count } from '../ui/words';
import { Banner } from './banner';
import { Candidates } from './candidates';
import { HotLines } from './hot-lines';
import { ParallelCode } from './parallel-code';
import { Recommendation } from './recommendation';
import { SpeedupChart } from './speedup-chart';
import { Timeline } from './timeline';
import { Verdict } from './verdict';

export function Page(): JSX.Element {
  const current = report.value;
  useEffect(() => {
    if (revealed.value === null) return;
    const target = document.getElementById(revealed.value);
    revealed.value = null;
    target?.scrollIntoView({ block: 'start' });
    target?.querySelector('summary')?.focus({ preventScroll: true });
  }, [revealed.value]);
  return (
    <main>
      {current === null ? <h1 class="quiet-title">Hotloop</h1> : <Head report={current} />}
      <Banner />
      {current === null ? running.value === null && <Empty /> : <Body report={current} />}
    </main>
  );
}

function Head({ report: { source, run, environment, createdAt } }: { report: Report }): JSX.Element {
  const { command } = source;
  const words = [command.kind === 'module' ? `-m ${command.target}` : baseName(command.target), ...command.args].join(' ');
  const ended =
    run.stopped === 'limit'
      ? 'stopped at the time limit'
      : run.stopped !== undefined
        ? 'stopped'
        : run.exitCode === 0
          ? null
          : `exit code ${run.exitCode}`;
  const facts = [
    ['Ran in', formatSeconds(run.seconds)],
    ['CPU time', formatSeconds(run.cpuSeconds)],
    ['Peak memory', formatBytes(run.peakMemory)],
    ['With', `${environment.implementation} ${environment.version}, ${count(environment.cores, 'core')}`],
  ];
  return (
    <header>
      <p class="eyebrow">
        Hotloop report <time dateTime={createdAt}>{new Date(createdAt).toLocaleString()}</time>
      </p>
      <h1>{words}</h1>
      {ended !== null && (
        <p class="ended">The script {ended === 'stopped' ? 'was stopped' : ended.startsWith('exit') ? `failed: ${ended}` : `was ${ended}`}.</p>
      )}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function Body({ report: current }: { report: Report }): JSX.Element {
  return (
    <>
      <div class="lead">
        <Recommendation report={current} />
        <Verdict report={current} />
      </div>
      <SpeedupChart report={current} />
      <HotLines report={current} />
      <ParallelCode report={current} />
      <Candidates report={current} />
      <Timeline report={current} />
      {current.notes.length > 0 && (
        <section aria-labelledby="notes">
          <h2 id="notes">Notes</h2>
          <ul class="plain">
            {current.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="card empty">
      <p>No script has been measured yet.</p>
      {inEditor ? (
        <button type="button" class="primary" onClick={() => post({ type: 'find-speedups' })}>
          Find speedups in the active script
        </button>
      ) : (
        <p>
          Run <code>hotloop prove SCRIPT --html FILE</code> to make a report.
        </p>
      )}
    </div>
  );
}
