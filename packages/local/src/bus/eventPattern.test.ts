import { describe, expect, test } from "vitest";
import type { EventPattern } from "@streamer/server";
import { compilePattern, EventPatternError, matchesPattern, validatePattern } from "./eventPattern.ts";

/** The sample event of the EventBridge user guide, with the fields its operator examples use. */
const instanceEvent = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "111122223333",
  time: "2017-10-02T16:24:49Z",
  region: "us-west-1",
  resources: ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0", "arn:aws:autoscaling:us-east-1:123456789012:group"],
  detail: {
    "instance-id": "i-1234567890abcdef0",
    state: "terminated",
    "c-count": 5,
    "d-count": 3,
    "x-limit": 301.8,
    "source-ip": "10.0.0.33",
    ipv6: "2001:db8::17",
    eventVersion: "",
    responseElements: null,
    mfa: false,
    FileName: "dir/photo.png",
    service: "EventBridge",
    "dotted.key": "yes",
  },
};

const employees = {
  employees: [
    { firstName: "John", lastName: "Doe", tags: ["a"] },
    { firstName: "Anna", lastName: "Smith", tags: ["b", "c"] },
    { firstName: "Peter", lastName: "Jones" },
  ],
};

const streamRecord = {
  eventName: "MODIFY",
  dynamodb: {
    Keys: { Id: { N: "101" } },
    OldImage: { status: { S: "pending" } },
    NewImage: { status: { S: "completed" }, n: { N: "300" } },
  },
};

type Row = readonly [what: string, event: object, pattern: EventPattern, matches: boolean];
const inDetail = (detail: EventPattern): EventPattern => ({ detail });
const detail = (what: string, pattern: EventPattern, matches: boolean): Row => [what, instanceEvent, inDetail(pattern), matches];

