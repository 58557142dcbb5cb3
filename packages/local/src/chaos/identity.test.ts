import { describe, expect, test } from "vitest";
import { firstEntrySubject, invocationKey, itemKey, subjectInBody, subjectOfEvent, subjectOfFrame } from "./identity.ts";

const detail = { tenant_id: "acme", user_id: "ada", request_id: "r1" };
const body = JSON.stringify({ id: "made anew in each run", detail });

describe("things are called by what is the same in every run", () => {
  test("events, messages and PutEvents calls by their request", () => {
    expect(subjectOfEvent({ detail })).toBe("acme/ada/r1");
    expect(subjectInBody(body)).toBe("acme/ada/r1");
    expect(firstEntrySubject(JSON.stringify({ Entries: [{ Detail: JSON.stringify(detail) }] }))).toBe("acme/ada/r1");
  });

  test("what is said of a topic by the topic", () => {
    const said = { tenant_id: "acme", topic: "rooms/lobby", kind: "published", id: "made anew in each run" };
    expect(subjectInBody(JSON.stringify({ detail: said }))).toBe("acme/rooms/lobby");
    expect(firstEntrySubject(JSON.stringify({ Entries: [{ Detail: JSON.stringify(said) }] }))).toBe("acme/rooms/lobby");
  });

  test.each([undefined, "", "no JSON", "null", "[]", '{"detail":5}'])("a body without a request or a topic (%j) has none", (text) => {
    expect(subjectInBody(text)).toBeUndefined();
    expect(firstEntrySubject(text ?? "")).toBeUndefined();
  });

  test("messages on a socket by the request, batch or topic they name, or else by their type", () => {
    expect(subjectOfFrame('{"type":"progress","request_id":"r1"}')).toBe("r1");
    expect(subjectOfFrame('{"id":"r2","action":"echo"}')).toBe("r2");
    expect(subjectOfFrame('{"type":"batch","batch_id":"b1"}')).toBe("b1");
    expect(subjectOfFrame('{"type":"event","topic":"rooms/lobby","events":[]}')).toBe("rooms/lobby");
    expect(subjectOfFrame('{"type":"ping"}')).toBe("ping");
    expect(subjectOfFrame("{")).toBe("unreadable");
  });

  test("invocations by function and by what they are about", () => {
    expect(invocationKey("worker", { Records: [{ body }] })).toBe("worker acme/ada/r1");
    expect(invocationKey("router", { requestContext: {}, body: '{"id":"r2"}' })).toBe("router r2");
    expect(invocationKey("sweeper", { id: "x", detail: "{}" })).toBe("sweeper");
    expect(invocationKey("connect", null)).toBe("connect");
  });

  test("DynamoDB calls by the first item they name, and queries by their partition", () => {
    const Key = { pk: { S: "request#acme#r1" }, sk: { S: "request" } };
    expect(itemKey(JSON.stringify({ Key }))).toBe("request#acme#r1/request");
    expect(itemKey(JSON.stringify({ Item: { ...Key, payload: { S: "SECRET" } } }))).toBe("request#acme#r1/request");
    expect(itemKey(JSON.stringify({ TransactItems: [{ Put: { Item: Key } }, {}] }))).toBe("request#acme#r1/request");
    const values = { ":pk": { S: "open#3" }, ":filter": { S: "SECRET" } };
    expect(itemKey(JSON.stringify({ ExpressionAttributeValues: values }))).toBe("open#3");
    expect(itemKey("{}")).toBe("");
  });
});
