import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import type { Actions, Clock } from "@streamer/protocol";
import { SWEEPER, createManagementApi, createRequestStore, createWiring } from "@streamer/server";
import type { RouteKey, Wiring } from "@streamer/server";
import { createRecordedMetrics } from "../metrics/recordedMetrics.ts";
import type { RecordedMetric } from "../metrics/recordedMetrics.ts";
import { createStackFaults } from "../chaos/stackFaults.ts";
import type { Chaos, ChaosOptions } from "../chaos/types.ts";
import { ownVersion } from "../console/ownVersion.ts";
import { createConsole } from "../console/createConsole.ts";
import type { Console } from "../console/createConsole.ts";
import { createTable } from "../engine/createTable.ts";
import { lockDataDir } from "../engine/dataDirLock.ts";
import { startEngine } from "../engine/engine.ts";
import { createTtlExpirer } from "../engine/ttlExpirer.ts";
import { startGateway } from "../gateway/gateway.ts";
import { errorName } from "../gateway/tasks.ts";
import type { Gateway } from "../gateway/types.ts";
import { loadSigningKey, LOCAL_ISSUER } from "../keys/signingKey.ts";
import type { SigningKey } from "../keys/signingKey.ts";
import { createHops, createStackControls, watchStack } from "../hops/index.ts";
import type { StackControls } from "../hops/index.ts";
import { startStorage } from "../storage/storage.ts";
import { startWatching } from "../watch/startWatching.ts";
import type { Reloads } from "../watch/types.ts";
import { loadApp } from "./app.ts";
import { startAsyncPath } from "./asyncPath.ts";
import type { AsyncParts } from "./asyncPath.ts";
import { functionEnv, LOCAL_BUS, LOCAL_CREDENTIALS, LOCAL_REGION, queueUrlAt } from "./functionEnv.ts";
import type { LocalEndpoints } from "./functionEnv.ts";
import { createFunctions } from "./functions.ts";
import { createInvocations } from "./invocations.ts";
import { createStackLogger, parseFunctionLog } from "./logging.ts";
import type { LogSink } from "./logging.ts";
import { checkDataVersion } from "./dataVersion.ts";
import { createEarlySweep } from "./earlySweep.ts";
import { recoverWork } from "./recoverWork.ts";
import { stackStatus } from "./status.ts";
import type { StackStatus } from "./status.ts";
import { createTeardown } from "./teardown.ts";

/** What a local stack runs, where it keeps its data, and what it is to do otherwise than AWS. */
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
  /** Faults, chosen by a seed, from the start. Default: none until `changeChaos` asks for them. The stack itself starts in any case. */
  readonly chaos?: ChaosOptions | undefined;
  /** Where an X-Ray daemon listens for segments, `127.0.0.1:2000`: functions are traced in detail. Default: they are not. */
  readonly xrayDaemonAddress?: string | undefined;
  /** Whether functions whose sources change are reloaded while it runs. Default: they are not. */
  readonly reload?: boolean | undefined;
  readonly clock?: Clock;
  readonly log?: LogSink;
}

