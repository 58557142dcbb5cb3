import type { InputOf } from "@streamer/protocol";
import type { bulkOperation } from "./action.ts";
import { MAX_ITEMS } from "./limits.ts";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof bulkOperation>;

const product = (number: number) => ({ id: `product-${number}`, data: { name: `Product ${number}`, price: number * 100 } });

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "Puts three products", payload: { operation: "put", collection: "products", items: [1, 2, 3].map(product) } },
  {
    title: "Puts a thousand, in 40 batches",
    payload: { operation: "put", collection: "products", items: Array.from({ length: 1_000 }, (_, index) => product(index)) },
  },
  {
    title: "Deletes two; the one that is not there is no failure",
    payload: { operation: "delete", collection: "products", items: [{ id: "product-1" }, { id: "gone" }] },
  },
  {
    title: "One item of three is bad: the others are put",
    payload: {
      operation: "put",
      items: [
        { id: "good", data: {} },
        { id: "not an id", data: {} },
        { id: "good-2", data: { tags: ["new"] } },
      ],
    },
  },
];

/** Payloads that are refused as a whole. Items that are bad by themselves are not: they are named in the result. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "No items",
    payload: { operation: "put", items: [] },
    code: "VALIDATION_ERROR",
    issue: { path: "items", message: "must hold at least one item" },
  },
  {
    title: "Too many items",
    payload: { operation: "delete", items: Array.from({ length: MAX_ITEMS + 1 }, (_, index) => ({ id: `i${index}` })) },
    code: "VALIDATION_ERROR",
    issue: { path: "items", message: "has 10001 items; a request takes at most 10000. Send them in several" },
  },
  {
    title: "An operation that there is not",
    payload: { operation: "update", items: [{ id: "a" }] },
    code: "VALIDATION_ERROR",
    issue: { path: "operation", message: 'must be "put" or "delete"' },
  },
  {
    title: "A collection with capitals",
    payload: { operation: "put", collection: "Products", items: [product(1)] },
    code: "VALIDATION_ERROR",
    issue: { path: "collection", message: "must be 1 to 32 small letters, digits, _ and -, beginning with a letter" },
  },
];
