import { appendFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { attributesOf, callFunction } from "../../synth/mocks.ts";
import { loadPulumi, plain } from "../../synth/pulumi.ts";
import { REGION } from "../../synth/resources.ts";

export interface PreviewOptions {
  /** The program, as the CLI has bundled it. */
  readonly main: string;
  readonly app: string;
  readonly stage: string;
  /** The CLI reads what happens from this file. */
  readonly eventLog: string;
  readonly platform: string;
  /** Where the registered resources go, as JSON: `PreviewResource[]`. */
  readonly out: string;
}

/** A resource of the program, as far as bundles matter. */
export interface PreviewResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Evaluates the program as a deploy would: every value is known, so every function is bundled. Ends with the process. */
export function preview(options: PreviewOptions): void {
  process.on("unhandledRejection", (error) => fail(options.eventLog, error));
  process.on("uncaughtException", (error) => fail(options.eventLog, error));
  void run(options).catch((error: unknown) => fail(options.eventLog, error));
}

async function run({ main, app, stage, eventLog, platform, out }: PreviewOptions): Promise<void> {
  const { pulumi } = loadPulumi(platform);
  const resources: PreviewResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, custom }) => {
        const given = plain(inputs) as Record<string, unknown>;
        resources.push({ type, name, inputs: given });
        if (custom !== true && !type.includes("/")) return { id: undefined, state: given };
        return { id: id !== undefined && id !== "" ? id : `${name}-id`, state: { ...given, ...attributesOf(type, name, given) } };
      },
      call: ({ token, inputs }) => callFunction(token, plain(inputs) as Record<string, unknown>),
    },
    app,
    stage,
    false,
    "organization",
  );
  pulumi.runtime.setAllConfig({ "aws:region": REGION });
  await pulumi.runtime.runInPulumiStack(async () => ((await import(pathToFileURL(main).href)) as { default: unknown }).default);

  // SST makes functions after waiting for the CLI to bundle them: the program has finished when nothing is left to wait for.
  process.once("beforeExit", () => {
    writeFileSync(out, JSON.stringify(resources));
    report(eventLog, {
      summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges: { create: resources.length }, policyPacks: {} },
    });
  });
}

function fail(eventLog: string, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report(eventLog, { diagnosticEvent: { urn: "", message, color: "never", severity: "error" } });
  process.exit(1);
}

/** One line of Pulumi's event log, at once: the process may be about to end. */
function report(eventLog: string, event: object): void {
  appendFileSync(eventLog, `${JSON.stringify({ sequence: 0, timestamp: Math.floor(Date.now() / 1_000), ...event })}\n`);
}
