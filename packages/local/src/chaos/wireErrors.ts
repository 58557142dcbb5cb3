import type { ServerResponse } from "node:http";

/** The AWS services that functions call by the SDK, beside the management API. */
export type CalledService = "dynamodb" | "sqs" | "s3" | "events";

/** An error as it goes over the wire: SDK clients throw it under its name. */
export interface WireError {
  readonly statusCode: number;
  readonly name: string;
  readonly message: string;
}

/**
 * What each service says when it is called too often. Of several, one is chosen by chance.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const THROTTLED: Readonly<Record<CalledService, readonly [WireError, ...WireError[]]>> = {
  dynamodb: [
    { statusCode: 400, name: "ProvisionedThroughputExceededException", message: "The level of configured throughput was exceeded." },
    { statusCode: 400, name: "ThrottlingException", message: "Rate of requests exceeds the allowed throughput." },
  ],
  sqs: [{ statusCode: 400, name: "ThrottlingException", message: "Rate exceeded." }],
  s3: [{ statusCode: 503, name: "SlowDown", message: "Please reduce your request rate." }],
  events: [{ statusCode: 400, name: "ThrottlingException", message: "Rate exceeded." }],
};

/** What each service says when it failed for a reason of its own. */
export const FAILED: Readonly<Record<CalledService, WireError>> = {
  dynamodb: { statusCode: 500, name: "InternalServerError", message: "Internal server error." },
  sqs: { statusCode: 500, name: "InternalError", message: "Internal error." },
  s3: { statusCode: 500, name: "InternalError", message: "We encountered an internal error. Please try again." },
  events: { statusCode: 500, name: "InternalException", message: "Internal error." },
};

/** Answers in the service's own protocol: XML for S3, JSON for the others. */
export function respondWithWireError(response: ServerResponse, service: CalledService, error: WireError): void {
  const { statusCode, name, message } = error;
  if (service === "s3") {
    response.writeHead(statusCode, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${name}</Code><Message>${message}</Message></Error>`);
    return;
  }
  response.writeHead(statusCode, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": name });
  response.end(JSON.stringify({ __type: name, message }));
}
