/** Open things that threads must not share. */
import { ok, refuse, type Outcome } from '../../platform/result';
import type { TaskMap } from './task';

/** Things that two threads must not use at once. */
const perThread = /^(requests\.sessions\.Session|requests\.Session|httpx\.Client|http\.client\.\w+|sqlite3\.\w+|socket\.socket|_io\.\w+|TextIOWrapper|BufferedReader|ftplib\.\w+|smtplib\.\w+|urllib\.request\.OpenerDirector)$/; // prettier-ignore

/** Refuses 'shared-handle' where the tasks would use one of them at once. */
export function sharedHandle({ facts, free }: TaskMap): Outcome<null> {
  for (const name of free) {
    const type = facts.indices.includes(name) ? undefined : facts.values[name]?.type;
    if (type !== undefined && perThread.test(type)) {
      return refuse(
        'shared-handle',
        `\`${name}\` is a ${type}, which two threads must not use at the same time.`,
        'Open one for each task inside the function, or one for each thread with threading.local().',
        facts.ir.span,
      );
    }
  }
  return ok(null);
}
