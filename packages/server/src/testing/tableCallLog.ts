import type { TableConfig } from "../table/entities/model.ts";

/** Writes down what is really asked of the table, in the words of the design's cost table: `Query gsi3`, `GetItem consistent`. */
export interface TableCallLog {
  readonly calls: readonly string[];
  clear(): void;
}

interface CallInput {
  readonly IndexName?: string;
  readonly ConsistentRead?: boolean;
  readonly Select?: string;
  /** A batch of reads says it for each table. */
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

/** Counts from here on: everything that any store made from this configuration sends. */
export function logTableCalls({ client }: TableConfig): TableCallLog {
  const calls: string[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as CallInput;
      const parts = [
        String(context["commandName"]).replace(/Command$/, ""),
        ...(input.IndexName === undefined ? [] : [input.IndexName]),
        ...([input, ...Object.values(input.RequestItems ?? {})].some(({ ConsistentRead }) => ConsistentRead === true)
          ? ["consistent"]
          : []),
        ...(input.Select === "COUNT" ? ["count"] : []),
      ];
      calls.push(parts.join(" "));
      return next(args);
    },
    { step: "initialize", name: "tableCallLog" },
  );
  return { calls, clear: () => void calls.splice(0) };
}
