export interface Stoppable {
  stop(): Promise<void>;
}

/** What was started, ended in the opposite order. */
export interface Teardown {
  add<Part extends Stoppable>(part: Part): Part;
  /** Ends all of it, also when a part fails to end. At the second call it waits for the first. @throws {AggregateError} of what failed */
  run(): Promise<void>;
}

export function createTeardown(): Teardown {
  const parts: Stoppable[] = [];
  let running: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Parts of the local stack did not stop cleanly.");
  };
  return {
    add(part) {
      parts.push(part);
      return part;
    },
    run: () => (running ??= stopAll()),
  };
}
