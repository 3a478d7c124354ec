import type { CallFact, Expr, FunctionIR } from '../types';
import type { Changed } from './changes';
import type { Effectfulness } from './effect';
import type { Environment } from './environment';

export type Call = Expr & { kind: 'call' };

/** What a call runs and what that does, as the called function sees it. */
export interface Judgement {
  written: string;
  resolved: string | null;
  effect: Effectfulness;
  own: FunctionIR | null;
}

/** A call with what is known of it, and what it changes where it stands. */
export interface JudgedCall {
  fact: CallFact;
  effect: Effectfulness;
  changed: readonly Changed[];
}

/** What the judgements of methods, classes and hidden calls ask of functions. */
export interface FunctionJudge {
  /** What calling a function of the user's own does, through everything that it calls. */
  ofFunction(fn: FunctionIR, from: Environment): Effectfulness;
  /** The same of a method, or of one that a derived class has in its place. */
  ofMethod(fn: FunctionIR, env: Environment): Effectfulness;
  /** What calling the value of an expression does, its arguments not known. */
  ofCallable(expr: Expr, env: Environment): Effectfulness;
}
