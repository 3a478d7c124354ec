/** The code that is to be compiled. */
import type { PythonModule } from '../../syntax/python-module';
import type { FunctionIR, Span, ValueFact } from '../../types';
import type { Context } from '../refactor';

/** A stretch of code that may become a kernel, with what surrounds it. */
export interface Piece {
  cx: Context;
  file: string;
  module: PythonModule;
  owner: FunctionIR | null;
  values: Record<string, ValueFact>;
  /** Where its first line is. */
  span: Span;
  /** Lists of lists are rows that nothing changes, each of which may hold numbers of several types. */
  rowsAsTuples?: boolean;
}
