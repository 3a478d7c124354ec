/** Places of values in a chart, as percent of its width or height. */
export interface Scale {
  at(value: number): number;
  ticks: number[];
}

const LOG_STEPS = [1, 2, 5];

/** A logarithmic scale over the values and 1, with round ticks. Not finite values and those of 0 and below take no part. */
export function logScale(values: readonly number[], most = 8): Scale {
  const real = values.filter((value) => Number.isFinite(value) && value > 0);
  const least = Math.min(0.8, ...real) * 0.92;
  // Where something is slower, the axis reaches down to a tick, so that it can be read how slow.
  const below = 10 ** Math.floor(Math.log10(least));
  const low = least >= 0.7 ? least : (LOG_STEPS.map((step) => step * below).findLast((tick) => tick <= least) ?? least);
  const high = Math.max(1.25, ...real) * 1.08;
  const span = Math.log(high / low);
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1)
    for (const step of LOG_STEPS) all.push(Number(`${step}e${power}`));
  const inside = all.filter((tick) => tick >= low && tick <= high);
  // Where there is no room for all: powers of ten alone; 1 stays, it is the original.
  const powers = inside.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
  const ticks = inside.length <= most ? inside : powers;
  const at = (value: number): number => Math.min(100, Math.max(0, (Math.log(Math.max(value, low) / low) / span) * 100));
  return { at, ticks: ticks.includes(1) ? ticks : [1, ...ticks].sort((a, b) => a - b) };
}

/** From 0 to a round number that holds the highest value, in about four steps of 1, 2 or 5 times a power of ten. */
export function linearScale(highest: number): Scale & { top: number } {
  const rough = Math.max(highest, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9));
  const top = steps * step;
  return {
    at: (value) => Math.min(100, Math.max(0, (value / top) * 100)),
    ticks: Array.from({ length: steps + 1 }, (_, index) => index * step),
    top,
  };
}
