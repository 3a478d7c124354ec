/**
 * The contract of a refactor. One refactor is one file `python/<id>.ts` that exports `refactor`, and one page `python/<id>.md` that explains and tests it.
 * A refactor never looks at text to decide: it reads the facts of the loop IR and lowers the IR to new code.
 */
import type {
  Candidate,
  CostModel,
  Edit,
  Expr,
  Family,
  FunctionFacts,
  FunctionIR,
  Interpreter,
  LineFacts,
  LoopFacts,
  LoopIR,
  Machine,
  Position,
  Refusal,
  Span,
  Stmt,
  ValueFact,
  Verdict,
} from '../types';
import type { Outcome } from '../platform/result';
import type { PythonModule } from '../syntax/python-module';

/** What every match must say; a refactor adds what its own rewrite needs. */
export interface Match {
  file: string;
  /** The whole statements that the edit replaces; trial and benchmark time them and compare `captures` where they end. */
  region: Span;
  /** Names that live on after the region. */
  captures: string[];
  title: string;
  cost: CostModel;
  /** In plain words, each one a thing that is not checked by the generated code. */
  assumptions: string[];
  /** Every assumption is checked statically or by a guard in the generated code. */
  guarded: boolean;
  /** Relative tolerance of floats; 0: exact. */
  tolerance: number;
  requires: string[];
  workers: number | null;
  /** In place of the one region, where statements in several places are timed and compared: the callers of a function that is changed, say. */
  regions?: readonly { file: string; span: Span; captures: string[] }[];
}

export interface Refactor<M extends Match = Match> {
  id: string;
  family: Family;
  /** "Vectorize with NumPy" */
  title: string;
  /** undefined: this refactor has nothing to say about such a loop. A refusal is shown to the user. */
  match?(facts: LoopFacts, verdict: Verdict, cx: Context): Outcome<M> | undefined;
  /** The same for a hot function: what changes the function itself, or how it is called. */
  matchFunction?(facts: FunctionFacts, verdict: Verdict, cx: Context): Outcome<M> | undefined;
  /** The same for a hot line outside of every hot loop, for remedies of code that is parallel already. */
  matchLine?(facts: LineFacts, verdict: Verdict, cx: Context): Outcome<M> | undefined;
  rewrite(match: M, cx: Context): Edit[];
}

/** Erases M for the generated index: `match` and `rewrite` of one refactor always meet each other. */
export function defineRefactor<M extends Match>(refactor: Refactor<M>): Refactor {
  return refactor;
}

/** What a refactor may ask about the files, the interpreter and the machine. Everything is answered without running anything. */
export interface Context {
  interpreter: Interpreter;
  machine: Machine;
  /** True for the file that the user starts (its module level runs as `__main__`). */
  isMain(file: string): boolean;
  text(file: string): string;
  slice(file: string, span: Span): string;
  /** '\n' or '\r\n', as the file has it. */
  eol(file: string): string;
  /** One level of indentation as the file writes it. */
  indentUnit(file: string): string;
  /** The white space before the statement that starts at this line (0-based). */
  indentAt(file: string, line: number): string;
  /** Dotted path that a written name resolves to through the file's imports and builtins: `np.sqrt` -> 'numpy.sqrt', `sqrt` -> 'math.sqrt', `sum` -> 'builtins.sum'; null when shadowed or unknown. */
  resolve(expr: Expr, file: string, at: Position): string | null;
  /** The user's own function that a callee names, through imports of user modules too. */
  functionOf(callee: Expr, file: string): FunctionIR | null;
  /** A name not used anywhere in the file. */
  freshName(base: string, file: string): string;
  /** How to write `module` in this file (`np`), and the edit that imports it where the file does not yet. `from` imports: `module: 'concurrent.futures', name: 'ProcessPoolExecutor'`. */
  importName(file: string, module: string, options?: { name?: string; alias?: string }): { written: string; edit: Edit | null };
  /** Statements of the whole module, for guards and placement. */
  module(file: string): ModuleOutline;
  /** Absolute paths of all files that were read. */
  files: readonly string[];
  /** Everything that was read of a file. */
  syntax(file: string): PythonModule;
  /** The facts of every hot loop that refactors are asked about; absent where only one is. */
  loops?: readonly LoopFacts[];
  edit(file: string, span: Span, newText: string): Edit;
  insert(file: string, at: Position, newText: string): Edit;
  /** Seconds of the profiled run that were spent in lines of these places, or in what they called; null where nothing was measured. */
  secondsIn?(places: readonly { file: string; span: Span }[]): number | null;
  /** Type of an expression as far as literals, inference and the sampled frames tell. */
  valueOf(expr: Expr, facts: Pick<LoopFacts, 'file' | 'values'>): ValueFact | null;
}

export interface ModuleOutline {
  statements: {
    kind: 'docstring' | 'future' | 'import' | 'function' | 'class' | 'constant' | 'guard' | 'other';
    span: Span;
    names: string[];
    reads: string[];
  }[];
  /** Names assigned once at module level to a literal number, string or bool: their text. */
  constants: Record<string, string>;
  functions: FunctionIR[];
}

export type { Candidate, Expr, LoopIR, Refusal, Stmt };
