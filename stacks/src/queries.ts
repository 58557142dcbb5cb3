import type { QueriedService, StoredQuery } from "@streamer/server/wiring";
import { QUERIES } from "@streamer/server/wiring";
import { inChunks } from "./chunks.ts";
import type { StackContext } from "./context.ts";
import { pascalCase, PREFIX } from "./names.ts";
import { functionsByTask } from "./parts.ts";
import type { Parts } from "./parts.ts";
import type { Output } from "./platform.ts";

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_LOG_GROUPS_OF_A_QUERY = 50;

/**
 * Stores the queries of Logs Insights, with the logs that each reads: `<app>/<stage>/streamer/<name>` (S-210). They cost nothing until they
 * are run. Where there are more logs than a query may read, it stands there several times: `<name>-2` reads the next fifty.
 */
export function createQueries({ platform }: StackContext, parts: Parts): void {
  const { aws, app } = platform;
  for (const stored of QUERIES) {
    for (const [index, logGroupNames] of inChunks(logGroupsOf(stored, parts), MAX_LOG_GROUPS_OF_A_QUERY).entries()) {
      const part = index === 0 ? "" : `-${index + 1}`;
      new aws.cloudwatch.QueryDefinition(`${PREFIX}${pascalCase(stored.name.replaceAll("-", "_"))}Query${part}`, {
        name: `${app.name}/${app.stage}/streamer/${stored.name}${part}`,
        queryString: stored.query,
        logGroupNames: [...logGroupNames],
      });
    }
  }
}

function logGroupsOf({ functions, services = [] }: StoredQuery, parts: Parts): Output<string>[] {
  const byTask = functionsByTask(parts);
  const read = functions.flatMap((task) => (task === "all" ? Object.values(byTask).flat() : byTask[task]));
  return [...read, ...services.map((service) => ({ logGroup: logOf(service, parts) }))].map(({ logGroup }) => logGroup.name);
}

function logOf(service: QueriedService, { gateway, pipe }: Parts): aws.cloudwatch.LogGroup {
  return service === "gateway" ? gateway.nodes.logGroup : pipe.logGroup;
}
