import type { CapturedValue, RegionObservation } from '../../../analyzers/run/program';
import { seconds, bytes } from '../../../analyzers/platform/units';
import type { Outputs, WrittenFile } from '../../../analyzers/trial/outputs';
import { createHash } from 'node:crypto';

export const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

export function outputs(more: Partial<Outputs> & { exitCode?: number } = {}): Outputs {
  const { exitCode = 0, ...rest } = more;
  return {
    run: {
      command: { kind: 'script', target: '/p/script.py', args: [], cwd: '/p' },
      exitCode,
      seconds: seconds(1),
      cpuSeconds: seconds(1),
      peakMemory: bytes(1),
    },
    active: seconds(1),
    stdout: '',
    stderr: '',
    files: [],
    regions: [],
    refused: null,
    ...rest,
  };
}

export const written = (path: string, content: string | Uint8Array, change: WrittenFile['change'] = 'created'): WrittenFile => {
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { path, change, sha256: hash(data), bytes: data };
};

export function value(name: string, floats: number[], more: Partial<CapturedValue> = {}): CapturedValue {
  return {
    name,
    type: 'list',
    structure: 'a list of floats',
    floats: Buffer.from(new Float64Array(floats).buffer).toString('base64'),
    floatCount: floats.length,
    sampled: false,
    preview: JSON.stringify(floats),
    comparable: true,
    ...more,
  };
}

export const left = (values: CapturedValue[], more: Partial<RegionObservation> = {}): RegionObservation => ({
  id: '/p/script.py:3-5',
  entries: 1,
  seconds: seconds(0.5),
  exits: [{ entry: 1, error: null, values }],
  ...more,
});
