import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { inWorkers } from "../connection/inWorkers.ts";
import { pendingEventDetail } from "./pendingEvent.ts";
import { EVENT_DETAIL_TYPE, EVENT_SOURCE } from "../pipe/requestEvent.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/** The bus, for those who send a request's event again. */
export interface EventBus {
  /** Puts the event of each on the bus. Gives those that the bus did not take, and why; never throws. */
  send(requests: readonly StoredRequest[]): Promise<readonly RefusedEvent[]>;
}

/** A request whose event the bus did not take, and why. */
export interface RefusedEvent {
  readonly request: StoredRequest;
  /** EventBridge's code for one entry, or the error that all of its call failed with. */
  readonly cause: string | Error;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
/** A backlog of 10,000 is a thousand calls, which one after the other would take a large part of the sweeper's minute. */
const CALLS_TOGETHER = 5;

/** The bus of this name, by the AWS SDK: one call for each 10 events, some at a time. */
export function createEventBus(busName: string, client: EventBridgeClient): EventBus {
  const sendSome = async (requests: readonly StoredRequest[]): Promise<readonly RefusedEvent[]> => {
    try {
      const { Entries: results = [] } = await client.send(
        new PutEventsCommand({
          Entries: requests.map((request) => ({
            EventBusName: busName,
            Source: EVENT_SOURCE,
            DetailType: EVENT_DETAIL_TYPE,
            Detail: JSON.stringify(pendingEventDetail(request)),
          })),
        }),
      );
      // Results are in the order of the entries.
      return requests.flatMap((request, index) => {
        const cause = results[index]?.ErrorCode;
        return cause === undefined ? [] : [{ request, cause }];
      });
    } catch (error) {
      return requests.map((request) => ({ request, cause: error as Error }));
    }
  };
  return {
    async send(requests) {
      const refused: RefusedEvent[] = [];
      const calls = Array.from({ length: Math.ceil(requests.length / MAX_ENTRIES) }, (_, index) =>
        requests.slice(index * MAX_ENTRIES, (index + 1) * MAX_ENTRIES),
      );
      await inWorkers(CALLS_TOGETHER, calls, async (some) => void refused.push(...(await sendSome(some))));
      return refused;
    },
  };
}
