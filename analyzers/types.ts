/**
 * Every type that crosses from one stage to the next. JSON-safe: no code, no imports, no classes, no `undefined` inside arrays.
 * Lines and characters are 0-based and characters are UTF-16 units, as in the editor, unless a name says otherwise (`startLine` of the report is 1-based).
 */

// ---------------------------------------------------------------- units
declare const unit: unique symbol;
/** Wall or CPU time. */
export type Seconds = number & { readonly [unit]: 'seconds' };
/** Memory or file size. */
export type Bytes = number & { readonly [unit]: 'bytes' };
/** before / after: 2 means twice as fast. */
export type Ratio = number & { readonly [unit]: 'ratio' };
/** Part of a whole, 0 to 1. */
export type Share = number & { readonly [unit]: 'share' };
/** An estimate of a ratio with the bounds that it is believed to lie in. */
export interface Interval {
  low: Ratio;
  mid: Ratio;
  high: Ratio;
}

// ---------------------------------------------------------------- places
export interface Position {
  line: number;
  character: number;
}
export interface Span {
  start: Position;
  end: Position;
}
export type LanguageId = 'python' | 'javascript' | 'typescript';
export interface Source {
  /** Absolute path. */
  path: string;
  text: string;
  sha256: string;
  language: LanguageId;
}
/** One replacement in one file; `sha256` is the hash of the file that it was made for. */
export interface Edit {
  file: string;
  sha256: string;
  start: Position;
  end: Position;
  newText: string;
}
/** An expected "no", told to the user: which rule, why, where, and what to do about it. */
export interface Refusal {
  code: string;
  why: string;
  toDo: string;
  span?: Span;
}

// ---------------------------------------------------------------- run
export interface Interpreter {
  /** Absolute path of the executable, symlinks not resolved (a venv is known by its path). */
  path: string;
  version: [number, number, number];
  implementation: string;
  /** Installed distributions, lower case -> version. */
  packages: Record<string, string>;
  platform: string;
  startMethod: 'fork' | 'forkserver' | 'spawn';
  gil: boolean;
}
/** What is started: a script by path or a module by name, as the user would start it. */
export interface Command {
  kind: 'script' | 'module';
  /** Absolute path of the script, or the module's dotted name. */
  target: string;
  args: string[];
  cwd: string;
}
export type EffectKind = 'file-read' | 'file-write' | 'file-delete' | 'network' | 'subprocess' | 'database' | 'kill' | 'native-io' | 'sleep';
/** One kind of effect on one thing (path, host:port, program), counted. */
export interface Effect {
  kind: EffectKind;
  target: string;
  count: number;
  /** True when the target lies in the project's own folder or in the temp folder. */
  inside: boolean;
  file?: string;
  line?: number;
}
export interface Run {
  command: Command;
  exitCode: number;
  signal?: string;
  /** Wall time of the process, start to end. */
  seconds: Seconds;
  cpuSeconds: Seconds;
  peakMemory: Bytes;
  /** Why it ended, where it was not by itself. */
  stopped?: 'limit' | 'cancelled' | 'memory' | 'refused-effect' | 'output';
}

