/** The shop's orders, for want of a shop. */
export const ORDERS = [
  { id: "1001", item: "lamp", cents: 4900 },
  { id: "1002", item: "chair", cents: 12900 },
  { id: "1003", item: "table", cents: 39900 },
];
