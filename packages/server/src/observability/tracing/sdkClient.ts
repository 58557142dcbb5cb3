/** A client of the AWS SDK, as far as its calls are recorded: the clients' own types differ by their commands. */
export interface SdkClient {
  readonly middlewareStack: { add(middleware: never, options: never): void };
  readonly config: { readonly region: () => Promise<string> };
}

/** What is done to each client when it is made. Default where it is taken: nothing. */
export type CaptureClient = <Client extends SdkClient>(client: Client) => Client;
