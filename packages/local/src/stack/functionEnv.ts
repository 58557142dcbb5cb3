import type { Links, Settings } from "@streamer/server";

/** What the functions on this machine are told in place of a deployment. */
export interface LocalEndpoints {
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  readonly s3Endpoint: string;
  readonly eventsEndpoint: string;
  /** Where X-Ray's daemon listens, `127.0.0.1:2000`. Default: there is none, and functions are not traced. */
  readonly xrayDaemonAddress?: string | undefined;
}

/** A queue's URL at another address of the same SQS: the SDK sends to a queue's URL, whatever the endpoint is set to. */
export function queueUrlAt(sqsEndpoint: string, queueUrl: string): string {
  return new URL(new URL(queueUrl).pathname, sqsEndpoint).href;
}

/** The SDK asks for these; the engines on this machine take any. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };
export const LOCAL_REGION = "us-east-1";
/** The one bus: an entry for another would reach no rule, as on AWS. */
export const LOCAL_BUS = "default";
export const LOCAL_ACCOUNT = "000000000000";

/**
 * The environment of a function: SST's links as SST passes them, and the AWS SDK's own endpoint variables. The code is that of a
 * deployment, to the letter.
 *
 * @param name the function's. It stands in each of its calls, as the session token that temporary credentials have on Lambda too: whoever is
 *   in between knows whose call it is.
 */
export function functionEnv(name: string, links: Links, settings: Settings, endpoints: LocalEndpoints): Readonly<Record<string, string>> {
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: name,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: endpoints.sqsEndpoint,
    AWS_ENDPOINT_URL_S3: endpoints.s3Endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventsEndpoint,
    SST_RESOURCES_JSON: JSON.stringify(links),
    // What the health action answers as its version.
    STREAMER_VERSION: "local",
    ...(endpoints.xrayDaemonAddress === undefined
      ? {}
      : { AWS_XRAY_DAEMON_ADDRESS: endpoints.xrayDaemonAddress, POWERTOOLS_TRACE_ENABLED: "true" }),
    ...settings,
  };
}
