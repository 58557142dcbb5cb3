import type { RouteKey } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { PREFIX } from "./names.ts";
import type { Output } from "./platform.ts";

export interface ApiStack {
  readonly gateway: sst.aws.ApiGatewayWebSocket;
  /** `Resource.StreamerApi`: where clients connect, and where functions push. No rights. */
  readonly link: sst.Linkable<{ url: $util.Output<string>; managementEndpoint: $util.Output<string> }>;
  /** Posting to connections of this API's stage: the one thing functions do with them. */
  readonly postArn: Output<string>;
}

/** SST deploys one stage of this name, which puts no path into URLs. */
export const API_STAGE = "$default";

export function createApi({ platform, options, settings }: StackContext): ApiStack {
  const { sst, util } = platform;
  const gateway = new sst.aws.ApiGatewayWebSocket(`${PREFIX}Gateway`, {
    accessLog: { retention: settings.accessLogRetention },
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    transform: {
      stage: (args) => {
        args.defaultRouteSettings = {
          throttlingRateLimit: settings.throttle.requestsPerSecond,
          throttlingBurstLimit: settings.throttle.burst,
          detailedMetricsEnabled: true,
          // Never with data: frames hold payloads, and the query of `$connect` may hold a token.
          loggingLevel: "ERROR",
          dataTraceEnabled: false,
        };
      },
    },
  });
  const { url, managementEndpoint } = gateway;
  return {
    gateway,
    link: new sst.Linkable(`${PREFIX}Api`, { properties: { url, managementEndpoint } }),
    postArn: util.interpolate`${gateway.nodes.api.executionArn}/${API_STAGE}/POST/@connections/*`,
  };
}

/** Connects a route to its function. `$default` answers: what the function returns goes back on the socket. */
export function addRoute({ platform }: StackContext, api: ApiStack, routeKey: RouteKey, fn: sst.aws.Function): void {
  const answers = routeKey === "$default";
  const route = api.gateway.route(
    routeKey,
    fn.arn,
    answers ? { transform: { route: { routeResponseSelectionExpression: "$default" } } } : {},
  );
  if (!answers) return;
  new platform.aws.apigatewayv2.RouteResponse(`${PREFIX}DefaultRouteResponse`, {
    apiId: api.gateway.nodes.api.id,
    routeId: route.nodes.route.id,
    routeResponseKey: "$default",
  });
}
