import { createRemoteJWKSet, errors } from "jose";
import type { JWTVerifyGetKey } from "jose";

/** Keys are fetched again after this: one that its issuer withdrew is not used longer. */
export const JWKS_MAX_AGE_MS = 10 * 60_000;
/** The least time between two fetches, whatever tokens come in: a token of an unknown key makes no more than one in this time. */
export const JWKS_COOL_DOWN_MS = 30_000;
/** The same while no keys are known at all, and nobody can be let in. */
export const JWKS_FIRST_RETRY_MS = 1_000;
/** Known keys serve this long through an outage of their server; then nobody is let in until it answers. */
export const JWKS_MAX_OUTAGE_MS = 24 * 60 * 60_000;
/** What a fetch may take: an upgrade waits for it. */
const FETCH_TIMEOUT_MS = 3_000;

/** No key can be had: it says nothing about the token. */
export class KeysUnavailableError extends Error {
  constructor(cause: unknown) {
    super("The keys that verify tokens cannot be had.", { cause });
    this.name = "KeysUnavailableError";
  }
}

/**
 * Keys of a JWKS, by the `kid` of the token. New keys are found by the first token that names one; an outage of the server is lived
 * through with the keys that are known.
 *
 * `jose` fetches, reads and chooses. When to fetch is decided here: by itself it forgets its keys in an outage, and has no cool-down
 * after a fetch that failed.
 *
 * @returns a function that throws `JWKSNoMatchingKey` for a key the issuer does not have, `JWKSMultipleMatchingKeys` for a token that
 *   names none of several, `KeysUnavailableError` when neither can be told.
 */
export function createJwksKeys(url: URL, now: () => number): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { cacheMaxAge: Infinity, cooldownDuration: Infinity, timeoutDuration: FETCH_TIMEOUT_MS });
  let fetchedAt: number | undefined;
  let nextFetchAt = Number.NEGATIVE_INFINITY;
  /** Why the last fetch failed. */
  let failure: unknown;
  let pending: Promise<void> | undefined;

  const age = (): number => (fetchedAt === undefined ? Infinity : now() - fetchedAt);

  const fetchKeys = async (): Promise<void> => {
    try {
      await remote.reload();
      fetchedAt = now();
      failure = undefined;
    } catch (error) {
      failure = error;
    } finally {
      nextFetchAt = now() + (fetchedAt === undefined ? JWKS_FIRST_RETRY_MS : JWKS_COOL_DOWN_MS);
      pending = undefined;
    }
  };
  /** Fetches, unless it is too soon; joins a fetch that is under way. */
  const refresh = async (): Promise<void> => {
    if (pending === undefined && now() >= nextFetchAt) pending = fetchKeys();
    await pending;
  };

  return async (header, token) => {
    const choose = async () => {
      try {
        return await remote(header, token);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        throw new KeysUnavailableError(error);
      }
    };
    if (age() >= JWKS_MAX_AGE_MS) await refresh();
    if (age() >= JWKS_MAX_OUTAGE_MS) throw new KeysUnavailableError(failure);
    try {
      return await choose();
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // A new key, or none of this issuer's: its page knows.
      await refresh();
      if (failure !== undefined) throw new KeysUnavailableError(failure);
      return choose();
    }
  };
}
