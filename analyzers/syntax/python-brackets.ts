/** Walks a text's brackets, strings and comments left out. */
function* brackets(text: string): Generator<{ character: string; at: number; depth: number }> {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (text.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = '';
      }
    } else if (character === '"' || character === "'") {
      quote = text.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      at += quote.length - 1;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      if (end < 0) return;
      at = end - 1;
    } else {
      if ('([{'.includes(character)) depth += 1;
      else if (')]}'.includes(character)) depth -= 1;
      yield { character, at, depth };
    }
  }
}

/** True when the first bracket closes with the last character. */
export function isEnclosed(text: string): boolean {
  if (!/^[([{]/.test(text)) return false;
  for (const { at, depth } of brackets(text)) if (depth === 0) return at === text.length - 1;
  return false;
}

/** True when a line ends outside all brackets. */
export function hasOpenBreak(text: string): boolean {
  if (!text.includes('\n')) return false;
  for (const { character, depth } of brackets(text)) if (character === '\n' && depth === 0) return true;
  return false;
}
