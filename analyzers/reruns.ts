/** How the pipeline's stages run the analysed script again. */
import type { Analysis } from './analysis';
import { bytes } from './platform/units';
import type { PipelineRequest } from './request';
import type { OpenRerun } from './run/rerun';
import { sandboxedRerun, type RerunScope } from './run/sandboxed-rerun';
import type { Interpreter, Seconds } from './types';

/** A rerun may print a good deal, but a flood of it is no result that anybody reads. */
const MOST_PRINTED = bytes(64 * 1024 * 1024);

/** @param o.longest - wall seconds after which a rerun is ended. */
export function rerunsOf(
  request: PipelineRequest,
  interpreter: Interpreter,
  { profile, root }: Pick<Analysis, 'profile' | 'root'>,
  o: { allow: RerunScope['allow']; longest: Seconds; signal: AbortSignal },
): OpenRerun {
  return sandboxedRerun({
    interpreter,
    command: request.command,
    root,
    effects: profile.effects,
    files: profile.files,
    stdin: request.stdin === 'inherit' ? null : request.stdin,
    allow: o.allow,
    limits: { seconds: o.longest, memory: null, output: MOST_PRINTED },
    signal: o.signal,
  });
}
