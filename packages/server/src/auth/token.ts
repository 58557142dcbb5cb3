import { ServiceUnavailableError, UnauthorizedError } from "@streamer/protocol";
import { createRemoteJWKSet, errors, importSPKI, jwtVerify } from "jose";
import type { CryptoKey, JWTVerifyGetKey } from "jose";
import * as v from "valibot";

/** Who a token speaks for. */
export interface Identity {
  readonly tenantId: string;
  readonly userId: string;
  readonly permissions: readonly string[];
  /** Unix seconds. */
  readonly expiresAt: number;
}

export interface TokenVerifier {
  /**
   * @throws {UnauthorizedError} for anything but a good token; the cause says why, for the log.
   * @throws {ServiceUnavailableError} when the key cannot be had.
   */
  verify(token: string): Promise<Identity>;
}

export interface TokenVerifierConfig {
  /** An RSA public key as PEM (SPKI), or the https URL of a JWKS. */
  readonly key: string;
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  /** The time that tokens are compared with. */
  readonly now: () => number;
}

/** Longer tokens are refused unread. API Gateway's headers end at 10,240 bytes in all. */
const MAX_TOKEN_CHARS = 8_192;
/** Clocks of issuer and verifier may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Ids become parts of keys, which end at 1,024 (sort) and 2,048 (partition) bytes; unpaired surrogates have no encoding. */
const id = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(128),
  v.check((text) => text.isWellFormed(), "must be well-formed text"),
);
const claims = v.object({
  sub: id,
  tenant_id: id,
  permissions: v.optional(v.array(v.pipe(v.string(), v.maxLength(128))), []),
  // The standard allows fractions; ours are whole seconds, and no date is beyond them.
  exp: v.pipe(v.number(), v.transform(Math.floor), v.safeInteger()),
});

/** Verifies RS256 tokens by one key, imported once. */
export function createTokenVerifier(config: TokenVerifierConfig): TokenVerifier {
  let source: Promise<CryptoKey | JWTVerifyGetKey> | undefined;
  const key = (): Promise<CryptoKey | JWTVerifyGetKey> => (source ??= loadKey(config.key));
  return {
    async verify(token) {
      try {
        if (token.length > MAX_TOKEN_CHARS) throw new errors.JWTInvalid(`the token is longer than ${MAX_TOKEN_CHARS} characters`);
        const resolved = await key();
        const options = {
          algorithms: ["RS256"],
          issuer: config.issuer,
          requiredClaims: ["sub", "tenant_id", "exp", "iss"],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(config.now()),
        };
        const { payload } =
          typeof resolved === "function" ? await jwtVerify(token, resolved, options) : await jwtVerify(token, resolved, options);
        const { sub, tenant_id, permissions, exp } = v.parse(claims, payload);
        return { userId: sub, tenantId: tenant_id, permissions, expiresAt: exp };
      } catch (cause) {
        // A key that cannot be had says nothing about the token.
        throw speaksOfToken(cause) ? new UnauthorizedError({ cause }) : new ServiceUnavailableError({ cause });
      }
    },
  };
}

function speaksOfToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // The bare class is how the library tells that the JWKS URL did not answer with 200 and JSON.
  if (error instanceof errors.JOSEError) return error.code !== errors.JOSEError.code;
  return error instanceof v.ValiError;
}

async function loadKey(key: string): Promise<CryptoKey | JWTVerifyGetKey> {
  return key.startsWith("https://") || key.startsWith("http://127.0.0.1") ? createRemoteJWKSet(new URL(key)) : importSPKI(key, "RS256");
}
