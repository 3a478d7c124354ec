import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { LoopFacts } from '../../../analyzers/types';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { allFacts } from './sample';

const index = fc.constantFrom(
  'i',
  'i',
  'i',
  'i',
  'i',
  'i',
  'i',
  'k',
  '2 * i',
  'i - 1',
  'i + 1',
  '2 * i',
  '2 * i + 1',
  'N - i',
  '0',
  'k',
  'xs[i]',
  'i % 3',
);
const value = fc.oneof(
  fc.constantFrom('i', 't', 'u', 'k', '3', 'xs[i]'),
  fc.tuple(fc.constantFrom('ys', 'zs'), index).map(([name, at]) => `${name}[${at}]`),
);
const expression = fc.oneof(
  value,
  fc.tuple(value, fc.constantFrom('+', '*', '-'), value).map(([a, op, b]) => `${a} ${op} ${b}`),
);
const simple = fc.oneof(
  fc.tuple(fc.constantFrom('t', 'u', 'k'), expression).map(([name, given]) => (name === 'k' ? 'k = i + 1' : `${name} = ${given}`)),
  fc
    .tuple(fc.constantFrom('ys', 'zs'), index, fc.constantFrom('=', '+='), expression)
    .map(([name, at, op, given]) => `${name}[${at}] ${op} ${given}`),
  fc.tuple(fc.constantFrom('s', 's', 't'), expression).map(([name, given]) => `${name} += ${given}`),
  expression.map((given) => `best = max(best, ${given})`),
);
const statement = fc.oneof(
  { weight: 3, arbitrary: simple.map((text) => [text]) },
  { weight: 1, arbitrary: fc.tuple(value, simple, simple).map(([test, a, b]) => [`if ${test} > 4:`, `    ${a}`, 'else:', `    ${b}`]) },
  { weight: 1, arbitrary: fc.tuple(value, simple).map(([test, a]) => [`if ${test} % 2:`, `    ${a}`]) },
  { weight: 1, arbitrary: simple.map((text) => ['for j in range(2):', `    ${text.replace('xs[i]', 'xs[j]').replace('i + 1', 'j + i')}`]) },
);
const body = fc.array(statement, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat());

const programOf = (lines: string[], order: string): string =>
  ['def f(xs, N):', '    ys = [n * 7 % 11 for n in range(3 * N)]', '    zs = [n * 5 % 13 for n in range(3 * N)]', '    s = t = u = k = best = 1', `    for i in ${order}:`, ...lines.map((line) => `        ${line}`), '    return ys, zs, s, t, u, k, best'].join('\n'); // prettier-ignore

/** Trips may come in any order, and these names then end as they would have. */
function independent(facts: LoopFacts): string[] | null {
  if (facts.carried.length > 0 || facts.effects.length > 0) return null;
  const gathered = new Set(facts.accumulators.map((one) => one.name));
  return ['s', 't', 'u', 'k', 'best'].filter((name) => gathered.has(name) || !facts.writes.includes(name));
}

describe('loops whose trips nothing ties together', function () {
  this.timeout(120_000);
  before(loadSyntax);

  it('end alike in any order of their trips, whatever they are made of', () => {
    const claims: { forward: string; shuffled: string; names: string[] }[] = [];
    let tied = 0;
    for (const lines of fc.sample(body, { numRuns: 800, seed: 20 })) {
      const [facts] = allFacts(programOf(lines, 'range(1, N)')).filter((one) => one.ir.form === 'for' && one.depth === 0);
      assert.ok(facts);
      const names = independent(facts);
      if (names === null) tied += 1;
      else claims.push({ forward: programOf(lines, 'range(1, N)'), shuffled: programOf(lines, 'ORDER'), names });
    }
    assert.ok(claims.length > 60, `only ${claims.length} programs were found independent`);
    assert.ok(tied > 60);

    const check = [
      'import json, sys',
      'wrong = []',
      'N = 9',
      'xs = [4, 2, 7, 1, 1, 5, 0, 3, 8, 6, 2, 4]',
      'def run(text, order):',
      "    scope = {'ORDER': order}",
      '    exec(text, scope)',
      '    try:',
      "        ys, zs, *rest = scope['f'](list(xs), N)",
      '    except Exception as error:',
      '        return type(error).__name__',
      "    return ys, zs, dict(zip(('s', 't', 'u', 'k', 'best'), rest))",
      'for claim in json.load(sys.stdin):',
      "    first = run(claim['forward'], ())",
      '    for order in (list(range(N - 1, 0, -1)), [5, 2, 8, 1, 7, 3, 6, 4]):',
      "        other = run(claim['shuffled'], order)",
      '        same = first == other if isinstance(first, str) or isinstance(other, str) else (',
      "            first[:2] == other[:2] and all(first[2][name] == other[2][name] for name in claim['names']))",
      '        if not same:',
      "            wrong.append(claim['forward'])",
      '            break',
      'print(json.dumps(wrong))',
    ].join('\n');
    const wrong = JSON.parse(execFileSync('python3', ['-c', check], { input: JSON.stringify(claims), encoding: 'utf8' })) as string[];
    assert.deepEqual(wrong.slice(0, 3), [], wrong[0] ?? '');
  });
});
