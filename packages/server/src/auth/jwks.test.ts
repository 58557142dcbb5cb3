import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ServiceUnavailableError, UnauthorizedError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { expect, onTestFinished, test } from "vitest";
import { createTokenIssuer, ISSUER } from "../testing/tokenIssuer.ts";
import { createTokenVerifier } from "./token.ts";

const clock = createFakeClock();

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
  return { verifier, stop, fetches: () => fetches };
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
