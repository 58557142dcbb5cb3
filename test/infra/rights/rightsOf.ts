/**
 * The rights that a DynamoDB call takes, as `dynamodb:Query table` or `dynamodb:Query index/gsi1`. A transaction takes those of its parts.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function rightsOf(operation: string, call: Readonly<Record<string, unknown>>): readonly string[] {
  if (operation === "TransactWriteItems") {
    const parts = (call["TransactItems"] ?? []) as readonly Readonly<Record<string, unknown>>[];
    return parts.flatMap((part) => Object.keys(part).map((kind) => `${PART_ACTIONS[kind] ?? `of a transaction's ${kind}`} table`));
  }
  const { IndexName: index } = call;
  return [`dynamodb:${operation} ${typeof index === "string" ? `index/${index}` : "table"}`];
}

const PART_ACTIONS: Readonly<Record<string, string>> = {
  Put: "dynamodb:PutItem",
  Update: "dynamodb:UpdateItem",
  Delete: "dynamodb:DeleteItem",
  ConditionCheck: "dynamodb:ConditionCheckItem",
};
