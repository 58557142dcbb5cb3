import type { QueriedFunctions } from "@streamer/server/wiring";
import { SWEEPER } from "@streamer/server/wiring";
import type { StreamerFunction } from "./functions.ts";
import type { NotifierStack } from "./notifier.ts";
import type { PipeStack } from "./pipe.ts";
import type { ProcessorStack } from "./processor.ts";
import type { ScheduleStack } from "./schedule.ts";

/** All that was made, for those who watch it. */
export interface Parts {
  readonly table: sst.aws.Dynamo;
  readonly gateway: sst.aws.ApiGatewayWebSocket;
  readonly pipe: PipeStack;
  readonly connect: StreamerFunction;
  readonly disconnect: StreamerFunction;
  readonly router: StreamerFunction;
  readonly processors: readonly ProcessorStack[];
  readonly notifier: NotifierStack;
  readonly schedules: readonly ScheduleStack[];
}

/** Functions by what they do; `others` are those of schedules of the app's own. */
export type FunctionsByTask = Readonly<Record<Exclude<QueriedFunctions, "all"> | "others", readonly StreamerFunction[]>>;

/** Each function once. */
export function functionsByTask({ connect, disconnect, router, processors, notifier, schedules }: Parts): FunctionsByTask {
  const scheduled = (isSweeper: boolean) => schedules.filter(({ name }) => (name === SWEEPER) === isSweeper).map((one) => one.function);
  return {
    connect: [connect],
    disconnect: [disconnect],
    router: [router],
    processors: processors.map((one) => one.function),
    notifier: [notifier.function],
    sweeper: scheduled(true),
    others: scheduled(false),
  };
}
