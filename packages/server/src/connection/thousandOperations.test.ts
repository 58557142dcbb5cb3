import type { ServerMessage } from "@streamer/protocol";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startConnectionsEndpoint } from "../testing/connectionsEndpoint.ts";
import type { ConnectionsEndpoint, EndpointAnswer } from "../testing/connectionsEndpoint.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { noMetrics } from "./connectionMetrics.ts";
import type { SendOutcome } from "./connectionMetrics.ts";
import { createConnectionManager } from "./connectionManager.ts";
import type { SendResult } from "./connectionManager.ts";
import { ConnectionNotFoundError, SendFailedError } from "./errors.ts";
import { createManagementApi } from "./managementApi.ts";

/** To run the same again: `STREAMER_SEED=<seed of the test's name>`. */
const seed = Number(process.env["STREAMER_SEED"] ?? Date.now() % 2 ** 31);
const OPERATIONS = 1_000;
const CONNECTIONS = 200;

/** Mulberry32: numbers that look random, the same for the same seed. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let endpoint: ConnectionsEndpoint;
/** The messages that the endpoint took, by their number and connection. */
let taken: Set<string>;
let answers: Map<EndpointAnswer, number>;
beforeEach(async () => {
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  taken = new Set();
  answers = new Map();
  const random = randomOf(seed);
  let asked = 0;
  const choose = (): EndpointAnswer => {
    const chance = random();
    if (chance < 0.06) return 429;
    if (chance < 0.12) return 500 + Math.floor(random() * 5);
    if (chance < 0.16) return "reset";
    return 200;
  };
  endpoint = await startConnectionsEndpoint(async ({ connectionId, data }) => {
    const silent = (asked += 1) % 400 === 0;
    const answer = isGone(connectionId) ? 410 : silent ? "never" : choose();
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 20 + 60 * random()));
    if (answer === 200 && data !== undefined) taken.add(`${(JSON.parse(data) as { sequence: number }).sequence} ${connectionId}`);
    return answer;
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await endpoint.close();
});

const idOf = (index: number): string => `c${index % CONNECTIONS}`;
const isGone = (connectionId: string): boolean => Number(connectionId.slice(1)) % 20 === 0;
const messageOf = (operation: number): ServerMessage => ({
  type: "chunk",
  request_id: "r1",
  sequence: operation + 1,
  previous: 0,
  attempt: 1,
  data: ["x"],
});

it(`a thousand operations at a time against an endpoint that fails at random: each has its result, nothing hangs, and it closes clean (seed ${seed})`, async () => {
  const outcomes: SendOutcome[] = [];
  const removed = new Set<string>();
  const random = randomOf(seed + 1);
  const manager = createConnectionManager(
    { minDelayMs: 5, maxDelayMs: 50, sendTimeoutMs: 25_000 },
    {
      // Long enough that a busy machine is not taken for a silent endpoint.
      managementApi: createManagementApi({ endpoint: endpoint.endpoint, connectionTimeoutMs: 4_000, requestTimeoutMs: 4_000 }),
      connections: { delete: async (id) => void removed.add(id) },
      logger: createRecordedLogger().logger,
      random,
      metrics: { ...noMetrics, send: (outcome) => void outcomes.push(outcome) },
    },
  );

  /** Each operation's results by connection: a boolean or an error for a question. */
  const operate = async (operation: number): Promise<readonly (readonly [string, SendResult | boolean | SendFailedError])[]> => {
    const id = idOf(operation);
    switch (operation % 5) {
      case 3:
        return [...(await manager.broadcast([id, idOf(operation + 1), idOf(operation + 7)], messageOf(operation)))];
      case 4:
        return [
          [
            id,
            await manager.isActive(id).catch((error: unknown) => {
              if (error instanceof SendFailedError) return error;
              throw error;
            }),
          ],
        ];
      default:
        return [[id, await manager.send(id, messageOf(operation))]];
    }
  };
  const results = await Promise.all(Array.from({ length: OPERATIONS }, (_, operation) => operate(operation)));

  const ofSends: { readonly id: string; readonly result: SendResult; readonly wasTaken: boolean }[] = [];
  const ofQuestions: { readonly id: string; readonly active: boolean }[] = [];
  for (const [operation, ofConnections] of results.entries()) {
    expect(ofConnections).toHaveLength(operation % 5 === 3 ? 3 : 1);
    for (const [id, result] of ofConnections) {
      if (typeof result === "boolean") ofQuestions.push({ id, active: result });
      else if (!(result instanceof SendFailedError)) ofSends.push({ id, result, wasTaken: taken.has(`${operation + 1} ${id}`) });
    }
  }
  expect(ofQuestions.filter(({ id, active }) => active === isGone(id))).toEqual([]);
  expect(ofQuestions.length).toBeGreaterThan(150);
  // 600 sends, and 200 broadcasts to three.
  expect(ofSends).toHaveLength(1_200);
  expect(ofSends.filter(({ result, wasTaken }) => result.status === "sent" && !wasTaken)).toEqual([]);
  expect(ofSends.filter(({ id, result, wasTaken }) => result.status === "gone" && (wasTaken || !isGone(id)))).toEqual([]);
  // What the endpoint took is missing only when an answer came too late, whatever became of the retries then. What was not tried was not taken.
  const lost = ofSends.flatMap(({ result, wasTaken }) => (result.status === "failed" && wasTaken ? [result.error.kind] : []));
  expect(lost.filter((kind) => !["timed_out", "unavailable", "throttled", "circuit_open"].includes(kind))).toEqual([]);

  const tally = (outcome: SendOutcome): number => outcomes.filter((one) => one === outcome).length;
  expect(outcomes).toHaveLength(ofSends.length);
  expect(tally("sent")).toBe(ofSends.filter(({ result }) => result.status === "sent").length);
  expect(tally("not_found")).toBe(
    ofSends.filter(({ result }) => result.status === "gone" && result.error instanceof ConnectionNotFoundError).length,
  );
  // Retries make up for most of what the endpoint does.
  expect(tally("sent") / ofSends.length).toBeGreaterThan(0.9);
  expect([...removed].toSorted()).toEqual(
    Array.from({ length: CONNECTIONS }, (_, index) => idOf(index))
      .filter(isGone)
      .toSorted(),
  );
  for (const kind of [200, 410, 429, "reset"] as const) expect([kind, answers.has(kind)]).toEqual([kind, true]);
  expect(endpoint.mostTogether).toBeLessThanOrEqual(100 + (answers.get("never") ?? 0));

  expect(await manager.close()).toBe(0);
  await vi.waitFor(() => expect(endpoint.openSockets).toBe(0));
}, 60_000);