// ---------------------------------------------------------------- profile
/** Cost of one line, its own time (callees that are not the user's own code included). `line` is 1-based. */
export interface LineCost {
  file: string;
  line: number;
  python: Seconds;
  native: Seconds;
  wait: Seconds;
  alloc: Bytes;
  hits?: number;
}
/** A call path through the user's own files with the seconds spent in it, outermost first. `line` is 1-based. */
export interface Stack {
  frames: { file: string; line: number; name: string }[];
  seconds: Seconds;
  /** The part of it in native calls, and the part neither on a processor nor ready to be; the rest is Python. */
  native?: Seconds;
  wait?: Seconds;
}
export interface Sample {
  at: Seconds;
  cpu: Share;
  rss: Bytes;
  threads: number;
  processes: number;
}
export interface ProcessSummary {
  pid: number;
  parent: number;
  seconds: Seconds;
  cpuSeconds: Seconds;
  kind: 'main' | 'child';
}
/** What a name of a hot frame held when it was sampled. Never the value itself, but for small numbers and lengths. */
export interface ValueFact {
  /** 'int', 'float', 'bool', 'str', 'list', 'tuple', 'dict', 'ndarray', 'float64' (a NumPy scalar), or the qualified class name. */
  type: string;
  /** Of a data frame: those of its columns, joined by '|'. */
  dtype?: string;
  shape?: number[];
  length?: number;
  /** Types of the first, middle and last 20 elements, sorted. */
  elements?: string[];
  /** Of a list or tuple of lists or tuples, from a few of them: types of a few of their items, sorted, and the least and most items in one. */
  rows?: { elements: string[]; lengths: [number, number]; columns?: string[][] };
  /** Of a short tuple: the types at each of its places. (Those of `rows`: of rows that are short and as long as each other.) */
  columns?: string[][];
  /** Of a list of dicts, named tuples or objects of one class: the types of what a few of them have under a name. Of a data frame: its columns' types. */
  fields?: Record<string, string[]>;
  /** Of a data frame: its labels are 0, 1, 2 and so on. */
  counted?: boolean;
  /** Only of an int or float. */
  value?: number;
  /** It was seen as an int that 64 bits cannot hold. */
  large?: boolean;
}
/** A line's time on a processor: all of it, the part in native calls too long to be anything else, the part in the kernel, and the pages made there. */
export interface LineDetail {
  file: string;
  /** 1-based. */
  line: number;
  cpu: Seconds;
  long: Seconds;
  system: Seconds;
  faults: number;
}
/** Time of a line in a library: in the part that the line called and in the part that ran (`concurrent/futures/thread`, `socket`). */
export interface LibraryCost {
  file: string;
  /** 1-based. */
  line: number;
  called: string;
  running: string;
  busy: Seconds;
  wait: Seconds;
  process: 'main' | 'child';
}
export interface FrameFact {
  file: string;
  /** Qualified name of the code object, '<module>' for a module. */
  name: string;
  /** 1-based line of the code object's start. */
  firstLine: number;
  values: Record<string, ValueFact>;
}
export interface Profile {
  source: Source;
  /** The user's other files that took time or were loaded: absolute paths. */
  files: string[];
  run: Run;
  interpreter: Interpreter;
  interval: Seconds;
  lines: LineCost[];
  stacks: Stack[];
  timeline: Sample[];
  processes: ProcessSummary[];
  effects: Effect[];
  frames: FrameFact[];
  /** Thread seconds spent waiting for the interpreter lock, in no line's cost. */
  locked?: Seconds;
  details?: LineDetail[];
  libraries?: LibraryCost[];
  /** Busy seconds of threads that run nothing of the user's, by the library that ran. */
  strays?: Record<string, Seconds>;
  /** What the person should know of this measurement: reached its limit, probe disturbed, no samples. */
  notes: string[];
}

// ---------------------------------------------------------------- hotspots
export interface Hotspot {
  /** file::qualname#ordinal, the file relative to the project root; ordinal counts the loops of that function, in text order, from 0. */
  id: string;
  /** Absolute path. */
  file: string;
  qualname: string;
  span: Span;
  kind: 'loop' | 'function' | 'line';
  /** Inclusive share of the run's wall time. */
  share: Share;
  seconds: Seconds;
  python: Seconds;
  native: Seconds;
  wait: Seconds;
}

