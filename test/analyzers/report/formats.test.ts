import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { embeddedJson, renderHtml } from '../../../analyzers/report/html';
import { reportJsonSchema } from '../../../analyzers/report/json-schema';
import { renderMarkdown } from '../../../analyzers/report/markdown';
import { maskReport } from '../../../analyzers/report/export-mask';
import { parseReport } from '../../../analyzers/report/schema';
import { renderSpeedscope } from '../../../analyzers/report/speedscope';
import { demoTable, renderTerminal } from '../../../analyzers/report/terminal';
import { example, findings, vectorize } from './example';

const hostile = `</script><img src=x onerror=alert(1)>|\`**\n# x`;
const look = { colour: false, width: 100, explain: false, reportFile: null };

describe('the report as JSON', () => {
  const validate = new Ajv({ strictTuples: false }).compile(reportJsonSchema());

  it('is what its JSON Schema says, at every depth', () => {
    for (const depth of ['profile', 'advise', 'prove'] as const) {
      const written: unknown = JSON.parse(JSON.stringify(example({ depth })));
      assert.ok(validate(written), JSON.stringify(validate.errors));
    }
  });
  it('is read back with its findings', () => {
    const written = JSON.stringify(example({ findings }));
    assert.ok(validate(JSON.parse(written)), JSON.stringify(validate.errors));
    const read = parseReport(written);
    assert.ok(read.ok);
    assert.deepEqual(read.value.findings, findings);
  });
  it('is read back as it was', () => {
    const read = parseReport(JSON.stringify(example()));
    assert.ok(read.ok);
    assert.deepEqual(read.value, JSON.parse(JSON.stringify(example())));
  });
  it('may have fields that this version does not know', () => {
    const newer = { ...example(), future: 1, run: { ...example().run, future: {} } };
    assert.ok(parseReport(JSON.stringify(newer)).ok);
    assert.ok(validate(newer));
  });
  it('is refused, with the place, when a field is missing or wrong', () => {
    const without = { ...example(), verdict: undefined };
    assert.ok(!validate(JSON.parse(JSON.stringify(without))));
    const missing = parseReport(JSON.stringify(without));
    assert.match(missing.ok ? '' : missing.refusal.why, /verdict/);
    const wrong = parseReport(JSON.stringify({ ...example(), run: { ...example().run, seconds: '4' } }));
    assert.match(wrong.ok ? '' : wrong.refusal.why, /run\.seconds/);
    for (const text of ['', '{', '[]', 'null', '{"schema":"hotloop/2"}']) assert.equal(parseReport(text).ok, false, text);
  });
});

