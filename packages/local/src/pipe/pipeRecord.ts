import { isDeepStrictEqual } from "node:util";
import type { _Record as StreamRecord, AttributeValue } from "@aws-sdk/client-dynamodb-streams";

/** An attribute as JSON carries it: binaries in base64. */
export type JsonAttribute = Readonly<Record<string, unknown>>;
export type JsonImage = Readonly<Record<string, JsonAttribute>>;

/**
 * A stream record as a Pipe's filters and template see it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
 */
export interface PipeRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: string;
  readonly eventSource: "aws:dynamodb";
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: JsonImage;
    readonly NewImage?: JsonImage;
    readonly OldImage?: JsonImage;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  /** Only on a deletion by the TTL. */
  readonly userIdentity?: { readonly principalId: string; readonly type: string };
  readonly eventSourceARN: string;
}

/** The record in the shape Pipes delivers: the SDK's has dates, byte arrays and capital letters instead. */
export function toPipeRecord(record: StreamRecord, streamArn: string): PipeRecord {
  const { dynamodb, userIdentity } = record;
  return {
    eventID: record.eventID ?? "",
    eventName: record.eventName ?? "",
    eventVersion: record.eventVersion ?? "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: record.awsRegion ?? "",
    dynamodb: {
      ApproximateCreationDateTime: Math.floor((dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
      Keys: toJsonImage(dynamodb?.Keys ?? {}),
      ...(dynamodb?.NewImage === undefined ? {} : { NewImage: toJsonImage(dynamodb.NewImage) }),
      ...(dynamodb?.OldImage === undefined ? {} : { OldImage: toJsonImage(dynamodb.OldImage) }),
      SequenceNumber: dynamodb?.SequenceNumber ?? "",
      SizeBytes: dynamodb?.SizeBytes ?? 0,
      StreamViewType: dynamodb?.StreamViewType ?? "",
    },
    ...(userIdentity === undefined ? {} : { userIdentity: { principalId: userIdentity.PrincipalId ?? "", type: userIdentity.Type ?? "" } }),
    eventSourceARN: streamArn,
  };
}

/** True for a write that changed nothing: DynamoDB makes no stream record of it, some local engines do. */
export function isUnchanged({ eventName, dynamodb }: PipeRecord): boolean {
  return eventName === "MODIFY" && dynamodb.NewImage !== undefined && isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage);
}

function toJsonImage(image: Readonly<Record<string, AttributeValue>>): JsonImage {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, toJsonAttribute(value)]));
}

function toJsonAttribute(value: AttributeValue): JsonAttribute {
  if (value.B !== undefined) return { B: toBase64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(toBase64) };
  if (value.L !== undefined) return { L: value.L.map(toJsonAttribute) };
  if (value.M !== undefined) return { M: toJsonImage(value.M) };
  return { ...value };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
