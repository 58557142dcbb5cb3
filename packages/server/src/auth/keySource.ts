import { importSPKI } from "jose";
import type { CryptoKey, JWTVerifyGetKey } from "jose";
import { algorithmsOf } from "./algorithms.ts";
import type { TokenAlgorithm } from "./algorithms.ts";
import { createJwksKeys } from "./jwks.ts";

/** Where keys come from: what a token's header may choose between is decided here, and nothing else of the header is obeyed. */
export interface KeySource {
  /** The algorithms that these keys can verify. */
  algorithms(): readonly TokenAlgorithm[];
  readonly getKey: JWTVerifyGetKey;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * @param key an RSA, EC or Ed25519 public key as PEM (SPKI), or the URL of a JWKS.
 * @throws {TypeError} for a URL that anybody on the way could answer: it must be https, or of this machine.
 */
export function createKeySource(key: string, allowed: readonly TokenAlgorithm[], now: () => number): KeySource {
  if (/^https?:/i.test(key)) {
    const url = new URL(key);
    if (url.protocol !== "https:" && !LOOPBACK.has(url.hostname)) {
      throw new TypeError(`The JWKS of ${url.host} is fetched by http: anybody on the way could put a key into it. Give its https URL.`);
    }
    return { algorithms: () => allowed, getKey: createJwksKeys(url, now) };
  }
  let usable: readonly TokenAlgorithm[] | undefined;
  const imported = new Map<string, Promise<CryptoKey>>();
  return {
    algorithms: () => (usable ??= algorithmsOf(key, allowed)),
    getKey({ alg }) {
      const known = imported.get(alg) ?? importSPKI(key, alg);
      imported.set(alg, known);
      return known;
    },
  };
}
