import type { StackContext } from "./context.ts";
import { physicalName, PREFIX } from "./names.ts";

/** What the account may do with the key: administer it, through its own policies. Using it is for alarms only. */
const KEY_ADMINISTRATION = [
  "kms:DescribeKey",
  "kms:GetKeyPolicy",
  "kms:PutKeyPolicy",
  "kms:ListKeyPolicies",
  "kms:GetKeyRotationStatus",
  "kms:EnableKeyRotation",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:UpdateKeyDescription",
  "kms:ListResourceTags",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
];

/**
 * Where alarms go. The topic has a key of its own: with AWS's key for SNS, CloudWatch may not encrypt, and alarms vanish without a word.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export function createAlarmTopic({ platform, options }: StackContext): aws.sns.Topic {
  const { aws, app, util } = platform;
  const account = aws.getCallerIdentityOutput().accountId;
  const fromThisAccount = { test: "StringEquals", variable: "aws:SourceAccount", values: [account] };
  const cloudwatch = { type: "Service", identifiers: ["cloudwatch.amazonaws.com"] };
  const key = new aws.kms.Key(`${PREFIX}AlarmKey`, {
    description: `Alarms of ${app.name} ${app.stage}`,
    enableKeyRotation: true,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          sid: "Administer",
          actions: KEY_ADMINISTRATION,
          // In a key's policy this means the key itself.
          resources: ["*"],
          principals: [{ type: "AWS", identifiers: [util.interpolate`arn:${aws.getPartitionOutput().partition}:iam::${account}:root`] }],
        },
        {
          sid: "Alarms",
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          principals: [cloudwatch],
          conditions: [fromThisAccount],
        },
      ],
    }).json,
  });
  const topic = new aws.sns.Topic(`${PREFIX}AlarmTopic`, { name: physicalName(app, "alarms", 256), kmsMasterKeyId: key.arn });
  new aws.sns.TopicPolicy(`${PREFIX}AlarmTopicPolicy`, {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        { sid: "Alarms", actions: ["sns:Publish"], resources: [topic.arn], principals: [cloudwatch], conditions: [fromThisAccount] },
      ],
    }).json,
  });
  for (const [index, endpoint] of (options.alarmEmails ?? []).entries())
    new aws.sns.TopicSubscription(`${PREFIX}AlarmEmail${index}`, { topic: topic.arn, protocol: "email", endpoint });
  return topic;
}
