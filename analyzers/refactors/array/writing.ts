import { writeLoop } from './loop-text';
import type { ArrayMatch } from './match';
import type { Parts } from './parts';
import { writeValue } from './value-text';

/** Puts the array code together: results, guards with the loop as their other side, comments, and the edit. */
export function writeCode(parts: Parts): ArrayMatch | null {
  return parts.site.holder === null ? writeLoop(parts) : writeValue(parts, parts.site.holder);
}
