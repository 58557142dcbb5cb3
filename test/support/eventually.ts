/** Asks until the answer is there, for at most ten seconds: for what has no event to wait for. */
export async function eventually<Answer>(ask: () => Promise<Answer | undefined>, what: string): Promise<Answer> {
  const until = performance.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`After 10 seconds still not: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
