import { createHash } from "node:crypto";
import type { Platform } from "./platform.ts";

/** All that belongs to Streamer in an app begins with this. */
export const PREFIX = "Streamer";

/** `"generate_report"` → `"GenerateReport"`: SST's components take letters and digits only. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The logical name of a part: `componentName("generate_report", "Queue")` → `"StreamerGenerateReportQueue"`. */
export function componentName(name: string, suffix = ""): string {
  return `${PREFIX}${pascalCase(name)}${suffix}`;
}

/**
 * The name AWS knows a part by, when SST does not make one: `<app>-<stage>-<name>`. Too long a one is cut, and ends in a hash of the whole.
 *
 * @param maxChars at least 20.
 */
export function physicalName(app: Platform["app"], name: string, maxChars: number): string {
  const whole = `${app.name}-${app.stage}-${name}`;
  if (whole.length <= maxChars) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, maxChars - hash.length - 1)}-${hash}`;
}
