import { ValidationError } from "@streamer/protocol";

/** One value of a row. CSV has texts only: they stay as they are written until an operation makes something else of them. */
export type Cell = string | number | boolean | null;

export interface Row {
  /** Line of the input, from 1: where a CSV row ends, and where a JSON value begins. */
  readonly line: number;
  /** By column, in the columns' order. A map, as a column may be called `__proto__`. */
  readonly values: ReadonlyMap<string, Cell>;
}

/** Rows on their way, some at a time. */
export type Rows = AsyncIterable<readonly Row[]>;

/** Why a row was left out. */
export type BadRowCode =
  | "WRONG_COLUMN_COUNT"
  | "NOT_JSON"
  | "NOT_AN_OBJECT"
  | "NESTED_VALUE"
  | "ROW_TOO_LONG"
  | "TOO_MANY_COLUMNS"
  | "FIELD_TOO_LONG"
  | "NOT_A_NUMBER"
  | "UNKNOWN_COLUMN";

export interface BadRow {
  readonly line: number;
  readonly code: BadRowCode;
  /** For the one who sent the data: it may name a column of theirs. */
  readonly message: string;
}

/** Thrown by what looks at one row: the row is counted and left out, and the work goes on. */
export class BadRowError extends Error {
  override readonly name = "BadRowError";
  readonly code: BadRowCode;

  constructor(code: BadRowCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What each step tells of the rows that it leaves out. */
export type ReportBadRow = (bad: BadRow) => void;

/** Gives what `judge` gives; a row that it finds bad is reported, and `undefined` given. */
export function judged<Result>(line: number, report: ReportBadRow, judge: () => Result): Result | undefined {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof BadRowError)) throw error;
    report({ line, code: error.code, message: error.message });
    return undefined;
  }
}

/** The error of an input that is wrong as a whole. `path` is the field of the payload, and `message` is for the one who sent it. */
export function invalidInput(path: string, message: string): ValidationError {
  return new ValidationError({ details: { issues: [{ path, message }] } });
}
