import type { StandardSchemaV1 } from "@standard-schema/spec";
import { actionKey, defineAction, defineActions } from "@streamer/protocol";
import type { Action } from "@streamer/protocol";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { actionName } from "./actionName.ts";
import type { ActionName } from "./actionName.ts";
import { createClient } from "./createClient.ts";
import type { AmbiguousKey, TypedClient } from "./createClient.ts";
import type { RequestHandle } from "./requestHandle.ts";
import { startScriptedServer } from "./testing/scriptedServer.ts";
import type { StreamerClient } from "./streamerClient.ts";
import type { GapUpdate, Update } from "./types.ts";

/** A schema that only has types: enough for a client. */
function schema<Input, Output = Input>(): StandardSchemaV1<Input, Output> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Output }) } };
}

const actions = defineActions({
  echo: defineAction("echo", {
    input: schema<{ message: string }>(),
    output: schema<{ message: string }>(),
    estimatedDuration: "10 milliseconds",
  }),
  health: defineAction("health", {
    input: schema<{ verbose?: boolean }>(),
    output: schema<{ ok: boolean }>(),
    estimatedDuration: "10 milliseconds",
  }),
  generateReport: defineAction("generate_report", {
    input: schema<{ start: string; format?: "pdf" | "csv" }, { start: string; format: "pdf" | "csv" }>(),
    output: schema<{ url: URL }, { url: string }>(),
    progress: schema<{ stage: "query" | "render" }>(),
    chunk: schema<string, { row: string }>(),
    estimatedDuration: "2 minutes",
  }),
  // oxlint-disable-next-line unicorn/no-thenable -- the very case: a name an app may give
  then: defineAction("then", { input: schema<string>(), output: schema<string>(), estimatedDuration: "1 second" }),
});
type App = typeof actions;

async function setUpTyped() {
  const server = await startScriptedServer();
  const api = createClient<App>({ url: server.url, token: "a.b.c" });
  onTestFinished(async () => {
    await server.close();
    await api.$client.close();
  });
  return { server, api };
}

describe("at run time", () => {
  test("a key is sent as its action's name, with the input and the options", async () => {
    const { server, api } = await setUpTyped();
    const handle = api.generateReport.submit({ start: "2024-01-01" }, { id: "r1", metadata: { source: "menu" } });
    expect(handle.id).toBe("r1");
    const frame = await (await server.accept()).next();
    expect(frame).toEqual({
      type: "request",
      id: "r1",
      action: "generate_report",
      payload: { start: "2024-01-01" },
      metadata: { source: "menu" },
    });
  });

  test("an action answers its typed result", async () => {
    const { server, api } = await setUpTyped();
    const result = api.echo.submit({ message: "Hello, Streamer!" }, { id: "e1" }).result();
    const connection = await server.accept();
    await connection.next();
    connection.send({ type: "response", request_id: "e1", success: true, data: { message: "Hello, Streamer!" } });
    expect(await result).toEqual({ message: "Hello, Streamer!" });
  });

  test("an input that may be empty may be left out", async () => {
    const { server, api } = await setUpTyped();
    api.health.submit(undefined, { id: "h1" });
    expect(await (await server.accept()).next()).toEqual({ type: "request", id: "h1", action: "health" });
  });

  test("a request that was sent before is watched under its id", async () => {
    const { server, api } = await setUpTyped();
    const handle = api.generateReport.get("r1", { after: 1_000_001 });
    expect(handle.id).toBe("r1");
    expect(await (await server.accept()).next()).toEqual({ type: "subscribe", request_id: "r1", after: 1_000_001 });
  });

  test("an action is the same object each time", async () => {
    const { api } = await setUpTyped();
    expect(api.echo).toBe(api.echo);
    expect(api.echo.name).toBe("echo");
  });

  test("the client is not thenable, even with an action named then", async () => {
    const { api } = await setUpTyped();
    expect(await Promise.resolve(api)).toBe(api);
    expect(api.then.name).toBe("then");
  });
});

