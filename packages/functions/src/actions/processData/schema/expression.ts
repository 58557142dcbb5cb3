import * as v from "valibot";
import { columnName } from "./columnName.ts";

/** How many arguments each function takes. */
const FUNCTIONS = {
  add: [2, 20],
  subtract: [2, 2],
  multiply: [2, 20],
  divide: [2, 2],
  /** The number and how many decimals stay, 0 to 10. */
  round: [2, 2],
  concat: [1, 20],
  coalesce: [1, 20],
  upper: [1, 1],
  lower: [1, 1],
  trim: [1, 1],
  length: [1, 1],
  number: [1, 1],
  text: [1, 1],
} as const satisfies Record<string, readonly [min: number, max: number]>;
export type FunctionName = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as [FunctionName, ...FunctionName[]];

/**
 * What a new value is made of: itself, a column's value, or a function of others. There is nothing else, and nothing of it is ever run as code.
 * Functions of numbers give nothing when one of theirs is empty; `coalesce` gives the first that is not empty.
 */
export type Expression =
  | string
  | number
  | boolean
  | null
  | { readonly column: string }
  | { readonly fn: FunctionName; readonly of: readonly Expression[] };

const inner = v.lazy((): v.GenericSchema<Expression> => expression);

export const expression: v.GenericSchema<Expression> = v.union(
  [
    v.string(),
    v.pipe(v.number(), v.finite()),
    v.boolean(),
    v.null(),
    v.strictObject({ column: columnName }),
    v.pipe(
      v.strictObject({ fn: v.picklist(NAMES), of: v.array(inner) }),
      v.check(
        ({ fn, of }) => of.length >= FUNCTIONS[fn][0] && of.length <= FUNCTIONS[fn][1],
        ({ input: { fn, of } }) => `"${fn}" takes ${arity(fn)} arguments, not ${of.length}`,
      ),
      v.check(({ fn, of }) => fn !== "round" || isDecimals(of[1]), 'the second argument of "round" must be a whole number from 0 to 10'),
    ),
  ],
  `must be a value, { column: "amount" }, or { fn: "multiply", of: […] } with one of the functions ${NAMES.join(", ")} and as many arguments as it takes`,
);

function arity(fn: FunctionName): string {
  const [min, max] = FUNCTIONS[fn];
  return min === max ? String(min) : `${min} to ${max}`;
}

function isDecimals(value: Expression | undefined): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 10;
}
