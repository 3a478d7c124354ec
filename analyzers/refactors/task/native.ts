/** Native code that lets go of the interpreter lock while it works: several threads of it run at once. */
import type { Expr, FunctionIR } from '../../types';
import type { Context } from '../refactor';
import { exprsIn } from './names';

/**
 * From the documentation and sources of these libraries. NumPy's matrix products and decompositions are left out: BLAS uses all cores by itself. So is
 * element-wise arithmetic, which mostly waits for the memory that all threads share.
 */
const RELEASING = /^(hashlib\.(md5|sha\w+|blake2[bs]|new|pbkdf2_hmac|scrypt|file_digest)|hmac\.digest|zlib\.(compress|decompress|crc32|adler32)|gzip\.(compress|decompress)|bz2\.(compress|decompress)|lzma\.(compress|decompress)|binascii\.crc32|numpy\.(sort|argsort|partition|argpartition|lexsort|fft\.\w+)|scipy\.(fft|ndimage)\.\w+|cv2\.\w+|(zstandard|lz4|brotli)(\.\w+)*\.(compress|decompress))$/; // prettier-ignore

/** Does the expression call such code, by itself or through functions of the user's own? @param file - where it is written. */
export function releasesLock(expr: Expr, file: string, cx: Context, seen = new Set<FunctionIR>()): boolean {
  if (expr.kind !== 'call') return false;
  const own = cx.functionOf(expr.callee, file);
  if (!own) {
    const resolved = cx.resolve(expr.callee, file, expr.span.start);
    return resolved !== null && RELEASING.test(resolved);
  }
  if (seen.has(own)) return false;
  seen.add(own);
  return own.body.flatMap((stmt) => [...exprsIn(stmt)]).some((inner) => releasesLock(inner, own.file, cx, seen));
}
