/** A token of this form that expires then. Its signature is none; `letters` tells tokens apart. */
export function jwt(expiresAtMs: number, letters = "sign"): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: "u1", exp: Math.floor(expiresAtMs / 1000), name: "ÿ~~>>??" })}.${letters}`;
}
