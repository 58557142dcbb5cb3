import * as v from "valibot";

/** Names of rooms: small letters, digits and dashes. */
export const roomName = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/));

/** A message, as it is stored, told to the room and answered. */
export const message = v.object({
  /** Who sent it and the id of the request: the same message sent twice is one. */
  id: v.string(),
  room: roomName,
  /** The user of the token. */
  from: v.string(),
  text: v.string(),
  /** Unix milliseconds, by the server's clock. */
  sent_at: v.number(),
});

export type Message = v.InferOutput<typeof message>;
