/**
 * May the trips of a loop run in another order, or at the same time? What the text forbids, a run cannot allow; what the text leaves open, a run can
 * show for its own input only.
 */
import { sameSpan } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import type { Accumulator, AccumulatorOp, Evidence, Legality, LoopEvidence, LoopFacts, Span, Stmt, Witness } from '../types';
import { endsOnlyASearch } from './search';

type Step = Legality['steps'][number];

/** An order of fewer trips than this says nothing. */
const FEWEST_REORDERED = 3;
const NUMBER = /^(int|float|bool|complex|(u?int|float|complex|bool)\d*|(decimal\.)?Decimal|(fractions\.)?Fraction|(datetime\.)?timedelta|ndarray|Counter|collections\.Counter)$/; // prettier-ignore
/** Operators whose meaning a class of the program's own can change. */
const OVERLOADED: ReadonlySet<AccumulatorOp> = new Set(['+', '*', '&', '|', '^', 'min', 'max', 'argmin', 'argmax', 'count', 'extend', 'string']);

/** How the parts of a loop are put together again, for each kind of accumulator. */
const GATHERED: Record<AccumulatorOp, string> = {
  '+': 'adds up, and sums of parts can be added',
  '*': 'multiplies, and products of parts can be multiplied',
  min: 'keeps the least, and so can the parts',
  max: 'keeps the greatest, and so can the parts',
  '&': 'joins bits with &, in any order',
  '|': 'joins bits with |, in any order',
  '^': 'joins bits with ^, in any order',
  and: 'asks whether all are so, which parts can answer for themselves',
  or: 'asks whether any is so, which parts can answer for themselves',
  count: 'counts, and counts of parts can be added',
  append: 'only receives elements, so parts can be gathered separately and joined in order',
  extend: 'only receives elements, so parts can be gathered separately and joined in order',
  add: 'only receives elements of a set, so parts can be gathered separately',
  string: 'only grows at its end, so parts can be gathered separately and joined in order',
  dict: 'adds up by key, and so can the parts',
  entry: 'only receives entries, so parts can be gathered separately and merged in order',
  group: 'groups by key, so parts can be gathered separately and joined in order',
  argmin: 'remembers where the least was, and the earliest of the parts can be kept',
  argmax: 'remembers where the greatest was, and the earliest of the parts can be kept',
};

/** The verdict with the steps that led to it, the deciding one last. */
export function judgeLoop(facts: LoopFacts): Legality {
  const at = (text: string, span: Span): Step => ({ text, file: facts.file, line: span.start.line + 1 });
  const forbidden = forbids(facts, at);
  if (forbidden.length > 0) return { verdict: 'blocked', steps: forbidden };
  const { evidence } = facts;
  const seen = evidence ? shown(facts, evidence) : [];
  if (seen.length > 0) return { verdict: 'blocked', steps: seen };
  const allowed = allows(facts, at);
  const open = leftOpen(facts, at);
  const conclusion = at('No trip needs what another leaves behind.', facts.ir.span);
  if (open.length === 0) return { verdict: 'independent', steps: [...allowed, conclusion] };
  const steps = [...allowed, ...open.map(({ step }) => step)];
  if (
    !evidence ||
    !convinces(
      evidence,
      open.every(({ places }) => places),
    )
  )
    return { verdict: 'unknown', steps };
  const trips = `${evidence.shadowed.toLocaleString('en-US')} of ${evidence.trips.toLocaleString('en-US')} trips were watched: none needed what another had left.`; // prettier-ignore
  const orders = evidence.reordered.map(({ order }) => at(`With its trips ${order} the loop gave the same on this input.`, facts.ir.span));
  return { verdict: 'observed', steps: [...steps, at(`On this input: ${trips}`, facts.ir.span), ...orders] };
}

