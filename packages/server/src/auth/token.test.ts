import { ServiceUnavailableError, UnauthorizedError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { createTokenIssuer, ISSUER, tokenClaims } from "../testing/tokenIssuer.ts";
import type { TokenClaims, TokenIssuer } from "../testing/tokenIssuer.ts";
import { createTokenVerifier } from "./token.ts";

const clock = createFakeClock();
const nowSeconds = clock.now() / 1000;
let issuer: TokenIssuer;
let stranger: TokenIssuer;
beforeAll(async () => {
  [issuer, stranger] = await Promise.all([createTokenIssuer(clock), createTokenIssuer(clock)]);
});

const verify = (token: string, now = () => clock.now()) =>
  createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now }).verify(token);

/** The library's code for why a token was refused. */
async function refusalOf(token: Promise<string> | string): Promise<unknown> {
  const error: unknown = await verify(await token).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnauthorizedError);
  const { cause } = error as { cause: { code?: unknown; name: unknown } };
  return cause.code ?? cause.name;
}

describe("a good token", () => {
  test("says who it speaks for, what they may do and until when", async () => {
    expect(await verify(await issuer.sign())).toEqual({
      tenantId: "acme",
      userId: "u1",
      permissions: ["reports:write"],
      expiresAt: nowSeconds + 3_600,
    });
  });

  test("without permissions has none", async () => {
    expect(await verify(await issuer.sign({ permissions: undefined }))).toMatchObject({ permissions: [] });
  });

  test("may name any text as user and tenant", async () => {
    expect(await verify(await issuer.sign({ sub: "auth0|ü#%/", tenant_id: "Ä#1" }))).toMatchObject({
      userId: "auth0|ü#%/",
      tenantId: "Ä#1",
    });
  });

  test("that ends within a second ends at that second's begin", async () => {
    expect(await verify(await issuer.sign({ exp: nowSeconds + 60.75 }))).toMatchObject({ expiresAt: nowSeconds + 60 });
  });

  test("is judged by the given time, with five seconds for clocks that differ", async () => {
    const token = await issuer.sign({ exp: nowSeconds + 10, nbf: nowSeconds });
    const at = (seconds: number) => verify(token, () => (nowSeconds + seconds) * 1000);
    await expect(at(14)).resolves.toMatchObject({ userId: "u1" });
    await expect(at(15)).rejects.toThrow(UnauthorizedError);
    await expect(at(-5)).resolves.toMatchObject({ userId: "u1" });
    await expect(at(-6)).rejects.toThrow(UnauthorizedError);
  });
});

