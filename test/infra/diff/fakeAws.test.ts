import { afterEach, beforeEach, expect, test } from "vitest";
import { startFakeAws } from "./fakeAws.ts";
import type { FakeAws } from "./fakeAws.ts";

let aws: FakeAws;
beforeEach(async () => {
  aws = await startFakeAws();
});
afterEach(() => aws.close());

const getParameter = (name: string) =>
  fetch(aws.url, { method: "POST", headers: { "x-amz-target": "AmazonSSM.GetParameter" }, body: JSON.stringify({ Name: name }) });

test("an account that SST has prepared, where nothing is deployed", async () => {
  expect(await (await getParameter("/sst/bootstrap")).json()).toMatchObject({ Parameter: { Name: "/sst/bootstrap" } });
  const state = await fetch(`${aws.url}/sst-state-test/app/streamer/prod.json`);
  expect([state.status, await state.text()]).toEqual([404, expect.stringContaining("<Code>NoSuchKey</Code>")]);
  expect(aws.unanswered).toEqual([]);
});

test("what it does not know is refused and remembered, not made up", async () => {
  expect((await getParameter("/aws/service/other")).status).toBe(501);
  expect((await fetch(`${aws.url}/somebodys-bucket/file`)).status).toBe(501);
  expect(aws.unanswered).toEqual(["POST / AmazonSSM.GetParameter", "GET /somebodys-bucket/file"]);
});