// ---------------------------------------------------------------- loop IR
export type BinaryOp = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOp = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not';
interface Node {
  span: Span;
}
export type Expr = Node &
  (
    | { kind: 'number'; type: 'int' | 'float' | 'complex'; text: string }
    | { kind: 'string'; text: string }
    /** `undefined` where JavaScript has that one of its two nothings. */
    | { kind: 'constant'; value: 'True' | 'False' | 'None' | 'Ellipsis'; undefined?: true }
    | { kind: 'name'; name: string }
    /** `optional`: JavaScript's `?.`, which gives nothing where the object is nothing; on subscripts and calls too. */
    | { kind: 'attribute'; object: Expr; attribute: string; optional?: true }
    /** `index` may be a tuple (collection) or a slice. */
    | { kind: 'subscript'; object: Expr; index: Expr; optional?: true }
    | { kind: 'slice'; lower: Expr | null; upper: Expr | null; step: Expr | null }
    | { kind: 'call'; callee: Expr; args: Expr[]; keywords: { name: string; value: Expr }[]; optional?: true; construct?: true }
    | { kind: 'unary'; op: '-' | '+' | '~' | 'not'; operand: Expr }
    | { kind: 'binary'; op: BinaryOp; left: Expr; right: Expr }
    | { kind: 'compare'; first: Expr; rest: { op: CompareOp; right: Expr }[] }
    | { kind: 'logical'; op: 'and' | 'or'; left: Expr; right: Expr }
    | { kind: 'conditional'; test: Expr; then: Expr; otherwise: Expr }
    | { kind: 'collection'; type: 'tuple' | 'list' | 'set'; items: Expr[] }
    | { kind: 'dict'; entries: { key: Expr; value: Expr }[] }
    | { kind: 'format'; parts: Expr[] }
    /** A comprehension or generator expression as a value. */
    | { kind: 'loop'; loop: LoopIR }
    | { kind: 'named'; name: string; value: Expr }
    | { kind: 'lambda'; params: string[]; body: Expr }
    | { kind: 'spread'; value: Expr; double: boolean }
    | { kind: 'await'; value: Expr }
    | { kind: 'yield'; value: Expr | null }
    /** Anything the IR has no form for; its names are still known. `what` is the grammar's node type or operator, `parts` what is evaluated in it. */
    | { kind: 'opaque'; what: string; reads: string[]; writes: string[]; parts?: Expr[] }
  );
export type Stmt = Node &
  (
    | { kind: 'assign'; targets: Expr[]; value: Expr }
    | { kind: 'augment'; target: Expr; op: BinaryOp; value: Expr }
    | { kind: 'expression'; value: Expr }
    | { kind: 'if'; test: Expr; then: Stmt[]; otherwise: Stmt[] }
    | { kind: 'loop'; loop: LoopIR }
    /** A comprehension's element: goes to the loop's sink. `key` for dict comprehensions. */
    | { kind: 'emit'; value: Expr; key: Expr | null }
    /** `label`: of the loop that is meant, where it is not the innermost (JavaScript). */
    | { kind: 'break'; label?: string }
    | { kind: 'continue'; label?: string }
    | { kind: 'pass' }
    | { kind: 'return'; value: Expr | null }
    | { kind: 'raise'; value: Expr | null }
    | { kind: 'try'; body: Stmt[]; handlers: { type: Expr | null; name: string | null; body: Stmt[] }[]; otherwise: Stmt[]; finally: Stmt[] }
    | { kind: 'with'; items: { context: Expr; target: Expr | null }[]; body: Stmt[] }
    | { kind: 'scope'; type: 'global' | 'nonlocal'; names: string[] }
    | { kind: 'opaque'; what: string; reads: string[]; writes: string[] }
  );
export type IndexSpace = Node &
  (
    | { kind: 'range'; start: Expr | null; stop: Expr; step: Expr | null }
    | { kind: 'sequence'; value: Expr }
    | { kind: 'enumerate'; of: IndexSpace; start: Expr | null }
    | { kind: 'zip'; parts: IndexSpace[]; strict: boolean }
    | { kind: 'dict'; mapping: Expr; yields: 'items' | 'keys' | 'values' }
    /** `apply`: `frame.apply(f, axis=1)`. */
    | { kind: 'rows'; frame: Expr; by: 'iterrows' | 'itertuples' | 'apply' }
    | { kind: 'reversed'; of: IndexSpace }
    /** `counter` where the loop only counts: `while i < n: ...; i += 1`. `after`: tested after each trip, not before (JavaScript's do). */
    | { kind: 'while'; test: Expr; after?: true; counter: { name: string; stop: Expr; step: Expr; inclusive: boolean; increment: Span } | null }
  );
