/** A hot function whose whole body is compiled: it asks what it was given, and calls the kernel or goes on as before. */
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachStmt } from '../../syntax/python-walk';
import type { CallSite, FunctionFacts, Span, Stmt } from '../../types';
import { dotDefinition } from './arrays';
import { callsItself, Functions } from './functions';
import { Lowering } from './lowering';
import { generatorDefinitions } from './random';
import { callText } from './guard';
import { planKernel, type Kernel } from './kernel';
import { isScalar } from './kinds';
import {
  callsCompiled,
  clause,
  compiledNames,
  conversionProblem,
  costOf,
  definitionPlace,
  definitionText,
  ifLines,
  tightened,
  uses,
  imports,
  indented,
  isOnly,
  mixedStore,
  mayLeave,
  SHORTEST,
  spanOf,
  wrapperOf,
  type CompileMatch,
} from './match';
import { namesUsed } from './names';
import { Settling, type Settled } from './settled';
import type { Piece } from './piece';
import { bodyText, calleeTexts, canCheck, decorator, fieldNames, nameCallees, standsAlone, STARTED, type Wording } from './text';
import type { Context } from '../refactor';

export function planFunction(facts: FunctionFacts, cx: Context): Outcome<CompileMatch> | undefined {
  const { file } = facts;
  const lowering = new Lowering(cx);
  const functionsAnew = (): Functions => new Functions(cx, file, lowering);
  const fn = lowering.function(facts.function);
  const module = cx.syntax(file);
  const compiled = compiledNames(cx, file);
  if (module.language !== undefined && module.language !== 'python') return undefined;
  if (fn.decorators.length > 0 || fn.async || !fn.topLevel || fn.params.length === 0 || !isOnly(fn, module.functions)) return undefined;
  if (facts.sites.length === 0 || callsCompiled(fn.body, compiled)) return undefined;
  const body = withoutDocstring(fn.body);
  const loops = [...eachStmt(body)].some((statement) => statement.kind === 'loop');
  if (body.length === 0 || (!loops && !facts.recursive) || !standsAlone(body, cx, file)) return undefined;
  if (facts.hotspot.seconds < SHORTEST)
    return refuse('short-run', 'It takes less time than Numba needs to be imported and to compile it.', 'Try again with a longer run.', fn.span);
  if (fn.params.some(({ kind }) => kind !== 'plain'))
    return refuse(
      'kernel-input',
      '`*args`, `**kwargs` and keyword-only parameters cannot be handed to a kernel.',
      'Give the parameters names.',
      fn.span,
    );
  const params = fn.params.map(({ name }) => name);
  const use = namesUsed(body, params);
  const outside = [...use.needed].filter((name) => !use.written.has(name));
  const unset = [...use.needed].find((name) => use.written.has(name));
  if (unset !== undefined) {
    const why = `\`${unset}\` may have no value where it is read; a kernel would go on with nonsense.`;
    return refuse('kernel-type', why, 'Give it a value first.', fn.span);
  }
  const around = cx.loops?.find((one) => one.file === file && one.owner?.qualname === fn.qualname)?.values;
  const piece: Piece = { cx, file, module, owner: fn, values: { ...around, ...facts.values }, span: spanOf(body) };
  const plan = planKernel(
    piece,
    body,
    [...params, ...outside.filter((name) => cx.resolve({ kind: 'name', name, span: piece.span }, file, piece.span.start) === null)],
    functionsAnew,
  );
  if (!plan.ok) return plan;
  const kernel = plan.value;
  const { functions } = kernel;
  const cost = costOf(kernel, body, facts.values, false);
  const slow = conversionProblem(
    kernel,
    body,
    cost,
    { seconds: facts.hotspot.seconds, entries: facts.repeats?.calls, repeated: facts.sites.every((site) => site.repeated), values: facts.values },
    fn.span,
  );
  if (slow && !facts.recursive) return slow;
  const result = kernel.inference.result ?? { kind: 'none' as const };
  const settling = new Settling(cx, file, body, kernel.inference, new Set(params.filter((name) => !use.written.has(name))));
  const mixed = mixedStore(kernel, settling, fn.span);
  if (mixed) return mixed;
  const when = new Set<string>();
  const unless = new Set<string>();
  const fresh = cx.freshName('result', file);
  const ends = [...eachStmt(body)].flatMap((statement) => (statement.kind === 'return' ? [statement] : []));
  const given = givenBack(ends, kernel);
  let wrapper: string | null = wrapperOf(result);
  for (const { value, span } of given === null ? ends : []) {
    const settled: Settled | null = value ? settling.ofExpr(value) : { kind: { kind: 'none' }, when: [] };
    if (settled === null || !mayLeave(settled.kind) || (wrapperOf(settled.kind) ?? null) !== (wrapper ?? wrapperOf(settled.kind)))
      return refuse('kernel-result', `Line ${span.start.line + 1}: what is returned here may be of another type or another object than what the kernel gives.`, 'Return numbers, or lists that the function made, of one type.', span); // prettier-ignore
    wrapper = wrapperOf(settled.kind);
    settled.when.forEach((one) => when.add(one));
    settled.unless?.forEach(({ at, value }) => unless.add(`${fresh}${at === null ? '' : `[${at}]`} != ${value}`));
  }
  if (result.kind !== 'none' && use.always !== null)
    return refuse(
      'kernel-result',
      'The function may end without a return, which gives None; a kernel gives numbers only.',
      'Return a number on every way.',
      fn.span,
    );
  if (!canCheck(kernel.checks))
    return refuse('kernel-statement', 'A loop that needs a check for large ints stands on one line.', 'Put its body on lines of its own.', fn.span);

  const names = nameCallees(kernel, cx, file);
  const recursive = callsItself(fn, (callee) => functions.own(callee) === fn);
  const name = names.get(fn) ?? cx.freshName(`_${fn.name}`, file);
  names.set(fn, name);
  const { njit, np, random, edits: importEdits, hasNumpy } = imports(cx, file);
  const dot = cx.freshName('_dot', file);
  const wording: Wording = { cx, functions, names, np, updates: kernel.updates, dot };
  const call = callText(kernel, np, (base) => cx.freshName(base, file), random);
  call.conditions = tightened([...call.conditions, ...[...when].filter((one) => !call.conditions.includes(one))]);
  const unit = cx.indentUnit(file);
  const others = { ...kernel, callees: kernel.callees.filter((one) => one.function !== fn) };
  const fields = fieldNames(body, kernel.params);
  const definition = `@${decorator(njit, kernel.options)}\ndef ${name}(${kernel.params.map((one) => call.renamed.get(one.name) ?? fields.get(one.name) ?? one.name).join(', ')}):\n${[...[...call.opening].map(([one, made]) => `${unit}${fields.get(one) ?? one} = ${made}\n`), ''].join('')}${bodyText(body, kernel.checks, wording, file, fields)}\n`;
  const value = `${name}(${call.args.join(', ')})`;
  const wrapped = wrapper === null ? value : `${np}.${wrapper}(${value})`;
  const lines = dispatch({
    call: wrapped,
    before: call.before,
    after: call.after,
    raises: kernel.raises,
    gives: given ?? (result.kind === 'none' ? null : fresh),
    made: given === null && result.kind !== 'none',
    unless: [...unless],
  });
  const guarded =
    call.conditions.length > 0
      ? [...ifLines('if ', call.conditions, ':', unit), ...indented(lines, unit)]
      : lines.map((line) => line.replaceAll('\t', unit));
  if (call.conditions.length === 0 && kernel.raises.length === 0)
    return refuse('kernel-input', 'The function takes nothing.', 'Compile the loop in it.', fn.span);
  const first = spanOf(body).start;
  const indent = cx.indentAt(file, first.line);
  const at = definitionPlace(cx, file, fn.span.start);
  const helpers = [
    ...(call.generators ? generatorDefinitions(call.generators, np, unit) : []),
    ...(kernel.hasDot ? [dotDefinition(dot, njit, unit)] : []),
  ];
  const definitions = [...helpers, ...calleeTexts(others, wording, njit, file, at), definition];
  const usesNumpy = call.usesNumpy || wrapper !== null || uses(definitions, np);
  const imported = importEdits({ numpy: usesNumpy, random: call.generators !== null });
  const edits = [
    ...imported,
    cx.insert(file, at, definitionText(cx, file, at, definitions, imported.length > 0)),
    cx.insert(file, { line: first.line, character: 0 }, `${guarded.map((line) => (line === '' ? '' : indent + line)).join('\n')}\n`),
  ];
  const assumptions = [...kernel.assumptions];
  if (recursive || kernel.callees.some((one) => callsItself(one.function, (callee) => functions.own(callee, one.function.file) === one.function)))
    assumptions.push('The recursion ends before Python would stop it: a kernel has no limit of its own.');
  return ok({
    file,
    region: fn.span,
    captures: [],
    regions: regionsOf(facts, cx),
    title: `Compile \`${fn.name}\` with Numba`,
    cost: costOf(kernel, body, facts.values, !hasNumpy && usesNumpy),
    assumptions,
    guarded: assumptions.length === 0,
    tolerance: kernel.tolerance,
    requires: ['numba', 'numpy'],
    workers: null,
    edits,
  });
}

