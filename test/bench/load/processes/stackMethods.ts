/** What the stack's process can be asked. */
export interface StackMethods {
  start(argument: object): Promise<{ readonly url: string; /** Where the workers write what they did. */ readonly ledger: string }>;
  tokens(argument: { readonly count: number; readonly prefix: string }): Promise<readonly string[]>;
  /** Nobody takes from the queue of the asynchronous action, until `releaseWork`. */
  holdWork(argument: object): Promise<void>;
  releaseWork(argument: object): Promise<void>;
  use(argument: { readonly afterCollecting: boolean }): Promise<StackUse>;
  /** Ids of the requests that ran, one for each run. */
  ledger(argument: { readonly path: string }): Promise<readonly string[]>;
}

/** What the stack takes of the machine. Seconds count from the start of its process. */
export interface StackUse {
  /** Of the process with all its sandboxes. */
  readonly rssKb: number;
  /** Of its main thread. */
  readonly heapKb: number;
  readonly cpuSeconds: number;
  /** Of its main thread, in ms. */
  readonly loop: { readonly active: number; readonly idle: number };
  readonly engineRssKb: number;
  readonly engineCpuSeconds: number;
  /** Lines of WARN or ERROR in its log. */
  readonly warnings: number;
}
