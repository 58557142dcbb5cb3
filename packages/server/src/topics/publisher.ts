import type { EventBridgeClient, EventBridgeClientConfig, PutEventsCommand, PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { CaptureClient } from "../observability/tracing/sdkClient.ts";
import { EVENT_SOURCE } from "../pipe/requestEvent.ts";
import { TOPIC_DETAIL_TYPE } from "../pipe/topicEvent.ts";
import type { TopicEventDetail } from "../pipe/topicEvent.ts";
import { PublishFailedError } from "./errors.ts";

/** The bus, for those who have something to say of topics. */
export interface Publisher {
  /** Puts these on the bus: one call for each 10. @throws {PublishFailedError} when the bus did not take all of them. */
  publish(details: readonly TopicEventDetail[]): Promise<void>;
}

/** Which bus is published to, and how. */
export interface PublisherConfig {
  /** Asked at the first call: a function that has nothing to say needs no bus. */
  readonly busName: () => string;
  /** Of the SDK's client. Default: its own. */
  readonly client?: EventBridgeClientConfig;
  /** Done to the client when it is made, to trace its calls. Default: nothing. */
  readonly captureClient?: CaptureClient;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
/** The SDK tries a call that fails; an entry that is refused within a call that went well is ours to try. */
const ENTRY_TRIES = 3;
const ENTRY_RETRY_MS = 100;

/** By the AWS SDK, which is loaded and connected at the first call: a cold start does not wait for it. */
export function createPublisher(config: PublisherConfig, { clock }: { readonly clock: Clock }): Publisher {
  let loaded: Promise<Loaded> | undefined;

  const putSome = async (entries: readonly PutEventsRequestEntry[], tryNumber = 1): Promise<void> => {
    loaded ??= load(config);
    const { client, Command } = await loaded;
    const { Entries: results = [] } = await client.send(new Command({ Entries: [...entries] }));
    // Results are in the order of the entries.
    const refused = entries.filter((_, index) => results[index]?.ErrorCode !== undefined);
    if (refused.length === 0) return;
    const code = results.find((result) => result.ErrorCode !== undefined)?.ErrorCode;
    if (tryNumber === ENTRY_TRIES) throw new Error(`The bus refused ${refused.length} of ${entries.length} events: ${code}.`);
    await sleep(clock, ENTRY_RETRY_MS * tryNumber);
    return putSome(refused, tryNumber + 1);
  };

  return {
    async publish(details) {
      try {
        for (let index = 0; index < details.length; index += MAX_ENTRIES) {
          const entries = details.slice(index, index + MAX_ENTRIES).map((detail) => ({
            EventBusName: config.busName(),
            Source: EVENT_SOURCE,
            DetailType: TOPIC_DETAIL_TYPE,
            Detail: JSON.stringify(detail),
          }));
          await putSome(entries);
        }
      } catch (error) {
        throw new PublishFailedError(error);
      }
    },
  };
}

interface Loaded {
  readonly client: EventBridgeClient;
  readonly Command: typeof PutEventsCommand;
}

async function load({ client: config = {}, captureClient }: PublisherConfig): Promise<Loaded> {
  const sdk = await import("@aws-sdk/client-eventbridge");
  const client = new sdk.EventBridgeClient(config);
  captureClient?.(client);
  return { client, Command: sdk.PutEventsCommand };
}
