import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Interpreter } from '../types';
import { ok, refuse, type Outcome } from '../platform/result';
import { runHelper, withPrivateFolder } from './private-run';

const Problems = v.array(
  v.object({ path: v.string(), message: v.nullable(v.string()), line: v.nullable(v.number()), column: v.nullable(v.number()) }),
);

/** Compiles the texts in the user's interpreter, without running them. Refuses with 'syntax-error' and its place, or 'check-failed'. */
export async function checkSyntax(interpreter: Interpreter, files: { path: string; text: string }[]): Promise<Outcome<void>> {
  if (files.length === 0) return ok(undefined);
  return withPrivateFolder(async (folder) => {
    const out = path.join(folder, 'problems.json');
    const input = path.join(folder, 'texts.json');
    await writeFile(input, JSON.stringify(files.map((file) => ({ path: file.path, text: file.text.replace(/^\uFEFF/, '') }))), { mode: 0o600 });
    const end = await runHelper(interpreter.path, 'hotloop_inspect.py', ['check', out, input], folder);
    const text = await readFile(out, 'utf8').catch(() => null);
    const problems = text === null ? null : v.safeParse(Problems, JSON.parse(text));
    if (problems?.success !== true) {
      const said = end.failure ?? Buffer.from(end.stderr).toString('utf8').trim().split('\n').at(-1) ?? '';
      return refuse(
        'check-failed',
        `${interpreter.path} could not check the text${said === '' ? '' : `: ${said}`}.`,
        'Try again; if it stays, choose another interpreter.',
      );
    }
    const [problem] = problems.output;
    if (problem === undefined) return ok(undefined);
    const at = { line: Math.max(0, (problem.line ?? 1) - 1), character: Math.max(0, (problem.column ?? 1) - 1) };
    return refuse(
      'syntax-error',
      `${path.basename(problem.path)}${problem.line === null ? '' : `, line ${problem.line}`}: ${problem.message ?? 'it does not compile'}.`,
      'Correct it and try again.',
      problem.line === null ? undefined : { start: at, end: at },
    );
  });
}
