import type { BinaryOp, Expr, LoopIR, Stmt } from '../../types';
import { emptySpan } from '../../syntax/python-reading';
import { boundNames, stmtNames } from '../../syntax/python-walk';
import { readElsewhere, runningSums } from './running';
import { addUpdate } from './accumulation';
import { addExtreme, addingOf, asExtreme, selfUpdate } from './accumulators';
import { arithmetic, updated } from './arithmetic';
import { Branches } from './branches';
import { storeCell } from './cells';
import { binds, isLazy, type Draft, type Lane, type Scope, type Sink } from './draft';
import { lower } from './expressions';
import { literalInt } from './kinds';
import { started } from './nest-reductions';
import type { Trips } from './spaces';
import { lowerScatter, lowerStore } from './stores';
import { intOf } from './substitution';
import { numberOf } from './tables';
import type { Store } from './subscripts';

const split = 'Split the loop: numbers in one, the rest in another.';

/** Lowers the statements of a loop's body, in order. Everything that is found goes to the draft. */
export class Body {
  constructor(
    readonly draft: Draft,
    readonly trips: Trips,
    readonly stores: readonly Store[],
    /** Names that the loop's text may keep: not read after it. */
    private readonly liveOut: ReadonlySet<string>,
    /** The trips are done block by block. */
    private readonly blocks: boolean,
  ) {}

  run(body: readonly Stmt[], scope: Scope): void {
    for (const [position, statement] of body.entries()) {
      if (this.draft.stopped()) return;
      if (statement.kind === 'if' && this.skips(statement.then) && statement.otherwise.length === 0) {
        // `if test: continue`: the rest runs where the test does not hold.
        const rest: Stmt = { ...statement, then: statement.then.slice(0, -1), otherwise: body.slice(position + 1) };
        this.branch(rest, scope);
        return;
      }
      this.statement(statement, scope);
    }
  }

  private skips(body: readonly Stmt[]): boolean {
    return body[body.length - 1]?.kind === 'continue';
  }

  private statement(statement: Stmt, scope: Scope): void {
    const { draft } = this;
    switch (statement.kind) {
      case 'pass':
        return;
      case 'assign': {
        const [target, ...more] = statement.targets;
        if (target?.kind === 'collection' && statement.value.kind === 'collection' && more.length === 0) {
          this.assignAll(target.items, statement.value.items, statement, scope);
        } else if (target?.kind === 'collection' && more.length === 0 && rowItems(target.items.length, statement.value, scope)) {
          const { table, items } = rowItems(target.items.length, statement.value, scope) ?? { table: '', items: [] };
          draft.check(`len(${table}[0]) == ${items.length}`);
          this.assignAll(target.items, items, statement, scope);
        } else if (target?.kind === 'name' && more.length === 0) this.assign(target.name, statement.value, statement, scope);
        else if (target?.kind === 'subscript' && more.length === 0) this.store(target, lower(statement.value, draft, scope), statement, scope);
        else draft.refuse('side-effects', 'A line sets an attribute or several targets at once.', split, statement.span);
        return;
      }
      case 'augment': {
        const { target, op } = statement;
        if (target.kind === 'name') {
          if (scope.env.has(target.name)) {
            const value = arithmetic(
              op,
              lower(target, draft, scope),
              lower(statement.value, draft, scope),
              updated(statement),
              draft,
              scope,
              literalInt(statement.value),
            );
            this.bind(target.name, { ...value, unchanged: false }, statement, scope);
          } else this.accumulate(target.name, op, statement.value, statement, scope);
        } else if (target.kind === 'subscript') {
          if (lowerScatter(target, op, statement.value, statement, scope, this)) return;
          const value = arithmetic(
            op,
            scope.subscript(target, scope),
            lower(statement.value, draft, scope),
            updated(statement),
            draft,
            scope,
            literalInt(statement.value),
          );
          this.store(target, { ...value, unchanged: false }, statement, scope);
        } else draft.refuse('side-effects', 'A line changes an attribute in every trip.', split, statement.span);
        return;
      }
      case 'if':
        this.branch(statement, scope);
        return;
      case 'emit':
        if (statement.key) draft.refuse('not-numeric', 'The loop fills a dict.', split, statement.span);
        this.sink({ key: 'emit', target: { kind: 'emit' }, value: lower(statement.value, draft, scope), mask: scope.mask, from: statement.span });
        return;
      case 'expression':
        this.expression(statement, scope);
        return;
      case 'break':
      case 'return':
      case 'raise':
        draft.refuse(
          'early-exit',
          'The loop may end before its last trip.',
          'Compute all trips first and look for the exit in the result.',
          statement.span,
        );
        return;
      case 'loop':
        if (draft.nest && this.add(statement.loop, scope)) return;
        if (draft.nest?.extreme(statement.loop, scope, (name, lane, from) => this.bind(name, lane, from, scope))) return;
        draft.refuse('nested-loop', 'There is another loop inside this one.', 'Look at the inner loop by itself.', statement.span);
        return;
      default:
        draft.refuse('side-effects', 'The loop has a statement that no array operation stands for.', split, statement.span);
    }
  }

