import type { FunctionIR, Span } from '../types';
import { childOf, namedChildren, type PlainNode } from './plain-tree';
import { namesIn } from './python-bindings';
import type { Reading } from './python-reading';
import type { Scope } from './python-scopes';

export type OutlineKind = 'docstring' | 'future' | 'import' | 'function' | 'class' | 'constant' | 'guard' | 'other';
/** One statement of the module level. */
export interface OutlineStatement {
  kind: OutlineKind;
  span: Span;
  /** Names that it binds. */
  names: string[];
  /** Names that it reads, those read by the functions and classes it defines included. */
  reads: string[];
}
export interface ModuleOutline {
  statements: OutlineStatement[];
  /** Names assigned once at module level to a literal number, string or bool, and nowhere else: their text. */
  constants: Record<string, string>;
  functions: FunctionIR[];
}

export function readOutline(root: PlainNode, read: Reading, scopes: readonly Scope[], functions: FunctionIR[]): ModuleOutline {
  const [module] = scopes;
  const declaredGlobal = new Set(scopes.flatMap((scope) => [...scope.globals]));
  const once = (name: string): boolean => module?.bindings.get(name)?.length === 1 && !declaredGlobal.has(name);
  const constants: Record<string, string> = Object.create(null) as Record<string, string>;
  const statements = namedChildren(root).map((node, index): OutlineStatement => {
    const span = read.span(node);
    const { reads, writes } = namesIn(node, read.text);
    const literal = literalOf(node, read);
    if (literal && once(literal.name)) constants[literal.name] = literal.text;
    return { kind: kindOf(node, index, read, literal !== null), span, names: writes, reads };
  });
  return { statements, constants, functions };
}

function kindOf(node: PlainNode, index: number, read: Reading, literal: boolean): OutlineKind {
  switch (node.type) {
    case 'future_import_statement':
      return 'future';
    case 'import_statement':
    case 'import_from_statement':
      return 'import';
    case 'function_definition':
      return 'function';
    case 'class_definition':
      return 'class';
    case 'decorated_definition':
      return childOf(node, 'definition')?.type === 'class_definition' ? 'class' : 'function';
    case 'if_statement': {
      const condition = childOf(node, 'condition');
      return condition && /^\(?\s*(__name__\s*==\s*(['"])__main__\2|(['"])__main__\3\s*==\s*__name__)\s*\)?$/.test(read.text(condition)) ? 'guard' : 'other'; // prettier-ignore
    }
    case 'expression_statement': {
      const [value] = namedChildren(node);
      if (index === 0 && (value?.type === 'string' || value?.type === 'concatenated_string')) return 'docstring';
      return literal ? 'constant' : 'other';
    }
    default:
      return 'other';
  }
}

/** `NAME = 3`, `NAME: int = -3`: one name and one literal. */
function literalOf(node: PlainNode, read: Reading): { name: string; text: string } | null {
  const assignment = node.type === 'expression_statement' ? namedChildren(node)[0] : undefined;
  const left = assignment?.type === 'assignment' ? childOf(assignment, 'left') : null;
  const right = assignment?.type === 'assignment' ? childOf(assignment, 'right') : null;
  if (left?.type !== 'identifier' || !right) return null;
  const value = read.expr(right);
  const number = value.kind === 'unary' && value.op === '-' ? value.operand : value;
  const literal =
    number.kind === 'number' || value.kind === 'string' || (value.kind === 'constant' && value.value !== 'Ellipsis' && value.value !== 'None');
  return literal ? { name: read.text(left), text: read.text(right) } : null;
}
