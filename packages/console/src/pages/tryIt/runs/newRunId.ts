/** 128 random bits. Not `crypto.randomUUID`, which browsers give to pages of secure origins only. */
export function newRunId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
