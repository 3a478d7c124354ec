import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seconds } from '../../../analyzers/platform/units';
import { profilePython } from '../../../analyzers/profile/python';
import { findPython } from '../../../analyzers/run/interpreter';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { classifyRun } from '../../../analyzers/verdict/classify';
import type { Verdict } from '../../../analyzers/types';

/** Programs whose answer nobody would argue about, each with the line that its verdict has to name. */
const programs: Record<string, { text: string; bottleneck: Verdict['bottleneck']; detail?: Verdict['detail']; line?: number }> = {
  'a loop of plain arithmetic': {
    text: 'def work(n):\n    s = 0\n    for i in range(n):\n        s = (s * 31 + i * i) % 65521\n    return s\nprint(work(5_000_000))\n',
    bottleneck: 'cpu-python',
    line: 4,
  },
  'a key made of a password': {
    text: "import hashlib\nfor n in range(30):\n    hashlib.pbkdf2_hmac('sha256', b'%d' % n, b'salt', 60_000)\n",
    bottleneck: 'cpu-native',
    line: 3,
  },
  'a program that sleeps': { text: 'import time\nfor _ in range(20):\n    time.sleep(0.04)\n', bottleneck: 'io-wait', detail: 'sleep', line: 3 },
  'a program that waits for others': {
    text: "import subprocess\nimport sys\nfor _ in range(4):\n    subprocess.run([sys.executable, '-S', '-c', 'import time; time.sleep(0.3)'])\n",
    bottleneck: 'io-wait',
    detail: 'subprocess',
    line: 4,
  },
  'a server that answers slowly': {
    text: `import socket, threading, time
ends = socket.socketpair()
def answer(end):
    while end.recv(1):
        time.sleep(0.05)
        end.send(b'x')
threading.Thread(target=answer, args=(ends[1],), daemon=True).start()
for _ in range(20):
    ends[0].send(b'?')
    ends[0].recv(1)
`,
    bottleneck: 'io-wait',
  },
  'a coroutine that blocks': {
    text: 'import asyncio, time\nasync def one():\n    for _ in range(8):\n        time.sleep(0.05)\n        await asyncio.sleep(0)\nasync def main():\n    await asyncio.gather(one(), one())\nasyncio.run(main())\n',
    bottleneck: 'event-loop',
    line: 4,
  },
  'a thread for every tiny task': {
    text: 'import threading\ndone = []\nfor n in range(6000):\n    t = threading.Thread(target=done.append, args=(n,))\n    t.start()\n    t.join()\n',
    bottleneck: 'overhead',
  },
  'bytes that grow by a little each time': {
    text: "text = b''\nfor n in range(5000):\n    text = text + b'%d' % n * 40\nprint(len(text))\n",
    bottleneck: 'memory',
    line: 3,
  },
  'a greeting': { text: "print('hello')\n", bottleneck: 'too-short' },
};

describe('the verdict on a real program', () => {
  let folder = '';
  before(async () => {
    await loadSyntax();
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'hotloop-test-')));
  });
  after(() => rm(folder, { recursive: true }));

  const verdictOn = async (text: string): Promise<Verdict> => {
    const file = path.join(folder, 'program.py');
    await writeFile(file, text);
    const python = await findPython({ explicit: path.resolve('.venv/bin/python'), cwd: folder });
    assert.ok(python.ok);
    const source = { path: file, text, sha256: createHash('sha256').update(text).digest('hex'), language: 'python' as const };
    const profile = await profilePython({
      source,
      command: { kind: 'script', target: file, args: [], cwd: folder },
      interpreter: python.value,
      root: folder,
      stdin: null,
      output: { stdout: () => undefined, stderr: () => undefined },
      launch: null,
      limit: seconds(60),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    assert.ok(profile.ok);
    return classifyRun(profile.value, null, [readModule(source)]);
  };

  for (const [name, { text, bottleneck, detail, line }] of Object.entries(programs)) {
    it(`is ${bottleneck} for ${name}`, async function () {
      // What is sampled on a machine full of other work can be too little.
      this.retries(2);
      const verdict = await verdictOn(text);
      assert.equal(verdict.bottleneck, bottleneck, JSON.stringify(verdict));
      if (detail !== undefined) assert.equal(verdict.detail, detail);
      if (line !== undefined) assert.ok(verdict.because.some((evidence) => evidence.line === line), JSON.stringify(verdict)); // prettier-ignore
      assert.ok([0.95, 0.8, 0.6].includes(verdict.confidence));
    });
  }
});
