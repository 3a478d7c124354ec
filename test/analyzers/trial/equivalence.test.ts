import assert from 'node:assert/strict';
import { compareRuns } from '../../../analyzers/trial/equivalence';
import { emptyMask, maskOf } from '../../../analyzers/trial/masks';
import { foldSourceLines } from '../../../analyzers/trial/outputs';
import type { Outputs } from '../../../analyzers/trial/outputs';
import { seconds } from '../../../analyzers/platform/units';
import { left, outputs, value, written } from './fakes';

const region = { file: '/p/script.py', before: { startLine: 3, endLine: 5 }, after: { startLine: 3, endLine: 4 }, captures: ['out'] };
const regions = [{ id: '/p/script.py:3-5', region }];
const compare = (a: Partial<Outputs>, b: Partial<Outputs>, tolerance = 0) =>
  compareRuns(outputs(a), outputs(b), { tolerance, mask: emptyMask(), regions, errors: 'text' });
const same = (a: Partial<Outputs>, b: Partial<Outputs>, tolerance = 0): void => assert.equal(compare(a, b, tolerance).difference, null);
const differs = (a: Partial<Outputs>, b: Partial<Outputs>, sentence: RegExp | string, tolerance = 0): void => {
  const found = compare(a, b, tolerance).difference;
  assert.ok(found !== null, 'no difference was found');
  if (typeof sentence === 'string') assert.equal(found, sentence);
  else assert.match(found, sentence);
};
const text = (stdout: string): Partial<Outputs> => ({ stdout });

describe('Printed text', () => {
  it('is the same when it is the same', () => {
    same(text('a 1 2.5\n'), text('a 1 2.5\n'));
    assert.equal(compare(text('a\nb\n'), text('a\nb\n')).evidence, 2);
    assert.equal(compare(text(''), text('')).evidence, 0);
  });
  it('may differ in floats within the tolerance, and only there', () => {
    same(text('sum 0.30000000000000004\n'), text('sum 0.3\n'), 1e-9);
    differs(
      text('sum 0.30000000000000004\n'),
      text('sum 0.3\n'),
      'stdout line 1: the original has "sum 0.30000000000000004", the candidate has "sum 0.3".',
    );
    differs(text('sum 0.301\n'), text('sum 0.3\n'), /line 1/, 1e-9);
    same(text('1.25e-12 nan inf\n'), text('1.2500000000001e-12 nan inf\n'), 1e-9);
    differs(text('nan\n'), text('0.5\n'), /nan/, 1e-9);
    differs(text('inf\n'), text('-inf\n'), /inf/, 1e-9);
  });
  it('must have the same whole numbers, words and order', () => {
    differs(text('count 1000000000\n'), text('count 1000000001\n'), /count/, 1e-6);
    differs(text('3\n'), text('3.0\n'), /"3", the candidate has "3\.0"/, 1e-6);
    differs(text('0.5\n'), text('np.float64(0.5)\n'), /np\.float64/, 1e-6);
    differs(text('a\nb\n'), text('b\na\n'), /line 1: the original has "a", the candidate has "b"/);
    differs(text('a\nb\n'), text('a\n'), 'stdout line 2: the original has "b", the candidate ends before it.');
    differs(text('a\n'), text('a\nb\n'), 'stdout line 2: the candidate has "b", the original ends before it.');
    differs(text('a  b\n'), text('a b\n'), /line 1/);
    differs(text('1.2.3\n'), text('1.2.4\n'), /line 1/, 1e-1);
  });
  it('tells -0.0 from 0.0 only where nothing may differ', () => {
    differs(text('-0.0\n'), text('0.0\n'), /-0\.0/);
    same(text('-0.0\n'), text('0.0\n'), 1e-12);
  });
  it('may flip its last printed digit when it is long, or when the values behind it were compared', () => {
    same(text('mean 12.3456789\n'), text('mean 12.3456790\n'), 1e-12);
    differs(text('mean 12.34\n'), text('mean 12.35\n'), /mean/, 1e-12);
    const compared = { regions: [left([value('out', [1, 2])])] };
    same({ ...text('mean 12.34\n'), ...compared }, { ...text('mean 12.35\n'), ...compared }, 1e-12);
    differs({ ...text('mean 12.34\n'), ...compared }, { ...text('mean 12.36\n'), ...compared }, /mean/, 1e-12);
    differs({ ...text('3.\n'), ...compared }, { ...text('4.\n'), ...compared }, /line 1/, 1e-12);
    differs({ ...text('0.3\n'), ...compared }, { ...text('0.35\n'), ...compared }, /line 1/, 1e-12);
    differs(text('mean 12.3456789\n'), text('mean 12.3456790\n'), /mean/, 0);
  });
  it('may shift the padding of a column when a float gets longer', () => {
    same(text('|0.30000000000000004|  x\n'), text('|0.3|                  x\n'), 1e-9);
    differs(text('|0.5|  x\n'), text('|0.5|    x\n'), /line 1/, 1e-9);
  });
});

