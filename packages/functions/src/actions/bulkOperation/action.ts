import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import type { BulkItem } from "./item.ts";
import { COLLECTION_PATTERN, MAX_ITEMS } from "./limits.ts";

/**
 * Puts or deletes many items of the tenant, 25 at a time. An item that cannot be written fails alone and is named in the result; putting what is
 * there replaces it, and deleting what is not there is a success, so that the same request again does no harm.
 */
export const bulkOperation = defineAction("bulk_operation", {
  input: v.strictObject({
    operation: v.picklist(["put", "delete"], 'must be "put" or "delete"'),
    /** Ids are unique within a collection of a tenant. */
    collection: v.optional(
      v.pipe(
        v.string("must be a text"),
        v.regex(COLLECTION_PATTERN, "must be 1 to 32 small letters, digits, _ and -, beginning with a letter"),
      ),
      "items",
    ),
    items: v.pipe(
      // The single item is judged when its turn comes, so that a bad one costs no other.
      v.array(
        v.custom<BulkItem>(() => true),
        "must be a list of items",
      ),
      v.minLength(1, "must hold at least one item"),
      v.maxLength(MAX_ITEMS, (issue) => `has ${issue.received} items; a request takes at most ${MAX_ITEMS}. Send them in several`),
    ),
  }),
  output: v.object({
    total: v.number(),
    written: v.number(),
    failed: v.number(),
    /** Batches of 25 that were sent. */
    batches: v.number(),
    /** The first 100 items that were not written: their place in the request, from 0, their id when they had one, a code and a sentence. */
    failures: v.array(v.object({ index: v.number(), id: v.optional(v.string()), code: v.string(), message: v.string() })),
  }),
  progress: v.object({
    /** Items so far. */
    written: v.number(),
    failed: v.number(),
    /** Batches so far, and of how many. */
    batch: v.number(),
    batches: v.number(),
  }),
  estimatedDuration: "30 seconds",
  timeout: "5 minutes",
  // Renewed each 2.5 seconds, which is also how soon a cancellation is heard: ten thousand items are a matter of seconds.
  lease: "15 seconds",
  retry: { attempts: 5, minDelay: "1 second", maxDelay: "1 minute" },
  concurrency: 10,
});
