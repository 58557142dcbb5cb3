import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { sleep, systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { sampleDays, salesOfDay } from "./generateSales.ts";
import { packSales } from "./packSales.ts";
import { createSampleMarkerEntity, createSampleSalesEntity } from "./salesEntity.ts";

/** Raise it whenever the generator or the model changes: tables that hold another version are written again. */
export const SAMPLE_DATA_VERSION = "1";
const DATA_SET = "sales";

/** Batches of 25 items under way at a time. */
const CONCURRENT_BATCHES = 8;
/** A table on demand takes what a fresh one is sent at the latest after it has doubled a few times. */
const MAX_ROUNDS = 8;
const FIRST_PAUSE_MS = 100;

/**
 * Lays the sample sales, 1,096 items of one day each, into the table; does nothing when the table holds this version already.
 * Takes under two seconds on one machine. Two runs at once write the same items, which harms nothing.
 *
 * @returns whether anything was written.
 * @throws when the table does not take the items after several rounds, or does not answer.
 */
export async function seedSales(client: DynamoDBClient, tableName: string, clock: Clock = systemClock): Promise<boolean> {
  const marker = createSampleMarkerEntity({ client, tableName });
  const present = await marker.get({ data_set: DATA_SET }).go({ consistent: true });
  if (present.data?.data_set_version === SAMPLE_DATA_VERSION) return false;

  const entity = createSampleSalesEntity({ client, tableName });
  let days = sampleDays();
  for (let round = 0; days.length > 0; round += 1) {
    if (round === MAX_ROUNDS) {
      throw new Error(`Table "${tableName}" did not take ${days.length} items of sample data in ${MAX_ROUNDS} rounds. Seed it again.`);
    }
    // BatchWriteItem hands back what a throttled table did not take.
    if (round > 0) await sleep(clock, FIRST_PAUSE_MS * 2 ** (round - 1));
    const { unprocessed } = await entity.put(days.map(toItem)).go({ concurrent: CONCURRENT_BATCHES });
    days = unprocessed.map((key) => key.date);
  }
  await marker.put({ data_set: DATA_SET, data_set_version: SAMPLE_DATA_VERSION }).go();
  return true;
}

function toItem(date: string) {
  return {
    month: date.slice(0, 7),
    date,
    sales: packSales(salesOfDay(date)),
  };
}
