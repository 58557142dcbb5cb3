import { constants, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What an attacker may know and have; and, to make tokens that are wrong in one thing only, what only the issuer has. */
export interface World {
  /** The issuer's own. */
  readonly privateKey: KeyObject;
  readonly publicPem: string;
  /** The attacker's own. */
  readonly foreign: { readonly rsa: KeyObject; readonly ec: KeyObject; readonly ed: KeyObject };
  /** Where the attacker serves keys: nobody must ask there. */
  readonly keysUrl: string;
  readonly nowSeconds: number;
}

export function createWorld(dataDir: string, keysUrl: string): World {
  const privatePem = readFileSync(join(dataDir, "jwt-private-key.pem"), "utf8");
  return {
    privateKey: createPrivateKey(privatePem),
    publicPem: createPublicKey(privatePem).export({ type: "spki", format: "pem" }).toString(),
    foreign: {
      rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
      ec: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
      ed: generateKeyPairSync("ed25519").privateKey,
    },
    keysUrl,
    nowSeconds: Math.floor(Date.now() / 1000),
  };
}

export type Signer = (input: string) => Buffer;

export const rs =
  (key: KeyObject, bits: 256 | 384 | 512 = 256): Signer =>
  (input) =>
    sign(`sha${bits}`, Buffer.from(input), key);
export const ps =
  (key: KeyObject): Signer =>
  (input) =>
    sign("sha256", Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
export const es =
  (key: KeyObject): Signer =>
  (input) =>
    sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
export const eddsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign(null, Buffer.from(input), key);
export const hs =
  (secret: string | Buffer, bits: 256 | 384 | 512 = 256): Signer =>
  (input) =>
    createHmac(`sha${bits}`, secret).update(input).digest();
export const unsigned: Signer = () => Buffer.alloc(0);

/** Base64url of a text, or of a value's JSON. */
export function part(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

export function goodClaims({ nowSeconds }: World, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { sub: "ada", tenant_id: "acme", permissions: [], iss: "streamer-local", iat: nowSeconds, exp: nowSeconds + 3_600, ...changes };
}

export const GOOD_HEADER = { alg: "RS256", typ: "JWT" };

/** A token of these parts, put together as they are: strings are taken for the part's own text. */
export function compact(header: unknown, claims: unknown, signer: Signer): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${signer(input).toString("base64url")}`;
}

export function goodToken(world: World): string {
  return compact(GOOD_HEADER, goodClaims(world), rs(world.privateKey));
}
