import { compareCells, finiteNumber, isEmpty, numberIn, roundedNumber } from "../cells.ts";
import { createDecimalSum } from "../decimals.ts";
import { BadRowError } from "../rows.ts";
import type { Cell, Row } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";

type Compute = OperationOf<"aggregate">["compute"][number];

/** What is computed of one group. */
export interface Sums {
  /** All or nothing: a row that one of them cannot take is taken by none. @throws {BadRowError} then. */
  add(values: Row["values"]): void;
  /** By the names that the computations have. */
  results(): readonly (readonly [string, Cell])[];
}

interface Sum {
  readonly read: (values: Row["values"]) => Cell | undefined;
  readonly add: (cell: Cell | undefined) => void;
  readonly result: () => Cell;
}

export function createSums(computes: readonly Compute[]): Sums {
  const sums = computes.map((compute) => [compute.as, createSum(compute)] as const);
  return {
    add(values) {
      const cells = sums.map(([, sum]) => sum.read(values));
      for (const [index, [, sum]] of sums.entries()) sum.add(cells[index]);
    },
    results: () => sums.map(([name, sum]) => [name, sum.result()] as const),
  };
}

function createSum(compute: Compute): Sum {
  switch (compute.fn) {
    case "count": {
      let count = 0;
      return { read: () => null, add: () => (count += 1), result: () => count };
    }
    case "sum":
    case "avg": {
      const { column, fn } = compute;
      const sum = createDecimalSum();
      const result = (): Cell => {
        if (fn === "sum") return finiteNumber(sum.value(), "the sum");
        return sum.count === 0 ? null : roundedNumber(sum.value() / sum.count, "the average");
      };
      const add = (cell: Cell | undefined): void => {
        if (typeof cell === "number") sum.add(cell);
      };
      return { read: (values) => numberOrNothing(values.get(column), column), add, result };
    }
    case "min":
    case "max": {
      const { column } = compute;
      const sign = compute.fn === "min" ? 1 : -1;
      let best: Cell = null;
      const add = (cell: Cell | undefined): void => {
        if (!isEmpty(cell) && cell !== undefined && (best === null || sign * compareCells(cell, best) < 0)) best = cell;
      };
      return { read: (values) => values.get(column), add, result: () => best };
    }
  }
}

function numberOrNothing(cell: Cell | undefined, column: string): number | null {
  if (isEmpty(cell)) return null;
  const number = numberIn(cell);
  if (number === undefined) throw new BadRowError("NOT_A_NUMBER", `column "${column}" holds no number, and is added up`);
  return number;
}
