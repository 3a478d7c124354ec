import type { Edit, Expr, FunctionIR, LoopFacts, Position, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import type { PythonModule } from '../../syntax/python-module';
import { eachExpr, eachStmt } from '../../syntax/python-walk';
import { aboveComments } from '../import-edit';
import type { Context } from '../refactor';
import { baseName, exprsIn, namesOf } from './names';
import { linesInsideStrings } from './text';
import { readWorker } from './workers';

type Statement = PythonModule['outline']['statements'][number];

const changing = new Set(['append', 'extend', 'insert', 'add', 'update', 'setdefault', 'pop', 'popitem', 'remove', 'discard', 'clear', 'sort', 'reverse', 'fill', 'resize']); // prettier-ignore
/** Calls that make the same thing again in every process that imports the file, quickly and without effects. */
const makers = /^(re\.compile|pathlib\.\w*Path|logging\.getLogger|collections\.\w+|decimal\.Decimal|fractions\.Fraction|datetime\.\w+|math\.\w+|threading\.R?Lock|numpy\.(array|float\w*|int\w*)|builtins\.(list|dict|set|tuple|frozenset|float|int|str|bool|range|len))$/; // prettier-ignore

/** Settings of the process itself. */
const preparing = /^(sys\.(setrecursionlimit|set_int_max_str_digits|setswitchinterval)|sys\.path\.(insert|append|extend)|decimal\.(getcontext|setcontext)|warnings\.(filterwarnings|simplefilter)|locale\.setlocale|numpy\.(seterr|set_printoptions)|csv\.field_size_limit|gc\.(disable|enable|freeze)|faulthandler\.enable|matplotlib\.use|os\.environ\.setdefault)$/; // prettier-ignore

/** What a worker process needs of the module that the task is in, when it imports that module anew. */
export class TaskModule {
  readonly module: PythonModule;
  /** Lines that start inside a string: they are never indented anew. */
  readonly fixed: ReadonlySet<number>;
  readonly #cx: Context;
  readonly #file: string;
  readonly #taken = new Set<string>();

  constructor(file: string, cx: Context) {
    this.#file = file;
    this.#cx = cx;
    this.fixed = linesInsideStrings(cx.text(file));
    this.module = cx.syntax(file);
  }

  /** A name that neither the file nor this rewrite uses yet: the first of the bases that is free, else the first one numbered. */
  fresh(...bases: [string, ...string[]]): string {
    const isFree = (name: string): boolean => !this.#taken.has(name) && this.#cx.freshName(name, this.#file) === name;
    let name = bases.find(isFree) ?? null;
    for (let count = 2; name === null; count += 1) name = isFree(`${bases[0]}${count}`) ? `${bases[0]}${count}` : null;
    this.#taken.add(name);
    return name;
  }

  /** Does the module bind the name at its top level? */
  binds(name: string): boolean {
    return this.module.outline.statements.some((statement) => statement.names.includes(name));
  }

  /** Does the module define a function or a class, or import something, by that name? */
  defines(name: string): boolean {
    const kinds = new Set(['function', 'class', 'import']);
    return this.module.outline.statements.some((statement) => kinds.has(statement.kind) && statement.names.includes(name));
  }

  /**
   * Module variables that the given names lead to, through functions and classes. A worker that imports the file would not have them, or not as
   * they are now, so they have to be handed over. `seen` is given all names on the way, imports as well.
   */
  variablesBehind(names: Iterable<string>, seen = new Set<string>()): string[] {
    const variables: string[] = [];
    const pending = [...names];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const binding = this.module.outline.statements.filter((statement) => statement.names.includes(name));
      if (binding.length === 0) continue;
      if (binding.every((statement) => statement.kind === 'import')) continue;
      if (binding.every((statement) => statement.kind === 'function' || statement.kind === 'class'))
        pending.push(...binding.flatMap((one) => one.reads));
      else if (!this.#sameEverywhere(name, binding)) variables.push(name);
      else pending.push(...binding.flatMap((one) => one.reads));
    }
    return variables;
  }

  /** Assigned once, from something that every process makes alike, and never changed afterwards. */
  #sameEverywhere(name: string, binding: readonly Statement[]): boolean {
    const [statement] = binding;
    if (!statement || binding.length > 1 || this.module.globals.includes(name)) return false;
    if (statement.kind !== 'constant' && !this.isSetup(statement)) return false;
    return !this.#changed(name);
  }

  /** Does anything in the file change what the name holds, or bind it anew from inside a function? */
  isChanged(name: string): boolean {
    return this.module.globals.includes(name) || this.#changed(name);
  }

  #changed(name: string): boolean {
    const bodies = [this.module.body, ...this.module.functions.map((one) => one.body)];
    return bodies.some((body) => {
      if (namesOf({ stmts: body }).stores.has(name)) return true;
      return body.some((stmt) => [...exprsIn(stmt)].some((expr) => changesBy(expr, name)));
    });
  }

  /** A module-level assignment that may stay outside of the guard: `WEIGHTS = [1, 2]`, `log = logging.getLogger(__name__)`. */
  isSetup(statement: Statement): boolean {
    if (statement.kind === 'constant' || this.#preparesProcess(statement)) return true;
    const stmt = this.module.body.find((one) => within(one.span, statement.span) && within(statement.span, one.span));
    return stmt?.kind === 'assign' && stmt.targets.every((target) => target.kind === 'name') && this.#literal(stmt.value);
  }

  /** `sys.setrecursionlimit(10000)`: worker processes need it as much as this one, and get it when they import the file. */
  #preparesProcess(statement: Statement): boolean {
    const stmt = this.module.body.find((one) => within(one.span, statement.span) && within(statement.span, one.span));
    const target = stmt?.kind === 'assign' && stmt.targets.length === 1 ? stmt.targets[0] : undefined;
    const call = stmt?.kind === 'expression' ? stmt.value : target?.kind === 'attribute' ? target.object : undefined;
    if (!stmt || call?.kind !== 'call') return false;
    if (!preparing.test(this.#cx.resolve(call.callee, this.#file, call.span.start) ?? '')) return false;
    const parts = [...call.args, ...call.keywords.map(({ value }) => value), ...(stmt.kind === 'assign' ? [stmt.value] : [])];
    return parts.every((part) => this.#literal(part));
  }

  #literal(value: Expr): boolean {
    for (const expr of eachExpr(value)) {
      if (expr.kind === 'call' && !makers.test(this.#cx.resolve(expr.callee, this.#file, expr.span.start) ?? '')) return false;
      if (expr.kind === 'loop' || expr.kind === 'lambda' || expr.kind === 'opaque' || expr.kind === 'await' || expr.kind === 'yield') return false;
    }
    const setups = (name: string): boolean =>
      this.module.outline.statements
        .filter((one) => one.names.includes(name))
        .every((one) => one.kind !== 'guard' && (one.kind !== 'other' || this.isSetup(one)));
    return [...namesOf({ exprs: [value] }).reads].every(setups);
  }

  /** True where the statement stands at module level and nothing keeps a worker's import from running it. */
  startsOnImport(facts: Pick<LoopFacts, 'statement' | 'owner'>): boolean {
    if (!this.#cx.isMain(this.#file)) return false;
    const around = this.module.outline.statements.find((statement) => within(facts.statement, statement.span));
    if (facts.owner === null) return around?.kind !== 'guard';
    return !this.module.outline.statements.some((statement) => statement.kind === 'guard');
  }

  /** Read by no function and not spelled as a constant of the module. */
  #onlyForScript({ names }: Statement): boolean {
    const definitions = this.module.outline.statements.filter((one) => one.kind === 'function' || one.kind === 'class');
    return names.every((name) => name !== name.toUpperCase() && !definitions.some((one) => one.reads.includes(name)));
  }

  /** In a class body, a decorator or a default value. */
  isInDefinition(facts: LoopFacts): boolean {
    const around = this.module.outline.statements.find((statement) => within(facts.statement, statement.span));
    return around?.kind === 'class' || around?.kind === 'function';
  }

  /** Runs of module-level statements that start things: they go under `if __name__ == "__main__":`. */
  guardedRuns(): Span[] {
    const runs: Span[] = [];
    let open = null as Span | null;
    /** Where a run would start that takes along the assignments right above it which only it reads. */
    let early = null as Position | null;
    for (const statement of this.module.outline.statements) {
      const { kind, span } = statement;
      if (kind === 'other' && !this.isSetup(statement)) {
        open = { start: open?.start ?? early ?? span.start, end: span.end };
      } else if (kind !== 'other' && kind !== 'constant') {
        if (open) runs.push(open);
        open = null;
        early = null;
      } else if (!open) {
        early = this.#onlyForScript(statement) ? (early ?? span.start) : null;
      }
    }
    if (open) runs.push(open);
    return runs;
  }

  /** New top-level functions, above the statement that holds the loop (or above the run that goes under the guard) and its comments. */
  functionsEdit(functions: readonly string[][], span: Span, guarded: boolean): Edit {
    const statement = this.module.outline.statements.find((one) => within(span, one.span));
    const run = guarded ? this.guardedRuns().find((one) => within(span, one)) : undefined;
    const line = this.aboveComments((run ?? statement?.span ?? span).start.line);
    const lines = this.#cx.text(this.#file).split('\n');
    let blank = 0;
    while (blank < line && blank < 2 && (lines[line - 1 - blank] ?? '').trim() === '') blank += 1;
    const gap = line === 0 ? '' : '\n'.repeat(2 - blank);
    return this.#cx.insert(this.#file, { line, character: 0 }, gap + functions.map((one) => one.join('\n') + '\n\n\n').join(''));
  }

  aboveComments(line: number): number {
    return aboveComments(this.#cx.text(this.#file).split('\n'), line);
  }

  /** Edits that put the runs under the guard; the lines of `region` are left to the edit that replaces them. `added`: functions that come right above one. */
  guardEdits(region: Span, added: Edit | undefined): Edit[] {
    const cx = this.#cx;
    const lines = cx.text(this.#file).split('\n');
    const unit = cx.indentUnit(this.#file);
    return this.guardedRuns().flatMap((run) => {
      const first = this.aboveComments(run.start.line);
      const gap = first > 0 && added?.start.line !== first && (lines[first - 1] ?? '').trim() !== '' ? '\n' : '';
      const edits = [cx.insert(this.#file, { line: first, character: 0 }, `${gap}if __name__ == "__main__":\n`)];
      for (let line = first; line <= run.end.line; line += 1) {
        const inRegion = line >= region.start.line && line <= region.end.line;
        if (inRegion || this.fixed.has(line) || (lines[line] ?? '').trim() === '') continue;
        edits.push(cx.insert(this.#file, { line, character: 0 }, unit));
      }
      return edits;
    });
  }

  /** Functions that a pool of this file already runs, by themselves or through others: `pool.map(work, ...)`, `Process(target=work)`. */
  isWorker(owner: FunctionIR): boolean {
    const code = [...this.module.body, ...this.module.functions.flatMap((one) => one.body)];
    return code
      .flatMap((stmt) => [...exprsIn(stmt)])
      .some((expr) => {
        if (expr.kind !== 'call') return false;
        const name = expr.callee.kind === 'attribute' ? expr.callee.attribute : expr.callee.kind === 'name' ? expr.callee.name : '';
        if (!/^(map|imap|imap_unordered|starmap|submit|apply|apply_async|map_async|run_in_executor|to_thread|Process|Thread|delayed)$/.test(name))
          return false;
        if (name === 'map' && expr.callee.kind === 'name') return false;
        const given = [...expr.args, ...expr.keywords.map((keyword) => keyword.value)].flatMap((arg) => [...eachExpr(arg)]);
        return given.some((arg) => (arg.kind === 'name' || arg.kind === 'attribute') && this.#runs(arg, owner));
      });
  }

  #runs(given: Expr, owner: FunctionIR): boolean {
    if ((given.kind === 'name' ? given.name : given.kind === 'attribute' ? given.attribute : '') === owner.name) return true;
    const worker = this.#cx.functionOf(given, this.#file);
    return worker !== null && readWorker(worker, this.#cx).functions.includes(owner);
  }

  /** The code around the loop already works with a pool. */
  usesPool(facts: LoopFacts): boolean {
    const pools = Object.entries(this.module.imports).filter(([, path]) =>
      /^(multiprocessing|concurrent\.futures|concurrent|joblib|dask|ray|mpi4py)\b/.test(path),
    );
    const code: readonly Stmt[] = facts.owner ? facts.owner.body : this.module.body;
    const reads = namesOf({ stmts: code }).reads;
    return pools.some(([name]) => reads.has(name)) || (facts.owner !== null && this.isWorker(facts.owner));
  }

  /** Does the loop stand inside a lambda, whose parameters nobody outside knows? */
  inLambda(facts: LoopFacts): boolean {
    const code: readonly Stmt[] = facts.owner ? facts.owner.body : this.module.body;
    const exprs = [...eachStmt(code)].flatMap((stmt) => [...exprsIn(stmt)]);
    return exprs.some((expr) => expr.kind === 'lambda' && within(facts.ir.span, expr.span) && facts.ir.form !== 'map');
  }
}

function changesBy(expr: Expr, name: string): boolean {
  return expr.kind === 'call' && expr.callee.kind === 'attribute' && changing.has(expr.callee.attribute) && baseName(expr.callee.object) === name;
}
