import type { LogLine } from "@streamer/local";
import type { History, RequestKey } from "../checker/history.ts";

/** Everything that is known of one request, for who must find out what went wrong. */
export function story({ transcripts, changes, effects, items, updates }: History, logs: readonly LogLine[], request: RequestKey): string {
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
    .map(
      ({ source, level, message, fields }) =>
        `  ${source} ${level} ${message} ${JSON.stringify({ ...fields, error: fields["error"] && "…" })}`,
    );
  const chaos = logs
    .filter(({ source, message }) => source === "chaos" && message.includes(requestId))
    .map(({ message }) => `  ${message}`);
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
    ...[...said, ...had].toSorted((a, b) => a.at - b.at).map(({ at, line }) => `  ${new Date(at).toISOString().slice(14, 23)} ${line}`),
    "logs:",
    ...logged,
    ...chaos,
  ].join("\n");
}
