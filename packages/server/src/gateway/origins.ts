/** Whether an upgrade may come from where it comes from, by its `Origin` header. */
export type OriginCheck = (origin: string | undefined) => boolean;

/**
 * Browsers name the page's origin in every upgrade and let no page change it: with a list, other sites cannot open connections from
 * their visitors' browsers. Whoever is no browser sends what they like, or nothing: for them the token decides, as for all.
 *
 * @param allowed such as `https://app.example.com`, each in full: there are no wildcards; empty: any.
 * @throws {TypeError} for what no browser would send as an origin.
 */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  for (const entry of allowed) {
    if (entry.includes("*") || !URL.canParse(entry) || new URL(entry).origin !== entry) {
      throw new TypeError(
        `"${entry}" is no origin. Write scheme, host and port as browsers do, without a path: https://app.example.com, http://localhost:5173.`,
      );
    }
  }
  const origins = new Set(allowed);
  return (origin) => origins.size === 0 || origin === undefined || origins.has(origin);
}
