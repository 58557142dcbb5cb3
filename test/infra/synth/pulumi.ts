import { createRequire } from "node:module";
import { join } from "node:path";

/** The few parts of Pulumi's SDK that an evaluation needs; the SDK itself comes with SST's platform. */

type Inputs = Readonly<Record<string, unknown>>;

/** A message of Pulumi's protocol (google-protobuf). */
interface RegisterResourceRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Inputs } | undefined;
  getDependenciesList(): string[];
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
}
type Callback = (error: unknown, response: unknown) => void;

export interface MockMonitorClass {
  readonly prototype: { registerResource(this: unknown, request: RegisterResourceRequest, callback: Callback): Promise<void> };
}

export interface Pulumi {
  readonly runtime: {
    setMocks(
      mocks: {
        newResource(args: { type: string; name: string; inputs: Inputs; id?: string; custom?: boolean }): {
          id: string | undefined;
          state: object;
        };
        call(args: { token: string; inputs: Inputs }): object;
      },
      project: string,
      stack: string,
      preview: boolean,
      organization: string,
    ): Promise<void>;
    setAllConfig(config: Record<string, string>): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<Inputs | undefined>;
  };
}

export function loadPulumi(platform: string): { readonly pulumi: Pulumi; readonly MockMonitor: MockMonitorClass } {
  const load = createRequire(join(platform, "package.json"));
  return {
    pulumi: load("@pulumi/pulumi") as Pulumi,
    ...(load("@pulumi/pulumi/runtime/mocks") as { MockMonitor: MockMonitorClass }),
  };
}

/** The mark of a value that is not plain data, and those of secrets and outputs among them. @see Pulumi's runtime/rpc.ts */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A value of the protocol as plain data: secrets and outputs by their value, assets by their path. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Inputs;
  if (record[SIGNATURE] !== undefined && "value" in record) return plain(record["value"]);
  if (record["__pulumiAsset"] === true || record["__pulumiArchive"] === true) return { asset: record["path"] ?? "inline" };
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, plain(item)]));
}
