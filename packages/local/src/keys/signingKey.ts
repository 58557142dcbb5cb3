import { createPublicKey } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportPKCS8, generateKeyPair, importPKCS8, SignJWT } from "jose";
import type { CryptoKey } from "jose";

/** Who the local stack's tokens are issued by. */
export const LOCAL_ISSUER = "streamer-local";

const ALGORITHM = "RS256";

/** The local stack's own key pair: signs the tokens of this data directory and of no other. */
export interface SigningKey {
  /** PEM (SPKI): what the functions verify by. */
  readonly publicKey: string;
  mint(claims: TokenClaims): Promise<string>;
}

export interface TokenClaims {
  readonly user: string;
  readonly tenant: string;
  readonly permissions: readonly string[];
  /** A span of time such as `1h` or `30 minutes`; a negative one makes a token that has expired. */
  readonly expiresIn: string;
}

/** The key of a data directory; made at the first use. */
export async function loadSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, "jwt-private-key.pem");
  const pem = (await read(path)) ?? (await create(dataDir, path));
  const privateKey = await importPKCS8(pem, ALGORITHM);
  const publicKey = createPublicKey(pem).export({ type: "spki", format: "pem" }).toString();
  return { publicKey, mint: (claims) => mint(privateKey, claims) };
}

async function mint(key: CryptoKey, { user, tenant, permissions, expiresIn }: TokenClaims): Promise<string> {
  const token = new SignJWT({ tenant_id: tenant, permissions: [...permissions] })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(user)
    .setIssuer(LOCAL_ISSUER)
    .setIssuedAt();
  return withExpiry(token, expiresIn).sign(key);
}

function withExpiry(token: SignJWT, expiresIn: string): SignJWT {
  try {
    return token.setExpirationTime(expiresIn);
  } catch (cause) {
    throw new RangeError(`"${expiresIn}" is not a span of time. Write a number and a unit, such as 1h, 30m or "2 days".`, { cause });
  }
}

async function create(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  try {
    await writeFile(path, await exportPKCS8(privateKey), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // Another process may have been first: its key is the one.
  return readFile(path, "utf8");
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
