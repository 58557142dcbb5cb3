import { createPublicKey } from "node:crypto";
import { compact, eddsa, es, GOOD_HEADER, goodClaims, goodToken, hs, part, ps, rs, unsigned } from "./forge.ts";
import type { World } from "./forge.ts";

/** A token that must not let anybody in, by what it tries. */
export type Attack = readonly [name: string, token: (world: World) => string];

/** Signed by the issuer, so that the header is all that is wrong. */
const header =
  (changes: object) =>
  (world: World): string =>
    compact({ ...GOOD_HEADER, ...changes }, goodClaims(world), rs(world.privateKey));

/** Signed by the issuer, so that the claims are all that is wrong. `undefined` leaves one out. */
const claims =
  (changes: Readonly<Record<string, unknown>>) =>
  (world: World): string =>
    compact(GOOD_HEADER, goodClaims(world, changes), rs(world.privateKey));

/** Signed by the attacker, with a header that is to make it good. */
const foreign =
  (changes: (world: World) => object = () => ({})) =>
  (world: World): string =>
    compact({ ...GOOD_HEADER, ...changes(world) }, goodClaims(world, { sub: "admin" }), rs(world.foreign.rsa));

/** A good token with one of its parts replaced. */
const replaced =
  (change: (parts: readonly [string, string, string], world: World) => readonly string[]) =>
  (world: World): string => {
    const [head = "", body = "", signature = ""] = goodToken(world).split(".");
    return change([head, body, signature], world).join(".");
  };

const foreignJwk = ({ foreign: { rsa } }: World) => ({ ...createPublicKey(rsa).export({ format: "jwk" }), alg: "RS256", use: "sig" });
const publicDer = ({ publicPem }: World): Buffer => createPublicKey(publicPem).export({ type: "spki", format: "der" });

const unsignedAttacks: readonly Attack[] = [
  ...["none", "None", "NONE", "nOnE", "none ", "", "null"].flatMap((alg): readonly Attack[] => [
    [`algorithm ${JSON.stringify(alg)}, no signature`, (world) => compact({ alg }, goodClaims(world), unsigned)],
    [`algorithm ${JSON.stringify(alg)}, the signature of a good token`, replaced(([, body, end]) => [part({ alg }), body, end])],
  ]),
  ["algorithm null", (world) => compact({ alg: null }, goodClaims(world), unsigned)],
  ["algorithm false", header({ alg: false })],
  ["algorithm as a list", header({ alg: ["RS256"] })],
  ["no algorithm", header({ alg: undefined })],
  ["RS256, no signature", (world) => compact(GOOD_HEADER, goodClaims(world), unsigned)],
  ["RS256 first and none after it", (world) => compact('{"alg":"RS256","alg":"none"}', goodClaims(world), unsigned)],
  ["none first and RS256 after it", (world) => compact('{"alg":"none","alg":"RS256"}', goodClaims(world), unsigned)],
];

const confusedAttacks: readonly Attack[] = [
  ...([256, 384, 512] as const).flatMap((bits): readonly Attack[] => [
    [`HS${bits} by the public key's text`, (w) => compact({ alg: `HS${bits}` }, goodClaims(w), hs(w.publicPem, bits))],
    [`HS${bits} by the public key's trimmed text`, (w) => compact({ alg: `HS${bits}` }, goodClaims(w), hs(w.publicPem.trim(), bits))],
    [`HS${bits} by the public key's bytes`, (w) => compact({ alg: `HS${bits}` }, goodClaims(w), hs(publicDer(w), bits))],
  ]),
  ["HS256 by nothing", (world) => compact({ alg: "HS256" }, goodClaims(world), hs(""))],
  ["RS256 that is an HMAC by the public key", (world) => compact(GOOD_HEADER, goodClaims(world), hs(world.publicPem))],
];

const unlistedAttacks: readonly Attack[] = [
  ["rs256 in small letters, signed by the issuer", header({ alg: "rs256" })],
  ["PS256, signed by the issuer", (world) => compact({ alg: "PS256" }, goodClaims(world), ps(world.privateKey))],
  ["RS384, signed by the issuer", (world) => compact({ alg: "RS384" }, goodClaims(world), rs(world.privateKey, 384))],
  ["RS512, signed by the issuer", (world) => compact({ alg: "RS512" }, goodClaims(world), rs(world.privateKey, 512))],
  ["ES256, signed by the attacker", (world) => compact({ alg: "ES256" }, goodClaims(world), es(world.foreign.ec))],
  ["EdDSA, signed by the attacker", (world) => compact({ alg: "EdDSA" }, goodClaims(world), eddsa(world.foreign.ed))],
];

