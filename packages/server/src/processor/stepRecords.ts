import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  IdempotencyRecordStatus,
} from "@aws-lambda-powertools/idempotency";
import { BasePersistenceLayer, IdempotencyRecord } from "@aws-lambda-powertools/idempotency/persistence";
import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { TableConfig } from "../table/entities/model.ts";
import { TableError } from "../table/errors.ts";
import { stepPartition } from "../table/keys.ts";
import { StepInProgressError } from "./errors.ts";
import type { Step } from "./stepStore.ts";

const { INPROGRESS, COMPLETED } = IdempotencyRecordStatus;

/**
 * Begins a step. Any one clause will do:
 * - free: nobody has begun it
 * - expired: it belongs to a request of a week ago, which the table has not removed yet
 * - abandoned: who began it can certainly not be at it any more
 * - own: this attempt began it. So it is when the answer to this very call was lost and the SDK asks again.
 */
const MAY_BEGIN = [
  "attribute_not_exists(pk)",
  "expires_at <= :now_seconds",
  "(#status = :in_progress AND in_progress_expiration <= :now)",
  "(#status = :in_progress AND attempt = :attempt)",
].join(" OR ");

/**
 * Ends a step: `free`, for what was done is remembered although its record is gone, or `own`. One that comes back after its time changes
 * nothing of what another attempt has begun since.
 */
const MAY_COMPLETE = "attribute_not_exists(pk) OR attempt = :attempt";

/** Gives a step that failed free: `own`, and in progress, as this very call may come late, after the attempt has done the step at last. */
const MAY_FORGET = "attempt = :attempt AND #status = :in_progress";

const MIN_COMPLETION_DELAY_MS = 100;
const MAX_COMPLETION_DELAY_MS = 2_000;

/**
 * Where Powertools keeps the record of one step of one attempt, with its attributes' names. Its own layer for DynamoDB is not used: see
 * ADR 16.
 *
 *                ┌──put, by another attempt after in_progress_expiration──┐
 *                ▼                                                        │
 *   none ──put──▶ in progress ────────────────────────────────────────────┘
 *    ▲             │     └────update────▶ completed, until expires_at
 *    └───delete────┘
 */
export class StepRecords extends BasePersistenceLayer {
  readonly #step: Step;
  readonly #config: TableConfig;
  readonly #clock: Clock;

  constructor(step: Step, config: TableConfig, clock: Clock) {
    super();
    this.#step = step;
    this.#config = config;
    this.#clock = clock;
  }

  protected async _putRecord(): Promise<void> {
    const { client, tableName } = this.#config;
    const { attempt, expiresAt, mayRunUntil } = this.#step;
    const now = this.#clock.now();
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...this.#key(),
            status: { S: INPROGRESS },
            attempt: { N: String(attempt) },
            in_progress_expiration: { N: String(mayRunUntil) },
            expires_at: { N: String(expiresAt) },
          },
          ConditionExpression: MAY_BEGIN,
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":in_progress": { S: INPROGRESS },
            ":attempt": { N: String(attempt) },
            ":now": { N: String(now) },
            ":now_seconds": { N: String(Math.floor(now / 1000)) },
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw this.#takenBy(error);
      // It may be there although no answer came, and would keep the next attempt waiting for a worker that never began.
      await this.#remove().catch(() => undefined);
      throw new TableError("step.begin", error);
    }
  }

  /**
   * The step was done, so its completion must not be given up while no other attempt may begin it: what is not remembered is done twice.
   * A table that does not answer is asked again until then.
   */
  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    for (let delayMs = MIN_COMPLETION_DELAY_MS; ; delayMs = Math.min(MAX_COMPLETION_DELAY_MS, 2 * delayMs)) {
      try {
        return await this.#complete(record);
      } catch (error) {
        const leftMs = this.#step.mayRunUntil - this.#clock.now();
        if (!(error instanceof TableError) || leftMs <= 0) throw error;
        await sleep(this.#clock, Math.min(delayMs, leftMs));
      }
    }
  }

  async #complete(record: IdempotencyRecord): Promise<void> {
    const { client, tableName } = this.#config;
    const { attempt, expiresAt } = this.#step;
    // The text that the work gave: the store runs no other.
    const data = record.responseData as string;
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: this.#key(),
          UpdateExpression:
            "SET #status = :completed, #data = :data, attempt = :attempt, expires_at = if_not_exists(expires_at, :expires_at)" +
            " REMOVE in_progress_expiration",
          ConditionExpression: MAY_COMPLETE,
          ExpressionAttributeNames: { "#status": "status", "#data": "data" },
          ExpressionAttributeValues: {
            ":completed": { S: COMPLETED },
            ":data": { S: data },
            ":attempt": { N: String(attempt) },
            ":expires_at": { N: String(expiresAt) },
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw this.#inProgress(error.Item);
      throw new TableError("step.complete", error);
    }
  }

  protected _deleteRecord(): Promise<void> {
    return this.#remove();
  }

  async #remove(): Promise<void> {
    const { client, tableName } = this.#config;
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: tableName,
          Key: this.#key(),
          ConditionExpression: MAY_FORGET,
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":attempt": { N: String(this.#step.attempt) }, ":in_progress": { S: INPROGRESS } },
        }),
      );
    } catch (error) {
      // Gone already, as when the answer was lost and the SDK asked again, or another attempt's.
      if (!(error instanceof ConditionalCheckFailedException)) throw new TableError("step.forget", error);
    }
  }

  /** Never asked: a put that is refused brings the record along. */
  protected _getRecord(): Promise<never> {
    return Promise.reject(new IdempotencyItemNotFoundError("Step records are read by the put that they refuse."));
  }

  /** What Powertools takes for a step that is done, with its result, and what it passes on for one that is not. */
  #takenBy({ Item }: ConditionalCheckFailedException): Error {
    const data = Item?.["data"]?.S;
    if (Item?.["status"]?.S !== COMPLETED || data === undefined) return this.#inProgress(Item);
    return new IdempotencyItemAlreadyExistsError(
      `The step "${this.#step.name}" is done.`,
      new IdempotencyRecord({ idempotencyKey: this.#step.name, status: COMPLETED, responseData: data }),
    );
  }

  #inProgress(item: Record<string, AttributeValue> | undefined): StepInProgressError {
    const until = Number(item?.["in_progress_expiration"]?.N ?? this.#clock.now());
    return new StepInProgressError(this.#step.name, until);
  }

  #key(): Record<string, AttributeValue> {
    return { pk: { S: stepPartition(this.#step) }, sk: { S: `step#${this.#step.name}` } };
  }
}
