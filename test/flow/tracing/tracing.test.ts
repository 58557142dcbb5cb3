import { afterAll, beforeAll, it } from "vitest";
import { startTestStack } from "../../support/localStack.ts";
import type { TestStack } from "../../support/localStack.ts";
import { connectWire } from "../../support/wireClient.ts";
import { startDaemon } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";

let stack: TestStack, daemon: Daemon;
beforeAll(async () => { daemon = await startDaemon(); stack = await startTestStack({ xrayDaemonAddress: daemon.address }); });
afterAll(async () => { await stack.stop(); await daemon.stop(); });
it("x", async () => {
    const client = await connectWire(stack.websocketUrl, await stack.token());
    client.send({ id: "e1", action: "echo", payload: { message: "canary" } });
    await client.waitFor((f) => f["request_id"] === "e1");
    client.send({ id: "r1", action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-31", format: "csv" } });
    const frames = await client.untilEnd("r1");
    console.log(JSON.stringify(frames.at(-1)));
    await client.close();
    await new Promise((r) => setTimeout(r, 1500));
    for (const s of daemon.segments) console.log(JSON.stringify(s));
    for (const l of stack.logs) if (/WARN|ERROR/.test(JSON.stringify(l))||!JSON.stringify(l).includes("level")) console.log("LOG", JSON.stringify(l).slice(0, 600));
});
