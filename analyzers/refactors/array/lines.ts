import type { commentsIn } from './comments';
import type { Line } from './draft';
import type { Parts } from './parts';

export function blockLines(parts: Parts, results: readonly Line[]): Line[] {
  const { draft, trips, facts } = parts;
  const axis = trips.range;
  if (!axis) return [];
  const unit = draft.cx.indentUnit(facts.file);
  const start = draft.local('start');
  const size = '65_536';
  const reads = [...draft.lines, ...results].some((line) => new RegExp(`\\b${axis.name}\\b`).test(line.text));
  const inner: Line[] = [
    ...(reads ? [{ text: `${axis.name} = ${draft.np}.arange(${start}, min(${start} + ${size}, ${axis.stopCode})${draft.wide})`, from: null }] : []),
    ...inlineMasks([...draft.lines, ...results]),
  ];
  return [
    { text: `for ${start} in range(${axis.startCode}, ${axis.stopCode}, ${size}):`, from: null },
    ...inner.map((line) => ({ ...line, text: unit + line.text })),
  ];
}

/** A mask that is used once stands where it is used. */
export function inlineMasks(lines: readonly Line[]): Line[] {
  const left = [...lines];
  for (let index = 0; index < left.length; index += 1) {
    const [, name, test] = /^(mask\w*) = (.+)$/.exec(left[index]?.text ?? '') ?? [];
    if (name === undefined || test === undefined) continue;
    const word = new RegExp(`\\b${name}\\b`, 'g');
    const uses = left.filter((_, other) => other !== index).flatMap((line) => line.text.match(word) ?? []).length;
    const place = new RegExp(`([([])${name}([,)\\]])`);
    const at = left.findIndex((line, other) => other > index && place.test(line.text));
    const user = left[at];
    const changed = left.slice(index + 1, Math.max(at, index + 1)).some((line) => {
      const target = /^\s*(\w+)(\[.*\])? [-+*]?= /.exec(line.text)?.[1];
      return target !== undefined && new RegExp(`\\b${target}\\b`).test(test);
    });
    if (uses !== 1 || !user || changed) continue;
    left[at] = { ...user, text: user.text.replace(place, (_, before: string, after: string) => before + test + after) };
    left.splice(index, 1);
    index -= 1;
  }
  return left;
}

/** Comments before the statements that they stood before or beside. */
export function withComments(lines: readonly Line[], comments: ReturnType<typeof commentsIn>): string[] {
  const left = [...comments];
  const text: string[] = [];
  for (const line of lines) {
    const indent = /^\s*/.exec(line.text)?.[0] ?? '';
    if (line.from) {
      const { end } = line.from;
      while (left[0] && (left[0].alone ? left[0].line < end.line : left[0].line <= end.line)) {
        const comment = left.shift();
        if (!comment) break;
        if (comment.alone || comment.line < line.from.start.line) text.push(indent + comment.text);
        else {
          text.push(`${line.text}  ${comment.text}`);
        }
      }
    }
    if (!text[text.length - 1]?.startsWith(`${line.text}  #`)) text.push(line.text);
  }
  return [...text, ...left.map((comment) => comment.text)];
}
