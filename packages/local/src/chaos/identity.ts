/**
 * What things are called, so that the same seed finds them again in another run: by the ids that clients choose, as far as they carry one.
 * Ids that are made anew in each run (of events, messages, connections) are the last resort.
 */

/** The request or the topic of a bus event: what is published has an id that is made anew in each run. */
export function subjectOfEvent(event: unknown): string | undefined {
  const { tenant_id: tenant, user_id: user, request_id: request, topic } = record(record(event)["detail"]);
  if (typeof request === "string") return [tenant, user, request].join("/");
  return typeof topic === "string" ? [tenant, topic].join("/") : undefined;
}

/** What the event in a message's body, as JSON, is about. */
export function subjectInBody(body: string | undefined): string | undefined {
  return subjectOfEvent(parse(body));
}

/** What a message on a socket is about: the request, batch or topic it names, or else its type. */
export function subjectOfFrame(text: string): string {
  const frame = record(parse(text));
  const names = [frame["request_id"], frame["id"], frame["batch_id"], frame["topic"], frame["type"]];
  const subject = names.find((value) => typeof value === "string");
  return typeof subject === "string" ? subject : "unreadable";
}

/** An invocation of a function: by what its queue's first message is about, or by the message of a client, or by the function alone. */
export function invocationKey(functionName: string, event: unknown): string {
  const { Records: records, body } = record(event);
  const [first] = Array.isArray(records) ? (records as unknown[]) : [];
  const messageBody = record(first)["body"];
  const subject =
    typeof messageBody === "string" ? subjectInBody(messageBody) : typeof body === "string" ? subjectOfFrame(body) : undefined;
  return subject === undefined ? functionName : `${functionName} ${subject}`;
}

/** The first item that a DynamoDB call names. */
export function itemKey(body: string): string {
  const call = record(parse(body));
  const [action] = Array.isArray(call["TransactItems"]) ? (call["TransactItems"] as unknown[]) : [];
  const [inner = call] = Object.values(record(action));
  const { Key: key, Item: item } = record(inner);
  const { pk, sk } = record(key ?? item);
  const names = [pk, sk].map((value) => record(value)["S"]).filter((value) => typeof value === "string");
  if (names.length > 0) return names.join("/");
  // A query, as ElectroDB writes it. Nothing else of its values: they may be a client's words.
  const partition = record(record(call["ExpressionAttributeValues"])[":pk"])["S"];
  return typeof partition === "string" ? partition : "";
}

/** The first event of a PutEvents call. */
export function firstEntrySubject(body: string): string | undefined {
  const entries = record(parse(body))["Entries"];
  const [first] = Array.isArray(entries) ? (entries as unknown[]) : [];
  const detail = record(first)["Detail"];
  return typeof detail === "string" ? subjectOfEvent({ detail: parse(detail) }) : undefined;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null") as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
