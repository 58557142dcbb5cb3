import { loadSigningKey } from "../keys/signingKey.ts";

export interface TokenOptions {
  readonly user: string;
  readonly tenant: string;
  readonly permissions: string;
  readonly expiresIn: string;
  readonly dataDir: string;
}

/** Prints a token, alone on a line. */
export async function runToken(options: TokenOptions): Promise<void> {
  const key = await loadSigningKey(options.dataDir);
  const permissions = options.permissions
    .split(",")
    .map((permission) => permission.trim())
    .filter((permission) => permission !== "");
  const token = await key.mint({ user: options.user, tenant: options.tenant, permissions, expiresIn: options.expiresIn });
  process.stdout.write(`${token}\n`);
}
