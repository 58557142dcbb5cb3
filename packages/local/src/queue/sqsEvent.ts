import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSMessageAttributes, SQSRecord } from "aws-lambda";

/**
 * The event that Lambda's mapping makes of received messages.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toSqsEvent(messages: readonly Message[], queueArn: string): SQSEvent {
  return { Records: messages.map((message) => toSqsRecord(message, queueArn)) };
}

function toSqsRecord(message: Message, queueArn: string): SQSRecord {
  const {
    ApproximateReceiveCount = "1",
    SentTimestamp = "0",
    SenderId = "",
    ApproximateFirstReceiveTimestamp = "0",
    ...others
  } = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    // The others are there only when they have a value: MessageGroupId of a FIFO or fair queue, AWSTraceHeader and the like.
    attributes: { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp, ...others },
    messageAttributes: toRecordAttributes(message.MessageAttributes ?? {}),
    md5OfBody: message.MD5OfBody ?? "",
    ...(message.MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}

function toRecordAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): SQSMessageAttributes {
  const convert = ({ StringValue, BinaryValue, DataType = "String" }: MessageAttributeValue) => ({
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  });
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, convert(value)]));
}

/**
 * Reads a function's answer with ReportBatchItemFailures: which of the messages failed, or "all" for an answer that AWS takes for a
 * failure of the whole batch. Nothing, null, `{}` and an empty or null list mean that all went well.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedMessageIds(answer: unknown, messageIds: readonly string[]): ReadonlySet<string> | "all" {
  if (answer === undefined || answer === null) return new Set();
  if (typeof answer !== "object" || Array.isArray(answer)) return "all";
  const { batchItemFailures: failures = null } = answer as { batchItemFailures?: unknown };
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return "all";
  const ids = failures.map((failure: unknown) =>
    typeof failure === "object" && failure !== null && "itemIdentifier" in failure ? failure.itemIdentifier : undefined,
  );
  const known = ids.filter((id): id is string => typeof id === "string" && messageIds.includes(id));
  return known.length === ids.length ? new Set(known) : "all";
}