export type LoopForm =
  | 'for'
  | 'while'
  | 'list-comprehension'
  | 'set-comprehension'
  | 'dict-comprehension'
  | 'generator'
  | 'map'
  | 'for-of'
  | 'for-in'
  | 'for-each'
  | 'do-while';
/** One loop, whatever it was written as. Nested clauses of a comprehension are nested loops; its `if`s are if statements around the emit. */
export interface LoopIR {
  form: LoopForm;
  language: LanguageId;
  span: Span;
  async: boolean;
  space: IndexSpace;
  /** Pattern bound to each item; null for `while`. */
  target: Expr | null;
  body: Stmt[];
  otherwise: Stmt[];
  /** JavaScript's name for the loop, where a break or continue further in means it. */
  label?: string;
  /** Names that only the trips themselves have: of a callback that is read as the loop's body. */
  locals?: string[];
  /** Where emitted elements go: what the comprehension builds, or the call that consumes the generator. */
  sink: { type: 'list' | 'set' | 'dict' | 'generator'; consumer: { name: string; span: Span; extra: Expr[] } | null } | null;
}
/** A function of the user's own, for inlining, purity and pools. */
export interface FunctionIR {
  name: string;
  qualname: string;
  file: string;
  span: Span;
  params: { name: string; default: Expr | null; kind: 'plain' | 'args' | 'kwargs' | 'keyword-only' }[];
  body: Stmt[];
  decorators: string[];
  async: boolean;
  /** Defined at a module's top level (can be pickled by name). */
  topLevel: boolean;
  method: boolean;
}

// ---------------------------------------------------------------- loop facts
export type Pattern =
  | 'elementwise'
  | 'reduction'
  | 'scan'
  | 'stencil'
  | 'pairwise'
  | 'gather'
  | 'table-filling'
  | 'search'
  | 'task-map'
  | 'producer-consumer'
  | 'pipeline'
  | 'unknown';
/** 'dict': entries add up by key; 'entry': `d[k] = v`, the last trip wins; 'group': lists or sets by key. append, extend, string, entry and group keep the order of the trips. */
export type AccumulatorOp =
  | '+'
  | '*'
  | 'min'
  | 'max'
  | '&'
  | '|'
  | '^'
  | 'and'
  | 'or'
  | 'count'
  | 'append'
  | 'extend'
  | 'add'
  | 'string'
  | 'dict'
  | 'entry'
  | 'group'
  | 'argmin'
  | 'argmax';