  /** An inner loop that only adds up. */
  private add(loop: LoopIR, scope: Scope): boolean {
    const { draft } = this;
    const adding = addingOf(loop);
    if (!adding || !draft.nest || scope.mask !== null) return false;
    const { target, value, statement } = adding;
    const start = target.kind === 'name' ? scope.env.get(target.name) : target.kind === 'subscript' ? scope.subscript(target, scope) : undefined;
    const sum = start && draft.nest.sum(loop, value, scope);
    if (!start || !sum || draft.stopped()) return draft.stopped();
    if (target.kind === 'subscript') {
      this.store(target, { ...arithmetic('+', start, sum, value, draft, scope, null), unchanged: false }, statement, scope);
      return true;
    }
    const total = started(start, sum, statement, value, draft, scope);
    if (total && target.kind === 'name') this.bind(target.name, { ...total, unchanged: false }, statement, scope);
    return true;
  }

  private store(target: Expr & { kind: 'subscript' }, value: Lane, statement: Stmt, scope: Scope): void {
    if (storeCell(target, value, statement, this.draft, scope, (sink) => this.sink(sink))) return;
    const { nest } = this.draft;
    if (nest) nest.store(target, value, statement, scope, (sink) => this.sink(sink));
    else lowerStore(target, value, statement, scope, this);
  }

  private expression(statement: Stmt & { kind: 'expression' }, scope: Scope): void {
    const { value } = statement;
    if (value.kind === 'string') return;
    const [item, ...more] = value.kind === 'call' ? value.args : [];
    const callee = value.kind === 'call' && value.callee.kind === 'attribute' ? value.callee : null;
    if (callee?.attribute === 'append' && callee.object.kind === 'name' && item && more.length === 0) {
      const { nest } = this.draft;
      const written = callee.object.name;
      const name = nest?.rows?.row === written ? nest.rows.list : written;
      if (nest?.rows && name === written) this.draft.refuse('side-effects', 'The inner loop adds to a list besides its row.', split, statement.span);
      this.sink({
        key: `append:${name}`,
        target: { kind: 'append', name },
        value: lower(item, this.draft, scope),
        mask: scope.mask,
        from: statement.span,
      });
      return;
    }
    this.draft.refuse('side-effects', 'A line of the loop does something besides computing numbers.', split, statement.span);
  }

  sink(sink: Sink): void {
    if (this.draft.nest?.flat === false && sink.mask !== null && sink.target.kind !== 'store')
      this.draft.refuse(
        'ragged',
        'A row gets an item only where a test holds, so that rows differ in length.',
        'Keep the rows of one length.',
        sink.from,
      );
    if (this.draft.sinks.some((other) => other.key === sink.key)) {
      this.draft.refuse(
        'side-effects',
        'The loop adds more than one item to the same list in a trip.',
        'Fill one list for each kind of item.',
        sink.from,
      );
    }
    this.draft.sinks.push(sink);
  }

  private assignAll(targets: readonly Expr[], values: readonly Expr[], statement: Stmt, scope: Scope): void {
    if (targets.length !== values.length || !targets.every((target) => target.kind === 'name')) {
      this.draft.refuse('side-effects', 'A line unpacks something that is not plain numbers.', split, statement.span);
      return;
    }
    const lanes = values.map((value) => lower(value, this.draft, scope));
    const names = targets.flatMap(boundNames);
    const overlap = values.some((value) => boundNamesRead(value).some((name) => names.includes(name)));
    if (overlap) this.draft.refuse('carried-dependence', 'A line sets several names from each other.', 'Set one name a line.', statement.span);
    names.forEach((name, index) => {
      const lane = lanes[index];
      if (lane) this.bind(name, lane, statement, scope);
    });
  }

