import { describe, expect, test } from "vitest";
import { decodeClientMessage, decodeServerMessage } from "./codec.ts";
import { ERROR_CODES, errorFromBody, StreamerError } from "./errors.ts";
import * as limits from "./limits.ts";
import { DEFAULT_LIST_LIMIT, getRequest, MAX_LIST_LIMIT, MAX_LIST_READS } from "./requestActions.ts";
import { REQUEST_STATUSES } from "./status.ts";
import { codeBlocks, codes, readProtocolDocument, split, tableRows } from "./testing/protocolDocument.ts";
import { parse } from "./validate.ts";
import { clientSamples, serverSamples } from "./testing/sampleMessages.ts";

const document = readProtocolDocument();
const number = (value: number): string => value.toLocaleString("en-US");

/** The frames of a worked sequence that are written out: `>` or `<` and JSON. Where something is left out (`{…}`) it is no JSON. */
const workedFrames = codeBlocks(document.section("Worked sequences"), "")
  .flatMap((block) => block.split("\n"))
  .flatMap((line) => {
    const [, direction, frame = ""] = /^([<>]) (.*)$/.exec(line) ?? [];
    return direction === undefined || !isJson(frame) || frame.includes("},…]") ? [] : [{ direction, frame }];
  });

describe("PROTOCOL.md and the code name the same", () => {
  test.each([
    ["Client messages", Object.keys(clientSamples)],
    ["Server messages", Object.keys(serverSamples)],
  ])("%s", (title, types) => {
    const headings = split(document.section(title), "### ").flatMap(([heading]) => codes(heading));
    expect(new Set(headings.filter((heading) => heading !== "final"))).toEqual(new Set(types));
  });

  test("error codes, with whether to try again", () => {
    const rows = tableRows(document.section("Error codes")).map(([code = "", retryable]) => [codes(code)[0], retryable === "yes"]);
    expect(rows).toEqual(ERROR_CODES.map((code) => [code, new StreamerError(code).retryable]));
  });

  test("statuses", () => {
    const sentence = /`status` is one of ([^.]*)\./.exec(document.section("Server messages"))?.[1] ?? "";
    expect(codes(sentence)).toEqual(REQUEST_STATUSES);
  });

  test("subprotocols", () => {
    const named = codes(document.section("Connecting"));
    expect(named).toContain(limits.SUBPROTOCOL);
    expect(named).toContain(`${limits.TOKEN_SUBPROTOCOL_PREFIX}<jwt>`);
  });
});

