/**
 * The infrastructure, for any SST app.
 *
 * @module @streamer/stacks
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { createWiring, SWEEPER } from "@streamer/server/wiring";
import type { Settings } from "@streamer/server/wiring";
import { addRoute, createApi } from "./api.ts";
import { createAudit } from "./audit.ts";
import type { StackContext } from "./context.ts";
import { createFunction } from "./functions.ts";
import { createMonitoring } from "./monitoring.ts";
import type { MonitoringStack } from "./monitoring.ts";
import { PREFIX } from "./names.ts";
import { createNotifierStack } from "./notifier.ts";
import type { NotifierStack } from "./notifier.ts";
import type { StreamerOptions } from "./options.ts";
import { connectPermissions, disconnectPermissions, routerPermissions, sweeperPermissions } from "./permissions.ts";
import { createPipe } from "./pipe.ts";
import type { Output, Platform } from "./platform.ts";
import { createProcessorStack } from "./processor.ts";
import type { ProcessorStack } from "./processor.ts";
import { createQueries } from "./queries.ts";
import { createResults } from "./results.ts";
import { createSchedule } from "./schedule.ts";
import { stageSettings } from "./stages.ts";
import { createTable } from "./table.ts";
import { validateWiring } from "./validate.ts";

export type { FunctionExtras, Permission, PermissionCondition, StreamerOptions } from "./options.ts";
export type { Platform } from "./platform.ts";
export { isProduction } from "./stages.ts";

/** What an app can go on with. */
export interface Streamer {
  /** Where clients connect: `wss://…`. */
  readonly url: Output<string>;
  /** Every transition of every request passes here, and all that is published to topics: `bus.subscribe(…)` for rules of your own. */
  readonly bus: sst.aws.Bus;
  readonly table: sst.aws.Dynamo;
  readonly results: sst.aws.Bucket;
  readonly gateway: sst.aws.ApiGatewayWebSocket;
  readonly processors: readonly ProcessorStack[];
  /** What tells the subscribers of topics. */
  readonly notifier: NotifierStack;
  /** Alarms, dashboard and searches for traces; `undefined` on a developer's stage. */
  readonly monitoring: MonitoringStack | undefined;
}

/** In the order that SST looks for a handler's file. */
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/**
 * Streamer on AWS, within an SST app. Call it once, in `run()` of `sst.config.ts`:
 *
 * ```ts
 * const { createStreamer } = await import("@streamer/stacks");
 * const streamer = createStreamer(
 *   { sst, aws, util: $util, app: $app, root: $cli.paths.root },
 *   { actions, functionsDir: "functions", jwtIssuer: "https://login.example.com/" },
 * );
 * ```
 *
 * @throws {RangeError} when an action, its queue or its handler cannot work; the message names it and the fix.
 */
export function createStreamer(platform: Platform, options: StreamerOptions): Streamer {
  const context = createContext(platform, options);
  const { wiring } = context;
  const jwtKey = new platform.sst.Secret(`${PREFIX}JwtKey`);
  const { table, link: tableLink } = createTable(context);
  const { bucket, link: resultsLink } = createResults(context);
  const api = createApi(context);
  const pipe = createPipe(context, table);

  const verifier = {
    STREAMER_JWT_ISSUER: options.jwtIssuer,
    ...list("STREAMER_JWT_AUDIENCE", options.jwtAudiences),
    ...list("STREAMER_JWT_ALGORITHMS", options.jwtAlgorithms),
  };
  const connect = createFunction(context, wiring.routes.$connect, {
    description: "Lets a connection in",
    permissions: connectPermissions(table),
    link: [tableLink, jwtKey],
    environment: { ...verifier, ...list("STREAMER_ALLOWED_ORIGINS", options.allowedOrigins) },
  });
  const disconnect = createFunction(context, wiring.routes.$disconnect, {
    description: "Clears up after a connection",
    permissions: disconnectPermissions(platform, table, pipe.bus.arn),
    link: [tableLink, pipe.link],
    environment: {},
  });
  const router = createFunction(context, wiring.routes.$default, {
    description: "Answers messages",
    permissions: routerPermissions(
      platform,
      table,
      bucket,
      api.postArn,
      pipe.bus.arn,
      wiring.processors.map(({ uploadsPrefix }) => uploadsPrefix),
    ),
    link: [tableLink, resultsLink, api.link, pipe.link, jwtKey],
    environment: verifier,
  });
  addRoute(context, api, "$connect", connect.function);
  addRoute(context, api, "$disconnect", disconnect.function);
  addRoute(context, api, "$default", router.function);

  const parts = {
    table,
    bucket,
    postArn: api.postArn,
    bus: pipe.bus,
    link: [tableLink, resultsLink, api.link, pipe.link],
  };
  const processors = wiring.processors.map((processor) => createProcessorStack(context, processor, parts));
  const notifier = createNotifierStack(context, {
    table,
    postArn: api.postArn,
    bus: pipe.bus,
    link: [tableLink, api.link, pipe.link],
  });
  const sweeper = {
    permissions: sweeperPermissions(platform, { table, busArn: pipe.bus.arn, postArn: api.postArn }),
    link: [tableLink, api.link, pipe.link],
  };
  // A schedule of the app's own reads the table's name and gets its rights by `options.functions`.
  const schedules = wiring.schedules.map((schedule) =>
    createSchedule(context, schedule, schedule.name === SWEEPER ? sweeper : { permissions: [], link: [tableLink] }),
  );
  if (options.auditDataEvents === true) createAudit(context, table, bucket);
  const made = { table, gateway: api.gateway, pipe, connect, disconnect, router, processors, notifier, schedules };
  createQueries(context, made);
  const monitoring = createMonitoring(context, made);
  return { url: api.gateway.url, bus: pipe.bus, table, results: bucket, gateway: api.gateway, processors, notifier, monitoring };
}

/** A setting that holds a list, as the functions read it; none when there is no list. */
function list<Name extends keyof Settings>(name: Name, values: readonly string[] | undefined): Partial<Record<Name, string>> {
  return values === undefined || values.length === 0 ? {} : ({ [name]: values.join(",") } as Partial<Record<Name, string>>);
}

function createContext(platform: Platform, options: StreamerOptions): StackContext {
  if (options.jwtIssuer === "") throw new RangeError(`jwtIssuer is empty. Set it to the "iss" of the tokens that clients bring.`);
  const { asyncThresholdMs, requestTopics } = options;
  const wired = createWiring(options.actions, {
    ...(asyncThresholdMs === undefined ? {} : { asyncThresholdMs }),
    ...(requestTopics === undefined ? {} : { requestTopics }),
  });
  const wiring = options.wiring?.(wired) ?? wired;
  validateWiring(wiring, options.functionsDir, {
    moduleExists: (path) => EXTENSIONS.some((extension) => existsSync(join(platform.root, path + extension))),
  });
  return { platform, options, wiring, settings: stageSettings(platform.app.stage) };
}
