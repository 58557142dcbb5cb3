import type { AlarmStage } from "@streamer/server/wiring";

/** What differs between a developer's stage, staging and production (S-228 to S-230). */
export interface StageSettings {
  readonly logLevel: "DEBUG" | "INFO";
  readonly logRetentionDays: number;
  /** API Gateway's access log, in SST's words; as long as the others. */
  readonly accessLogRetention: "1 week" | "1 month" | "3 months";
  /** What a Pipe says in its log; never the records themselves. */
  readonly pipeLogLevel: "INFO" | "ERROR";
  /** Whose thresholds the alarms have; `undefined`: no alarms and no dashboard. */
  readonly alarms: AlarmStage | undefined;
  /** Nothing of a user's is deleted with the stage, or by mistake. */
  readonly keepData: boolean;
  /** Of all routes together. The account's 10,000/s are shared with the messages we push. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };
}

const dev: StageSettings = {
  logLevel: "DEBUG",
  logRetentionDays: 7,
  accessLogRetention: "1 week",
  pipeLogLevel: "INFO",
  alarms: undefined,
  keepData: false,
  throttle: { requestsPerSecond: 100, burst: 200 },
};
const staging: StageSettings = {
  logLevel: "INFO",
  logRetentionDays: 30,
  accessLogRetention: "1 month",
  pipeLogLevel: "ERROR",
  alarms: "staging",
  keepData: false,
  throttle: { requestsPerSecond: 1_000, burst: 1_000 },
};
const prod: StageSettings = {
  logLevel: "INFO",
  logRetentionDays: 90,
  accessLogRetention: "3 months",
  pipeLogLevel: "ERROR",
  alarms: "prod",
  keepData: true,
  throttle: { requestsPerSecond: 5_000, burst: 2_500 },
};

/** `prod` and `production` are production, `staging` is staging, any other name is a developer's. */
export function stageSettings(stage: string): StageSettings {
  if (isProduction(stage)) return prod;
  return stage === "staging" ? staging : dev;
}

/** For `sst.config.ts`, which must say before it runs what is kept when a stage is removed. */
export function isProduction(stage: string | undefined): boolean {
  return stage === "prod" || stage === "production";
}
