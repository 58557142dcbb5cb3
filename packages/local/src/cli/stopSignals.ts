/** How often the parent is looked after. */
const PARENT_CHECK_MS = 500;

/**
 * Resolves when this process is told to stop: SIGINT, SIGTERM, SIGHUP, or, when npm runs it, the death of npm, which is how a person's
 * terminal or tool ends it by force.
 */
export function whenToldToStop(): { readonly promise: Promise<void>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (): void => resolve();
  for (const signal of signals) process.on(signal, stop);
  const parent = process.ppid;
  const check =
    process.env["npm_lifecycle_event"] === undefined
      ? undefined
      : setInterval(() => {
          if (process.ppid !== parent) stop();
        }, PARENT_CHECK_MS).unref();
  return {
    promise,
    release() {
      clearInterval(check);
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
