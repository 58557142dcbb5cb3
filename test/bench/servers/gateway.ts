/** The local gateway alone: API Gateway's rules, and a function in the same process that gives back what it gets. A program of its own. */
import { randomBytes } from "node:crypto";
import { systemClock } from "@streamer/protocol";
import type * as GatewayModule from "../../../packages/local/src/gateway/gateway.ts";
import { serve } from "./serve.ts";

// A part of the local stack that its package does not give out: loaded where it is.
const path = new URL("../../../packages/local/src/gateway/gateway.ts", import.meta.url).href;
const { startGateway } = (await import(path)) as typeof GatewayModule;

const ok = async (): Promise<unknown> => ({ statusCode: 200 });

await serve(async () => {
  const gateway = await startGateway({
    routes: {
      $connect: ok,
      $disconnect: ok,
      $default: async (event) => ({ statusCode: 200, body: (event as { readonly body: string }).body }),
    },
    port: 0,
    clock: systemClock,
    newId: () => randomBytes(12).toString("base64url"),
    logger: { warn: (message) => console.error(message), error: (message) => console.error(message) },
  });
  return { url: gateway.websocketUrl, connections: () => gateway.connectionCount, stop: () => gateway.close() };
});
