/** Something that the stories are told on: the local stack, or a deployed stage. */
export interface Target {
  readonly websocketUrl: string;
  /** Good for any number of connections of one user. */
  readonly token: string;
}

/** An id that no other run has used: a deployed stage remembers requests for a week. */
export function uniqueId(name: string): string {
  return `${name}-${crypto.randomUUID()}`;
}
