// An engine that is going to be killed: it reruns an endless program and says where.
import path from 'node:path';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { findPython } from '../../../analyzers/run/interpreter';
import { runProgram } from '../../../analyzers/run/program';
import { openSandbox } from '../../../analyzers/run/sandbox';

const target = process.argv[2] ?? '';
const root = path.dirname(target);
const command = { kind: 'script' as const, target, args: [], cwd: root };
const { signal } = new AbortController();
const interpreter = await findPython({ explicit: null, cwd: process.cwd() });
const opened = await openSandbox({ root, command, effects: [], signal });
if (!interpreter.ok || !opened.ok) throw new Error('not set up');
process.stdout.write(`${opened.value.dir}\n`);
const limits = { seconds: seconds(60), memory: null, output: bytes(1e6) };
await runProgram({ interpreter: interpreter.value, command, sandbox: opened.value, stdin: null, seed: 1, regions: [], allow: { kinds: [], targets: [] }, limits, environment: {}, startMethod: 'default', signal }); // prettier-ignore
