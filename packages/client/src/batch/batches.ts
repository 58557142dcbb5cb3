import { DuplicateRequestError, errorFromBody } from "@streamer/protocol";
import type { AnyStreamerError, ServerMessage } from "@streamer/protocol";
import type { Extension, ExtensionHost } from "../extension.ts";
import { WeakValues } from "../requests/weakValues.ts";
import { Batch } from "./batch.ts";
import type { BatchDeps } from "./batch.ts";
import type { BatchEnvelope } from "./batchFrames.ts";
import { BATCH_CHECKS } from "./checks.ts";

/** What a batch wants of the client it belongs to. */
export type BatchClient = Pick<BatchDeps, "submit" | "get">;

/** The batches of a client. Tells each what concerns it. Those that are done are known as long as somebody holds them. */
export class Batches implements Extension {
  readonly checks = BATCH_CHECKS;
  readonly #host: ExtensionHost;
  readonly #open = new Map<string, Batch>();
  readonly #done = new WeakValues<Batch>();

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  get newId(): () => string {
    return this.#host.newId;
  }

  /** Sends what the server has not taken of a batch. @throws {DuplicateRequestError} when a known batch of this id has other inputs. */
  submit(client: BatchClient, envelope: BatchEnvelope, inputs: readonly unknown[]): Batch {
    const known = this.#find(envelope.batch_id);
    const batch = known ?? this.#make(client, envelope, inputs.length, false);
    batch.supply(envelope, inputs);
    return this.#begin(batch);
  }

  /** Watches a batch that was sent before, here or elsewhere. @throws {DuplicateRequestError} when it is known to have another size. */
  get(client: BatchClient, envelope: BatchEnvelope, size: number): Batch {
    const known = this.#find(envelope.batch_id);
    if (known !== undefined && known.size !== size) throw new DuplicateRequestError({ details: { batch_id: known.id, size: known.size } });
    return this.#begin(known ?? this.#make(client, envelope, size, true));
  }

  forget(batch: Batch): void {
    if (this.#find(batch.id) !== batch) return;
    this.#open.delete(batch.id);
    this.#done.delete(batch.id);
  }

  onMessage(message: ServerMessage, line: number): void {
    if (message.type === "batch") this.#find(message.batch_id)?.onReply(message, line);
    else if ("request_id" in message && message.request_id !== undefined) {
      const dot = message.request_id.lastIndexOf(".");
      if (dot > 0) this.#find(message.request_id.slice(0, dot))?.onItemMessage(Number(message.request_id.slice(dot + 1)), message, line);
    } else if (message.type === "error" && message.topic === undefined && message.final !== true) this.#onError(message, line);
  }

  changed(): void {
    this.#forAll((batch) => batch.changed());
  }

  onGatewayFrame(line: number): void {
    this.#forAll((batch) => batch.onGatewayFrame(line));
  }

  onLineGone(line: number): void {
    this.#forAll((batch) => batch.onLineGone(line));
  }

  onLost(): void {
    this.#forAll((batch) => batch.onLineGone());
  }

  needs(line: number): boolean {
    return [...this.#open.values()].some((batch) => batch.needs(line));
  }

  close(error: AnyStreamerError): void {
    this.#forAll((batch) => batch.abandon(error));
    this.#open.clear();
  }

  /**
   * An error that names a batch answers one of its frames. One that names nothing may: a server that is older than batches cannot tell what
   * it could not read, and one that takes no more frames need not look.
   */
  #onError({ batch_id: id, error: body }: Extract<ServerMessage, { type: "error" }>, line: number): void {
    const error = errorFromBody(body);
    if (id !== undefined) this.#find(id)?.onError(error);
    else if (error.code === "INVALID_MESSAGE" || error.code === "RATE_LIMITED") {
      [...this.#open.values()].find((batch) => batch.mayAnswer(line))?.onError(error);
    }
  }

  #make(client: BatchClient, envelope: BatchEnvelope, size: number, known: boolean): Batch {
    return new Batch(envelope, size, known, {
      ...this.#host,
      ...client,
      onOpen: (batch) => {
        this.#done.delete(batch.id);
        this.#open.set(batch.id, batch);
      },
      onDone: (batch) => {
        this.#open.delete(batch.id);
        this.#done.set(batch.id, batch);
      },
    });
  }

  #begin(batch: Batch): Batch {
    const closedBy = this.#host.closedBy();
    if (closedBy !== undefined) batch.abandon(closedBy);
    else {
      this.#host.start();
      batch.changed();
      // What a user has just done is seen at once.
      batch.view.publish();
    }
    return batch;
  }

  #find(id: string): Batch | undefined {
    return this.#open.get(id) ?? this.#done.get(id);
  }

  /** What ends or begins meanwhile does not disturb it. */
  #forAll(run: (batch: Batch) => void): void {
    const batches = [...this.#open.values()];
    for (const batch of batches) run(batch);
  }
}

/** One function for each client's `EXTEND`, which knows its extensions by it. */
export function createBatches(host: ExtensionHost): Batches {
  return new Batches(host);
}
