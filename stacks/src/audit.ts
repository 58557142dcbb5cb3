import type { StackContext } from "./context.ts";
import { physicalName, PREFIX } from "./names.ts";

/**
 * A trail of each access to the table's items and the bucket's objects (S-188). CloudTrail bills data events by the event.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
export function createAudit({ platform, settings }: StackContext, table: sst.aws.Dynamo, bucket: sst.aws.Bucket): aws.cloudtrail.Trail {
  const { sst, aws, app, util } = platform;
  const name = physicalName(app, "audit", 128);
  const account = aws.getCallerIdentityOutput().accountId;
  const trailArn = util.interpolate`arn:${aws.getPartitionOutput().partition}:cloudtrail:${aws.getRegionOutput().region}:${account}:trail/${name}`;
  const fromTrail = { test: "StringEquals", variable: "aws:SourceArn", values: [trailArn] };
  const principals = [{ type: "service" as const, identifiers: ["cloudtrail.amazonaws.com"] }];
  const logs = new sst.aws.Bucket(`${PREFIX}AuditFiles`, {
    cors: false,
    lifecycle: [{ id: "audit", expiresIn: "365 days" }],
    policy: [
      { actions: ["s3:GetBucketAcl"], principals, paths: [""], conditions: [fromTrail] },
      {
        actions: ["s3:PutObject"],
        principals,
        paths: [util.interpolate`AWSLogs/${account}/*`],
        conditions: [fromTrail, { test: "StringEquals", variable: "s3:x-amz-acl", values: ["bucket-owner-full-control"] }],
      },
    ],
    transform: { bucket: { forceDestroy: !settings.keepData } },
  });
  const dataEvents = (label: string, type: string, arn: $util.Output<string>, compare: "equals" | "startsWiths") => ({
    name: label,
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: [type] },
      { field: "resources.ARN", [compare]: [arn] },
    ],
  });
  return new aws.cloudtrail.Trail(
    `${PREFIX}Audit`,
    {
      name,
      s3BucketName: logs.name,
      enableLogFileValidation: true,
      advancedEventSelectors: [
        dataEvents("table", "AWS::DynamoDB::Table", table.arn, "equals"),
        dataEvents("results", "AWS::S3::Object", util.interpolate`${bucket.arn}/`, "startsWiths"),
      ],
    },
    // CloudTrail tries the bucket at once and refuses one whose policy is not there yet. The component has its policy when it has its bucket.
    { dependsOn: logs.nodes.bucket.apply(() => [logs]) },
  );
}
