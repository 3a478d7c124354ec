import type { Edit, Expr, LoopFacts } from '../../types';
import type { Draft } from './draft';
import type { Scalar } from './scalars';
import type { Site } from './site';
import type { Trips } from './spaces';
import type { Store } from './subscripts';

export interface Parts {
  facts: LoopFacts;
  site: Site;
  draft: Draft;
  trips: Trips;
  blocks: boolean;
  loaded: ReadonlySet<string>;
  stores: readonly Store[];
  importEdit: Edit | null;
  /** A name that the loop counts by hand; null: none. */
  counter: string | null;
}

/** Items of one block. */
export const BLOCK = 65_536;

export const zero = (value: Expr): boolean => value.kind === 'number' && Number(value.text) === 0;
export const typeOfInit = (value: Expr): Scalar => (value.kind === 'number' ? (value.type === 'int' ? 'int' : 'float') : 'float');

export const wrapMask = (mask: string): string => (/^\w+$/.test(mask) ? mask : `(${mask})`);