/** The lists and arrays that a function was given and gives back, where every return names the same ones; null: it gives something else. */
function givenBack(ends: readonly (Stmt & { kind: 'return' })[], { params, inference }: Kernel): string | null {
  const kept = (name: string): boolean =>
    params.some((one) => one.name === name && !isScalar(one.start.kind)) && !inference.given.some((one) => one.name === name);
  const texts = ends.map(({ value }) => {
    const items = value?.kind === 'collection' && value.type === 'tuple' ? value.items : value ? [value] : [];
    const names = items.flatMap((item) => (item.kind === 'name' && kept(item.name) ? [item.name] : []));
    return names.length > 0 && names.length === items.length ? names.join(', ') : null;
  });
  const [first = null] = texts;
  return texts.every((text) => text === first) ? first : null;
}

export function withoutDocstring(body: readonly Stmt[]): readonly Stmt[] {
  const [first] = body;
  return first?.kind === 'expression' && first.value.kind === 'string' ? body.slice(1) : body;
}

interface Dispatch {
  call: string;
  before: string[];
  after: string[];
  raises: string[];
  /** What is returned; null: nothing. */
  gives: string | null;
  /** It is what the kernel gives. */
  made: boolean;
  /** Only where these hold it can be told what came out. */
  unless: string[];
}
/** Calls the kernel and returns; where the kernel raised, or left it open what came out, it falls through. Tabs stand for one level. */
function dispatch({ call, before, after, raises, gives, made, unless }: Dispatch): string[] {
  const direct = after.length === 0 && made && unless.length === 0;
  const run = direct ? `return ${call}` : made ? `${gives} = ${call}` : call;
  const last = direct ? [] : [...after, gives === null ? 'return' : `return ${gives}`];
  const end = unless.length === 0 ? last : [STARTED, `if ${unless.join(' and ')}:`, ...last.map((line) => `\t${line}`)];
  if (raises.length === 0) return [...before, run, ...end];
  if (direct) return [...before, 'try:', `\t${run}`, clause(raises), '\tpass'];
  return [...before, 'try:', `\t${run}`, clause(raises), '\tpass', 'else:', ...end.map((line) => `\t${line}`)];
}

