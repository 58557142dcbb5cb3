import type { FileStore } from "@streamer/server";

/** Under no action's prefix: nothing is ever there. */
const NO_FILE = "health";

/**
 * Asks the bucket for a file that is not there: S3, the way to it and the credentials. It does not tell a bucket that was deleted: who may not
 * list is answered the same. The file store takes no signal: the SDK ends what is late.
 */
export function createFilesCheck(files: Pick<FileStore, "sizeOf">): (signal: AbortSignal) => Promise<void> {
  return async () => {
    await files.sizeOf(NO_FILE);
  };
}
