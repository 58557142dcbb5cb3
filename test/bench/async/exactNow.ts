/** Ms since 1970 with fractions. Processes and threads of one machine agree on it. */
export function exactNow(): number {
  return performance.timeOrigin + performance.now();
}
