import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeStackFile } from "./stackFile.ts";
import { openTarget } from "./target.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-target-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const API = "https://abc.execute-api.eu-west-1.amazonaws.com/prod";
const refusal = (exitCode: number, why: RegExp) =>
  expect.objectContaining({ name: "CommandError", exitCode, message: expect.stringMatching(why) as string }) as Error;

it("a table and an endpoint are a deployed stage, with no word of this machine", async () => {
  const target = await openTarget({ dataDir, table: "app-prod", managementEndpoint: API, region: "eu-west-1" });
  expect(target).toMatchObject({ table: { tableName: "app-prod" }, managementEndpoint: API });
  expect(await target.table.client.config.region()).toBe("eu-west-1");
  // The SDK makes the endpoint of the Region itself.
  expect(target.table.client.config.isCustomEndpoint).toBeFalsy();
  target.close();
});

it("the stack that runs on the data directory is taken when no table is named", async () => {
  const local = "http://127.0.0.1:1";
  const endpoints = { consoleUrl: local, sqsEndpoint: local, s3Endpoint: local, eventsEndpoint: local, websocketUrl: "ws://127.0.0.1:1" };
  const named = { managementEndpoint: `${local}/local`, dynamodbEndpoint: "http://127.0.0.1:2", tableName: "streamer-local", dataDir };
  await writeStackFile({ ...endpoints, ...named }, process.pid);
  const target = await openTarget({ dataDir });
  expect(target).toMatchObject({ table: { tableName: "streamer-local" }, managementEndpoint: `${local}/local` });
  expect(await target.table.client.config.endpoint?.()).toMatchObject({ hostname: "127.0.0.1", port: 2 });
  target.close();
});

describe("is refused", () => {
  it("without a stack, as a failure", async () => {
    await expect(openTarget({ dataDir })).rejects.toEqual(refusal(1, /streamer dev/));
  });

  it.each([
    ["a table alone", { table: "app-prod" }],
    ["an endpoint alone", { managementEndpoint: API }],
    ["a Region alone", { region: "eu-west-1" }],
  ])("%s, as a wrong command line", async (_, options) => {
    await expect(openTarget({ dataDir, ...options })).rejects.toEqual(refusal(2, /--table and --management-endpoint together/));
  });

  it.each(["wss://abc.execute-api.eu-west-1.amazonaws.com/prod", "abc", ""])("%j as an endpoint", async (managementEndpoint) => {
    await expect(openTarget({ dataDir, table: "t", managementEndpoint })).rejects.toEqual(refusal(2, /is no endpoint/));
  });
});
