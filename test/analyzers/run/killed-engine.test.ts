import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../../analyzers/platform/process';
import { sweepLeftovers } from '../../../analyzers/run/sweep';
import { processesWith, Project } from './fixture';

const soon = async (condition: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 500 && !condition(); attempt += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(condition(), 'it did not come so far in ten seconds');
};

describe('an engine that is killed', () => {
  it('takes its programs with it, and the next start removes its folder', async function () {
    if (process.platform !== 'linux') {
      console.log('        skipped: only Linux ends a child with its parent at once');
      this.skip();
    }
    const project = new Project({ 'a.py': 'import os, time\nos.fork()\nopen("up", "w").close()\nwhile True: time.sleep(0.05)\n' });
    const script = fileURLToPath(new URL('./abandoned-engine.ts', import.meta.url));
    let said = '';
    const each = (chunk: Uint8Array): void => void (said += Buffer.from(chunk).toString());
    const engine = startProcess({
      argv: [process.execPath, '--import', 'tsx', script, project.path('a.py')],
      cwd: process.cwd(),
      stdout: { each },
      stderr: 'inherit',
    });
    try {
      await soon(() => said.endsWith('\n') && existsSync(path.join(said.trim(), 'up')));
      const folder = path.dirname(said.trim());
      assert.ok(processesWith(folder).length >= 3);
      process.kill(engine.pid ?? 0, 'SIGKILL');
      await engine.end;
      await soon(() => processesWith(folder).length === 0);
      assert.ok(existsSync(folder));
      await sweepLeftovers();
      assert.equal(existsSync(folder), false);
    } finally {
      await engine.stop();
      project.remove();
    }
  });
});