describe('The end of a run', () => {
  it('is its exit code, signal and exception', () => {
    differs({}, outputs({ exitCode: 3 }), 'The original ends with exit code 0, the candidate ends with exit code 3.');
    const trace = (line: number, error: string): string =>
      `Traceback (most recent call last):\n  File "<project>/a.py", line ${line}, in f\n    x = 1 / 0\n${error}\n`;
    const fail = (line: number, error: string): Outputs => outputs({ exitCode: 1, stderr: trace(line, error) });
    same(fail(3, 'ValueError: no'), fail(9, 'ValueError: no'));
    differs(fail(3, 'ValueError: no'), fail(3, 'KeyError: no'), /exit code 1 \(ValueError\), the candidate ends with exit code 1 \(KeyError\)/);
    differs(fail(3, 'ValueError: no'), fail(3, 'ValueError: yes'), /stderr line 2/);
  });
  it('shows warnings wherever their line has moved to', () => {
    same(
      { stderr: '/p/a.py:3: RuntimeWarning: divide by zero\n  y = 1 / x\n' },
      { stderr: '/p/a.py:9: RuntimeWarning: divide by zero\n  y = 1 / xs\n' },
    );
    differs({}, { stderr: '/p/a.py:9: RuntimeWarning: divide by zero\n' }, /stderr line 1/);
    assert.equal(foldSourceLines('plain\n  indented\n'), 'plain\n  indented\n');
  });
});

describe('Values at the end of the edited lines', () => {
  const values = (...items: Parameters<typeof value>[]): Partial<Outputs> => ({ regions: [left(items.map((item) => value(...item)))] });
  it('agree within the tolerance; NaN is NaN', () => {
    same(values(['out', [1, Number.NaN, Infinity]]), values(['out', [1 + 1e-13, Number.NaN, Infinity]]), 1e-12);
    differs(
      values(['out', [1, 2]]),
      values(['out', [1, 2.001]]),
      /line 3, `out` \(float 2 of 2\) is 2 in the original and 2\.001 in the candidate/,
      1e-12,
    );
    assert.equal(compare(values(['out', [1, 2]]), values(['out', [1, 2]])).evidence, 1);
  });
  it('tell -0.0 from 0.0 only where nothing may differ', () => {
    differs(values(['out', [-0]]), values(['out', [0]]), /is -0\.0 in the original and 0 in/);
    same(values(['out', [-0]]), values(['out', [0]]), 1e-12);
  });
  it('have the same type, structure and length', () => {
    differs(values(['out', [1]]), values(['out', [1], { type: 'ndarray' }]), /`out` is of type list in the original and ndarray in the candidate/, 1);
    differs(values(['out', [1]]), values(['out', [1], { structure: 'ints', preview: '[1]' }]), /`out` is \[1\] in the original/, 1);
    differs(values(['out', [1]]), values(['out', [1, 2]]), /`out`/, 1);
    differs(values(['out', [1]]), values(['other', [1]]), /`out` does not exist/, 1);
    differs(values(['out', [1]]), values(['out', [1], { comparable: false }]), /cannot be compared/, 1);
  });
  it('are no evidence when they cannot be compared, or are not asked for', () => {
    assert.deepEqual(compare(values(['out', [1], { comparable: false }]), values(['out', [2], { comparable: false }])), {
      difference: null,
      evidence: 0,
      masked: [],
    });
    assert.deepEqual(compare(values(['of another candidate', [1]]), values(['of another candidate', [2]])), {
      difference: null,
      evidence: 0,
      masked: [],
    });
  });
  it('come as often, and with the same exception', () => {
    differs({ regions: [left([], { entries: 2 })] }, { regions: [left([], { entries: 1 })] }, /entered 2 times in the original and once/);
    const error = (text: string | null): Partial<Outputs> => ({ regions: [left([], { exits: [{ entry: 1, error: text, values: [] }] })] });
    differs(error('ValueError: x'), error(null), /ends with ValueError: x in the original and with no exception/);
    same(error('KeyError: 1'), error('KeyError: 2'));
  });
});

