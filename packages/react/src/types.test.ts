import { createClient } from "@streamer/client";
import type { AnyStreamerError, RequestHandle, WebSocketConstructor } from "@streamer/client";
import { useMutation } from "@tanstack/react-query";
import { expectTypeOf, test } from "vitest";
import { useBatch } from "./batch/useBatch.ts";
import { mutationOptions } from "./mutationOptions.ts";
import type { App } from "./testing/app.ts";
import { useAction } from "./useAction.ts";
import type { UseActionResult } from "./useAction.ts";
import { useRequest } from "./useRequest.ts";

const api = createClient<App>({
  url: "ws://127.0.0.1:1",
  token: "a.b.c",
  WebSocket: function noSocket() {} as unknown as WebSocketConstructor,
});

test("a hook is typed by its action", () => {
  type Report = UseActionResult<App["generateReport"]>;
  expectTypeOf<Report["data"]>().toEqualTypeOf<{ url: string } | undefined>();
  expectTypeOf<Report["metadata"]>().toEqualTypeOf<{ stage: "query" | "render" } | undefined>();
  expectTypeOf<Report["chunks"]>().toEqualTypeOf<readonly { line: string }[]>();
  expectTypeOf<Report["submit"]>().parameter(0).toEqualTypeOf<{ pages: number; format?: "pdf" | "csv" }>();
  expectTypeOf<ReturnType<Report["submit"]>>().toEqualTypeOf<
    RequestHandle<{ url: string }, { stage: "query" | "render" }, { line: string }>
  >();
});

test("an action without schemas of progress and chunks has any metadata and no chunks", () => {
  type CleanUp = UseActionResult<App["cleanUp"]>;
  expectTypeOf<CleanUp["metadata"]>().toEqualTypeOf<Record<string, unknown> | undefined>();
  expectTypeOf<CleanUp["chunks"]>().toEqualTypeOf<readonly never[]>();
});

/** Compiled, never called: hooks may be called in components only. */
export function Wrong(): void {
  const report = useAction(api.generateReport);
  report.submit({ pages: 3, format: "csv" }, { id: "r1" });
  // @ts-expect-error -- the input is needed
  report.submit();
  // @ts-expect-error -- not the action's input
  report.submit({ pages: "3" });
  // @ts-expect-error -- no such key
  report.submit({ pages: 3, colour: "red" });
  if (report.status === "completed") expectTypeOf(report.data).toEqualTypeOf<{ url: string }>();
  if (report.status === "failed" || report.status === "cancelled") expectTypeOf(report.error).toEqualTypeOf<AnyStreamerError>();
  // @ts-expect-error -- there is no data before it is completed
  report.data.url.toUpperCase();
  // @ts-expect-error -- not the action's progress
  useAction(api.generateReport, { onProgress: ({ metadata }) => metadata?.stage === "upload" });
  // @ts-expect-error -- there is no such action
  useAction(api.generateReprot);
  // @ts-expect-error -- an action's client is wanted, not its name
  useAction("generate_report");
  // An input that may be empty may be left out.
  useAction(api.cleanUp).submit();
  // @ts-expect-error -- not this action's data
  String(useRequest(api.cleanUp, "r1").data?.url);
  // @ts-expect-error -- no submit on a request that is only watched
  useRequest(api.cleanUp, "r1").submit();
  const batch = useBatch(api.generateReport, { resume: { id: "b1", size: 2 } });
  batch.submit([{ pages: 3, format: "csv" }], { id: "b1" }).dispose();
  // @ts-expect-error -- not the action's inputs
  batch.submit([{ pages: "3" }]);
  // @ts-expect-error -- a ref is wanted, not an id
  useBatch(api.generateReport, { resume: "b1" });
  for (const item of batch.items) if (item.status === "completed") expectTypeOf(item.data).toEqualTypeOf<{ url: string }>();
  const mutation = useMutation(mutationOptions(api.generateReport));
  expectTypeOf(mutation.data).toEqualTypeOf<{ url: string } | undefined>();
  expectTypeOf(mutation.error).toEqualTypeOf<AnyStreamerError | null>();
  // @ts-expect-error -- not the action's input
  mutation.mutate({ pages: "3" });
  useMutation(mutationOptions(api.cleanUp)).mutate();
}
