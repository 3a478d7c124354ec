/** What the first half of the pipeline hands to the second. */
import type { CandidateResult, ReportParts } from './report/build';
import type { PythonModule } from './syntax/python-module';
import type { Blocked, Candidate, Machine, Profile, Source } from './types';

/** What the report is built from; proposing and proving fill it in. */
export interface Findings extends ReportParts {
  candidates: Candidate[];
  blocked: Blocked[];
  results: Map<string, CandidateResult>;
}
interface Read {
  source: Source;
  module: PythonModule;
}
export interface Analysis {
  profile: Profile;
  files: Read[];
  root: string;
  machine: Machine | null;
  parts: Findings;
}
