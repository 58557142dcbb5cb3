/**
 * Why the table did not do what it was asked.
 *
 * - `throttled`: over the capacity of a partition, an index or the account, after the SDK's retries
 * - `unreachable`: the network, or DynamoDB itself (5xx), after the SDK's retries
 * - `denied`: the credentials may not do this, or are none: a defect of the deployment, no better when tried again
 * - `missing`: there is no such table or index: a defect of the deployment
 * - `conflict`: another transaction has the item at this moment
 * - `too_large`: the item would be over DynamoDB's 400 KB; nothing was sent
 * - `refused`: DynamoDB finds the call itself not valid: a defect of ours
 * - `unreadable`: what is stored is not what a store writes, or a part of it is gone
 */
export type TableFailure = "throttled" | "unreachable" | "denied" | "missing" | "conflict" | "too_large" | "refused" | "unreadable";

/** By the names of DynamoDB's errors. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const BY_NAME: Readonly<Record<string, TableFailure>> = {
  ThrottlingException: "throttled",
  ProvisionedThroughputExceededException: "throttled",
  RequestLimitExceeded: "throttled",
  AccessDeniedException: "denied",
  UnrecognizedClientException: "denied",
  InvalidSignatureException: "denied",
  IncompleteSignatureException: "denied",
  MissingAuthenticationTokenException: "denied",
  ExpiredTokenException: "denied",
  CredentialsProviderError: "denied",
  TokenProviderError: "denied",
  ResourceNotFoundException: "missing",
  TransactionConflictException: "conflict",
  TransactionInProgressException: "conflict",
  ReplicatedWriteConflictException: "conflict",
  ValidationException: "refused",
  ItemTooLargeError: "too_large",
  ItemConflictError: "conflict",
  ItemsLeftError: "throttled",
  UnreadableItemError: "unreadable",
};

/** One item, its attributes' names and values. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_ITEM_BYTES = 400 * 1024;
/** Room for what stands beside the body: keys, names, times. */
const BESIDE_THE_BODY_BYTES = 8 * 1024;
/** The longest body that one item takes, in bytes. */
export const MAX_ITEM_BODY_BYTES = MAX_ITEM_BYTES - BESIDE_THE_BODY_BYTES;

/** A body is too long for an item. DynamoDB would say so in words only, so it is measured before. */
export class ItemTooLargeError extends Error {
  override readonly name = "ItemTooLargeError";
  readonly sizeBytes: number;

  constructor(sizeBytes: number) {
    super(`The body has ${sizeBytes} bytes; an item takes ${MAX_ITEM_BODY_BYTES} of it. Keep it in the bucket, or make it smaller.`);
    this.sizeBytes = sizeBytes;
  }
}

/** A write lost without a reason of its own: another transaction had the item. The same may be tried again. */
export class ItemConflictError extends Error {
  override readonly name = "ItemConflictError";

  constructor() {
    super("The write was refused without a reason: another transaction has the item. Try it again.");
  }
}

/** A batch was done in part only: what was left is over the capacity of the table, or over 16 MB. */
export class ItemsLeftError extends Error {
  override readonly name = "ItemsLeftError";
}

/** An item is not as a store writes it, or a part that belongs to it is gone. */
export class UnreadableItemError extends Error {
  override readonly name = "UnreadableItemError";
}

interface Thrown {
  readonly name?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What an error means, by the names and the status of it and its causes; never by its text. */
export function failureOf(error: unknown): TableFailure {
  let status: number | undefined;
  for (let each = error as Thrown | undefined; typeof each === "object" && each !== null; each = each.cause as Thrown | undefined) {
    const known = BY_NAME[String(each.name)];
    if (known !== undefined) return known;
    status ??= each.$metadata?.httpStatusCode;
  }
  return status !== undefined && status >= 400 && status < 500 ? "refused" : "unreachable";
}

/** @throws {ItemTooLargeError} when the body does not fit into an item. */
export function checkItemBody(body: string): void {
  const sizeBytes = Buffer.byteLength(body);
  if (sizeBytes > MAX_ITEM_BODY_BYTES) throw new ItemTooLargeError(sizeBytes);
}
