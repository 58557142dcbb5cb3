/** Where an action's files are in the bucket: a prefix of its own, so that its processor may be allowed nothing else there. */
export function filesPrefix(action: string): string {
  return `${action}/`;
}
