import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@streamer/server";
import { differencesOf, readShape } from "../../../engine/tableShape.ts";
import { fail, ok, warn } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";

export interface TableTarget {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** What to do, which differs between a laptop and a stage. */
export interface TableAdvice {
  readonly unreachable: string;
  readonly missing: string;
  readonly otherShape: string;
  readonly turnOn: string;
}

/** The table, its stream, its TTL and its point-in-time recovery: one finding each. */
export function tableCheck(target: () => Promise<TableTarget>, advice: TableAdvice): Check {
  return {
    name: "table",
    advice: advice.unreachable,
    async run() {
      const { client, tableName } = await target();
      const shape = await readShape(client, tableName);
      if (shape === undefined) return fail("table", `there is no table ${tableName}`, advice.missing);
      const findings: Finding[] = [];
      // The stream has a finding of its own.
      const differences = differencesOf(tableDefinition, { ...shape, stream: tableDefinition.stream });
      if (differences.length > 0) findings.push(fail("table", `${tableName}: ${differences.join("; ")}`, advice.otherShape));
      else if (shape.status === "ACTIVE") findings.push(ok("table", `${tableName} is active, its keys and indexes as defined`));
      else findings.push(warn("table", `${tableName} is ${shape.status}`, "Wait until it is ACTIVE, and look again."));

      const { stream, ttlAttribute } = tableDefinition;
      if (shape.stream === stream) findings.push(ok("stream", `on, ${stream}`));
      else
        findings.push(
          fail("stream", `${shape.stream ?? "off"}, and should be ${stream}: no request is started`, advice.otherShape, "pipe"),
        );

      if (shape.ttl === ttlAttribute) findings.push(ok("ttl", `on, by ${ttlAttribute}`));
      else findings.push(warn("ttl", `${shape.ttl ?? "off"}, and should be by ${ttlAttribute}: nothing is ever deleted`, advice.turnOn));

      // Engines on one machine have no such thing.
      if (shape.pointInTimeRecovery === "on") findings.push(ok("recovery", "point-in-time recovery is on"));
      if (shape.pointInTimeRecovery === "off") {
        findings.push(warn("recovery", "point-in-time recovery is off: what is deleted by mistake stays deleted", advice.turnOn));
      }
      return findings;
    },
  };
}
