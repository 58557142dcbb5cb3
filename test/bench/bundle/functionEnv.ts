import type { Links, Settings } from "@streamer/server";

/** Nothing is called while a function loads: any value will do, but each must be there. */
export function functionEnv(): Readonly<Record<string, string>> {
  const links: Links = {
    App: { name: "streamer", stage: "bundle" },
    StreamerTable: { name: "streamer-bundle" },
    StreamerResults: { name: "streamer-bundle-results" },
    StreamerApi: { managementEndpoint: "https://api.example.com" },
    StreamerBus: { name: "streamer-bundle-bus" },
    StreamerJwtKey: { value: "https://login.example.com/.well-known/jwks.json" },
  };
  const settings: Settings = {
    STREAMER_JWT_ISSUER: "https://login.example.com/",
    STREAMER_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
  };
  return {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "none",
    AWS_SECRET_ACCESS_KEY: "none",
    // As Lambda sets it: libraries ask for it.
    AWS_LAMBDA_FUNCTION_NAME: "bundle",
    SST_RESOURCES_JSON: JSON.stringify(links),
    ...settings,
  };
}
