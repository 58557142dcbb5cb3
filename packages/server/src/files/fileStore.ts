import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

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

export function createFileStore(options: FileStoreOptions): FileStore {
  const client = new S3Client({});
  const expiresIn = options.urlLifetimeSeconds ?? 3_600;
  return {
    async put(key, body, contentType) {
      await client.send(new PutObjectCommand({ Bucket: options.bucket, Key: key, Body: body, ContentType: contentType }));
    },
    sign: (key) => getSignedUrl(client, new GetObjectCommand({ Bucket: options.bucket, Key: key }), { expiresIn }),
  };
}
