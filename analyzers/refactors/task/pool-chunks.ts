/** Items that go to the workers in pieces: one message for many of them. */
import type { Edit, Expr } from '../../types';
import type { Context } from '../refactor';
import { lengthOf } from './lengths';
import { isExecutor, type Pool, type PoolCall } from './pools';

const takesChunks = new Set(['map', 'imap', 'imap_unordered', 'starmap', 'map_async', 'starmap_async']);

/** How a call says the size of its pieces: null where it takes none; `size` null where it says nothing. */
export function chunkSizeOf(pool: Pool, { method, call }: PoolCall): { size: Expr | null } | null {
  if (!takesChunks.has(method) || call.keywords.some(({ name }) => name === '') || call.args.some((arg) => arg.kind === 'spread')) return null;
  const size = call.keywords.find(({ name }) => name === 'chunksize')?.value ?? (isExecutor(pool) ? undefined : call.args[2]);
  return { size: size ?? null };
}

/** `least`: of so many items at least, and more than one: of as many as are plain to see. null: the call takes no pieces or has its own size. */
export function chunkEdits(pool: Pool, used: PoolCall, cx: Context, least: number): { edits: Edit[]; imports: Edit[] } | null {
  const found = chunkSizeOf(pool, used);
  const items = used.call.args[1];
  if (!found || !items) return null;
  const { size } = found;
  if (size !== null && !(size.kind === 'number' && Number(size.text) === 1)) return null;
  const length = lengthOf(items, pool, cx);
  const count = length === null ? NaN : Number(length.replaceAll('_', ''));
  if (least > 1 ? !(count >= least) : count < 2) return null;
  const imports: Edit[] = [];
  const given = pool.made.keywords.find(({ name }) => name === 'max_workers' || name === 'processes')?.value ?? pool.made.args[0];
  const plain =
    given?.kind === 'number' && !(Number(given.text) > cx.machine.cores) ? Number(given.text) : given?.kind === 'name' ? given.name : null;
  let workers = plain === null ? null : String(plain);
  if (workers === null || given?.kind === 'name') {
    const os = cx.importName(pool.file, 'os');
    if (os.edit && length !== null) imports.push(os.edit);
    workers = `(${os.written}.cpu_count() or 1)`;
  }
  // Four pieces for each worker: few messages, and still some balance.
  const text =
    length === null ? '16' : /^\d+$/.test(workers) ? `max(1, ${length} // ${4 * Number(workers)})` : `max(1, ${length} // (4 * ${workers}))`;
  if (size !== null) return { edits: [cx.edit(pool.file, size.span, text)], imports };
  const last = [...used.call.args, ...used.call.keywords.map(({ value }) => value)].reduce((a, b) => (a.span.end.line > b.span.end.line || (a.span.end.line === b.span.end.line && a.span.end.character > b.span.end.character) ? a : b)); // prettier-ignore
  return { edits: [cx.insert(pool.file, last.span.end, `, chunksize=${text}`)], imports };
}
