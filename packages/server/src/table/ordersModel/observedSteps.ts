import type { ManagementApi } from "../../connection/managementApi.ts";
import type { TableConfig } from "../entities/model.ts";

/** What is really done for a request, in the words of the model, in order. */
export interface ObservedSteps {
  readonly steps: readonly string[];
  clear(): void;
  /** The same API, its posts observed too. */
  posting<Api extends ManagementApi>(api: Api): Api;
}

interface CallInput {
  readonly Key?: Readonly<Record<string, unknown>>;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly ConsistentRead?: boolean;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/** Of the calls to a request's own partition; `stale` where a read is not strongly consistent. */
const NAMES: Readonly<Record<string, string>> = {
  "PutItem update": "put update",
  "PutItem subscription": "put subscription",
  "UpdateItem request": "write status",
  "Query subscription consistent": "read watchers",
  "Query update consistent": "read updates",
  "GetItem request": "authorise",
  "GetItem request consistent": "read status",
};

/** Observes from here on: everything that any store made from this configuration sends. */
export function observeSteps({ client }: TableConfig): ObservedSteps {
  const steps: string[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = nameOf(String(context["commandName"]).replace(/Command$/, ""), args.input as CallInput);
      if (name !== undefined) steps.push(name);
      return next(args);
    },
    { step: "initialize", name: "observedSteps" },
  );
  return {
    steps,
    clear: () => void steps.splice(0),
    posting: (api) => ({
      ...api,
      post: (connectionId, data, signal) => {
        steps.push("post");
        return api.post(connectionId, data, signal);
      },
    }),
  };
}

/** `undefined`: not of a request's own items, such as a connection's record. */
function nameOf(command: string, { Key, Item, ConsistentRead, ExpressionAttributeValues = {} }: CallInput): string | undefined {
  const { pk, sk } = Key ?? Item ?? {};
  const texts = pk === undefined ? Object.values(ExpressionAttributeValues).map(textOf) : [textOf(pk), textOf(sk)];
  if (!texts.some((text) => text.startsWith("request#"))) return undefined;
  const part = texts.find((text) => /^(update|subscription)\b/.test(text)) ?? "request";
  const call = `${command} ${part.split("#")[0] ?? part}${ConsistentRead === true ? " consistent" : ""}`;
  return NAMES[call] ?? call;
}

/** The stores send documents, and the client may see them already marshalled. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null && "S" in value ? String(value.S) : "";
}
