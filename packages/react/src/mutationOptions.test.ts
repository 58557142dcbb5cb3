// @vitest-environment jsdom
import type { RequestHandle } from "@streamer/client";
import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import { act } from "@testing-library/react";
import { createElement } from "react";
import { expect, onTestFinished, test } from "vitest";
import { mutationOptions } from "./mutationOptions.ts";
import type { MutationExtras } from "./mutationOptions.ts";
import { setUpConnectedApp } from "./testing/app.ts";
import type { App } from "./testing/app.ts";
import { acknowledgment, complete, failure, progress } from "./testing/messages.ts";
import { watch } from "./testing/watch.ts";

async function setUpMutation(extras: MutationExtras<App["generateReport"]> = {}) {
  const setup = await setUpConnectedApp();
  const queryClient = new QueryClient();
  onTestFinished(() => queryClient.clear());
  const mutation = watch(() => useMutation(mutationOptions(setup.api.generateReport, extras)), {
    wrapper: ({ children }) => createElement(QueryClientProvider, { client: queryClient }, children),
  });
  return { ...setup, queryClient, mutation };
}

test("mutate submits a request, and its result is the mutation's", async () => {
  const { queryClient, connection, mutation } = await setUpMutation({ metadata: { source: "menu" } });
  act(() => mutation.current.mutate({ pages: 3 }));
  const frame = await connection.next();
  expect(frame).toMatchObject({ action: "generate_report", payload: { pages: 3 }, metadata: { source: "menu" } });
  connection.send(acknowledgment(frame["id"] as string));
  connection.send(complete({ url: "u" }, frame["id"] as string));
  await mutation.until(({ status }) => status === "success");
  expect(mutation.current.data).toEqual({ url: "u" });
  expect(queryClient.getMutationCache().find({ mutationKey: ["streamer", "generate_report"] })?.state.data).toEqual({ url: "u" });
});

test("a failure is the mutation's error, and nothing is submitted again", async () => {
  const { connection, mutation } = await setUpMutation();
  act(() => mutation.current.mutate({ pages: 3 }));
  const { id } = await connection.next();
  connection.send(failure("TIMEOUT", id as string));
  const { error } = await mutation.until(({ status }) => status === "error");
  expect([error?.code, error?.retryable]).toEqual(["TIMEOUT", true]);
  expect(connection.unread).toEqual([]);
});

test("the handle is given as the request is submitted, and each progress once", async () => {
  const told: number[] = [];
  const handles: RequestHandle<{ url: string }, { stage: "query" | "render" }, { line: string }>[] = [];
  const { connection, mutation } = await setUpMutation({
    onSubmit: (handle) => void handles.push(handle),
    onProgress: ({ percentage }) => void told.push(percentage),
  });
  act(() => mutation.current.mutate({ pages: 3 }));
  const id = (await connection.next())["id"] as string;
  expect(handles.map((handle) => handle.id)).toEqual([id]);
  for (const n of [1, 2, 3]) connection.send(progress(n, { id }));
  connection.send(complete({ url: "u" }, id));
  await mutation.until(({ status }) => status === "success");
  expect(told).toEqual([1, 2, 3]);
});
