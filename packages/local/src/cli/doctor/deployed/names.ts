import { createHash } from "node:crypto";

/** A deployed system, as SST knows it. */
export interface Stage {
  readonly app: string;
  readonly stage: string;
}

/**
 * What AWS knows a part by that stacks/ names itself: `<app>-<stage>-<name>`. Too long a one is cut, and ends in a hash of the whole. The
 * same as `physicalName` of stacks/src/names.ts, which is no part of what this package can import.
 */
export function physicalName({ app, stage }: Stage, name: string, maxChars: number): string {
  const whole = `${app}-${stage}-${name}`;
  if (whole.length <= maxChars) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, maxChars - hash.length - 1)}-${hash}`;
}

/** Of the one Pipe. */
export function pipeName(stage: Stage): string {
  return physicalName(stage, "requests", 64);
}

/** SST makes up the functions' own names; their log groups have ours. */
export function logGroupOf(stage: Stage, functionName: string): string {
  return `/aws/lambda/${physicalName(stage, functionName, 100)}`;
}

/** The last part of an ARN: the name of a table, bus, queue or function. */
export function nameOfArn(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}
