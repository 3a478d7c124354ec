import type { Expr, FunctionIR, LoopFacts, LoopIR, Refusal, Span, Stmt } from '../../types';
import type { PythonModule } from '../../syntax/python-module';
import { stmtNames } from '../../syntax/python-walk';
import { shifted, weaker } from './bounds';
import type { Kinds } from './inference';
import type { Axis } from './kinds';
import { eitherType, isBool, isWhole, narrowInts, type Range, type Scalar } from './scalars';
import { typeConditions, type TypeTest } from './type-conditions';
import type { Context } from '../refactor';

/** How tightly generated code binds, after Python's grammar. */
export const binds = {
  conditional: 3,
  or: 4,
  and: 5,
  not: 6,
  compare: 7,
  bitOr: 8,
  bitAnd: 10,
  sum: 12,
  product: 13,
  unary: 14,
  power: 15,
  atom: 17,
};

/**
 * What a loop goes over where each item has named fields: the rows of a data frame, or the dicts or objects of a list.
 * A field becomes one array when it is first read.
 */
export interface Records {
  source: string;
  /** `value`: rows whose numbers are those of the frame's common type. `python`: rows of Python's own objects. `cells`: read one by one, each of its column's type. */
  kind: 'value rows' | 'python rows' | 'cells' | 'dicts' | 'objects';
  /** Types by field: of columns, or of what a few items had. */
  fields: Readonly<Record<string, readonly string[]>>;
  /** The rows are series, whose attributes are not all columns. */
  series?: boolean;
  /** The item's own name in the loop, for code that gathers fields. */
  item: string;
  arrays: Map<string, Lane>;
  /** Only these trips are meant, the last of what was chosen before. */
  masks: readonly string[];
  /** Of cells: the stores of the loop, each with its column's text. */
  stores?: readonly { name: string; others: string; done: boolean }[];
}

/** One value of the loop as array code: the same for all trips, or an array with one element a trip. */
export interface Lane {
  code: string;
  binds: number;
  varying: boolean;
  scalar: Scalar;
  range: Range;
  /** The source's own text still says it. */
  unchanged: boolean;
  /** Stands for an array that nobody else holds. */
  fresh: boolean;
  /** Picked by an index of each trip: where only some trips are wanted, of those alone. */
  gathered?: true;
  /** The name stands for a record: only its fields are values. */
  records?: Records;
}

/** Values of names in one trip. A name that is missing was not yet assigned in this trip. */
export type Env = Map<string, Lane>;

export interface Line {
  text: string;
  /** Where in the source it comes from: its comments follow it. */
  from: Span | null;
  /** The list that this line makes an array of. */
  converts?: string;
  /** The line is right only where the tests of types hold. */
  tested?: boolean;
  /** The list whose items it reads fields of. */
  gathers?: string;
  /** It stands under the conditions, whatever they ask for. */
  late?: true;
  /** Under what the conversion is right. */
  asks?: readonly string[];
}

/** What was added to an accumulator in one trip. */
export interface Update {
  name: string;
  op: '+' | '-' | '*' | 'min' | 'max' | 'and' | 'or' | 'count';
  value: Lane;
  /** Lanes that take part; null: all. */
  mask: string | null;
  /** Names that keep something of the trip that had the extreme, with their values in all trips; null: the loop's index, named by `source`, or a tuple with it. */
  picks?: { name: string; value: Lane | null; source: string | null; tuple?: { index: string | null; code: string }[] }[];
  /** The value holds only the trips of this mask. */
  chosen?: string;
  from: Span;
  /** How the loop compared: the strict test keeps the earlier one of two equals. */
  strict: boolean;
  /** An array of what the name holds after each trip. */
  running?: string;
}

/** Places that the trips add to, some of them several times. */
export interface Scatter {
  ufunc: 'add' | 'subtract';
  at: Lane;
}