describe("names and keys", () => {
  test.each(["echo", "generate_report", "a_b_c", "step2", "step2_done", "import_csv2_to_s3"])("the key of %s leads back to it", (name) => {
    expect(actionName(actionKey(name))).toBe(name);
  });

  test("a digit after an underscore cannot be told from the key", () => {
    expect(actionKey("step_2_done")).toBe(actionKey("step2_done"));
    expect(actionName(actionKey("step_2_done"))).toBe("step2_done");
  });

  test("the compiler knows the same names", () => {
    expectTypeOf<ActionName<"generateReport">>().toEqualTypeOf<"generate_report">();
    expectTypeOf<ActionName<"importCsv2ToS3">>().toEqualTypeOf<"import_csv2_to_s3">();
    expectTypeOf<ActionName<"echo">>().toEqualTypeOf<"echo">();
  });

  test("an ambiguous action, which defineAction refuses, cannot be sent by its key either", () => {
    expectTypeOf<TypedClient<{ step2: Action<"step_2"> }>["step2"]>().toEqualTypeOf<AmbiguousKey<"step_2">>();
  });
});

describe("types", () => {
  type Api = TypedClient<App>;

  test("a handle knows its action's output and progress", () => {
    expectTypeOf<ReturnType<Api["generateReport"]["submit"]>>().toEqualTypeOf<
      RequestHandle<{ url: string }, { stage: "query" | "render" }, { row: string }>
    >();
    expectTypeOf<ReturnType<Api["echo"]["submit"]>>().toEqualTypeOf<RequestHandle<{ message: string }, Record<string, unknown>, never>>();
    expectTypeOf<ReturnType<RequestHandle<unknown, { stage: string }>["updates"]>>().toEqualTypeOf<
      AsyncIterable<Update<{ stage: string }>>
    >();
    expectTypeOf<Api["$client"]>().toEqualTypeOf<StreamerClient>();
  });

  test("an input is asked for unless it may be empty", () => {
    expectTypeOf<Parameters<Api["generateReport"]["submit"]>[0]>().toEqualTypeOf<{ start: string; format?: "pdf" | "csv" }>();
    expectTypeOf<[]>().toExtend<Parameters<Api["health"]["submit"]>>();
    expectTypeOf<[]>().not.toExtend<Parameters<Api["echo"]["submit"]>>();
    expectTypeOf<[]>().not.toExtend<Parameters<Api["then"]["submit"]>>();
  });

  test("what is wrong does not compile", () => {
    // Never called: it is there for the compiler.
    const wrong = async (api: Api): Promise<void> => {
      // @ts-expect-error There is no such action.
      api.generateRapport.submit({ start: "2024-01-01" });
      // @ts-expect-error The name is not the key.
      api.generate_report.submit({ start: "2024-01-01" });
      // @ts-expect-error A field has the wrong type.
      api.generateReport.submit({ start: 2024 });
      // @ts-expect-error A field is missing.
      api.generateReport.submit({});
      // @ts-expect-error The input is missing.
      api.echo.submit();
      // @ts-expect-error A value is not one of those allowed.
      api.generateReport.submit({ start: "2024-01-01", format: "docx" });
      const { url } = await api.generateReport.submit({ start: "2024-01-01" }).result();
      // @ts-expect-error The output's url is a string.
      url.searchParams.get("page");
      for await (const update of api.generateReport.get("r1").updates()) {
        if (update.type === "progress") {
          // @ts-expect-error There is no such stage.
          void (update.metadata?.stage === "upload");
          // @ts-expect-error The metadata may be absent.
          void update.metadata.stage;
        } else if (update.type === "chunk") {
          // @ts-expect-error A chunk's value is a row.
          update.data.map(({ line }) => line);
          update.data.map(({ row }) => row.trim());
        } else {
          expectTypeOf(update).toEqualTypeOf<GapUpdate>();
        }
      }
      for await (const update of api.echo.submit({ message: "" }).updates()) {
        if (update.type === "chunk") expectTypeOf(update.data).toEqualTypeOf<readonly never[]>();
      }
      // @ts-expect-error An id is a text.
      api.generateReport.get(7);
      // @ts-expect-error The output has no such field.
      void (await api.generateReport.get("r1").result()).records;
      // @ts-expect-error There is no such option.
      api.generateReport.get("r1", { before: 3 });
      // @ts-expect-error The client of an untyped request does not guess: its data is unknown.
      void (await api.$client.submit("generate_report").result()).url;
      // @ts-expect-error Nothing is sent before send(): a builder has no result.
      void api.$client.request("generate_report").payload({}).result();
      // @ts-expect-error A handle is not a promise of its result.
      await api.echo.submit({ message: "" }).then(String);
    };
    expect(wrong).toBeTypeOf("function");
  });
});
