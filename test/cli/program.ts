/** The command line as a subprocess: the built dist/cli.js, and the same sources around a pipeline that does what the script's first line says. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { buildProduct } from '../../scripts/bundle';

export const root = path.resolve(import.meta.dirname, '../..');
export const dist = path.join(root, 'dist', 'cli.js');
/** As deep as the sources are: it finds what is built from there. */
export const standIn = path.join(root, 'out', 'cli', 'cli.js');
export const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');

/** Builds what the product lacks, once a test run. */
export function buildCli(): void {
  buildProduct();
}

export async function buildStandIn(): Promise<void> {
  mkdirSync(path.dirname(standIn), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['analyzers/cli/main.ts'],
    outfile: standIn,
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'warning', mainFields: ['module', 'main'] },
    banner: { js: "import { createRequire as hotloopRequire } from 'node:module'; const require = hotloopRequire(import.meta.url);" },
    plugins: [
      {
        name: 'stand-in pipeline',
        setup: (bundler) => bundler.onResolve({ filter: /^\.\.\/pipeline$/ }, () => ({ path: path.join(root, 'test/cli/stand-in-pipeline.ts') })),
      },
    ],
  });
}

export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hotloop cli é ')));
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}
export interface RunOptions {
  cwd?: string;
  standIn?: boolean;
  /** Text that is piped in; 'open': a pipe that stays open and silent; a file's path under `file`; nothing: closed. */
  input?: string | { file: string };
  environment?: Record<string, string>;
  /** Sent when stderr holds this text. */
  interruptAt?: string;
}

export function hotloop(args: string[], options: RunOptions = {}): Promise<Ended> {
  const { input } = options;
  const descriptor = typeof input === 'object' ? openSync(input.file, 'r') : null;
  const child = spawn(process.execPath, [options.standIn === true ? standIn : dist, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: '1', ...options.environment },
    stdio: [descriptor ?? (input === undefined ? 'ignore' : 'pipe'), 'pipe', 'pipe'],
  });
  if (descriptor !== null) closeSync(descriptor);
  if (typeof input === 'string' && input !== 'open') child.stdin?.end(input);
  child.stdin?.on('error', () => undefined);
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (options.interruptAt === undefined || interrupted || !stderr.includes(options.interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      child.stdin?.destroy();
      resolve({ code, stdout, stderr });
    });
  });
}