describe('A printed time on which two runs of the original happen to agree', () => {
  const run = (wall: number): Outputs['run'] => ({ ...outputs().run, seconds: seconds(wall) });
  const timed = (stdout: string, wall: number, out = 1): Partial<Outputs> => ({ stdout, run: run(wall), regions: [left([value('out', [out])])] });
  it('is masked and named when the values behind it were compared', () => {
    const found = compare(timed('sum 5\ntook 2.1 s\n', 2.3), timed('sum 5\ntook 0.1 s\n', 0.2));
    assert.deepEqual(found, { difference: null, evidence: 2, masked: ['stdout line 2: a number that looks like an elapsed time (2.1 / 0.1)'] });
    same(timed('elapsed: 2\n', 2.3), timed('elapsed: 0\n', 0.2));
    same(timed('2100 ms\n', 2.3), timed('90 ms\n', 0.2));
  });
  it('is compared when nothing else is, when it cannot be a time of that run, and when the line does not speak of time', () => {
    differs({ stdout: 'took 2.1 s\n', run: run(2.3) }, { stdout: 'took 0.1 s\n', run: run(0.2) }, /took/);
    differs(timed('took 9.1 s\n', 2.3), timed('took 0.1 s\n', 0.2), /took/);
    differs(timed('took 2.1 s\n', 2.3), timed('took 9.1 s\n', 0.2), /took/);
    differs(timed('mean 2.1\n', 2.3), timed('mean 0.1\n', 0.2), /mean/);
    differs(timed('took 2.1 s\n', 2.3), timed('took 0.1 s\n', 0.2, 2), /`out`/);
  });
});

