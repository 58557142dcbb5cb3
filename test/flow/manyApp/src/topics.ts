import { defineTopic } from "@streamer/protocol";
import * as v from "valibot";

const said = v.object({ text: v.string() });

/** Who is in it sees who else is. */
export const room = defineTopic("rooms/*", { event: said, presence: true });
/** For those who may. */
export const staff = defineTopic("staff", { event: said, permissions: ["staff:hear"] });
