/** A hot loop that becomes a kernel of its own, with the plain assignments right above it that start what it changes. */
import { ok, refuse, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, eachStmt, nestedBlocks } from '../../syntax/python-walk';
import type { Expr, LoopFacts, Refusal, Span, Stmt } from '../../types';
import { dotDefinition, isArray } from './arrays';
import { changedIn } from './changes';
import { callText } from './guard';
import { Functions } from './functions';
import { planKernel, type Kernel } from './kernel';
import { isField, Lowering } from './lowering';
import { generatorDefinitions } from './random';
import { isScalar, type Kind } from './kinds';
import { callsCompiled, clause, compiledNames, conversionProblem, costOf, definitionPlace, definitionText, ifLines, imports, indented, mayLeave, mixedStore, SHORTEST, tightened, uses, wrapperOf, type CompileMatch } from './match'; // prettier-ignore
import { namesUsed } from './names';
import { Settling } from './settled';
import type { Piece } from './piece';
import { bodyText, calleeTexts, canCheck, decorator, fieldNames, nameCallees, standsAlone, STARTED, type Wording } from './text';
import type { Context } from '../refactor';

type LoopStmt = Stmt & { kind: 'loop' };
interface Place {
  block: readonly Stmt[];
  index: number;
}

export function planLoop(facts: LoopFacts, cx: Context): Outcome<CompileMatch> | undefined {
  if (facts.ir.language !== 'python' || (facts.ir.form !== 'for' && facts.ir.form !== 'while')) return undefined;
  const { file, owner } = facts;
  const module = cx.syntax(file);
  const compiled = compiledNames(cx, file);
  if (owner !== null && (owner.async || owner.decorators.some((one) => /\b(njit|jit|cuda|vectorize)\b/.test(one)))) return undefined;
  const lowering = new Lowering(cx);
  const body = lowering.body(owner?.body ?? module.body, owner, file);
  const way = wayTo(body, facts.ir.span);
  if (way === null || callsCompiled(owner ? owner.body : (way[0]?.block ?? []), compiled)) return undefined;
  if (facts.hotspot.seconds < SHORTEST)
    return refuse(
      'short-run',
      'It takes less time than Numba needs to be imported and to compile it.',
      'Try again with a longer run.',
      facts.ir.span,
    );
  let last: Refusal | null = null;
  for (const [depth, { block, index }] of way.entries()) {
    const statement = block[index];
    if (statement?.kind !== 'loop' || !standsAlone([statement], cx, file) || exits(statement)) continue;
    const plan = new LoopPlan(facts, cx, way.slice(0, depth + 1), statement, lowering).plan();
    if (plan.ok) return plan;
    last = plan.refusal;
  }
  return last === null ? undefined : { ok: false, refusal: last };
}

/** The blocks around a loop, outermost first. */
function wayTo(body: readonly Stmt[], span: Span): Place[] | null {
  for (const [index, statement] of body.entries()) {
    if (
      statement.kind === 'loop' &&
      statement.loop.span.start.line === span.start.line &&
      statement.loop.span.start.character === span.start.character
    )
      return [{ block: body, index }];
    for (const block of nestedBlocks(statement)) {
      const inner = wayTo(block, span);
      if (inner) return [{ block: body, index }, ...inner];
    }
  }
  return null;
}

/** A return ends more than the loop: that is for the whole function to be compiled. */
const exits = (statement: LoopStmt): boolean => [...eachStmt([statement])].some((one) => one.kind === 'return');

class LoopPlan {
  readonly #file: string;
  readonly #inits: Stmt[] = [];
  /** Assignments between those that are taken along, which stay. */
  readonly #between: Stmt[] = [];
  readonly #body: readonly Stmt[];
  private readonly block: readonly Stmt[];
  private readonly index: number;

  constructor(
    private readonly facts: LoopFacts,
    private readonly cx: Context,
    /** The blocks around the loop with what holds it, outermost first; the last is its own. */
    private readonly around: readonly Place[],
    private readonly loop: LoopStmt,
    private readonly lowering: Lowering,
  ) {
    this.#file = facts.file;
    this.block = around.at(-1)?.block ?? [];
    this.index = around.at(-1)?.index ?? 0;
    this.#takeInits();
    this.#body = [...this.#inits, loop];
  }

