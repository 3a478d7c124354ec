import type { Expr, IndexSpace, LanguageId, LoopIR, Stmt } from '../types';
import { describeExpr } from '../syntax/python-print';

/** An expression as its own language writes it, in one line. */
export function exprText(expr: Expr, language: LanguageId): string {
  return language === 'python' ? describeExpr(expr) : scriptText(expr, LOOSEST);
}

const LOOSEST = 0;
const ARROW = 1;
const CHOICE = 2;
const UNARY = 13;
const ATOM = 15;
const LEVELS: Record<string, number> = { '??': 3, '||': 3, '&&': 4, '|': 5, '^': 6, '&': 7, '==': 8, '!=': 8, '===': 8, '!==': 8, '<': 9, '<=': 9, '>': 9, '>=': 9, in: 9, instanceof: 9, '<<': 10, '>>': 10, '>>>': 10, '+': 11, '-': 11, '*': 12, '/': 12, '%': 12, '**': 12 }; // prettier-ignore
const COMPARED: Record<string, string> = { '==': '===', '!=': '!==' };
const CONSTANTS = { True: 'true', False: 'false', None: 'null', Ellipsis: '...' } as const;

/** JavaScript; parentheses stand where the operators need them. */
function scriptText(expr: Expr, least: number): string {
  const list = (items: readonly Expr[]): string => items.map((item) => scriptText(item, ARROW)).join(', ');
  const put = (level: number, text: string): string => (level < least ? `(${text})` : text);
  const infix = (op: string, left: Expr, right: Expr): string => {
    const level = LEVELS[op] ?? CHOICE;
    return put(level, `${scriptText(left, level)} ${op} ${scriptText(right, level + 1)}`);
  };
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr.text;
    case 'constant':
      return expr.undefined ? 'undefined' : CONSTANTS[expr.value];
    case 'name':
      return expr.name;
    case 'attribute':
      return `${scriptText(expr.object, ATOM)}${expr.optional ? '?.' : '.'}${expr.attribute}`;
    case 'subscript':
      return `${scriptText(expr.object, ATOM)}${expr.optional ? '?.' : ''}[${scriptText(expr.index, LOOSEST)}]`;
    case 'call':
      return `${expr.construct ? 'new ' : ''}${scriptText(expr.callee, ATOM)}${expr.optional ? '?.' : ''}(${list(expr.args)})`;
    case 'unary':
      return put(UNARY, `${expr.op === 'not' ? '!' : expr.op}${scriptText(expr.operand, UNARY)}`);
    case 'binary':
      return infix(expr.op, expr.left, expr.right);
    case 'logical':
      return infix(expr.op === 'and' ? '&&' : '||', expr.left, expr.right);
    case 'compare': {
      const [only] = expr.rest;
      return only ? infix(COMPARED[only.op] ?? only.op, expr.first, only.right) : scriptText(expr.first, least);
    }
    case 'conditional':
      return put(CHOICE, `${scriptText(expr.test, CHOICE + 1)} ? ${scriptText(expr.then, ARROW)} : ${scriptText(expr.otherwise, ARROW)}`);
    case 'collection':
      return `[${list(expr.items)}]`;
    case 'dict':
      return `{${expr.entries.map(({ key, value }) => `${key.kind === 'string' ? key.text : `[${scriptText(key, ARROW)}]`}: ${scriptText(value, ARROW)}`).join(', ')}}`;
    case 'format':
      return `\`${expr.parts.map((part) => `…\${${scriptText(part, LOOSEST)}}`).join('')}…\``;
    case 'loop':
      return lazyText(expr.loop);
    case 'named':
      return put(ARROW, `${expr.name} = ${scriptText(expr.value, ARROW)}`);
    case 'lambda':
      return put(ARROW, `(${expr.params.join(', ')}) => ${scriptText(expr.body, ARROW)}`);
    case 'spread':
      return `...${scriptText(expr.value, ARROW)}`;
    case 'await':
      return put(UNARY, `await ${scriptText(expr.value, UNARY)}`);
    case 'yield':
      return put(
        ARROW,
        expr.value ? `yield ${expr.value.kind === 'spread' ? `* ${scriptText(expr.value.value, ARROW)}` : scriptText(expr.value, ARROW)}` : 'yield',
      );
    case 'slice':
      return '…';
    case 'opaque': {
      const [first, second, third] = expr.parts ?? [];
      if (first && second && !third && Object.hasOwn(LEVELS, expr.what)) return infix(expr.what, first, second);
      if (expr.what === 'object_pattern') return `{${expr.writes.join(', ')}}`;
      if (expr.what === 'array_pattern') return `[${expr.writes.join(', ')}]`;
      if (first && second && !third && expr.what.endsWith('='))
        return put(ARROW, `${scriptText(first, ATOM)} ${expr.what} ${scriptText(second, ARROW)}`);
      if (first && !second && (expr.what === '++' || expr.what === '--')) return put(UNARY, `${scriptText(first, ATOM)}${expr.what}`);
      if (first && !second && /^(typeof|void|delete)$/.test(expr.what)) return put(UNARY, `${expr.what} ${scriptText(first, UNARY)}`);
      return `<${expr.what}${namesText(expr.reads, expr.writes)}>`;
    }
  }
}

