import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "@streamer/protocol";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../../../stack/functionEnv.ts";
import { startLocalStack } from "../../../stack/startLocalStack.ts";
import type { LocalStack } from "../../../stack/startLocalStack.ts";
import { addressesOf, writeStackFile } from "../../stackFile.ts";
import type { StackAddresses } from "../../stackFile.ts";
import type { Finding } from "../finding.ts";
import { examine } from "../run.ts";
import type { DoctorOptions } from "../run.ts";

const BIN = resolve(import.meta.dirname, "../../../../bin/streamer.js");
const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../../../functions");

/** A running local stack with a doctor beside it. */
export interface DoctoredStack {
  readonly stack: LocalStack;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  /** Looks at it, in this process. */
  examine(options?: Partial<DoctorOptions>): Promise<Findings>;
  /** Tells the doctor other addresses than the stack's own; none: its own again. */
  pretend(addresses?: Partial<StackAddresses>): Promise<void>;
  stop(): Promise<void>;
}

export interface Findings {
  readonly all: readonly Finding[];
  /** Names of all that fail. */
  readonly failing: readonly string[];
  readonly of: (name: string) => Finding | undefined;
}

export async function startDoctoredStack(): Promise<DoctoredStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-doctor-"));
  const stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0 });
  const settings = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: stack.dynamodbEndpoint });
  const sqs = new SQSClient({ ...settings, endpoint: stack.sqsEndpoint });
  const pretend = (addresses: Partial<StackAddresses> = {}): Promise<void> =>
    writeStackFile({ ...addressesOf(stack), ...addresses }, process.pid);
  await pretend();
  return {
    stack,
    dynamodb,
    sqs,
    pretend,
    examine: async (options = {}) => findingsOf((await examine({ ...DEFAULTS, dataDir, ...options }, systemClock)).findings),
    async stop() {
      dynamodb.destroy();
      sqs.destroy();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export const DEFAULTS = { dataDir: "", deepTimeout: 30, strict: false, json: false } as const;

export function findingsOf(all: readonly Finding[]): Findings {
  return {
    all,
    failing: all.filter(({ status }) => status === "fail").map(({ name }) => name),
    of: (name) => all.find((finding) => finding.name === name),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `streamer doctor …`, as a shell runs it. */
export async function runDoctorProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [BIN, "doctor", ...args], { env: { PATH, HOME, AWS_EC2_METADATA_DISABLED: "true", ...env } });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => {
      child.once("exit", done);
    }),
  ]);
  return { code, out, err };
}

/** A port of this machine where nobody listens: one that nobody may take, either. */
export const CLOSED = "http://127.0.0.1:1";
