import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS_DIR } from "../../support/localStack.ts";
import { startAppStack, startProgram } from "./support/program.ts";

let stack: LocalStack;
beforeAll(async () => {
  stack = await startAppStack(FUNCTIONS_DIR);
});
afterAll(() => stack?.stop());

const mint = () => stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  startProgram("node-script", args, { STREAMER_URL: stack.websocketUrl, ...env }).ended;

describe("the plain Node script", () => {
  it("prints the short answer, each progress and where the report is, and ends with 0", async () => {
    const { code, stdout, stderr } = await run([], { STREAMER_TOKEN: await mint() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("Hello, Streamer!");
    expect(lines[1]).toMatch(/^Request \w{32} is accepted\.$/);
    const percentages = lines.slice(2, -1).map((line) => Number(/^(\d+) %  \S/.exec(line)?.[1]));
    expect(percentages).toEqual(percentages.toSorted((one, other) => one - other));
    expect(percentages.at(-1)).toBe(100);
    const [, records, url] = /^(\d+) sales in (http:\S+)$/.exec(lines.at(-1) ?? "") ?? [];
    expect(Number(records)).toBeGreaterThan(0);
    expect((await (await fetch(url ?? "")).text()).slice(0, 5)).toBe("%PDF-");
  });

  it("tells a refused input by its code and its fields, and ends with 4", async () => {
    const { code, stderr } = await run(["2024-05-01", "2024-04-01"], { STREAMER_TOKEN: await mint() });
    expect(code).toBe(4);
    expect(stderr).toContain("VALIDATION_ERROR");
    expect(stderr).toContain("start date must be before end date");
  });

  it("ends with 1 when nobody lets it in, and says where it knocked", async () => {
    const { code, stderr } = await run([], { STREAMER_TOKEN: "not.a.token" });
    expect(code).toBe(1);
    expect(stderr).toContain(`No connection to ${stack.websocketUrl} in 10 seconds.`);
  });

  it("ends with 2 without a token, and says how to get one", async () => {
    const { code, stderr } = await run([], {});
    expect(code).toBe(2);
    expect(stderr).toContain("npx streamer token");
  });
});
