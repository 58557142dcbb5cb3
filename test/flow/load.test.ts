import { beforeAll, expect, it } from "vitest";
import { SILENCE_MS } from "../bench/load/scenarios/options.ts";
import { countFigures, isSound } from "../bench/load/scenarios/verdict.ts";
import { share, withWorld } from "../bench/load/scenarios/world.ts";
import type { Outcome } from "../bench/load/scenarios/world.ts";

const CONNECTIONS = 200;
/** Of every second connection: each takes a claim, updates and an end, and the cores are shared with other tests. */
const WORKS = 100;
/** So few that a busy machine, too, answers each within the gateway's 29 seconds. */
const UNHEARD = 16;

let outcome: Outcome;
let opened: number;
beforeAll(async () => {
  outcome = await withWorld({ connections: CONNECTIONS }, async (world) => {
    opened = world.opened;
    await Promise.all(
      world.clients.map((client, index) => {
        const of = (count: number): number => share(count, world.clients.length, index);
        return client.call("fill", { works: of(WORKS), echoes: of(CONNECTIONS), atATime: UNHEARD / world.clients.length });
      }),
    );
    await Promise.all(world.clients.map((client) => client.call("drain", { silenceMs: SILENCE_MS })));
    return world.finish();
  });
}, 400_000);

it("200 connections open at the first try, and stay (S-278)", () => {
  expect(opened).toBe(CONNECTIONS);
  expect(outcome.tally.connectMs).toHaveLength(CONNECTIONS);
  expect(outcome.dropped).toBe(0);
});

it("each has its echo answered, every second its asynchronous request: none lost, none doubled, each run once (S-275)", () => {
  const { echoes, works } = outcome.tally;
  expect(echoes).toMatchObject({ sent: CONNECTIONS, succeeded: CONNECTIONS, failed: 0, unanswered: 0, doubled: 0 });
  expect(works).toMatchObject({ sent: WORKS, succeeded: WORKS, failed: 0, unanswered: 0, doubled: 0 });
  expect(outcome.tally.ackMs).toHaveLength(WORKS);
  expect(outcome.ledger).toEqual({ neverRan: 0, ranAgain: 0, strays: 0 });
  expect(countFigures("load", outcome).filter((figure) => !isSound([figure]))).toEqual([]);
});

it("each request has its updates, in their order", () => {
  expect(outcome.tally.updates).toBeGreaterThanOrEqual(WORKS);
  expect(outcome.tally.updatesOutOfLine).toBe(0);
});
