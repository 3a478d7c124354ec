import type { Expr, Source } from '../../../analyzers/types';
import { readModule, type PythonModule } from '../../../analyzers/syntax/python-module';

export const sourceOf = (text: string, path = '/project/main.py'): Source => ({ path, text, sha256: '', language: 'python' });
export const moduleOf = (text: string, path?: string): PythonModule => readModule(sourceOf(text, path));

/** An IR without its spans, to be compared at a glance. */
export function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'span')
      .map(([key, inner]) => [key, bare(inner)]),
  );
}
export const name = (text: string): unknown => ({ kind: 'name', name: text });
export const int = (text: string): unknown => ({ kind: 'number', type: 'int', text });
export const kindOf = (expr: Expr | null): string => expr?.kind ?? 'none';
