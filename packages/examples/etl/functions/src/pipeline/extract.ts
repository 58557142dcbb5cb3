const HEADER = "order_id,date,customer,amount";

/** A row of the file, as it stands there. */
export interface Record {
  /** From 1, the header included: where an editor shows it. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is wrong with a file as a whole. */
export interface FileProblem {
  readonly line: number;
  readonly problem: string;
}

/** The rows of a file of orders. Its cells hold no commas, so none is quoted; `process_data` of Streamer reads all of CSV. */
export function extract(text: string): { readonly records: readonly Record[] } | FileProblem {
  const [header = "", ...lines] = text.split(/\r?\n/);
  if (header.trim() !== HEADER) return { line: 1, problem: `the header is "${header.trim().slice(0, 80)}", not "${HEADER}"` };
  const records = lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [{ line: index + 2, cells: line.split(",").map((cell) => cell.trim()) }],
  );
  return { records };
}