describe('Written files', () => {
  const files = (...list: ReturnType<typeof written>[]): Partial<Outputs> => ({ files: list });
  it('have the same bytes, or the same numbers within the tolerance', () => {
    same(files(written('a.bin', new Uint8Array([0, 1]))), files(written('a.bin', new Uint8Array([0, 1]))));
    differs(files(written('a.bin', new Uint8Array([0, 1]))), files(written('a.bin', new Uint8Array([0, 2]))), 'file a.bin: its content differs.', 1);
    same(files(written('a.csv', 'x,y\n1,0.30000000000000004\n')), files(written('a.csv', 'x,y\n1,0.3\n')), 1e-9);
    differs(
      files(written('a.csv', 'x,y\n1,0.5\n')),
      files(written('a.csv', 'x,y\n1,0.6\n')),
      'file a.csv line 2: the original has "1,0.5", the candidate has "1,0.6".',
      1e-9,
    );
    differs(files(written('a.csv', 'x\r\n')), files(written('a.csv', 'x\n')), /line ends/);
  });
  it('of arrays are compared by value, and by type and shape', () => {
    const npy = (dtype: string, data: Float64Array, shape = `(${data.length},)`): Uint8Array => {
      const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
      const start = new Uint8Array([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
      return new Uint8Array([...start, ...new TextEncoder().encode(header), ...new Uint8Array(data.buffer)]);
    };
    const array = (numbers: number[], shape?: string): Partial<Outputs> => files(written('a.npy', npy('<f8', new Float64Array(numbers), shape)));
    same(array([1, 2]), array([1, 2 + 1e-13]), 1e-12);
    differs(array([1, 2]), array([1, 3]), 'file a.npy: element 1 is 2 in the original and 3 in the candidate.', 1e-12);
    differs(array([1, 2]), array([1, 2], '(2, 1)'), /type or shape/, 1e-12);
  });
  it('of databases are compared without the count of their commits', () => {
    const database = (commits: number, last: number): Partial<Outputs> => {
      const bytes = new Uint8Array(512);
      bytes.set(new TextEncoder().encode('SQLite format 3\0'));
      new DataView(bytes.buffer).setUint32(24, commits);
      new DataView(bytes.buffer).setUint32(92, commits);
      bytes[511] = last;
      return files(written('a.db', bytes));
    };
    same(database(500, 7), database(2, 7));
    differs(database(500, 7), database(2, 8), 'file a.db: its content differs.');
  });
  it('are the same ones', () => {
    differs(files(written('a.txt', 'x')), files(), 'file a.txt: created by the original, left alone by the candidate.');
    differs(files(), files(written('b.txt', 'x')), 'file b.txt: created by the candidate, not by the original.');
    differs(files(written('a.txt', 'x')), files(written('a.txt', 'x', 'changed')), /created in the original, changed in the candidate/);
  });
});

describe('What two runs of the original do not agree on', () => {
  const rules = (...runs: Outputs[]) => ({ tolerance: 0, mask: maskOf(runs), regions, errors: 'text' as const });
  const masked = (a: string, b: string, candidate: string): { difference: string | null; evidence: number; described: string[] } => {
    const used = rules(outputs(text(a)), outputs(text(b)));
    return { ...compareRuns(outputs(text(a)), outputs(text(candidate)), used), described: used.mask.described };
  };
  it('is nothing for a steady script', () => {
    assert.deepEqual(maskOf([outputs(text('a\n')), outputs(text('a\n'))]), emptyMask());
  });
  it('is masked number by number, and said', () => {
    const found = masked('n 5\ntook 0.512 s\n', 'n 5\ntook 0.498 s\n', 'n 5\ntook 0.011 s\n');
    assert.deepEqual(found, {
      difference: null,
      evidence: 1,
      masked: [],
      described: ['stdout line 2: a number that changes from run to run (0.512 / 0.498)'],
    });
    assert.match(masked('n 5\ntook 0.512 s\n', 'n 5\ntook 0.498 s\n', 'n 6\ntook 0.512 s\n').difference ?? '', /line 1/);
    assert.match(masked('took 0.512 s\n', 'took 0.498 s\n', 'needed 0.5 s\n').difference ?? '', /line 1/);
  });
  it('lets a time change its unit, and a count beside it not', () => {
    assert.equal(masked('3 items in 512.1 ms\n', '3 items in 498.7 ms\n', '3 items in 11.2 µs\n').difference, null);
    assert.match(masked('3 items in 512.1 ms\n', '3 items in 498.7 ms\n', '4 items in 11.2 µs\n').difference ?? '', /4 items/);
  });
  it('is masked as addresses, names and stretches', () => {
    assert.equal(masked('<obj at 0x7f01> 1\n', '<obj at 0x7f02> 1\n', '<obj at 0xffff> 1\n').difference, null);
    assert.equal(masked('in tmpab12 : 7\n', 'in tmpzz : 7\n', 'in tmpqq9 : 7\n').difference, null);
    assert.match(masked('in tmpab12 : 7\n', 'in tmpzz : 7\n', 'in tmpqq9 : 8\n').difference ?? '', /line 1/);
    const stretch = masked('id 3fa9-11 total 7\n', 'id c0ffee total 7\n', 'id 9-9-9 total 7\n');
    assert.equal(stretch.difference, null);
    assert.match(stretch.described[0] ?? '', /line 1: a part that changes/);
    assert.match(masked('id 3fa9-11 total 7\n', 'id c0ffee total 7\n', 'id 9-9-9 total 8\n').difference ?? '', /line 1/);
  });
  it('may be the order of the lines alone', () => {
    const found = masked('a 1\nb 2\n', 'b 2\na 1\n', 'b 2\na 1\n');
    assert.equal(found.difference, null);
    assert.equal(found.evidence, 2);
    assert.match(found.described[0] ?? '', /the order of its lines/);
    assert.match(masked('a 1\nb 2\n', 'b 2\na 1\n', 'b 3\na 1\n').difference ?? '', /stdout: the original has "b 2"/);
  });
  it('may leave nothing of the text, and then the text is no evidence', () => {
    assert.deepEqual(masked('a\n', 'a\nb\n', 'c\n'), {
      difference: null,
      evidence: 0,
      masked: [],
      described: ['stdout: not compared, its lines change from run to run'],
    });
    assert.equal(masked('done in 0.5 s\n', 'done in 0.6 s\n', 'done in 0.1 s\n').evidence, 0);
  });
  it('is masked in files, in their names and in values too', () => {
    const one = outputs({
      files: [written('log.txt', 'at 1.5\n'), written('out-12ab34.txt', 'x')],
      regions: [left([value('out', [1]), value('stamp', [5])])],
    });
    const two = outputs({
      files: [written('log.txt', 'at 1.6\n'), written('out-98cd00.txt', 'x')],
      regions: [left([value('out', [1]), value('stamp', [6])])],
    });
    const used = rules(one, two);
    used.regions = [{ id: '/p/script.py:3-5', region: { ...region, captures: ['out', 'stamp'] } }];
    assert.deepEqual(used.mask.described.length, 3, used.mask.described.join('; '));
    const candidate = outputs({
      files: [written('log.txt', 'at 9.9\n'), written('out-77ee77.txt', 'x')],
      regions: [left([value('out', [1]), value('stamp', [7])])],
    });
    assert.deepEqual(compareRuns(one, candidate, used).difference, null);
    const wrong = { ...candidate, regions: [left([value('out', [2]), value('stamp', [7])])] };
    assert.match(compareRuns(one, wrong, used).difference ?? '', /`out`/);
  });
});
