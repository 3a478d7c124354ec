// Makes a fresh clone ready: npm packages, a Python virtual environment, and for the tests the system's packages and code-server.
// Plain JavaScript without imports from npm, because it runs before anything is installed. Says what it does on stderr; does nothing that is done already.
//   node scripts/setup.mjs            what the demo needs
//   node scripts/setup.mjs --tests    what the tests need as well
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const forTests = process.argv.includes('--tests');
const windows = process.platform === 'win32';

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function stop(text) {
  say(text);
  process.exit(1);
}

function run(program, args, failure) {
  const done = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: windows && program === 'npm',
  });
  if (done.error !== undefined || done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`.slice(-3000));
    stop(failure);
  }
  return done.stdout;
}

/** Runs `work` once for this content of the files: a stamp in `folder` remembers it. */
function once(folder, files, what, work) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  const stamp = path.join(root, folder, '.hotloop-setup');
  const wanted = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const start = Date.now();
  say(`${what} ...`);
  work();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  say(`${what}: done in ${Math.round((Date.now() - start) / 1000)} s`);
}

function findPython() {
  for (const name of windows ? ['py', 'python'] : ['python3.11', 'python3', 'python3.12', 'python3.13']) {
    const asked = spawnSync(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
    const [major, minor] = (asked.stdout ?? '').trim().split('.').map(Number);
    if (asked.status === 0 && major === 3 && minor >= 11 && minor <= 13) return name;
  }
  return stop('Python 3.11 is missing (3.12 and 3.13 will do): install it, for example `apt-get install python3 python3-venv`, and run this again.');
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) stop(`Node ${process.versions.node} is too old: install Node 20.19 or newer and run this again.`);

once('node_modules', ['package.json', 'package-lock.json'], 'installing npm packages', () => {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm could not install the packages: see the lines above.');
});

once('.venv', ['requirements.txt'], 'making the Python environment .venv', () => {
  const python = findPython();
  rmSync(path.join(root, '.venv'), { recursive: true, force: true });
  run(
    python,
    ['-m', 'venv', '.venv'],
    'Python cannot make a virtual environment: on Debian and Ubuntu run `apt-get install python3-venv`, then run this again.',
  );
  const inside = windows ? path.join(root, '.venv', 'Scripts', 'python.exe') : path.join(root, '.venv', 'bin', 'python');
  run(
    inside,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'],
    'pip could not install requirements.txt: see the lines above.',
  );
});

run(process.execPath, ['esbuild.mjs'], 'the build failed: see the lines above.');

if (forTests) {
  for (const step of ['scripts/system-packages.ts', 'scripts/code-server.ts']) {
    const done = spawnSync(process.execPath, ['--import', 'tsx', step, '--install'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    if (done.status !== 0) process.exit(1);
  }
}
