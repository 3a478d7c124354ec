import assert from 'node:assert/strict';
import { refactor } from '../../../analyzers/refactors/python/thread-pool-size';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { applyTo, factsOf, sourceOf } from './page-runner';

const script = (workers: string, more = ''): string => `import time
from concurrent.futures import ThreadPoolExecutor

WORKERS = 2
${more}

def fetch(number):
    time.sleep(0.001)
    return number


with ThreadPoolExecutor(max_workers=${workers}) as pool:
    print(list(pool.map(fetch, range(9))))
`;

function edited(text: string): string | undefined {
  const source = sourceOf('/script.py', text);
  const { facts, functions, lines, cx } = factsOf(source, source, [], 10);
  const answer = applyTo(refactor, facts, cx, 'io-wait', functions, lines);
  assert.ok(answer === undefined || 'edited' in answer);
  return answer?.edited;
}

describe('the size of a pool whose threads wait', () => {
  before(loadSyntax);

  it('is changed where a constant says it that nothing else uses', () => {
    assert.equal(edited(script('WORKERS')), script('WORKERS').replace('WORKERS = 2', 'WORKERS = 32'));
  });
  it('stays where something else uses the constant, it is computed, or it is large already', () => {
    assert.equal(edited(script('WORKERS', 'print(WORKERS)')), undefined);
    assert.equal(edited(script('WORKERS * 2')), undefined);
    assert.equal(edited(script('20')), undefined);
  });
});
