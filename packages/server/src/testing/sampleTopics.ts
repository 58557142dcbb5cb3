import { defineTopic } from "@streamer/protocol";
import * as v from "valibot";

const text = v.object({ text: v.string() });

/** Whoever is in a room sees who else is. */
export const room = defineTopic("rooms/*", { event: text, presence: true });
export const news = defineTopic("news", { event: text });
/** A room of its own, that not everybody may enter. */
export const audit = defineTopic("rooms/audit", { event: text, permissions: ["audit:read"], presence: true });
export const sampleTopics = [room, news, audit] as const;