/** Elements that go to a list or to an array's slots. */
export interface Sink {
  key: string;
  target:
    | { kind: 'append'; name: string }
    | { kind: 'emit' }
    | {
        kind: 'store';
        code: string;
        object: string;
        scalar: Scalar;
        list: boolean;
        scatter?: Scatter;
        /** The code is the whole statement. */
        statement?: true;
        /** The statement that stores values to lists of rows. */
        rows?: (value: Lane) => string;
        /** The statement that stores values to a column of a frame, of the masked rows where there is a mask. */
        cell?: (value: Lane, mask: string | null) => string;
      };
  value: Lane;
  mask: string | null;
  /** The value holds the masked trips only. */
  chosen?: boolean;
  from: Span;
}

/** What two loops in each other, lowered together, change for the array code: every array has an axis for each of them. */
export interface NestDraft {
  /** Every array has the size of all trips; else one may lack what it does not depend on, and broadcasts. */
  full: boolean;
  wantsFull: boolean;
  /** Python tuple of the sizes. */
  shape: string;
  /** The inner loop fills a new row, which goes to a list. */
  rows: { row: string; list: string } | null;
  /** Items of all trips make one list. */
  flat: boolean;
  length: (expr: Expr) => Lane | null;
  store: (target: Expr & { kind: 'subscript' }, value: Lane, statement: Stmt, scope: Scope, sink: (sink: Sink) => void) => void;
  /** What a loop inside of the nest adds up, for each trip around it; null after a refusal. */
  sum: (loop: LoopIR, value: Expr, scope: Scope) => Lane | null;
  /** The extreme that a loop inside of the nest finds, for each trip around it: its value, and what is kept of its trip. False: the loop does something else. */
  extreme: (loop: LoopIR, scope: Scope, bind: (name: string, lane: Lane, statement: Stmt) => void) => boolean;
  /** A sum is right only where its axis has a trip. */
  some: (axis: Axis, count: string) => void;
}

/**
 * `warns`: NumPy may warn where the loop did not. `scalarWarns`: it may warn where NumPy's own scalars did so too.
 * `loose`: a value is Python's in some trips and NumPy's in others, which makes no difference in an array only.
 */
const SAME_FLAGS = {
  unsafe: false,
  raises: false,
  uniformRaises: false,
  needsTrips: false,
  overflow: false,
  underflow: false,
  warns: false,
  scalarWarns: false,
  indexes: false,
  loose: false,
  rewrote: false,
};
export type Flags = typeof SAME_FLAGS;

/**
 * The array code of a loop while it is being written. The first refusal stays; code that is made after it is never used.
 */
export class Draft {
  /** Conversions and index arrays, before everything else. */
  prologue: Line[] = [];
  lines: Line[] = [];
  updates: Update[] = [];
  sinks: Sink[] = [];
  flags: Flags = { ...SAME_FLAGS };
  /** Conditions under which the array code is right, in Python. */
  checks: string[] = [];
  /** Types that were only seen. */
  typeTests: TypeTest[] = [];
  /** Lists that an outer loop has as arrays already, None where a test of types failed. */
  readonly converted = new Map<string, string>();
  private readonly sizes = new Map<string, { size: string; code: string; by: number }>();
  assumptions = new Set<string>();
  operations = 0;
  listInputs = 0;
  no: Refusal | null = null;
  nest: NestDraft | null = null;
  /** Plain numbers that names hold right before the loop. */
  starts: ReadonlyMap<string, Expr> = new Map();
  private readonly taken = new Set<string>();
  /** What inputs ask for, and the names of their arrays: made once, they outlast a reset. */
  private readonly lasting = { checks: new Set<string>(), names: new Set<string>(), overflow: false };
  /** Names that this scope uses; a name of another scope may be used here too. */
  private readonly used: ReadonlySet<string>;

