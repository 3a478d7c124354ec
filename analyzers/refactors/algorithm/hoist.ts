import type { CallFact, Edit, Expr, IndexSpace, LoopFacts, LoopIR, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, childExprs, eachExpr, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import { clauseNames, codeOf, codeOfFunction, inside, sameSpan, usesOf, type Code } from './code';
import { placesOf, savingCost } from './cost';
import { endsLine, finish, keyOf, linesBefore, placeBefore, removedLines, startsLine, type EditMatch } from './edit';
import { isExpensive, isTotal, ITERATORS, resultName } from './hoist-names';
import { isLazy, loopsAround } from './loop';
import { LIST_CHANGES, roleOf } from './roles';
import { isOwned, staysDuring } from './stays';
import { typeOf } from './types';
import type { Context } from '../refactor';

/** An expression of a loop that gives the same in every trip. */
interface Hoist {
  expr: Expr;
  key: string;
  places: Expr[];
  /** `name = expr` as a statement of its own, which moves as a whole. */
  statement: (Stmt & { kind: 'assign' }) | null;
  assumptions: string[];
}
interface Found {
  hoists: Hoist[];
  refusal: Outcome<never> | null;
}

const SCALAR = /^(int|float|complex|bool|str|bytes|NoneType|range|frozenset|u?int\d+|float\d+|Decimal|decimal\.Decimal|Fraction|fractions\.Fraction|re\.Pattern|datetime\.\w+|Path|PosixPath)$/; // prettier-ignore

/** Work of a hot loop that does not depend on the trip, done once before it. */
export function planHoist(facts: LoopFacts, cx: Context): Outcome<EditMatch> | undefined {
  const code = codeOf(facts, cx);
  if (code === null || isLazy(facts) || facts.flow.some(({ kind }) => kind === 'await')) return undefined;
  const { hoists: all, refusal } = hoistsOf(facts, code, cx);
  const outer = new Set(loopsAround(facts, cx).flatMap((around) => hoistsOf(around, code, cx).hoists.map(({ key }) => key)));
  const hoists = all.filter(({ key }) => !outer.has(key)).slice(0, 4);
  if (hoists.length === 0) return all.length > 0 ? undefined : (refusal ?? undefined);
  const step = placeBefore(facts, code, cx);
  if (step === null) {
    return refuse('shared-line', 'There is no line of its own before the loop where the work could be done.', 'Put the loop on a line of its own.', facts.ir.span); // prettier-ignore
  }
  const edits: Edit[] = [];
  const assumptions: string[] = [];
  const taken = new Set<string>();
  for (const hoist of hoists) {
    const text = cx.slice(code.file, hoist.expr.span).replace(/\s*\n\s*/g, ' ');
    const guard = isTotal(hoist.expr, code, cx) ? '' : tripGuard(facts.ir.space, facts, code, cx);
    if (guard === null) {
      return refuse('may-fail', `\`${text}\` may raise an error, and it cannot be told before the loop whether there is a first trip.`, 'Do it once before the loop yourself, where you know that it is needed.', hoist.expr.span); // prettier-ignore
    }
    const value = guard === '' ? text : `${text} if ${guard} else None`;
    assumptions.push(...hoist.assumptions);
    if (!isTotal(hoist.expr, code, cx)) assumptions.push(`\`${text}\` raises no error.`);
    if (hoist.statement) {
      const [target] = hoist.statement.targets;
      const line = cx.text(code.file).split('\n')[hoist.statement.span.end.line] ?? '';
      const comment = /#.*?(?=\r?$)/.exec(line.slice(hoist.statement.span.end.character))?.[0];
      const moved = `${target?.kind === 'name' ? target.name : ''} = ${value}${comment === undefined ? '' : `  ${comment}`}`;
      edits.push(linesBefore(step, [moved], cx, code.file), removedLines(hoist.statement, cx, code.file));
      continue;
    }
    const name = resultName(hoist.expr, cx, code.file, taken);
    taken.add(name);
    edits.push(linesBefore(step, [`${name} = ${value}`], cx, code.file), ...hoist.places.map((place) => cx.edit(code.file, place.span, name)));
  }
  const what = hoists.map(({ expr }) => `\`${cx.slice(code.file, expr.span).replace(/\s+/g, ' ').slice(0, 40)}\``).join(', ');
  return ok(
    finish(facts, code, {
      title: `Do ${what} once, before the loop`,
      edits,
      cost: savingCost(
        facts.hotspot,
        placesOf(
          hoists.flatMap(({ places }) => places),
          code,
        ),
        0.02,
        cx,
      ),
      assumptions,
    }),
  );
}

function hoistsOf(facts: LoopFacts, code: Code, cx: Context): Found {
  const search = new Search(facts, code, cx);
  search.inLoop(facts.ir);
  return { hoists: [...search.hoists.values()], refusal: search.refusal };
}

class Search {
  readonly hoists = new Map<string, Hoist>();
  refusal: Outcome<never> | null = null;
  readonly #varying: ReadonlySet<string>;
  readonly #places = new Map<string, { fixed: boolean; assumptions: string[] }>();
  #quiet: boolean | null = null;
  #caught = 0;

  constructor(
    private readonly facts: LoopFacts,
    private readonly code: Code,
    private readonly cx: Context,
  ) {
    const { ir } = facts;
    const named = [...eachStmt(ir.body)].flatMap((stmt) => (stmt.kind === 'loop' && stmt.loop.target ? boundNames(stmt.loop.target) : []));
    this.#varying = new Set([...facts.writes, ...facts.indices, ...named, ...(ir.target ? clauseNames(ir) : [])]);
  }

  inLoop(loop: LoopIR): void {
    if (loop.space.kind === 'while') this.#inExpr(loop.space.test, [], new Set(), null);
    this.#inStmts(loop.body, new Set());
  }

  #inStmts(body: readonly Stmt[], bound: ReadonlySet<string>): void {
    for (const stmt of body) {
      if (stmt.kind === 'loop') {
        for (const expr of spaceExprs(stmt.loop.space)) this.#inExpr(expr, [], bound, 'iterated');
        this.#inStmts(stmt.loop.body, new Set([...bound, ...(stmt.loop.target ? boundNames(stmt.loop.target) : [])]));
        continue;
      }
      // What an error says is worked out once, when it is raised.
      if (stmt.kind === 'raise') continue;
      for (const expr of stmtExprs(stmt)) this.#inExpr(expr, [], bound, stmt);
      if (stmt.kind === 'try') this.#caught += 1;
      nestedBlocks(stmt).forEach((block) => this.#inStmts(block, bound));
      if (stmt.kind === 'try') this.#caught -= 1;
    }
  }

  #inExpr(expr: Expr, parents: readonly Expr[], bound: ReadonlySet<string>, at: Stmt | 'iterated' | null): void {
    if ((expr.kind === 'call' || expr.kind === 'loop') && isExpensive(expr, this.code, this.cx)) {
      // An error that the loop catches itself has to be raised there.
      const fixed = this.#caught > 0 && !isTotal(expr, this.code, this.cx) ? null : this.#fixed(expr, bound);
      if (fixed !== null) {
        const statement = at !== null && at !== 'iterated' && parents.length === 0 ? this.#movable(at, expr) : null;
        if (statement !== null || this.#usedSafely(expr, parents, at)) {
          const key = keyOf(expr);
          const known = this.hoists.get(key);
          if (known) {
            known.places.push(expr);
            // One place that needs the value where it stands: the statement cannot move alone.
            if (statement === null) known.statement = null;
          } else this.hoists.set(key, { expr, key, places: [expr], statement, assumptions: fixed });
          return;
        }
      }
    }
    if (expr.kind === 'lambda') return;
    if (expr.kind === 'loop') {
      const inner = new Set([...bound, ...clauseNames(expr.loop)]);
      const [first, ...others] = childExprs(expr);
      if (first) this.#inExpr(first, [expr, ...parents], bound, at === null ? null : 'iterated');
      for (const child of others) this.#inExpr(child, [expr, ...parents], inner, at);
      return;
    }
    for (const child of childExprs(expr)) this.#inExpr(child, [expr, ...parents], bound, at);
  }

  /** `name = expr` in the loop's own body, where the name has no other meaning in the loop and is forgotten after it. */
  #movable(stmt: Stmt, expr: Expr): (Stmt & { kind: 'assign' }) | null {
    const { facts, code, cx } = this;
    if (stmt.kind !== 'assign' || stmt.value !== expr || stmt.targets.length !== 1 || !facts.ir.body.includes(stmt)) return null;
    const [target] = stmt.targets;
    if (target?.kind !== 'name' || !facts.privates.includes(target.name) || facts.ir.body.length < 2) return null;
    if (!startsLine(stmt, cx, code.file) || !endsLine(stmt, cx, code.file)) return null;
    const { here, hidden } = usesOf(target.name, code);
    if (hidden !== null) return null;
    const inLoop = here.filter((use) => inside(use.expr.span, facts.ir.span));
    const given = inLoop.filter((use) => use.slot === 'target' && use.parents.length === 0);
    if (given.length !== 1) return null;
    const immutable = this.#isScalar(expr, target.name);
    const harmless = inLoop.every((use) => {
      const role = roleOf(use);
      if (immutable || role.kind === 'assigned') return true;
      if (role.kind === 'value' || role.kind === 'returned' || role.kind === 'augmented') return false;
      if (role.kind === 'method') return !LIST_CHANGES.has(role.method) && this.#looksOnly(role.call);
      return role.kind === 'argument' ? this.#looksOnly(role.call) : !(role.kind === 'subscript' && role.store);
    });
    return harmless ? stmt : null;
  }

  #isScalar(expr: Expr, name: string | null): boolean {
    const type = typeOf(expr, this.facts, this.code, this.cx)?.type ?? (name === null ? undefined : this.facts.values[name]?.type);
    if (type !== undefined) return SCALAR.test(type);
    const path = expr.kind === 'call' ? this.cx.resolve(expr.callee, this.code.file, expr.span.start) : null;
    return (
      path !== null &&
      /^(builtins\.(sum|min|max|any|all|len|hash|round)|math\.\w+|statistics\.\w+|re\.compile|datetime\.[\w.]+|hashlib\.\w+)$/.test(path)
    );
  }

  /** Is the value only looked at where it stands, so that all trips may share one object? */
  #usedSafely(expr: Expr, parents: readonly Expr[], at: Stmt | 'iterated' | null): boolean {
    if (this.#isScalar(expr, null)) return true;
    const [parent] = parents;
    if (parent === undefined) return at === 'iterated' || at === null || at.kind === 'if';
    switch (parent.kind) {
      case 'compare':
      case 'format':
      case 'binary':
      case 'unary':
        return true;
      case 'subscript':
        return parent.object !== expr || (at !== null && !(at !== 'iterated' && at.kind === 'assign' && at.targets.includes(parent)));
      case 'call':
        return parent.callee !== expr && this.#looksOnly(parent);
      case 'attribute': {
        const call = parents[1];
        return call?.kind === 'call' && call.callee === parent && !LIST_CHANGES.has(parent.attribute) && this.#looksOnly(call);
      }
      case 'loop':
        return at === 'iterated';
      default:
        return false;
    }
  }

  #factOf(call: Expr): CallFact | undefined {
    return this.facts.calls.find((one) => sameSpan(one.span, call.span));
  }
  #looksOnly(call: Expr): boolean {
    const purity = this.#factOf(call)?.purity;
    return (purity === 'pure' || purity === 'reads') && !this.#isIterator(call);
  }
  #isIterator(call: Expr): boolean {
    if (call.kind !== 'call') return false;
    const path = this.cx.resolve(call.callee, this.code.file, call.span.start);
    if (path !== null && ITERATORS.test(path)) return true;
    const own = this.cx.functionOf(call.callee, this.code.file);
    return (
      own !== null && [...eachStmt(own.body)].some((stmt) => stmtExprs(stmt).some((top) => [...eachExpr(top)].some(({ kind }) => kind === 'yield')))
    );
  }

  /** Null: it may have another value in another trip. Else what must hold for it not to. */
  #fixed(expr: Expr, bound: ReadonlySet<string>): string[] | null {
    if (this.#isIterator(expr) || (expr.kind === 'loop' && expr.loop.form === 'generator')) return null;
    const assumptions: string[] = [];
    const own = new Set<string>();
    for (const part of eachExpr(expr)) if (part.kind === 'loop') clauseNames(part.loop).forEach((name) => own.add(name));
    const lambdas = [...eachExpr(expr)].flatMap((part) => (part.kind === 'lambda' ? part.params : []));
    for (const part of eachExpr(expr)) {
      switch (part.kind) {
        case 'opaque':
        case 'named':
        case 'await':
        case 'yield':
          return null;
        case 'call': {
          const fact = this.#factOf(part);
          if (fact === undefined || (fact.purity !== 'pure' && fact.purity !== 'reads')) return null;
          if (fact.resolved !== null && /^builtins\.(id|globals|locals|vars|dir|iter|object|open|input|next)$/.test(fact.resolved)) return null;
          if (!this.#readsFixedGlobals(part, new Set())) return null;
          break;
        }
        case 'name': {
          if (own.has(part.name) || lambdas.includes(part.name)) break;
          if (bound.has(part.name) || this.#varying.has(part.name)) return null;
          break;
        }
        default:
          break;
      }
    }
    if (this.facts.effects.some((effect) => inside(effect.span, expr.span))) return null;
    for (const place of placesIn(expr, new Set([...own, ...lambdas]))) {
      const state = this.#stateOf(place);
      if (!state.fixed) return null;
      assumptions.push(...state.assumptions);
    }
    return assumptions;
  }

  /** Does what a name or field holds, all the way down, stay as it is during the loop? */
  #stateOf(place: Expr): { fixed: boolean; assumptions: string[] } {
    const name = dottedName(place) ?? '';
    const known = this.#places.get(name);
    if (known) return known;
    const { facts, code, cx } = this;
    const compute = (): { fixed: boolean; assumptions: string[] } => {
      if (cx.resolve(place, code.file, place.span.start) !== null) return { fixed: true, assumptions: [] };
      const stays = staysDuring(name, facts, code, cx);
      if (stays.change || stays.appends.length > 0) return { fixed: false, assumptions: [] };
      const value = typeOf(place, facts, code, cx);
      if (value !== null && SCALAR.test(value.type) && !name.includes('.')) return { fixed: true, assumptions: [] };
      const flat =
        value?.elements !== undefined && value.elements.every((type) => SCALAR.test(type)) && /^(list|tuple|set|frozenset|deque)$/.test(value.type);
      if (flat) return { fixed: true, assumptions: stays.assumptions };
      return { fixed: this.#isQuiet(), assumptions: stays.assumptions };
    };
    const state = compute();
    this.#places.set(name, state);
    return state;
  }

  /** The loop changes nothing but what it made itself. */
  #isQuiet(): boolean {
    const { facts, code, cx } = this;
    const owns = (name: string): boolean => facts.privates.includes(name) || isOwned(name, code, cx);
    this.#quiet ??=
      facts.stores.every((store) => store.kind !== 'attribute' && owns(store.name.split('.')[0] ?? store.name)) &&
      facts.calls.every(({ purity, changes, written }) => {
        if (purity !== 'mutates' && purity !== 'unknown') return true;
        if (changes === 'trip') return true;
        const at = written.lastIndexOf('.');
        return at > 0 && LIST_CHANGES.has(written.slice(at + 1)) && owns(written.slice(0, at));
      });
    return this.#quiet;
  }

  /** Variables of the module that a called function reads, through everything that it calls, must not change either. */
  #readsFixedGlobals(call: Expr & { kind: 'call' }, seen: Set<string>, file = this.code.file): boolean {
    const fn = this.cx.functionOf(call.callee, file);
    if (fn === null || seen.has(fn.qualname)) return true;
    seen.add(fn.qualname);
    const inner = codeOfFunction(fn, this.cx);
    const scope = inner.module.scopes.find((one) => one.qualname === fn.qualname && one.kind === 'function');
    const [top] = inner.module.scopes;
    const free = [...(scope?.reads ?? [])].filter((name) => scope?.bindings.has(name) !== true && top?.bindings.has(name) === true);
    const variables = free.filter((name) => top?.bindings.get(name)?.some(({ kind }) => kind === 'assignment') === true);
    const changed = (name: string): boolean =>
      inner.module.globals.includes(name) ||
      (this.code.owner === null && (this.#varying.has(name) || this.facts.stores.some((store) => store.name.split('.')[0] === name)));
    if (variables.some(changed) || (variables.length > 0 && !this.#isQuiet())) return false;
    for (const stmt of eachStmt(fn.body))
      for (const whole of stmtExprs(stmt))
        for (const part of eachExpr(whole)) if (part.kind === 'call' && !this.#readsFixedGlobals(part, seen, fn.file)) return false;
    return true;
  }
}

/** Names and fields that an expression reads, the longest way written: `self.items`, not `self`. */
function placesIn(expr: Expr, own: ReadonlySet<string>): Expr[] {
  if (expr.kind === 'name') return own.has(expr.name) ? [] : [expr];
  if (expr.kind === 'attribute') return dottedName(expr) === null ? placesIn(expr.object, own) : own.has(rootOf(expr)) ? [] : [expr];
  if (expr.kind === 'call') {
    // The object of a method is looked at; the method itself is no value of its own.
    const callee = expr.callee.kind === 'attribute' ? expr.callee.object : expr.callee;
    return [
      ...placesIn(callee, own),
      ...expr.args.flatMap((arg) => placesIn(arg, own)),
      ...expr.keywords.flatMap(({ value }) => placesIn(value, own)),
    ];
  }
  return childExprs(expr).flatMap((child) => placesIn(child, own));
}
const rootOf = (expr: Expr): string => dottedName(expr)?.split('.')[0] ?? '';

const HOLDERS = /^(list|tuple|dict|set|frozenset|str|bytes|deque|defaultdict|Counter|collections\.\w+)$/;

/** What tells, before the loop, that it has a first trip; null: nothing does. */
function tripGuard(space: IndexSpace, facts: LoopFacts, code: Code, cx: Context): string | null {
  const text = (expr: Expr): string => cx.slice(code.file, expr.span);
  const simple = (expr: Expr): boolean => /^(name|number|attribute)$/.test(expr.kind) || (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len'); // prettier-ignore
  switch (space.kind) {
    case 'range': {
      if (space.step !== null || !simple(space.stop) || (space.start && !simple(space.start))) return null;
      const { start, stop } = space;
      if (stop.kind === 'number') return Number(stop.text) > Number(start?.kind === 'number' ? start.text : start === null ? 0 : NaN) ? '' : null;
      return `${text(stop)} > ${start ? text(start) : '0'}`;
    }
    case 'sequence':
      if (dottedName(space.value) === null) return null;
      return HOLDERS.test(typeOf(space.value, facts, code, cx)?.type ?? '') ? text(space.value) : null;
    case 'enumerate':
    case 'reversed':
      return tripGuard(space.of, facts, code, cx);
    case 'zip': {
      const parts = space.parts.map((part) => tripGuard(part, facts, code, cx));
      return parts.includes(null) ? null : parts.filter((part) => part !== '').join(' and ');
    }
    case 'dict':
      return dottedName(space.mapping) === null ? null : text(space.mapping);
    default:
      return null;
  }
}
