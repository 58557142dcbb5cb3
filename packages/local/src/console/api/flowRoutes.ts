import * as v from "valibot";
import type { ChaosChange } from "../contract.ts";
import { checked } from "../http/checked.ts";
import { ConsoleProblem } from "../http/consoleProblem.ts";
import type { Route } from "../http/routes.ts";
import type { ConsoleParts } from "./consoleParts.ts";

const chaosChange = v.strictObject(
  {
    on: v.exactOptional(v.boolean("must be true or false")),
    rates: v.exactOptional(v.record(v.string(), v.number("must be a number"), "must be an object of rates")),
  },
  'must be { "on"?, "rates"? }',
) satisfies v.GenericSchema<unknown, ChaosChange>;

/** Figures of the flow, and the faults in it. */
export function flowRoutes({ controls }: Pick<ConsoleParts, "controls">): readonly Route[] {
  return [
    { method: "GET", path: "flow", run: async () => controls.flow() },
    { method: "GET", path: "chaos", run: async () => controls.chaosView() },
    {
      method: "POST",
      path: "chaos",
      async run({ body }) {
        const change = checked(chaosChange, body);
        try {
          return await controls.changeChaos(change);
        } catch (error) {
          if (error instanceof RangeError) throw new ConsoleProblem("INVALID", error.message, { cause: error });
          throw error;
        }
      },
    },
  ];
}
