/** A span of time for people: `450 ms`, `12 s`, `7 min`, `3 h`, `2 days`. */
export function inWords(ms: number): string {
  const seconds = ms / 1_000;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `1 message`, `3 messages`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
