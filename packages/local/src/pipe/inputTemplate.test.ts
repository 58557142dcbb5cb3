import { inputTemplate, pipeDefinition } from "@streamer/server";
import { describe, expect, test } from "vitest";
import { compileTemplate, InputTemplateError } from "./inputTemplate.ts";

const record = {
  eventName: "INSERT",
  dynamodb: {
    ApproximateCreationDateTime: 1_767_225_601,
    NewImage: {
      request_id: { S: 'r"1' },
      attempt: { N: "2" },
      ok: { BOOL: true },
      none: { NULL: null },
      roles: { L: [{ S: "admin" }, { S: "other" }] },
      "with-dash": { S: "d" },
    },
  },
};
const render = (template: string) => compileTemplate(template)(record);

describe("a path where a value stands", () => {
  test.each([
    ["text gets quotes and is escaped", '{"a": <$.dynamodb.NewImage.request_id.S>}', { a: 'r"1' }],
    ["a DynamoDB number stays text", '{"a": <$.dynamodb.NewImage.attempt.N>}', { a: "2" }],
    ["a number stays one", '{"a": <$.dynamodb.ApproximateCreationDateTime>}', { a: 1_767_225_601 }],
    ["a boolean stays one", '{"a": <$.dynamodb.NewImage.ok.BOOL>}', { a: true }],
    ["null stays null", '{"a": <$.dynamodb.NewImage.none.NULL>}', { a: null }],
    ["an object stays one", '{"a": <$.dynamodb.NewImage.ok>}', { a: { BOOL: true } }],
    ["an array's element by its index", '{"a": <$.dynamodb.NewImage.roles.L[1].S>}', { a: "other" }],
    ["an array's element by a dot", '{"a": <$.dynamodb.NewImage.roles.L.0.S>}', { a: "admin" }],
    ["a name with a dash", '{"a": <$.dynamodb.NewImage.with-dash.S>}', { a: "d" }],
    ["a missing path leaves its field out", '{"a": <$.dynamodb.OldImage.x.S>, "b": 1}', { b: 1 }],
    ["a name of every object's prototype is missing", '{"a": <$.constructor>, "b": 1}', { b: 1 }],
    ["a field inside an object", '{"a": {"b": <$.eventName>, "c": [<$.eventName>, 1]}}', { a: { b: "INSERT", c: ["INSERT", 1] } }],
  ])("%s", (_what, template, expected) => {
    expect(render(template)).toEqual(expected);
  });
});

describe("a path inside quotes", () => {
  test.each([
    ["becomes part of the text", '{"a": "was <$.eventName>, <$.dynamodb.NewImage.attempt.N>"}', { a: "was INSERT, 2" }],
    ["is empty when it is missing", '{"a": "x<$.nothing>y"}', { a: "xy" }],
    ["loses the quotes of an object", '{"a": "<$.dynamodb.NewImage.ok>"}', { a: "{BOOL:true}" }],
    ["stands behind an escaped quote", '{"a": "\\"<$.eventName>\\""}', { a: '"INSERT"' }],
  ])("%s", (_what, template, expected) => {
    expect(render(template)).toEqual(expected);
  });

  test("is not escaped, so a quote in it breaks the JSON", () => {
    expect(() => render('{"a": "<$.dynamodb.NewImage.request_id.S>"}')).toThrow(InputTemplateError);
  });
});

describe("a template is refused", () => {
  test.each([
    ["with a wildcard", '{"a": <$.dynamodb.NewImage.roles.L[*].S>}'],
    ["with a reserved variable", '{"a": <aws.pipes.pipe-arn>}'],
    ["over 8,192 characters", `{"a": "${"x".repeat(8_192)}"}`],
  ])("%s", (_what, template) => {
    expect(() => compileTemplate(template)).toThrow(InputTemplateError);
  });

  test("at a record that makes it something else than an object", () => {
    expect(() => render("<$.eventName>")).toThrow(InputTemplateError);
  });
});

test("the pipe's own template takes ids, action, status and attempt from the new image", () => {
  const text = (value: string) => ({ S: value });
  const NewImage = {
    request_id: text("r1"),
    tenant_id: text("t1"),
    user_id: text("u1"),
    action: text("generate_report"),
    status: text("pending"),
    attempt: { N: "0" },
    correlation_id: text("c1"),
    payload: text("secret"),
  };
  expect(compileTemplate(inputTemplate(pipeDefinition))({ dynamodb: { NewImage } })).toEqual({
    request_id: "r1",
    tenant_id: "t1",
    user_id: "u1",
    action: "generate_report",
    status: "pending",
    attempt: "0",
    correlation_id: "c1",
  });
});
