/** A number as it is written: `mantissa` × 10^−`scale`. Adding and multiplying these leaves no dust, as people who count money expect. */
interface Decimal {
  readonly mantissa: bigint;
  readonly scale: number;
}

/** @param number must be finite. */
function decimalOf(number: number): Decimal {
  const [digits = "0", exponent = "0"] = number.toExponential().split("e");
  const point = digits.indexOf(".");
  const decimals = point === -1 ? 0 : digits.length - point - 1;
  return { mantissa: BigInt(digits.replace(".", "")), scale: decimals - Number(exponent) };
}

/** The double that is nearest; ±Infinity beyond them all. */
function toNumber({ mantissa, scale }: Decimal): number {
  return Number(`${mantissa}e${-scale}`);
}

function mantissaAt({ mantissa, scale }: Decimal, wanted: number): bigint {
  return mantissa * 10n ** BigInt(wanted - scale);
}

function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { mantissa: mantissaAt(a, scale) + mantissaAt(b, scale), scale };
}

export function addNumbers(a: number, b: number): number {
  return toNumber(add(decimalOf(a), decimalOf(b)));
}

export function multiplyNumbers(a: number, b: number): number {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  return toNumber({ mantissa: left.mantissa * right.mantissa, scale: left.scale + right.scale });
}

/** Adds up any count of numbers without losing any of their digits on the way. */
export interface DecimalSum {
  add(number: number): void;
  /** How many were added. */
  readonly count: number;
  /** ±Infinity when no double is as large. */
  value(): number;
}

export function createDecimalSum(): DecimalSum {
  let sum: Decimal = { mantissa: 0n, scale: 0 };
  let count = 0;
  return {
    add(number) {
      sum = add(sum, decimalOf(number));
      count += 1;
    },
    get count() {
      return count;
    },
    value: () => toNumber(sum),
  };
}
