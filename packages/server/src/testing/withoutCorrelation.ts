/**
 * A message as most tests look at it: without the correlation ids, which are different in each run and in every message. Tests of these look
 * at the message as it was sent.
 */
export function withoutCorrelation<Message>(message: Message): Message {
  return strip(message) as Message;
}

function strip(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(strip);
  const entries = Object.entries(value).filter(([key]) => key !== "correlation_id");
  return Object.fromEntries(entries.map(([key, inner]) => [key, strip(inner)]));
}
