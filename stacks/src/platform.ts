/// <reference path="../../.sst/platform/config.d.ts" />

/**
 * What a stack is built with: the globals of an `sst.config.ts`, handed over instead of taken, so that any SST app can use these stacks.
 * In `run()`: `{ sst, aws, util: $util, app: $app, root: $cli.paths.root }`.
 */
export interface Platform {
  readonly sst: typeof sst;
  readonly aws: typeof aws;
  readonly util: typeof $util;
  readonly app: { readonly name: string; readonly stage: string };
  /** Folder of the app's `sst.config.ts`. */
  readonly root: string;
}

export type Input<T> = $util.Input<T>;
export type Output<T> = $util.Output<T>;
