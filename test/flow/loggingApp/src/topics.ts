import { defineTopic } from "@streamer/protocol";
import * as v from "valibot";

export const room = defineTopic("rooms/*", { event: v.object({ text: v.string() }) });
