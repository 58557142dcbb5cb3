import { ACCOUNT, REGION } from "./resources.ts";

/** What AWS would say of a resource it made: only what programs read. ARNs look like AWS's, so that policies can be read. */

type Inputs = Readonly<Record<string, unknown>>;
type Attributes = Record<string, unknown>;

const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const invokeArn = (functionArn: string): string =>
  `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

const computed: Readonly<Record<string, (name: string, inputs: Inputs) => Attributes>> = {
  "aws:dynamodb/table:Table": (name, inputs) => ({
    arn: arn("dynamodb", `table/${name}`),
    streamArn: inputs["streamEnabled"] === true ? arn("dynamodb", `table/${name}/stream/2026-01-01T00:00:00.000`) : undefined,
  }),
  "aws:s3/bucket:Bucket": (name) => ({ bucket: name, arn: `arn:aws:s3:::${name}`, bucketDomainName: `${name}.s3.amazonaws.com` }),
  "aws:sqs/queue:Queue": (name) => ({ arn: arn("sqs", name), url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` }),
  "aws:sns/topic:Topic": (name) => ({ arn: arn("sns", name) }),
  "aws:kms/key:Key": (name) => ({ arn: arn("kms", `key/${name}`), keyId: name }),
  "aws:cloudwatch/eventBus:EventBus": (name) => ({ arn: arn("events", `event-bus/${name}`) }),
  "aws:cloudwatch/eventRule:EventRule": (name, inputs) => ({ arn: arn("events", `rule/${String(inputs["eventBusName"])}/${name}`) }),
  "aws:cloudwatch/logGroup:LogGroup": (name) => ({ arn: arn("logs", `log-group:${name}`) }),
  "aws:iam/role:Role": (name) => ({ arn: `arn:aws:iam::${ACCOUNT}:role/${name}` }),
  "aws:lambda/function:Function": (name, inputs) => {
    const functionArn = arn("lambda", `function:${name}`);
    return {
      arn: functionArn,
      qualifiedArn: `${functionArn}:1`,
      invokeArn: invokeArn(functionArn),
      qualifiedInvokeArn: invokeArn(`${functionArn}:1`),
      publish: inputs["publish"] === true,
    };
  },
  "aws:apigatewayv2/api:Api": (name) => ({
    arn: `arn:aws:apigateway:${REGION}::/apis/${name}`,
    executionArn: arn("execute-api", "api1234567"),
    apiEndpoint: `wss://api1234567.execute-api.${REGION}.amazonaws.com`,
  }),
  // An account where API Gateway may write logs already: SST leaves its setting alone.
  "aws:apigateway/account:Account": () => ({ cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/gateway-logs` }),
  "aws:pipes/pipe:Pipe": (name) => ({ arn: arn("pipes", `pipe/${name}`) }),
  "aws:scheduler/schedule:Schedule": (name) => ({ arn: arn("scheduler", `schedule/default/${name}`) }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: Buffer.alloc(32).toString("base64"), hex: "00".repeat(32) }),
};

/** The attributes of a new resource beside its inputs. */
export function attributesOf(type: string, logicalName: string, inputs: Inputs): Attributes {
  const name = physicalName(inputs, logicalName);
  const [, service = "unknown"] = /^[^:]+:([^/:]+)/.exec(type) ?? [];
  return { name, arn: arn(service, name), ...computed[type]?.(name, inputs) };
}

function physicalName(inputs: Inputs, logicalName: string): string {
  const given = inputs["name"] ?? inputs["bucket"];
  return typeof given === "string" ? given : logicalName;
}

interface PolicyStatement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly { readonly test: string; readonly variable: string; readonly values: readonly string[] }[];
}

/** The provider's functions that programs call. */
const functions: Readonly<Record<string, (inputs: Inputs) => Attributes>> = {
  "aws:index/getRegion:getRegion": () => ({ region: REGION, name: REGION, id: REGION }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/test`, id: ACCOUNT }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (inputs) => {
    const statements = (inputs["statements"] ?? []) as readonly PolicyStatement[];
    const json = JSON.stringify({ Version: "2012-10-17", Statement: statements.map(rendered) });
    return { id: "document", json, minifiedJson: json, statements: statements.length === 0 ? undefined : statements };
  },
};

/** @throws for a function that has no stand-in: an evaluation must not go on with a made-up answer. */
export function callFunction(token: string, inputs: Inputs): Attributes {
  const stand = functions[token];
  if (stand === undefined) throw new Error(`The program calls ${token}, which has no stand-in. Add one to test/infra/synth/mocks.ts.`);
  return stand(inputs);
}

function rendered(statement: PolicyStatement): object {
  const conditions: Record<string, Record<string, readonly string[]>> = {};
  for (const { test, variable, values } of statement.conditions ?? []) conditions[test] = { ...conditions[test], [variable]: values };
  return {
    ...(statement.sid === undefined ? {} : { Sid: statement.sid }),
    Effect: statement.effect ?? "Allow",
    ...(statement.principals === undefined
      ? {}
      : { Principal: Object.fromEntries(statement.principals.map(({ type, identifiers }) => [type, identifiers])) }),
    ...(statement.actions === undefined ? {} : { Action: statement.actions }),
    ...(statement.resources === undefined ? {} : { Resource: statement.resources }),
    ...(statement.conditions === undefined || statement.conditions.length === 0 ? {} : { Condition: conditions }),
  };
}
