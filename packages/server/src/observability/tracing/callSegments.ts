import { failSubsegment } from "./failSubsegment.ts";
import type { SdkClient } from "./sdkClient.ts";
import type { Subsegment } from "./subsegment.ts";

/** What of a call is read here. @see https://github.com/aws/aws-sdk-js-v3/tree/main/packages/middleware-stack */
interface Call {
  readonly input: Readonly<Record<string, unknown>>;
  readonly request: { readonly headers: Record<string, string> };
}

interface CallResult {
  readonly response: { readonly statusCode?: number };
  readonly output: { readonly $metadata?: ResponseMetadata };
}

interface ResponseMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

interface CallContext {
  readonly clientName?: string;
  readonly commandName?: string;
}

type Next = (call: Call) => Promise<CallResult>;

/** The segment that is open, whose child a call becomes. `undefined`: the call is not recorded. */
type Parent = { addNewSubsegment(name: string): Subsegment } | undefined;

const TRACE_HEADER = "X-Amzn-Trace-Id";
/** Inputs that name a resource, and by which name X-Ray shows it. No other input is recorded: they hold keys and contents. */
const RESOURCES = { TableName: "table_name", Bucket: "bucket_name", QueueUrl: "queue_url" };

/** A middleware of the SDK that records each call as a segment: which operation of which service, on what resource, how it ended. */
export function callSegments(config: SdkClient["config"], takeParent: () => Parent) {
  return (next: Next, context: CallContext): Next =>
    async (call) => {
      const parent = takeParent();
      if (parent === undefined) return next(call);
      const subsegment = parent.addNewSubsegment((context.clientName ?? "AWS").replace(/Client$/, ""));
      subsegment.addAttribute("namespace", "aws");
      const operation = (context.commandName ?? "").replace(/Command$/, "");
      const described = { operation, region: await config.region(), ...resourcesOf(call.input) };
      // What the service does with it is recorded under this call; EventBridge hands it to the queue and the function behind.
      call.request.headers[TRACE_HEADER] = traceHeader(subsegment);
      try {
        const result = await next(call);
        // A URL that is signed goes through the same steps, and calls nothing.
        if (result.response.statusCode === undefined) subsegment.notTraced = true;
        describe(subsegment, described, result.output.$metadata);
        return result;
      } catch (error) {
        describe(subsegment, described, (error as { $metadata?: ResponseMetadata } | undefined)?.$metadata);
        failSubsegment(subsegment, error);
        throw error;
      } finally {
        subsegment.close();
      }
    };
}

function describe(subsegment: Subsegment, described: Readonly<Record<string, string>>, metadata: ResponseMetadata = {}): void {
  const { httpStatusCode: status, requestId, attempts } = metadata;
  subsegment.addAttribute("aws", {
    ...described,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    retries: Math.max(0, (attempts ?? 1) - 1),
  });
  if (status !== undefined) subsegment.addAttribute("http", { response: { status } });
}

function resourcesOf(input: Call["input"]): Readonly<Record<string, string>> {
  const named = Object.entries(RESOURCES).map(([key, name]) => [name, input[key]] as const);
  return Object.fromEntries(named.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function traceHeader({ id, segment, notTraced }: Subsegment): string {
  const sampled = notTraced || Reflect.get(segment, "notTraced") === true ? "0" : "1";
  return `Root=${segment.trace_id};Parent=${id};Sampled=${sampled}`;
}
