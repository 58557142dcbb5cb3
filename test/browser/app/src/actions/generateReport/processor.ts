import { actions } from "@streamer/functions/actions";
import { createProcessor } from "@streamer/server";
import { processorDeps, table } from "@streamer/server/aws";
import { createGate } from "./gate.ts";

const STEP = 5;
const config = table();
const gate = createGate(config);

/** A report that is made as fast as the test lets it be. */
export const handler = createProcessor(
  actions.generateReport,
  async ({ progress, flush, putFile, signal }) => {
    for (let percentage = STEP; percentage < 100; percentage += STEP) {
      await gate.passed(percentage, signal);
      progress(percentage, `At ${percentage} percent`, { stage: percentage < 50 ? "query" : "render" });
      await flush();
    }
    await gate.passed(100, signal);
    const body = new TextEncoder().encode("date,revenue\n2024-01-01,100\n");
    const url = await putFile("sales.csv", body, "text/csv; charset=utf-8");
    progress(100, "Report ready!", { stage: "upload" });
    return { url, records: 1, size: body.byteLength };
  },
  processorDeps(config),
);
