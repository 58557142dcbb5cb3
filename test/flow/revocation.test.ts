import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runStreamer, startDevProcess } from "../support/devProcess.ts";
import type { DevProcess } from "../support/devProcess.ts";
import { eventually } from "../support/eventually.ts";
import { connectWire } from "../support/wireClient.ts";
import type { WireClient } from "../support/wireClient.ts";

const REPORT = { start_date: "2024-01-01", end_date: "2024-01-31", format: "csv" };

let dataDir: string;
let stack: DevProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-revocation-"));
  stack = await startDevProcess(dataDir);
});
afterAll(async () => {
  await stack.kill("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
});

const streamer = (...args: readonly string[]) => runStreamer(["connections", ...args, "--data-dir", dataDir]);
const mint = async (tenant: string, user: string): Promise<string> =>
  (await runStreamer(["token", "--user", user, "--tenant", tenant, "--data-dir", dataDir])).stdout.trim();

interface Listed {
  readonly connection_id: string;
  readonly user_id: string;
  readonly tenant_id: string;
  readonly messages_received: number;
}
async function list(...args: readonly string[]): Promise<readonly Listed[]> {
  const { code, stdout, stderr } = await streamer("list", "--json", ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as readonly Listed[];
}
const connect = async (tenant: string, user: string): Promise<WireClient> =>
  connectWire(stack.ready.websocketUrl, await mint(tenant, user));
const pings = async (socket: WireClient): Promise<void> => {
  const before = socket.frames.length;
  socket.send({ type: "ping" });
  await socket.waitFor((frame) => frame["type"] === "pong" && socket.frames.indexOf(frame) >= before);
};

describe("streamer connections", () => {
  it("list shows who is connected: everyone, a tenant, a user of it", async () => {
    const sockets = [await connect("shown", "ada"), await connect("shown", "bob"), await connect("elsewhere", "ada")];
    const names = async (...args: readonly string[]) => (await list(...args)).map((one) => `${one.tenant_id}/${one.user_id}`).toSorted();
    expect(await names()).toEqual(["elsewhere/ada", "shown/ada", "shown/bob"]);
    expect(await names("--tenant", "shown")).toEqual(["shown/ada", "shown/bob"]);
    expect(await names("--tenant", "shown", "--user", "ada")).toEqual(["shown/ada"]);
    expect(await names("--tenant", "nobody")).toEqual([]);

    const table = await streamer("list", "--tenant", "shown", "--status", "open");
    expect(table.stdout).toMatch(/^CONNECTION +TENANT +USER +STATUS +CONNECTED +LAST HEARD OF +RECEIVED +SENT\n/);
    expect(table.stdout.trimEnd().split("\n")).toHaveLength(3);
    for (const socket of sockets) await socket.close();
  });

  it("show tells all of one connection, and its activity as it goes on (S-058)", async () => {
    const socket = await connect("active", "ada");
    const [{ connection_id: id }] = (await list("--tenant", "active")) as [Listed];
    await pings(socket);
    const { code, stdout } = await streamer("show", id, "--json");
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as Record<string, string>;
    expect(shown).toMatchObject({ connection_id: id, status: "open", messages_received: 1, messages_sent: 1, ip_address: "127.0.0.1" });
    expect(Date.parse(shown["last_ping_at"] ?? "")).toBeGreaterThan(Date.parse(shown["connected_at"] ?? ""));
    expect((await streamer("show", id)).stdout).toMatch(/^status +open$/m);
    await socket.close();
  });

  it("disconnect ends every connection of one user, tells each why, and touches no other", async () => {
    const first = await connect("acme", "ada");
    const second = await connect("acme", "ada");
    const bob = await connect("acme", "bob");
    const namesake = await connect("other", "ada");
    second.send({ id: "goes-on", action: "generate_report", payload: REPORT });
    await second.waitFor((frame) => frame["type"] === "acknowledgment");

    const ended = await streamer("disconnect", "--tenant", "acme", "--user", "ada", "--reason", "left the company", "--json");
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(
      [1, 2].map(() => ({ connection_id: expect.any(String) as string, tenant_id: "acme", user_id: "ada", outcome: "disconnected" })),
    );
    for (const socket of [first, second]) {
      expect(await socket.closed).toEqual({ code: 1000 });
      // The last frame, unless a worker posted at that very moment.
      expect(socket.frames.slice(-3)).toContainEqual({
        type: "error",
        error: {
          code: "UNAUTHORIZED",
          message: "The token is missing, expired or not acceptable.",
          retryable: false,
          details: { reason: "left the company" },
        },
        final: true,
      });
    }
    await pings(bob);
    await pings(namesake);
    const gone = async () => ((await list("--tenant", "acme", "--user", "ada")).length === 0 ? true : undefined);
    await eventually(gone, "their records are removed");

    // What they started goes on, for whoever may still ask: the token is good until it expires.
    const again = await connect("acme", "ada");
    again.send({ type: "subscribe", request_id: "goes-on" });
    await again.waitFor((frame) => frame["request_id"] === "goes-on" && (frame["type"] === "complete" || frame["outcome"] !== undefined));
    for (const socket of [again, bob, namesake]) await socket.close();
  });

  it("disconnect ends one connection by its id, and a whole tenant", async () => {
    const [one, two, three] = [await connect("many", "ada"), await connect("many", "ada"), await connect("many", "bob")];
    const [newest] = (await list("--tenant", "many")) as [Listed];
    expect(await streamer("disconnect", newest.connection_id)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("disconnected") as string,
    });
    expect(await three.closed).toEqual({ code: 1000 });
    await pings(one);
    expect(await streamer("disconnect", "--tenant", "many")).toMatchObject({ code: 0 });
    expect(await Promise.all([one.closed, two.closed])).toEqual([{ code: 1000 }, { code: 1000 }]);
    expect(one.frames.at(-1)).toMatchObject({ final: true, error: { details: { reason: "disconnected by an operator" } } });
  });
});

describe("the exit code", () => {
  it.each([
    [3, "of an unknown id, to show", ["show", "nobody"], "There is no connection nobody"],
    [3, "of an unknown id, to disconnect", ["disconnect", "nobody"], "There is no connection nobody"],
    [3, "of a user who is not connected", ["disconnect", "--tenant", "acme", "--user", "zoe"], "User zoe of tenant acme"],
    [3, "of a tenant that is not connected", ["disconnect", "--tenant", "empty"], "Nobody of tenant empty"],
    [2, "of a user without a tenant", ["list", "--user", "ada"], "Pass --tenant too"],
    [2, "of nothing to disconnect", ["disconnect"], "Which connections?"],
    [2, "of an id and a tenant", ["disconnect", "c1", "--tenant", "acme"], "not both"],
    [2, "of an option that there is not", ["list", "--colour"], "unknown option"],
    [2, "of a limit that is none", ["list", "--limit", "many"], "a whole number"],
    [2, "of half a stage", ["list", "--table", "app-prod"], "--table and --management-endpoint together"],
    [2, "of a reason that is too long", ["disconnect", "c1", "--reason", "x".repeat(257)], "257 characters"],
  ])("is %i %s", async (code, _, args, message) => {
    const answer = await streamer(...args);
    expect(answer).toMatchObject({ code, stdout: "" });
    expect(answer.stderr).toContain(message);
  });

  it("is 0 for help, which lists them", async () => {
    const { code, stdout } = await runStreamer(["connections", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("3 there is no such connection");
  });

  it("is 1 when the system does not answer, and the sentence says what to check", async () => {
    const nowhere = ["--table", "t", "--management-endpoint", "http://127.0.0.1:9/x", "--region", "us-east-1"];
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "x");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
    const { code, stderr } = await runStreamer(["connections", "show", "c1", ...nowhere]);
    vi.unstubAllEnvs();
    expect(code).toBe(1);
    expect(stderr).toMatch(/The table t did not do connection\.get \(unreachable\): ECONNREFUSED.*Check --table/);
  });
});

describe("the running stack", () => {
  it("is found by stack.json, which goes when it stops; after a kill the sentence says what to do", { timeout: 60_000 }, async () => {
    const own = await mkdtemp(join(tmpdir(), "streamer-stack-json-"));
    const listOwn = () => runStreamer(["connections", "list", "--data-dir", own]);
    const none = await listOwn();
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/No local stack runs on .*streamer dev/);

    const first = await startDevProcess(own);
    const { ready: _, ...addresses } = first.ready;
    expect(JSON.parse(await readFile(join(own, "stack.json"), "utf8"))).toEqual({ pid: first.pid, ...addresses });
    expect(await listOwn()).toEqual({ code: 0, stdout: "No connections.\n", stderr: "" });
    await first.kill("SIGTERM");
    expect(await readdir(own)).not.toContain("stack.json");

    const second = await startDevProcess(own);
    await second.kill("SIGKILL");
    const killed = await listOwn();
    expect(killed.code).toBe(1);
    expect(killed.stderr).toContain(`process ${second.pid}) has ended`);
    expect(killed.stderr).toContain("streamer dev");
    await rm(own, { recursive: true, force: true, maxRetries: 5 });
  });
});
