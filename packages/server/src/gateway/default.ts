import type { Router } from "../router/createRouter.ts";
import type { RouteHandler } from "./webSocketEvent.ts";

/**
 * Passes a frame to the router. The answer goes back as the route's own response, which costs no call. Always 200: any other status, and
 * any throw, would reach the client as a frame of the gateway's that names neither the request nor the cause.
 */
export function createDefaultHandler(router: Router): RouteHandler {
  return async (event) => {
    const body = await router.route(event.requestContext.connectionId, event.body ?? "");
    return { statusCode: 200, body };
  };
}
