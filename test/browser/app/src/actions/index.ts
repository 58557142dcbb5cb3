import { defineActions } from "@streamer/protocol";
import { actions as shipped } from "@streamer/functions/actions";

/** What the console page asks for. */
export const actions: Pick<typeof shipped, "generateReport"> = defineActions({ generateReport: shipped.generateReport });
