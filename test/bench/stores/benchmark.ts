import { startPlainEngine } from "../../support/plainEngine.ts";
import { clientOf } from "../async/dynamodb.ts";
import type { Benchmark, Figure } from "../suite/measurement.ts";
import { measureVerbs } from "../table/measure.ts";
import { createBenchTable } from "./createBenchTable.ts";

/** The verbs of the stores, each beside the one call of the SDK that it is made of. */
export const storesBenchmark: Benchmark = {
  name: "stores",
  title: "The stores' verbs",
  async run({ quick, say }) {
    const times = quick ? 3 : 300;
    const engine = await startPlainEngine();
    const client = clientOf(engine.endpoint);
    const figures: Figure[] = [];
    try {
      const tableName = await createBenchTable(engine.endpoint);
      for await (const { verb, store, sdkCall, sdk } of measureVerbs(client, tableName, times)) {
        say(`  ${verb}`);
        const id = `stores.${verb.replace(/, .*/, "")}`;
        const baseline = (value: number) => ({ what: `${sdkCall} by the SDK`, value });
        figures.push(
          { id: `${id}.p50`, what: `${verb}, p50`, unit: "ms", ours: store.p50Ms, baseline: baseline(sdk.p50Ms) },
          { id: `${id}.p99`, what: `${verb}, p99`, unit: "ms", ours: store.p99Ms, baseline: baseline(sdk.p99Ms) },
        );
      }
    } finally {
      client.destroy();
      await engine.stop();
    }
    const how =
      `Each verb ${times} times, one at a time, in turn with the one call of the SDK that it is made of, on items of a few attributes. ` +
      "The difference is what ElectroDB and our own code add, and what larger items and more indexes take.";
    return { benchmark: "stores", how, figures };
  },
};
