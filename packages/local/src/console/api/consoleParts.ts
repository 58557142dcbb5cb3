import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "@streamer/protocol";
import type { ManagementApi, TableConfig, Wiring } from "@streamer/server";
import type { StackControls } from "../../hops/index.ts";
import type { SigningKey } from "../../keys/signingKey.ts";
import type { App } from "../../stack/app.ts";

/** The running stack, as the console's API needs it. */
export interface ConsoleParts {
  /** As it is now: another object after a reload that changed its actions. */
  readonly app: App;
  /** As it is now. */
  readonly wiring: Wiring;
  readonly version: string;
  readonly stage: string;
  readonly websocketUrl: string;
  readonly dataDir: string;
  readonly key: SigningKey;
  readonly table: TableConfig;
  readonly managementApi: ManagementApi;
  readonly sqs: SQSClient;
  /** Where objects of the bucket of results are: `http://127.0.0.1:…/<bucket>`. */
  readonly bucketUrl: string;
  readonly controls: StackControls;
  /** How many records the Pipe has given up in this run. */
  readonly pipeDeadLetters: () => number;
  readonly clock: Clock;
}
