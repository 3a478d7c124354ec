import type { LoopFacts } from '../../types';
import type { Outcome } from '../../platform/result';
import { codeOf, type Code } from '../algorithm/code';
import type { EditMatch } from '../algorithm/edit';
import { judgeScan, planIndexes } from '../algorithm/lookup';
import { isLazy, loopsAround, waitsForIo } from '../algorithm/loop';
import { planLastingIndex, planIndexForCallees } from '../algorithm/lookup-calls';
import { namesIn, scansIn, type Scan } from '../algorithm/scans';
import { defineRefactor, type Context } from '../refactor';

/** An inner loop that goes through all of a list for the items with a given key. */
export const refactor = defineRefactor<EditMatch>({
  id: 'lookup-dict',
  family: 'algorithm',
  title: 'Index by key',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    const scans = scansIn(facts.ir).filter(
      (scan) => !movesWith(scan, facts) && !loopsAround(facts, cx).some((outer) => isPlanned(scan, outer, code, cx)),
    );
    const plan = planIndexes(scans, facts, code, cx);
    if (plan?.ok === true) return plan;
    const callees = planIndexForCallees(facts, code, cx);
    return callees?.ok === true ? callees : (plan ?? callees);
  },

  matchFunction: (facts, verdict, cx): Outcome<EditMatch> | undefined =>
    waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript' ? undefined : planLastingIndex(facts, cx),

  rewrite: (match) => match.edits,
});

/** A list of its own in every trip is walked over once. */
const movesWith = ({ held }: Scan, { writes, indices }: LoopFacts): boolean => held.flatMap(namesIn).some((name) => writes.includes(name) || indices.includes(name)); // prettier-ignore

const isPlanned = (scan: Scan, outer: LoopFacts, code: Code, cx: Context): boolean =>
  scansIn(outer.ir).some((each) => each.inner === scan.inner) && !movesWith(scan, outer) && judgeScan(scan, outer, code, cx).ok;
