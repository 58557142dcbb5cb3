export interface LoadOptions {
  readonly say: (line: string) => void;
}

/** How long nothing may come before what is missing counts as lost. A worker that died is replaced within two minutes. */
export const SILENCE_MS = 150_000;

/** Neither answered nor acknowledged at a time, of all clients together: more than this machine has sandboxes, less than waits for 29 seconds. */
export const UNHEARD_AT_A_TIME = 32;
