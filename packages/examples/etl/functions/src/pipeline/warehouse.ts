import type { Order } from "./transform.ts";

export interface Load {
  readonly tenantId: string;
  /** What is replaced: everything that an earlier load of this name brought. */
  readonly part: string;
  /** The same in every attempt of a request. A warehouse that takes an idempotency token (such as Redshift's `ClientToken`) gets this. */
  readonly loadId: string;
  readonly orders: readonly Order[];
}

/** Where the orders go. Your database goes behind this. */
export interface Warehouse {
  replacePart(load: Load): Promise<void>;
}
