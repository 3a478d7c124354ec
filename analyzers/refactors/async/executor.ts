/** The threads that `asyncio.to_thread` borrows: only four more than the machine has cores, though whoever waits needs no core. */
import type { Edit } from '../../types';
import { within } from '../../platform/span';
import { entryOf } from './reach';
import type { Start } from './tasks';
import type { Context } from '../refactor';

/** As many as wait for a network in other places; Python itself starts no more than this. */
const MOST = 32;

/** Lets the program's event loop start more threads, where it has more tasks than those that it would start. */
export function moreThreads(starts: readonly Start[], cx: Context): Edit[] {
  const entry = entryOf(cx);
  if (!entry || Math.max(...starts.map(({ count }) => count)) <= cx.machine.cores + 4) return [];
  const { file, body } = entry;
  if (cx.files.some((each) => cx.text(each).includes('set_default_executor'))) return [];
  const own = starts.filter((start) => start.file === file);
  const place = body.find((stmt) => own.some(({ statement }) => within(statement, stmt.span))) ?? body.find((stmt) => stmt.kind !== 'expression' || stmt.value.kind !== 'string'); // prettier-ignore
  const lineStart = place && { line: place.span.start.line, character: 0 };
  if (!lineStart || cx.slice(file, { start: lineStart, end: place.span.start }).trim() !== '') return [];
  const asyncio = cx.importName(file, 'asyncio');
  const executor = cx.importName(file, 'concurrent.futures', { name: 'ThreadPoolExecutor' });
  const line = `${cx.indentAt(file, lineStart.line)}${asyncio.written}.get_running_loop().set_default_executor(${executor.written}(max_workers=${MOST}))\n`;
  if (asyncio.edit) return [];
  return [...(executor.edit ? [executor.edit] : []), cx.insert(file, lineStart, line)];
}
