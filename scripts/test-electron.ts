/** The tests of test/host in a desktop VS Code, which @vscode/test-electron downloads: `npm run test:electron`. The same compiled files as scripts/run-host-tests.ts. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { buildProduct, root } from './bundle';
import { bundleHostTests, hostTests } from './host-test-bundle';

buildProduct();
await bundleHostTests();
const temp = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hotloop-desktop-')));
const workspace = path.join(temp, 'workspace');
cpSync(path.join(root, 'test/host/workspace'), workspace, { recursive: true });
mkdirSync(path.join(temp, 'user'));
try {
  process.exitCode = await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: hostTests,
    // The host tests stand in for a person in a trusted workspace.
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', '--user-data-dir', path.join(temp, 'user')],
    extensionTestsEnv: {
      HOTLOOP_ROOT: root,
      HOTLOOP_HOME: path.join(temp, 'home'),
      ...(process.argv.length > 2 ? { HOST_TEST_GREP: process.argv.slice(2).join(' ') } : {}),
    },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
