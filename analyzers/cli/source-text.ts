/** A Python file's bytes as text and back: byte order mark, then the coding line (PEP 263), else UTF-8. */
import { ok, refuse, type Outcome } from '../platform/result';

export interface SourceText {
  /** With its byte order mark, where it has one. */
  text: string;
  /** Refused where the text holds a character that the file's encoding lacks. */
  encode(text: string): Outcome<Uint8Array>;
}

const CODING = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(#.*)?$/;
const SAVE_AS = 'Save it as UTF-8 and prove again.';

/** The name in the coding line, which is in one of the first two lines; null where there is none. */
function declared(raw: Uint8Array): string | null {
  const [first = '', second = ''] = Buffer.from(raw.subarray(0, 2000)).toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '').split(/\r\n|\n|\r/); // prettier-ignore
  return CODING.exec(first)?.[1] ?? (BLANK.test(first) ? (CODING.exec(second)?.[1] ?? null) : null);
}

/** @param name of the file, for the message. */
export function readSourceText(name: string, raw: Uint8Array): Outcome<SourceText> {
  const label = (declared(raw) ?? 'utf-8').toLowerCase().replace(/_/g, '-');
  if (/^utf-?8(-|$)/.test(label)) return utf8(name, raw);
  if (/^(latin-?1|iso-?8859-1|l1)(-|$)/.test(label)) {
    return ok({ text: Buffer.from(raw).toString('latin1'), encode: (text) => oneByte(name, label, text, (code) => (code < 256 ? code : undefined)) });
  }
  if (/^(us-)?ascii$/.test(label)) {
    if (raw.some((byte) => byte > 127)) return refuse('bad-encoding', `${name} is not the ASCII text that it says it is.`, SAVE_AS);
    return ok({ text: Buffer.from(raw).toString('latin1'), encode: (text) => oneByte(name, label, text, (code) => (code < 128 ? code : undefined)) });
  }
  return codePage(name, raw, label);
}

function utf8(name: string, raw: Uint8Array): Outcome<SourceText> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    return ok({ text, encode: (edited) => ok(Buffer.from(edited, 'utf8')) });
  } catch {
    return refuse('bad-encoding', `${name} is not UTF-8 text, and no coding line says what it is.`, SAVE_AS);
  }
}

/** Encodings of one byte a character that the platform can decode: the table is turned round. */
function codePage(name: string, raw: Uint8Array, label: string): Outcome<SourceText> {
  const unknown = refuse('unknown-encoding', `${name} is written in ${label}, which cannot be written back safely.`, SAVE_AS);
  try {
    const decoder = new TextDecoder(label.replace(/^cp(125\d)$/, 'windows-$1').replace(/^latin-?9$/, 'iso-8859-15'), { fatal: true });
    const codes = new Map<number, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      try {
        const character = decoder.decode(Uint8Array.of(byte));
        if (character.length === 1) codes.set(character.charCodeAt(0), byte);
      } catch {
        continue; // no such byte in this encoding
      }
    }
    const text = decoder.decode(raw);
    const encode: SourceText['encode'] = (edited) => oneByte(name, label, edited, (code) => codes.get(code));
    const back = encode(text);
    return back.ok && Buffer.from(raw).equals(back.value) ? ok({ text, encode }) : unknown;
  } catch {
    return unknown;
  }
}

function oneByte(name: string, label: string, text: string, byteOf: (code: number) => number | undefined): Outcome<Uint8Array> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = byteOf(text.charCodeAt(index));
    if (byte === undefined) return refuse('not-encodable', `The change holds a character that ${name}, written in ${label}, cannot hold.`, SAVE_AS);
    bytes[index] = byte;
  }
  return ok(bytes);
}
