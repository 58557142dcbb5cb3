import type { AnyStreamerError, EventMessage, PresenceMessage, SubscribedTopicMessage, TopicEvent } from "@streamer/protocol";
import type { ExtensionHost } from "../extension.ts";
import { Listeners } from "../listeners.ts";
import { Outbox } from "../requests/outbox.ts";
import { retryAfterMs } from "../retryAfter.ts";
import { Members } from "./members.ts";
import { RecentIds } from "./recentIds.ts";

/** Events of a topic that are known to have come: a doubled one comes within seconds of the first, by another line or another delivery. */
const REMEMBERED_IDS = 1_000;

type ChannelHost = Pick<ExtensionHost, "transport" | "clock" | "random" | "pause">;

/** Why the channel is of no use any more. */
interface ChannelEnd {
  readonly state: "refused" | "closed";
  readonly error: AnyStreamerError;
}

/** One topic of a client: the subscription on the wire, which all its handles share. */
export class TopicChannel {
  readonly topic: string;
  readonly members = new Members();
  /** `state`, `members` or `gaps` changed. */
  readonly changes = new Listeners<void>();
  readonly events = new Listeners<TopicEvent>();
  readonly gapEvents = new Listeners<void>();
  readonly #host: ChannelHost;
  readonly #onEmpty: () => void;
  readonly #outbox: Outbox<"subscribe" | "unsubscribe">;
  readonly #recent = new RecentIds(REMEMBERED_IDS);
  readonly #emptied = new Listeners<void>();
  /** The lines on which the server tells what is published: two while the connection moves from one to another. */
  readonly #told = new Set<number>();
  #users = 0;
  /** The subscription was there and is not: what is published meanwhile does not come. */
  #missing = false;
  #gaps = 0;
  #end: ChannelEnd | undefined;

  /** @param onEmpty nobody wants it, and the server has been told. */
  constructor(topic: string, host: ChannelHost, onEmpty: () => void) {
    this.topic = topic;
    this.#host = host;
    this.#onEmpty = onEmpty;
    this.#outbox = new Outbox((line) => this.#nextFrame(line), host);
  }

  get subscribed(): boolean {
    return this.#told.size > 0 && this.#outbox.inFlight !== "unsubscribe";
  }

  get gaps(): number {
    return this.#gaps;
  }

  get end(): ChannelEnd | undefined {
    return this.#end;
  }

  /** Somebody wants it. */
  join(): void {
    this.#users += 1;
    this.changed();
  }

  /** Somebody who wanted it does not any more. Resolves when nothing is to be told to the server, or it has answered. */
  leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#end !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.#emptied.add(() => {
        stop();
        resolve();
      });
      // Not at once: who leaves and joins in one go, as StrictMode does, changes nothing on the wire.
      queueMicrotask(() => this.changed());
    });
  }

  /** Frames may be sent, perhaps on another line than before. */
  changed(): void {
    if (this.#end !== undefined) return;
    this.#outbox.pump();
    if (this.#users > 0) this.#emptied.emit();
    else if (this.#outbox.inFlight === undefined && !this.#mustUnsubscribe()) this.#forget();
  }

  /** Whether something that comes on this line is still wanted of it. */
  needs(line: number): boolean {
    if (this.#outbox.line === line) return true;
    // Until the server tells on the line that frames go to now, it tells on the one before.
    return this.#users > 0 && this.#told.has(line) && ![...this.#told].some((told) => told > line);
  }

  onSubscribed(message: SubscribedTopicMessage, line: number): void {
    if (this.#outbox.inFlight === "subscribe" && this.#outbox.line === line) this.#outbox.answered("subscribe");
    this.#told.add(line);
    this.members.replace(message);
    const missed = this.#missing;
    this.#missing = false;
    if (missed) this.#gaps += 1;
    this.changes.emit();
    if (missed) this.gapEvents.emit();
    this.changed();
  }

  onUnsubscribed(line: number): void {
    if (this.#outbox.inFlight !== "unsubscribe" || this.#outbox.line !== line) return;
    this.#unsubscribed();
  }

  onEvents({ events }: EventMessage): void {
    if (this.#users === 0) return;
    for (const event of events) if (this.#recent.add(event.id)) this.events.emit(event);
  }

  onPresence(message: PresenceMessage): void {
    if (this.members.change(message)) this.changes.emit();
  }

  /** The server refuses what was sent, or takes the subscription away. */
  onError(error: AnyStreamerError, line: number): void {
    const { inFlight } = this.#outbox;
    if (inFlight === undefined) {
      if (this.#told.has(line) && !error.retryable) this.close({ state: "refused", error });
      return;
    }
    if (this.#outbox.line !== line) return;
    const waitMs = retryAfterMs(error);
    if (error.code === "RATE_LIMITED" && waitMs > 0) {
      // It changed nothing, and goes again when the server takes frames again.
      this.#outbox.stop();
      this.#host.pause(waitMs);
    } else if (error.retryable && error.code !== "RATE_LIMITED") this.#outbox.resendLater();
    else if (inFlight === "unsubscribe") this.#unsubscribed();
    // Limited without an end: a connection has so many topics and no more, and no waiting helps.
    else this.close({ state: "refused", error });
  }

  /** An error of this line that names nothing. */
  onNamelessError(error: AnyStreamerError, line: number): void {
    if (this.#outbox.line !== line) return;
    // The client waits by itself, and then the frame goes again.
    if (error.code === "RATE_LIMITED") this.#outbox.stop();
    // A server that does not know topics cannot say which frame it did not know. It would not take another either.
    else if (error.code === "INVALID_MESSAGE") this.close({ state: "refused", error });
  }

  /** The server failed at a frame of this line; perhaps at this channel's. */
  onGatewayFrame(line: number): void {
    if (this.#outbox.line === line) this.#outbox.resendLater();
  }

  /** Nothing will come from this line any more. */
  onLineGone(line: number): void {
    if (this.#outbox.line === line) this.#outbox.stop();
    if (this.#told.delete(line)) this.#lostIfNone();
    this.changed();
  }

  /** There is no connection any more. */
  onLost(): void {
    this.#outbox.stop();
    const was = this.subscribed;
    this.#told.clear();
    if (was) this.#lostIfNone();
    this.changed();
  }

  close(end: ChannelEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#outbox.stop();
    this.#told.clear();
    this.#forget();
    this.changes.emit();
  }

  #nextFrame(line: number) {
    const wanted = this.#users > 0;
    if (wanted === this.#told.has(line)) return undefined;
    if (wanted) this.members.asked();
    const kind = wanted ? ("subscribe" as const) : ("unsubscribe" as const);
    return { kind, text: JSON.stringify({ type: `${kind}_topic`, topic: this.topic }) };
  }

  /** Whether the server tells where nobody listens any more. Of a line that is being left it need not be told. */
  #mustUnsubscribe(): boolean {
    const { line } = this.#host.transport;
    return line === undefined ? this.#told.size > 0 : this.#told.has(line);
  }

  #unsubscribed(): void {
    this.#outbox.answered("unsubscribe");
    this.#told.clear();
    this.members.clear();
    this.changes.emit();
    this.changed();
  }

  /** When this was the last line that it was told on. */
  #lostIfNone(): void {
    if (this.#told.size > 0) return;
    this.#missing = true;
    this.changes.emit();
  }

  #forget(): void {
    this.#onEmpty();
    this.#emptied.emit();
  }
}
