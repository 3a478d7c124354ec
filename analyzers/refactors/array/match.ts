import type { Edit } from '../../types';
import type { Match } from '../refactor';

/** A loop whose array code is written already: the rewrite only hands the edits over. */
export interface ArrayMatch extends Match {
  edits: Edit[];
}
