import type { Step, System } from "../model/explore.ts";
import { initialWorld } from "./world.ts";
import type { Client, Rules, Table, Update, World } from "./world.ts";
import { stepsOf } from "./steps.ts";

/** Everybody who reads and writes the log, as something to explore. What is promised is looked at where nobody can do anything more. */
export function createOrdersSystem(rules: Rules): System<World, Step<World>> {
  return {
    initial: initialWorld(rules),
    steps: (world) => stepsOf(world, rules),
    keyOf: (world) => JSON.stringify(world),
    wrongWith: (world) => world.clients.map(wrongOrder).find(isWrong) ?? (isOver(world, rules) ? wrongAtTheEnd(world, rules) : undefined),
    wrongIn: () => undefined,
  };
}

const isWrong = (what: string | undefined): boolean => what !== undefined;

function isOver(world: World, rules: Rules): boolean {
  return [...stepsOf(world, rules)].length === 0;
}

/** What a client took must rise, and end with the end. */
function wrongOrder({ taken }: Client, index: number): string | undefined {
  for (const [at, one] of taken.entries()) {
    const before = taken[at - 1];
    if (before === "end" && one !== "again") return `watcher ${index} takes ${one} after the end`;
    const last = taken.slice(0, at).findLast((other) => typeof other === "number") ?? 0;
    if (typeof one === "number" && one <= last) return `watcher ${index} takes ${one} after ${last}`;
  }
  return undefined;
}

function wrongAtTheEnd({ table, clients }: World, rules: Rules): string | undefined {
  if (table.status !== "completed") return `the request stays ${table.status}`;
  const wrong = clients.map((client, index) => {
    const kind = rules.watchers[index];
    const from = kind === undefined || kind === "submitter" ? (rules.stored === 0 ? 0 : 1_000_000 + rules.stored) : kind.after;
    const line = settledLine(table).filter(({ sequence }) => sequence > from);
    return rules.heals ? transcriptOf(client, index, line, table) : deliveryOf(client, index, line, table);
  });
  return wrong.find(isWrong);
}

/** By the orders alone: each update, and the outcome, has reached each watcher, live or by replay. */
function deliveryOf({ received, outcomeReceived }: Client, index: number, line: readonly Update[], table: Table): string | undefined {
  const lost = line.find(({ sequence }) => !received.includes(sequence));
  if (lost !== undefined) return `update ${lost.sequence} never reaches watcher ${index}`;
  return outcomeReceived === table.attempt ? undefined : `the outcome never reaches watcher ${index}`;
}

/** By the rules for clients as well: each has taken the line, once, in order, and then the outcome. */
function transcriptOf({ taken, ended }: Client, index: number, line: readonly Update[], table: Table): string | undefined {
  const lost = line.find(({ sequence }) => !taken.includes(sequence));
  if (lost !== undefined) return `watcher ${index} never takes update ${lost.sequence}`;
  return ended === table.attempt && taken.at(-1) === "end" ? undefined : `watcher ${index} never takes the outcome`;
}

/** From the newest update back. What an overtaken worker stored late stands beside it. */
function settledLine({ log }: Table): readonly Update[] {
  const line: Update[] = [];
  let next = log.at(-1);
  while (next !== undefined) {
    line.unshift(next);
    const { previous } = next;
    next = log.find(({ sequence }) => sequence === previous);
  }
  return line;
}
