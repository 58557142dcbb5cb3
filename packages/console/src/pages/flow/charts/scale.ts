export type Scale = (value: number) => number;

/** From one range of numbers to another, in proportion. A range without an extent goes to its beginning. */
export function linearScale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const extent = to - from;
  return (value) => (extent === 0 ? start : start + ((value - from) / extent) * (end - start));
}

/**
 * Marks for an axis from 0 to `max` or more: 0, and steps of 1, 2 or 5 times a power of ten.
 *
 * @param whole whether what is counted comes in ones. @returns three to six marks; two when only ones fit.
 */
export function ticksTo(max: number, { whole = false }: { readonly whole?: boolean } = {}): readonly number[] {
  const wanted = max > 0 && !(whole && max < 1) ? max : 1;
  const power = 10 ** Math.floor(Math.log10(wanted / 2));
  const fitting = [1, 2, 5, 10].map((factor) => factor * power).find((step) => wanted / step <= 5) ?? 10 * power;
  const step = whole ? Math.max(1, fitting) : fitting;
  const count = Math.ceil(wanted / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** A line through the points that there are: `d` of an SVG path. Where a value is missing it breaks; a point alone is one still. */
export function linePath(values: readonly (number | undefined)[], xOf: Scale, yOf: Scale): string {
  return values
    .map((value, index) => {
      if (value === undefined) return "";
      const point = `${round(xOf(index))} ${round(yOf(value))}`;
      if (values[index - 1] !== undefined) return `L${point}`;
      // A line of no length has round ends all the same.
      return values[index + 1] === undefined ? `M${point}h0` : `M${point}`;
    })
    .join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