  constructor(
    readonly cx: Context,
    readonly facts: LoopFacts,
    readonly module: PythonModule,
    readonly kinds: Kinds,
    readonly np: string,
    /** Bound that unknown ints are checked against at run time; null: none are. */
    readonly bound: number | null,
    private readonly lowering: (expr: Expr, draft: Draft, scope: Scope) => Lane,
  ) {
    const names = stmtNames(facts.owner?.body ?? module.body);
    const others = [...(facts.owner?.params ?? []), ...module.functions].map((one) => one.name);
    this.used = new Set([...names.reads, ...names.writes, ...others, ...Object.keys(module.imports), ...Object.keys(module.outline.constants)]);
  }

  refuse(code: string, why: string, toDo: string, span?: Span): Lane {
    this.no ??= span ? { code, why, toDo, span } : { code, why, toDo };
    return { code: 'None', binds: binds.atom, varying: false, scalar: 'float', range: { lo: 0, hi: 0, nan: false }, unchanged: false, fresh: false };
  }

  check(condition: string): void {
    if (!this.checks.includes(condition)) this.checks.push(condition);
  }

  requireType(test: TypeTest): void {
    const known = this.typeTests.find((one) => one.text === test.text && one.holds === test.holds);
    if (!known) this.typeTests.push(test);
    else if (known.holds !== 'number' && known.holds !== 'array' && test.holds === known.holds) {
      this.typeTests = this.typeTests.map((one) => (one === known ? { ...known, items: known.items ?? test.items } : one));
    }
  }

  /** What makes an index array one of int64 where NumPy's own int is narrower: before NumPy 2 on Windows. */
  get wide(): string {
    return narrowInts(this.cx.interpreter) ? `, dtype=${this.np}.int64` : '';
  }

  /** Requires `size >= code + by`; of several such only the strongest is checked. */
  need(size: string, code: string, by: number): void {
    const key = `${size} >= ${code}`;
    const known = this.sizes.get(key);
    if (!known || known.by < by) this.sizes.set(key, { size, code, by });
  }

  /** All conditions, in Python. */
  conditions(): string[] {
    const sizes = [...this.sizes.values()];
    const types = typeConditions(this.typeTests, this.np, this.converted);
    return [
      ...types.early,
      // `n <= 9` beside `-9 <= n <= 9` says nothing new.
      ...[...new Set(this.checks)]
        .filter((check) => !weaker(check, this.checks))
        .filter((check) => !this.checks.some((other) => other.endsWith(` <= ${check}`))),
      ...sizes
        .filter(
          (one) =>
            !/^\d+$/.test(one.code) ||
            !sizes.some((other) => other.size === one.size && /^\d+$/.test(other.code) && Number(other.code) > Number(one.code)),
        )
        .map((one) => `${one.size} >= ${shifted(one.code, one.by)}`)
        .filter((one) => !this.checks.includes(one.replace(/ >= 0$/, ' > 0'))),
      ...types.late,
    ];
  }

  /** Type of a value that comes from either of two branches; null where no array holds both. */
  either(left: Scalar, right: Scalar): Scalar | null {
    const scalar = eitherType(left, right);
    if (scalar || isBool(left) !== isBool(right)) return scalar;
    this.flags.loose = true;
    if (isBool(left)) return 'bool';
    return isWhole(left) && isWhole(right) ? 'int' : isWhole(left) || isWhole(right) ? 'mixed' : 'float';
  }

  /** Where the exact types of numbers are seen: refuses what has them only sometimes. */
  requireExactTypes(span: Span): void {
    if (!this.flags.loose) return;
    const why = 'A value is a number of Python in some trips and one of NumPy in others.';
    this.refuse('mixed-types', why, 'Store to a NumPy array, or make every number of one kind.', span);
  }

  assume(text: string): void {
    this.assumptions.add(text);
  }

  emit(text: string, from: Span | null = null): void {
    this.lines.push({ text, from });
  }

  /** Array code of an expression of the source. */
  lower(expr: Expr, scope: Scope): Lane {
    return this.lowering(expr, this, scope);
  }

