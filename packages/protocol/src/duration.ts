type Unit = "millisecond" | "milliseconds" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours" | "day" | "days";

/** A span of time as people write it: `"5 seconds"`, `"1 minute"`, `"0.5 hours"`. */
export type Duration = `${number} ${Unit}`;

const UNIT_MS: Record<string, number> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Milliseconds of a duration.
 *
 * @throws {RangeError} when the text is not a non-negative number and a unit. The compiler refuses most such texts already.
 */
export function durationMs(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?) (millisecond|second|minute|hour|day)s?$/.exec(duration);
  const unitMs = UNIT_MS[match?.[2] ?? ""];
  if (!match || unitMs === undefined) {
    throw new RangeError(`"${duration}" is not a duration. Write a number and a unit, such as "5 seconds" or "1 minute".`);
  }
  return Number(match[1]) * unitMs;
}
