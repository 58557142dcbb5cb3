/** Functions whose logs a query reads: all of them, those of the asynchronous actions, or one of the others by its name. */
export type QueriedFunctions = "all" | "connect" | "disconnect" | "router" | "processors" | "notifier" | "sweeper";

/** Logs that are not written by a function of ours: API Gateway's access log, and the Pipe's. */
export type QueriedService = "gateway" | "pipe";

/** A question to the logs, as a query of CloudWatch Logs Insights. */
export interface StoredQuery {
  /** Unique; words in lower case with dashes. In the account it stands below `<app>/<stage>/streamer/`. */
  readonly name: string;
  /** Which question it answers. */
  readonly purpose: string;
  /**
   * In Logs Insights' own language, of which it uses `fields`, `filter`, `stats`, `sort` and `limit`. What stands in angle brackets is to be
   * replaced before it is run, such as `<request_id>`: `fillQuery` does it.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
   */
  readonly query: string;
  readonly functions: readonly QueriedFunctions[];
  /** Logs of services that it reads beside those, or instead. */
  readonly services?: readonly QueriedService[];
  /** Page of the runbooks that uses it. */
  readonly runbook: string;
}

const PLACEHOLDER = /<([a-z_]+)>/g;

/** What a query's text is waiting for, without the brackets: `["request_id"]`. */
export function placeholdersOf({ query }: StoredQuery): readonly string[] {
  return [...new Set([...query.matchAll(PLACEHOLDER)].map(([, name = ""]) => name))];
}

/**
 * A query's text with its placeholders replaced, ready to be run.
 *
 * @throws {RangeError} when a placeholder has no value, or a value holds a quote or a backslash, which would end the string it stands in.
 */
export function fillQuery(stored: StoredQuery, values: Readonly<Record<string, string>>): string {
  return stored.query.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`Query "${stored.name}" waits for <${name}>, which has no value.`);
    if (/["\\]/.test(value)) throw new RangeError(`Query "${stored.name}": the value of <${name}> holds a quote or a backslash.`);
    return value;
  });
}

const WORDS = /^(?:fields|filter|stats|sort|limit|by|as|and|or|not|in|like|asc|desc|ispresent|count|sum|avg|min|max|pct)$/;

/** The fields that a query reads, each once: not the words of the language, and not the names that the query itself gives to what it counts. */
export function fieldsOf({ query }: StoredQuery): readonly string[] {
  const given = new Set([...query.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  const words = query.replaceAll(/"[^"]*"/g, "").match(/@?[A-Za-z_][\w.]*/g) ?? [];
  return [...new Set(words)].filter((word) => !WORDS.test(word) && !given.has(word));
}
