import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { createRequestStore, createWiring } from "@streamer/server";
import type { RouteKey, Wiring } from "@streamer/server";
import { createRecordedMetrics } from "../metrics/recordedMetrics.ts";
import type { RecordedMetric } from "../metrics/recordedMetrics.ts";
import { createStackFaults } from "../chaos/stackFaults.ts";
import type { Chaos, ChaosOptions } from "../chaos/types.ts";
import { createConsoleServer } from "../console/consoleServer.ts";
import { createTable } from "../engine/createTable.ts";
import { lockDataDir } from "../engine/dataDirLock.ts";
import { startEngine } from "../engine/engine.ts";
import { createTtlExpirer } from "../engine/ttlExpirer.ts";
import { startGateway } from "../gateway/gateway.ts";
import type { Gateway } from "../gateway/types.ts";
import { loadSigningKey, LOCAL_ISSUER } from "../keys/signingKey.ts";
import type { SigningKey } from "../keys/signingKey.ts";
import { startStorage } from "../storage/storage.ts";
import { loadApp } from "./app.ts";
import { startAsyncPath } from "./asyncPath.ts";
import type { AsyncParts } from "./asyncPath.ts";
import { functionEnv, LOCAL_BUS, LOCAL_CREDENTIALS, LOCAL_REGION, queueUrlAt } from "./functionEnv.ts";
import type { LocalEndpoints } from "./functionEnv.ts";
import { createFunctions } from "./functions.ts";
import { createInvocations } from "./invocations.ts";
import { createStackLogger, parseFunctionLog } from "./logging.ts";
import type { LogSink } from "./logging.ts";
import { recoverWork } from "./recoverWork.ts";
import { stackStatus } from "./status.ts";
import type { StackStatus } from "./status.ts";
import { createTeardown } from "./teardown.ts";

export interface LocalStackOptions {
  /** Folder of the app's functions. */
  readonly functionsDir: string;
  /** Tables, files, keys, checkpoints. One stack at a time may use it. */
  readonly dataDir: string;
  /** Of the WebSocket API, the management API and the console. 0 takes any free one. */
  readonly port: number;
  /** Another DynamoDB in place of the built-in engine: its table is made when it is not there. */
  readonly dynamodbEndpoint?: string | undefined;
  /** The last word on the wiring. Default: as it is. */
  readonly wiring?: ((wiring: Wiring) => Wiring) | undefined;
  /** Faults, chosen by a seed. Default: none. The stack itself starts in any case. */
  readonly chaos?: ChaosOptions | undefined;
  /** Where an X-Ray daemon listens for segments, `127.0.0.1:2000`: functions are traced in detail. Default: they are not. */
  readonly xrayDaemonAddress?: string | undefined;
  readonly clock?: Clock;
  readonly log?: LogSink;
}

/** A running system. */
export interface LocalStack extends LocalEndpoints {
  readonly websocketUrl: string;
  readonly managementEndpoint: string;
  readonly consoleUrl: string;
  readonly tableName: string;
  readonly dataDir: string;
  /** Requests that were open when an earlier run ended, and go on now. */
  readonly recovered: number;
  readonly key: SigningKey;
  /** What moves work by itself: each can be stopped and started alone. */
  readonly parts: AsyncParts;
  /** How the parts are, as `/status.json` beside the console tells. */
  status(): StackStatus;
  /** What the functions measured since the stack started: the metrics they wrote, and the platform's reports of their invocations. */
  metrics(): readonly RecordedMetric[];
  /** `undefined` when none was asked for. */
  readonly chaos: Chaos | undefined;
  /** Settles when the stack cannot go on by itself, such as when its engine died. */
  readonly failed: Promise<Error>;
  /** Ends everything that was started, in order. What was running goes on at the next start. */
  stop(): Promise<void>;
}

const STAGE = "local";
const TABLE_NAME = "streamer-local";
const BUCKET_NAME = "streamer-results";
const TTL_SWEEP_MS = 60_000;

