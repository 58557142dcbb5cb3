import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { fail, ok, warn } from "../finding.ts";
import type { Finding } from "../finding.ts";

const SET_IT = "Set it again: sst secret set StreamerJwtKey with a public key as PEM (SPKI), or the https URL of a JWKS; then deploy.";
const MIN_RSA_BITS = 2_048;

/** What tokens are verified by: a PEM, or where a JWKS is. Says which kind of key it is, and nothing of the key. */
export async function jwtKeyFinding(key: string, signal: AbortSignal): Promise<Finding> {
  if (/^https?:/i.test(key)) return await jwksFinding(key, signal);
  try {
    return keyFinding(createPublicKey(key), SET_IT);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return fail("key", `it is no public key in PEM${code}`, SET_IT, "auth-failures");
  }
}

/** Whether tokens can be verified by a key of this kind. */
export function keyFinding(key: KeyObject, advice: string): Finding {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const bits = details?.modulusLength;
  if (type === "rsa" && bits !== undefined && bits < MIN_RSA_BITS) {
    return fail("key", `RSA of ${bits} bits: too short, it must have ${MIN_RSA_BITS}`, advice, "auth-failures");
  }
  if (type === "rsa" || type === "rsa-pss") return ok("key", `RSA, ${bits ?? "?"} bits (RS256)`);
  if (type === "ec" || type === "ed25519") {
    return ok("key", `${type === "ec" ? `EC, ${details?.namedCurve ?? "?"}` : "Ed25519"}: needs its algorithm in STREAMER_JWT_ALGORITHMS`);
  }
  return fail("key", `a key of type ${type ?? "unknown"} verifies no tokens`, advice, "auth-failures");
}

async function jwksFinding(url: string, signal: AbortSignal): Promise<Finding> {
  const { protocol, host, hostname } = new URL(url);
  if (protocol !== "https:" && !["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
    return fail("key", `the JWKS of ${host} is fetched by plain http: it is refused`, SET_IT, "auth-failures");
  }
  const response = await fetch(url, { signal, headers: { accept: "application/json" } });
  if (!response.ok) {
    await response.body?.cancel();
    return fail(
      "key",
      `the JWKS of ${host} answers with ${response.status}`,
      "Ask whoever runs the issuer; functions go on with the keys they have, new ones cannot start.",
      "auth-failures",
    );
  }
  const body: unknown = await response.json().catch(() => undefined);
  const keys = typeof body === "object" && body !== null && "keys" in body && Array.isArray(body.keys) ? (body.keys as unknown[]) : [];
  const kinds = keys.flatMap((one) => (typeof one === "object" && one !== null && "kty" in one ? [String(one.kty)] : []));
  const usable = kinds.filter((kind) => kind === "RSA" || kind === "EC" || kind === "OKP");
  if (usable.length === 0) return fail("key", `the JWKS of ${host} has no public key`, SET_IT, "auth-failures");
  const seen = `JWKS of ${host}: ${usable.length} keys (${[...new Set(usable)].join(", ")})`;
  return usable.includes("RSA")
    ? ok("key", seen)
    : warn("key", seen, "None is RSA: their algorithm must be in STREAMER_JWT_ALGORITHMS.", "auth-failures");
}
