/** How many objects a value holds, itself counted, and how many are in each other. It stops looking where a value is out of any bounds. */
export function partsOf(value: unknown): { readonly count: number; readonly nesting: number } {
  let count = 0;
  let nesting = 0;
  let level = [value].filter(isObject);
  while (level.length > 0 && nesting < STOP && count < STOP) {
    nesting += level.some((one) => !Array.isArray(one)) ? 1 : 0;
    count += level.filter((one) => !Array.isArray(one)).length;
    level = level.flatMap((one) => Object.values(one)).filter(isObject);
  }
  return { count, nesting };
}

const STOP = 1_000;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
