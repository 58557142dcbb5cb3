const DEFAULT_TIMEOUT_MS = 10_000;

/** Asks until the answer is there, for at most ten seconds unless it is said otherwise: for what has no event to wait for. */
export async function eventually<Answer>(
  ask: () => Promise<Answer | undefined>,
  what: string,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<Answer> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`After ${timeoutMs / 1_000} seconds still not: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
