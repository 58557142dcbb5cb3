import { createHash } from "node:crypto";
import type { Clock } from "@streamer/protocol";
import type { FunctionSpec, NotifierWiring, ProcessorWiring, Wiring } from "@streamer/server";
import type { PipeStats } from "../pipe/pump.ts";
import type { AsyncParts } from "./asyncPath.ts";
import type { InvocationRecord, Invocations } from "./invocations.ts";

/** How the parts of a local stack are that no API tells of: `/status.json` beside the console. Times in ms since 1970. No secrets. */
export interface StackStatus {
  readonly time: number;
  readonly node: string;
  /** SHA-256 of the key (SPKI, PEM) that the functions verify tokens by, in hex. */
  readonly keyFingerprint: string;
  readonly pipe: { readonly running: boolean; readonly stats: PipeStats };
  readonly queues: readonly QueueStatus[];
  readonly schedules: readonly ScheduleStatus[];
  readonly functions: readonly FunctionStatus[];
}

export interface QueueStatus {
  readonly name: string;
  readonly deadLetterName: string;
  readonly rule: string;
  readonly function: string;
  readonly functionTimeoutMs: number;
  /** Whether its messages are taken. */
  readonly running: boolean;
}

export interface ScheduleStatus {
  readonly name: string;
  readonly everyMs: number;
  readonly function: string;
  readonly running: boolean;
  readonly startedAt: number;
}

export type FunctionStatus = InvocationRecord & { readonly name: string };

export interface StatusDeps {
  readonly wiring: Wiring;
  readonly parts: AsyncParts;
  readonly invocations: Pick<Invocations, "recordOf">;
  readonly publicKey: string;
  /** When the schedules were started: the first firing comes a period later. */
  readonly startedAt: number;
  readonly clock: Clock;
}

export function fingerprintOf(publicKey: string): string {
  return createHash("sha256").update(publicKey.trim()).digest("hex");
}

export function stackStatus({ wiring, parts, invocations, publicKey, startedAt, clock }: StatusDeps): StackStatus {
  const queued: readonly (ProcessorWiring | NotifierWiring)[] = [...wiring.processors, wiring.notifier];
  const specs: readonly FunctionSpec[] = [
    ...Object.values(wiring.routes),
    ...[...queued, ...wiring.schedules].map((part) => part.function),
  ];
  return {
    time: clock.now(),
    node: process.versions.node,
    keyFingerprint: fingerprintOf(publicKey),
    pipe: { running: parts.pipe.running, stats: parts.pipe.stats },
    queues: queued.map(({ queue, rule, function: { name, timeoutMs } }) => ({
      name: queue.name,
      deadLetterName: queue.deadLetterName,
      rule: rule.name,
      function: name,
      functionTimeoutMs: timeoutMs,
      running: parts.pollers.get(queue.name)?.running ?? false,
    })),
    schedules: wiring.schedules.map(({ name, everyMs, function: spec }) => ({
      name,
      everyMs,
      function: spec.name,
      running: parts.schedules.get(name)?.running ?? false,
      startedAt,
    })),
    functions: specs.map(({ name }) => ({ name, ...invocations.recordOf(name) })),
  };
}
