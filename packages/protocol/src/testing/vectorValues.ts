/** A value of a vector with each `{ "$fill": { "text", "count" } }` written out. */
export function filled(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(filled);
  const { $fill } = value as { readonly $fill?: { readonly text: string; readonly count: number } };
  if ($fill !== undefined) return $fill.text.repeat($fill.count);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
}

/**
 * What was seen of a server's message, to be compared with what a vector wants. Correlation ids that the server made are left out: they are
 * looked at where the vector names one.
 */
export function likenedMessage(seen: unknown, wanted: unknown): unknown {
  return likened(withoutUnnamed(seen, wanted), wanted);
}

function withoutUnnamed(seen: unknown, wanted: unknown): unknown {
  if (typeof seen !== "object" || seen === null) return seen;
  const inner = (key: string | number): unknown =>
    typeof wanted === "object" && wanted !== null ? (wanted as Readonly<Record<string | number, unknown>>)[key] : undefined;
  if (Array.isArray(seen)) return seen.map((item, index) => withoutUnnamed(item, inner(index)));
  const entries = Object.entries(seen).filter(([key]) => key !== "correlation_id" || inner(key) !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutUnnamed(value, inner(key))]));
}

/** What was seen, with `{ "$any": type }` in the places where the vector has that and a value of the type stands: to be compared with it. */
export function likened(seen: unknown, wanted: unknown): unknown {
  if (typeof wanted !== "object" || wanted === null || typeof seen === "undefined") return seen;
  const type = (wanted as { readonly $any?: string }).$any;
  if (type !== undefined) return (type === "integer" ? Number.isInteger(seen) : typeof seen === type) ? wanted : seen;
  if (Array.isArray(seen)) return seen.map((item, index) => likened(item, (wanted as readonly unknown[])[index]));
  if (typeof seen !== "object" || seen === null) return seen;
  return Object.fromEntries(
    Object.entries(seen).map(([key, value]) => [key, likened(value, (wanted as Readonly<Record<string, unknown>>)[key])]),
  );
}