const rows: readonly Row[] = [
  ["one value", instanceEvent, { source: ["aws.ec2"] }, true],
  ["another value", instanceEvent, { source: ["aws.s3"] }, false],
  ["any of several values", instanceEvent, { source: ["aws.s3", "aws.ec2"] }, true],
  [
    "all fields",
    instanceEvent,
    { source: ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"], detail: { state: ["terminated"] } },
    true,
  ],
  ["all fields but one", instanceEvent, { source: ["aws.ec2"], detail: { state: ["running"] } }, false],
  ["a missing field", instanceEvent, { detail: { nothing: ["x"] } }, false],
  ["a field in the wrong place", instanceEvent, { state: ["terminated"] }, false],
  ["a value with other case", instanceEvent, { source: ["AWS.EC2"] }, false],
  ["an account as text", instanceEvent, { account: ["111122223333"] }, true],
  detail("an empty string", { eventVersion: [""] }, true),
  detail("an empty string against a full one", { state: [""] }, false),
  detail("null", { responseElements: [null] }, true),
  detail("null against an empty string", { eventVersion: [null] }, false),
  detail("an empty string against null", { responseElements: [""] }, false),
  detail("null against a missing field", { nothing: [null] }, false),
  detail("false", { mfa: [false] }, true),
  detail("true against false", { mfa: [true] }, false),
  detail("the text false against false", { mfa: ["false"] }, false),

  ["an element of the event's array", instanceEvent, { resources: ["arn:aws:autoscaling:us-east-1:123456789012:group", "other"] }, true],
  ["no element of the event's array", instanceEvent, { resources: ["other"] }, false],
  ["a prefix of an array's element", instanceEvent, { resources: [{ prefix: "arn:aws:autoscaling" }] }, true],
  ["a field of an object in an array", employees, { employees: { firstName: ["Anna"] } }, true],
  ["two fields of one object in an array", employees, { employees: { firstName: ["Anna"], lastName: ["Smith"] } }, true],
  ["two fields of different objects in an array", employees, { employees: { firstName: ["Anna"], lastName: ["Jones"] } }, false],
  ["a later object after an earlier one failed", employees, { employees: { firstName: [{ prefix: "" }], lastName: ["Jones"] } }, true],
  ["an array in the same object of an array", employees, { employees: { firstName: ["Anna"], tags: ["c"] } }, true],
  ["an array in another object of an array", employees, { employees: { firstName: ["John"], tags: ["c"] } }, false],
  ["objects in arrays of arrays", { a: [[{ x: 1, y: 1 }], [{ x: 2, y: 2 }]] }, { a: { x: [2], y: [2] } }, true],
  ["objects of different inner arrays", { a: [[{ x: 1, y: 1 }], [{ x: 2, y: 2 }]] }, { a: { x: [1], y: [2] } }, false],
  ["fields of two unrelated arrays", { a: [1, 2], b: [3, 4] }, { a: [2], b: [3] }, true],
  ["an empty array", { a: [] }, { a: ["x"] }, false],

  ["prefix", instanceEvent, { time: [{ prefix: "2017-10-02" }] }, true],
  ["another prefix", instanceEvent, { region: [{ prefix: "eu-" }] }, false],
  ["a prefix of a number", instanceEvent, inDetail({ "c-count": [{ prefix: "5" }] }), false],
  detail("prefix without case", { service: [{ prefix: { "equals-ignore-case": "EVENTB" } }] }, true),
  detail("prefix with the wrong case", { service: [{ prefix: "EVENTB" }] }, false),
  detail("suffix", { FileName: [{ suffix: ".png" }] }, true),
  detail("another suffix", { FileName: [{ suffix: ".jpg" }] }, false),
  detail("suffix without case", { FileName: [{ suffix: { "equals-ignore-case": ".PNG" } }] }, true),
  detail("equals-ignore-case", { service: [{ "equals-ignore-case": "eventBRIDGE" }] }, true),
  detail("equals-ignore-case of a part", { service: [{ "equals-ignore-case": "event" }] }, false),

  detail("wildcard", { FileName: [{ wildcard: "dir/*.png" }] }, true),
  detail("a wildcard that must reach the end", { FileName: [{ wildcard: "dir/*.p" }] }, false),
  detail("several wildcards", { FileName: [{ wildcard: "*/*oto*" }] }, true),
  detail("a dot in a wildcard is a dot", { FileName: [{ wildcard: "dir/photo?png" }] }, false),
  ["an escaped star in a wildcard", { a: "x*y" }, { a: [{ wildcard: "x\\*y" }] }, true],
  ["an escaped star against another character", { a: "xzy" }, { a: [{ wildcard: "x\\*y" }] }, false],
  ["an escaped backslash before a star", { a: "x\\zzz" }, { a: [{ wildcard: "x\\\\*" }] }, true],

  detail("anything-but a value", { state: [{ "anything-but": "initializing" }] }, true),
  detail("anything-but the value", { state: [{ "anything-but": "terminated" }] }, false),
  detail("anything-but a number", { "x-limit": [{ "anything-but": 123 }] }, true),
  detail("anything-but the number", { "x-limit": [{ "anything-but": 301.8 }] }, false),
  detail("anything-but a list", { state: [{ "anything-but": ["stopped", "overloaded"] }] }, true),
  detail("anything-but a list with it", { state: [{ "anything-but": ["stopped", "terminated"] }] }, false),
  detail("anything-but a list of numbers", { "x-limit": [{ "anything-but": [100, 200, 300] }] }, true),
  detail("anything-but needs the field", { nothing: [{ "anything-but": "x" }] }, false),
  detail("anything-but a prefix", { state: [{ "anything-but": { prefix: "init" } }] }, true),
  detail("anything-but its prefix", { state: [{ "anything-but": { prefix: "term" } }] }, false),
  detail("anything-but a list of prefixes", { state: [{ "anything-but": { prefix: ["init", "term"] } }] }, false),
  detail("anything-but a suffix", { FileName: [{ "anything-but": { suffix: ".txt" } }] }, true),
  detail("anything-but its suffix", { FileName: [{ "anything-but": { suffix: [".txt", ".png"] } }] }, false),
  detail("anything-but without case", { state: [{ "anything-but": { "equals-ignore-case": "TERMINATED" } }] }, false),
  detail("anything-but a list without case", { state: [{ "anything-but": { "equals-ignore-case": ["initializing", "stopped"] } }] }, true),
  detail("anything-but a wildcard", { FileName: [{ "anything-but": { wildcard: "*/lib/*" } }] }, true),
  detail("anything-but its wildcard", { FileName: [{ "anything-but": { wildcard: ["*/lib/*", "dir/*"] } }] }, false),
  ["anything-but one element of an array", { a: ["x", "y"] }, { a: [{ "anything-but": "x" }] }, true],

  detail("numeric between", { "c-count": [{ numeric: [">", 0, "<=", 5] }] }, true),
  detail("numeric below", { "d-count": [{ numeric: ["<", 10] }] }, true),
  detail("numeric not below", { "d-count": [{ numeric: ["<", 3] }] }, false),
  detail("numeric equal in another notation", { "x-limit": [{ numeric: ["=", 3.018e2] }] }, true),
  detail("numeric at an open bound", { "c-count": [{ numeric: [">=", 0, "<", 5] }] }, false),
  detail("numeric against text", { "source-ip": [{ numeric: [">", 0] }] }, false),
  ["a number with and without a fraction", JSON.parse('{"a":300.0}') as object, { a: [300] }, true],
  ["numbers that differ after 15 digits", { a: 0.1 + 0.2 }, { a: [0.3] }, true],
  ["numbers that differ within 15 digits", { a: 0.300_000_000_001 }, { a: [0.3] }, false],
  ["large numbers by their exact value", { a: 111_122_223_333 }, { a: [111_122_223_333] }, true],
  ["a number against its text", { a: "300" }, { a: [300] }, false],

  detail("an address in a block", { "source-ip": [{ cidr: "10.0.0.0/24" }] }, true),
  detail("an address outside a block", { "source-ip": [{ cidr: "10.0.1.0/24" }] }, false),
  detail("an IPv6 address in a block", { ipv6: [{ cidr: "2001:db8::/32" }] }, true),
  detail("an IPv6 address outside a block", { ipv6: [{ cidr: "2001:db9::/32" }] }, false),
  detail("an address of the other version", { ipv6: [{ cidr: "10.0.0.0/8" }] }, false),
  detail("cidr against text", { state: [{ cidr: "10.0.0.0/8" }] }, false),

  detail("exists", { "c-count": [{ exists: true }] }, true),
  detail("exists when it is null", { responseElements: [{ exists: true }] }, true),
  detail("exists when it does not", { nothing: [{ exists: true }] }, false),
  detail("exists not", { nothing: [{ exists: false }] }, true),
  detail("exists not when it does", { "c-count": [{ exists: false }] }, false),
  ["exists on a node that is no leaf", instanceEvent, { detail: [{ exists: true }] }, false],
  ["exists not on a node that is no leaf", instanceEvent, { detail: [{ exists: false }] }, true],
  ["exists not in any object of an array", employees, { employees: { firstName: ["Peter"], tags: [{ exists: false }] } }, false],
  detail("a value or absence", { nothing: ["x", { exists: false }] }, true),

  ["$or by its first branch", instanceEvent, { source: ["aws.ec2"], $or: [{ detail: { "c-count": [5] } }, { region: ["x"] }] }, true],
  ["$or by its second branch", instanceEvent, { $or: [{ region: ["x"] }, { detail: { "d-count": [{ numeric: ["<", 10] }] } }] }, true],
  ["$or by no branch", instanceEvent, { $or: [{ region: ["x"] }, { account: ["y"] }] }, false],
  [
    "$or whose other fields do not match",
    instanceEvent,
    { source: ["aws.s3"], $or: [{ region: ["us-west-1"] }, { account: ["y"] }] },
    false,
  ],
  ["$or inside an object", instanceEvent, inDetail({ $or: [{ state: ["x"] }, { "c-count": [5], "d-count": [3] }] }), true],
  ["$or in $or", instanceEvent, { $or: [{ region: ["x"] }, { source: ["aws.ec2"], $or: [{ account: ["y"] }, { version: ["0"] }] }] }, true],

  ["$or as a plain field, when its objects are operators", { $or: "abc" }, { $or: [{ prefix: "x" }, { suffix: "c" }] }, true],

  ["a dot in the event's key", instanceEvent, { detail: { dotted: { key: ["yes"] } } }, true],
  ["a dot in the pattern's key", { detail: { state: { status: "running" } } }, { detail: { "state.status": ["running"] } }, true],

  ["a DynamoDB string", streamRecord, { dynamodb: { Keys: { Id: { N: ["101"] } } } }, true],
  [
    "two images",
    streamRecord,
    { dynamodb: { OldImage: { status: { S: ["pending"] } }, NewImage: { status: { S: ["completed"] } } } },
    true,
  ],
  ["two images in another order", streamRecord, { dynamodb: { OldImage: { status: { S: ["completed"] } } } }, false],
  ["numeric against a DynamoDB number", streamRecord, { dynamodb: { NewImage: { n: { N: [{ numeric: ["=", 300] }] } } } }, false],
  ["a number against a DynamoDB number", streamRecord, { dynamodb: { NewImage: { n: { N: [300] } } } }, false],
];

describe("a pattern", () => {
  test.each(rows)("with %s", (_what, event, pattern, matches) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });

  test("is compiled once and asked many times", () => {
    const matches = compilePattern({ a: [1] }, { target: "bus" });
    expect([{ a: 1 }, { a: 2 }, { a: 1 }].map((event) => matches(event))).toEqual([true, false, true]);
  });
});

