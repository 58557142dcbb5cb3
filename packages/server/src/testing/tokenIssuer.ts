import type { Clock } from "@streamer/protocol";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK } from "jose";

export const ISSUER = "https://issuer.example";

/** Claims of a good token, any of them replaced; `undefined` leaves one out. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** Somebody who issues tokens, with an RSA key of their own. */
export interface TokenIssuer {
  /** The public key as PEM (SPKI), as the deployment holds it. */
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
  /** The public key as a JWKS lists it. */
  readonly jwk: JWK;
  sign(claims?: TokenClaims): Promise<string>;
}

/** Tokens are valid for an hour unless their claims say otherwise. `keyId` is the key's name in a JWKS. */
export async function createTokenIssuer(clock: Clock, keyId = "key-1"): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    publicKey: await exportSPKI(publicKey),
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: keyId, alg: "RS256", use: "sig" },
    sign: (claims) => new SignJWT(tokenClaims(clock.now(), claims)).setProtectedHeader({ alg: "RS256", kid: keyId }).sign(privateKey),
  };
}

export function tokenClaims(nowMs: number, claims: TokenClaims = {}): Record<string, unknown> {
  const seconds = Math.floor(nowMs / 1000);
  return { sub: "u1", tenant_id: "acme", permissions: ["reports:write"], iss: ISSUER, exp: seconds + 3_600, ...claims };
}