/** What the text rules out. */
function forbids(facts: LoopFacts, at: (text: string, span: Span) => Step): Step[] {
  const gathered = new Set(facts.accumulators.map((one) => one.name));
  const steps = facts.carried.filter((one) => one.possible !== true).map((one) => at(one.why, one.span));
  const leaves = facts.flow.filter(({ kind }) => kind === 'break' || kind === 'return');
  if (leaves.length > 0 && !endsOnlyASearch(facts)) {
    for (const { kind, span } of leaves)
      steps.push(at(`A trip can end the whole loop (${kind}), so the trips after it run only if it does not.`, span));
  }
  for (const { kind, span } of facts.flow) {
    if (kind === 'yield') steps.push(at('The loop hands out values one by one; whoever takes them acts between two trips.', span));
    if (kind === 'await') steps.push(at('A trip gives way to other coroutines, which may act between two trips.', span));
  }
  for (const one of facts.effects) if (one.own !== true) steps.push(at(one.why, one.span));
  const { space } = facts.ir;
  if (space.kind === 'while' && space.counter === null) steps.push(at('Whether there is a next trip is known only when the one before has ended.', space.span)); // prettier-ignore
  for (const name of facts.liveOut) {
    if (gathered.has(name) || facts.indices.includes(name) || setInEveryTrip(name, facts.ir.body)) continue;
    // Why it does not only gather is said with what ties the trips.
    if (facts.carried.some((one) => one.name === name && one.possible === true)) continue;
    steps.push(at(`\`${name}\` is used after the loop, and only some trips set it: which one was the last depends on their order.`, facts.ir.span));
  }
  return distinct(steps);
}

/** What a run has shown. */
function shown(facts: LoopFacts, evidence: LoopEvidence): Step[] {
  // Of `self.counts` its entries meet as well: `self.counts['a']`.
  const isGathered = (what: string): boolean => facts.accumulators.some(({ name }) => what === name || what.startsWith(`${name}[`));
  const [witness] = evidence.witnesses.filter(({ what }) => !isGathered(what));
  if (witness) return [{ text: meeting(witness), file: facts.file, line: witness.second.line, witness }];
  const line = facts.ir.span.start.line + 1;
  const differs = evidence.reordered.find(({ same }) => !same);
  if (differs)
    return [{ text: `With its trips ${differs.order} the loop gave something else${differs.difference === undefined ? '' : `: ${differs.difference}`}.`, file: facts.file, line }]; // prettier-ignore
  if (evidence.random > 0 && facts.calls.every(({ advances, reseeds }) => advances === undefined && reseeds !== true))
    return [{ text: `${evidence.random} of ${evidence.watched} trips drew from a random generator that all of them share.`, file: facts.file, line }];
  return [];
}

function meeting({ kind, what, first, second }: Witness): string {
  const [a, b] = [`Trip ${first.trip + 1} (line ${first.line})`, `trip ${second.trip + 1} (line ${second.line})`];
  if (kind === 'flow') return `${a} writes ${what}, and ${b} reads it.`;
  return kind === 'anti' ? `${a} reads ${what} before ${b} writes it.` : `${a} and ${b} both write ${what}, and the later one must win.`;
}

/** What looks like a tie between trips and is none. */
function allows(facts: LoopFacts, at: (text: string, span: Span) => Step): Step[] {
  const steps = facts.accumulators.map((one) => at(`\`${one.name}\` ${GATHERED[one.op]}.`, one.statement));
  if (facts.privates.length > 0) {
    const [first, ...others] = facts.privates.map((name) => `\`${name}\``);
    steps.push(at(`${[first, ...others].join(', ')} ${others.length === 0 ? 'is' : 'are'} set anew in every trip.`, facts.ir.span));
  }
  for (const one of facts.effects) if (one.own === true) steps.push(at(`${one.why} It is an element that only its own trip has.`, one.span));
  for (const call of facts.calls) {
    if (call.advances !== undefined) steps.push(at(`\`${call.written}\` draws from \`${call.advances}\`, a generator of the trip's own.`, call.span));
    else if (call.reseeds === true) steps.push(at(`\`${call.written}\` seeds the generator before it draws.`, call.span));
  }
  if (facts.flow.some(({ kind }) => kind === 'break' || kind === 'return')) steps.push(at('The early end only says that one was found, whichever it is.', facts.ir.span)); // prettier-ignore
  return distinct(steps);
}