describe("a malformed pattern is refused", () => {
  const malformed: readonly (readonly [string, EventPattern])[] = [
    ["an empty object", {}],
    ["an empty array", { a: [] }],
    ["an empty object inside", { a: {} }],
    ["a value without its array", { a: "x" as unknown as EventPattern }],
    ["an unknown operator", { a: [{ contains: "x" }] }],
    ["two operators in one object", { a: [{ prefix: "a", suffix: "b" }] }],
    ["an array in an array", { a: [["x"]] }],
    ["a prefix that is a number", { a: [{ prefix: 1 }] }],
    ["an unknown comparison", { a: [{ numeric: ["~", 1] }] }],
    ["a range the wrong way round", { a: [{ numeric: [">", 5, "<", 1] }] }],
    ["a range of two lower bounds", { a: [{ numeric: [">", 1, ">", 5] }] }],
    ["a numeric beyond five billion", { a: [{ numeric: ["<", 6e9] }] }],
    ["a block without a length", { a: [{ cidr: "10.0.0.0" }] }],
    ["a block that is too long", { a: [{ cidr: "10.0.0.0/33" }] }],
    ["exists with a text", { a: [{ exists: "true" }] }],
    ["two stars in a row", { a: [{ wildcard: "a**b" }] }],
    ["a lone backslash in a wildcard", { a: [{ wildcard: "a\\b" }] }],
    ["anything-but with mixed types", { a: [{ "anything-but": ["x", 1] }] }],
    ["anything-but nothing", { a: [{ "anything-but": [] }] }],
    ["anything-but an empty prefix", { a: [{ "anything-but": { prefix: "" } }] }],
    ["anything-but cidr", { a: [{ "anything-but": { cidr: "10.0.0.0/8" } }] }],
    ["a pattern over 4,096 characters", { a: ["x".repeat(4_096)] }],
  ];
  test.each(malformed)("%s", (_what, pattern) => {
    expect(() => validatePattern(pattern, { target: "bus" })).toThrow(EventPatternError);
  });

  test("and the message names the field and what to do", () => {
    expect(() => validatePattern({ detail: { state: [{ contains: "x" }] } }, { target: "bus" })).toThrow(
      'The event pattern\'s field "detail.state" is not valid: there is no operator "contains". Use one of',
    );
  });
});

describe("a Pipe's filter", () => {
  test.each(["prefix", "suffix", "equals-ignore-case", "wildcard"])(
    "does not know anything-but with %s, which a bus rule does",
    (operator) => {
      const pattern = { a: [{ "anything-but": { [operator]: "x" } }] };
      expect(() => validatePattern(pattern, { target: "pipe" })).toThrow(EventPatternError);
      expect(() => validatePattern(pattern, { target: "bus" })).not.toThrow();
    },
  );

  test("knows anything-but with values", () => {
    expect(() => validatePattern({ a: [{ "anything-but": ["x", "y"] }] }, { target: "pipe" })).not.toThrow();
  });
});
