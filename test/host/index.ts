/** Loaded inside the extension host, by code-server here and by @vscode/test-electron on a desktop: both call `run`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import util from 'node:util';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const { HOST_TEST_TEXT: text, HOST_TEST_JSON: json, HOST_TEST_GREP: grep } = process.env;
  // A real workbench on two shared cores now and then is late; what fails twice has failed.
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 30_000, retries: 1, forbidOnly: true, ...(grep ? { grep } : {}) });
  // The extension host's own output goes nowhere that a person sees.
  if (text !== undefined) Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(text, `${util.format(...values)}\n`);
  mocha.suite.emit('pre-require', globalThis, null, mocha);
  await import('./suites');
  const result: Record<'passed' | 'failed' | 'pending', string[]> = { passed: [], failed: [], pending: [] };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', (test) => result.passed.push(test.fullTitle()));
    runner.on('pending', (test) => result.pending.push(test.fullTitle()));
    runner.on('fail', (test) => result.failed.push(test.fullTitle()));
  });
  if (json !== undefined) writeFileSync(json, JSON.stringify(result));
  if (result.failed.length > 0) throw new Error(`${result.failed.length} tests failed`);
  if (result.passed.length === 0) throw new Error('no test ran');
}
