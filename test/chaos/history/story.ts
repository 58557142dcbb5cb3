import type { History, RequestKey } from "../checker/history.ts";
import type { TimedLogLine } from "../harness/chaosStack.ts";

/** Everything that is known of one request, for who must find out what went wrong. */
export function story(
  { transcripts, changes, effects, items, updates }: History,
  logs: readonly TimedLogLine[],
  request: RequestKey,
): string {
  const { tenant, requestId } = request;
  const isOf = (one: RequestKey): boolean => one.tenant === tenant && one.requestId === requestId;
  const mentions = `"${requestId}"`;
  const said = transcripts
    .filter((transcript) => transcript.tenant === tenant)
    .flatMap(({ connection, lines }) =>
      lines
        .filter(({ text }) => text.includes(mentions))
        .map(({ at, direction, text }) => ({ at, line: `${connection} ${direction === "in" ? "<" : ">"} ${text.slice(0, 600)}` })),
    );
  const had = effects
    .filter((line) => line.tenant === tenant && line.request_id === requestId)
    .map((line) => ({ at: line.at, line: `handler ${line.run.slice(0, 8)} attempt ${line.attempt} ${line.event} ${line.key ?? ""}` }));
  const logged = logs
    .filter(({ fields }) => fields["request_id"] === requestId && fields["tenant_id"] === tenant)
    .map(({ at, source, level, message, fields }) => ({
      at,
      line: `log ${source} ${level}: ${message} ${JSON.stringify(shortFields(fields))}`,
    }));
  const hurt = logs
    .filter(({ source, message }) => source === "chaos" && message.includes(requestId))
    .map(({ at, message }) => ({ at, line: `chaos ${message}` }));
  return [
    `== ${tenant}/${requestId}`,
    `table: ${JSON.stringify(items.find(isOf))}`,
    `updates: ${updates
      .filter(isOf)
      .map(({ sequence, previous }) => `${sequence}(${previous})`)
      .join(" ")}`,
    `stream: ${changes
      .filter(isOf)
      .map(({ from, to, attempt }) => `${from ?? "-"}→${to ?? "-"} #${attempt}`)
      .join(", ")}`,
    ...[...said, ...had, ...logged, ...hurt]
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, line }) => `  ${new Date(at).toISOString().slice(14, 23)} ${line}`),
  ].join("\n");
}

/** What tells one line from another; ids and names are those of the request anyway. */
function shortFields({ attempt, status, step, code, error }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const name = typeof error === "object" && error !== null ? (error as { name?: unknown }).name : error;
  return { attempt, status, step, code, error: name };
}
