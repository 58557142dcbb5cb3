import type { Actions } from "@streamer/protocol";
import type { Wiring } from "@streamer/server/wiring";
import type { Input } from "./platform.ts";

/** What the app around Streamer decides. */
export interface StreamerOptions {
  /** The app's actions, from `defineActions`. */
  readonly actions: Actions;
  /** Folder, from the app's root, of the functions: `src/{connect,disconnect,router,notifier,sweeper}.ts`, `src/actions/<key>/processor.ts`. */
  readonly functionsDir: string;
  /** The `iss` that tokens must carry. Their key is the secret `StreamerJwtKey`: `sst secret set StreamerJwtKey …`, a PEM or a JWKS URL. */
  readonly jwtIssuer: string;
  /** The `aud` claim of tokens must name one of these. Default: `aud` is not looked at. */
  readonly jwtAudiences?: readonly string[];
  /** How tokens may be signed: public-key signatures only. Default RS256. */
  readonly jwtAlgorithms?: readonly string[];
  /** Origins whose pages may connect, such as `https://app.example.com`. Default: any. Clients that are no browsers send none and may. */
  readonly allowedOrigins?: readonly string[];
  /** Shown by the health action. Default: not told. */
  readonly version?: string;
  /** Actions expected to take longer get a processor. Default 5 seconds; the router must be given the same. */
  readonly asyncThresholdMs?: number;
  /**
   * Whether transitions of requests are told to the topics `requests` and `tenant:requests`. Default true; the router must be given the
   * same. Each transition is a message of the notifier's queue, whether or not anybody listens: packages/docs/costs.md says what that comes to.
   */
  readonly requestTopics?: boolean;
  /**
   * How much X-Ray is told. `active`: each invocation, by Lambda itself. `detailed`: also each step of ours and each call of AWS, with the
   * annotations that traces are searched by; it costs the start of a function some 30 ms and each `await` of it some 2 µs (ADR 21). One
   * function may differ: `functions: { process_x: { environment: { POWERTOOLS_TRACE_ENABLED: "false" } } }`. Default `active`.
   */
  readonly tracing?: "active" | "detailed";
  /** The last word on the wiring. Default: as it is. */
  readonly wiring?: (wiring: Wiring) => Wiring;
  /** What functions need beyond Streamer's own, by the function's name in the wiring (`router`, `process_<action>` …). */
  readonly functions?: Readonly<Record<string, FunctionExtras>>;
  /** How SST bundles the functions: its `nodejs` setting. */
  readonly nodejs?: sst.aws.FunctionArgs["nodejs"];
  /** A domain of your own for the API, as `sst.aws.ApiGatewayWebSocket` takes it. */
  readonly domain?: sst.aws.ApiGatewayWebSocketArgs["domain"];
  /** Who is written to when an alarm goes off. Each must confirm once. Default: nobody; subscribe to the topic yourself. */
  readonly alarmEmails?: readonly string[];
  /**
   * Where the runbooks are, which alarms and the dashboard point to: the folder's URL, such as
   * `https://github.com/example/app/blob/main/docs/runbooks`. Default: the path in Streamer's repository, `packages/docs/runbooks`.
   */
  readonly runbooksUrl?: string;
  /** The account's limit of concurrent executions, for the alarm at 80 % of it (S-207). Default 1,000, AWS's own. */
  readonly concurrencyLimit?: number;
  /** Origins whose pages may download results and upload payloads. Default: any; the URL is the permission. */
  readonly downloadOrigins?: readonly string[];
  /** Record each access to the table and the bucket in CloudTrail (S-188). Costs by the access. Default false. */
  readonly auditDataEvents?: boolean;
}

/** What a function of the app may have beside what Streamer gives it. */
export interface FunctionExtras {
  readonly link?: readonly unknown[];
  readonly permissions?: readonly Permission[];
  readonly environment?: Readonly<Record<string, Input<string>>>;
}

/** A statement of a function's policy. */
export interface Permission {
  readonly actions: string[];
  readonly resources: Input<string>[];
  /** All of them must be met. Default: none. */
  readonly conditions?: PermissionCondition[];
}

/** What a call must be like for a statement to permit it, in the words of a policy. */
export interface PermissionCondition {
  /** IAM's operator, such as `StringEquals`. */
  readonly test: string;
  /** What is looked at, such as `events:detail-type`. */
  readonly variable: string;
  /** One of these it must be. */
  readonly values: Input<string>[];
}
