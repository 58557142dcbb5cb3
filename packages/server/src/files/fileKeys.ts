/** Where an action's files are in the bucket: a prefix of its own, so that its processor may be allowed nothing else there. */
export function filesPrefix(action: string): string {
  return `${action}/`;
}

/** Where the payloads of an action are uploaded: within its files, so that its processor may read them. */
export function uploadsPrefix(action: string): string {
  return `${filesPrefix(action)}uploads/`;
}
