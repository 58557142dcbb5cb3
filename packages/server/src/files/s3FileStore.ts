import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { FileStore, FileStoreOptions } from "./fileStore.ts";

/** The file store itself, in a module of its own: it brings the largest client of all, which most functions never come to use. */
export function createS3FileStore(options: FileStoreOptions): FileStore {
  const client = new S3Client({});
  const expiresIn = options.urlLifetimeSeconds ?? 3_600;
  return {
    async put(key, body, contentType) {
      await client.send(new PutObjectCommand({ Bucket: options.bucket, Key: key, Body: body, ContentType: contentType }));
    },
    sign: (key) => getSignedUrl(client, new GetObjectCommand({ Bucket: options.bucket, Key: key }), { expiresIn }),
  };
}