const foreignKeyAttacks: readonly Attack[] = [
  ["signed by the attacker", foreign()],
  ["signed by the attacker, with the key embedded (jwk)", foreign((world) => ({ jwk: foreignJwk(world) }))],
  ["signed by the attacker, with its key's address (jku)", foreign(({ keysUrl }) => ({ jku: keysUrl, kid: "key-1" }))],
  ["signed by the attacker, with its certificate's address (x5u)", foreign(({ keysUrl }) => ({ x5u: keysUrl }))],
  ["signed by the attacker, with a certificate (x5c)", foreign((world) => ({ x5c: [publicDer(world).toString("base64")] }))],
  ...[
    "key-1",
    "",
    "../../../../../../dev/null",
    "/proc/self/environ",
    "key' UNION SELECT 'secret'; --",
    "key|cat /etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "__proto__",
    "constructor",
    "k".repeat(4_000),
    null,
    7,
    ["key-1"],
    { kid: "key-1" },
  ].map((kid): Attack => [`signed by the attacker, with the kid ${JSON.stringify(kid).slice(0, 40)}`, foreign(() => ({ kid }))]),
  ["HS256 by nothing, with a kid whose file is empty", (w) => compact({ alg: "HS256", kid: "../../dev/null" }, goodClaims(w), hs(""))],
];

const criticalAttacks: readonly Attack[] = [
  ["an extension that must be understood", header({ crit: ["x-admin"], "x-admin": true })],
  ["a critical extension that is not there", header({ crit: ["x-admin"] })],
  ["a critical name of the standard", header({ crit: ["alg"] })],
  ["an empty list of critical extensions", header({ crit: [] })],
  ["critical extensions as a text", header({ crit: "exp" })],
  [
    "an unencoded payload",
    (world) => {
      const [head, body] = [part({ ...GOOD_HEADER, b64: false, crit: ["b64"] }), JSON.stringify(goodClaims(world))];
      return `${head}.${body}.${rs(world.privateKey)(`${head}.${body}`).toString("base64url")}`;
    },
  ],
  ["an unencoded payload that is encoded", header({ b64: false, crit: ["b64"] })],
  ["a detached payload", replaced(([head, , end]) => [head, "", end])],
  ["the claim of being compressed, by crit", header({ zip: "DEF", crit: ["zip"] })],
];

const alteredAttacks: readonly Attack[] = [
  ...[{ sub: "admin" }, { tenant_id: "globex" }, { permissions: ["admin"] }, { exp: 9_999_999_999 }].map((changes): Attack => [
    `after signing, ${Object.keys(changes)[0]} changed`,
    replaced(([head, , end], world) => [head, part(goodClaims(world, changes)), end]),
  ]),
  [
    "after signing, a second sub put behind the first",
    replaced(([head, , end], world) => [head, part(JSON.stringify(goodClaims(world)).replace(/}$/, ',"sub":"admin"}')), end]),
  ],
  ["after signing, the header changed", replaced(([, body, end]) => [part({ ...GOOD_HEADER, kid: "other" }), body, end])],
  ["the signature cut", replaced(([head, body, end]) => [head, body, end.slice(0, -4)])],
  ["the signature begun anew", replaced(([head, body, end]) => [head, body, (end.startsWith("A") ? "B" : "A") + end.slice(1)])],
  ["a signature of zeros", replaced(([head, body]) => [head, body, Buffer.alloc(256).toString("base64url")])],
  [
    "the signature of another good token",
    replaced(([head, body], world) => [head, body, claims({ sub: "bob" })(world).split(".")[2] ?? ""]),
  ],
];