/** Starts all of it: the engines, the app's functions, what connects them. Nothing is left running when it throws. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataDir, clock = systemClock, log = () => {} } = options;
  const logger = (source: string) => createStackLogger(source, log);
  const metrics = createRecordedMetrics();
  const teardown = createTeardown();
  const failed = Promise.withResolvers<Error>();
  const faults = options.chaos && createStackFaults(options.chaos, { clock, logger: logger("chaos") });

  /** The built-in engine locks the data directory itself. With another one there are still files, keys and checkpoints in it. */
  const startOrUseEngine = async (endpoint: string | undefined): Promise<{ readonly endpoint: string }> => {
    if (endpoint === undefined)
      return teardown.add(await startEngine({ dataDir, clock, logger: logger("engine"), onExit: failed.resolve }));
    const lock = await lockDataDir(dataDir, { clock });
    teardown.add({ stop: async () => lock.release() });
    return { endpoint };
  };

  try {
    const app = await loadApp(options.functionsDir);
    const wired = createWiring(app.actions);
    const wiring = options.wiring?.(wired) ?? wired;
    await mkdir(dataDir, { recursive: true });
    const key = await loadSigningKey(dataDir);

    // The longest step by far, and it waits for nothing: begun first, awaited where it is needed.
    const bundling = createFunctions({
      wiring,
      functionsDir: options.functionsDir,
      outDir: join(dataDir, "functions"),
      clock,
      logger: logger("lambda"),
      onLog(name, text) {
        const line = parseFunctionLog(name, text);
        metrics.record(name, line.fields);
        log(line);
      },
      faultsOf: faults?.sandbox,
    });
    bundling.catch(() => undefined);

    const engine = await startOrUseEngine(options.dynamodbEndpoint);
    const storage = teardown.add(await startStorage({ dataDir }));
    await storage.createBucket(BUCKET_NAME);

    const dynamodb = new DynamoDBClient({ endpoint: engine.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    teardown.add({ stop: async () => dynamodb.destroy() });
    const { streamArn } = await createTable(dynamodb, TABLE_NAME, wiring.table);
    await app.seed?.(dynamodb, TABLE_NAME);

    if (faults !== undefined) teardown.add({ stop: () => faults.close() });
    const functions = teardown.add(await bundling);
    const invocations = createInvocations((name, event) => functions.invoke(name, event), clock);

    const route = (routeKey: RouteKey) => (event: unknown) => invocations.invoke(wiring.routes[routeKey].name, event);
    let gateway: Gateway | undefined;
    const started = Promise.withResolvers<() => StackStatus>();
    const console = createConsoleServer({
      key,
      websocketUrl: () => gateway?.websocketUrl ?? "",
      status: async () => (await started.promise)(),
    });
    gateway = await startGateway({
      routes: { $connect: route("$connect"), $disconnect: route("$disconnect"), $default: route("$default") },
      stage: STAGE,
      port: options.port,
      clock,
      newId: () => randomBytes(12).toString("base64url"),
      fallback: console,
      logger: logger("gateway"),
      faults: faults?.gateway,
    });
    const { managementEndpoint, websocketUrl, port } = gateway;

    const asyncPath = await startAsyncPath({
      wiring,
      dataDir,
      streamArn,
      dynamodbEndpoint: engine.endpoint,
      storage,
      invoke: (name, event) => invocations.invoke(name, event),
      clock,
      logger,
      faults,
    });
    const endpoints: LocalEndpoints = {
      dynamodbEndpoint: engine.endpoint,
      sqsEndpoint: storage.sqsEndpoint,
      s3Endpoint: storage.s3Endpoint,
      eventsEndpoint: asyncPath.eventsEndpoint,
      xrayDaemonAddress: options.xrayDaemonAddress,
    };
    const links = {
      App: { name: "streamer", stage: STAGE },
      StreamerTable: { name: TABLE_NAME },
      StreamerResults: { name: BUCKET_NAME },
      StreamerApi: { managementEndpoint },
      StreamerBus: { name: LOCAL_BUS },
      StreamerJwtKey: { value: key.publicKey },
    };
    const calledEndpoints = (await faults?.inFrontOf(endpoints)) ?? endpoints;
    // Only now is everything known that the functions are told.
    functions.setEnv((name) => {
      const queueUrl = asyncPath.queueUrlOf(name);
      return functionEnv(
        name,
        links,
        {
          STREAMER_JWT_ISSUER: LOCAL_ISSUER,
          ...(queueUrl === undefined ? {} : { STREAMER_QUEUE_URL: queueUrlAt(calledEndpoints.sqsEndpoint, queueUrl) }),
        },
        calledEndpoints,
      );
    });

    const recovered = await recoverWork({
      requests: createRequestStore({ client: dynamodb, tableName: TABLE_NAME }, clock),
      sqs: asyncPath.sqs,
      queueUrls: asyncPath.queueUrls,
      soleOwner: options.dynamodbEndpoint === undefined,
    });
    const expirer = createTtlExpirer({
      client: dynamodb,
      tableName: TABLE_NAME,
      table: wiring.table,
      clock,
      everyMs: TTL_SWEEP_MS,
      logger: logger("ttl"),
    });
    expirer.start();
    teardown.add(expirer);
    // Ended in the opposite order: first nobody comes in, then nothing is picked up, then what runs is cut.
    teardown.add(asyncPath);
    teardown.add({ stop: () => gateway.close() });
    // Before all that: nothing is hurt any more, and what was held back goes on.
    if (faults !== undefined) teardown.add(faults);
    asyncPath.start();
    const startedAt = clock.now();
    const status = (): StackStatus =>
      stackStatus({ wiring, parts: asyncPath.parts, invocations, publicKey: key.publicKey, startedAt, clock });
    started.resolve(status);
    await functions.warm([wiring.routes.$connect.name, wiring.routes.$default.name]).catch((error: unknown) => {
      // A sandbox that was made to crash at its start is no reason not to begin: the next one may live.
      if (faults === undefined) throw error;
    });

    return {
      ...endpoints,
      websocketUrl,
      managementEndpoint,
      consoleUrl: `http://127.0.0.1:${port}/`,
      tableName: TABLE_NAME,
      dataDir,
      recovered,
      key,
      parts: asyncPath.parts,
      status,
      metrics: () => metrics.snapshot(),
      chaos: faults?.chaos,
      failed: failed.promise,
      stop: () => teardown.run(),
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