export interface Accumulator {
  name: string;
  op: AccumulatorOp;
  /** What is added in one trip. */
  value: Expr;
  /** The tests it stands under, outermost first; `negated` for an else branch. */
  guards: { test: Expr; negated: boolean }[];
  statement: Span;
  /** The value given to the name right before the loop, where that is plain to see. */
  init: Expr | null;
  /** Of what gathers, where its name or field tells; named as in ValueFact. */
  type?: string;
}
export interface Dependence {
  name: string;
  via: 'name' | 'subscript' | 'attribute' | 'call';
  kind: 'flow' | 'anti' | 'output';
  /** One sentence for the user, with the line. */
  why: string;
  span: Span;
  /** The text cannot tell whether two trips meet there; what is not marked so is sure to happen wherever both places are reached. */
  possible?: true;
}
export type Purity = 'pure' | 'reads' | 'io' | 'mutates' | 'rng' | 'unknown';
export type IoKind = 'network' | 'disk' | 'subprocess' | 'database' | 'sleep' | 'console';
export interface CallFact {
  /** As written: `math.sqrt`, `self.run`. */
  written: string;
  /** Resolved through imports and user modules: `math.sqrt`, `pkg.mod:f`; null when unknown. */
  resolved: string | null;
  span: Span;
  purity: Purity;
  io: IoKind | null;
  why: string;
  /** The generator, made and seeded in the same trip, that it draws from: it changes nothing else. */
  advances?: string;
  /** Of one that mutates: all that it changes was made in the same trip, or is gathered by the loop as its accumulators say. */
  changes?: 'trip' | 'accumulator';
  /** Seeds the shared generator before it draws, and nobody else draws from that: in a process of its own it does the same. */
  reseeds?: true;
}
/** A store through a subscript, attribute or mutating method on something that lives outside the trip. */
export interface Store {
  name: string;
  target: Expr;
  kind: 'subscript' | 'attribute' | 'method';
  /** Of a subscript: how the index depends on the loop. */
  index: 'same' | 'shifted' | 'permuted' | 'indirect' | 'constant' | 'unknown' | null;
  span: Span;
}
export interface LoopFacts {
  hotspot: Hotspot;
  ir: LoopIR;
  file: string;
  /** The function that the loop is in; null at module level. */
  owner: FunctionIR | null;
  /** The whole statement that holds the loop: the loop itself, or the statement around a comprehension. */
  statement: Span;
  /** Depth in other loops of the same function. */
  depth: number;
  pattern: Pattern;
  /** Names bound in the loop by its own target. */
  indices: string[];
  reads: string[];
  writes: string[];
  /** Written before read in every trip and not used after the loop. */
  privates: string[];
  /** Written in the loop and read after it. */
  liveOut: string[];
  /** Read in the loop, never written in it. */
  invariants: string[];
  carried: Dependence[];
  accumulators: Accumulator[];
  stores: Store[];
  calls: CallFact[];
  /** Ordered effects: prints, writes, globals, attribute stores; each with why. `own`: it is done to the trip's own element, which no other trip has. */
  effects: { why: string; io: IoKind | null; span: Span; own?: true }[];
  flow: { kind: 'break' | 'return' | 'raise' | 'yield' | 'await' | 'try'; span: Span }[];
  /** What the sampled frames held, by name. */
  values: Record<string, ValueFact>;
  trips: number | null;
  /** What an instrumented run saw; absent where none was made. */
  evidence?: LoopEvidence;
}
/** What the text tells of a hot function, for remedies that change the function itself or how it is called. */
export interface FunctionFacts {
  /** Of kind 'function', with its inclusive cost; its id is file::qualname. */
  hotspot: Hotspot;
  /** Ids of the report's hotspots inside of it. */
  hotspots: string[];
  file: string;
  function: FunctionIR;
  /** Calls itself, directly or through other functions. */
  recursive: boolean;
  /** What a call does, through everything that it calls; `why` continues "it ...". */
  purity: Purity;
  io: IoKind | null;
  why: string;
  /** Variables of its module that it reads, by itself or through others. */
  globals: string[];
  /** Calls of it by name in the user's files, itself not included. */
  sites: CallSite[];
  /** What its parameters and locals held. */
  values: Record<string, ValueFact>;
  /** What it reads beside its arguments, by itself or through others, that may be another at a later call; empty where nothing is. */
  unsettled: UnsettledValue[];
  /** Of a run that watched it: calls, and about how many different sets of arguments they had, by Chao1 from the first `sampled`. */
  repeats?: { calls: number; sampled: number; distinct: number };
}
/** `why` is a sentence without its full stop. */
export interface UnsettledValue {
  name: string;
  why: string;
  span: Span;
}
/** A hot line outside of every hot loop: `list(pool.map(work, items))` waits there for what the workers do. */
export interface LineFacts {
  /** Of kind 'line'. */
  hotspot: Hotspot;
  file: string;
}
export interface CallSite {
  file: string;
  /** Qualified name of the function that it stands in, '<module>' for a module. */
  owner: string;
  /** The smallest whole statement around it that is no compound one, or the compound one in whose head it stands. */
  statement: Span;
  call: Expr;
  /** It stands in a loop or comprehension of that function. */
  repeated: boolean;
}
/** Two trips of one entry of a loop (counted from 0) that touch the same thing, one of them writing: seen, not inferred. */
export interface Witness {
  kind: 'flow' | 'anti' | 'output';
  /** The name, element or field, as a person would write it: `total`, `grid[3]`, `self.count`. */
  what: string;
  first: { trip: number; line: number };
  second: { trip: number; line: number };
}
/** What an instrumented run saw of one hot loop. Bounded: the first trips of the first entries. `line` is 1-based. */
export interface LoopEvidence {
  /** Times that the loop was entered, and trips of all entries. */
  entries: number;
  trips: number;
  tripsPerEntry: { least: number; median: number; most: number };
  /** Wall time of a trip, the instrument's own part taken off; null where too few or too short to tell. */
  tripSeconds: { median: Seconds; p90: Seconds; most: Seconds } | null;
  /** Part of the loop's time in which its thread neither ran nor was ready to. */
  wait: Share | null;
  /** By name; `low` and `high` bound the numbers seen in it or in its elements. */
  values: Record<string, ValueFact & { low?: number; high?: number }>;
  /** Pickled size of what a trip reads from outside and of what it hands out, by name; `problem` where it cannot be pickled. */
  pickled: Record<string, { bytes: Bytes } | { problem: string }>;
  /** Things made outside of the trip and changed inside it. */
  mutated: { name: string; line: number }[];
  /** Calls of pure-looking functions with the arguments they repeat: `distinct` is estimated by Chao1 from the first `sampled` calls. */
  repeats: { callee: string; calls: number; sampled: number; distinct: number }[];
  /** Trips that drew from a shared random generator, and those with an effect on the outside, of those watched. */
  watched: number;
  random: number;
  effects: number;
  /** How many trips were watched for dependences, and what was found. */
  shadowed: number;
  witnesses: Witness[];
  /** The loop in another order; only for loops without effects. */
  reordered: { order: 'reversed' | 'shuffled'; same: boolean; difference?: string }[];
  notes: string[];
}
/** May the trips of a loop run in another order, or at the same time? */
export interface Legality {
  /** `observed`: nothing in the text forbids it, but only this input shows it. `unknown`: neither the text nor a run could tell. */
  verdict: 'independent' | 'observed' | 'blocked' | 'unknown';
  /** One sentence each, in the order in which they decided; `line` is 1-based. */
  steps: (Evidence & { witness?: Witness })[];
}

