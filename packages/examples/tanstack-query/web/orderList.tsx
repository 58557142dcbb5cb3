import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { explain } from "./explain.ts";
import { ordersQuery, useFreshOrders } from "./queries.ts";

/** The topic does not tell that work begins, so what waits and what runs look the same here. */
const SHOWN: Readonly<Record<string, { readonly text: string; readonly tone?: string }>> = {
  pending: { text: "in work" },
  processing: { text: "in work" },
  retrying: { text: "trying again", tone: "warn" },
  completed: { text: "ready", tone: "good" },
  failed: { text: "failed", tone: "bad" },
  cancelled: { text: "cancelled", tone: "warn" },
};

/** Those of other tabs, too. */
export function OrderList(): ReactElement {
  useFreshOrders();
  const orders = useQuery(ordersQuery);
  return (
    <section className="card" aria-labelledby="orders">
      <h2 id="orders">My orders</h2>
      {orders.isError && (
        <p className="note" data-tone="bad">
          {explain(orders.error)}
        </p>
      )}
      {orders.isPending && <p className="hint">Fetching …</p>}
      {orders.data?.length === 0 && <p className="hint">None yet.</p>}
      <ul className="rows">
        {orders.data?.map(({ request_id: id, status, created_at: createdAt }) => {
          const time = new Date(createdAt * 1_000);
          return (
            <li key={id} className="row" data-listed={id} data-status={status}>
              <time dateTime={time.toISOString()}>{time.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}</time>
              <span className="badge" data-tone={SHOWN[status]?.tone}>
                {SHOWN[status]?.text ?? status}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
