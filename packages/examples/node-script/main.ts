import { createClient, StreamerError } from "@streamer/client";
import type { AnyStreamerError } from "@streamer/client";
import type { App } from "@streamer/functions/actions";

/**
 * `main.ts [first day] [last day]`: asks for an answer that comes at once, and for a report that takes a while.
 *
 * Exit codes: 0 the report is there; 1 no connection in 10 seconds, or anything unforeseen; 2 no token; 3 the token does not permit it; 4 the
 * server refused the input; 5 the report failed, was cancelled, or took over two minutes.
 */
const CONNECT_MS = 10_000;
const REPORT_MS = 120_000;

const [startDate = "2024-01-01", endDate = "2024-01-31"] = process.argv.slice(2);
const { STREAMER_URL: url = "ws://127.0.0.1:4000/local", STREAMER_TOKEN: token } = process.env;
process.exitCode = token === undefined ? explainToken() : await main(url, token);

async function main(address: string, jwt: string): Promise<number> {
  const api = createClient<App>({ url: address, token: jwt });
  try {
    // Short: the first request connects, and its answer is the result.
    const { message } = await api.echo.submit({ message: "Hello, Streamer!" }).result({ signal: AbortSignal.timeout(CONNECT_MS) });
    console.log(message);

    // Long: acknowledged, then update by update, then the result. By its id it could be watched from elsewhere, or later.
    const signal = AbortSignal.timeout(REPORT_MS);
    const report = api.generateReport.submit({ start_date: startDate, end_date: endDate });
    await report.accepted({ signal });
    console.log(`Request ${report.id} is accepted.`);
    for await (const update of report.updates({ signal })) {
      if (update.type === "progress") console.log(`${Math.round(update.percentage)} %  ${update.message}`);
    }
    const { records, url: file } = await report.result({ signal });
    console.log(`${records} sales in ${file}`);
    return 0;
  } catch (error) {
    if (error instanceof StreamerError) return explain(error as AnyStreamerError);
    // One of the two signals: the work may go on, only the waiting has ended.
    if (error instanceof DOMException && error.name === "TimeoutError") return explainSilence(api.$client.state, address);
    throw error;
  } finally {
    // Without it the open connection keeps the process alive.
    await api.$client.close();
  }
}

/** What went wrong is told by a code; the text is for people. */
function explain({ code, message, details }: AnyStreamerError): number {
  console.error(`${code}: ${message}`, details ?? "");
  switch (code) {
    case "UNAUTHORIZED":
    case "FORBIDDEN":
      return 3;
    case "VALIDATION_ERROR":
    case "INVALID_MESSAGE":
    case "PAYLOAD_TOO_LARGE":
      return 4;
    case "PROCESSING_FAILED":
    case "CANCELLED":
    case "TIMEOUT":
    case "WORKER_LOST":
    case "EXPIRED":
      return 5;
    default:
      return 1;
  }
}

function explainSilence(state: string, address: string): number {
  if (state === "open") {
    console.error(`The report was not there in ${REPORT_MS / 1_000} seconds. It goes on.`);
    return 5;
  }
  console.error(`No connection to ${address} in ${CONNECT_MS / 1_000} seconds. Does the stack run, and is the token its own?`);
  return 1;
}

function explainToken(): number {
  console.error('There is no STREAMER_TOKEN. On your machine: STREAMER_TOKEN="$(npx streamer token)".');
  return 2;
}
