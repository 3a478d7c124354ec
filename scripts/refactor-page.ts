/**
 * A refactor's page is its documentation, its fixture and its test. This reads one page.
 * Blocks are tagged in their info string: `python setup`, `python before`, `python after`, `python refused="code"`; `before` and `refused`
 * take `key=value` options: `verdict=io-wait`, `seconds=2` (spent in the loop), `loop=1` (only that loop and later ones are asked about, from 0),
 * `imported=yes` (the file is not the one that is started), `calls=900 distinct=20` (of every
 * function, as a run that watched them would tell). A setup holds for everything after it until the next setup.
 */

export const pageHeadings = ['What it does', 'Why it is faster', 'When it pays', 'When it is refused', 'Safety'] as const;

export interface PageBlock {
  text: string;
  /** 1-based line of the block's first line of code in the page. */
  line: number;
  options: Record<string, string>;
}
export interface PagePair {
  setup: string;
  before: PageBlock;
  after: PageBlock;
}
export interface PageRefusal {
  setup: string;
  code: string;
  block: PageBlock;
}
export interface RefactorPage {
  title: string;
  /** The text under the title, up to the first heading. */
  summary: string;
  headings: string[];
  pairs: PagePair[];
  refusals: PageRefusal[];
  /** What is wrong with the page itself: an unknown tag, a `before` without its `after`. */
  problems: string[];
}

const fence = /^```(\w+)([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm;

export function parsePage(markdown: string): RefactorPage {
  const text = markdown.replaceAll('\r\n', '\n');
  const prose = text.replace(fence, (block) => block.replace(/[^\n]/g, ' '));
  const page: RefactorPage = {
    title: /^# (.+)$/m.exec(prose)?.[1]?.trim() ?? '',
    summary: /^# .+\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(prose)?.[1]?.trim() ?? '',
    headings: [...prose.matchAll(/^## (.+)$/gm)].map((match) => (match[1] ?? '').trim()),
    pairs: [],
    refusals: [],
    problems: [],
  };
  if (page.title === '') page.problems.push('the page has no title');
  for (const heading of pageHeadings) if (!page.headings.includes(heading)) page.problems.push(`the heading "${heading}" is missing`);

  let setup = '';
  let setupUnused: number | null = null;
  let before: PageBlock | null = null;
  for (const match of text.matchAll(fence)) {
    const [, language = '', info = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const [tag = '', ...rest] = info.trim().split(/\s+/);
    const block: PageBlock = { text: code, line, options: {} };
    for (const option of rest) {
      const [key = '', value = ''] = option.split('=');
      block.options[key] = value.replaceAll('"', '');
    }
    const refused = /^refused="([\w-]+)"$/.exec(tag)?.[1];
    if (before !== null && tag !== 'after') {
      page.problems.push(`line ${before.line}: a before block without its after`);
      before = null;
    }
    if (tag === 'setup') {
      if (setupUnused !== null) page.problems.push(`line ${setupUnused}: a setup block that nothing uses`);
      setup = code;
      setupUnused = line;
    } else if (tag === 'before') {
      before = block;
      setupUnused = null;
    } else if (tag === 'after' && before !== null) {
      page.pairs.push({ setup, before, after: block });
      before = null;
    } else if (refused !== undefined) {
      page.refusals.push({ setup, code: refused, block });
      setupUnused = null;
    } else {
      page.problems.push(`line ${line}: a ${language} block tagged "${info.trim()}" is not setup, before, after or refused="code"`);
    }
  }
  if (before !== null) page.problems.push(`line ${before.line}: a before block without its after`);
  if (setupUnused !== null) page.problems.push(`line ${setupUnused}: a setup block that nothing uses`);
  return page;
}