describe("PROTOCOL.md gives the limits of the code", () => {
  const rows = Object.fromEntries(tableRows(document.section("Frames")).map(([limit = "", value = ""]) => [limit, value]));
  const minutes = (ms: number): string => `${ms / 60_000} minutes`;
  const [, charactersOfRequestId = ""] = /^\^\(\?=\.\{1,64\}\$\)(.*)\$$/.exec(limits.REQUEST_ID_PATTERN.source) ?? [];
  const hours = (ms: number): string => `${ms / 3_600_000} hours`;

  test.each([
    ["one client frame", `${limits.MAX_FRAME_BYTES / 1024} KB (${number(limits.MAX_FRAME_BYTES)} bytes)`],
    ["one client message, all its frames", `${limits.MAX_MESSAGE_BYTES / 1024} KB (${number(limits.MAX_MESSAGE_BYTES)} bytes)`],
    ["one server message", `${limits.MAX_MESSAGE_BYTES / 1024} KB (${number(limits.MAX_MESSAGE_BYTES)} bytes)`],
    ["an uploaded payload, a result by reference", `${limits.MAX_BODY_BYTES / 1024 ** 2} MiB (${number(limits.MAX_BODY_BYTES)} bytes)`],
    ["the URL of an upload", `${limits.UPLOAD_URL_LIFETIME_SECONDS / 60} minutes`],
    [
      "one `chunk` message",
      `${limits.MAX_CHUNK_BYTES / 1024} KB (${number(limits.MAX_CHUNK_BYTES)} bytes), a value in it ${number(limits.MAX_CHUNK_VALUE_BYTES)} bytes`,
    ],
    ["request id", `1 to 64 characters of \`${charactersOfRequestId}\`: what follows a dot is its number in a batch`],
    ["batch id", `\`${limits.BATCH_ID_PATTERN.source.slice(1, -1)}\``],
    ["items of a batch", `${number(limits.MAX_BATCH_ITEMS)}, numbered from 0`],
    ["items that one message names", String(limits.MAX_BATCH_MESSAGE_ITEMS)],
    ["action", `1 to ${limits.MAX_ACTION_NAME_CHARS} characters`],
    [
      "metadata",
      `${limits.MAX_METADATA_ENTRIES} entries, keys up to ${limits.MAX_METADATA_KEY_CHARS} and values up to ${limits.MAX_METADATA_VALUE_CHARS} characters`,
    ],
    ["nesting", `${limits.MAX_MESSAGE_NESTING} levels, the message itself the first`],
    ["token", `${number(limits.MAX_TOKEN_CHARS)} characters`],
    [
      "messages of one connection",
      `${limits.DEFAULT_RATE_LIMIT_MESSAGES} in ${limits.DEFAULT_RATE_LIMIT_WINDOW_MS / 1_000} seconds, unless the deployment says otherwise`,
    ],
    ["topics of one connection", String(limits.MAX_TOPICS_PER_CONNECTION)],
    [
      "one `event` message",
      `${limits.MAX_CHUNK_BYTES / 1024} KB (${number(limits.MAX_CHUNK_BYTES)} bytes), the data of an event in it ${number(limits.MAX_EVENT_DATA_BYTES)} bytes`,
    ],
    ["members that an answer names", `${limits.MAX_TOPIC_MEMBERS}, and as many as fit into ${limits.MAX_CHUNK_BYTES / 1024} KB`],
    ["silence", minutes(limits.IDLE_TIMEOUT_MS)],
    ["one connection", hours(limits.MAX_CONNECTION_DURATION_MS)],
  ])("%s: %s", (limit, value) => {
    expect(rows[limit]).toBe(value);
  });

  test("and names no other", () => {
    expect(Object.keys(rows)).toHaveLength(20);
  });

  test.each([
    ["Client messages", `\`reason\` is optional, up to ${limits.MAX_CANCEL_REASON_CHARS} characters`],
    ["Client messages", `(1 to ${limits.MAX_BATCH_MESSAGE_ITEMS} of them)`],
    ["Client messages", `items beyond ${limits.MAX_BATCH_ITEMS - 1} (\`VALIDATION_ERROR\`)`],
    ["Client messages", "A topic is 1 to 128 characters of\n`[A-Za-z0-9_.:/-]`"],
    ["Client messages", `the connection is subscribed to ${limits.MAX_TOPICS_PER_CONNECTION} others`],
    ["Server messages", `attempt × ${number(limits.SEQUENCES_PER_ATTEMPT)} + n`],
    ["Server messages", `| \`message\` | string | up to ${limits.MAX_PROGRESS_MESSAGE_CHARS} characters |`],
    ["Server messages", "At most ten a second per request"],
    ["Server messages", `at most ${limits.MAX_FRAME_BYTES / 1024} KB a page`],
    ["Actions of the server", `| \`limit\` | 1 to ${MAX_LIST_LIMIT} | default ${DEFAULT_LIST_LIMIT} |`],
    ["Actions of the server", `looks at ${number(MAX_LIST_READS)} requests at most`],
  ])("%s: %s", (title, sentence) => {
    expect(document.section(title)).toContain(sentence);
  });

  test("a topic and the pace of progress are as those sentences say", () => {
    expect(limits.TOPIC_PATTERN.source).toBe("^[A-Za-z0-9_.:/-]{1,128}$");
    expect(1_000 / limits.PROGRESS_INTERVAL_MS).toBe(10);
  });
});

describe("the examples of PROTOCOL.md are messages", () => {
  const examples = (title: string) => codeBlocks(document.section(title), "json").filter((example) => !example.includes('"…": "…"'));

  test.each(examples("Client messages"))("client: %s", (example) => {
    expect(decodeClientMessage(example)).toMatchObject({ ok: true });
  });

  test.each(examples("Server messages"))("server: %s", (example) => {
    expect(decodeServerMessage(example)).toMatchObject({ ok: true, message: JSON.parse(example) as object });
  });

  test("the answer of get_request is what the action gives", async () => {
    const [example = ""] = codeBlocks(document.section("Actions of the server"), "json");
    const answer = JSON.parse(example) as unknown;
    expect(await parse(getRequest.output, answer)).toEqual(answer);
  });

  test("the platform's own frame is read as one", () => {
    const [frame = ""] = codeBlocks(document.section("Gateway frames"), "json");
    expect(decodeServerMessage(frame)).toEqual({ ok: true, gateway: JSON.parse(frame) as unknown });
  });

  test.each(workedFrames)("$direction $frame", ({ direction, frame }) => {
    expect(direction === ">" ? decodeClientMessage(frame) : decodeServerMessage(frame)).toMatchObject({ ok: true });
  });

  test("most of the worked sequences are written out", () => {
    expect(workedFrames.length).toBeGreaterThan(12);
  });

  test("every error in them has the sentence of its code", () => {
    const bodies = [...document.text.matchAll(/"code": ?"([A-Z_]+)", ?"message": ?"([^"]+)", ?"retryable": ?(true|false)/g)];
    expect(bodies.length).toBeGreaterThan(2);
    for (const [, code = "", message, retryable] of bodies) {
      const error = errorFromBody({ code, message: "", retryable: false });
      expect([error.message, String(error.retryable)]).toEqual([message, retryable]);
    }
  });

  test("the frame that could not be read is refused for the reason given", () => {
    const decoded = decodeClientMessage("not json");
    expect(decoded.ok ? undefined : decoded.error.toBody().details).toEqual({ reason: "not JSON" });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
