import { createPublicKey } from "node:crypto";

/**
 * How tokens may be signed, and by which kind of key. Asymmetric algorithms only: what verifies a token must not be able to make one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725 for why the list is ours to make and never the token's.
 */
const KEY_KINDS = {
  RS256: "rsa",
  RS384: "rsa",
  RS512: "rsa",
  PS256: "rsa",
  PS384: "rsa",
  PS512: "rsa",
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
  EdDSA: "ed25519",
  Ed25519: "ed25519",
} as const;

export type TokenAlgorithm = keyof typeof KEY_KINDS;

export const DEFAULT_ALGORITHMS: readonly TokenAlgorithm[] = ["RS256"];

/** @throws {TypeError} for a list that is empty or names what is no asymmetric signature, such as `none` and `HS256`. */
export function checkAlgorithms(names: readonly string[]): readonly TokenAlgorithm[] {
  if (names.length === 0) throw new TypeError("The list of token algorithms is empty. Leave it out for RS256.");
  return names.map((name) => {
    if (Object.hasOwn(KEY_KINDS, name)) return name as TokenAlgorithm;
    throw new TypeError(
      `"${name}" cannot be a token algorithm: only public-key signatures are (${Object.keys(KEY_KINDS).join(", ")}). ` +
        "With a shared secret, or none, whoever verifies a token could forge one.",
    );
  });
}

/** Those of a list that a public key can verify. @throws when the text is no public key, or none of them fits. */
export function algorithmsOf(pem: string, allowed: readonly TokenAlgorithm[]): readonly TokenAlgorithm[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey(pem);
  const kind = type === "ec" ? details?.namedCurve : type;
  const fitting = allowed.filter((name) => KEY_KINDS[name] === kind);
  if (fitting.length > 0) return fitting;
  throw new Error(`The public key is of the kind "${kind}", which none of the token algorithms has: ${allowed.join(", ")}.`);
}