// ---------------------------------------------------------------- verdict
export type Bottleneck =
  'cpu-python' | 'cpu-native' | 'io-wait' | 'memory' | 'gil' | 'overhead' | 'event-loop' | 'parallel-already' | 'mixed' | 'too-short';
export interface Evidence {
  text: string;
  file?: string;
  line?: number;
}
export interface Verdict {
  bottleneck: Bottleneck;
  /** What it waits for, or what memory costs it; absent where that could not be told or says nothing. */
  detail?: IoKind | 'allocation' | 'copies' | 'swapping' | 'bandwidth';
  /** 0 to 1, in three bins: 0.95, 0.8, 0.6. */
  confidence: number;
  because: Evidence[];
}
/** Something about how the program already runs side by side, or fails to: found in its text, and weighed by the profile. */
export interface Finding {
  /** `threads-on-cpu-work`, `pool-in-loop`, ... : stable. */
  code: string;
  file: string;
  span: Span;
  /** One sentence: what is there and what it costs. */
  why: string;
  toDo: string;
  /** Proven by what the profile measured, or only likely from the text. */
  certainty: 'measured' | 'likely';
  /** The time it is about, where the profile tells. */
  share?: Share;
}
/** What this machine and interpreter cost; measured once, cached. Seconds unless named otherwise. */
export interface Machine {
  cores: number;
  effectiveCores: number;
  poolStart: Record<'fork' | 'forkserver' | 'spawn', Seconds | null>;
  poolMessage: Seconds;
  pickleBytesPerSecond: number;
  threadTask: Seconds;
  numpyImport: Seconds | null;
  numpyElement: Seconds | null;
  listToArrayElement: Seconds | null;
  pythonOperation: Seconds;
  /** Start and end of an interpreter that does nothing. */
  processStart?: Seconds | null;
  /** At which the system hands out pages that were never touched. */
  freshBytesPerSecond?: number | null;
  /** Standard deviation of log(time) between two runs of the same program. */
  noise: number;
  measuredAt: string;
}

