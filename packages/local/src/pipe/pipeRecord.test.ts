import { expect, test } from "vitest";
import { isUnchanged, toPipeRecord } from "./pipeRecord.ts";

const streamArn = "arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026-01-01T00:00:00.000";

test("an SDK record gets the shape that Pipes delivers", () => {
  const record = toPipeRecord(
    {
      eventID: "e1",
      eventName: "REMOVE",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-west-1",
      dynamodb: {
        ApproximateCreationDateTime: new Date("2026-01-01T00:00:01.900Z"),
        Keys: { pk: { S: "a" } },
        OldImage: {
          pk: { S: "a" },
          n: { N: "1.50" },
          b: { B: new Uint8Array([1, 2, 255]) },
          bs: { BS: [new Uint8Array([0])] },
          l: { L: [{ B: new Uint8Array([1]) }, { NULL: true }] },
          m: { M: { inner: { B: new Uint8Array([2]) }, ok: { BOOL: false } } },
        },
        SequenceNumber: "300000000000000000499659",
        SizeBytes: 41,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
    },
    streamArn,
  );
  expect(JSON.parse(JSON.stringify(record))).toEqual({
    eventID: "e1",
    eventName: "REMOVE",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: {
      ApproximateCreationDateTime: 1_767_225_601,
      Keys: { pk: { S: "a" } },
      OldImage: {
        pk: { S: "a" },
        n: { N: "1.50" },
        b: { B: "AQL/" },
        bs: { BS: ["AA=="] },
        l: { L: [{ B: "AQ==" }, { NULL: true }] },
        m: { M: { inner: { B: "Ag==" }, ok: { BOOL: false } } },
      },
      SequenceNumber: "300000000000000000499659",
      SizeBytes: 41,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    userIdentity: { principalId: "dynamodb.amazonaws.com", type: "Service" },
    eventSourceARN: streamArn,
  });
});

test.each([
  ["a change of nothing", "MODIFY", { a: { B: new Uint8Array([1]) } }, { a: { B: new Uint8Array([1]) } }, true],
  ["a change of a binary", "MODIFY", { a: { B: new Uint8Array([1]) } }, { a: { B: new Uint8Array([2]) } }, false],
  ["a change of a type", "MODIFY", { a: { N: "1" } }, { a: { S: "1" } }, false],
  ["an insert", "INSERT", { a: { N: "1" } }, undefined, false],
  ["a record without images", "MODIFY", undefined, undefined, false],
] as const)("%s is unchanged or not", (_what, eventName, NewImage, OldImage, unchanged) => {
  const images = { ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) };
  expect(isUnchanged(toPipeRecord({ eventName, dynamodb: { ...images } }, streamArn))).toBe(unchanged);
});
