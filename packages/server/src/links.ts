/**
 * What the functions learn from the deployment, by SST links: `Resource.<name>` at run time. The local stack supplies the same through
 * `SST_RESOURCES_JSON`. Names of the links are the keys.
 */
export interface Links {
  readonly App: { readonly name: string; readonly stage: string };
  readonly StreamerTable: { readonly name: string };
  /** Bucket of results and uploads. */
  readonly StreamerResults: { readonly name: string };
  readonly StreamerApi: {
    /** Base URL of the @connections API, from the API itself: a custom domain's name would not work. */
    readonly managementEndpoint: string;
  };
  /** The bus that carries the transitions of requests. */
  readonly StreamerBus: { readonly name: string };
  /** A secret: the RSA public key as PEM (SPKI), or the URL of a JWKS. */
  readonly StreamerJwtKey: { readonly value: string };
}

/** Plain settings, by environment variable (S-227). Never a key or a secret. */
export interface Settings {
  /** Who must have issued the tokens: the `iss` claim. */
  readonly STREAMER_JWT_ISSUER: string;
  /** Whom tokens must be meant for: the `aud` claim must name one of these, separated by commas. Not set: `aud` is not looked at. */
  readonly STREAMER_JWT_AUDIENCE?: string;
  /** How tokens may be signed, separated by commas: public-key signatures only. Not set: RS256. */
  readonly STREAMER_JWT_ALGORITHMS?: string;
  /** Set on `$connect` only: origins whose pages may connect, separated by commas, such as `https://app.example.com`. Not set: any. */
  readonly STREAMER_ALLOWED_ORIGINS?: string;
  /** Set on processors only: the URL of the queue that feeds them. */
  readonly STREAMER_QUEUE_URL?: string;
}
