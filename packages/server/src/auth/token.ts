import { MAX_TOKEN_CHARS, ServiceUnavailableError, UnauthorizedError } from "@streamer/protocol";
import { errors, jwtVerify } from "jose";
import * as v from "valibot";
import { checkAlgorithms, DEFAULT_ALGORITHMS } from "./algorithms.ts";
import { createKeySource } from "./keySource.ts";

/** Who a token speaks for. */
export interface Identity {
  readonly tenantId: string;
  readonly userId: string;
  readonly permissions: readonly string[];
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** Says who a token belongs to. */
export interface TokenVerifier {
  /**
   * @throws {UnauthorizedError} for anything but a good token; the cause says why, for the log.
   * @throws {ServiceUnavailableError} when the key cannot be had.
   */
  verify(token: string): Promise<Identity>;
}

/** Which tokens are good. */
export interface TokenVerifierConfig {
  /** A public key as PEM (SPKI), or the https URL of a JWKS. */
  readonly key: string;
  /** The `iss` that tokens must carry. */
  readonly issuer: string;
  /**
   * Whom tokens must be meant for: their `aud` must name one of these. Default: `aud` is not looked at. Set it when the issuer also
   * issues tokens for other services, or those tokens open this one.
   */
  readonly audience?: readonly string[] | undefined;
  /** How tokens may be signed: RS, PS or ES with 256, 384 or 512, EdDSA. Never a shared secret, never `none`. Default `["RS256"]`. */
  readonly algorithms?: readonly string[] | undefined;
  /** The time that tokens are compared with. */
  readonly now: () => number;
}

/** Clocks of issuer and verifier may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** To the letter: decoders also take blanks, padding and the alphabet of base64, and then one token has many spellings. */
const COMPACT = /^[\w-]+\.[\w-]*\.[\w-]*$/;

/** As it stands in keys, percent-encoded: 128 letters of Latin, about 40 of most other scripts. */
const MAX_ENCODED_ID_CHARS = 384;

/** Ids become parts of keys, which end at 1,024 (sort) and 2,048 (partition) bytes; unpaired surrogates have no encoding. */
const id = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(128),
  v.check((text) => text.isWellFormed(), "must be well-formed text"),
  v.check((text) => !text.isWellFormed() || encodeURIComponent(text).length <= MAX_ENCODED_ID_CHARS, "is too long once encoded for a key"),
);
const claims = v.object({
  sub: id,
  tenant_id: id,
  permissions: v.optional(v.array(v.pipe(v.string(), v.maxLength(128))), []),
  // The standard allows fractions; ours are whole seconds, and no date is beyond them.
  exp: v.pipe(v.number(), v.transform(Math.floor), v.safeInteger()),
  iat: v.optional(v.number()),
});

/**
 * Verifies tokens by the issuer's keys. The header of a token chooses between those keys by its `kid`, and between the listed algorithms;
 * a key or an address of keys that it brings along (`jwk`, `jku`, `x5c`, `x5u`) is not looked at, an extension it calls critical is refused.
 *
 * @throws {TypeError} for an algorithm that is no public-key signature, or a JWKS by plain http.
 */
export function createTokenVerifier(config: TokenVerifierConfig): TokenVerifier {
  const { issuer, audience, now } = config;
  if (audience?.length === 0) throw new TypeError("The list of audiences is empty: no token would be good. Leave it out to accept any.");
  const keys = createKeySource(config.key, checkAlgorithms(config.algorithms ?? DEFAULT_ALGORITHMS), now);
  return {
    async verify(token) {
      try {
        if (token.length > MAX_TOKEN_CHARS) throw new errors.JWTInvalid(`the token is longer than ${MAX_TOKEN_CHARS} characters`);
        if (!COMPACT.test(token)) throw new errors.JWTInvalid("the token is not three parts of base64url");
        const nowMs = now();
        const { payload } = await jwtVerify(token, keys.getKey, {
          algorithms: [...keys.algorithms()],
          issuer,
          ...(audience === undefined ? {} : { audience: [...audience] }),
          requiredClaims: ["sub", "tenant_id", "exp", "iss"],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(nowMs),
        });
        const { sub, tenant_id, permissions, exp, iat } = v.parse(claims, payload);
        if (iat !== undefined && iat > nowMs / 1000 + CLOCK_TOLERANCE_SECONDS) {
          throw new errors.JWTClaimValidationFailed('"iat" is in the future', payload, "iat", "check_failed");
        }
        return { userId: sub, tenantId: tenant_id, permissions, expiresAt: exp };
      } catch (cause) {
        // A key that cannot be had says nothing about the token.
        const ofToken = cause instanceof errors.JOSEError || cause instanceof v.ValiError;
        throw ofToken ? new UnauthorizedError({ cause }) : new ServiceUnavailableError({ cause });
      }
    },
  };
}
