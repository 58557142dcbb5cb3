import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ServiceUnavailableError, UnauthorizedError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTokenIssuer, ISSUER, tokenClaims } from "../testing/tokenIssuer.ts";
import { JWKS_COOL_DOWN_MS, JWKS_FIRST_RETRY_MS, JWKS_MAX_AGE_MS, JWKS_MAX_OUTAGE_MS } from "./jwks.ts";
import { createTokenVerifier } from "./token.ts";

const clock = createFakeClock();
const DAY_SECONDS = 24 * 60 * 60;

/** An identity provider's key page on a real server. What it answers may be changed; each answer is counted. */
async function serveJwks(answer: { status: number; body: string }) {
  let fetches = 0;
  const server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  };
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  const verifier = createTokenVerifier({ key: `http://127.0.0.1:${port}/jwks.json`, issuer: ISSUER, now: () => clock.now() });
  const verify = (token: string) => verifier.verify(token);
  const answerWith = (status: number, body = ""): void => void Object.assign(answer, { status, body });
  return { url: `http://127.0.0.1:${port}/jwks.json`, verifier, verify, stop, answerWith, fetches: () => fetches };
}

test("a token is verified by the key its header names; the page is read once", async () => {
  const [one, two] = await Promise.all([createTokenIssuer(clock, "one"), createTokenIssuer(clock, "two")]);
  const jwks = await serveJwks({ status: 200, body: JSON.stringify({ keys: [one.jwk, two.jwk] }) });
  await expect(jwks.verifier.verify(await two.sign({ sub: "by two" }))).resolves.toMatchObject({ userId: "by two" });
  await expect(jwks.verifier.verify(await one.sign({ sub: "by one" }))).resolves.toMatchObject({ userId: "by one" });
  expect(jwks.fetches()).toBe(1);
});

test("a token of a key that is not on the page is refused", async () => {
  const [known, stranger] = await Promise.all([createTokenIssuer(clock), createTokenIssuer(clock, "stranger")]);
  const jwks = await serveJwks({ status: 200, body: JSON.stringify({ keys: [known.jwk] }) });
  await expect(jwks.verifier.verify(await stranger.sign())).rejects.toThrow(UnauthorizedError);
});

test("a token that names a key of the page but is signed by another is refused", async () => {
  const [known, stranger] = await Promise.all([createTokenIssuer(clock), createTokenIssuer(clock)]);
  const jwks = await serveJwks({ status: 200, body: JSON.stringify({ keys: [known.jwk] }) });
  await expect(jwks.verifier.verify(await stranger.sign())).rejects.toThrow(UnauthorizedError);
});

test.each([
  ["an internal error", 500, "{}"],
  ["a missing page", 404, "<html>"],
  ["a page that is not JSON", 200, "<html>"],
  ["a page that lists no keys", 200, '{"keys":"none"}'],
])("%s of the key's server says nothing about the token, and passes", async (_, status, body) => {
  const issuer = await createTokenIssuer(clock);
  const answer = { status, body };
  const jwks = await serveJwks(answer);
  await expect(jwks.verifier.verify(await issuer.sign())).rejects.toThrow(ServiceUnavailableError);
  Object.assign(answer, { status: 200, body: JSON.stringify({ keys: [issuer.jwk] }) });
  await clock.advance(JWKS_FIRST_RETRY_MS);
  await expect(jwks.verifier.verify(await issuer.sign())).resolves.toMatchObject({ userId: "u1" });
});

test("neither does a server that is down", async () => {
  const issuer = await createTokenIssuer(clock);
  const jwks = await serveJwks({ status: 200, body: "" });
  await jwks.stop();
  await expect(jwks.verifier.verify(await issuer.sign())).rejects.toThrow(ServiceUnavailableError);
});

test("nonsense is refused as such while the key's server is down", async () => {
  const jwks = await serveJwks({ status: 500, body: "" });
  await expect(jwks.verifier.verify("a.b.c")).rejects.toThrow(UnauthorizedError);
  expect(jwks.fetches()).toBe(0);
});

/** Two keys of an issuer, of which the page lists the first. Tokens are good for longer than any outage. */
async function openRotation() {
  const [old, fresh] = await Promise.all([createTokenIssuer(clock, "old"), createTokenIssuer(clock, "fresh")]);
  const page = (...issuers: readonly (typeof old)[]) => JSON.stringify({ keys: issuers.map((issuer) => issuer.jwk) });
  const jwks = await serveJwks({ status: 200, body: page(old) });
  const claims = { exp: clock.now() / 1000 + 10 * DAY_SECONDS };
  const [oldToken, freshToken] = await Promise.all([old.sign(claims), fresh.sign(claims)]);
  await jwks.verify(oldToken);
  return { ...jwks, page, old, fresh, oldToken, freshToken };
}

