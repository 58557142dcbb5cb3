import { InvalidMessageError, TOPIC_PATTERN, errorFromBody } from "@streamer/protocol";
import type { AnyStreamerError, ServerMessage } from "@streamer/protocol";
import type { Extension, ExtensionHost } from "../extension.ts";
import { TOPIC_CHECKS } from "./checks.ts";
import type { TopicMessage } from "./checks.ts";
import { TopicChannel } from "./topicChannel.ts";

type ErrorMessage = Extract<ServerMessage, { type: "error" }>;

/** The topics of a client, by name. Tells each what concerns it. */
export class TopicsExtension implements Extension {
  readonly checks = TOPIC_CHECKS;
  readonly #host: ExtensionHost;
  readonly #channels = new Map<string, TopicChannel>();

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  /** The channel of a topic, one for all who want it. What speaks against it is its end. */
  open(topic: string): TopicChannel {
    const known = this.#channels.get(topic);
    if (known !== undefined) return known;
    const channel: TopicChannel = new TopicChannel(topic, this.#host, () => {
      if (this.#channels.get(topic) === channel) this.#channels.delete(topic);
    });
    const closedBy = this.#host.closedBy();
    if (closedBy !== undefined) channel.close({ state: "closed", error: closedBy });
    else if (!TOPIC_PATTERN.test(topic)) {
      const error = new InvalidMessageError({ details: { reason: "topic: must be 1 to 128 characters of A-Z a-z 0-9 _ . : / -" } });
      channel.close({ state: "refused", error });
    } else {
      this.#channels.set(topic, channel);
      this.#host.start();
    }
    return channel;
  }

  onMessage(message: ServerMessage, line: number): void {
    if (message.type === "error") return this.#onError(message, line);
    if (!isOfTopics(message)) return;
    const channel = this.#channels.get(message.topic);
    switch (message.type) {
      case "subscribed_topic":
        return channel?.onSubscribed(message, line);
      case "unsubscribed_topic":
        return channel?.onUnsubscribed(line);
      case "event":
        return channel?.onEvents(message);
      case "presence":
        return channel?.onPresence(message);
    }
  }

  changed(): void {
    this.#forAll((channel) => channel.changed());
  }

  onGatewayFrame(line: number): void {
    this.#forAll((channel) => channel.onGatewayFrame(line));
  }

  onLineGone(line: number): void {
    this.#forAll((channel) => channel.onLineGone(line));
  }

  onLost(): void {
    this.#forAll((channel) => channel.onLost());
  }

  needs(line: number): boolean {
    return [...this.#channels.values()].some((channel) => channel.needs(line));
  }

  close(error: AnyStreamerError): void {
    this.#forAll((channel) => channel.close({ state: "closed", error }));
  }

  #onError({ topic, request_id: requestId, batch_id: batchId, error: body }: ErrorMessage, line: number): void {
    if (topic !== undefined) this.#channels.get(topic)?.onError(errorFromBody(body), line);
    else if (requestId === undefined && batchId === undefined)
      this.#forAll((channel) => channel.onNamelessError(errorFromBody(body), line));
  }

  /** What ends or begins meanwhile does not disturb it. */
  #forAll(run: (channel: TopicChannel) => void): void {
    const channels = [...this.#channels.values()];
    for (const channel of channels) run(channel);
  }
}

/** What a client makes its topics by; always the same, so that it makes them once. */
export function topicsExtension(host: ExtensionHost): TopicsExtension {
  return new TopicsExtension(host);
}

function isOfTopics(message: ServerMessage): message is TopicMessage {
  return Object.hasOwn(TOPIC_CHECKS, message.type);
}
