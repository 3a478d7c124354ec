import path from 'node:path';
import { version } from '../../package.json';
import type { Report } from '../types';
import { maskReport } from './export-mask';

/** The call paths in the file format of https://www.speedscope.app, weights in seconds. */
export function renderSpeedscope(given: Report): string {
  const report = maskReport(given);
  const frames: { name: string; file: string; line: number }[] = [];
  const indexOf = new Map<string, number>();
  const frameIndex = ({ file, line, name }: { file: string; line: number; name: string }): number => {
    const key = `${name}\0${file}\0${line}`;
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, frames.length);
    frames.push({ name, file, line });
    return frames.length - 1;
  };
  const samples = report.stacks.map((stack) => stack.frames.map(frameIndex));
  const weights = report.stacks.map((stack) => stack.seconds);
  const name = path.basename(report.source.path);
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: `hotloop ${version}`,
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [{ type: 'sampled', name, unit: 'seconds', startValue: 0, endValue: weights.reduce((a, b) => a + b, 0), samples, weights }],
  });
}
