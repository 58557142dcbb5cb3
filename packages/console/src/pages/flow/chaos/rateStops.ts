/** The rates a slider stops at: fine where they are small, as most that are of use are. */
const STOPS: readonly number[] = [0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1];

export const LAST_STOP = STOPS.length - 1;

/** The rate at a stop: a whole number from 0 to `LAST_STOP`. */
export function rateAt(stop: number): number {
  return STOPS[stop] ?? 0;
}

/** The stop that is nearest to a rate. */
export function stopOf(rate: number): number {
  const distances = STOPS.map((stop) => Math.abs(stop - rate));
  return distances.indexOf(Math.min(...distances));
}

/** `never`, `0.5 %`, `always`. */
export function shareText(rate: number): string {
  if (rate <= 0) return "never";
  if (rate >= 1) return "always";
  return `${Math.round(rate * 1_000) / 10} %`;
}