/** What the text cannot tell. `places`: whether two trips touch the same place, which only all of them together show. */
function leftOpen(facts: LoopFacts, at: (text: string, span: Span) => Step): { step: Step; places: boolean }[] {
  const open = facts.carried.filter((one) => one.possible === true).map((one) => ({ step: at(one.why, one.span), places: true }));
  for (const call of facts.calls) {
    const ownElement = facts.effects.some((one) => one.own === true && sameSpan(one.span, call.span));
    const harmless = call.changes !== undefined || call.advances !== undefined || call.reseeds === true || ownElement;
    if (call.purity === 'unknown' || ((call.purity === 'mutates' || call.purity === 'rng') && !harmless))
      open.push({ step: at(call.why, call.span), places: false });
  }
  for (const one of facts.accumulators) {
    if (!OVERLOADED.has(one.op) || hasPlainValues(one, facts)) continue;
    open.push({ step: at(`What \`${one.name}\` is, and so what its operator does, could not be told.`, one.statement), places: true });
  }
  return open;
}

/** Is it of a built-in type, whose operators do what they look like? */
function hasPlainValues({ name, op, init, value, type: told }: Accumulator, facts: LoopFacts): boolean {
  const type = facts.values[name]?.type ?? told;
  if (type !== undefined) return type.split('|').every((one) => NUMBER.test(one) || one === 'NoneType' || /^(str|bytes|list|tuple|bytearray|set|dict|deque|collections\.deque)$/.test(one)); // prettier-ignore
  const start = init?.kind === 'unary' ? init.operand : init;
  if (start && ['number', 'string', 'constant', 'collection', 'format', 'dict'].includes(start.kind)) return true;
  // float('inf'), math.inf, the first element of a list: a class of the program's own would be a name called.
  if (start?.kind === 'attribute' && /^(math|np|numpy)\.(inf|nan)$/.test(dottedName(start) ?? '')) return true;
  if (
    start?.kind === 'call' &&
    /^(float|int|str|list|dict|set|bytes|np\.zeros|numpy\.zeros|Counter|defaultdict|(decimal\.)?Decimal|(fractions\.)?Fraction)$/.test(
      dottedName(start.callee) ?? '',
    )
  )
    return true;
  return op === 'count' || value.kind === 'number' || value.kind === 'string' || value.kind === 'format';
}

/**
 * Every trip was watched, or another order gave the same, and nothing speaks against it. What an unknown call keeps to itself (a count, a cursor) no
 * watching of names and elements shows: there only another order does. `places`: all that is open is whether two trips meet at a place.
 */
function convinces(evidence: LoopEvidence, places: boolean): boolean {
  if (evidence.effects > 0 || evidence.random > 0) return false;
  const several = evidence.tripsPerEntry.most >= FEWEST_REORDERED;
  const reordered = several && evidence.reordered.length > 0 && evidence.reordered.every(({ same }) => same);
  return reordered || (places && evidence.trips > 0 && evidence.shadowed >= evidence.trips);
}

/** Set on every way through a trip, so that the last trip's value stays whatever the others did. */
function setInEveryTrip(name: string, body: readonly Stmt[]): boolean {
  return body.some((statement): boolean => {
    switch (statement.kind) {
      case 'assign':
        return statement.targets.some((target) => bindsPlainly(target, name));
      case 'if':
        return setInEveryTrip(name, statement.then) && setInEveryTrip(name, statement.otherwise);
      case 'with':
        return setInEveryTrip(name, statement.body);
      default:
        return false;
    }
  });
}

function bindsPlainly(target: LoopFacts['ir']['target'], name: string): boolean {
  if (target?.kind === 'name') return target.name === name;
  return target?.kind === 'collection' && target.items.some((item) => bindsPlainly(item, name));
}

function distinct<T extends Evidence>(steps: readonly T[]): T[] {
  const seen = new Set<string>();
  return steps.filter(({ text, line }) => {
    const key = `${line ?? ''}:${text}`;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}
