import { Language, Parser, type Tree } from 'web-tree-sitter';
import type { LanguageId } from '../types';
import { grammarFile, treeSitterFile } from '../platform/resources';

export type { Tree } from 'web-tree-sitter';

const parsers = new Map<LanguageId, Parser>();
let loading: Promise<void> | null = null;

async function load(): Promise<void> {
  await Parser.init({ locateFile: () => treeSitterFile() });
  parsers.set('python', await parserOf('python'));
}

async function parserOf(grammar: 'python'): Promise<Parser> {
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammarFile(grammar)));
  return parser;
}

/** Loads tree-sitter and its grammars, once a process. A failed load may be tried again. */
export function loadSyntax(): Promise<void> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** The caller must delete the tree: it lies in WebAssembly memory, which is never collected. Prefer `withTree`. */
export function parse(text: string, language: LanguageId): Tree {
  const parser = parsers.get(language);
  if (!parser) throw new Error(loading ? `There is no grammar for ${language} yet` : 'loadSyntax() must be awaited before parse()');
  parser.reset();
  const tree = parser.parse(text);
  if (!tree) throw new Error('tree-sitter returned no tree');
  return tree;
}

export function withTree<T>(text: string, language: LanguageId, work: (tree: Tree) => T): T {
  const tree = parse(text, language);
  try {
    return work(tree);
  } finally {
    tree.delete();
  }
}
