import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import type { StackContext } from "./context.ts";
import { PREFIX } from "./names.ts";

export interface ResultsStack {
  readonly bucket: sst.aws.Bucket;
  /** `Resource.StreamerResults`: the name, and no rights. */
  readonly link: sst.Linkable<{ name: $util.Output<string> }>;
}

/**
 * What belongs to a request is of use as long as the request is; lifecycles count whole days from the upload. An operator's redrive gives
 * a failed request another week, in which the processor must find its payload: so it is two, and a day.
 */
const KEEP_DAYS = 2 * Math.ceil(REQUEST_TTL_SECONDS / 86_400) + 1;

/** Files of results, large results, and uploaded payloads. Nothing in it is public: clients get signed URLs. */
export function createResults({ platform, options, settings }: StackContext): ResultsStack {
  const { sst, aws } = platform;
  const bucket = new sst.aws.Bucket(`${PREFIX}Files`, {
    lifecycle: [{ id: "results", expiresIn: `${KEEP_DAYS} days` }],
    cors: {
      allowMethods: ["GET", "HEAD", "PUT"],
      allowOrigins: [...(options.downloadOrigins ?? ["*"])],
      allowHeaders: ["range", "content-type", "x-amz-checksum-sha256"],
      maxAge: "1 hour",
    },
    transform: {
      bucket: { forceDestroy: !settings.keepData },
      lifecycle: (args) => {
        args.rules = platform.util
          .output(args.rules)
          .apply((rules) => [
            ...(rules ?? []),
            { id: "unfinished-uploads", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
          ]);
      },
    },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration(`${PREFIX}FilesEncryption`, {
    bucket: bucket.name,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  return { bucket, link: new sst.Linkable(`${PREFIX}Results`, { properties: { name: bucket.name } }) };
}
