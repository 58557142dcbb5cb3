import type { TableConfig } from "@streamer/server";
import { unpackSales } from "../../sample/packSales.ts";
import { createSampleSalesEntity } from "../../sample/salesEntity.ts";
import type { Sale } from "../../sample/salesModel.ts";

/** Where a report gets its sales from. */
export interface SalesStore {
  /**
   * The sales from one ISO date to another, both included, by date, a page at a time.
   *
   * @throws the signal's reason once it is aborted, between or within pages.
   */
  query(startDate: string, endDate: string, signal: AbortSignal): AsyncIterable<readonly Sale[]>;
}

/** The sample sales in the one table: one partition a month, read one after the other. */
export function createSalesStore(config: TableConfig): SalesStore {
  const entity = createSampleSalesEntity(config);
  return {
    async *query(startDate, endDate, signal) {
      for (const month of monthsBetween(startDate, endDate)) {
        let cursor: string | null = null;
        do {
          signal.throwIfAborted();
          const page: Awaited<ReturnType<typeof readPage>> = await readPage(month, cursor);
          cursor = page.cursor;
          yield page.data.flatMap(({ date, sales }) => unpackSales(date, sales));
        } while (cursor !== null);
      }

      function readPage(month: string, cursor: string | null) {
        return entity.query
          .byMonth({ month })
          .between({ date: startDate }, { date: endDate })
          .go({ cursor, abortSignal: signal })
          .catch((error: unknown) => {
            // ElectroDB has an error of its own for this; callers know the signal's.
            signal.throwIfAborted();
            throw error;
          });
      }
    },
  };
}

/** `2023-12-30`, `2024-01-02` → `2023-12`, `2024-01`. */
export function monthsBetween(startDate: string, endDate: string): string[] {
  const months: string[] = [];
  const end = monthNumber(endDate);
  for (let month = monthNumber(startDate); month <= end; month += 1) {
    months.push(`${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`);
  }
  return months;
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}
