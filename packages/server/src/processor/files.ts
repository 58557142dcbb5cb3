import { encodeKeyPart } from "../table/keys.ts";
import { filesPrefix } from "../files/fileKeys.ts";
import type { FileStore } from "../files/fileStore.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

const FILE_NAME = /^[A-Za-z0-9._-]{1,128}$/;

/** The files of one attempt: uploads them, and knows the references it gave out. */
export interface AttemptFiles {
  /** Uploads a file and gives a reference to put into the result. @throws {RangeError} for a name that is not 1 to 128 of `A-Za-z0-9._-`. */
  putFile(name: string, body: Uint8Array | string, contentType: string): Promise<string>;
  /** A reference to a file of this request that is in the bucket already. */
  file(name: string): string;
  /** Puts a whole result there, as JSON text, and gives its key. */
  putResult(body: string): Promise<string>;
  /** The bucket's key of a reference given out here; `undefined` for any other text. */
  keyOf(text: string): string | undefined;
}

/**
 * Keys are `<action>/<tenant>/<request>/<attempt>/<name>`: two attempts that overlap after a stall never write the same object.
 *
 * @param secret unguessable and new for each attempt: without it a result that repeats what a client sent could name any file.
 */
export function createAttemptFiles(request: StoredRequest, files: Pick<FileStore, "put">, secret: string): AttemptFiles {
  const prefix = `${filesPrefix(request.action)}${encodeKeyPart(request.tenantId)}/${request.requestId}/${request.attempt}`;
  const references = new Map<string, string>();
  const key = (name: string): string => {
    if (!FILE_NAME.test(name)) {
      throw new RangeError(`"${name}" cannot be a file's name. Use 1 to 128 characters of A-Z a-z 0-9 . _ -`);
    }
    return `${prefix}/${name}`;
  };
  const file = (name: string): string => {
    const reference = `streamer-file:${secret}/${name}`;
    references.set(reference, key(name));
    return reference;
  };
  return {
    async putFile(name, body, contentType) {
      await files.put(key(name), body, contentType);
      return file(name);
    },
    file,
    async putResult(body) {
      // No file can have this name: a slash is not allowed in one.
      const resultKey = `${prefix}/result/result.json`;
      await files.put(resultKey, body, "application/json");
      return resultKey;
    },
    keyOf: (text) => references.get(text),
  };
}