const claimAttacks: readonly Attack[] = [
  ...["sub", "tenant_id", "exp", "iss"].flatMap((claim): readonly Attack[] => [
    [`no ${claim}`, claims({ [claim]: undefined })],
    ...[null, "", true, ["acme"], { id: "acme" }].map((value): Attack => [
      `${claim} is ${JSON.stringify(value)}`,
      claims({ [claim]: value }),
    ]),
  ]),
  ["sub is a number", claims({ sub: 7 })],
  ["tenant_id is a number", claims({ tenant_id: 7 })],
  ["iss is a number", claims({ iss: 7 })],
  ["exp is a text", claims({ exp: "9999999999" })],
  [
    "exp beyond all dates",
    (w) => compact(GOOD_HEADER, JSON.stringify(goodClaims(w)).replace(/"exp":\d+/, '"exp":1e400'), rs(w.privateKey)),
  ],
  ["another issuer", claims({ iss: "https://evil.example" })],
  ["the issuer in other letters", claims({ iss: "Streamer-Local" })],
  ["the issuer among others", claims({ iss: ["streamer-local", "https://evil.example"] })],
  ["expired a minute ago", (world) => claims({ exp: world.nowSeconds - 60 })(world)],
  ["expired in 1970", claims({ exp: 0 })],
  ["not valid before a minute from now", (world) => claims({ nbf: world.nowSeconds + 60 })(world)],
  ["nbf is a text", claims({ nbf: "0" })],
  ["issued in a year", (world) => claims({ iat: world.nowSeconds + 31_536_000 })(world)],
  ["iat is a text", claims({ iat: "0" })],
  ["permissions are a text", claims({ permissions: "admin" })],
  ["permissions are an object", claims({ permissions: { admin: true } })],
  ["a permission that is a number", claims({ permissions: [1] })],
  ["a tenant of 129 characters", claims({ tenant_id: "t".repeat(129) })],
  [
    "a tenant that is no well-formed text",
    (w) => compact(GOOD_HEADER, JSON.stringify(goodClaims(w, { tenant_id: "\ud800" })), rs(w.privateKey)),
  ],
  ["over 8,192 characters", claims({ pad: "x".repeat(6_200) })],
];

const shapeAttacks: readonly Attack[] = [
  ["nothing", () => ""],
  ["a word", () => "token"],
  ["two parts", replaced(([head, body]) => [head, body])],
  ["four parts", replaced((parts) => [...parts, "AAAA"])],
  ["five parts, as if encrypted", replaced(([head, body, end]) => [head, "AAAA", "AAAA", body, end])],
  ["three empty parts", () => ".."],
  ["parts that are no base64url", () => "{}.{}.{}"],
  ["a header that is no JSON", replaced(([, body, end]) => [part("RS256"), body, end])],
  ["a header that is a list", (world) => compact('["RS256"]', goodClaims(world), rs(world.privateKey))],
  ["a header of null", (world) => compact("null", goodClaims(world), rs(world.privateKey))],
  ...["null", "[]", '"admin"', "7", "true", "{", ""].map((text): Attack => [
    `claims that are ${JSON.stringify(text)}, signed`,
    (world) => compact(GOOD_HEADER, text, rs(world.privateKey)),
  ]),
  ["a token within a token", (world) => compact({ ...GOOD_HEADER, cty: "JWT" }, goodToken(world), rs(world.privateKey))],
  [
    "the same as JSON",
    (w) => JSON.stringify({ protected: part(GOOD_HEADER), payload: part(goodClaims(w)), signature: goodToken(w).split(".")[2] }),
  ],
  ["a good token after a blank", (world) => ` ${goodToken(world)}`],
  ["a good token before a blank", (world) => `${goodToken(world)} `],
  ["a good token before a line's end", (world) => `${goodToken(world)}\n`],
  ["a good token with a blank in it", replaced(([head, body, end]) => [head, body, ` ${end}`])],
  ["a good token with padding", replaced(([head, body, end]) => [head, body, `${end}==`])],
  ["a good token before a zero byte", (world) => `${goodToken(world)}\0`],
  ["a good token as a header would have it", (world) => `Bearer ${goodToken(world)}`],
  ["two good tokens", (world) => `${goodToken(world)},${goodToken(world)}`],
];

export const ATTACKS: readonly Attack[] = [
  ...unsignedAttacks,
  ...confusedAttacks,
  ...unlistedAttacks,
  ...foreignKeyAttacks,
  ...criticalAttacks,
  ...alteredAttacks,
  ...claimAttacks,
  ...shapeAttacks,
];
