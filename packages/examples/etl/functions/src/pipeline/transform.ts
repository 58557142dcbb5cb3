import type { Record } from "./extract.ts";

/** An order as the warehouse keeps it. */
export interface Order {
  readonly order_id: string;
  readonly date: string;
  readonly customer: string;
  readonly cents: number;
}

/** A row that the warehouse takes, or what is wrong with it. */
export function transform({ cells }: Record): { readonly order: Order } | { readonly problem: string } {
  const [orderId = "", date = "", customer = "", amount = ""] = cells;
  if (cells.length !== 4) return { problem: `it has ${cells.length} cells, not 4` };
  if (orderId === "") return { problem: "it has no order_id" };
  if (!isCalendarDate(date)) return { problem: `"${date.slice(0, 40)}" is no date` };
  if (!/^\d{1,9}(\.\d\d)?$/.test(amount)) return { problem: `"${amount.slice(0, 40)}" is no amount` };
  return { order: { order_id: orderId, date, customer: customer.toLowerCase(), cents: Math.round(Number(amount) * 100) } };
}

/** Of any month's real length: JavaScript reads the 30th of February as a day in March. */
function isCalendarDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
