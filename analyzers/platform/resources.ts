import { fileURLToPath } from 'node:url';

// The bundle lies in dist/ with its resources beside it; the source tree has them in analyzers/ and node_modules/.
declare const HOTLOOP_BUNDLED: boolean | undefined;
const bundled = typeof HOTLOOP_BUNDLED !== 'undefined' && HOTLOOP_BUNDLED;
const at = (inBundle: string, inSource: string): string => fileURLToPath(new URL(bundled ? inBundle : inSource, import.meta.url));

/** Absolute folder of the helper programs that run in the user's Python. */
export const pythonHelpers = (): string => at('./python/', '../python/');

/** Absolute path of a tree-sitter WebAssembly file. */
export const grammarFile = (name: 'python' | 'javascript' | 'typescript' | 'tsx'): string =>
  at(`./wasm/tree-sitter-${name}.wasm`, `../../node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`);

/** Absolute path of tree-sitter's own WebAssembly file. */
export const treeSitterFile = (): string => at('./wasm/web-tree-sitter.wasm', '../../node_modules/web-tree-sitter/web-tree-sitter.wasm');

/** Absolute path of the built webview script, for the self-contained HTML report. */
export const webviewFile = (name: 'main.js' | 'main.css'): string => at(`./webview/${name}`, `../../dist/webview/${name}`);