const inside = (inner: Span, outer: Span): boolean => inner.start.line >= outer.start.line && inner.end.line <= outer.end.line;

/** The statements that call it, with the loops around them. */
function regionsOf(facts: FunctionFacts, cx: Context): NonNullable<CompileMatch['regions']> {
  const found: { file: string; span: Span; captures: string[] }[] = [];
  for (const site of facts.sites.slice(0, 20)) {
    const statement = outermost(site, cx);
    if (statement === null || found.some((one) => one.file === site.file && inside(statement.span, one.span))) continue;
    found.push({ file: site.file, span: statement.span, captures: [...namesUsed([statement]).written] });
  }
  return found.filter((one) => !found.some((other) => other !== one && other.file === one.file && inside(one.span, other.span))).slice(0, 8);
}

function outermost(site: CallSite, cx: Context): Stmt | null {
  const module = cx.syntax(site.file);
  const body = site.owner === '<module>' ? module.body : (module.functions.find(({ qualname }) => qualname === site.owner)?.body ?? []);
  let loop: Stmt | null = null;
  let last: Stmt | null = null;
  for (const statement of eachStmt(body)) {
    if (!inside(site.statement, statement.span)) continue;
    if (statement.kind === 'loop') loop ??= statement;
    last = statement;
  }
  return loop ?? last;
}
