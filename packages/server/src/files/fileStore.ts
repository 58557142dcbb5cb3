import type { CaptureClient } from "../observability/tracing/sdkClient.ts";

/** The bucket: files of results, results that no message holds, and payloads that clients upload. */
export interface FileStore {
  /** Writes an object, over one that is there. */
  put(key: string, body: Uint8Array | string, contentType: string): Promise<void>;
  /** A URL that anyone who has it can read, for `urlLifetimeSeconds` or until the signer's session ends, whichever comes first. */
  sign(key: string): Promise<string>;
  /** A URL that takes one content and no other. */
  signUpload(key: string, content: UploadContent): Promise<SignedUpload>;
  /** `undefined` when it is not there. */
  sizeOf(key: string): Promise<number | undefined>;
  /** `undefined` when it is not there. */
  get(key: string): Promise<Uint8Array | undefined>;
}

/** What will be uploaded. Both are signed: S3 refuses any other length or hash. */
export interface UploadContent {
  readonly sizeBytes: number;
  /** Base64 of the SHA-256. */
  readonly sha256: string;
}

/** How to upload: an HTTP PUT to the URL with these headers. */
export interface SignedUpload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface FileStoreOptions {
  readonly bucket: string;
  /** Default 3,600. At most 604,800 (7 days). @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html */
  readonly urlLifetimeSeconds?: number;
  /** Done to the client when it is made, to trace its calls. Default: nothing. */
  readonly captureClient?: CaptureClient;
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
    signUpload: async (key, content) => (await store()).signUpload(key, content),
    sizeOf: async (key) => (await store()).sizeOf(key),
    get: async (key) => (await store()).get(key),
  };
}