  flag(name: keyof Flags): boolean {
    return this.flags[name];
  }

  /** True after a refusal. */
  stopped(): boolean {
    return this.no !== null;
  }

  /** A name that the file does not use and that this draft has not given out. */
  fresh(base: string): string {
    let name = this.cx.freshName(base, this.facts.file);
    for (let count = 2; this.taken.has(name); count += 1) name = this.cx.freshName(`${base}_${count}`, this.facts.file);
    this.taken.add(name);
    return name;
  }

  /** The name itself where this scope does not use it, else a fresh one. */
  local(name: string): string {
    if (this.used.has(name) || this.taken.has(name) || keywords.test(name)) return this.fresh(name);
    this.taken.add(name);
    return name;
  }

  /** Makes an array that stands before everything else. */
  input(make: () => Lane): Lane {
    const [checks, names, { overflow }] = [this.checks.length, new Set(this.taken), this.flags];
    this.flags.overflow = false;
    const lane = make();
    for (const check of this.checks.slice(checks)) this.lasting.checks.add(check);
    for (const name of this.taken) if (!names.has(name)) this.lasting.names.add(name);
    this.lasting.overflow ||= this.flags.overflow;
    this.flags.overflow ||= overflow;
    return lane;
  }

  mark(): {
    lines: number;
    updates: number;
    sinks: number;
    flags: Flags;
    checks: number;
    types: TypeTest[];
    operations: number;
    no: Refusal | null;
    taken: string[];
  } {
    const { lines, updates, sinks, flags, checks, operations, no } = this;
    return {
      lines: lines.length,
      updates: updates.length,
      sinks: sinks.length,
      flags: { ...flags },
      checks: checks.length,
      types: [...this.typeTests],
      operations,
      no,
      taken: [...this.taken],
    };
  }

  reset(mark: ReturnType<Draft['mark']>): void {
    this.lines.length = mark.lines;
    this.updates.length = mark.updates;
    this.sinks.length = mark.sinks;
    this.checks.length = mark.checks;
    this.typeTests = [...mark.types];
    this.flags = { ...mark.flags };
    this.operations = mark.operations;
    this.no = mark.no;
    this.taken.clear();
    for (const name of [...mark.taken, ...this.lasting.names]) this.taken.add(name);
    for (const check of this.lasting.checks) this.check(check);
    this.flags.overflow ||= this.lasting.overflow;
  }
}

const keywords = /^_/;

export const wrap = (lane: Pick<Lane, 'code' | 'binds'>, least: number): string => (lane.binds < least ? `(${lane.code})` : lane.code);

/** Where code is being lowered: names, and what the text of a span belongs to. */
export interface Scope {
  env: Env;
  file: string;
  kinds: Kinds;
  /** Names that the loop writes somewhere: reading one that has no value yet in this trip means the trip before. */
  written: ReadonlySet<string>;
  /** Functions being inlined, against recursion. */
  inside: readonly FunctionIR[];
  /** Lanes under a branch's mask; null: all trips. */
  mask: string | null;
  /** Names that a choice after the branch gives their value: the branch itself must not set them. */
  hold: ReadonlySet<string>;
  subscript: (expr: Expr & { kind: 'subscript' }, scope: Scope) => Lane;
}

/** A lane whose code is made when it is first looked at. */
export function lazyLane(make: () => Lane): Lane {
  const lane: Lane = {
    get code() {
      return make().code;
    },
    get binds() {
      return make().binds;
    },
    get scalar() {
      return make().scalar;
    },
    get range() {
      return make().range;
    },
    get unchanged() {
      return make().unchanged;
    },
    get fresh() {
      return make().fresh;
    },
    varying: true,
  };
  return lane;
}

export const isLazy = (lane: Lane): boolean => Object.getOwnPropertyDescriptor(lane, 'code')?.get !== undefined;