describe("when the issuer changes its keys", () => {
  test("a token of the new key is good at once when the last fetch was a while ago; the old key stays good while it is listed", async () => {
    const { verify, answerWith, page, old, fresh, oldToken, freshToken, fetches } = await openRotation();
    answerWith(200, page(old, fresh));
    await clock.advance(JWKS_COOL_DOWN_MS);
    await expect(verify(freshToken)).resolves.toMatchObject({ userId: "u1" });
    await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
    expect(fetches()).toBe(2);
  });

  test("a key that is withdrawn is refused after ten minutes at the latest", async () => {
    const { verify, answerWith, page, fresh, oldToken } = await openRotation();
    answerWith(200, page(fresh));
    await clock.advance(JWKS_MAX_AGE_MS - 1);
    await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
    await clock.advance(1);
    await expect(verify(oldToken)).rejects.toThrow(UnauthorizedError);
  });

  test("tokens of unknown keys make one fetch in thirty seconds, however many come", async () => {
    const { verify, freshToken, fetches } = await openRotation();
    for (let count = 0; count < 5; count += 1) await expect(verify(freshToken)).rejects.toThrow(UnauthorizedError);
    expect(fetches()).toBe(1);
    await clock.advance(JWKS_COOL_DOWN_MS);
    await Promise.all(Array.from({ length: 5 }, () => expect(verify(freshToken)).rejects.toThrow(UnauthorizedError)));
    expect(fetches()).toBe(2);
  });

  test("a token that names no key is good while there is one, and refused while there are two", async () => {
    const { verify, answerWith, page, old, fresh } = await openRotation();
    const nameless = await new SignJWT(tokenClaims(clock.now())).setProtectedHeader({ alg: "RS256" }).sign(old.privateKey);
    await expect(verify(nameless)).resolves.toMatchObject({ userId: "u1" });
    answerWith(200, page(old, fresh));
    await clock.advance(JWKS_MAX_AGE_MS);
    await expect(verify(nameless)).rejects.toThrow(UnauthorizedError);
  });
});

describe("when the key's server fails", () => {
  test("known keys serve on, and it is asked no more than each thirty seconds", async () => {
    const { verify, answerWith, oldToken, fetches } = await openRotation();
    answerWith(503);
    await clock.advance(JWKS_MAX_AGE_MS);
    for (let count = 0; count < 5; count += 1) await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
    expect(fetches()).toBe(2);
    await clock.advance(JWKS_COOL_DOWN_MS);
    await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
    expect(fetches()).toBe(3);
  });

  test("it is asked again when it is back, and its new keys are good", async () => {
    const { verify, answerWith, page, fresh, oldToken, freshToken } = await openRotation();
    answerWith(503);
    await clock.advance(JWKS_MAX_AGE_MS);
    await verify(oldToken);
    answerWith(200, page(fresh));
    await clock.advance(JWKS_COOL_DOWN_MS);
    await expect(verify(freshToken)).resolves.toMatchObject({ userId: "u1" });
    await expect(verify(oldToken)).rejects.toThrow(UnauthorizedError);
  });

  test("whether an unknown key is the issuer's cannot be told: the token is not called bad", async () => {
    const { verify, answerWith, freshToken, fetches } = await openRotation();
    answerWith(503);
    await clock.advance(JWKS_COOL_DOWN_MS);
    for (let count = 0; count < 5; count += 1) await expect(verify(freshToken)).rejects.toThrow(ServiceUnavailableError);
    expect(fetches()).toBe(2);
  });

  test("for more than a day nobody is let in: a key may have been withdrawn long ago", async () => {
    const { verify, answerWith, page, old, oldToken } = await openRotation();
    answerWith(503);
    await clock.advance(JWKS_MAX_OUTAGE_MS - 1);
    await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
    await clock.advance(1);
    await expect(verify(oldToken)).rejects.toThrow(ServiceUnavailableError);
    answerWith(200, page(old));
    await clock.advance(JWKS_COOL_DOWN_MS);
    await expect(verify(oldToken)).resolves.toMatchObject({ userId: "u1" });
  });

  test("from the start, it is asked once a second", async () => {
    const issuer = await createTokenIssuer(clock);
    const { verify, fetches } = await serveJwks({ status: 503, body: "" });
    const token = await issuer.sign();
    for (let count = 0; count < 5; count += 1) await expect(verify(token)).rejects.toThrow(ServiceUnavailableError);
    expect(fetches()).toBe(1);
    await clock.advance(JWKS_FIRST_RETRY_MS);
    await expect(verify(token)).rejects.toThrow(ServiceUnavailableError);
    expect(fetches()).toBe(2);
  });

  test("a page that sends elsewhere is not followed", async () => {
    const issuer = await createTokenIssuer(clock);
    const elsewhere = await serveJwks({ status: 200, body: JSON.stringify({ keys: [issuer.jwk] }) });
    const server = createServer((_, response) => void response.writeHead(302, { location: elsewhere.url }).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const verifier = createTokenVerifier({ key: `http://127.0.0.1:${port}/`, issuer: ISSUER, now: () => clock.now() });
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ServiceUnavailableError);
    expect(elsewhere.fetches()).toBe(0);
  });
});

test.each(["http://keys.example/jwks.json", "http://127.0.0.1.evil.example/jwks.json", "HTTP://10.0.0.1/"])(
  "keys are not fetched from %s: anybody on the way could answer",
  (key) => {
    expect(() => createTokenVerifier({ key, issuer: ISSUER, now: () => clock.now() })).toThrow(/https/);
  },
);
