import type { InputOf } from "@streamer/protocol";
import type { processData } from "./action.ts";
import type { Example, InvalidExample } from "../example.ts";

type Input = InputOf<typeof processData>;

const ORDERS = `order,customer,region,amount,state
1001,Ada,North,120.50,paid
1002,Bob,South,80.00,open
1003,Ada,North,19.90,paid
1004,Cleo,South,240.00,paid
1004,Cleo,South,240.00,paid
1005,Dan,West,12.00,cancelled
`;

/** Payloads that work, from the simplest on. */
export const validExamples: readonly Example<Input>[] = [
  { title: "CSV to JSON", payload: { format: "csv", data: ORDERS, output: { format: "json" } } },
  {
    title: "Revenue by region, the largest first",
    payload: {
      format: "csv",
      data: ORDERS,
      operations: [
        { op: "deduplicate", by: ["order"] },
        { op: "filter", where: { column: "state", is: "=", value: "paid" } },
        {
          op: "aggregate",
          group_by: ["region"],
          compute: [
            { fn: "count", as: "orders" },
            { fn: "sum", column: "amount", as: "revenue" },
          ],
        },
        { op: "sort", by: [{ column: "revenue", direction: "desc" }] },
      ],
    },
  },
  {
    title: "A column computed of others, and only what is needed",
    payload: {
      format: "ndjson",
      data: '{"sku":"a-1","price":4.5,"units":3}\n{"sku":"b-2","price":1.1,"units":12}\n',
      operations: [
        {
          op: "transform",
          set: [
            { column: "total", to: { fn: "round", of: [{ fn: "multiply", of: [{ column: "price" }, { column: "units" }] }, 2] } },
            { column: "sku", to: { fn: "upper", of: [{ column: "sku" }] } },
          ],
          select: ["sku", "total"],
        },
      ],
      output: { format: "csv" },
    },
  },
  {
    title: "Rows that are wrong are left out and named",
    payload: { format: "csv", data: "name,age\nAda,36\nBob\nCleo,41\n", max_errors: 10 },
  },
];

/** Payloads that are refused, or whose data turns out to be wrong as a whole. */
export const invalidExamples: readonly InvalidExample[] = [
  {
    title: "A format that there is not",
    payload: { format: "xml", data: "<a/>" },
    code: "VALIDATION_ERROR",
    issue: { path: "format", message: 'must be "csv", "json" or "ndjson"' },
  },
  {
    title: "No data",
    payload: { format: "csv", data: "" },
    code: "VALIDATION_ERROR",
    issue: { path: "data", message: "must not be empty" },
  },
  {
    title: "An operation that there is not",
    payload: { format: "csv", data: "a\n1\n", operations: [{ op: "drop" }] },
    code: "VALIDATION_ERROR",
    issue: {
      path: "operations.0.op",
      message: 'must be an operation: { op: "filter", "transform", "aggregate", "sort" or "deduplicate", … }',
    },
  },
  {
    title: "A column that the data does not have",
    payload: { format: "csv", data: "amount\n1\n", operations: [{ op: "sort", by: [{ column: "amuont" }] }] },
    code: "VALIDATION_ERROR",
    issue: { path: "operations.0", message: 'there is no column "amuont". There are: amount' },
  },
  {
    title: "A quotation mark that is never closed",
    payload: { format: "csv", data: 'a,b\n1,2\n3,"4\n5,6\n' },
    code: "VALIDATION_ERROR",
    issue: { path: "data", message: "after line 2: a quotation mark is opened and never closed" },
  },
  {
    title: "JSON that is no array",
    payload: { format: "json", data: '{"a":1}' },
    code: "VALIDATION_ERROR",
    issue: { path: "data", message: "line 1: the text is no JSON array. It must begin with [" },
  },
  {
    title: "More bad rows than are let pass",
    payload: { format: "csv", data: "a,b\n1,2\n3\n", max_errors: 0 },
    code: "VALIDATION_ERROR",
    issue: { path: "data", message: "has more than 0 bad rows" },
  },
  {
    title: "Data that is not of the format it is said to be",
    payload: { format: "ndjson", data: "a,b\n1,2\n" },
    code: "VALIDATION_ERROR",
    issue: { path: "data", message: "has no row that can be used: all 2 are bad" },
  },
];
