/**
 * What a line of the log is about: its field `operation`. One word for one concept, and no other. Two lines with the same word and the same
 * `correlation_id` belong together.
 */
export const OPERATIONS = {
  connect: "A connection is opened, or refused.",
  disconnect: "A connection has ended, or is ended by the server.",
  message: "A frame is read: what it asks for is not known, or nothing else is said of it.",
  submit: "A request of a long action, or a batch of them, is taken.",
  answer: "A request of a short action is answered.",
  upload: "A place for a large payload is asked for.",
  subscribe: "A request or a batch is watched, or is not watched any longer.",
  cancel: "The end of a request or a batch is asked for.",
  authenticate: "A connection gets a fresh token.",
  topic: "A topic is subscribed to, or is not any longer.",
  send: "A message is posted to a connection.",
  claim: "A worker takes a message of its queue, and the request with it.",
  process: "The work of an attempt runs.",
  step: "Something that is done once over all attempts is remembered.",
  progress: "Progress is stored.",
  chunk: "A piece of output is stored.",
  lease: "A worker holds its request.",
  settle: "A request ends.",
  retry: "An attempt ends, and another follows.",
  sweep: "Requests whose event or worker was lost are looked for.",
  notify: "Subscribers of a topic are told.",
  publish: "An event of a topic is put on the bus.",
  measure: "Metrics, traces and counts are written down.",
} as const;

/** A word of `OPERATIONS`. */
export type Operation = keyof typeof OPERATIONS;
