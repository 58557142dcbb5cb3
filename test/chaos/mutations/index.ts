import { CLAUSES } from "./clauses.ts";
import type { Mutation } from "./mutation.ts";
import { ORDERS } from "./orders.ts";
import { WRITES } from "./writes.ts";

export const MUTATIONS: readonly Mutation[] = [...CLAUSES, ...WRITES, ...ORDERS];
