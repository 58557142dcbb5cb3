import type { Clock } from "@streamer/protocol";
import type { Logger } from "../bus/logger.ts";
import type { RuleTarget } from "../bus/eventBus.ts";
import type { GatewayFaults } from "../gateway/faults.ts";
import type { SandboxFaults } from "../lambda/sandbox/faults.ts";
import type { Deliver } from "../pipe/pump.ts";
import type { DeliverMessage } from "../queue/queuePoller.ts";
import type { LocalEndpoints } from "../stack/functionEnv.ts";
import { createChaosEngine } from "./engine.ts";
import { withEventFaults } from "./eventFaults.ts";
import { startFaultyProxy } from "./faultyProxy.ts";
import type { FaultyProxy } from "./faultyProxy.ts";
import { createGatewayFaults } from "./gatewayFaults.ts";
import { createMessageFaults } from "./messageFaults.ts";
import { createRecordFaults } from "./recordFaults.ts";
import { createSandboxFaults } from "./sandboxFaults.ts";
import type { Chaos, ChaosOptions } from "./types.ts";

/** The faults of a local stack, for each seam of it. */
export interface StackFaults {
  readonly chaos: Chaos;
  readonly records: Deliver;
  readonly gateway: GatewayFaults;
  readonly event: (rule: string, target: RuleTarget) => RuleTarget;
  readonly message: (queue: string) => DeliverMessage;
  readonly sandbox: (functionName: string) => SandboxFaults;
  /** Addresses in front of the engines', for the functions to call. The same ones at each call. */
  inFrontOf(endpoints: LocalEndpoints): Promise<LocalEndpoints>;
  /** Calm for good: what is held back goes on at once, and is waited for. The proxies pass on. */
  stop(): Promise<void>;
  /** Ends the proxies: call it when nobody uses them any more. */
  close(): Promise<void>;
}

/** @throws {RangeError} for options out of range. */
export function createStackFaults(options: ChaosOptions, deps: { readonly clock: Clock; readonly logger: Logger }): StackFaults {
  const engine = createChaosEngine(options, deps);
  const records = createRecordFaults(engine);
  const gateway = createGatewayFaults(engine, deps.clock);
  const proxies = new Map<string, Promise<FaultyProxy>>();
  // One for each engine: SQS and S3 are at the same address.
  const proxyOf = async (endpoint: string): Promise<string> => {
    const proxy = proxies.get(endpoint) ?? startFaultyProxy(endpoint, engine);
    proxies.set(endpoint, proxy);
    return (await proxy).endpoint;
  };

  return {
    chaos: engine.chaos,
    // While it sleeps nothing is even looked at: a stack without chaos is not to be slower for it.
    records: (items, send) => (engine.awake ? records(items, send) : send(items)),
    gateway: {
      onPost: async (text, invocationId) => (engine.awake ? gateway.onPost(text, invocationId) : "send"),
      onMessage: (connection, direction, text) => engine.awake && gateway.onMessage(connection, direction, text),
    },
    event(rule, target) {
      const hurt = withEventFaults(rule, target, engine);
      return (event) => (engine.awake ? hurt(event) : target(event));
    },
    message(queue) {
      const hurt = createMessageFaults(queue, engine);
      return (message, ways) => (engine.awake ? hurt(message, ways) : ways.handle());
    },
    sandbox: (functionName) => createSandboxFaults(functionName, engine),
    inFrontOf: async ({ dynamodbEndpoint, sqsEndpoint, s3Endpoint, eventsEndpoint, ...others }) => ({
      ...others,
      dynamodbEndpoint: await proxyOf(dynamodbEndpoint),
      sqsEndpoint: await proxyOf(sqsEndpoint),
      s3Endpoint: await proxyOf(s3Endpoint),
      eventsEndpoint: await proxyOf(eventsEndpoint),
    }),
    stop: () => engine.stop(),
    async close() {
      await Promise.all([...proxies.values()].map(async (proxy) => (await proxy).stop()));
    },
  };
}