describe("a token is refused", () => {
  test.each<[string, TokenClaims, string]>([
    ["that has expired", { exp: nowSeconds - 60 }, "ERR_JWT_EXPIRED"],
    ["that is not valid yet", { nbf: nowSeconds + 60 }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["of another issuer", { iss: "https://evil.example" }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["without an issuer", { iss: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["without a subject", { sub: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["without a tenant", { tenant_id: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["without an end", { exp: undefined }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose end is no time", { exp: "tomorrow" }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose end is beyond all dates", { exp: 1e300 }, "ValiError"],
    ["whose tenant is a number", { tenant_id: 7 }, "ValiError"],
    ["whose tenant is a list", { tenant_id: ["acme"] }, "ValiError"],
    ["whose tenant is empty", { tenant_id: "" }, "ValiError"],
    ["whose tenant is null", { tenant_id: null }, "ValiError"],
    ["whose tenant is over 128 characters", { tenant_id: "t".repeat(129) }, "ValiError"],
    ["whose tenant is no well-formed text", { tenant_id: "\ud800" }, "ValiError"],
    ["whose tenant is too long for a key once encoded", { tenant_id: "漢".repeat(43) }, "ValiError"],
    ["whose subject is empty", { sub: "" }, "ValiError"],
    ["that was issued in the future", { iat: nowSeconds + 60 }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose time of issue is no time", { iat: "today" }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose begin is no time", { nbf: "today" }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose issuer is a list", { iss: [ISSUER] }, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
    ["whose subject is a number", { sub: 7 }, "ValiError"],
    ["whose permissions are a text", { permissions: "admin" }, "ValiError"],
    ["with a permission that is no text", { permissions: [1] }, "ValiError"],
  ])("%s", async (_, claims, code) => {
    expect(await refusalOf(issuer.sign(claims))).toBe(code);
  });

  test("signed with another key", async () => {
    expect(await refusalOf(stranger.sign())).toBe("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  test("whose claims were changed after it was signed", async () => {
    const [head, , signature] = (await issuer.sign()).split(".");
    const claims = Buffer.from(JSON.stringify(tokenClaims(clock.now(), { sub: "admin" }))).toString("base64url");
    expect(await refusalOf(`${head}.${claims}.${signature}`)).toBe("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  test("signed by HS256 with the public key as its secret", async () => {
    const secret = new TextEncoder().encode(issuer.publicKey);
    const token = await new SignJWT(tokenClaims(clock.now())).setProtectedHeader({ alg: "HS256" }).sign(secret);
    expect(await refusalOf(token)).toBe("ERR_JOSE_ALG_NOT_ALLOWED");
  });

  test("with the algorithm none", async () => {
    const unsigned = new UnsecuredJWT(tokenClaims(clock.now())).encode();
    expect(await refusalOf(unsigned)).toBe("ERR_JOSE_ALG_NOT_ALLOWED");
  });

  test.each([[""], ["token"], ["a.b"], ["a.b.c"], ["..."], ["{}.{}.{}"], ["ä.ö.ü"]])("that is none: %j", async (token) => {
    expect(await refusalOf(token)).toMatch(/^ERR_JW[ST]_INVALID$/);
  });

  test("of over 8,192 characters, unread, even when it is good", async () => {
    expect(await refusalOf(issuer.sign({ pad: "x".repeat(8_192) }))).toBe("ERR_JWT_INVALID");
    await expect(verify(await issuer.sign({ pad: "x".repeat(4_000) }))).resolves.toMatchObject({ userId: "u1" });
  });
});

test("a key that cannot be read is the deployment's fault, not the token's", async () => {
  const verifier = createTokenVerifier({
    key: "-----BEGIN PUBLIC KEY-----\nbroken\n-----END PUBLIC KEY-----",
    issuer: ISSUER,
    now: () => clock.now(),
  });
  await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ServiceUnavailableError);
});

describe("whom a token is meant for", () => {
  const verifyFor = async (claims: TokenClaims, audience?: readonly string[]) =>
    createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, audience, now: () => clock.now() }).verify(await issuer.sign(claims));

  test("is not looked at unless an audience is configured", async () => {
    await expect(verifyFor({ aud: "https://mail.example" })).resolves.toMatchObject({ userId: "u1" });
    await expect(verifyFor({})).resolves.toMatchObject({ userId: "u1" });
  });

  test.each<[string, TokenClaims]>([
    ["names it", { aud: "streamer" }],
    ["names it among others", { aud: ["https://mail.example", "streamer"] }],
    ["names another of those configured", { aud: "streamer-staging" }],
  ])("a token that %s is good", async (_, claims) => {
    await expect(verifyFor(claims, ["streamer", "streamer-staging"])).resolves.toMatchObject({ userId: "u1" });
  });

  test.each<[string, TokenClaims]>([
    ["names another service", { aud: "https://mail.example" }],
    ["names none", {}],
    ["names an empty list", { aud: [] }],
    ["names it in other letters", { aud: "Streamer" }],
    ["names a number", { aud: 7 }],
  ])("a token that %s is refused", async (_, claims) => {
    await expect(verifyFor(claims, ["streamer"])).rejects.toThrow(UnauthorizedError);
  });

  test("an empty list of audiences is a mistake", () => {
    expect(() => createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, audience: [], now: () => 0 })).toThrow(TypeError);
  });
});

describe("the list of algorithms", () => {
  const verifierWith = (algorithms: readonly string[], key = issuer.publicKey) =>
    createTokenVerifier({ key, issuer: ISSUER, algorithms, now: () => clock.now() });

  test.each(["none", "None", "HS256", "HS384", "HS512", "rs256", "RSA-OAEP", "dir", "", "__proto__", "constructor"])(
    "cannot hold %j: a verifier is not made",
    (algorithm) => {
      expect(() => verifierWith(["RS256", algorithm])).toThrow(TypeError);
      expect(() => verifierWith(["RS256", algorithm])).toThrow(`"${algorithm}" cannot be a token algorithm`);
    },
  );

  test("cannot be empty", () => {
    expect(() => verifierWith([])).toThrow(TypeError);
  });

  test.each(["PS256", "RS512"])("lets %s in only when it names it", async (alg) => {
    const key = await importJWK({ ...(await exportJWK(issuer.privateKey)), alg }, alg);
    const token = await new SignJWT(tokenClaims(clock.now())).setProtectedHeader({ alg }).sign(key);
    await expect(verifierWith(["RS256", alg]).verify(token)).resolves.toMatchObject({ userId: "u1" });
    await expect(verifierWith(["RS256"]).verify(token)).rejects.toThrow(UnauthorizedError);
    await expect(verifierWith([alg]).verify(await issuer.sign())).rejects.toThrow(UnauthorizedError);
  });

  test.each(["ES256", "EdDSA"])("may name %s, whose keys are of another kind", async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const pem = await exportSPKI(publicKey);
    const token = await new SignJWT(tokenClaims(clock.now())).setProtectedHeader({ alg }).sign(privateKey);
    await expect(verifierWith([alg], pem).verify(token)).resolves.toMatchObject({ userId: "u1" });
    // The token is of an algorithm that is listed and that the key cannot have: the token's fault.
    await expect(verifierWith(["RS256", alg]).verify(token)).rejects.toThrow(UnauthorizedError);
    // No token could be good: the deployment's fault.
    await expect(verifierWith(["RS256"], pem).verify(token)).rejects.toThrow(ServiceUnavailableError);
  });
});
