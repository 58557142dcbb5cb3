/** The baseline: a WebSocket server that sends back what it gets, and does nothing else. A program of its own. */
import { startRawServer } from "./rawServer.ts";
import { serve } from "./serve.ts";

await serve(() => startRawServer((frame) => frame));
