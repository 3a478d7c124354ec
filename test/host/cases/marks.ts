import assert from 'node:assert/strict';
import { shiftLine } from '../../../extension/editor/marks';
import { rerunsWithin, runPlan, summary } from '../../../extension/wording';
import { seconds } from '../../../analyzers/platform/units';
import { reportOn } from '../report-fixture';

describe('what the editor says', () => {
  it('moves a measured line with the text above it, and gives it up when it was rewritten', () => {
    const change = (startLine: number, endLine: number, newLines: number, startCharacter = 0) => ({ startLine, startCharacter, endLine, newLines });
    assert.equal(shiftLine(7, change(3, 3, 2)), 9, 'two lines put in above');
    assert.equal(shiftLine(7, change(3, 5, 0)), 5, 'two lines taken out above');
    assert.equal(shiftLine(7, change(9, 9, 4)), 7, 'typing below');
    assert.equal(shiftLine(7, change(7, 7, 0, 5)), 7, 'typing in the line');
    assert.equal(shiftLine(7, change(7, 7, 1, 0)), 8, 'a line put in right before it');
    assert.equal(shiftLine(7, change(6, 8, 0)), null, 'the line taken out');
  });

  it('says before a search how often and how long the script will run', () => {
    const unknown = runPlan('a.py', null, seconds(60));
    assert.match(unknown.detail, /runs it once as you start it.*about a dozen runs, within 60 s.*Your files are left alone/s);
    const known = runPlan('a.py', seconds(20), seconds(60));
    assert.match(known.detail, /about 3 runs, within 60 s.*The last run took 20 s\./s);
    assert.equal(rerunsWithin(seconds(0.001), seconds(60)), 12);
    assert.equal(rerunsWithin(seconds(500), seconds(60)), 2);
  });

  it('ends with one sentence that holds the interval', () => {
    assert.equal(summary(reportOn('/a.py', '')), 'Vectorize with NumPy: 12x [11, 13], proven.');
    assert.equal(summary(reportOn('/a.py', '', 'profile')), 'Ran in 2.4 s. Line 7: 79 % of the run, CPU-bound Python.');
  });
});