/** A callback's loop in one line: what it hands over for what. */
function lazyText(loop: LoopIR): string {
  const target = loop.target ? `${exprText(loop.target, loop.language)} of ` : '';
  const [only, ...others] = loop.body;
  const tested = only?.kind === 'if' && only.otherwise.length === 0 && only.then.length === 1 ? only : null;
  const given = tested ? tested.then[0] : only;
  const value = others.length === 0 && given?.kind === 'emit' ? exprText(given.value, loop.language) : '…';
  const text = `${loop.async ? 'async ' : ''}${value} for ${target}${spaceText(loop.space, loop.language)}${tested ? ` if ${exprText(tested.test, loop.language)}` : ''}`;
  return loop.sink?.consumer
    ? `${loop.sink.consumer.name}(${[text, ...loop.sink.consumer.extra.map((one) => exprText(one, loop.language))].join('; ')})`
    : `[${text}]`;
}

const namesText = (reads: readonly string[], writes: readonly string[]): string =>
  [reads.length > 0 ? ` reads ${reads.join(', ')}` : '', writes.length > 0 ? ` writes ${writes.join(', ')}` : '']
    .filter((part) => part !== '')
    .join(';');

export function spaceText(space: IndexSpace, language: LanguageId): string {
  const show = (expr: Expr): string => exprText(expr, language);
  const inner = (of: IndexSpace): string => spaceText(of, language);
  switch (space.kind) {
    case 'range':
      return `range ${space.start ? show(space.start) : '0'} .. ${show(space.stop)}${space.step ? ` by ${show(space.step)}` : ''}`;
    case 'sequence':
      return show(space.value);
    case 'enumerate':
      return `enumerate(${inner(space.of)}${space.start ? `, from ${show(space.start)}` : ''})`;
    case 'zip':
      return `zip(${space.parts.map(inner).join(', ')}${space.strict ? ', all of one length' : ''})`;
    case 'dict':
      return `${space.yields} of ${show(space.mapping)}`;
    case 'rows':
      return `rows of ${show(space.frame)}${space.by === 'itertuples' ? ' as tuples' : ''}`;
    case 'reversed':
      return `reversed(${inner(space.of)})`;
    case 'while': {
      const { counter } = space;
      const counting = counter
        ? `, counting ${counter.name} by ${show(counter.step)} to ${show(counter.stop)}${counter.inclusive ? ' itself' : ''}`
        : '';
      return `while ${show(space.test)}${space.after ? ' after each trip' : ''}${counting}`;
    }
  }
}