// ---------------------------------------------------------------- refactors
export type Family =
  | 'anti-pattern' | 'algorithm' | 'memoize' | 'vectorize' | 'compile' | 'process-pool' | 'thread-pool' | 'async' | 'chunk' | 'shared-memory'
  | 'distributed' | 'gpu' | 'worker-threads' | 'promise-all' | 'async-fs' | 'combination' | 'runtime'; // prettier-ignore
/** What a refactor says of its own cost, for the cost model: the new time of the hotspot's seconds. */
export type CostModel =
  | { kind: 'vectorize'; operations: number; listInputs: number; listOutput: boolean; importsNumpy: boolean }
  /** `argumentBytes` of all that is sent, in all messages together; `starts`: how often a pool is started, `maps`: how often one is given items; once where it is not said. */
  | { kind: 'process-pool'; argumentBytes: number; chunks: boolean; starts?: number; maps?: number }
  | { kind: 'thread-pool'; workers: number }
  /** `statements` that are compiled; `arrays`: operations on whole arrays among them; `listItems` that are turned into arrays and back in one call; `importsNumpy`: nothing of the file does yet. */
  | { kind: 'compile'; statements: number; arrays?: number; listItems: number; importsNumpy: boolean }
  | { kind: 'factor'; low: number; high: number };
/** How far earlier predictions of a refactor were from what was then measured on this machine, as factors either way. */
export interface PredictionError {
  typical: Ratio;
  /** What four in five of them stayed within. */
  most: Ratio;
  proofs: number;
}
/** Statements that a candidate replaces, and what is compared when they end. */
export interface Region {
  file: string;
  /** 1-based, whole lines, in the original and in the edited text. */
  before: { startLine: number; endLine: number };
  after: { startLine: number; endLine: number };
  /** Names whose values are compared when the region is left. */
  captures: string[];
}
export interface Candidate {
  /** refactor@hotspot */
  id: string;
  refactor: string;
  family: Family;
  title: string;
  hotspots: string[];
  /** Ids of the parts of a combination. */
  parts: string[];
  edits: Edit[];
  regions: Region[];
  cost: CostModel;
  predicted: Interval | null;
  /** Absent where too few predictions of this refactor have been measured here. */
  predictionError?: PredictionError;
  assumptions: string[];
  /** Distributions that must be installed. */
  requires: string[];
  /** Relative tolerance of floats that the refactor declares; 0 means exact. */
  tolerance: number;
  /** True when every assumption is checked statically or by a guard in the generated code. */
  guarded: boolean;
  /** Worker count used by default and how the edited program takes another (environment variable read by the trial only), for the sweep. */
  workers: number | null;
}
/** A refactor that looked at a hotspot and said no. */
export interface Blocked {
  id: string;
  refactor: string;
  family: Family;
  title: string;
  hotspots: string[];
  refusal: Refusal;
}

// ---------------------------------------------------------------- trial
export type EquivalenceLevel = 'guarded' | 'observed' | 'statistical' | 'different';
export interface Trial {
  candidate: string;
  equivalence: EquivalenceLevel;
  tolerance?: number;
  /** What differs between two runs of the original itself and was not compared, in words. */
  masked: string[];
  firstDifference?: string;
  /** How the candidate could not even be compared: blocked effect, never reached, crashed. */
  problem?: Refusal;
  /** Its first run took more than three times as long as the original: what only a winner needs (spawned processes, smaller inputs) was left out. Never proven. */
  losing?: boolean;
  /**
   * The wall time of the whole runs that were compared, before and after, and their peak memory: all that is known of a loser,
   * or of a script too long for more. `active`: the shortest of either version, less what its main thread waited for a core.
   */
  wholeRuns?: { before: Seconds[]; after: Seconds[]; peakMemory: [Bytes, Bytes]; active?: [Seconds, Seconds] };
  /** Smaller inputs on which both versions gave the same: 'with N = 0'. */
  perturbed?: string[];
  /** What differs with arguments that the script's own input may never have, where the refactor claims that all its assumptions are checked. */
  beyond?: string[];
  /** Seconds in the hot region, before and after, by run. */
  hot?: { before: Seconds[]; after: Seconds[] };
}

