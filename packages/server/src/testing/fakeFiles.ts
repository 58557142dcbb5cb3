import type { FileStore } from "../files/fileStore.ts";

/** A bucket in memory. What a URL of it would take or give is for the real one's tests. */
export interface FakeFiles extends FileStore {
  readonly objects: Map<string, Uint8Array>;
}

export function createFakeFiles(): FakeFiles {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async put(key, body) {
      objects.set(key, Buffer.from(body));
    },
    sign: async (key) => `https://files.example/${key}?signed`,
    signUpload: async (key, { sha256 }) => ({
      url: `https://files.example/${key}?signed-to-put`,
      headers: { "x-amz-checksum-sha256": sha256 },
    }),
    sizeOf: async (key) => objects.get(key)?.byteLength,
    get: async (key) => objects.get(key),
  };
}
