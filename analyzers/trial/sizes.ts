import type { Edit, Expr, Position, Source, Span } from '../types';
import type { PythonModule } from '../syntax/python-module';

/** A smaller input: one size in the text or on the command line set to empty, one or an odd number. */
export interface Perturbation {
  /** 'with N = 0' */
  title: string;
  /** The same for all that change one size. */
  size: string;
  edits: Edit[];
  args: string[] | null;
}

/** Empty, one and an odd number. */
export const SMALL = [0, 1, 7];
// Which of a script's numbers are sizes is only known by trying: those after these few are hardly ever.
const MOST_SIZES = 5;
const LEAST = 8;
/** Larger numbers are seeds and moduli more often than sizes. */
const PLAUSIBLE = 1e9;

export interface ReadFile {
  source: Source;
  module: PythonModule;
}
interface Size {
  value: number;
  span: Span;
  title: (small: number) => string;
}

/** What an expression of whole-number literals comes to: `2_000_000`, `10**6`, `1 << 20`, `int(1e6)`; null for anything else. */
function constantOf(expr: Expr): number | null {
  if (expr.kind === 'number') return expr.type === 'int' ? Number(expr.text.replaceAll('_', '')) : null;
  if (expr.kind === 'call') {
    const [arg] = expr.args;
    const whole = expr.callee.kind === 'name' && expr.callee.name === 'int' && expr.args.length === 1 && arg?.kind === 'number';
    return whole ? Math.trunc(Number(arg.text.replaceAll('_', ''))) : null;
  }
  if (expr.kind !== 'binary') return null;
  const left = constantOf(expr.left);
  const right = constantOf(expr.right);
  if (left === null || right === null) return null;
  if (expr.op === '*') return left * right;
  if (expr.op === '+') return left + right;
  if (expr.op === '-') return left - right;
  if (expr.op === '**') return left ** right;
  return expr.op === '<<' ? left * 2 ** right : null;
}

const sameStart = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;

/** Every part of the IR below a node, itself first. */
function* partsOf(node: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(node)) for (const part of node) yield* partsOf(part);
  else if (typeof node === 'object' && node !== null) {
    yield node as Record<string, unknown>;
    for (const [key, part] of Object.entries(node)) if (key !== 'span') yield* partsOf(part);
  }
}

/** Numbers that are given a name, are a parameter's default, or go to a function as they stand. */
function sizesIn(module: PythonModule): Size[] {
  const found: Size[] = [];
  const add = (expr: Expr | null | undefined, title: (small: number) => string): void => {
    const value = expr === null || expr === undefined ? null : constantOf(expr);
    if (expr && value !== null && Number.isFinite(value) && value >= LEAST) found.push({ value, span: expr.span, title });
  };
  const look = (body: readonly unknown[], where: string): void => {
    for (const part of partsOf(body)) {
      const node = part as Expr | { kind: 'assign'; targets: Expr[]; value: Expr } | { kind: 'range'; stop: Expr; span: Span };
      if (node.kind === 'assign') {
        const [target] = node.targets;
        if (target?.kind === 'name') add(node.value, (small) => `with ${target.name} = ${small}${where}`);
      } else if (node.kind === 'range') {
        add(node.stop, (small) => `with range(${small}) at line ${node.span.start.line + 1}`);
      } else if (node.kind === 'call') {
        const { callee } = node;
        const name = callee.kind === 'name' ? callee.name : callee.kind === 'attribute' ? callee.attribute : '';
        if (callee.kind === 'name' && callee.name === 'int') continue;
        const at = `${name}(..) at line ${node.span.start.line + 1}`;
        node.args.forEach((arg, index) => add(arg, (small) => `with ${small} as argument ${index + 1} of ${at}`));
        node.keywords.forEach((keyword) => add(keyword.value, (small) => `with ${keyword.name}=${small} in ${at}`));
      }
    }
  };
  look(module.body, '');
  for (const { name, params, body } of module.functions) {
    for (const param of params) add(param.default, (small) => `with ${param.name}=${small} as the default of ${name}()`);
    look(body, ` in ${name}()`);
  }
  return found;
}

/** A number in the text or on the command line that may be a size. */
export interface PossibleSize {
  value: number;
  make: (small: number) => Perturbation;
}

/** Whole numbers of 8 and more in these files that may be sizes, and such command line arguments, largest first. */
export function sizesOf(files: readonly ReadFile[], args: readonly string[]): PossibleSize[] {
  const sizes: PossibleSize[] = [];
  // Equal numbers stand for one size, written more than once: two lists of one length stay two lists of one length.
  const groups = new Map<number, { source: Source; size: Size }[]>();
  for (const { source, module } of files) {
    for (const size of sizesIn(module)) {
      const group = groups.get(size.value) ?? [];
      const { start } = size.span;
      if (group.some((other) => other.source === source && sameStart(other.size.span.start, start))) continue;
      groups.set(size.value, [...group, { source, size }]);
    }
  }
  for (const [value, group] of groups) {
    const lines = group.map(({ size }) => size.span.start.line + 1).join(', ');
    const title = (small: number): string => group.length === 1 ? (group[0]?.size.title(small) ?? '') : `with ${small} in place of ${value} in lines ${lines}`; // prettier-ignore
    const make = (small: number): Perturbation => ({
      title: title(small),
      size: `size ${value}`,
      edits: group.map(({ source, size }) => ({ file: source.path, sha256: source.sha256, ...size.span, newText: String(small) })),
      args: null,
    });
    sizes.push({ value, make });
  }
  args.forEach((text, index) => {
    if (!/^\d+$/.test(text) || Number(text) < LEAST) return;
    const make = (small: number): Perturbation => {
      return { title: `with argument ${index + 1} = ${small}`, size: `argument ${index}`, edits: [], args: args.with(index, String(small)) };
    };
    sizes.push({ value: Number(text), make });
  });
  const likely = (value: number): number => (value > PLAUSIBLE ? 1 / value : value);
  sizes.sort((a, b) => likely(b.value) - likely(a.value));
  return sizes;
}

/** The likeliest sizes set to empty, one and an odd number. Which of them are sizes is found out by running: see `perturb`. */
export const perturbationsOf = (...given: Parameters<typeof sizesOf>): Perturbation[] =>
  sizesOf(...given)
    .slice(0, MOST_SIZES)
    .flatMap((size) => SMALL.map((small) => size.make(small)));