// ---------------------------------------------------------------- benchmark
export interface Timing {
  wall: Seconds[];
  corrected: Seconds[] | null;
  cpu: Seconds[];
  peakMemory: Bytes;
}
export interface SweepPoint {
  workers: number;
  predicted: Ratio | null;
  measured: Interval | null;
  projected: boolean;
}
export interface Warning {
  code: string;
  text: string;
}
export interface Benchmark {
  candidate: string;
  before: Timing;
  after: Timing;
  ratio: Interval;
  hot: Interval | null;
  warm: Interval | null;
  basis: 'wall' | 'corrected-wall' | 'cpu';
  rounds: number;
  sweep: SweepPoint[];
  peakMemory: [Bytes, Bytes];
  warnings: Warning[];
}
export type CandidateStatus = 'proven' | 'rejected' | 'blocked' | 'untried';

// ---------------------------------------------------------------- report (schema hotloop/1, the command line's contract)
export interface ReportHotspot {
  id: string;
  file: string;
  kind: Hotspot['kind'];
  /** 1-based. */
  startLine: number;
  endLine: number;
  share: Share;
  seconds: Seconds;
  bottleneck: Bottleneck;
  /** As of a verdict. */
  detail?: NonNullable<Verdict['detail']>;
  confidence: number;
  because: Evidence[];
  pattern: Pattern | null;
  /** The first line of its code, without the white space around it. */
  text?: string;
  /** Of a loop. */
  legality?: Legality;
  /** A loop's form and facts as text, shown by `--explain`. */
  explained?: string;
}
export interface ReportCandidate {
  id: string;
  refactor: string;
  family: Family;
  parts: string[];
  hotspots: string[];
  title: string;
  status: CandidateStatus;
  /** One sentence: why it has this status. */
  reason: string;
  refusal: Refusal | null;
  predicted: Interval | null;
  predictionError?: PredictionError;
  measured:
    | (Interval & {
        basis: Benchmark['basis'];
        rounds: number;
        hot: Interval | null;
        warm: Interval | null;
        beforeSeconds: Seconds;
        afterSeconds: Seconds;
      })
    | null;
  equivalence: EquivalenceLevel | null;
  tolerance: number | null;
  masked: string[];
  warnings: Warning[];
  sweep: SweepPoint[];
  peakMemory: [Bytes, Bytes] | null;
  edits: Edit[];
  assumptions: string[];
  requires: string[];
  /** The edits as a unified diff, for people to read; files relative to the project root. */
  diff?: string;
}
export interface Report {
  schema: 'hotloop/1';
  createdAt: string;
  depth: 'profile' | 'advise' | 'prove';
  source: { path: string; sha256: string; language: LanguageId; command: Command };
  /** Every user file that an edit or a hotspot names, with its hash when the report was made. */
  files: { path: string; sha256: string }[];
  environment: {
    interpreter: string;
    version: string;
    implementation: string;
    platform: string;
    cores: number;
    packages: Record<string, string>;
    hotloop: string;
  };
  run: { exitCode: number; seconds: Seconds; cpuSeconds: Seconds; peakMemory: Bytes; stopped?: Run['stopped'] };
  /** `text` is the line's code, without the white space around it. */
  lines: (LineCost & { share: Share; text?: string })[];
  stacks: Stack[];
  timeline: Sample[];
  effects: Effect[];
  verdict: Verdict;
  hotspots: ReportHotspot[];
  candidates: ReportCandidate[];
  recommendation: { kind: 'apply'; candidate: string } | { kind: 'leave'; why: string };
  /** How the program already works in parallel, and what is wrong with that. */
  findings?: Finding[];
  notes: string[];
}

// ---------------------------------------------------------------- progress
export type Stage = 'profile' | 'hotspots' | 'loops' | 'verdict' | 'refactors' | 'trial' | 'benchmark' | 'report';
export interface Progress {
  stage: Stage;
  text: string;
  /** 0 to 1 of the whole job, where it can be told. */
  fraction?: number;
}
