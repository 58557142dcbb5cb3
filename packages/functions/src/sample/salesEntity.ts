import type { TableConfig } from "@streamer/server";
import { Entity } from "electrodb";

const SERVICE = "streamer";
/** Keys keep their letters' case; ElectroDB lower-cases them unless told otherwise. */
const CASING = "none";

/**
 * The sales of one day, in one item: about 50 of them, 2 KB. One item a sale would be fifty times the writes when the set is laid,
 * and a report reads whole days anyway.
 *
 * The set is public sample data and belongs to no tenant, so there is none in its key. An app's own rows carry the tenant in the
 * partition key (`sales#<tenant>#<yyyy-mm>`), and the tenant comes from the verified token, never from the payload.
 */
export function createSampleSalesEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "sample_sale", version: "1", service: SERVICE },
      attributes: {
        /** `yyyy-mm`: a month is one partition, read in one page. */
        month: { type: "string", required: true },
        date: { type: "string", required: true },
        /** JSON text (`packSales`): as lists and maps of all fields the same takes more than three times as long to write. */
        sales: { type: "string", required: true },
      },
      indexes: {
        byMonth: {
          pk: { field: "pk", composite: ["month"], template: "sample#sales#${month}", casing: CASING },
          sk: { field: "sk", composite: ["date"], template: "${date}", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}

/** Says which version of the data set the table holds. Written last, so that a set laid only in part is laid again. */
export function createSampleMarkerEntity({ client, tableName }: TableConfig) {
  return new Entity(
    {
      model: { entity: "sample_sales_marker", version: "1", service: SERVICE },
      attributes: {
        data_set: { type: "string", required: true },
        data_set_version: { type: "string", required: true },
      },
      indexes: {
        primary: {
          pk: { field: "pk", composite: ["data_set"], template: "sample#${data_set}", casing: CASING },
          sk: { field: "sk", composite: [], template: "marker", casing: CASING },
        },
      },
    },
    { client, table: tableName },
  );
}
