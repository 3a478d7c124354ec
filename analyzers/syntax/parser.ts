import { Language, Parser, type Tree } from 'web-tree-sitter';
import type { Source } from '../types';
import { grammarFile, treeSitterFile } from '../platform/resources';

export type { Tree } from 'web-tree-sitter';

/** A grammar; TypeScript has two, for `<T>x` means one thing in .ts and another in .tsx. */
export type Grammar = 'python' | 'javascript' | 'typescript' | 'tsx';
const parsers = new Map<Grammar, Parser>();
const loading = new Map<Grammar, Promise<void>>();
let engine: Promise<void> | null = null;
let live = 0;

async function load(grammar: Grammar): Promise<void> {
  engine ??= Parser.init({ locateFile: () => treeSitterFile() });
  await engine;
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammarFile(grammar)));
  parsers.set(grammar, parser);
}

/** Loads tree-sitter and grammars, each once a process. A failed load may be tried again. */
export async function loadSyntax(...grammars: readonly Grammar[]): Promise<void> {
  for (const grammar of grammars.length > 0 ? grammars : (['python'] as const)) {
    const begun = loading.get(grammar) ?? load(grammar);
    loading.set(grammar, begun);
    try {
      await begun;
    } catch (error) {
      loading.delete(grammar);
      engine = null;
      throw error;
    }
  }
}

/** The grammar that a file is read with. */
export function grammarOf({ language, path }: Source): Grammar {
  return language === 'typescript' && /\.[cm]?tsx$/i.test(path) ? 'tsx' : language;
}

/** The caller must delete the tree: it lies in WebAssembly memory, which is never collected. Prefer `withTree`. */
export function parse(text: string, grammar: Grammar): Tree {
  const parser = parsers.get(grammar);
  if (!parser) throw new Error(`loadSyntax('${grammar}') must be awaited before parse()`);
  parser.reset();
  const tree = parser.parse(text);
  if (!tree) throw new Error('tree-sitter returned no tree');
  live += 1;
  const release = tree.delete.bind(tree);
  tree.delete = () => {
    live -= 1;
    tree.delete = release;
    release();
  };
  return tree;
}

/** How many trees have been parsed and not deleted. */
export const liveTrees = (): number => live;

export function withTree<T>(text: string, grammar: Grammar, work: (tree: Tree) => T): T {
  const tree = parse(text, grammar);
  try {
    return work(tree);
  } finally {
    tree.delete();
  }
}