  private assign(name: string, value: Expr, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (!scope.env.has(name)) {
      const selfUse = selfUpdate(name, value);
      if (selfUse) {
        if (selfUse.op === 'min' || selfUse.op === 'max')
          addExtreme(name, selfUse.op, selfUse.value, true, statement, scope, draft, statement, this.blocks);
        else this.accumulate(name, selfUse.op, selfUse.value, statement, scope);
        return;
      }
    }
    this.bind(name, lower(value, draft, scope), statement, scope);
  }

  /** Gives a name of the trip its array. It keeps its own name unless that is an alias of other data. */
  bind(name: string, lane: Lane, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (draft.stopped()) return;
    if (this.liveOut.has(name)) {
      draft.refuse(
        'used-after',
        `\`${name}\` is read after the loop with the value of its last trip.`,
        'Compute that value after the loop.',
        statement.span,
      );
      return;
    }
    if (!lane.varying && lane.binds === binds.atom) {
      scope.env.set(name, { ...lane, unchanged: false });
      return;
    }
    if (scope.hold.has(name)) {
      const kept = lane.binds === binds.atom ? lane.code : draft.fresh(name);
      if (kept !== lane.code) draft.emit(`${kept} = ${lane.code}`, statement.span);
      scope.env.set(name, { ...lane, code: kept, binds: binds.atom, unchanged: false });
      return;
    }
    const written = this.pending(name, scope) ? draft.fresh(name) : name;
    // A slice of what the loop stores to would change with it.
    const view = !lane.fresh && this.stores.some((store) => store.name === /^\w+/.exec(lane.code)?.[0]);
    draft.emit(`${written} = ${lane.code}${view ? '.copy()' : ''}`, statement.span);
    scope.env.set(name, { ...lane, code: written, binds: binds.atom, unchanged: written === name });
  }

  /** True where code that comes later still reads the name's earlier array. */
  private pending(name: string, scope: Scope): boolean {
    const word = new RegExp(`\\b${name}\\b`);
    const lanes = [
      ...[...scope.env].filter(([other]) => other !== name).map(([, lane]) => lane),
      ...this.draft.updates.map((one) => one.value),
      ...this.draft.sinks.map((one) => one.value),
    ];
    const masks = [...this.draft.updates, ...this.draft.sinks].map((one) => one.mask ?? '');
    return (
      lanes.some((lane) => lane.varying && !isLazy(lane) && word.test(lane.code)) ||
      masks.some((mask) => word.test(mask)) ||
      word.test(scope.mask ?? '')
    );
  }

  private branch(statement: Stmt & { kind: 'if' }, scope: Scope): void {
    if (!asExtreme(statement, scope, this.draft, this.trips, this.blocks)) new Branches(this).lower(statement, scope);
  }

  private accumulate(name: string, op: BinaryOp, value: Expr, statement: Stmt, scope: Scope): void {
    const { draft } = this;
    if (op !== '+' && op !== '-' && op !== '*') {
      draft.refuse('carried-dependence', `\`${name}\` depends on its value of the trip before.`, 'Keep this loop.', statement.span);
      return;
    }
    const lane = lower(value, draft, scope);
    if (op !== '*' && readElsewhere(name, statement, draft.facts.ir.body)) {
      const sums =
        this.blocks || draft.nest || !draft.facts.ir.body.includes(statement) ? null : runningSums(name, op, lane, statement, scope, draft);
      if (sums) scope.env.set(name, sums);
      else
        draft.refuse(
          'carried-dependence',
          `\`${name}\` still holds what an earlier trip left in it when a line reads it.`,
          'Keep this loop.',
          statement.span,
        );
      return;
    }
    addUpdate({ name, op, value: lane, mask: scope.mask, from: statement.span, strict: true }, draft);
  }
}

/** The numbers of a row, `x, y = points[j]`; null: the value is no row. */
function rowItems(count: number, value: Expr, scope: Scope): { table: string; items: Expr[] } | null {
  const span = emptySpan(value.span);
  const items = Array.from({ length: count }, (_, at): Expr => ({ kind: 'subscript', object: value, index: intOf(at, span), span }));
  const table = items[0] ? numberOf(items[0], scope)?.table : undefined;
  return table ? { table: table.name, items } : null;
}

function boundNamesRead(expr: Expr): string[] {
  return [...stmtNames([{ kind: 'expression', value: expr, span: expr.span }]).reads];
}
