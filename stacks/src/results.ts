import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import type { StackContext } from "./context.ts";
import { PREFIX } from "./names.ts";

export interface ResultsStack {
  readonly bucket: sst.aws.Bucket;
  /** `Resource.StreamerResults`: the name, and no rights. */
  readonly link: sst.Linkable<{ name: $util.Output<string> }>;
}

/** A file is of use as long as its request is; lifecycles count whole days from the upload. */
const KEEP_DAYS = Math.ceil(REQUEST_TTL_SECONDS / 86_400) + 1;

/** Files of results. Nothing in it is public: clients get signed URLs. */
export function createResults({ platform, options, settings }: StackContext): ResultsStack {
  const { sst, aws } = platform;
  const bucket = new sst.aws.Bucket(`${PREFIX}Files`, {
    lifecycle: [{ id: "results", expiresIn: `${KEEP_DAYS} days` }],
    cors: {
      allowMethods: ["GET", "HEAD"],
      allowOrigins: [...(options.downloadOrigins ?? ["*"])],
      allowHeaders: ["range"],
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