describe('exports', () => {
  it('mask the home folder and the arguments everywhere', () => {
    const masked = JSON.stringify(maskReport(example(), '/home/ada'));
    assert.doesNotMatch(masked, /home\/ada|secret-value/);
    assert.match(masked, /~\/fins\/fin tip\.py/);
    assert.match(JSON.stringify(maskReport(example(), '/home/ad')), /\/home\/ada\/fins/);
  });

  it('put no raw text into HTML', () => {
    const report = example();
    report.source.path = `/x/${hostile}`;
    report.lines[0]!.text = hostile;
    const html = renderHtml(report, { script: 'let x = "</script>";', style: 'a{}</style>' });
    assert.doesNotMatch(html, /<img/);
    assert.equal(html.match(/<\/script>/g)?.length, 2);
    assert.equal(html.match(/<\/style>/g)?.length, 1);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
    assert.deepEqual(JSON.parse(embeddedJson({ a: `${hostile}\u2028` })), { a: `${hostile}\u2028` });
  });

  it('tell the same in Markdown, where hostile text stays text', () => {
    const report = example();
    report.lines[0]!.text = hostile;
    report.candidates[1]!.title = hostile;
    const markdown = renderMarkdown(report);
    assert.match(markdown, /17\.2x \[16\.1, 18\.4\]/);
    assert.match(markdown, /```diff\n--- a\/fin tip\.py/);
    const outsideOfCode = markdown.replace(/\\`/g, '').replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
    assert.doesNotMatch(outsideOfCode, /<img/);
    assert.doesNotMatch(markdown, /^# x/m);
  });

  it('say how far earlier predictions were off', () => {
    assert.match(renderMarkdown(example()), /^- Predictions of this kind have been off by 1\.4x on this machine \(7 proofs\)\.$/m);
  });
  it('list what was found in the parallel code, as text', () => {
    const [first] = findings;
    const markdown = renderMarkdown(example({ findings: [...findings, { ...first!, why: hostile }] }));
    assert.match(
      markdown,
      /## Parallel code\n\n- \*\*fin tip\.py:15\*\* \(`threads-on-cpu-work`, 47 % of the run\): Line 15 runs tip on several threads/,
    );
    assert.match(markdown, /- \*\*fin tip\.py:7\*\* \(`unsynchronised-write`, likely\): .* updates can get lost\. Put the update under one lock/);
    assert.doesNotMatch(markdown, /<img/);
    assert.doesNotMatch(renderMarkdown(example()), /Parallel code/);
  });

  it('give call paths to speedscope with frames that exist and weights in seconds', () => {
    const made = JSON.parse(renderSpeedscope(example())) as {
      shared: { frames: { name: string }[] };
      profiles: { samples: number[][]; weights: number[]; unit: string; endValue: number }[];
    };
    const [profile] = made.profiles;
    assert.deepEqual(profile?.samples, [[0, 1], [0]]);
    assert.deepEqual(profile.weights, [2.2, 0.4]);
    assert.equal(profile.unit, 'seconds');
    assert.deepEqual(made.shared.frames.map(({ name }) => name), ['main', 'tip']); // prettier-ignore
  });
});

describe('the summary in the terminal', () => {
  it('says the verdict, the hot lines, the candidates and the advice', () => {
    const text = renderTerminal(example(), { ...look, reportFile: 'r.json' });
    for (const part of [
      'busy in Python code (clear)',
      'fin tip.py:7',
      '47 %',
      'proven',
      "don't",
      'not possible',
      '17.2x [16.1, 18.4]',
      'Apply: Vectorize with NumPy.',
      `hotloop apply r.json --candidate '${vectorize.id}'`,
    ])
      assert.ok(text.includes(part), part);
    // eslint-disable-next-line no-control-regex -- colours are what must not be there
    assert.doesNotMatch(text, /\u001b/);
  });
  it('counts what is not possible where it would bury the rest, and tells all of it when asked to explain', () => {
    const report = example();
    const blocked = report.candidates.find(({ status }) => status === 'blocked');
    assert.ok(blocked !== undefined);
    report.candidates.push(...[1, 2, 3, 4].map((number) => ({ ...blocked, title: `Way ${number}` })));
    const short = renderTerminal(report, look);
    assert.match(short, /5 more ways are not possible here; --explain tells why\./);
    assert.doesNotMatch(short, /Way 1/);
    assert.match(renderTerminal(report, { ...look, explain: true }), /Way 1[^]*Way 4/);
  });
  it('says what was found in the parallel code, in lines that fit', () => {
    const text = renderTerminal(example({ findings }), { ...look, width: 70 });
    const [, section] = /\nParallel code\n([^]*?)\n\n/.exec(text) ?? [];
    assert.match(section!, /^ {2}fin tip\.py:15 {2}47 % of the run\n {4}Line 15 runs tip/);
    assert.match(section!, /\n {2}fin tip\.py:7 {2}likely\n/);
    assert.match(section!.replace(/\s+/g, ' '), /one thread at a time run\. Run it on processes/);
    for (const line of section!.split('\n')) assert.ok(line.length <= 70, line);
    assert.doesNotMatch(renderTerminal(example(), look), /Parallel code/);
  });
  it('colours only when asked, and never lets a script move the cursor', () => {
    const report = example();
    report.lines[0]!.text = 'x = "\u001b[2J"';
    // eslint-disable-next-line no-control-regex -- as above
    assert.doesNotMatch(renderTerminal(report, { ...look, colour: true }), /\u001b\[2J/);
    // eslint-disable-next-line no-control-regex -- as above
    assert.match(renderTerminal(report, { ...look, colour: true }), /\u001b\[1m/);
  });
  it('explains everything on request', () => {
    const text = renderTerminal(example(), { ...look, explain: true });
    for (const part of ['assumes: tip does not look', 'not compared: the time of day', '+    excess = tip(hs, ks)', '2 workers: 0.64x'])
      assert.ok(text.includes(part), part);
  });
  it('puts several scripts into one table', () => {
    const table = demoTable([
      { name: 'fins', report: example() },
      { name: 'none', report: example({ candidates: [], blocked: [] }) },
    ]);
    assert.match(table, /fins +cpu-python, 4\.73 s +Vectorize with NumPy +19x \[14, 26\] +17\.2x \[16\.1, 18\.4\] +44x \[40, 49\] +observed/);
    assert.match(table, /don't: Process pool with chunks/);
    assert.match(table, /none .* leave it as it is/);
  });
});
