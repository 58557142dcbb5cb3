/** Our own: items of one request. More are a batch of requests. */
export const MAX_ITEMS = 10_000;
/**
 * DynamoDB: items of one BatchWriteItem.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export const BATCH_ITEMS = 25;
/** Our own: batches after which it is remembered how far the work is. An attempt that follows a dead one writes at most so many again. */
export const BATCHES_PER_CHECKPOINT = 4;
/** Our own: how often what a throttled table left out of a batch is sent again. With the pauses between them, five to ten seconds. */
export const MAX_ROUNDS = 8;
export const FIRST_PAUSE_MS = 50;
export const MAX_PAUSE_MS = 3_000;

/** Our own: the id of an item, within its tenant and collection. */
export const ITEM_ID_PATTERN = /^[A-Za-z0-9_.-]{1,64}$/;
export const COLLECTION_PATTERN = /^[a-z][a-z0-9_-]{0,31}$/;
/** Our own: the data of one item as JSON. DynamoDB takes 400 KB an item, and 16 MB a batch. */
export const MAX_ITEM_BYTES = 16 * 1024;
/** Our own: failures that the result names; all are counted. */
export const MAX_REPORTED_FAILURES = 100;
/** Our own: items expire a week after they were last put, as requests do: this is a demonstration, and a table must not fill up. */
export const ITEM_TTL_SECONDS = 7 * 24 * 60 * 60;
