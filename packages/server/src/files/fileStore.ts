/** Files of results, in the bucket. */
export interface FileStore {
  put(key: string, body: Uint8Array | string, contentType: string): Promise<void>;
  /** A URL that anyone who has it can read, for `urlLifetimeSeconds` or until the signer's session ends, whichever comes first. */
  sign(key: string): Promise<string>;
}

export interface FileStoreOptions {
  readonly bucket: string;
  /** Default 3,600. At most 604,800 (7 days). @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html */
  readonly urlLifetimeSeconds?: number;
}

/** A file store that loads the S3 client at its first use: a cold start need not wait for what most invocations never touch. */
export function createFileStore(options: FileStoreOptions): FileStore {
  let loading: Promise<FileStore> | undefined;
  const store = (): Promise<FileStore> =>
    (loading ??= import("./s3FileStore.ts").then(({ createS3FileStore }) => createS3FileStore(options)));
  return {
    async put(key, body, contentType) {
      await (await store()).put(key, body, contentType);
    },
    sign: async (key) => (await store()).sign(key),
  };
}