  /** Back from the loop: what starts a name that the loop changes is taken along, what has nothing to do with it stays. */
  #takeInits(): void {
    const changed = new Set([...changedIn(this.loop.loop), ...appended(this.loop)]);
    const taken: Stmt[] = [];
    const between: Stmt[] = [];
    for (let at = this.index - 1; at >= 0; at -= 1) {
      const statement = this.block[at];
      if (statement?.kind !== 'assign' || !standsAlone([statement], this.cx, this.#file)) break;
      const names = statement.targets.flatMap(boundNames);
      const plain = statement.targets.every((target) => target.kind === 'name' || target.kind === 'collection');
      const used = namesUsed([statement]);
      if (plain && names.length > 0 && names.every((name) => changed.has(name)) && isStart(statement.value)) {
        // What stays is made before: it must not read what is taken along.
        if (between.some((one) => names.some((name) => namesUsed([one]).needed.has(name) || namesUsed([one]).written.has(name)))) break;
        taken.unshift(statement);
      } else {
        if (!plain || [...changed].some((name) => used.needed.has(name) || used.written.has(name))) break;
        between.unshift(statement);
      }
    }
    // Only what stands between the first that is taken and the loop is moved.
    const first = taken[0]?.span.start.line ?? Infinity;
    this.#inits.push(...taken);
    this.#between.push(...between.filter((one) => one.span.start.line > first));
  }

  plan(): Outcome<CompileMatch> {
    const { facts, cx, loop } = this;
    const { owner } = facts;
    const file = this.#file;
    const module = cx.syntax(file);
    const use = namesUsed(this.#body);
    const span = { start: { line: (this.#inits[0] ?? loop).span.start.line, character: 0 }, end: loop.span.end };
    const isVariable = (name: string): boolean => cx.resolve({ kind: 'name', name, span: loop.span }, file, loop.span.start) === null;
    const params = [...use.needed].filter(isVariable);
    const before = new Set([
      ...(owner?.params ?? []).map(({ name }) => name),
      ...(namesUsed(this.block.slice(0, this.index)).always ?? []),
      ...this.#given(),
    ]);
    const unset = params.find((name) => use.written.has(name) && !before.has(name) && !isField(name));
    if (unset !== undefined) return refuse('kernel-type', `\`${unset}\` may have no value before the loop, but is read in it; a kernel would go on with nonsense.`, 'Give it a value before the loop.', loop.span); // prettier-ignore
    const values = { ...facts.values, ...facts.evidence?.values };
    const piece: Piece = { cx, file, module, owner, values: { ...values, ...facts.values }, span };
    const plan = planKernel(piece, this.#body, params, () => new Functions(cx, file, this.lowering));
    if (!plan.ok) return plan;
    const kernel = plan.value;
    if (!canCheck(kernel.checks))
      return refuse(
        'kernel-statement',
        'A loop that needs a check for large ints stands on one line.',
        'Put its body on lines of its own.',
        loop.span,
      );

    const cost = costOf(kernel, this.#body, facts.values, false);
    const slow = conversionProblem(
      kernel,
      this.#body,
      cost,
      { seconds: facts.hotspot.seconds, entries: facts.evidence?.entries, repeated: false, values: facts.values },
      loop.span,
    );
    if (slow) return slow;
    const scope = module.scopes.find((one) => owner !== null && one.kind === 'function' && one.qualname === owner.qualname);
    const after = new Set([...use.written, ...appended(loop)]);
    const results = [...after].filter((name) => {
      const kind = kernel.inference.kinds.get(name);
      if (kind === undefined) return false;
      const given = kernel.params.find((param) => param.name === name);
      if (given && !isScalar(kind) && !rebound(this.#body, name, isArray(kind))) return false;
      if (isField(name) || scope?.globals.has(name) || scope?.nonlocals.has(name)) return true;
      if (loop.loop.span.start.line === facts.ir.span.start.line && isScalar(kind) && !facts.liveOut.includes(name)) return false;
      return this.#isReadOutside(name);
    });
    const sure = namesUsed(this.#body, params).always ?? new Set<string>();
    const settling = new Settling(cx, file, this.#body, kernel.inference, new Set(params.filter((name) => !use.written.has(name))));
    const mixed = mixedStore(kernel, settling, loop.span);
    if (mixed) return mixed;
    const when: string[] = [];
    const unless: string[] = [];
    const kinds = new Map<string, Kind>();
    for (const name of results) {
      const settled = sure.has(name) ? settling.ofName(name) : null;
      if (settled === null || !mayLeave(settled.kind))
        return refuse('kernel-result', `\`${name}\` is used after the loop, and may have no value there, another type, or be another object than what the kernel gives.`, 'Give it a value of its final type right before the loop.', loop.span); // prettier-ignore
      kinds.set(name, settled.kind);
      when.push(...settled.when);
      unless.push(...(settled.unless ?? []).map(({ value }) => `${name} != ${value}`));
    }
    // The loop starts again where it cannot be told what came out.
    const overwritten = unless.length === 0 ? undefined : results.find((name) => kernel.params.some((param) => param.name === name));
    if (overwritten !== undefined)
      return refuse('kernel-result', `\`${overwritten}\` goes on from before, and another result may be an int or a float.`, 'Start the other one with a float.', loop.span); // prettier-ignore
    return ok(this.#write(kernel, span, results, kinds, when, unless));
  }

  #write(
    kernel: Kernel,
    span: Span,
    results: string[],
    kinds: ReadonlyMap<string, Kind>,
    when: readonly string[],
    unless: readonly string[],
  ): CompileMatch {
    const { facts, cx, loop } = this;
    const file = this.#file;
    const unit = cx.indentUnit(file);
    const { njit, np, random, edits: importEdits, hasNumpy } = imports(cx, file);
    const names = nameCallees(kernel, cx, file);
    const call = callText(kernel, np, (base) => cx.freshName(base, file), random);
    const self = facts.owner?.params[0]?.name ?? 'self';
    // A class that is derived from this one may have a method of its own in its place.
    const methods = kernel.callees.flatMap(({ function: fn }) =>
      fn.method ? [`getattr(${self}.${fn.name}, "__func__", None) is ${fn.qualname}`] : [],
    );
    const conditions = tightened([...new Set([...methods, ...call.conditions, ...when])]);
    const changed = kernel.params.filter((param) => param.changed).map((param) => param.name);
    const fields = fieldNames(this.#body, kernel.params);
    const nameOf = (one: string): string => fields.get(one) ?? one;
    const dot = cx.freshName('_dot', file);
    const wording: Wording = { cx, functions: kernel.functions, names, np, updates: kernel.updates, dot };
    const name = cx.freshName(kernelName(results.map(nameOf), changed.map(nameOf)), file);
    const parts = this.#between.length === 0 ? [this.#body] : this.#body.map((one) => [one]);
    const given = results.length === 0 ? [] : [`${unit}return ${results.map(nameOf).join(', ')}`];
    const text = [
      ...[...call.opening].map(([one, made]) => `${unit}${nameOf(one)} = ${made}`),
      ...parts.map((part) => bodyText(part, kernel.checks, wording, file, fields)),
      ...given,
    ].join('\n');
    const definition = `@${decorator(njit, kernel.options)}\ndef ${name}(${kernel.params.map((one) => call.renamed.get(one.name) ?? nameOf(one.name)).join(', ')}):\n${text}\n`;

    const wrapped = results.flatMap((one) => {
      const wrapper = wrapperOf(kinds.get(one) as Kind);
      return wrapper === null ? [] : [`${one} = ${np}.${wrapper}(${one})`];
    });
    const run = `${results.length === 0 ? '' : `${results.join(', ')} = `}${name}(${call.args.join(', ')})`;
    const end = [...wrapped, ...call.after];
    const indent = cx.indentAt(file, loop.span.start.line);
    const lines = cx.slice(file, span).split(/\r?\n/);
    const stays = new Set(
      this.#between.flatMap((one) =>
        Array.from({ length: one.span.end.line - one.span.start.line + 1 }, (_, at) => one.span.start.line - span.start.line + at),
      ),
    );
    const bare = (line: string): string => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart());
    const between = lines.filter((_, at) => stays.has(at)).map(bare);
    const original = lines.filter((_, at) => !stays.has(at)).map(bare);
    const site = siteLines({
      conditions,
      before: call.before,
      run,
      end,
      unless,
      raises: kernel.raises,
      original,
      flag: cx.freshName('compiled', file),
      unit,
    });
    const newText = [...between, ...site].map((line) => (line === '' ? '' : indent + line)).join('\n');
    const at = definitionPlace(cx, file, facts.owner && facts.owner.span.start.line < span.start.line ? facts.owner.span.start : span.start);
    const helpers = [
      ...(call.generators ? generatorDefinitions(call.generators, np, unit) : []),
      ...(kernel.hasDot ? [dotDefinition(dot, njit, unit)] : []),
    ];
    const definitions = [...helpers, ...calleeTexts(kernel, wording, njit, file, at), definition];
    const usesNumpy = call.usesNumpy || wrapped.length > 0 || uses(definitions, np);
    const imported = importEdits({ numpy: usesNumpy, random: call.generators !== null });
    const assumptions = [...kernel.assumptions];
    return {
      file,
      region: span,
      captures: [...new Set([...results, ...changed])],
      title: 'Compile the loop with Numba',
      cost: costOf(kernel, this.#body, facts.values, !hasNumpy && usesNumpy),
      assumptions,
      guarded: assumptions.length === 0,
      tolerance: kernel.tolerance,
      requires: ['numba', 'numpy'],
      workers: null,
      edits: [...imported, cx.insert(file, at, definitionText(cx, file, at, definitions, imported.length > 0)), cx.edit(file, span, newText)],
    };
  }

  /** Names that statements around and before the loop give a value. */
  #given(): string[] {
    const body = this.facts.owner?.body ?? this.cx.syntax(this.#file).body;
    const found: string[] = [];
    let block: readonly Stmt[] | null = body;
    while (block) {
      const at: number = block.findIndex((one) => one.span.start.line <= this.loop.span.start.line && this.loop.span.end.line <= one.span.end.line);
      if (at < 0) break;
      found.push(...(namesUsed(block.slice(0, at)).always ?? []));
      const holder: Stmt | undefined = block[at];
      if (holder?.kind === 'loop' && holder !== this.loop && holder.loop.target) found.push(...boundNames(holder.loop.target));
      block = holder && holder !== this.loop ? (nestedBlocks(holder).find((inner) => inner.some((one) => one.span.start.line <= this.loop.span.start.line && this.loop.span.end.line <= one.span.end.line)) ?? null) : null; // prettier-ignore
    }
    return found;
  }

  /** Before it is given another value; at module level, in any function too. */
  #isReadOutside(name: string): boolean {
    const { owner } = this.facts;
    const module = this.cx.syntax(this.#file);
    const inner = module.scopes.filter(
      (scope) =>
        scope.kind !== 'module' && (owner === null || (scope.span.start.line > owner.span.start.line && scope.span.end.line <= owner.span.end.line)),
    );
    if (inner.some((scope) => scope.reads.has(name) && (owner === null || scope.qualname !== owner.qualname))) return true;
    // From the innermost block outwards: what comes after it, and the loops around it from their start.
    return [...this.around].reverse().some(({ block, index }, at, all) => {
      if (namesUsed(block.slice(index + 1)).needed.has(name)) return true;
      const outer = all[at + 1];
      const holder = outer?.block[outer.index];
      return holder?.kind === 'loop' && namesUsed([holder]).needed.has(name);
    });
  }
}

/** Is the name itself given something else? `+=` changes an array in its place. */
const rebound = (body: readonly Stmt[], name: string, inPlace: boolean): boolean =>
  [...eachStmt(body)].some((one) => (one.kind === 'assign' && one.targets.flatMap(boundNames).includes(name)) || (one.kind === 'augment' && !inPlace && boundNames(one.target).includes(name)) || (one.kind === 'loop' && one.loop.target !== null && boundNames(one.loop.target).includes(name))); // prettier-ignore

/** Lists that the loop appends to. */
const appended = (loop: Stmt): string[] =>
  [...eachStmt([loop])].flatMap((one) => (one.kind === 'expression' && one.value.kind === 'call' && one.value.callee.kind === 'attribute' && one.value.callee.attribute === 'append' && one.value.callee.object.kind === 'name' ? [one.value.callee.object.name] : [])); // prettier-ignore

/** A number, a list or a comprehension that needs nothing done: it may as well be made in the kernel. */
function isStart(value: Expr): boolean {
  return [...eachExpr(value)].every((part) => /^(number|constant|unary|binary|collection|name|loop)$/.test(part.kind)) && value.kind !== 'name';
}

function kernelName(results: readonly string[], changed: readonly string[]): string {
  if (results.length > 0 && results.length <= 2) return `_compute_${results.join('_and_')}`;
  return results.length === 0 && changed.length > 0 ? `_update_${changed.slice(0, 2).join('_and_')}` : '_run_loop';
}

interface SiteText {
  conditions: readonly string[];
  before: readonly string[];
  run: string;
  end: readonly string[];
  /** Only where these hold it can be told what came out. */
  unless: readonly string[];
  raises: readonly string[];
  original: readonly string[];
  flag: string;
  unit: string;
}

/** The call in place of the loop, and the loop where the call may not be made or came to nothing. The loop never stands in an except block: its own errors would carry ours along. */
function siteLines({ conditions, before, run, end, unless, raises, original, flag, unit }: SiteText): string[] {
  const plain = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll('\t', unit));
  const sure = unless.length === 0;
  if (raises.length === 0 && sure) {
    const all = plain([...before, run, ...end]);
    return conditions.length === 0 ? all : [...ifLines('if ', conditions, ':', unit), ...indented(all, unit), 'else:', ...indented(original, unit)];
  }
  const started = conditions.length > 0;
  const told = sure ? [] : [STARTED, `${flag} = ${unless.join(' and ')}`, ...(end.length > 0 ? [`if ${flag}:`] : [])];
  const ended = sure ? [...end, ...(started ? [] : [`${flag} = True`])] : [...told, ...end.map((line) => `\t${line}`)];
  const within = (lines: readonly string[]): string[] => lines.map((line) => `\t${line}`);
  const tried = ['try:', `\t${run}`, clause(raises), `\t${flag} = False`, ...(ended.length > 0 ? ['else:', ...within(ended)] : [])];
  const done = plain([...before, ...(raises.length > 0 ? tried : [run, ...ended])]);
  const rest = [`if not ${flag}:`, ...indented(original, unit)];
  return started ? [...ifLines(`${flag} = `, conditions, '', unit), `if ${flag}:`, ...indented(done, unit), ...rest] : [...done, ...rest];
}