/** A running system. */
export interface LocalStack extends LocalEndpoints, StackControls {
  readonly websocketUrl: string;
  readonly managementEndpoint: string;
  readonly consoleUrl: string;
  readonly tableName: string;
  readonly dataDir: string;
  /** Requests that were open when an earlier run ended, and go on now. */
  readonly recovered: number;
  readonly key: SigningKey;
  /** What the page is told beside what happens to requests, its token, and its build ahead of the first who opens it. */
  readonly console: Pick<Console, "publish" | "preparePage" | "token">;
  /** What moves work by itself: each can be stopped and started alone. */
  readonly parts: AsyncParts;
  /** How the parts are, as `/status.json` beside the console tells. */
  status(): StackStatus;
  /** What the functions measured since the stack started: the metrics they wrote, and the platform's reports of their invocations. */
  metrics(): readonly RecordedMetric[];
  /** What became of changed sources; `undefined` when nobody watches them. */
  readonly reloads: Reloads | undefined;
  /** Sandboxes of a function, now: those that run, and those that wait for its next event. */
  sandboxesOf(functionName: string): number;
  /** `undefined` when none was asked for at the start; `changeChaos` and `chaosView` are there in any case. */
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
/** Until somebody wakes it: the same seed in every run, so that what it does then can be done again. */
const SLEEPING_CHAOS: ChaosOptions = { seed: 1, asleep: true };

/** Starts all of it: the engines, the app's functions, what connects them. Nothing is left running when it throws. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataDir, clock = systemClock, log = () => {} } = options;
  const logger = (source: string) => createStackLogger(source, log);
  const metrics = createRecordedMetrics();
  const teardown = createTeardown();
  const failed = Promise.withResolvers<Error>();
  const faults = createStackFaults(options.chaos ?? SLEEPING_CHAOS, { clock, logger: logger("chaos") });
  const hops = createHops({ clock });
  const watch = watchStack(hops, clock);

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
    const wiringOf = (actions: Actions): Wiring => {
      const wired = createWiring(actions);
      return options.wiring?.(wired) ?? wired;
    };
    const wiring = wiringOf(app.actions);
    // What a reload makes of the two. What is the same for all actions stays as it is.
    let current = { app, wiring };
    await mkdir(dataDir, { recursive: true });
    await checkDataVersion(dataDir);
    const key = await loadSigningKey(dataDir);

    const codeDir = join(dataDir, "functions");
    const bundledAt = clock.now();
    // The longest step by far, and it waits for nothing: begun first, awaited where it is needed.
    const bundling = createFunctions({
      wiring,
      functionsDir: options.functionsDir,
      // Beside those of reloads.
      outDir: join(codeDir, "0"),
      clock,
      logger: logger("lambda"),
      onLog(name, text) {
        const line = parseFunctionLog(name, text);
        metrics.record(name, line.fields);
        log(line);
      },
      faultsOf: faults.sandbox,
    });
    // When a start is refused, as for a folder that is in use, it must not go on writing there.
    const bundled = bundling.then(
      () => undefined,
      () => undefined,
    );
    teardown.add({ stop: () => bundled });

    const engine = await startOrUseEngine(options.dynamodbEndpoint);
    const storage = teardown.add(await startStorage({ dataDir }));
    await storage.createBucket(BUCKET_NAME);

    const dynamodb = new DynamoDBClient({ endpoint: engine.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    teardown.add({ stop: async () => dynamodb.destroy() });
    const { streamArn } = await createTable(dynamodb, TABLE_NAME, wiring.table);
    await app.seed?.(dynamodb, TABLE_NAME);

    teardown.add({ stop: () => faults.close() });
    const functions = teardown.add(await bundling);
    const invocations = createInvocations((name, event, onRunning) => functions.invoke(name, event, onRunning), clock);

    const route = (routeKey: RouteKey) => (event: unknown) => invocations.invoke(wiring.routes[routeKey].name, event);
    let gateway: Gateway | undefined;
    const started = Promise.withResolvers<() => StackStatus>();
    const console = teardown.add(
      createConsole({
        status: async () => (await started.promise)(),
        onError: (error, call) => logger("console").error("a call of the console failed", { ...call, error: errorName(error) }),
      }),
    );
    gateway = await startGateway({
      routes: {
        $connect: watch.gateway.connect(route("$connect")),
        $disconnect: watch.gateway.disconnect(route("$disconnect")),
        $default: watch.gateway.message(route("$default")),
      },
      stage: STAGE,
      port: options.port,
      clock,
      newId: () => randomBytes(12).toString("base64url"),
      fallback: console.listener,
      logger: logger("gateway"),
      faults: faults.gateway,
      observer: watch.gateway,
    });
    const { managementEndpoint, websocketUrl, port } = gateway;

    const asyncPath = await startAsyncPath({
      wiring,
      dataDir,
      streamArn,
      dynamodbEndpoint: engine.endpoint,
      storage,
      invoke: (name, event, onRunning) => invocations.invoke(name, event, onRunning),
      clock,
      logger,
      faults,
      watch,
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
    const envFor = (calledEndpoints: LocalEndpoints) => (name: string) => {
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
    };
    // Only now is everything known that the functions are told.
    functions.setEnv(envFor(options.chaos === undefined ? endpoints : await faults.inFrontOf(endpoints)));
    let exposed: Promise<void> | undefined;
    const exposeFunctions = (): Promise<void> =>
      (exposed ??=
        options.chaos === undefined ? faults.inFrontOf(endpoints).then((hurt) => functions.renewEnv(envFor(hurt))) : Promise.resolve());

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
    teardown.add(faults);
    asyncPath.start();
    const startedAt = clock.now();
    const status = (): StackStatus =>
      stackStatus({ wiring: current.wiring, parts: asyncPath.parts, invocations, publicKey: key.publicKey, startedAt, clock });
    started.resolve(status);
    await functions.warm([wiring.routes.$connect.name, wiring.routes.$default.name]).catch((error: unknown) => {
      // A sandbox that was made to crash at its start is no reason not to begin: the next one may live.
      if (options.chaos === undefined) throw error;
    });

    const early = createEarlySweep({
      requests: createRequestStore({ client: dynamodb, tableName: TABLE_NAME }, clock),
      sweep: () => functions.invoke(SWEEPER, {}),
      clock,
      logger: logger("schedule"),
    });
    teardown.add(early);
    const controls = createStackControls({
      hops,
      work: watch.work,
      gateway,
      asyncPath,
      chaos: faults.chaos,
      exposeFunctions,
      onWorkerKilled: (ref) =>
        void early.afterLeaseOf(ref).catch((error: unknown) => logger("schedule").warn("No early sweep.", { error: String(error) })),
    });
    const managementApi = createManagementApi({
      endpoint: managementEndpoint,
      client: { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS },
    });
    teardown.add({ stop: async () => managementApi.close() });
    console.start({
      get app() {
        return current.app;
      },
      get wiring() {
        return current.wiring;
      },
      version: ownVersion(),
      stage: STAGE,
      websocketUrl,
      dataDir,
      key,
      table: { client: dynamodb, tableName: TABLE_NAME },
      managementApi,
      sqs: asyncPath.sqs,
      bucketUrl: `${storage.s3Endpoint}/${BUCKET_NAME}`,
      controls,
      pipeDeadLetters: () => asyncPath.parts.pipe.stats.deadLettered,
      clock,
    });
    const reloads =
      options.reload === true
        ? teardown.add(
            await startWatching({
              functionsDir: options.functionsDir,
              codeDir,
              bundledAt,
              wiring,
              wiringOf,
              functions,
              asyncPath,
              clock,
              logger: logger("reload"),
              onDefinitions: (actions, running) => (current = { app: { ...app, actions }, wiring: running }),
            }),
          )
        : undefined;
    reloads?.subscribe(({ functions: names, error }) =>
      console.publish({ type: "reloaded", functions: names, ...(error !== undefined && { error }) }),
    );

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
      reloads,
      sandboxesOf: (name) => functions.sandboxesOf(name),
      chaos: options.chaos && faults.chaos,
      ...controls,
      console,
      failed: failed.promise,
      stop: () => teardown.run(),
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
