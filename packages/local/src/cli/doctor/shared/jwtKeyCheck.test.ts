import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { jwtKeyFinding } from "./jwtKeyCheck.ts";

const { signal } = new AbortController();
const rsa = (bits: number): string =>
  generateKeyPairSync("rsa", {
    modulusLength: bits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).publicKey;

let server: Server | undefined;
afterEach(async () => {
  await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  server = undefined;
});

/** A JWKS at an address of this machine. */
async function jwks(status: number, body: string): Promise<string> {
  const made = createServer((_, response) => response.writeHead(status, { connection: "close" }).end(body));
  server = made;
  await new Promise<void>((listening) => {
    made.listen(0, "127.0.0.1", listening);
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/jwks.json`;
}

it("a PEM is well when it is an RSA key of 2,048 bits, and it is not repeated", async () => {
  const pem = rsa(2_048);
  const finding = await jwtKeyFinding(pem, signal);
  expect(finding).toEqual({ name: "key", status: "ok", seen: "RSA, 2048 bits (RS256)" });
});

it.each<[string, () => string, RegExp]>([
  ["one that is too short", () => rsa(1_024), /1024 bits: too short/],
  ["what is none", () => "secret-in-plain", /no public key in PEM/],
])("%s fails, and its text is not printed", async (_, key, seen) => {
  const text = key();
  const finding = await jwtKeyFinding(text, signal);
  expect(finding).toMatchObject({
    status: "fail",
    seen: expect.stringMatching(seen) as string,
    advice: expect.stringContaining("sst secret set") as string,
  });
  expect(JSON.stringify(finding)).not.toContain(text);
});

it("a JWKS is well when it has a public key", async () => {
  const url = await jwks(200, JSON.stringify({ keys: [{ kty: "RSA" }, { kty: "EC" }] }));
  expect(await jwtKeyFinding(url, signal)).toMatchObject({ status: "ok", seen: expect.stringMatching(/2 keys \(RSA, EC\)/) as string });
});

it.each<[string, number, string, RegExp]>([
  ["does not answer as it should", 503, "", /answers with 503/],
  ["is no JSON", 200, "<html>", /has no public key/],
  ["holds shared secrets only", 200, JSON.stringify({ keys: [{ kty: "oct", k: "hush" }] }), /has no public key/],
])("a JWKS that %s fails", async (_, status, body, seen) => {
  const finding = await jwtKeyFinding(await jwks(status, body), signal);
  expect(finding).toMatchObject({ status: "fail", seen: expect.stringMatching(seen) as string });
  expect(JSON.stringify(finding)).not.toContain("hush");
});

it("a JWKS by plain http from elsewhere is refused unasked", async () => {
  expect(await jwtKeyFinding("http://login.example/jwks.json", signal)).toMatchObject({
    status: "fail",
    seen: expect.stringMatching(/plain http/) as string,
  });
});
