import type { FunctionSpec } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { componentName, physicalName } from "./names.ts";
import type { Permission } from "./options.ts";
import { commonPermissions } from "./permissions.ts";
import type { Input } from "./platform.ts";

export interface StreamerFunction {
  readonly spec: FunctionSpec;
  readonly function: sst.aws.Function;
  readonly logGroup: aws.cloudwatch.LogGroup;
}

export interface FunctionNeeds {
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly link: readonly unknown[];
  readonly environment: Readonly<Record<string, Input<string>>>;
}

/** A function of the wiring: traced, with JSON logs in a group of its own, and a role that may do what is named and nothing else. */
export function createFunction(context: StackContext, spec: FunctionSpec, needs: FunctionNeeds): StreamerFunction {
  const { platform, options, settings } = context;
  const extras = options.functions?.[spec.name] ?? {};
  const logGroup = new platform.aws.cloudwatch.LogGroup(componentName(spec.name, "Log"), {
    name: `/aws/lambda/${physicalName(platform.app, spec.name, 100)}`,
    retentionInDays: settings.logRetentionDays,
  });
  const permissions = [...commonPermissions(logGroup.arn, platform), ...needs.permissions, ...(extras.permissions ?? [])];
  const fn = new platform.sst.aws.Function(componentName(spec.name), {
    description: needs.description,
    handler: `${options.functionsDir}/${spec.handler}`,
    runtime: "nodejs24.x",
    architecture: "arm64",
    timeout: `${spec.timeoutMs / 1_000} seconds`,
    memory: spec.memory,
    link: [...needs.link, ...(extras.link ?? [])],
    permissions: permissions.map((one) => ({ ...one })),
    environment: {
      ...needs.environment,
      ...(options.version === undefined ? {} : { STREAMER_VERSION: options.version }),
      POWERTOOLS_LOG_LEVEL: settings.logLevel,
      // A metric of one's own costs $0.30 a month for each function; where nothing watches them there are none.
      POWERTOOLS_METRICS_DISABLED: String(settings.alarms === undefined),
      POWERTOOLS_TRACE_ENABLED: String(options.tracing === "detailed"),
      ...extras.environment,
    },
    logging: { logGroup: logGroup.name, format: "json" },
    ...(options.nodejs === undefined ? {} : { nodejs: options.nodejs }),
    transform: {
      function: (args) => {
        args.tracingConfig = { mode: "Active" };
        // Without a level, Lambda drops what is under INFO from JSON logs; the platform's reports (cold starts) are INFO.
        args.loggingConfig = {
          logFormat: "JSON",
          logGroup: logGroup.name,
          applicationLogLevel: settings.logLevel,
          systemLogLevel: "INFO",
        };
      },
      role: (args) => {
        // SST has every function's role trust the account's root too: whoever may assume roles there would have the function's rights.
        args.assumeRolePolicy = platform.aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
        // AWS's managed policy may write to every log group of the account.
        args.managedPolicyArns = [];
      },
    },
  });
  return { spec, function: fn, logGroup };
}
