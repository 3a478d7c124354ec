import { writeLoop } from './array-loop-text';
import type { ArrayMatch } from './array-match';
import type { Parts } from './array-parts';
import { writeValue } from './array-value-text';

/** Puts the array code together: results, guards with the loop as their other side, comments, and the edit. */
export function writeCode(parts: Parts): ArrayMatch | null {
  return parts.site.holder === null ? writeLoop(parts) : writeValue(parts, parts.site.holder);
}
