import type { Bytes, Interval, Ratio, Seconds, Share } from '../types';

// The only places where a plain number becomes a quantity, and a quantity becomes text.
export const seconds = (value: number): Seconds => value as Seconds;
export const bytes = (value: number): Bytes => value as Bytes;
export const ratio = (value: number): Ratio => value as Ratio;
export const share = (value: number): Share => Math.min(1, Math.max(0, value)) as Share;
export const interval = (low: number, mid: number, high: number): Interval => ({ low: ratio(low), mid: ratio(mid), high: ratio(high) });

/** 3 significant digits at most, no exponent. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '0';
  const magnitude = Math.abs(value);
  const places = magnitude >= 100 || magnitude === 0 ? 0 : magnitude >= 10 ? 1 : 2;
  const text = value.toFixed(places);
  return places > 0 ? text.replace(/\.?0+$/, '') : text;
}

/** 0.0123 -> "12.3 ms". */
export function formatSeconds(value: Seconds): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 120) return `${digits(value / 60)} min`;
  if (magnitude >= 1) return `${digits(value)} s`;
  if (magnitude >= 1e-3) return `${digits(value * 1e3)} ms`;
  if (magnitude >= 1e-6) return `${digits(value * 1e6)} µs`;
  return magnitude === 0 ? '0 s' : `${digits(value * 1e9)} ns`;
}

/** Powers of 1024: 1536 -> "1.5 KiB". */
export function formatBytes(value: Bytes): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size: number = value;
  let index = 0;
  while (Math.abs(size) >= 1024 && index < names.length - 1) {
    size /= 1024;
    index += 1;
  }
  return `${digits(size)} ${names[index]}`;
}

/** 12.04 -> "12x". */
export function formatRatio(value: Ratio): string {
  return `${digits(value)}x`;
}

/** 0.123 -> "12 %". */
export function formatShare(value: Share): string {
  const percent = value * 100;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** Cores in use on average: 1.53 -> "1.5 cores". */
export function formatCores(value: number): string {
  return `${value.toFixed(1)} cores`;
}

/** "12x [11, 13]": the estimate and its bounds. */
export function formatInterval(value: Interval): string {
  return `${formatRatio(value.mid)} [${digits(value.low)}, ${digits(value.high)}]`;
}
