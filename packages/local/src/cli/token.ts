import { loadSigningKey } from "../keys/signingKey.ts";

export interface TokenOptions {
  readonly user: string;
  readonly tenant: string;
  readonly permissions: string;
  readonly expiresIn: string;
  readonly dataDir: string;
  readonly json: boolean;
}

/** Prints a token, alone on a line. */
export async function runToken(options: TokenOptions): Promise<void> {
  const key = await loadSigningKey(options.dataDir);
  const permissions = parsePermissions(options.permissions);
  const token = await key.mint({ user: options.user, tenant: options.tenant, permissions, expiresIn: options.expiresIn });
  process.stdout.write(options.json ? `${JSON.stringify({ token })}\n` : `${token}\n`);
}

/** @param list separated by commas. */
export function parsePermissions(list: string): readonly string[] {
  return list
    .split(",")
    .map((permission) => permission.trim())
    .filter((permission) => permission !== "");
}
