/** What `sst shell` tells of its stage, of the links that stacks/ makes. */
export interface ShellLinks {
  readonly app: string | undefined;
  readonly stage: string | undefined;
  readonly url: string | undefined;
  /** A secret: never printed. */
  readonly jwtKey: string | undefined;
}

/** From the environment of a process that `sst shell` started; nothing in any other. */
export function shellLinks(env: Readonly<Record<string, string | undefined>>): ShellLinks {
  const app = link(env["SST_RESOURCE_App"]);
  return {
    app: app("name"),
    stage: app("stage"),
    url: link(env["SST_RESOURCE_StreamerApi"])("url"),
    jwtKey: link(env["SST_RESOURCE_StreamerJwtKey"])("value"),
  };
}

function link(text: string | undefined): (property: string) => string | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text ?? "null");
  } catch {
    // Not SST's: as if it were not there.
  }
  return (property) => {
    const value = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[property] : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
}
