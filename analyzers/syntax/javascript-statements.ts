import type { BinaryOp, Expr, Stmt } from '../types';
import { isBinary } from './javascript-expressions';
import { readFor, readForIn, readLabeled, readWhile } from './javascript-loops';
import { blockNames, importedNames, isType, patternNames } from './javascript-names';
import { emptySpan, intExpr, noneExpr, opaqueStatement, type Reading } from './javascript-reading';
import { childOf, hasToken, namedChildren, type PlainNode } from './plain-tree';
import { nestedBlocks } from './python-walk';

/** One node may be several statements: a declaration of several names, expressions with commas between them, a block. */
export function readStatement(node: PlainNode, reading: Reading): Stmt[] {
  const span = reading.span(node);
  const inner = namedChildren(node);
  const [first] = inner;
  const field = (name: string): Expr | null => {
    const child = childOf(node, name);
    return child ? reading.expr(child) : null;
  };
  switch (node.type) {
    case 'expression_statement':
      return first && inner.length === 1 ? readEffect(first, node, reading) : [];
    case 'lexical_declaration':
    case 'variable_declaration':
      return inner.flatMap((part) => readDeclarator(part, node.type === 'variable_declaration', reading));
    case 'statement_block':
      return reading.body(node);
    case 'if_statement': {
      const test = field('condition');
      const otherwise = childOf(node, 'alternative');
      if (!test) break;
      const branch = otherwise?.type === 'else_clause' ? (namedChildren(otherwise)[0] ?? null) : otherwise;
      return [{ kind: 'if', test, then: reading.body(childOf(node, 'consequence')), otherwise: reading.body(branch), span }];
    }
    case 'for_statement':
      return readFor(node, reading);
    case 'for_in_statement':
      return readForIn(node, reading);
    case 'while_statement':
    case 'do_statement':
      return readWhile(node, reading);
    case 'labeled_statement':
      return readLabeled(node, reading);
    case 'break_statement':
    case 'continue_statement': {
      const kind = node.type === 'break_statement' ? 'break' : 'continue';
      return [first ? { kind, label: reading.text(first), span } : { kind, span }];
    }
    case 'return_statement':
      return [{ kind: 'return', value: first ? reading.expr(first) : null, span }];
    case 'throw_statement':
      return [{ kind: 'raise', value: first ? reading.expr(first) : null, span }];
    case 'try_statement':
      return readTry(node, reading);
    case 'switch_statement':
      return readSwitch(node, reading);
    case 'export_statement': {
      const declaration = childOf(node, 'declaration');
      const value = childOf(node, 'value');
      if (declaration) return reading.block([declaration]);
      return value ? [{ kind: 'expression', value: reading.expr(value), span }] : [{ kind: 'pass', span }];
    }
    case 'import_statement':
      return [{ kind: 'opaque', what: node.type, reads: [], writes: importedNames(node, reading.text).map((one) => one.alias), span }];
    case 'empty_statement':
    case 'debugger_statement':
    case 'ambient_declaration':
      return [];
    default:
      // The head of a for holds bare expressions.
      if (/expression$|^identifier$/.test(node.type)) return readEffect(node, node, reading);
      if (isType(node)) return [];
  }
  return [opaqueStatement(node, reading)];
}

/** What an expression does where its value is not asked for. */
function readEffect(value: PlainNode, node: PlainNode, reading: Reading): Stmt[] {
  const span = reading.span(node);
  switch (value.type) {
    case 'parenthesized_expression': {
      const [inside] = namedChildren(value);
      return inside ? readEffect(inside, node, reading) : [];
    }
    case 'sequence_expression':
      return namedChildren(value).flatMap((part) => readEffect(part, part, reading));
    case 'assignment_expression': {
      const targets: Expr[] = [];
      let at: PlainNode = value;
      for (;;) {
        const left = childOf(at, 'left');
        const right = childOf(at, 'right');
        if (!left || !right) return [opaqueStatement(node, reading)];
        targets.push(reading.expr(left));
        if (right.type !== 'assignment_expression') return [{ kind: 'assign', targets, value: reading.expr(right), span }];
        at = right;
      }
    }
    case 'augmented_assignment_expression': {
      const left = childOf(value, 'left');
      const right = childOf(value, 'right');
      const operator = childOf(value, 'operator');
      if (!left || !right || !operator) break;
      return augment(left, reading.text(operator).slice(0, -1), reading.expr(right), value, node, reading);
    }
    case 'update_expression': {
      const target = childOf(value, 'argument');
      const operator = childOf(value, 'operator');
      if (!target || !operator) break;
      return [{ kind: 'augment', target: reading.expr(target), op: reading.text(operator) === '--' ? '-' : '+', value: intExpr(1, span), span }];
    }
    default:
      break;
  }
  const read = reading.expr(value);
  // A forEach that stands alone is a loop like any other.
  if (read.kind === 'loop' && read.loop.form === 'for-each') return [{ kind: 'loop', loop: { ...read.loop, sink: null }, span }];
  return [{ kind: 'expression', value: read, span }];
}