/** A loop with everything in it, a line a statement. */
export function loopLines(loop: LoopIR, indent = ''): string[] {
  const { language, sink } = loop;
  const gives = sink
    ? sink.consumer
      ? ` -> ${[sink.consumer.name, ...sink.consumer.extra.map((one) => exprText(one, language))].join(', ')}`
      : ` -> ${sink.type}`
    : '';
  const space = spaceText(loop.space, language);
  const head = loop.target ? `for ${exprText(loop.target, language)} in ${space}` : space;
  const deeper = `${indent}    `;
  return [
    `${indent}${loop.label === undefined ? '' : `${loop.label}: `}${loop.async ? 'async ' : ''}${head}${gives}`,
    ...blockLines(loop.body, language, deeper),
    ...(loop.otherwise.length > 0 ? [`${indent}else, when it was not broken off`, ...blockLines(loop.otherwise, language, deeper)] : []),
  ];
}

function blockLines(body: readonly Stmt[], language: LanguageId, indent: string): string[] {
  return body.length > 0 ? body.flatMap((statement) => stmtLines(statement, language, indent)) : [`${indent}pass`];
}

function stmtLines(statement: Stmt, language: LanguageId, indent: string): string[] {
  const show = (expr: Expr): string => exprText(expr, language);
  const block = (body: readonly Stmt[]): string[] => blockLines(body, language, `${indent}    `);
  const part = (head: string, body: readonly Stmt[]): string[] => (body.length > 0 ? [`${indent}${head}`, ...block(body)] : []);
  switch (statement.kind) {
    case 'assign':
      return [`${indent}${[...statement.targets, statement.value].map(show).join(' = ')}`];
    case 'augment':
      return [`${indent}${show(statement.target)} ${statement.op}= ${show(statement.value)}`];
    case 'expression':
      return [...heldLines(statement.value, language, indent)];
    case 'emit':
      return [`${indent}emit ${statement.key ? `${show(statement.key)}: ` : ''}${show(statement.value)}`];
    case 'if':
      return [`${indent}if ${show(statement.test)}`, ...block(statement.then), ...elseLines(statement.otherwise, language, indent)];
    case 'loop':
      return loopLines(statement.loop, indent);
    case 'return':
    case 'raise':
      return [
        `${indent}${statement.kind === 'raise' && language !== 'python' ? 'throw' : statement.kind}${statement.value ? ` ${show(statement.value)}` : ''}`,
      ];
    case 'break':
    case 'continue':
      return [`${indent}${statement.kind}${statement.label === undefined ? '' : ` ${statement.label}`}`];
    case 'pass':
      return [`${indent}pass`];
    case 'try':
      return [
        `${indent}try`,
        ...block(statement.body),
        ...statement.handlers.flatMap(({ type, name, body }) => [`${indent}${language === 'python' ? 'except' : 'catch'}${type ? ` ${show(type)}` : ''}${name === null ? '' : language === 'python' ? ` as ${name}` : ` ${name}`}`, ...block(body)]), // prettier-ignore
        ...part('else', statement.otherwise),
        ...part('finally', statement.finally),
      ];
    case 'with':
      return [
        `${indent}with ${statement.items.map(({ context, target }) => show(context) + (target ? ` as ${show(target)}` : '')).join(', ')}`,
        ...block(statement.body),
      ];
    case 'scope':
      return [`${indent}${statement.type} ${statement.names.join(', ')}`];
    case 'opaque':
      return [`${indent}<${statement.what.replaceAll('_', ' ')}${namesText(statement.reads, statement.writes)}>`];
  }
}

/** A loop that is an expression statement of its own is shown whole. */
const heldLines = (value: Expr, language: LanguageId, indent: string): string[] =>
  value.kind === 'loop' ? loopLines(value.loop, indent) : [`${indent}${exprText(value, language)}`];

function elseLines(otherwise: readonly Stmt[], language: LanguageId, indent: string): string[] {
  const [only, ...others] = otherwise;
  if (!only) return [];
  if (only.kind !== 'if' || others.length > 0) return [`${indent}else`, ...blockLines(otherwise, language, `${indent}    `)];
  const [head = '', ...rest] = stmtLines(only, language, indent);
  return [`${indent}else ${head.trimStart()}`, ...rest];
}
