import { generateKeyPairSync } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { CLOSED, runDoctorProcess, startDoctoredStack } from "../testing/doctoredStack.ts";
import type { DoctoredStack } from "../testing/doctoredStack.ts";

// A stack takes seconds to start on a machine that has others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: DoctoredStack;
beforeAll(async () => {
  world = await startDoctoredStack();
});
afterAll(() => world.stop());

const matching = (seen: RegExp) => expect.stringMatching(seen) as string;
/** Gives the doctor other addresses until the test is over. */
async function pretend(addresses: Parameters<DoctoredStack["pretend"]>[0]): Promise<void> {
  onTestFinished(() => world.pretend());
  await world.pretend(addresses);
}

describe("a key file", () => {
  const path = (): string => join(world.stack.dataDir, "jwt-private-key.pem");
  const restoredAtTheEnd = async (): Promise<void> => {
    const good = await readFile(path(), "utf8");
    onTestFinished(() => writeFile(path(), good, { mode: 0o600 }));
  };

  it.each<[string, string | undefined, RegExp]>([
    ["that is no key", "not a key", /holds no private key in PEM/],
    ["that is gone", undefined, /there is no .*jwt-private-key\.pem/],
    [
      "of another kind",
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      /type ec does not sign RS256/,
    ],
  ])("%s fails; the connection is tried with a token of one's own, and is not made up", async (_, content, seen) => {
    await restoredAtTheEnd();
    const token = await world.stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1m" });
    if (content === undefined) await rm(path());
    else await writeFile(path(), content);
    const findings = await world.examine();
    const withToken = await world.examine({ token });
    expect(findings.of("key")).toMatchObject({ status: "fail", seen: matching(seen), runbook: "auth-failures" });
    expect(findings.failing).toEqual(["key"]);
    expect(findings.of("connect")).toMatchObject({ status: "skip", seen: matching(/without a good key there is no token/) });
    expect(withToken.of("connect")?.status).toBe("ok");
  });

  it("that is another than the functions verify by fails, as the connection with its token does", async () => {
    await restoredAtTheEnd();
    await writeFile(path(), generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey.export({ type: "pkcs8", format: "pem" }));
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["key", "connect"]);
    expect(of("key")?.seen).toMatch(/another key than the running functions verify by/);
    expect(of("connect")).toMatchObject({
      seen: "the upgrade was refused with 401",
      advice: matching(/token is not good/),
      runbook: "auth-failures",
    });
  });
});

it("a token is not printed, not even one that is no good", async () => {
  const { code, out, err } = await runDoctorProcess(["--data-dir", world.stack.dataDir], { STREAMER_TOKEN: "aaaa.bbbb.secret" });
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL {2}connect +the upgrade was refused with 401/);
  expect(out + err).not.toContain("bbbb.secret");
});

it("what the stack tells of itself is not told to a foreign page, and holds no secret", async () => {
  const url = new URL("/status.json", world.stack.consoleUrl);
  expect((await fetch(url, { headers: { origin: "https://evil.example" } })).status).toBe(403);
  const text = await (await fetch(url)).text();
  expect(JSON.parse(text)).toMatchObject({ pipe: { running: true }, queues: expect.any(Array) as unknown[] });
  expect(text).not.toMatch(/BEGIN|eyJ/);
});

describe("half a system still tells of the other half:", () => {
  it("without the bus", async () => {
    await pretend({ eventsEndpoint: CLOSED });
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["ports", "bus"]);
    expect(of("ports")?.seen).toBe("nobody listens: EventBridge (127.0.0.1:1)");
  });

  it("without SQS", async () => {
    await pretend({ sqsEndpoint: CLOSED });
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["ports", "queues"]);
    expect(of("queues")).toMatchObject({ seen: matching(/ECONNREFUSED/), advice: matching(/streamer dev/) });
  });

  it("without the WebSocket API and what the stack tells of itself", async () => {
    await pretend({ consoleUrl: `${CLOSED}/`, websocketUrl: "ws://127.0.0.1:1/local" });
    const { failing, of } = await world.examine();
    expect(failing).toEqual(["ports", "clock", "connect"]);
    expect(of("connect")?.seen).toMatch(/ECONNREFUSED/);
    expect(of("functions")).toMatchObject({ status: "skip", seen: "the stack does not tell at its port" });
    // By their names and by the stream itself.
    expect(of("queue generate_report")?.status).toBe("ok");
    expect(of("pipe")).toMatchObject({ status: "ok", seen: matching(/^(nothing waits in the stream|\d+ records? behind)/) });
  });

  it("without the engine: what it held is told, and that who connects is refused", async () => {
    const { processes } = JSON.parse(await readFile(join(world.stack.dataDir, "lock"), "utf8")) as { processes: readonly number[] };
    // The last one of them serves; those before it have ended.
    process.kill(processes.at(-1) ?? 0, "SIGKILL");
    await world.stack.failed;
    const { failing, of } = await world.examine();
    expect(failing).toEqual(expect.arrayContaining(["ports", "table", "pipe", "requests"]));
    expect(of("table")).toMatchObject({ seen: matching(/ECONNREFUSED/), advice: matching(/DynamoDB does not answer at/) });
    expect(of("engine")?.status).toBe("ok");
    expect(of("bus")?.status).toBe("ok");
    expect(of("queue generate_report")?.status).toBe("ok");
    expect(of("connect")).toMatchObject({ status: "fail", seen: matching(/refused with (500|503|502)/) });
  });
});
