/** `hotloop replay`: repeats the proof of an evidence bundle against the files as they are, and says whether it holds. */
import { existsSync, writeFileSync } from 'node:fs';
import { fileHash } from '../platform/file-hash';
import { refuse, ok, type Outcome } from '../platform/result';
import { formatInterval, seconds } from '../platform/units';
import type { Bundle, ProofEvidence, ProofRecord } from '../report/bundle';
import { plain } from '../report/terminal';
import { equivalenceWords } from '../report/words';
import type { Interval, Report, ReportCandidate } from '../types';
import { checkWritable } from './analysis';
import { inputOf, readBundle } from './bundle-file';
import { exitCodes, tellRefusal, UsageError, type ExitCode } from './exit';
import { interruptible, runInTerminal } from './terminal';

export interface ReplayOptions {
  candidate?: string;
  python?: string;
  budget?: number;
  json?: string;
  yes?: boolean;
  quiet?: boolean;
}

export async function runReplay(file: string, options: ReplayOptions): Promise<ExitCode> {
  if (options.json !== undefined && options.json !== '-') checkWritable(options.json);
  const read = await readBundle(file);
  if (!read.ok) return tellRefusal(read.refusal);
  const bundle = read.value;
  const chosen = chooseProofs(bundle, options.candidate);
  if (!chosen.ok) return tellRefusal(chosen.refusal);
  const unchanged = await checkFiles(bundle);
  if (!unchanged.ok) return tellRefusal(unchanged.refusal);
  if (options.yes !== true && !process.stdin.isTTY)
    return tellRefusal(refuse('no-consent', 'The changes in a bundle are code, and nobody agreed to run it.', 'Read them, then pass --yes.').refusal);
  const proofs = chosen.value;
  const { interpreter } = bundle.environment;
  const request = {
    depth: 'prove' as const,
    command: bundle.source.command,
    python: options.python ?? (existsSync(interpreter) ? interpreter : null),
    budget: options.budget === undefined ? bundle.budget : seconds(options.budget),
    limit: null,
    workers: null,
    workspace: null,
    patch: null,
    given: proofs.map(({ candidate }) => candidate),
    yes: options.yes === true,
  };
  return interruptible(async (signal) => {
    const evidence: ProofEvidence[] = [];
    const look = { quiet: options.quiet === true, jsonToStdout: options.json === '-', proved: (found: ProofEvidence) => evidence.push(found) };
    const outcome = await runInTerminal(request, look, signal);
    if (!outcome.ok) return tellRefusal(outcome.refusal);
    const changes = await changesSince(bundle, outcome.value, evidence[0]?.standardInput ?? null);
    return tell(bundle, proofs, outcome.value, changes, options.json);
  });
}

/** What was proven, or the one that is asked for. */
function chooseProofs({ proofs }: Bundle, id: string | undefined): Outcome<ProofRecord[]> {
  if (id !== undefined) {
    const found = proofs.filter(({ candidate }) => candidate.id === id);
    if (found.length > 0) return ok(found);
    throw new UsageError(`The bundle has no candidate ${id}. It has ${plain(proofs.map(({ candidate }) => candidate.id).join(', ')) || 'none'}.`);
  }
  const proven = proofs.filter(({ status }) => status === 'proven');
  if (proven.length > 0) return ok(proven);
  return refuse('nothing-proven', 'The bundle holds no proof that could be repeated.', 'Name one that was tried with --candidate ID.');
}

async function checkFiles(bundle: Bundle): Promise<Outcome<void>> {
  const { path: script, sha256 } = bundle.source;
  for (const file of [{ path: script, sha256 }, ...bundle.files]) {
    const now = await fileHash(file.path);
    if (now === file.sha256) continue;
    const what = now === null ? 'is not there, or cannot be read' : 'was changed after it was proven';
    return refuse(
      'file-changed',
      `${plain(file.path)} ${what}, so the proof is of another program.`,
      `Prove it anew: hotloop prove ${plain(script)}`,
    );
  }
  return ok(undefined);
}

const timesOf = (measured: Interval | null | undefined): string =>
  measured === null || measured === undefined ? 'not measured' : formatInterval(measured);

/** Done when every one is proven again; otherwise refused, with the reason. */
function tell(bundle: Bundle, proofs: readonly ProofRecord[], report: Report, changes: readonly string[], json: string | undefined): ExitCode {
  const rows = proofs.map((then) =>
    replayed(
      then,
      report.candidates.find(({ id }) => id === then.candidate.id),
    ),
  );
  const result = { schema: 'hotloop-replay/1', holds: rows.every(({ holds }) => holds), changes, proofs: rows };
  const output = json === '-' ? process.stderr : process.stdout;
  if (json === '-') process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  else if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 1)}\n`);
  // What stands in the bundle is others' text.
  for (const { title, then, now, verdict } of rows) {
    output.write(`${plain(title)}\n  then  ${timesOf(then)}, on ${bundle.createdAt.slice(0, 10)}\n  now   ${timesOf(now)}\n  ${verdict}\n`);
  }
  for (const change of changes) output.write(`Other than then: ${plain(change)}\n`);
  if (result.holds) return exitCodes.done;
  const first = rows.find(({ holds }) => !holds);
  return tellRefusal({ code: 'does-not-hold', why: first?.verdict ?? '', toDo: '' });
}

interface Replayed {
  id: string;
  title: string;
  holds: boolean;
  then: Interval | null;
  now: Interval | null;
  verdict: string;
}

function replayed({ candidate, status, benchmark }: ProofRecord, now: ReportCandidate | undefined): Replayed {
  const { id, title } = candidate;
  const before = benchmark?.ratio ?? null;
  const after = now?.measured ?? null;
  const measured = after === null ? null : { low: after.low, mid: after.mid, high: after.high };
  const reason = now?.reason ?? 'It was not tried.';
  const holds = now?.status === status;
  const apart = before !== null && measured !== null && (before.high < measured.low || measured.high < before.low);
  const same = now?.equivalence ? equivalenceWords[now.equivalence] : 'nothing compared';
  const verdict = holds
    ? `It holds: ${status} again, ${same}${apart ? '; but the two intervals lie apart' : ''}.`
    : now?.status === 'untried'
      ? `It was not repeated. ${reason}`
      : `It does not hold. ${reason}`;
  return { id, title, holds, then: before, now: measured, verdict };
}

/** What is not as it was, in words: a proof that holds all the same is worth more. */
async function changesSince(bundle: Bundle, report: Report, standardInput: ProofEvidence['standardInput']): Promise<string[]> {
  const { environment: then } = bundle;
  const { environment: now } = report;
  const found: string[] = [];
  const compare = (what: string, before: string | number | undefined, after: string | number | undefined): void => {
    if (before !== after) found.push(`${what} ${after ?? 'not installed'} in place of ${before ?? 'none'}`);
  };
  compare('Hotloop', then.hotloop, now.hotloop);
  compare(then.implementation, then.version, now.version);
  compare('platform', then.platform, now.platform);
  compare('cores', then.cores, now.cores);
  for (const name of new Set([...Object.keys(then.packages), ...Object.keys(now.packages)])) compare(name, then.packages[name], now.packages[name]);
  for (const { path: file, sha256, size } of bundle.inputs) {
    const input = await inputOf(file);
    if (input?.sha256 !== sha256 || input.size !== size) found.push(`${file} has other content`);
  }
  if (standardInput?.sha256 !== bundle.standardInput?.sha256) found.push('standard input has other content');
  return found;
}
