/** The benchmark's own decisions on simulated scripts whose speedup is known. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { benchmarkCandidates } from '../../analyzers/benchmark/schedule';
import { isProven } from '../../analyzers/benchmark/decision';
import { seededRandom } from '../../analyzers/benchmark/stats';
import { seconds } from '../../analyzers/platform/units';
import type { Benchmark } from '../../analyzers/types';
import { candidateOf, machine, resultOf, trialOf, worldOf } from '../analyzers/benchmark/fakes';

const root = path.resolve(import.meta.dirname, '../..');
const python = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((name) => path.join(root, name)).find((name) => existsSync(name)) ?? 'python3';
const RECORDED = 40;
/** What the machine's calibration runs to know its noise. */
const CALIBRATED = 8;
const AA = 1000;
const POWER = 300;
const COVERAGE = 2000;

export interface Simulated {
  noise: { length: number; deviation: number };
  aa: { tries: number; claimed: number };
  power: { tries: number; proven: number };
  coverage: { tries: number; held: number };
}

/** Logarithms of how far each of several runs of one and the same program was from their median. */
function recordNoise(): number[] {
  const times: number[] = [];
  for (let run = 0; run < RECORDED; run += 1) {
    const start = performance.now();
    spawnSync(python, ['-c', 'sum(i * i for i in range(1000000))']);
    times.push(performance.now() - start);
  }
  const middle = [...times].sort((a, b) => a - b)[RECORDED / 2] ?? 1;
  return times.map((time) => Math.log(time / middle));
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

/** One benchmark of a script of `wall` seconds whose candidate is `ratio` times as fast. Runs in a row are as alike as they were when recorded. */
async function once(noise: readonly number[], random: () => number, wall: number, ratio: number): Promise<Benchmark | undefined> {
  let at = Math.floor(random() * noise.length);
  const drawn = (): number => noise[(at = random() < 0.2 ? Math.floor(random() * noise.length) : at + 1) % noise.length] ?? 0;
  const world = worldOf((id) => resultOf({ wall: (id === '' ? wall : wall / ratio) * Math.exp(drawn()) }));
  const first = Math.floor(random() * noise.length);
  const known = deviation(Array.from({ length: CALIBRATED }, (_, index) => noise[(first + index) % noise.length] ?? 0));
  const [found] = await benchmarkCandidates({
    open: world.open,
    contenders: [{ candidate: candidateOf('a'), trial: trialOf('a') }],
    machine: { ...machine, noise: known },
    budget: seconds(40),
    signal: new AbortController().signal,
    clock: world.clock,
  });
  return found;
}

export async function simulate(): Promise<Simulated> {
  const noise = recordNoise();
  const random = seededRandom(20_240_117);
  const result: Simulated = {
    noise: { length: noise.length, deviation: deviation(noise) },
    aa: { tries: AA, claimed: 0 },
    power: { tries: POWER, proven: 0 },
    coverage: { tries: COVERAGE, held: 0 },
  };
  for (let index = 0; index < AA; index += 1) {
    const found = await once(noise, random, 2, 1);
    if (found !== undefined && isProven(found)) result.aa.claimed += 1;
  }
  for (let index = 0; index < POWER; index += 1) {
    const found = await once(noise, random, 2, 1.3);
    if (found !== undefined && isProven(found)) result.power.proven += 1;
  }
  for (let index = 0; index < COVERAGE; index += 1) {
    const found = await once(noise, random, 2, 2);
    if (found !== undefined && found.ratio.low <= 2 && found.ratio.high >= 2) result.coverage.held += 1;
  }
  return result;
}
