/** A resource as the program registered it with Pulumi. */
export interface SynthResource {
  readonly type: string;
  readonly name: string;
  /** With every output resolved to a stand-in that looks like AWS's. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string | undefined;
  readonly options: {
    readonly dependsOn: readonly string[];
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
  };
}

/** A function that the program asked the CLI to bundle. */
export interface SynthBuild {
  readonly functionID: string;
  readonly handler: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly links: Readonly<Record<string, unknown>>;
}

/** What a child hands back. */
export interface SynthResult {
  readonly app: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly resources: readonly SynthResource[];
  readonly builds: readonly SynthBuild[];
}

export interface SynthOptions {
  readonly stage: string;
  /** Folder of the app. Default: this repository. */
  readonly root?: string;
  /** The app's configuration, from `root`. Default `sst.config.ts`. */
  readonly config?: string;
  /** What `sst secret set` would have set. Default: a test key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables of `.env`. Default: an issuer. */
  readonly env?: Readonly<Record<string, string>>;
  /** As `sst dev` evaluates it. Default false. */
  readonly dev?: boolean;
}

/** The options of a child: all decided. */
export interface ChildOptions {
  readonly stage: string;
  readonly root: string;
  readonly config: string;
  readonly platform: string;
  readonly dev: boolean;
  readonly out: string;
}

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";