function augment(left: PlainNode, op: string, right: Expr, value: PlainNode, node: PlainNode, reading: Reading): Stmt[] {
  const span = reading.span(node);
  const target = reading.expr(left);
  if (isBinary(op)) return [{ kind: 'augment', target, op: op satisfies BinaryOp, value: right, span }];
  const at = emptySpan(span);
  const old: Expr = { ...target, span: emptySpan(target.span) };
  if (op === '&&' || op === '||') {
    return [{ kind: 'assign', targets: [target], value: { kind: 'logical', op: op === '&&' ? 'and' : 'or', left: old, right, span: at }, span }];
  }
  return [{ kind: 'assign', targets: [target], value: { ...reading.opaque(value, op, [old, right]), writes: [] }, span }];
}

function readDeclarator(part: PlainNode, hoisted: boolean, reading: Reading): Stmt[] {
  const name = part.type === 'variable_declarator' ? childOf(part, 'name') : null;
  const value = childOf(part, 'value');
  if (!name) return part.type === 'variable_declarator' ? [opaqueStatement(part, reading)] : [];
  const span = reading.span(part);
  // A let without a value is made anew wherever it is reached; a var keeps what it holds.
  if (!value) return hoisted ? [] : [{ kind: 'assign', targets: [reading.expr(name)], value: noneExpr(span), span }];
  return [{ kind: 'assign', targets: [reading.expr(name)], value: reading.expr(value), span }];
}

function readTry(node: PlainNode, reading: Reading): Stmt[] {
  const handler = childOf(node, 'handler');
  const finalizer = childOf(node, 'finalizer');
  const param = handler ? childOf(handler, 'parameter') : null;
  const caught = param ? patternNames(param, reading.text) : [];
  const handlers = handler
    ? [
        reading.within(caught, (called) => {
          const body = reading.body(childOf(handler, 'body'));
          if (param === null || param.type === 'identifier') return { type: null, name: called[0] ?? null, body };
          const error = reading.fresh('_error');
          const span = reading.span(param);
          const value: Expr = { kind: 'name', name: error, span: emptySpan(span) };
          return { type: null, name: error, body: [{ kind: 'assign' as const, targets: [reading.expr(param)], value, span }, ...body] };
        }),
      ]
    : [];
  const body = reading.body(childOf(node, 'body'));
  return [
    { kind: 'try', body, handlers, otherwise: [], finally: finalizer ? reading.body(childOf(finalizer, 'body')) : [], span: reading.span(node) },
  ];
}

/** A switch whose cases each leave it is a chain of ifs; one that falls through stays what it is. */
function readSwitch(node: PlainNode, reading: Reading): Stmt[] {
  const value = childOf(node, 'value');
  const body = childOf(node, 'body');
  const cases = body ? namedChildren(body) : [];
  const subject = value ? reading.expr(value) : null;
  if (!subject || !isPlain(subject) || cases.length > 200) return [opaqueStatement(node, reading)];
  return reading.within(blockNames(cases.flatMap(namedChildren), reading.text), () => {
    const branches: { tests: Expr[]; body: Stmt[]; span: Stmt['span']; otherwise: boolean }[] = [];
    let tests: Expr[] = [];
    for (const [index, one] of cases.entries()) {
      const label = childOf(one, 'value');
      const statements = reading.block(one.children.filter((child) => child.field === 'body'));
      if (label) tests.push(reading.expr(label));
      const otherwise = one.type === 'switch_default';
      if (otherwise && (index !== cases.length - 1 || tests.length > 0)) return [opaqueStatement(node, reading)];
      if (statements.length === 0 && index < cases.length - 1) continue;
      const last = statements[statements.length - 1];
      const broken = last?.kind === 'break' && last.label === undefined;
      const left = broken || last?.kind === 'return' || last?.kind === 'raise' || last?.kind === 'continue' || index === cases.length - 1;
      const rest = broken ? statements.slice(0, -1) : statements;
      if (!left || breaks(rest)) return [opaqueStatement(node, reading)];
      branches.push({ tests, body: rest, span: reading.between(one, node), otherwise });
      tests = [];
    }
    let chain: Stmt[] = [];
    for (const { tests: given, body: then, span, otherwise } of branches.reverse()) {
      const [first, ...more] = given.map((right): Expr => ({ kind: 'compare', first: { ...subject, span: emptySpan(right.span) }, rest: [{ op: '==', right }], span: right.span })); // prettier-ignore
      if (otherwise) chain = then;
      else if (first) {
        const test = more.reduce((left, right): Expr => ({ kind: 'logical', op: 'or', left, right, span: emptySpan(right.span) }), first);
        chain = [{ kind: 'if', test, then, otherwise: chain, span }];
      }
    }
    const [top] = chain;
    return top?.kind === 'if' && chain.length === 1 ? [{ ...top, span: reading.span(node) }] : chain;
  });
}

const isPlain = (expr: Expr): boolean => expr.kind === 'name' || (expr.kind === 'attribute' && isPlain(expr.object)) || (expr.kind === 'constant' && expr.value === 'True'); // prettier-ignore
/** A break that means the switch itself. */
const breaks = (body: readonly Stmt[]): boolean =>
  body.some(
    (statement) =>
      (statement.kind === 'break' && statement.label === undefined) || (statement.kind !== 'loop' && nestedBlocks(statement).some(breaks)),
  );

export const isAsync = (node: PlainNode): boolean => hasToken(node, 'async') || node.children.some((child) => child.type === 'async');
