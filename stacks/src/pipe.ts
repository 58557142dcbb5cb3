import { inputTemplate } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { createQueue } from "./queue.ts";
import { physicalName, PREFIX } from "./names.ts";

export interface PipeStack {
  readonly bus: sst.aws.Bus;
  /** `Resource.StreamerBus`: the name, and no rights: SST's own link of a bus grants `events:*`. */
  readonly link: sst.Linkable<{ name: $util.Output<string> }>;
  readonly pipe: aws.pipes.Pipe;
  readonly deadLetters: sst.aws.Queue;
  readonly logGroup: aws.cloudwatch.LogGroup;
}

/** The one Pipe: transitions from the table's stream to the bus, where rules pick theirs. */
export function createPipe(context: StackContext, table: sst.aws.Dynamo): PipeStack {
  const { platform, wiring, settings } = context;
  const { sst, aws, app, util } = platform;
  const definition = wiring.pipe;
  const name = physicalName(app, "requests", 64);

  const bus = new sst.aws.Bus(`${PREFIX}Events`);
  // Holds pointers into the stream, not payloads: which records, to be looked up within the stream's 24 hours.
  const deadLetters = createQueue(context, "pipe_dead_letters");
  const logGroup = new aws.cloudwatch.LogGroup(`${PREFIX}PipeLog`, {
    // Services write to groups under this prefix without a resource policy of ours.
    name: `/aws/vendedlogs/pipes/${name}`,
    retentionInDays: settings.logRetentionDays,
  });
  const streamArn = table.nodes.table.streamArn;
  const account = aws.getCallerIdentityOutput().accountId;
  const role = new aws.iam.Role(`${PREFIX}PipeRole`, {
    name: physicalName(app, "pipe", 64),
    assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: ["pipes.amazonaws.com"] }],
          // Pipes of other accounts, or others of this one, must not borrow these rights.
          conditions: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [account] },
            {
              test: "ArnEquals",
              variable: "aws:SourceArn",
              values: [
                util.interpolate`arn:${aws.getPartitionOutput().partition}:pipes:${aws.getRegionOutput().region}:${account}:pipe/${name}`,
              ],
            },
          ],
        },
      ],
    }).json,
    inlinePolicies: [
      {
        name: "pipe",
        policy: aws.iam.getPolicyDocumentOutput({
          statements: [
            {
              sid: "ReadStream",
              actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
              resources: [streamArn],
            },
            { sid: "PutEvents", actions: ["events:PutEvents"], resources: [bus.arn] },
            { sid: "DeadLetters", actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
          ],
        }).json,
      },
    ],
  });
  const pipe = new aws.pipes.Pipe(`${PREFIX}Pipe`, {
    name,
    description: "Transitions of requests, from the table to the bus",
    roleArn: role.arn,
    source: streamArn,
    sourceParameters: {
      dynamodbStreamParameters: {
        startingPosition: "LATEST",
        batchSize: definition.batchSize,
        maximumRetryAttempts: definition.maximumRetryAttempts,
        maximumRecordAgeInSeconds: definition.maximumRecordAgeSeconds,
        onPartialBatchItemFailure: "AUTOMATIC_BISECT",
        deadLetterConfig: { arn: deadLetters.arn },
      },
      filterCriteria: { filters: definition.filters.map((filter) => ({ pattern: JSON.stringify(filter) })) },
    },
    target: bus.arn,
    targetParameters: {
      eventbridgeEventBusParameters: { source: definition.source, detailType: definition.detailType },
      inputTemplate: inputTemplate(definition),
    },
    // Without execution data: records hold payloads.
    logConfiguration: { level: settings.pipeLogLevel, cloudwatchLogsLogDestination: { logGroupArn: logGroup.arn } },
  });
  return { bus, link: new sst.Linkable(`${PREFIX}Bus`, { properties: { name: bus.name } }), pipe, deadLetters, logGroup };
}
