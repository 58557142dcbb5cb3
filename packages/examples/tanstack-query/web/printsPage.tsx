import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import type { ReactElement } from "react";
import { explain } from "./explain.ts";
import { OrderList } from "./orderList.tsx";
import { quoteQuery } from "./queries.ts";
import type { PrintOrder } from "./queries.ts";
import { usePrint } from "./usePrint.ts";

const SIZES = ["small", "medium", "large"] as const satisfies readonly PrintOrder["size"][];

/** What it costs is a query, printing is a mutation, and what was ordered a query that a topic keeps fresh. */
export function PrintsPage(): ReactElement {
  const [order, setOrder] = useState<PrintOrder>({ photos: 60, size: "medium" });
  const print = usePrint();
  return (
    <main>
      <h1>Photo prints</h1>
      <p className="lead">The price is asked for as you type. Printing takes a while, and can be watched.</p>
      <form
        className="card"
        aria-labelledby="new-order"
        onSubmit={(event) => {
          event.preventDefault();
          print.mutation.mutate(order);
        }}
      >
        <h2 id="new-order">New order</h2>
        <div className="fields">
          <label className="field">
            Photos
            <input
              type="number"
              required
              value={order.photos}
              onChange={({ target }) => setOrder({ ...order, photos: target.valueAsNumber || 0 })}
            />
          </label>
          <label className="field">
            Size
            <select value={order.size} onChange={({ target }) => setOrder({ ...order, size: target.value as PrintOrder["size"] })}>
              {SIZES.map((size) => (
                <option key={size}>{size}</option>
              ))}
            </select>
          </label>
        </div>
        <div className="row">
          <Quote order={order} />
          <button type="submit" className="primary" disabled={print.mutation.isPending}>
            Print
          </button>
        </div>
      </form>
      <Printing print={print} />
      <OrderList />
    </main>
  );
}

function Quote({ order }: { readonly order: PrintOrder }): ReactElement {
  const quote = useQuery(quoteQuery(useDeferredValue(order)));
  return (
    <output className="quote number" data-fresh={quote.isSuccess && !quote.isPlaceholderData}>
      {quote.isError ? explain(quote.error) : quote.data === undefined ? "…" : euros(quote.data.cents)}
    </output>
  );
}

function Printing({ print: { mutation, progress, cancel } }: { readonly print: ReturnType<typeof usePrint> }): ReactElement | undefined {
  if (mutation.isIdle) return undefined;
  const percentage = mutation.isSuccess ? 100 : (progress?.percentage ?? 0);
  return (
    <section className="card" aria-labelledby="printing" data-status={mutation.status}>
      <h2 id="printing">Printing</h2>
      <div className="bar">
        <progress max={100} value={percentage} aria-label="How far the printing is" />
        <span className="number">{Math.round(percentage)} %</span>
      </div>
      <p role="status" className={mutation.isSuccess ? "note" : undefined} data-tone="good">
        {mutation.isPending && (progress?.message ?? "Waiting for the printer")}
        {mutation.isSuccess && `${mutation.data.photos} photos are ready: ${euros(mutation.data.cents)}.`}
        {mutation.isError && "Nothing more is printed."}
      </p>
      {mutation.isError && (
        <p className="note" data-tone="bad" role="alert">
          {explain(mutation.error)}
        </p>
      )}
      {mutation.isPending && (
        <div>
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        </div>
      )}
    </section>
  );
}

function euros(cents: number): string {
  return (cents / 100).toLocaleString("en", { style: "currency", currency: "EUR" });
}
