import { inParallel, openSocket } from "../servers/sockets.ts";
import { percentilesOf } from "../suite/percentile.ts";
import type { Percentiles } from "../suite/percentile.ts";

export interface Connects extends Percentiles {
  readonly perSecond: number;
}

export interface ConnectOptions {
  readonly rounds: number;
  /** In each round, to each server: one after the other. */
  readonly oneByOne: number;
  /** In each round, to each server: `atOnce` at a time. */
  readonly together: number;
  readonly atOnce: number;
}

/**
 * How long a connection takes to open, one after the other; and how many open in a second, several at a time. The servers take turns; one
 * round more is made than counts.
 */
export async function measureConnects<Name extends string>(
  urls: Readonly<Record<Name, string>>,
  { rounds, oneByOne, together, atOnce }: ConnectOptions,
): Promise<Readonly<Record<Name, Connects>>> {
  const names = Object.keys(urls) as Name[];
  const samples = new Map<Name, number[]>(names.map((name) => [name, []]));
  const spentMs = new Map<Name, number>(names.map((name) => [name, 0]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const times: number[] = [];
      for (let index = 0; index < oneByOne; index += 1) times.push(await openAndClose(urls[name]));
      const startedAt = performance.now();
      const sockets = await inParallel(together, atOnce, () => openSocket(urls[name]));
      const tookMs = performance.now() - startedAt;
      await Promise.all(sockets.map((socket) => socket.close()));
      if (round < 0) continue;
      samples.get(name)?.push(...times);
      spentMs.set(name, (spentMs.get(name) ?? 0) + tookMs);
    }
  }
  const entries = names.map((name): [Name, Connects] => [
    name,
    { ...percentilesOf(samples.get(name) ?? []), perSecond: (rounds * together * 1_000) / (spentMs.get(name) ?? Number.NaN) },
  ]);
  return Object.fromEntries(entries) as Record<Name, Connects>;
}

/** @returns ms until it was open. */
async function openAndClose(url: string): Promise<number> {
  const startedAt = performance.now();
  const socket = await openSocket(url);
  const tookMs = performance.now() - startedAt;
  await socket.close();
  return tookMs;
}
