import type { OutcomeMessage, UpdateMessage } from "@streamer/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { complete, progress, sequenceOf } from "../testing/setup.ts";
import { Watch } from "./watch.ts";

const UPDATES = 5;
const PAGE = 2;

/** A server that has stored some updates, and a client that is told of them on lines which come and go. */
class World {
  readonly watch = new Watch("r1", 0);
  readonly log: UpdateMessage[] = [];
  ended = false;
  settled = false;
  #line = 1;
  #asked: { readonly after: number; readonly line: number } | undefined;
  #read: readonly UpdateMessage[] | undefined;

  constructor() {
    this.watch.toldOn(1);
  }

  /** The worker stores an update, or ends; the message about it comes so many times. */
  store(times: number): void {
    if (this.log.length === UPDATES) {
      this.ended = true;
      for (let time = 0; time < times; time += 1) this.#end(outcome());
    } else {
      this.log.push(progress(this.log.length + 1));
      for (let time = 0; time < times; time += 1) this.live(this.log.length - 1);
    }
  }

  /** A message of before comes now. */
  live(index: number): void {
    const message = this.log[index];
    if (message !== undefined && !this.settled) this.watch.take(message);
    this.pump();
  }

  move(): void {
    this.#line += 1;
    this.pump();
  }

  lose(): void {
    this.#line += 1;
    this.#asked = undefined;
    this.#read = undefined;
    this.watch.fallBehind();
    this.pump();
  }

  pump(): void {
    if (this.#asked !== undefined || this.settled) return;
    const frame = this.watch.frame(this.#line);
    if (frame !== undefined) this.#asked = { after: (JSON.parse(frame) as { after: number }).after, line: this.#line };
  }

  /** The server reads the updates that are asked for; the status it reads when it answers. */
  read(): void {
    const { after } = this.#asked ?? {};
    if (after !== undefined) this.#read ??= this.log.filter(({ sequence }) => sequence > after);
  }

  /** The server answers what was asked. @returns whether anything was. */
  answer(): boolean {
    this.read();
    const asked = this.#asked;
    const missing = this.#read;
    if (asked === undefined || missing === undefined || this.settled) return false;
    const more = missing.length > PAGE;
    const status = this.ended ? "completed" : "processing";
    const end = this.ended && !more ? { outcome: outcome() } : {};
    const updates = missing.slice(0, PAGE);
    const page = this.watch.takePage({ type: "subscribed", request_id: "r1", status, updates, more, ...end }, asked.line);
    // The answer to what was asked is then still to come; here it is the same.
    if (page !== "late") this.#asked = this.#read = undefined;
    if (page === "last") {
      this.watch.caughtUp();
      this.#takeEnd();
    }
    this.pump();
    return true;
  }

  #end(message: OutcomeMessage): void {
    if (this.settled) return;
    this.watch.noteEnd(message);
    this.#takeEnd();
    this.pump();
  }

  #takeEnd(): void {
    if (this.watch.takeEnd() !== undefined) this.settled = true;
  }
}

function outcome() {
  return { ...complete("done"), last_sequence: sequenceOf(UPDATES) };
}

type Step = (world: World) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.nat({ max: 2 }).map(
      (times): Step =>
        (world) =>
          world.store(times),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat({ max: UPDATES }).map(
      (index): Step =>
        (world) =>
          world.live(index),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>((world) => world.move()) },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.lose()) },
  { weight: 2, arbitrary: fc.constant<Step>((world) => world.read()) },
  { weight: 3, arbitrary: fc.constant<Step>((world) => void world.answer()) },
);

test("whatever is lost, doubled or late, on whichever line, every stored update is shown once and in order, and then the end", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), (steps) => {
      const world = new World();
      for (const run of steps) run(world);
      const answerAll = (): void => {
        for (let answers = 0; world.answer(); answers += 1) expect(answers, "asking must have an end").toBeLessThan(20);
      };
      answerAll();
      while (!world.ended) world.store(0);
      // Where no message tells of the end, a new connection does.
      if (!world.settled) world.lose();
      answerAll();
      expect(world.settled).toBe(true);
      expect(world.watch.updates.map(({ type, sequence }) => [type, sequence])).toEqual(
        world.log.map(({ sequence }) => ["progress", sequence]),
      );
    }),
    { numRuns: 5_000 },
  );
});
