/** Database files of SQLite, as far as they hold content: their header counts how often and by which version of the library they were written. */

const MAGIC = 'SQLite format 3\0';
/** The file change counter, then the counter at which the version number was stored and that number: https://www.sqlite.org/fileformat.html, section 1.3. */
const HISTORY: readonly (readonly [from: number, to: number])[] = [[24, 28], [92, 100]]; // prettier-ignore

/** The bytes with the file's history blanked out; null for anything that is not such a file. */
export function databaseContent(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < 100 || Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) return null;
  const content = new Uint8Array(bytes);
  for (const [from, to] of HISTORY) content.fill(0, from, to);
  return content;
}
