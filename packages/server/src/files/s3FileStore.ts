import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { UPLOAD_URL_LIFETIME_SECONDS } from "@streamer/protocol";
import type { FileStore, FileStoreOptions } from "./fileStore.ts";

const CHECKSUM_HEADER = "x-amz-checksum-sha256";

/** The file store itself, in a module of its own: it brings the largest client of all, which most functions never come to use. */
export function createS3FileStore(options: FileStoreOptions): FileStore {
  const client = new S3Client({});
  options.captureClient?.(client);
  const { bucket: Bucket, urlLifetimeSeconds: expiresIn = 3_600 } = options;
  return {
    async put(key, body, contentType) {
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType }));
    },
    sign: (key) => getSignedUrl(client, new GetObjectCommand({ Bucket, Key: key }), { expiresIn }),
    async signUpload(key, { sizeBytes, sha256 }) {
      const put = new PutObjectCommand({ Bucket, Key: key, ContentLength: sizeBytes, ChecksumSHA256: sha256 });
      // As a header and not in the query, where it would be signed and then not compared with what comes.
      const unhoistableHeaders = new Set([CHECKSUM_HEADER]);
      const url = await getSignedUrl(client, put, { expiresIn: UPLOAD_URL_LIFETIME_SECONDS, unhoistableHeaders });
      return { url, headers: { [CHECKSUM_HEADER]: sha256 } };
    },
    sizeOf: (key) => ifThere(async () => (await client.send(new HeadObjectCommand({ Bucket, Key: key }))).ContentLength),
    get: (key) => ifThere(async () => (await client.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToByteArray()),
  };
}

/**
 * S3 answers 404 for what is not there only to those who may list the bucket, and nobody here may: the others get 403.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
async function ifThere<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 || status === 403) return undefined;
    throw error;
  }
}
