import type { AnyStreamerError, REQUESTS_TOPIC, RequestTopicData, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import { EXTEND } from "../extension.ts";
import { Listeners } from "../listeners.ts";
import type { StreamerClient } from "../streamerClient.ts";
import { EventQueue } from "./eventQueue.ts";
import type { TopicChannel } from "./topicChannel.ts";
import { topicsExtension } from "./topicsExtension.ts";
import type { EventsOptions, SubscribeTopicOptions, TopicEvent, TopicEvents, TopicHandle, TopicMember, TopicState } from "./types.ts";

/** A client, or what `createClient` gives. */
export type TopicClient = StreamerClient | { readonly $client: StreamerClient };

/** How many events wait for a slow consumer unless it says otherwise. */
const DEFAULT_MAX_WAITING = 1_000;

/**
 * Subscribes to a topic: `requests` (the transitions of one's own requests), `tenant:requests` (those of all of the tenant, with the
 * permission `requests:read`), or one of the app. It connects if need be, subscribes again after every loss of the connection, and shares
 * one subscription on the wire with all others of the same client and topic. Never throws: what goes wrong is told by the handle.
 *
 * ```ts
 * const lobby = subscribeTopic<EventOf<typeof room>>(api, "rooms/lobby");
 * lobby.onGap(() => void fetchMessages());
 * for await (const { data } of lobby.events({ signal })) show(data.text);
 * ```
 *
 * A connection may have 50 topics; a further one is refused with `RATE_LIMITED`. A server without topics refuses with `INVALID_MESSAGE`.
 */
export function subscribeTopic(
  client: TopicClient,
  topic: typeof REQUESTS_TOPIC | typeof TENANT_REQUESTS_TOPIC,
  options?: SubscribeTopicOptions,
): TopicHandle<RequestTopicData>;
export function subscribeTopic<Data = unknown>(client: TopicClient, topic: string, options?: SubscribeTopicOptions): TopicHandle<Data>;
export function subscribeTopic(client: TopicClient, topic: string, { signal }: SubscribeTopicOptions = {}): TopicHandle {
  const core = "$client" in client ? client.$client : client;
  const handle = new Subscription(core[EXTEND](topicsExtension).open(topic));
  const leave = (): void => void handle.unsubscribe();
  if (signal?.aborted === true) leave();
  else signal?.addEventListener("abort", leave, { once: true });
  handle.onceOver(() => signal?.removeEventListener("abort", leave));
  return handle;
}

/** One handle of a topic. What all handles of it share is its channel. */
class Subscription implements TopicHandle {
  readonly #channel: TopicChannel;
  readonly #changes = new Listeners<void>();
  readonly #events = new Listeners<TopicEvent>();
  readonly #gapEvents = new Listeners<void>();
  readonly #over = new Listeners<void>();
  readonly #stops: readonly (() => void)[];
  readonly #gapsBefore: number;
  #leaving: Promise<void> | undefined;

  constructor(channel: TopicChannel) {
    this.#channel = channel;
    this.#gapsBefore = channel.gaps;
    this.#stops = [
      channel.changes.add(() => this.#onChange()),
      channel.events.add((event) => this.#events.emit(event)),
      channel.gapEvents.add(() => this.#gapEvents.emit()),
    ];
    if (channel.end === undefined) channel.join();
  }

  get topic(): string {
    return this.#channel.topic;
  }

  get state(): TopicState {
    if (this.#leaving !== undefined) return "closed";
    return this.#channel.end?.state ?? (this.#channel.subscribed ? "subscribed" : "subscribing");
  }

  get error(): AnyStreamerError | undefined {
    return this.#leaving === undefined ? this.#channel.end?.error : undefined;
  }

  get members(): readonly TopicMember[] | undefined {
    return this.#channel.members.list;
  }

  get moreMembers(): number {
    return this.#channel.members.more;
  }

  get gaps(): number {
    return this.#channel.gaps - this.#gapsBefore;
  }

  events({ signal, maxWaiting = DEFAULT_MAX_WAITING }: EventsOptions = {}): TopicEvents {
    const stops: (() => void)[] = [];
    const queue = new EventQueue<unknown>(maxWaiting, () => stops.forEach((stop) => stop()));
    if (signal?.aborted === true || this.#isOver) {
      queue.end(signal?.aborted === true ? undefined : this.error);
      return queue;
    }
    const abort = (): void => queue.stop();
    signal?.addEventListener("abort", abort);
    stops.push(
      () => signal?.removeEventListener("abort", abort),
      this.#events.add((event) => queue.push(event)),
      this.#over.add(() => queue.end(this.error)),
    );
    return queue;
  }

  onEvent(listener: (event: TopicEvent) => void): () => void {
    return this.#events.add(listener);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  onGap(listener: () => void): () => void {
    return this.#gapEvents.add(listener);
  }

  /** Calls it when no more will come; at once when that is so. */
  onceOver(run: () => void): void {
    if (this.#isOver) run();
    else this.#over.add(run);
  }

  unsubscribe(): Promise<void> {
    if (this.#leaving !== undefined) return this.#leaving;
    const ended = this.#channel.end !== undefined;
    // What was refused stays refused.
    if (ended) return Promise.resolve();
    this.#leaving = this.#channel.leave();
    this.#finish();
    return this.#leaving;
  }

  get #isOver(): boolean {
    return this.#leaving !== undefined || this.#channel.end !== undefined;
  }

  #onChange(): void {
    if (this.#channel.end === undefined) this.#changes.emit();
    else this.#finish();
  }

  #finish(): void {
    for (const stop of this.#stops) stop();
    this.#over.emit();
    this.#changes.emit();
  }
}
